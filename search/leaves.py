"""What an engine looks up: the leaves of a planned query.

Beside And, Or, Not and Everything a planned tree has these nodes in the place of words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeGuard

from search.tree import And, Node, Or

Region = Literal["title", "lead"] | None
"""The part of an article in which a leaf must match; None is all of it."""

Weighted = tuple[tuple[str, float], ...]
"""What is looked up, and what each counts that is found by it."""

WEAK: Final = 0.3
"""What counts no more is weak: such words count only in articles that have no other of the leaf.

The best that such an article scores is this share of what others may. So the one `senat` of a long
text is worth more than every `senaste` of a short one. Of the ten articles found first by each of
20 words that are like others (`fasad`, `dator`), 104 in 200 had the word itself, and 71 without
(measured once, on 14,041 press releases and interpellations). Parts of compounds count half, and so
are weak where they are of a nationality or a party that the query names otherwise. nDCG@10 of
SweQUAD, SweFAQ and press titles (`python -m bench.weights DATA`) with .1, .2 and .3: .897 .896
.896, .753 .753 .753 and .758 .758 .758.
"""


@dataclass(frozen=True, slots=True)
class Terms(Node):
    """Articles with any of the stems or of the written forms.

    `variants` are stems of other names. `boost` is what the score counts. A leaf that is no word of
    the query itself, but a part of one, does not matter to how near words are. `word` is what it
    stands for in the query.
    """

    stems: Weighted
    forms: Weighted
    region: Region = None
    boost: float = 1.0
    variants: Weighted = ()
    word: str = field(default="", compare=False)

    @property
    def lemma(self) -> Weighted:
        """The first of the stems, which inflections of a word have in common."""
        return self.stems[:1]


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """Articles with written forms at neighbouring positions; a slot lists what may stand there.

    `boost` is 1 for what the query says, and less for another name of it.
    """

    slots: tuple[tuple[str, ...], ...]
    region: Region = None
    boost: float = 1.0
    word: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class FormPrefix(Node):
    """Articles with any written form that begins so. `boost` is what the score counts."""

    prefix: str
    region: Region = None
    boost: float = 1.0
    of_word: str = field(default="", compare=False)

    @property
    def word(self) -> str:
        """What it stands for in the query: a word of which it finds more, or itself."""
        return self.of_word or self.prefix + "*"


@dataclass(frozen=True, slots=True)
class Period(Node):
    """Articles whose whole period lies in [start, end), seconds since 1970; None is open."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Named(Node):
    """Articles with a value of the facet that `value_matches` the query."""

    facet: str
    query: Node


Leaf = Terms | Sequence | FormPrefix
"""The leaves that rank an article; the others only let it in."""


@dataclass(frozen=True, slots=True)
class Hint(Node):
    """No articles, in an Or; but those that others of it let in score by the leaf too."""

    leaf: FormPrefix


def leaves(planned: Node, *, hints: bool = False) -> Iterator[Leaf]:
    """Yield the leaves by which articles score: none below a Not, and those of hints if told to.

    A leaf that stands in the tree twice comes twice.
    """
    match planned:
        case Terms() | Sequence() | FormPrefix():
            yield planned
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child, hints=hints)
        case Hint(leaf) if hints:
            yield leaf


def is_near(leaf: Leaf) -> TypeGuard[Terms]:
    """Whether it matters to the second look how close a leaf stands to its neighbour."""
    return isinstance(leaf, Terms) and leaf.region is None and leaf.boost == 1.0
