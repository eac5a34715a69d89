"""The order that mixes relevance with age."""

import pytest

from search import recency
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import MakeEngine, an_article


def ids(searcher: Searcher, **asked: object) -> list[str]:
    request = SearchRequest(q="krig", **asked)  # type: ignore[arg-type]
    return [hit.article.id for hit in searcher.search(request).hits]


@pytest.fixture
def searcher(make_engine: MakeEngine) -> Searcher:
    return Searcher(
        make_engine(
            [
                an_article("old best", "Krig och krig.", "2010-01-01"),
                an_article("new", "Ett krig kom här.", "2024-05-01"),
                an_article("newer", "Ett krig kom här.", "2024-05-02"),
                an_article("undated", "Ett krig kom här."),
                an_article("new but poor", "Om mycket annat idag. " * 9 + "Och krig.", "2024"),
            ]
        )
    )


def test_the_newer_of_the_relevant_rise(searcher: Searcher) -> None:
    assert ids(searcher)[0] == "old best"
    assert ids(searcher, sort="mixed")[:3] == ["newer", "new", "old best"]
    assert set(ids(searcher, sort="mixed")) == set(ids(searcher))


def test_the_answer_says_its_order(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest(q="krig", sort="mixed"))
    assert results.sort == "mixed"
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)


def test_pages_fit_together(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ids(searcher, sort="mixed")
    assert [
        i for page in (1, 2, 3) for i in ids(searcher, sort="mixed", page=page, size=2)
    ] == whole
    for module in (recency, __import__("search.searcher", fromlist=["searcher"])):
        monkeypatch.setattr(module, "MIXED", 2)
    few = ids(searcher, sort="mixed")
    assert few[2:] == ids(searcher)[2:]
    assert [i for page in (1, 2, 3) for i in ids(searcher, sort="mixed", page=page, size=2)] == few
