"""What the lines of a file of corrections meet in an index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from index.language.tokens import cut_words
from index.store import Store
from search.corrections import KINDS, read_lines
from search.engines.local import LocalEngine
from search.identities import Identities
from search.request import SearchRequest, Selection
from search.searcher import Searcher
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
    """Count the articles of an index that each name of a file meets, as if it stood alone.

    Without an index nothing is counted. Raises SourceError and StoreError.
    """
    searcher = None
    if path is not None:
        searcher = Searcher(LocalEngine(Store(path), Identities(variants())))
    for line in read_lines(text):
        target = line.target and f"{_KINDS[line.target[0]]} {line.target[1]}"
        for facet, name, words in line.sources:
            articles = None
            if searcher:
                # Joined by an operator, words are not relaxed.
                asked = " ELLER ".join(w if len(cut_words(w)) == 1 else f'"{w}"' for w in words)
                request = SearchRequest(
                    q=asked, selections={facet: Selection(frozenset((name,)))}, size=0, facets=()
                )
                articles = searcher.search(request).total
            yield Counted(line.number, _KINDS[facet], name, words, target, articles)
