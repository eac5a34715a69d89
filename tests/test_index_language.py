"""The Swedish chain: tokens with offsets, forms, stems, parts."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language import analyse
from index.language.tokens import MAX_LENGTH, normalise, tokenize


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


def terms(word: str, kind: str, language: str = "sv") -> list[str]:
    return [t.term for token in analyse(word, language) for t in token.terms if t.kind == kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("”Vanan bryts”, skriver han.", ["Vanan", "bryts", "skriver", "han"]),
        ("it-bolaget 30-åring USA-baserade", ["it-bolaget", "30-åring", "USA-baserade"]),
        ("EU:s och BBC:s tv:n", ["EU:s", "och", "BBC:s", "tv:n"]),
        ("90-talet, 1990-talet", ["90-talet", "1990-talet"]),
        ("10 000 kr, 1 234 567,50 kr", ["10 000", "kr", "1 234 567,50", "kr"]),
        ("10.000 kr", ["10.000", "kr"]),
        ("10\u00a0000\u202f000", ["10\u00a0000\u202f000"]),
        ("kl. 14.30 den 5.", ["kl", "14.30", "den", "5"]),
        ("3–0, 2019-2020 och 2022-12-19", ["3", "0", "2019", "2020", "och", "2022", "12", "19"]),
        ("år 2022 100 personer", ["år", "2022", "100", "personer"]),
        ("vin\u00addruva", ["vin\u00addruva"]),
        ("H&M, AT&T", ["H&M", "AT&T"]),
        ("d’Arc O'Brien 'citat'", ["d’Arc", "O'Brien", "citat"]),
        ("www.svt.se slut.Nästa", ["www.svt.se", "slut", "Nästa"]),
        ("för- och nackdelar", ["för", "och", "nackdelar"]),
        ("Malmö–Köpenhamn—Oslo", ["Malmö", "Köpenhamn", "Oslo"]),
        ("#metoo @svt (SD)", ["metoo", "svt", "SD"]),
        ("😀 … – !", []),
        ("Москва 東京", ["Москва", "東京"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("written", "also"),
    [
        ("Bilarna", "bil"),
        ("HUSET", "hus"),
        ("Putins", "putin"),
        ("Rysslands", "Ryssland"),
        ("ukrainas", "Ukraina"),
        ("Sveriges", "sverige"),
        ("Peters", "Peter"),
        ("EU:s", "eu"),
        ("Andrée", "andree"),
        ("Tromsø", "tromsö"),
        ("Frederiksen", "FREDERIKSEN"),
        ("e-post", "epost"),
        ("covid-19", "Covid19"),
        ("10.000", "10 000"),
        ("19:30", "19.30"),
        (unicodedata.normalize("NFD", "Västerås"), "västerås"),
        ("vin\u00addruva", "vindruva"),
        ("regeringens", "regeringar"),
    ],
)
def test_words_that_share_a_stem(written: str, also: str) -> None:
    assert set(terms(written, "stem")) & set(terms(also, "stem"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("far", "får"), ("Texas", "text"), ("Lars", "larm"), ("Paris", "par"), ("Belarus", "Belar"),
     ("hål", "hal"), ("Anders", "and"), ("kurs", "kur"), ("Ungern", "unga"), ("Ungerns", "ung"),
     ("Minsk", "minskar"), ("Vänern", "vänner"), ("Mora", "mor"), ("bidrag", "bidrar"),
     ("2023:25", "2023:84")],
)  # fmt: skip
def test_words_that_must_not_meet(one: str, other: str) -> None:
    assert not set(terms(one, "stem")) & set(terms(other, "stem"))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("USA-baserade", ["usa", "basera"]),
        ("30-åring", ["30", "åring"]),
        ("it-bolaget", ["it", "bolag"]),
        ("14.30", []),
        ("2023:25", ["2023", "25"]),
        ("S-ledaren", ["S", "ledare"]),
        ("H.M", ["h", "m"]),
        ("könsroll", ["kön", "roll"]),
        ("länsstyrelse", ["län", "läns", "styrelse"]),
        ("V70", ["v", "70"]),
        ("S-toppnamn", ["S", "toppnamn", "topp", "namn"]),
        ("e-postadress", ["E", "postadress", "post", "adress", "epost"]),
        ("tv:n", []),
    ],
)
def test_parts(word: str, parts: list[str]) -> None:
    assert terms(word, "part") == parts


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("Putins", ["putins", "putin"]),
        ("kallas", ["kallas"]),
        ("regeringens", ["regeringens", "regeringen"]),
        ("Müller", ["muller", "myller"]),
        ("och", ["och"]),
    ],
)
def test_forms(word: str, forms: list[str]) -> None:
    assert terms(word, "form") == forms


def test_stop_words_have_no_stem() -> None:
    assert terms("Och det är", "stem") == []


def test_other_languages_are_found_as_written() -> None:
    assert terms("houses running", "stem", "en") == ["houses", "running"]


def test_a_word_beyond_all_bounds_is_cut() -> None:
    (token,) = analyse("x" * 1_000_000)
    assert token.end == 1_000_000
    assert {len(term.term) for term in token.terms} == {MAX_LENGTH}


@given(st.text())
def test_offsets_and_positions(text: str) -> None:
    tokens = list(analyse(text))
    assert [token.position for token in tokens] == list(range(len(tokens)))
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    assert all(term.term and term.weight > 0 for token in tokens for term in token.terms)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    for word in words(text):
        assert normalise(normalise(word)) == normalise(word)
