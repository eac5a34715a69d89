"""The protocol between `Searcher` and whatever does the searching."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from index.articles import Article
from search.request import DateFilter, Interval, Selection, Sort
from search.results import FacetValue, IndexInfo, Timeline
from search.tree import Node

K1: Final = 1.2
B: Final = 0.75
"""The parameters of BM25 as the literature sets them (Robertson and Zaragoza 2009); not tuned."""

SCORE_DECIMALS: Final = 6
"""Scores are rounded, so that equal articles tie whatever the order of the sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineQuery:
    """What an engine is asked. `tree` comes from `search.plan`.

    The other fields are those of SearchRequest; `facets` names the facets to count, and `timeline`
    says whether to count over time.
    """

    tree: Node
    selections: Mapping[str, Selection]
    dates: DateFilter
    sort: Sort
    offset: int
    size: int
    facets: tuple[str, ...]
    facet_size: int
    timeline: bool
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class EngineHit:
    """One article of the list; `docnum` is the engine's own number for it."""

    docnum: int
    id: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class EngineResult:
    """What an engine answers. Hits are in the order asked for.

    `matched` counts the articles that fit the tree alone, `total` those that fit the selections and
    dates too.

    By relevance the best score comes first, equal scores by date (newest first) and then by id;
    by date equal dates go by id, and articles without a date come last both ways.
    """

    matched: int
    total: int
    hits: tuple[EngineHit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    timeline: Timeline | None


class Snapshot(Protocol):
    """An index as it was at one moment; answers do not change while it is held."""

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""

    def load(self, docnum: int) -> Article:
        """Fetch the article of a hit."""

    def article(self, id: str) -> Article | None:  # noqa: A002
        """Fetch an article by its id."""

    def info(self) -> IndexInfo:
        """Describe the index."""


class Engine(Protocol):
    """Something that can be searched."""

    def snapshot(self) -> Snapshot:
        """Take the newest state; cheap when nothing has changed."""
