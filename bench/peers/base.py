"""The protocol of a peer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from bench.corpus import Article
from bench.queries import Query

FACETS: Final = ("persons", "places", "organisations", "section", "source")
TOP: Final = 10
"""Hits of a page, and values of a facet."""

Facets = dict[str, list[tuple[str, int]]]
"""The most frequent values of each facet over all matches, with their counts, most first."""


class Unsupported(Exception):
    """The engine has nothing for this kind of query."""


@dataclass(frozen=True)
class Answer:
    """The TOP best articles, best first, and how many match in all."""

    ids: list[str]
    titles: list[str]
    total: int
    facets: Facets = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What writing an index took. `merge_seconds` is the part after the last article went in."""

    merge_seconds: float
    stored_bytes: int | None


class Peer(Protocol):
    """One engine. It is made anew for indexing and for searching, each in a process of its own."""

    workers: int
    """How many to index with; set before indexing, and only for engines that can."""

    def version(self) -> str:
        """The engine's version."""

    def index(self, articles: Iterable[Article], folder: Path) -> Written:
        """Write an index into an empty folder and commit it; all of it is on the clock."""

    def open(self, folder: Path) -> None:
        """Open the index for searching."""

    def prepare(self, query: Query) -> Any:
        """Make the engine's own query; off the clock, as parsing is. Raises Unsupported."""

    def answer(self, prepared: Any, *, facets: bool) -> Answer:
        """Find, rank and count, all on the clock."""


def full_text(article: Article) -> str:
    """Title, lead and body as one text."""
    return f"{article['title']}\n{article['lead']}\n{article['body']}"


def facet_values(article: Article, name: str) -> list[str]:
    """The values of one of FACETS."""
    match name:
        case "persons":
            return article["persons"]
        case "places":
            return article["places"]
        case "organisations":
            return article["organisations"]
        case "section":
            return [article["section"]]
        case _:
            return [article["source"]]


def day_number(iso_date: str) -> int:
    """A date as the number YYYYMMDD, which orders as dates do."""
    return int(iso_date.replace("-", ""))
