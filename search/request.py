"""What is asked: the words, what narrows them, and which page of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from index.articles import FACET_FIELDS
from index.dates import PartialDate
from search.errors import RequestError

Sort = Literal["relevance", "mixed", "newest", "oldest"]
"""The order of hits; `mixed` lets the newer of the relevant ones rise."""
Interval = Literal["year", "month", "day"]

MAX_DEPTH: Final = 10_000
"""How far down the list of hits paging goes."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Values chosen in one facet: any of `include`, none of `exclude`."""

    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DateFilter:
    """Articles whose whole period lies from the start of `first` to the end of `last`."""

    first: PartialDate | None = None
    last: PartialDate | None = None

    @classmethod
    def asked(cls, first: PartialDate | None, last: PartialDate | None) -> "DateFilter":
        """Make one of what somebody asks for. Raises RequestError when it ends before it begins."""
        if first and last and last.end <= first.start:
            raise RequestError("to", f"{last.text} ligger före {first.text}")
        return cls(first, last)

    def __bool__(self) -> bool:
        return self.first is not None or self.last is not None

    @property
    def start(self) -> int | None:
        """First second of the period, since 1970 in UTC; None when it is open."""
        return None if self.first is None else self.first.start

    @property
    def end(self) -> int | None:
        """The second after the period; None when it is open."""
        return None if self.last is None else self.last.end


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One question to `Searcher.search`. Everything has a default; no words means all articles.

    `selections` maps names of FACET_FIELDS to what is chosen there. `sort` None means by relevance
    when there are words and newest first otherwise; `interval` None lets the timeline choose.
    `facets` and `snippets` say what to leave out when it is not needed. `lifts_choices` says
    whether a facet's own choices are lifted while its values are counted. Raises RequestError.
    """

    q: str = ""
    selections: Mapping[str, Selection] = field(default_factory=dict)
    dates: DateFilter = DateFilter()
    sort: Sort | None = None
    page: int = 1
    size: int = 10
    interval: Interval | None = None
    facets: tuple[str, ...] = FACET_FIELDS
    facet_size: int = 10
    lifts_choices: bool = True
    timeline: bool = True
    snippets: bool = True

    def __post_init__(self) -> None:
        for name in (*self.selections, *self.facets):
            if name not in FACET_FIELDS:
                raise RequestError(name, f"okänd facett; de som finns är {', '.join(FACET_FIELDS)}")
        if self.page < 1:
            raise RequestError("page", "måste vara 1 eller mer")
        if not 0 <= self.size <= MAX_DEPTH:
            raise RequestError("size", f"måste vara 0 till {MAX_DEPTH}")
        if not 0 <= self.facet_size <= MAX_DEPTH:
            raise RequestError("facet_size", f"måste vara 0 till {MAX_DEPTH}")
        if self.offset + self.size > MAX_DEPTH:
            raise RequestError("page", f"bara de {MAX_DEPTH} första träffarna kan bläddras fram")

    @property
    def offset(self) -> int:
        """How many hits stand on the pages before this one."""
        return (self.page - 1) * self.size
