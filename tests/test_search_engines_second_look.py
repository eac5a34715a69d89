"""The second look at the best: words close together count more, and every engine says so alike."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import search.searcher
from index.articles import Article
from search.engines import base, plain
from search.engines.base import Held
from search.engines.local import LocalSnapshot
from search.engines.memory import MemoryEngine
from search.engines.segment_search import load_kernels
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import MakeEngine, an_article
from tests.test_search_engines_agree import (
    commits,
    comparable,
    requests,
    temporary_folder,
    write_segments,
)


@pytest.fixture(autouse=True)
def _without_rereading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the order as the engines have it."""
    monkeypatch.setattr(search.searcher, "REREAD", 0)


def ids(searcher: Searcher, query: str) -> list[str]:
    return [hit.article.id for hit in searcher.search(SearchRequest(q=query)).hits]


def test_words_side_by_side_come_first(make_engine: MakeEngine) -> None:
    filling = "stolen bordet lampan mattan dörren fönstret taket väggen golvet"
    searcher = Searcher(
        make_engine(
            [
                an_article("apart", f"Räntan {filling} höjs.", "2022-03-03"),
                an_article("close", f"Räntan mattan höjs stolen bordet lampan {filling[22:]}"),
                an_article("beside", f"{filling} räntan höjs."),
                an_article("fields", f"Höjs {filling}.", title="Räntan"),
            ]
        )
    )
    assert [name for name in ids(searcher, "räntan höjs") if name != "fields"] == [
        "beside", "close", "apart",
    ]  # fmt: skip
    assert ids(searcher, "höjs räntan")[-1] == "apart"


def test_stop_words_count_in_a_row(make_engine: MakeEngine) -> None:
    """Both have all the words, and neighbours but for the stop words are the same."""
    searcher = Searcher(
        make_engine(
            [
                an_article("other", "Om rätt och du har att göra stanna kvar.", "2022"),
                an_article("same", "Om du har rätt att stanna kvar och göra.", "2021"),
            ]
        )
    )
    asked = ids(searcher, "har rätt att stanna")
    assert asked == ["same", "other"]
    apart = searcher.search(SearchRequest(q="rätt OCH stanna")).hits
    assert [hit.article.id for hit in apart] == ["other", "same"]  # the newer first
    together = searcher.search(SearchRequest(q="rätt stanna")).hits
    assert [hit.score for hit in together] == [hit.score for hit in apart]


def test_a_question_is_answered_in_one_passage(make_engine: MakeEngine) -> None:
    """Both have the words too far apart to be neighbours, and one has them in one passage."""
    filling = " ".join(["stolen bordet lampan mattan dörren"] * 6)
    articles = [
        an_article("apart", f"Räntan {filling} {filling} {filling} höjs {filling}.", "2022"),
        an_article("passage", f"{filling} räntan {filling} höjs {filling} {filling}.", "2021"),
    ]
    searcher = Searcher(make_engine(articles))
    assert ids(searcher, "räntan höjs") == ["apart", "passage"]  # alike, and the newer first
    for question in ("räntan höjs?", "när höjs räntan", "När höjs räntan?"):
        assert ids(searcher, question) == ["passage", "apart"]


def test_what_the_title_has_together_comes_first(make_engine: MakeEngine) -> None:
    """Both have the words as often, a title counting three times, and nowhere side by side."""
    filling = "stolen bordet lampan mattan dörren fönstret taket väggen golvet spisen soffan"
    articles = [
        an_article("apart", f"Höjs {filling} höjs mattan höjs.", "2022", title="Räntan"),
        an_article("title", "Bordet stolen.", "2021", title=f"Räntan {filling} mattan höjs"),
    ]
    searcher = Searcher(make_engine(articles))
    assert ids(searcher, "räntan höjs") == ["title", "apart"]
    for word in ("räntan", "höjs"):
        hits = searcher.search(SearchRequest(q=word)).hits
        assert len(hits) == 2
        assert hits[0].score == hits[1].score


def test_a_word_twice_in_a_row(make_engine: MakeEngine) -> None:
    articles = [
        an_article("apart", "Hej du hej.", "2022"),
        an_article("row", "Hej hej du.", "2021"),
    ]
    assert ids(Searcher(make_engine(articles)), "hej hej") == ["row", "apart"]


def test_what_all_have_in_a_row_weighs_little(make_engine: MakeEngine) -> None:
    texts = {"a": "Räntan höjs i dag.", "b": "Räntan höjs. I maj.", "c": "Räntan höjs nu."}
    engine = make_engine([an_article(name, text) for name, text in texts.items()])
    hits = Searcher(engine).search(SearchRequest(q="räntan höjs i dag")).hits
    plain = Searcher(engine).search(SearchRequest(q="räntan OCH höjs")).hits
    assert hits[0].article.id == "a"
    rows = Searcher(engine).search(SearchRequest(q="räntan höjs")).hits
    assert all(0 < row.score - hit.score < 0.1 for row, hit in zip(rows, plain, strict=True))


def test_a_word_is_not_close_to_itself(make_engine: MakeEngine) -> None:
    searcher = Searcher(make_engine([an_article("a", "Räntan höjs."), an_article("b", "Räntan.")]))
    both = searcher.search(SearchRequest(q="räntan ELLER höjs"))
    hits = searcher.search(SearchRequest(q="räntan ELLER räntan")).hits
    assert both.hits[0].score > hits[0].score > 0
    alone = searcher.search(SearchRequest(q="räntan")).hits
    assert [hit.score for hit in hits] == pytest.approx([2 * hit.score for hit in alone], abs=2e-6)
    other = searcher.search(SearchRequest(q="ränta")).hits
    inflected = searcher.search(SearchRequest(q="räntan ränta")).hits
    sums = [one.score + another.score for one, another in zip(alone, other, strict=True)]
    assert [hit.score for hit in inflected] == pytest.approx(sums, abs=2e-6)


def test_the_order_by_date_knows_no_second_look(make_engine: MakeEngine) -> None:
    engine = make_engine([an_article("a", "Räntan höjs.", "2022")])
    newest = Searcher(engine).search(SearchRequest(q="räntan höjs", sort="newest"))
    best = Searcher(engine).search(SearchRequest(q="räntan höjs"))
    assert best.hits[0].score > newest.hits[0].score


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(commits, st.lists(requests, min_size=1, max_size=6))
def test_only_the_best_are_looked_at(
    groups: list[list[Article]], asked: list[SearchRequest]
) -> None:
    """As in `test_local_is_memory`, with fewer of the best than there are articles."""
    with pytest.MonkeyPatch.context() as patch, temporary_folder() as path:
        for name in ("RERANKED", "RERANKED_OF_QUESTION"):
            patch.setattr(base, name, 2)
        expecting = Searcher(MemoryEngine([article for group in groups for article in group]))
        segments = write_segments(path, groups)
        engines = [
            Searcher(Held(LocalSnapshot(segments, kernels=kernels)))
            for kernels in (load_kernels(), plain)
        ]
        for request in asked:
            expected = comparable(expecting.search(request))
            for engine in engines:
                assert comparable(engine.search(request)) == expected
