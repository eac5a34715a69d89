"""Property: Whoosh's own searcher, on the index that we write, answers as our engine does."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import expm1, log1p
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query, scoring
from whoosh.index import open_dir

from index import schema
from index.articles import Article
from index.language.analysis import PART_WEIGHT
from index.store import Store
from search.engines.base import K1, B, EngineQuery, EngineResult
from search.engines.local import LocalEngine
from search.leaves import FormPrefix, Sequence, Terms, leaves
from search.parser import parse
from search.plan import plan
from search.request import DateFilter
from search.tree import And, Everything, Node, Or, walk
from tests.conftest import an_article, fill_store

WORDS = ["krig", "kriget", "bil", "bilar", "Putins", "Putin", "och", "it-bolag", "EU:s", "10 000"]
texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
articles = st.builds(
    lambda id, title, lead, body: an_article(str(id), body or "bil", title=title, lead=lead),
    st.integers(0, 12), texts, texts, texts,
)  # fmt: skip
commits = st.lists(
    st.lists(articles, max_size=8, unique_by=lambda article: article.id), min_size=1, max_size=4
)
atoms = st.one_of(
    st.sampled_from(["krig", "bilar", "putin", "it-bolag", "bolag", "10000", "och", "varg"]),
    st.sampled_from(["kri*", "bi*", "put*", '"krig bil"', '"och bilar"', '"eu putin krig"', "*"]),
)
queries = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" OCH ", " ELLER "]), inner).map("".join),
        inner.map(lambda text: f"({text})"),
    ),
    max_leaves=4,
)


class OurRanking(scoring.WeightingModel):  # type: ignore[misc]
    """BM25 as `search.engines.base` defines it, with the document frequency of the words."""

    def __init__(self, store: Store) -> None:
        self._segments = store.segments()
        self._lengths = [
            live.segment.lengths.item(document)
            for live in self._segments
            for document in range(live.segment.documents)
            if not live.is_deleted(document)
        ]

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: int = 1) -> Any:
        size = len(self._lengths)
        df = size * -expm1(-self._frequency(fieldname, text.decode()) / size)
        idf = log1p((size - df + 0.5) / (df + 0.5))
        return OurScorer(searcher, fieldname, idf, (sum(self._lengths) / size) or 1.0)

    def _frequency(self, fieldname: str, text: str) -> int:
        found = 0
        for live in self._segments:
            words = live.segment.words_with_form(text)
            if fieldname == schema.TEXT:
                words, _ = live.segment.words_with_term(text)
            for word in set(words.tolist()):
                first, last = live.segment.posting_starts[word : word + 2].tolist()
                documents = live.segment.posting_documents[first:last].tolist()
                found += sum(not live.is_deleted(document) for document in documents)
        return found


class OurScorer(scoring.BaseScorer):  # type: ignore[misc]
    def __init__(self, searcher: Any, fieldname: str, idf: float, mean: float) -> None:
        self._searcher, self._fieldname, self._idf, self._mean = searcher, fieldname, idf, mean

    def supports_block_quality(self) -> bool:
        return True

    def score(self, matcher: Any) -> float:
        length = self._searcher.doc_field_length(matcher.id(), self._fieldname, 0)
        return self._bound(matcher.weight(), length)

    def max_quality(self) -> float:
        return self._idf * (K1 + 1)

    def block_quality(self, matcher: Any) -> float:
        return self._bound(matcher.block_max_weight(), matcher.block_min_length())

    def _bound(self, tf: float, length: int) -> float:
        return self._idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / self._mean))


def translate(node: Node) -> Any:
    match node:
        case Everything():
            return query.Every()
        case And(children):
            return query.And([translate(child) for child in children])
        case Or(children):
            return query.Or([translate(child) for child in children])
        case Terms(stems, forms):
            terms = [query.Term(schema.TEXT, s) for s, _ in stems]
            terms += [query.Term(schema.FORM, f) for f, _ in forms]
            return terms[0] if len(terms) == 1 else query.Or(terms)
        case FormPrefix(prefix):
            return query.Prefix(schema.FORM, prefix)
        case Sequence(slots):
            return query.Phrase(schema.FORM, [form for (form,) in slots])
    raise TypeError(node)


def with_one_key(node: Node) -> Node:
    """Leave one stem or form of each word: Whoosh knows no weights of terms in a query."""
    match node:
        case And(children) | Or(children):
            return type(node)(tuple(map(with_one_key, children)))
        case Terms(((stem, _), *_), _):
            return Terms(((stem, 1.0),), ())
        case Terms((), ((form, _), *_)):
            return Terms((), ((form, 1.0),))
    return node


def is_ranked_alike(planned: Node) -> bool:
    """Whether Whoosh has the same sums to make.

    Each leaf must be one term; and of `a OCH b ELLER c` Whoosh does not count a alone, as we do.
    """
    found = list(leaves(planned))
    below_or = [n for node in walk(planned) if isinstance(node, Or) for n in walk(node)]
    return (
        not any(isinstance(node, Everything) for node in walk(planned))
        and not any(isinstance(node, And) for node in below_or)
        and all(isinstance(leaf, Terms) for leaf in found)
        and all(len(leaf.stems + leaf.forms) == 1 for leaf in found if isinstance(leaf, Terms))
    )


@contextmanager
def a_store(groups: list[list[Article]]) -> Iterator[Store]:
    path = Path(tempfile.mkdtemp())
    try:
        yield fill_store(path, *groups)
    finally:
        shutil.rmtree(path)


def ask(store: Store, planned: Node, size: int) -> EngineResult:
    asked = EngineQuery(
        tree=planned, selections={}, dates=DateFilter(), sort="relevance", offset=0, size=size,
        facets=(), facet_size=0, lifts_choices=True, timeline=False, interval=None,
        second_look=False,
    )  # fmt: skip
    return LocalEngine(store).snapshot().search(asked)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(commits, st.lists(queries, min_size=1, max_size=5))
def test_whoosh_finds_what_we_find(groups: list[list[Article]], asked: list[str]) -> None:
    assert PART_WEIGHT < 1
    with (
        a_store(groups) as store,
        open_dir(str(store.path)).searcher(weighting=OurRanking(store)) as searcher,
    ):
        for text in asked:
            everything = plan(parse(text))
            ours = ask(store, everything, 100)
            theirs = searcher.search(translate(everything), limit=None)
            assert {hit["id"] for hit in theirs} == {hit.id for hit in ours.hits}, text
            assert len(theirs) == ours.total
            planned = with_one_key(everything)
            ours = ask(store, planned, 100)
            theirs = searcher.search(translate(planned), limit=None)
            assert {hit["id"] for hit in theirs} == {hit.id for hit in ours.hits}, text
            assert len(theirs) == ours.total
            if is_ranked_alike(planned):
                few = searcher.search(translate(planned), limit=3)
                scores = [hit.score for hit in few]
                assert scores == pytest.approx([hit.score for hit in ours.hits[:3]], abs=2e-6), text
                assert len(few) == ours.total
