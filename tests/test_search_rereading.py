"""The best are put in order by their texts, which are read alike with and without numba."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import search.searcher
from search import letters, plain_letters, rereading
from search.letters import NOWHERE, Reading, pieces_of
from search.request import SearchRequest
from search.rereading import LETTERS, REREAD, reread
from search.searcher import Searcher
from tests.conftest import MakeEngine, an_article

FILLING = "stolen bordet lampan mattan dörren fönstret taket väggen golvet spisen soffan"

alphabets = st.text("abcåÅéΣİß1² _-.\n\0\u00ad\u030a\ud800\U0001f600\U00010400")


@given(st.lists(alphabets | st.sampled_from(("om det", "Och abc", "ABCÅ")), min_size=1), alphabets)
def test_both_ways_of_reading_find_the_same(texts: list[str], query: str) -> None:
    pieces = list(dict.fromkeys(pieces_of(query + " abc")))
    for compiled, plain in zip(
        letters.read(texts, pieces), plain_letters.read(texts, pieces), strict=True
    ):
        np.testing.assert_allclose(compiled, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("read", [letters.read, plain_letters.read])
def test_words_and_pieces_of_texts(read: rereading.Read) -> None:
    """Stop words are none; letters before a word count all characters."""
    reading: Reading = read(["😀 Och räntan, RÄNTAN!", "ränt x", ""], [" rän", "ntan", "och "])
    assert reading.counts.tolist() == [[2, 2, 0], [1, 0, 0], [0, 0, 0]]
    assert reading.first.tolist() == [
        [6, 6, NOWHERE],
        [0, NOWHERE, NOWHERE],
        [NOWHERE, NOWHERE, NOWHERE],
    ]
    assert reading.lengths.tolist() == [10, 3, 0]
    assert reading.likeness.tolist() == np.zeros((3, 3)).tolist()


def test_texts_are_like_each_other_by_their_rare_words() -> None:
    texts = ["räntan höjs i maj", "räntan höjs i juni", "räntan sänks", "räntan"]
    likeness = letters.read(texts, pieces_of("abc")).likeness
    np.testing.assert_array_equal(likeness, likeness.T)
    assert likeness[0, 1] > likeness[0, 2] > 0
    assert likeness.max() <= 1
    assert letters.read(["räntan höjs"] * 3, ["abcd"]).likeness[0, 1] == pytest.approx(1)


def test_a_word_in_another_make_counts() -> None:
    texts = [f"Avgift för mattan. {FILLING}", f"Avgift, registrera bilen. {FILLING}"]
    before = [2.0, 2.0]
    scores = reread(texts, ["avgift", "registrering"], before)
    assert scores[1] > scores[0] > before[0]


def test_what_an_article_lacks_those_that_are_like_it_have() -> None:
    texts = [
        f"Avgift för mattan. {FILLING}",
        "Avgift. Körkort bil motor förare däck.",
        "Registrering, avgift. Körkort bil motor förare däck.",
    ]
    alone = reread([texts[0], texts[1]], ["avgift", "registrering"], [2.0, 2.0])
    assert alone[0] == pytest.approx(alone[1], rel=0.05)
    scores = reread(texts, ["avgift", "registrering"], [2.0, 2.0, 2.0])
    assert scores[2] > scores[1] > scores[0]


def test_what_comes_early_counts_more() -> None:
    filling = f"{FILLING}. " * 9
    late, early = reread([f"{filling} räntan höjs", f"räntan höjs {filling}"], ["räntan"], [1, 1])
    assert early > late


def test_of_a_long_text_the_beginning_is_read() -> None:
    filling = "mattan " * LETTERS
    texts = [f"{filling} registrera", f"registrera {filling}", filling]
    scores = reread(texts, ["avgift", "registrering"], [2.0, 2.0, 2.0])
    assert scores[1] > scores[0] == scores[2]


def test_nothing_to_read() -> None:
    assert reread([], ["räntan"], []).tolist() == []
    assert reread(["räntan"], ["räntan"], [1.5]).tolist() == [1.5]
    assert reread(["räntan", "höjs"], ["m", "&"], [1.5, 1.0]).tolist() == [1.5, 1.0]
    assert reread(["", ""], ["räntan"], [1.5, 1.0]).tolist() == [1.5, 1.0]


@given(st.lists(alphabets, min_size=2, max_size=5), st.lists(alphabets, max_size=3))
def test_scores_never_fall(texts: list[str], words: list[str]) -> None:
    before = np.linspace(2, 1, len(texts))
    scores = reread(texts, words, before.tolist())
    assert np.isfinite(scores).all()
    assert (scores >= before - 1e-6).all()


def alike(count: int) -> list[str]:
    """Texts that all have two words, with the rest of each its own."""
    own = "abcdefghijklmnopqrstuvwxyzåäö"
    return [
        f"{own[n % 29]}{own[n // 29]}{own[n % 7]}mattan. " * (n % 5 + 1) + f"Räntan höjs {n}."
        for n in range(count)
    ]


def test_pages_fit_together(make_engine: MakeEngine) -> None:
    count = REREAD + 15
    articles = [an_article(f"{n:02}", text) for n, text in enumerate(alike(count))]
    searcher = Searcher(make_engine(articles))

    def page(number: int, size: int) -> list[tuple[str, float]]:
        hits = searcher.search(SearchRequest(q="räntan höjs", page=number, size=size)).hits
        return [(hit.article.id, hit.score) for hit in hits]

    whole = page(1, count)
    assert len({id for id, _ in whole}) == count
    assert [score for _, score in whole] == sorted((score for _, score in whole), reverse=True)
    for size in (1, 7, 10):
        pages = [page(number, size) for number in range(1, -(-count // size) + 1)]
        assert [hit for of in pages for hit in of] == whole
    assert page(2, count) == []
    assert searcher.search(SearchRequest(q="räntan höjs", size=0)).total == count


@pytest.mark.parametrize(
    ("query", "sort", "is_read"),
    [
        ("räntan höjs", None, True),
        ("räntan ELLER höjs", None, True),
        ("räntan höjs INTE mattan", None, True),
        ("räntan höjs", "newest", False),
        ("räntan höjs", "mixed", False),
        ("räntan", None, False),
        ("räntan och räntan", None, False),
        ("räntan INTE mattan", None, False),
        ('räntan "höjs nu"', None, False),
        ("när höjs räntan", None, False),
        ("räntan höjs?", None, False),
    ],
)
def test_two_words_by_relevance_are_read(
    make_engine: MakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    sort: str | None,
    *,
    is_read: bool,
) -> None:
    asked = note_words(monkeypatch)
    engine = make_engine([an_article("a", "Räntan höjs nu."), an_article("b", "Räntan höjs nu!")])
    searcher = Searcher(engine)
    searcher.search(SearchRequest(q=query, sort=sort))  # type: ignore[arg-type]
    assert asked == ([["räntan", "höjs"]] if is_read else [])
    searcher.engine_call(SearchRequest(q=query))()
    assert len(asked) <= 1


def test_words_are_read_as_they_are_spelled(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = note_words(monkeypatch)
    articles = [an_article("a", "Hyror i Malmö."), an_article("b", "Hyran i Malmö.")]
    results = Searcher(make_engine(articles)).search(SearchRequest(q="hyror malmo"))
    assert results.spelled == {"malmo": ("malmö",)}
    assert asked == [["hyror", "malmö"]]


def note_words(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note with which words texts are read."""
    asked = []

    def noted(texts: list[str], words: list[str], scores: list[float]) -> NDArray[np.float64]:
        asked.append(words)
        return reread(texts, words, scores)

    monkeypatch.setattr(search.searcher, "reread", noted)
    return asked
