"""tantivy through tantivy-py, with its own Swedish stemmer.

Better than its defaults: a large heap for the writer, so that the index of the bench is one segment
(tantivy-py cannot ask for a merge); the search reads that segment's own top ten values, which is
exact there and spares it the names of thousands of values; the ids and titles alone are stored.
"""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import tantivy  # type: ignore[import-not-found,unused-ignore]

from bench.corpus import Article
from bench.peers.base import FACETS, TOP, Answer, Facets, Written, day_number, full_text
from bench.queries import Query, read_stop_words

_ANALYZER: Final = "swedish"
_HEAP: Final = 2_000_000_000
_ALL_VALUES: Final = 100_000


class Tantivy:
    """One field of text, fast fields for facets, an inverted one for places and dates."""

    workers = 1

    def __init__(self) -> None:
        self._schema = _schema()
        self._analyzer = _analyzer()

    def version(self) -> str:
        """See Peer."""
        return version("tantivy")

    def index(self, articles: Iterable[Article], folder: Path) -> Written:
        """See Peer."""
        index = tantivy.Index(self._schema, path=str(folder))
        index.register_tokenizer(_ANALYZER, self._analyzer)
        writer = index.writer(heap_size=_HEAP, num_threads=self.workers)
        for article in articles:
            writer.add_document(
                tantivy.Document(
                    id=article["id"],
                    title=article["title"],
                    text=full_text(article),
                    published=day_number(article["published"]),
                    persons=article["persons"],
                    places=article["places"],
                    organisations=article["organisations"],
                    section=article["section"],
                    source=article["source"],
                )
            )
        began = perf_counter()
        writer.commit()
        writer.wait_merging_threads()
        merged = perf_counter() - began
        return Written(merged, sum(path.stat().st_size for path in folder.glob("*.store")))

    def open(self, folder: Path) -> None:
        """See Peer."""
        self._index = tantivy.Index.open(str(folder))
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._searcher = self._index.searcher()
        values = {"size": TOP}
        if self._searcher.num_segments > 1:
            values["segment_size"] = _ALL_VALUES
        self._facets = {name: {"terms": {"field": name} | values} for name in FACETS}

    def prepare(self, query: Query) -> Any:
        """See Peer."""
        stems = [stem for term in query.terms for stem in self._analyzer.analyze(term)]
        if query.operator == "phrase":
            return tantivy.Query.phrase_query(self._schema, "text", stems)
        must = tantivy.Occur.Must
        occur = must if query.operator == "and" else tantivy.Occur.Should
        parts = [(occur, self._term("text", stem, "freq")) for stem in stems]
        if query.first and query.last:
            dates = tantivy.Query.range_query(
                self._schema,
                "published",
                tantivy.FieldType.Integer,
                day_number(query.first),
                day_number(query.last),
            )
            place = self._term("places", query.place, "basic")
            unscored = tantivy.Query.const_score_query
            parts += [(must, unscored(narrowed, 0.0)) for narrowed in (dates, place)]
        return parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts)

    def answer(self, prepared: Any, *, facets: bool) -> Answer:
        """See Peer."""
        searcher = self._searcher
        result = searcher.search(prepared, limit=TOP, count=True)
        stored = [searcher.doc(address) for _, address in result.hits]
        found: Facets = {}
        if facets:
            counted = searcher.aggregate(prepared, self._facets)
            found = {
                name: [(bucket["key"], bucket["doc_count"]) for bucket in counted[name]["buckets"]]
                for name in FACETS
            }
        ids = [document["id"][0] for document in stored]
        return Answer(ids, [document["title"][0] for document in stored], result.count, found)

    def _term(self, name: str, value: str | None, option: str) -> Any:
        return tantivy.Query.term_query(self._schema, name, value, index_option=option)


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "title"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="position")
    builder.add_integer_field("published", indexed=True, fast=True)
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _analyzer() -> Any:
    filters = tantivy.Filter
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(filters.lowercase())
    builder = builder.filter(filters.custom_stopword(sorted(read_stop_words())))
    return builder.filter(filters.stemmer("swedish")).build()
