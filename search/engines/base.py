"""The protocol between `Searcher` and whatever does the searching."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import expm1, log1p
from typing import Final, Literal, NamedTuple, Protocol

from index.articles import Article
from search.facets import FacetCounts
from search.identities import Identities, Value
from search.leaves import Terms
from search.request import DateFilter, Interval, Selection
from search.results import IndexInfo, Timeline
from search.tree import Node

Order = Literal["relevance", "newest", "oldest"]
"""The orders that an engine knows."""

K1: Final = 1.2
B: Final = 0.75
"""The parameters of BM25 as the literature sets them (Robertson and Zaragoza 2009).

nDCG@10 of SweQUAD, SweFAQ and press titles (`python -m bench.weights DATA`) with K1 .6, .9, 1.2,
1.6 and 2: .895 .896 .896 .894 .894, .746 .748 .753 .746 .744 and .753 .758 .758 .757 .757; with B
.3, .45, .6, .75 and .9: .895 .896 .896 .896 .895, .724 .735 .742 .753 .746 and .744 .751 .756 .758
.760.
"""

SCORE_DECIMALS: Final = 6
"""Scores are rounded, so that equal articles tie whatever the order of the sums."""

SCORE_SCALE: Final = 10.0**SCORE_DECIMALS
"""A score is its product with this, rounded half to even, divided by it again."""


RERANKED: Final = 20
"""So many of the best are looked at a second time: two pages. To find fifty takes up to three times
as long as to find ten.

nDCG@10 of press titles as above with 10, 20 and 50: .7580 .7584 .7578.
"""

RERANKED_OF_QUESTION: Final = 50
"""The same where the query is a question: what answers it may be one passage of a long text.

nDCG@10 of SweQUAD and SweFAQ as above with 20, 50 and 100: .8950 .8964 .8963 and .746 .753 .753.
"""

IN_A_ROW: Final = 0.3
"""What two or three words of a query, stop words too, add to a score that stand in an article as in
the query: this times the idf of having them so among those that are looked at.

nDCG@10 of SweQUAD, SweFAQ and press titles as above with 0, .2, .3, .4 and .5: .887 .894 .896 .896
.896, .745 .746 .753 .743 .746 and .755 .758 .758 .758 .758.
"""

COMPANY: Final = 0.4
COMPANY_WIDTH: Final = 10
"""What words of a query add to a score that stand among so many neighbouring ones of an article: a
share of the sum of their idf, without the largest.

nDCG@10 as above with 0, .2, .4 and .6: .895 .894 .896 .897, .745 .753 .753 .751 and .759 .759 .758
.756; widths of 5 and 20 give .895 .743 .759 and .896 .745 .759.
"""

TITLE: Final = 1.0
"""What words of a query add that stand in the title, however far apart: this times the sum of their
idf, without the largest.

nDCG@10 of first sentences of press releases, sought in titles and what follows, and of the own
suite (`python -m bench.plateaus DATA`) with 0, .5, 1, 1.5 and 2: .507 .510 .512 .513 .513 and .945
.946 .946 .946 .946.
"""

PASSAGE: Final = 2.0
PASSAGE_WIDTH: Final = 50
"""What words of a question add that stand among so many neighbouring ones, as one passage of a text
answers it: this times the sum of their idf, without the largest.

nDCG@10 of SweQUAD and SweFAQ as above with 0, 1, 2 and 3: .8924 .8956 .8964 .8967 and .764 .759
.753 .747; widths of 40, 60 and 80 give .8962 .8980 .8952 and .751 .744 .741. Press titles asked
like questions, of texts that they sum up, would lose by it: measured once, with .5, 1 and 2 they
had .747 .741 .732, beside .753.
"""


def inverse_frequency(having: float, articles: int) -> float:
    """Weigh what `having` of all articles have: the idf of BM25, never negative."""
    return log1p((articles - having + 0.5) / (having + 0.5))


def spread(found: int, articles: int) -> float:
    """Tell how many articles have any of the words of a leaf.

    `found` is the sum over the words of how many have each: so it is known before anything is
    matched, as if they were strewn over the articles at random. The sum itself may be more than
    there are articles, and a word with many inflections weighed nothing by it; measured once,
    SweQUAD had .0013 less, SweFAQ .001 more and press titles .0007 less.
    """
    return -expm1(-found / max(1, articles)) * articles


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineQuery:
    """What an engine is asked. `tree` comes from `search.plan`.

    `words` are those of the query in their order, as `plan.words_in_order` has them. The other
    fields are those of SearchRequest, with the ids of now in the selections; `facets` names the
    facets to count, and `timeline` says whether to count over time. With `second_look`, and by
    relevance, the best get more for words in a row as in the query, for words that may stand
    anywhere and stand together or in the title, and more so when the query `is_question`. Words
    that count no more than a part of a compound, as nationalities do for countries, have no say in
    it.
    """

    tree: Node
    selections: Mapping[str, Selection]
    dates: DateFilter
    sort: Order
    offset: int
    size: int
    facets: tuple[str, ...]
    facet_size: int
    lifts_choices: bool
    timeline: bool
    interval: Interval | None
    words: tuple[Terms | None, ...] = ()
    second_look: bool = True
    is_question: bool = False

    @property
    def looked(self) -> int:
        """How many of the best are looked at a second time."""
        if not self.second_look or self.sort != "relevance":
            return 0
        return RERANKED_OF_QUESTION if self.is_question else RERANKED


class EngineHit(NamedTuple):
    """One article of the list; `docnum` is the engine's own number for it."""

    docnum: int
    id: str
    title: str
    score: float


class EngineResult(NamedTuple):
    """What an engine answers. Hits are in the order asked for.

    `matched` counts the articles that fit the tree alone, `total` those that fit the selections and
    dates too. The values of a facet are the most frequent first, equals by the alphabet, and behind
    them in the same order those that are chosen or excluded and not frequent enough.

    By relevance the best score comes first, equal scores by date (newest first) and then by id;
    by date equal dates go by id, and articles without a date come last both ways.
    """

    matched: int
    total: int
    hits: tuple[EngineHit, ...]
    facets: dict[str, FacetCounts]
    timeline: Timeline | None


class Snapshot(Protocol):
    """An index as it was at one moment; answers do not change while it is held."""

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""

    def begins_written(self, prefix: str) -> bool:
        """Whether any written form begins so; articles that are deleted may count."""

    def count_written(self, forms: Iterable[str]) -> dict[str, int]:
        """Count the articles with each of some written forms; those in none are left out."""

    def load(self, docnum: int) -> Article:
        """Fetch the article of a hit, with what is shown in the place of its values."""

    def find(self, id: str) -> int | None:  # noqa: A002
        """The engine's own number for the article with an id; None when there is none."""

    def shown(self, docnum: int, facet: str, name: str) -> Value | None:
        """What a name of an article is shown as there: facet and label.

        None where the corrections say that it is none, or the index has nobody of the name.
        """

    @property
    def identities(self) -> Identities:
        """Which names are one person, place or organisation."""

    def info(self) -> IndexInfo:
        """Describe the index."""


class Engine(Protocol):
    """Something that can be searched."""

    def snapshot(self) -> Snapshot:
        """Take the newest state; cheap when nothing has changed."""


class Held:
    """An engine over one snapshot, which it goes on answering from."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def snapshot(self) -> Snapshot:
        """The snapshot."""
        return self._snapshot
