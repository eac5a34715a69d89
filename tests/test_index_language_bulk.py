"""Texts analysed in bulk: the same terms as one by one, compiled or not."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.compiled import HAS_NUMBA
from index.language import analyse, analysis_version, bulk, stems
from index.language.analysis import word_terms
from index.language.bulk import BulkAnalyser, Vocabulary
from index.language.splitting import DIGIT_LEADS
from index.language.tokens import tokenize

SEEDS = Path(__file__).parent.parent / "seeds"
KERNELS = [
    pytest.param(True, id="compiled", marks=pytest.mark.skipif(not HAS_NUMBA, reason="no numba")),
    pytest.param(False, id="plain"),
]

SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u2003\u2009\u2028\u202f"
NASTY = st.one_of(
    st.text(
        "abcsSTUåäöÅÖéüÜßøı_\u0301\u0308\u00ad\u200b\u2060\ufeff0123456789٣²߂０" + SPACES
        + ".,:;-–—‐‑'’ʼ&@!?\"()[]/“”„«»…#\x00\x7f\ud83d\ude00\U0001f600\U0001d7ce東М",
        max_size=30,
    ),
    st.text("019 .,:-–s\u00a0\u2009٣", max_size=20),
    st.text("aSå1.-:'@& ", max_size=20),
    st.text(max_size=20),
)  # fmt: skip
WORDS = st.lists(
    st.sampled_from(
        ["10 000", "1.500,50", "14.30-", "19:30", "EU:s", "Putins", "putins", "”Bilen”", "Müllers",
         "müllers", "it-bolaget", "O’Brien", "U.S.A", "t.ex.", "svt.se", "2019-2020", "3–0", "-5",
         "100", "5", "000", "Häst\u00adhov", "e\u0301", "H&M", "ord-", "kyrkans", "x" * 90]
    ),
    max_size=12,
)  # fmt: skip
TEXTS = st.lists(
    st.tuples(
        st.one_of(
            NASTY,
            st.builds(str.join, st.sampled_from([" ", "\n", "", ",", "\u00a0", " (", ". "]), WORDS),
        ),
        st.booleans(),
    ),
    max_size=6,
)


def check(analyser: BulkAnalyser, texts: Sequence[str], is_swedish: Sequence[bool]) -> None:
    tokens, bounds = analyser.analyse(texts, is_swedish)
    assert tokens.dtype == np.uint32
    assert bounds.dtype == np.int64
    assert (bounds[0], bounds[-1], len(bounds)) == (0, len(tokens), len(texts) + 1)
    words = analyser.vocabulary.words
    for number, (text, swedish) in enumerate(zip(texts, is_swedish, strict=True)):
        expected = [token.terms for token in analyse(text, "sv" if swedish else "en")]
        found = [words[word].terms for word in tokens[bounds[number] : bounds[number + 1]]]
        assert found == expected, text


def seed_texts() -> list[str]:
    texts = [(SEEDS / "000_b6e6e01c1d4f9b19.txt").read_text(encoding="utf-8")]
    for path in sorted(SEEDS.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            article = orjson.loads(line)
            texts += [article.get(name) or "" for name in ("title", "lead", "body")]
    return texts


@pytest.mark.parametrize("is_compiled", KERNELS)
@settings(deadline=None)  # the first call compiles
@given(TEXTS)
def test_bulk_equals_one_by_one(is_compiled: bool, texts: list[tuple[str, bool]]) -> None:
    analyser = BulkAnalyser(is_compiled=is_compiled)
    for _ in range(2):
        check(analyser, [text for text, _ in texts], [swedish for _, swedish in texts])


@pytest.mark.parametrize("is_compiled", KERNELS)
@pytest.mark.parametrize(
    "text",
    ["10 000", "10 000 000,5 kr", "5 100", "5, 100", "1 1000", "10 000 2022", "år 2022 100",
     "10\u00a0000 000", "٣ ١٢٣", "0 ١٢٣", "14.30-", "14.30.-", "14.30-'", "14.30", "-10 000",
     "1-10 000", "1 -10 000", "“10 000”", "1“ 000", "\ud800 000", "\x00", "", ".", "-.,", "å 100"],
)  # fmt: skip
def test_numbers_at_the_edges(is_compiled: bool, text: str) -> None:
    check(BulkAnalyser(is_compiled=is_compiled), [text, f"({text})", f"{text}. {text}"], [True] * 3)


@pytest.mark.parametrize("is_compiled", KERNELS)
def test_the_seeds_in_both_languages(is_compiled: bool) -> None:
    texts = seed_texts()
    analyser = BulkAnalyser(is_compiled=is_compiled)
    check(analyser, texts, [True] * len(texts))
    check(analyser, texts, [number % 2 == 0 for number in range(len(texts))])


@pytest.mark.skipif(not HAS_NUMBA, reason="no numba")
def test_both_kernels_number_alike() -> None:
    texts = seed_texts()
    one, other = (BulkAnalyser(is_compiled=is_compiled) for is_compiled in (True, False))
    for begin in range(0, len(texts), 100):
        some = texts[begin : begin + 100]
        languages = [number % 3 > 0 for number in range(len(some))]
        (tokens, bounds), (as_tokens, as_bounds) = (
            analyser.analyse(some, languages) for analyser in (one, other)
        )
        assert np.array_equal(tokens, as_tokens)
        assert np.array_equal(bounds, as_bounds)
    assert one.vocabulary.words == other.vocabulary.words


@pytest.mark.parametrize("is_compiled", KERNELS)
def test_the_table_grows(is_compiled: bool) -> None:
    texts = [" ".join(f"ord{number}" for number in range(start, start + 40_000))
             for start in (0, 40_000, 80_000)]  # fmt: skip
    analyser = BulkAnalyser(is_compiled=is_compiled)
    for _ in range(2):
        tokens, _ = analyser.analyse(texts, [True] * 3)
        assert np.array_equal(tokens, np.arange(120_000))


@pytest.mark.parametrize("is_compiled", KERNELS)
@pytest.mark.parametrize("limit", ["MAX_CHUNKS", "MAX_ARENA", "MAX_TOKENS"])
def test_what_is_forgotten_is_numbered_as_before(
    is_compiled: bool, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, limit, 3)
    analyser = BulkAnalyser(is_compiled=is_compiled)
    texts = ["Bilen och bilarna på vägen", "vägen och Bilen"]
    first, _ = analyser.analyse(texts, [True, True])
    second, _ = analyser.analyse(texts, [True, True])
    assert np.array_equal(first, second)
    assert len(analyser.vocabulary.words) == 5


def test_nothing_is_no_words() -> None:
    tokens, bounds = BulkAnalyser().analyse([], [])
    assert (tokens.tolist(), bounds.tolist()) == ([], [0])


def test_as_many_languages_as_texts() -> None:
    with pytest.raises(ValueError, match="2 texts, but 1 languages"):
        BulkAnalyser().analyse(["a", "b"], [True])


@pytest.mark.parametrize(
    ("token", "also", "is_one"),
    [
        ("Bilen", "bilen", True),
        ("Putins", "putins", False),
        ("EU:s", "eu", True),
        ("10 000", "10.000", True),
        ("Müller", "müller", True),
        ("Müller", "Muller", False),
        ("Andrées", "ANDREES", True),
    ],
)
def test_words_are_distinct_results(token: str, also: str, is_one: bool) -> None:
    vocabulary = Vocabulary()
    numbers = vocabulary.number(token, True), vocabulary.number(also, True)
    assert (numbers[0] == numbers[1]) is is_one


def test_another_language_shares_words_of_the_same_terms() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.number("och", False) == vocabulary.number("och", True)
    assert vocabulary.number("houses", False) != vocabulary.number("houses", True)
    assert [word.is_swedish for word in vocabulary.words] == [True, False, True]


@given(st.lists(st.tuples(st.one_of(NASTY, WORDS.map(" ".join)), st.booleans())))
def test_a_word_gives_the_terms_of_its_tokens(texts: list[tuple[str, bool]]) -> None:
    vocabulary = Vocabulary()
    for text, is_swedish in texts:
        for token in tokenize(text):
            word = vocabulary.words[vocabulary.number(token.text, is_swedish)]
            assert word.terms == word_terms(token.text, is_swedish)
            assert word.terms == word_terms(word.text, word.is_swedish)
    assert len({word.terms for word in vocabulary.words}) == len(vocabulary.words)


def test_every_digit_outside_ascii_has_a_lead_that_is_known() -> None:
    digits = [chr(code) for code in range(128, sys.maxunicode + 1) if chr(code).isdecimal()]
    assert {digit.encode()[0] for digit in digits} <= set(DIGIT_LEADS)


def test_the_language_package_leaves_numba_alone() -> None:
    code = "import sys, index.language; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=SEEDS.parent)


class TestStemmers:
    @pytest.fixture(autouse=True)
    def _needs_pystemmer(self) -> None:
        pytest.importorskip("Stemmer")
        assert stems._compiled_stemmer() is not None

    def stems(self, word: str) -> tuple[str, str]:
        compiled = stems._compiled_stemmer()
        assert compiled is not None
        return compiled(word), stems._plain_stemmer()(word)

    def test_both_agree_on_the_seeds(self) -> None:
        compiled, plain = stems._compiled_stemmer(), stems._plain_stemmer()
        assert compiled is not None
        words = {token.text.lower() for text in seed_texts() for token in tokenize(text)}
        assert len(words) > 3_000
        assert [w for w in words if compiled(w) != plain(w)] == []

    @given(st.text("abcdefghijklmnopqrstuvwxyzåäöéü'-"))
    def test_both_agree_on_letters(self, word: str) -> None:
        compiled, plain = self.stems(word)
        assert compiled == plain

    @given(
        st.text("adehknorstuäå", min_size=3), st.sampled_from(["heterna", "ande", "löst", "igs"])
    )
    def test_both_agree_on_endings(self, word: str, ending: str) -> None:
        compiled, plain = self.stems(word + ending)
        assert compiled == plain

    def test_another_release_is_not_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stamp = analysis_version()
        monkeypatch.setattr(stems, "version", lambda _: "2.2.0")
        stems._pystemmer.cache_clear()
        try:
            assert stems._compiled_stemmer() is None
            assert stems._Stemmers().stem_word("bilarna") == "bil"
            assert analysis_version() == stamp
        finally:
            stems._pystemmer.cache_clear()

    def test_each_thread_has_its_own(self) -> None:
        found: list[object] = []
        thread = threading.Thread(target=lambda: found.append(stems._stemmers.stem_word))
        thread.start()
        thread.join()
        assert found[0] is not stems._stemmers.stem_word

    def test_half_a_pair_is_no_error(self) -> None:
        assert stems.stem("\ud800bilarna") == "\ud800bil"
