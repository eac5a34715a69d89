"""A planned query made ready for the arrays of segments, once for all of them.

The words that its leaves ask for become numbered slots, which are looked up in each segment; the
tree becomes steps over the slots.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeGuard

import numpy as np
from numpy.typing import NDArray

from index.postings import FIELD_WEIGHTS
from search.engines.arrays import (
    CLEAR,
    COPY,
    CUT,
    JOIN,
    KEEP_PHRASE,
    KEEP_SET,
    KEEP_SLOTS,
    MARK_SLOTS,
    MEET,
    NOTE,
    Array,
    Keys,
    Tree,
)
from search.leaves import (
    FormPrefix,
    Hint,
    Leaf,
    Named,
    Period,
    Region,
    Sequence,
    Terms,
    Weighted,
    is_near,
    leaves,
)
from search.tree import And, Node, Not, Or

_CACHED: Final = 1024

REGIONS: Final = (None, "title", "lead")
"""Where a leaf may look, in the order of the rows of REGION_WEIGHTS."""

REGION_WEIGHTS: Final = np.array(
    [FIELD_WEIGHTS, (FIELD_WEIGHTS[0], 0, 0), (0, FIELD_WEIGHTS[1], 0)], np.float64
)
"""float64[rows, 3]: what an occurrence in title, lead and body counts in each region."""

Step = tuple[int, int, int]
"""A row of `Tree.steps`."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a segment is asked.

    The sets that steps of the tree name are those of `named`, in order: they are found in other
    ways than by words. `packed` is all of `keys` and `tree` in one array.
    """

    keys: Keys
    tree: Tree
    named: tuple[Named | Period, ...]
    packed: Array

    def narrowed(self, kinds: Iterable[int]) -> Tree:
        """The tree with steps behind it: each KEEP_SET or CUT_SET with one more set.

        The sets take the numbers behind those of `named`.
        """
        steps = [(kind, len(self.named) + n, 0) for n, kind in enumerate(kinds)]
        return self.tree._replace(steps=np.array([*self.tree.steps.tolist(), *steps], np.int64))


def pack(keys: Keys, tree: Tree) -> NDArray[np.int64]:
    """Lay a program into one array: PACKED sizes, the numbers in order, the text of the keys."""
    sizes = (len(keys.starts) - 1, len(keys.slots), len(tree.steps), tree.depth,
             len(tree.chosen), len(tree.phrases), len(tree.scoring),
             len(tree.near), len(tree.read), len(tree.words))  # fmt: skip
    arrays = (keys.starts, keys.weights.view(np.int64), keys.slots, keys.rows, tree.steps,
              tree.chosen, tree.phrases, tree.scoring, tree.boosts.view(np.int64),
              tree.near, tree.read, tree.words)  # fmt: skip
    text = np.frombuffer(keys.text.tobytes() + bytes(-len(keys.text) % 8), np.int64)
    return np.concatenate([np.array(sizes, np.int64), *(array.ravel() for array in arrays), text])


@lru_cache(maxsize=_CACHED)
def make_program(tree: Node, words: tuple[Terms | None, ...] = ()) -> Program:
    """Number the words of a planned tree, and those of the query, and arrange its nodes.

    The last are kept: whoever pages through a list or narrows it asks for the same tree again.
    """
    return _Maker().make(tree, words)


class _Maker:
    def __init__(self) -> None:
        self._keys: list[bytes] = []
        self._weights: list[float] = []
        self._slots: list[tuple[int, int, int, bool]] = []
        self._rows: list[int] = []
        self._chosen: list[int] = []
        self._phrases: list[tuple[int, int, int]] = []
        self._named: list[Named | Period] = []
        self._known: dict[Leaf, int] = {}
        self._steps: list[Step] = []
        self._depth = self._top = 1

    def make(self, tree: Node, words: tuple[Terms | None, ...]) -> Program:
        self._narrow((tree,))
        self._add(NOTE)
        found = list(leaves(tree, hints=True))
        scoring = [self._number(leaf) for leaf in found]
        numbers = {leaf.lemma: n for n, leaf in enumerate(found) if is_near(leaf)}
        near = list(numbers.values())
        read = [scoring[n] for n in near]
        places = [-1 if word is None else self._place(self._number(word), read) for word in words]
        ends = [0]
        for key in self._keys:
            ends.append(ends[-1] + len(key))
        keys = Keys(
            np.frombuffer(b"".join(self._keys), np.uint8),
            np.array(ends, np.int64),
            np.array(self._weights, np.float64),
            np.array(self._slots, np.int64).reshape(-1, 4),
            np.array(self._rows, np.int64),
        )
        steps = Tree(
            np.array(self._steps, np.int64),
            self._depth,
            np.array(self._chosen, np.int64),
            np.array(self._phrases, np.int64).reshape(-1, 3),
            np.array(scoring, np.int64),
            np.array([leaf.boost for leaf in found], np.float64),
            np.array(near, np.int64),
            np.array(read, np.int64),
            np.array(places, np.int64),
        )
        return Program(keys, steps, tuple(self._named), pack(keys, steps))

    def _place(self, slot: int, read: list[int]) -> int:
        """Find a slot among those that are read; a new one comes last."""
        if slot not in read:
            read.append(slot)
        return read.index(slot)

    def _add(self, step: int, first: int = 0, last: int = 0) -> None:
        self._steps.append((step, first, last))
        if step in (COPY, CLEAR):
            self._top += 1
            self._depth = max(self._depth, self._top)
        elif step in (JOIN, MEET, CUT):
            self._top -= 1

    def _narrow(self, nodes: tuple[Node, ...]) -> None:
        """Take out of the upper set what does not fit all of the nodes; the cheapest come first."""
        slots, others = self._split(_flatten(nodes))
        for node in others:
            if isinstance(node, Named | Period):
                self._add(KEEP_SET, len(self._named))
                self._named.append(node)
        if slots:
            self._add(KEEP_SLOTS, *self._choose(slots))
        for node in others:
            if isinstance(node, Sequence):
                self._add(KEEP_PHRASE, -1 - self._number(node))
        for node in others:
            if isinstance(node, Not):
                self._add(COPY)
                self._narrow((node.child,))
                self._add(CUT)
            elif isinstance(node, Or):
                self._keep_any(node)

    def _keep_any(self, node: Or) -> None:
        """Take out of the upper set what fits none of the children."""
        slots, others = self._split(tuple(n for n in node.children if not isinstance(n, Hint)))
        self._add(CLEAR)
        if slots:
            self._add(MARK_SLOTS, *self._choose(slots))
        for other in others:
            self._add(COPY, 1)
            self._narrow((other,))
            self._add(JOIN)
        self._add(MEET)

    def _split(self, nodes: tuple[Node, ...]) -> tuple[list[int], list[Node]]:
        """Tell the nodes that are slots from the others."""
        slots = [self._number(node) for node in nodes if _is_slot(node)]
        return slots, [node for node in nodes if not _is_slot(node)]

    def _choose(self, slots: list[int]) -> tuple[int, int]:
        first = len(self._chosen)
        self._chosen += slots
        return first, len(self._chosen)

    def _number(self, leaf: Leaf) -> int:
        """The number of a leaf in `Tree.scoring`."""
        known = self._known.get(leaf)
        if known is None:
            if _is_slot(leaf):
                known = self._add_slot(*_wanted(leaf), leaf.region)
            else:
                assert isinstance(leaf, Sequence)
                known = self._add_phrase(leaf)
            self._known[leaf] = known
        return known

    def _add_phrase(self, leaf: Sequence) -> int:
        first = len(self._slots)
        for forms in leaf.slots:
            self._add_slot((), _equal(forms), False, None)
        self._phrases.append((first, len(leaf.slots), REGIONS.index(leaf.region)))
        return -len(self._phrases)

    def _add_slot(self, stems: Weighted, forms: Weighted, is_prefix: bool, region: Region) -> int:
        first = len(self._keys)
        self._keys += [key.encode(errors="surrogatepass") for key, _ in (*stems, *forms)]
        self._weights += [weight for _, weight in (*stems, *forms)]
        self._slots.append((first, first + len(stems), len(self._keys), is_prefix))
        self._rows.append(REGIONS.index(region))
        return len(self._slots) - 1


def _is_slot(node: Node) -> TypeGuard[Leaf]:
    return isinstance(node, Terms | FormPrefix) or (
        isinstance(node, Sequence) and len(node.slots) == 1
    )


def _wanted(leaf: Leaf) -> tuple[Weighted, Weighted, bool]:
    """What a leaf of one slot looks up: stems, forms, and whether the forms only begin so."""
    match leaf:
        case Terms(stems, forms):
            return stems + leaf.variants, forms, False
        case FormPrefix(prefix):
            return (), _equal((prefix,)), True
        case Sequence(slots):
            return (), _equal(slots[0]), False


def _equal(words: tuple[str, ...]) -> Weighted:
    return tuple([(word, 1.0) for word in words])


def _flatten(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Resolve And in And."""
    if not any(isinstance(node, And) for node in nodes):
        return nodes
    return tuple(
        inner
        for node in nodes
        for inner in (_flatten(node.children) if isinstance(node, And) else (node,))
    )
