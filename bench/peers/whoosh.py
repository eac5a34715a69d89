"""Stock Whoosh 2.7.4 with its own codec.

Better than its defaults: stems from PyStemmer with a cache without bounds, since its own Swedish
stemmer is slow and leaves many words whole; a larger pool for postings; section and source as
sortable columns; facets with many values read from the stored fields of what matches, since
`FieldFacet(allow_overlap=True)` reads the postings of every value in the index for every query.
"""

from collections.abc import Iterable, Iterator
from heapq import nlargest
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from whoosh import fields, index, query, scoring, sorting
from whoosh.analysis import LowercaseFilter, RegexTokenizer, StopFilter
from whoosh.analysis.filters import Filter

from bench.corpus import Article
from bench.peers.base import FACETS, TOP, Answer, Written, day_number, full_text
from bench.peers.tokens import Analyser
from bench.queries import Query, read_stop_words

_MANY: Final = ("persons", "places", "organisations")
_BETWEEN: Final = "|"


class _Stems(Filter):  # type: ignore[misc]
    """Replaces the text of each token by its stem; Whoosh reuses one token, so must this."""

    def __init__(self) -> None:
        self._analyser = Analyser()

    def __getstate__(self) -> dict[str, object]:
        return {}  # the schema is pickled; the stemmer cannot be

    def __setstate__(self, state: dict[str, object]) -> None:
        self._analyser = Analyser()

    def __call__(self, tokens: Iterable[Any]) -> Iterator[Any]:
        stems = self._analyser.stems
        for token in tokens:
            (token.text,) = stems(token.text)
            yield token


class Whoosh:
    """Whoosh's writer, searcher and sorting, one segment."""

    workers = 1

    def version(self) -> str:
        """See Peer."""
        return version("Whoosh")

    def index(self, articles: Iterable[Article], folder: Path) -> Written:
        """See Peer."""
        writer = index.create_in(folder, _schema()).writer(limitmb=512)
        for article in articles:
            writer.add_document(
                id=article["id"],
                title=article["title"],
                text=full_text(article),
                published=day_number(article["published"]),
                source=article["source"],
                section=article["section"],
                **{name: _BETWEEN.join(article[name]) for name in _MANY},
            )
        began = perf_counter()
        writer.commit()
        return Written(perf_counter() - began, None)

    def open(self, folder: Path) -> None:
        """See Peer."""
        ix = index.open_dir(folder)
        self._searcher = ix.searcher(weighting=scoring.BM25F())
        self._analyser = Analyser()

    def prepare(self, query_: Query) -> tuple[query.Query, query.Query | None]:
        """See Peer; the second query is the filter."""
        stems = [stem for term in query_.terms for stem in self._analyser.stems(term)]
        narrowed = None
        if query_.first and query_.last:
            first, last = day_number(query_.first), day_number(query_.last)
            dates = query.NumericRange("published", first, last)
            narrowed = query.And([dates, query.Term("places", query_.place)])
        if query_.operator == "phrase":
            return query.Phrase("text", stems), narrowed
        terms = [query.Term("text", stem) for stem in stems]
        if len(terms) == 1:
            return terms[0], narrowed
        return (query.And if query_.operator == "and" else query.Or)(terms), narrowed

    def answer(self, prepared: tuple[query.Query, query.Query | None], *, facets: bool) -> Answer:
        """See Peer."""
        asked, narrowed = prepared
        grouped = _facets() if facets else None
        results = self._searcher.search(asked, limit=TOP, filter=narrowed, groupedby=grouped)
        fields_ = [hit.fields() for hit in results]
        return Answer(
            [stored["id"] for stored in fields_],
            [stored["title"] for stored in fields_],
            len(results),
            {
                name: nlargest(TOP, results.groups(name).items(), key=lambda pair: pair[1])
                for name in (FACETS if facets else ())
            },
        )


def _schema() -> fields.Schema:
    analyzer = RegexTokenizer() | LowercaseFilter()
    analyzer = analyzer | StopFilter(stoplist=read_stop_words(), minsize=2) | _Stems()
    split = RegexTokenizer(rf"[^{_BETWEEN}]+")
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        title=fields.STORED(),
        text=fields.TEXT(analyzer=analyzer),
        published=fields.NUMERIC(int, bits=32, sortable=True),
        source=fields.ID(stored=True, sortable=True),
        section=fields.ID(stored=True, sortable=True),
        **{name: fields.KEYWORD(analyzer=split, stored=True) for name in _MANY},
    )


def _facets() -> sorting.Facets:
    facets = sorting.Facets()
    for name in FACETS:
        if name in _MANY:
            facet = sorting.StoredFieldFacet(
                name, allow_overlap=True, split_fn=_split, maptype=sorting.Count
            )
        else:
            facet = sorting.FieldFacet(name, maptype=sorting.Count)
        facets.add_facet(name, facet)
    return facets


def _split(values: str) -> list[str]:
    return values.split(_BETWEEN)
