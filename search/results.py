"""What comes back: hits, counts and what to say about them."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.articles import Article
from index.dates import PartialDate
from index.entities import Mention
from search.request import Interval, SearchRequest, Sort

Reason = Literal["form", "stem", "part", "variant"]
"""Why something matched: written as in the query, another inflection, the part of a compound that
the word is, or another name of it."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A piece of text and the spans in it that matched: (start, end) in code points, in order.

    `reasons` says of each span why it did.
    """

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    reasons: tuple[Reason, ...] = ()


class MatchedWord(NamedTuple):
    """A word of the query that an article has, and in which ways, the closest first."""

    word: str
    reasons: tuple[Reason, ...]


class Hit(NamedTuple):
    """One article of the list. `score` has no unit and compares within one search only.

    `title`, `snippet` and `matched` are None when the request wants no snippets.
    """

    article: Article
    score: float
    title: Highlight | None = None
    snippet: Highlight | None = None
    matched: tuple[MatchedWord, ...] | None = None


class FacetValue(NamedTuple):
    """One value of a facet; `value` stands in URLs, `label` is shown.

    `count` is how many articles would be listed with this value chosen beside what the other
    facets choose.
    """

    # A NamedTuple because a page has fifty: as frozen dataclasses they took as long as the search.
    value: str
    label: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody wants here
    selected: bool = False
    excluded: bool = False


class TimelineBucket(NamedTuple):
    """A year, month or day that has articles; `key` is `2022`, `2022-12` or `2022-12-19`."""

    key: str
    count: int  # type: ignore[assignment]  # as in FacetValue


@dataclass(frozen=True, slots=True)
class Timeline:
    """Listed articles over time, oldest bucket first; buckets without articles are left out.

    `outside` counts the listed articles that no bucket holds: undated, or dated less exactly.
    """

    interval: Interval
    buckets: tuple[TimelineBucket, ...]
    outside: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a query was searched as plain words; `position` counts its characters from 0."""

    message: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """The answer to one request, which is here with the ids that names in it stand for.

    `total` counts what is listed and counted in facets and timeline. When too few articles have all
    the words the search is `relaxed` to some of them and `total_all_words` says how many have all.
    `query` is the query as understood, `problem` what was wrong with it, `sort` the order of the
    hits. `words` counts those that a relaxed search chooses from. `spelled` maps words that were
    typed without dots to what was searched beside them. `facets` keeps the order of the request;
    its values are the most frequent first, then by label, with the chosen ones always among them.
    `engine_ms` is the part of `took_ms` that the engine took.
    """

    request: SearchRequest
    query: str
    words: int
    sort: Sort
    total: int
    total_all_words: int
    relaxed: bool
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    timeline: Timeline | None
    problem: Problem | None
    spelled: dict[str, tuple[str, ...]]
    took_ms: float
    engine_ms: float

    @property
    def pages(self) -> int:
        """How many pages the hits fill."""
        size = self.request.size
        return -(-self.total // size) if size else 0


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One whole article with the entities in its title, lead and body, one tuple for each."""

    article: Article
    mentions: tuple[tuple[Mention, ...], ...]


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an index holds; `first` and `last` are the oldest and newest dates.

    `articles` of the index stand in `segments` files beside `deleted` ones that a merge will drop;
    `stored_bytes` of `size_bytes` are the articles themselves.
    """

    location: str
    articles: int
    generation: int
    first: PartialDate | None
    last: PartialDate | None
    sources: tuple[FacetValue, ...]
    size_bytes: int
    versions: dict[str, str]
    segments: int
    deleted: int
    stored_bytes: int
