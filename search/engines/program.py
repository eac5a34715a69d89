"""A planned query made ready for the arrays of segments, once for all of them.

The words that its leaves ask for become numbered slots, which are looked up in each segment; the
tree becomes steps over the slots.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeGuard

import numpy as np
from numpy.typing import NDArray

from index.postings import FIELD_WEIGHTS
from search.plan import FormPrefix, Leaf, Named, Period, Region, Sequence, Terms, leaves
from search.tree import And, Everything, Node, Not, Or

Array = NDArray[Any]

_CACHED: Final = 1024

REGIONS: Final = (None, "title", "lead")
"""Where a leaf may look, in the order of the rows of REGION_WEIGHTS."""

REGION_WEIGHTS: Final = np.array(
    [FIELD_WEIGHTS, (FIELD_WEIGHTS[0], 0, 0), (0, FIELD_WEIGHTS[1], 0)], np.float64
)
"""float64[rows, 3]: what an occurrence in title, lead and body counts in each region."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Articles that fit all of the slots, int64[slots], all phrases and all other steps."""

    slots: Array
    phrases: tuple["Phrase", ...]
    others: tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Articles that fit any of the slots, int64[slots], or any of the other steps."""

    slots: Array
    others: tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class Except:
    """Articles that do not fit a step."""

    step: "Step"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Articles with words of the slots, int64[slots], side by side; `row` is that of its region."""

    number: int
    slots: Array
    row: int


Step = AllOf | AnyOf | Except | Phrase | Period | Named


@dataclass(frozen=True, slots=True)
class Program:
    """What a segment is asked.

    `keys`, uint8[bytes], `key_starts`, int64[keys + 1], and `slots`, int64[slots, 4], are those of
    the kernel `find_lists`; `rows`, int64[slots], are the regions of the slots. `scoring`,
    int64[leaves], are the leaves that score, in order: a slot, or -1 - n for phrase n.
    """

    keys: Array
    key_starts: Array
    slots: Array
    rows: Array
    phrases: tuple[Phrase, ...]
    scoring: Array
    step: Step


@lru_cache(maxsize=_CACHED)
def make_program(tree: Node) -> Program:
    """Number the words of a planned tree and arrange its nodes.

    The last are kept: whoever pages through a list or narrows it asks for the same tree again.
    """
    return _Maker().make(tree)


class _Maker:
    def __init__(self) -> None:
        self._keys: list[bytes] = []
        self._slots: list[tuple[int, int, int, bool]] = []
        self._rows: list[int] = []
        self._phrases: list[Phrase] = []
        self._known: dict[Leaf, int | Phrase] = {}

    def make(self, tree: Node) -> Program:
        step = self._all_of((tree,))
        scoring = [self._number(leaf) for leaf in leaves(tree)]
        ends = [0]
        for key in self._keys:
            ends.append(ends[-1] + len(key))
        return Program(
            np.frombuffer(b"".join(self._keys) or b"\0", np.uint8),
            np.array(ends, np.int64),
            np.array(self._slots, np.int64).reshape(-1, 4),
            np.array(self._rows, np.int64),
            tuple(self._phrases),
            np.array(scoring, np.int64),
            step,
        )

    def _step(self, node: Node) -> Step:
        match node:
            case Or(children):
                slots, others = self._split(children)
                return AnyOf(slots, tuple(map(self._step, others)))
            case Not(child):
                return Except(self._step(child))
            case Period() | Named():
                return node
            case Sequence(slots) if len(slots) > 1:
                return self._phrase(node)
            case _:
                return self._all_of((node,))

    def _all_of(self, children: tuple[Node, ...]) -> AllOf:
        flat = _flatten(children)
        slots, others = self._split(flat)
        phrases = [self._phrase(node) for node in others if isinstance(node, Sequence)]
        rest = [node for node in others if not isinstance(node, Sequence | Everything)]
        return AllOf(slots, tuple(phrases), tuple(map(self._step, rest)))

    def _split(self, nodes: tuple[Node, ...]) -> tuple[Array, list[Node]]:
        """Tell the nodes that are slots from the others."""
        slots: list[int] = []
        others: list[Node] = []
        for node in nodes:
            if _is_slot(node):
                slots.append(self._number(node))
            else:
                others.append(node)
        return np.array(slots, np.int64), others

    def _number(self, leaf: Leaf) -> int:
        """The number of a leaf in `Program.scoring`."""
        if isinstance(leaf, Sequence) and len(leaf.slots) > 1:
            return -1 - self._phrase(leaf).number
        known = self._known.get(leaf)
        if known is None:
            known = self._known[leaf] = self._add_slot(*_wanted(leaf), leaf.region)
        assert isinstance(known, int)
        return known

    def _phrase(self, leaf: Sequence) -> Phrase:
        known = self._known.get(leaf)
        if known is None:
            slots = [self._add_slot((), forms, False, None) for forms in leaf.slots]
            row = REGIONS.index(leaf.region)
            known = Phrase(len(self._phrases), np.array(slots, np.int64), row)
            self._phrases.append(known)
            self._known[leaf] = known
        assert isinstance(known, Phrase)
        return known

    def _add_slot(
        self, stems: tuple[str, ...], forms: tuple[str, ...], is_prefix: bool, region: Region
    ) -> int:
        first = len(self._keys)
        self._keys += [key.encode(errors="surrogatepass") for key in (*stems, *forms)]
        self._slots.append((first, first + len(stems), len(self._keys), is_prefix))
        self._rows.append(REGIONS.index(region))
        return len(self._slots) - 1


def _is_slot(node: Node) -> TypeGuard[Leaf]:
    return isinstance(node, Terms | FormPrefix) or (
        isinstance(node, Sequence) and len(node.slots) == 1
    )


def _wanted(leaf: Leaf) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """What a leaf of one slot looks up: stems, forms, and whether the forms only begin so."""
    match leaf:
        case Terms(stems, forms):
            return stems, forms, False
        case FormPrefix(prefix):
            return (), (prefix,), True
        case Sequence(slots):
            return (), slots[0], False


def _flatten(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Resolve And in And."""
    if not any(isinstance(node, And) for node in nodes):
        return nodes
    return tuple(
        inner
        for node in nodes
        for inner in (_flatten(node.children) if isinstance(node, And) else (node,))
    )
