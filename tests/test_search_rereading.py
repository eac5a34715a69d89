"""The best are put in order by their texts, which are read alike with and without numba."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import search.searcher
from search import letters, plain_letters, rereading
from search.letters import NOWHERE, Reading, pieces_of
from search.request import SearchRequest
from search.rereading import LETTERS, REREAD, TYPICAL, Wanted, reread
from search.searcher import DOTTED, Searcher
from search.variants import Variant
from tests.conftest import MakeEngine, an_article

FILLING = "stolen bordet lampan mattan dörren fönstret taket väggen golvet spisen soffan"

REGISTRATION = {"avgift": 1.0, "registrering": 1.0}
RAISE = {"räntan": 1.0, "höjs": 1.0}


def wanted(words: Mapping[str, float]) -> Wanted:
    """Words of which nothing else stands for any."""
    return [[Variant((word,), weight)] for word, weight in words.items()]


alphabets = st.text("abcåÅéΣİß1² _-.\n\0\u00ad\u030a\ud800\U0001f600\U00010400")


@given(st.lists(alphabets | st.sampled_from(("om det", "Och abc", "ABCÅ")), min_size=1), alphabets)
def test_both_ways_of_reading_find_the_same(texts: list[str], query: str) -> None:
    pieces = list(dict.fromkeys(pieces_of(query + " abc")))
    for compiled, plain in zip(
        letters.read(texts, pieces), plain_letters.read(texts, pieces), strict=True
    ):
        np.testing.assert_allclose(compiled, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("read", [letters.read, plain_letters.read])
def test_words_and_pieces_of_texts(read: rereading.Reader) -> None:
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
    scores = reread(texts, wanted(REGISTRATION), before)
    assert scores[1] > scores[0] > before[0]


def test_something_of_each_word_counts_more_than_much_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [f"höjs höjs höjs höjs mattan dörren {word}" for word in ("ett", "två")]
    texts += [f"räntan höjs bordet lampan taket {word}" for word in ("nio", "tio")]

    def gap() -> float:
        much, _, each, _ = reread(texts, wanted(RAISE), [2.0] * 4)
        return float(each - much)

    with_words = gap()
    monkeypatch.setattr(rereading, "WORDS", 0)
    assert with_words > gap() + 0.2


def test_other_names_and_places_stand_for_a_word() -> None:
    full = Variant(("förenta", "nationerna"), 0.8)
    texts = [f"Räntan höjs, {who}. {FILLING}" for who in ("FN", "Förenta nationerna", "mattorna")]

    def gap(*others: Variant) -> float:
        raised = [[Variant(("räntan",), 1.0)], [Variant(("fn",), 1.0), *others]]
        _, has_it, none = reread(texts, raised, [2.0] * 3)
        return float(has_it - none)

    assert gap(full) > gap(full._replace(is_of_place=True)) > gap() + 0.1


def test_what_is_like_the_best_is_better() -> None:
    texts = ["räntan höjs tåget spår", "räntan höjs bordet matta"]
    texts += [f"räntan {' '.join(text.split()[2:])} nu" for text in texts]
    _, _, like_best, like_other = reread(texts, wanted(RAISE), [4.0, 2.0, 1.0, 1.0])
    assert like_best > like_other + 0.5


def test_what_an_article_lacks_those_that_are_like_it_have() -> None:
    texts = [
        f"Avgift för mattan. {FILLING}",
        "Avgift. Körkort bil motor förare däck.",
        "Registrering, avgift. Körkort bil motor förare däck.",
    ]
    alone = reread([texts[0], texts[1]], wanted(REGISTRATION), [2.0, 2.0])
    assert alone[0] == pytest.approx(alone[1], rel=0.05)
    scores = reread(texts, wanted(REGISTRATION), [2.0, 2.0, 2.0])
    assert scores[2] > scores[1] > scores[0]


def test_an_article_that_is_like_none_keeps_what_it_has() -> None:
    texts = ["räntan höjs bordet mattan", *(f"räntan höjs tåget spår{n}" for n in range(9))]
    scores = reread(texts, wanted(RAISE), [2.0] * 10)
    assert scores[0] == pytest.approx(scores[1:].max() - 2 * TYPICAL, abs=0.1)


def test_copies_say_nothing_of_each_other() -> None:
    alone = reread(["räntan höjs nu i maj", "räntan sänks"], wanted(RAISE), [2, 2])
    copies = reread(["räntan höjs nu i maj"] * 3 + ["räntan sänks"], wanted(RAISE), [2] * 4)
    assert copies[:3].tolist() == pytest.approx([copies[0]] * 3)
    assert copies[0] - copies[3] < alone[0] - alone[1]  # what three have is less rare


def test_accents_and_what_is_invisible_make_no_difference() -> None:
    texts = ["Andrée for", "Andree for", "An\u200bdre\u0301e for", "An\u00addree for"]
    scores = reread(texts, wanted({"Andrée": 1, "for": 1}), [2.0] * 4)
    assert scores.tolist() == pytest.approx([scores[0]] * 4)
    assert reread(texts, wanted({"Andree": 1, "for": 1}), [2.0] * 4).tolist() == scores.tolist()


def test_what_comes_early_counts_more() -> None:
    filling = f"{FILLING}. " * 9
    late, early = reread(
        [f"{filling} räntan höjs", f"räntan höjs {filling}"], wanted({"räntan": 1}), [1, 1]
    )
    assert early > late


def test_of_a_long_text_the_beginning_is_read() -> None:
    filling = "mattan " * LETTERS
    texts = [f"{filling} registrera", f"registrera {filling}", filling]
    scores = reread(texts, wanted(REGISTRATION), [2.0, 2.0, 2.0])
    assert scores[1] > scores[0] == scores[2]


def test_nothing_to_read() -> None:
    assert reread([], wanted({"räntan": 1}), []).tolist() == []
    assert reread(["räntan"], wanted({"räntan": 1}), [1.5]).tolist() == [1.5]
    assert reread(["räntan", "höjs"], wanted({"m": 1, "&": 1}), [1.5, 1.0]).tolist() == [1.5, 1.0]
    assert reread(["", ""], wanted({"räntan": 1}), [1.5, 1.0]).tolist() == [1.5, 1.0]


@given(st.lists(alphabets, min_size=2, max_size=5), st.lists(alphabets, max_size=3))
def test_scores_never_fall(texts: list[str], words: list[str]) -> None:
    before = np.linspace(2, 1, len(texts))
    scores = reread(texts, wanted(dict.fromkeys(words, 1.0)), before.tolist())
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
        ("räntan och Räntan", None, False),
        ("räntan titel:höjs", None, True),
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
    articles = [an_article(id, "Räntan höjs nu.", title="Höjs") for id in "ab"]
    searcher = Searcher(make_engine(articles))
    searcher.search(SearchRequest(q=query, sort=sort))  # type: ignore[arg-type]
    assert asked == ([RAISE] if is_read else [])
    asked.clear()
    searcher.engine_call(SearchRequest(q=query))()
    assert asked == []


def test_words_are_read_as_they_are_spelled(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = note_words(monkeypatch)
    articles = [an_article("a", "Hyror i Malmö."), an_article("b", "Hyran i Malmö.")]
    results = Searcher(make_engine(articles)).search(SearchRequest(q="hyror malmo"))
    assert results.spelled == {"malmo": ("malmö",)}
    (words,) = asked
    assert words.items() >= {"hyror": 1, "malmo": 1, "malmö": DOTTED}.items()


def test_a_word_as_it_is_typed_comes_first(make_engine: MakeEngine) -> None:
    """What the index has in few articles is also sought with dots, which count less."""
    articles = [an_article(f"dots{n}", f"Jonas Boström sjunger nummer {n}.") for n in range(12)]
    searcher = Searcher(make_engine([*articles, an_article("typed", "Jonas Bostrom sjunger.")]))
    results = searcher.search(SearchRequest(q="bostrom sjunger"))
    assert results.spelled == {"bostrom": ("boström",)}
    assert results.hits[0].article.id == "typed"


def test_a_field_and_a_word_that_are_alike(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = note_words(monkeypatch)
    articles = [
        an_article(f"{n}", "Skatt på hallen, Hällen.", places=("Hällen",)) for n in range(25)
    ]
    results = Searcher(make_engine(articles)).search(SearchRequest(q="hallen skatt plats:hallen"))
    assert results.spelled == {"hallen": ("hällen",)}
    assert asked == [{"hallen": 1, "skatt": 1}]


def test_other_names_count_less(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = note_words(monkeypatch)
    articles = [an_article("a", "FN varnar."), an_article("b", "Förenta nationerna varnar.")]
    results = Searcher(make_engine(articles)).search(SearchRequest(q="FN varnar"))
    assert len(results.hits) == 2
    (words,) = asked
    assert words.items() >= {"fn": 1, "varnar": 1, "förenta": 0.8, "nationerna": 0.8}.items()


def test_a_relaxed_search_is_read_too(make_engine: MakeEngine) -> None:
    """None has all the words; one has a relative of the one that is missing."""
    filling = "stolen bordet lampan"
    texts = {"a": f"Räntan höjs, {filling}.", "b": f"Räntan höjs, bolånelöften {filling}."}
    searcher = Searcher(make_engine([an_article(id, text) for id, text in texts.items()]))
    results = searcher.search(SearchRequest(q="räntan höjs bolånelån"))
    assert results.relaxed
    assert [hit.article.id for hit in results.hits] == ["b", "a"]


def note_words(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, float]]:
    """Note with which words texts are read."""
    asked = []

    def noted(texts: list[str], names: Wanted, scores: list[float]) -> NDArray[np.float64]:
        weights = sorted((one.weight, word) for of in names for one in of for word in one.name)
        asked.append({word: weight for weight, word in weights})
        return reread(texts, names, scores)

    monkeypatch.setattr(search.searcher, "reread", noted)
    return asked
