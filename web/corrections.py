"""What the lines of a file of corrections meet in an index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from index.store import Store
from search.corrections import KINDS, condition, read_lines
from search.engines.base import EngineQuery
from search.engines.local import LocalEngine
from search.identities import Identities
from search.request import DateFilter, Selection
from search.variants import variants

_KINDS: Final = {facet: kind for kind, facet in KINDS.items()}


class Counted(NamedTuple):
    """A name that a line corrects, what it becomes, and in how many articles, if that is known."""

    line: int
    kind: str
    name: str
    words: tuple[str, ...]
    becomes: str | None
    articles: int | None


def count_articles(text: str, path: Path | None) -> Iterator[Counted]:
    """Count the articles of an index that each name of a file meets, whatever other lines say.

    Without an index nothing is counted. Raises SourceError and StoreError.
    """
    identities = Identities(variants())
    snapshot = None if path is None else LocalEngine(Store(path), identities).snapshot()
    for line in read_lines(text):
        target = line.target and f"{_KINDS[line.target[0]]} {line.target[1]}"
        for facet, name, words in line.sources:
            articles = None
            if snapshot:
                chosen = Selection(frozenset((identities.entity(facet, name).id,)))
                query = EngineQuery(
                    tree=condition(words), selections={facet: chosen}, dates=DateFilter(),
                    sort="newest", offset=0, size=0, facets=(), facet_size=0, lifts_choices=True,
                    timeline=False, interval=None,
                )  # fmt: skip
                articles = snapshot.search(query).total
            yield Counted(line.number, _KINDS[facet], name, words, target, articles)
