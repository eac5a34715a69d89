from importlib.resources import files

import pytest

from index.entities.lexicon import Sign, load_lexicon
from index.entities.rules import DETERMINERS


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("Putins", "Putin"),
        ("Rysslands", "Ryssland"),
        ("BBC:s", "BBC"),
        ("Lindqvists", "Lindqvist"),
        ("Belarus", "Belarus"),
        ("Paris", "Paris"),
        ("Lars", "Lars"),
        ("Anders", "Anders"),
        ("Hans", "Hans"),
        ("Moses", "Moses"),
        ("Texas", "Texas"),
        ("Wales", "Wales"),
    ],
)
def test_genitives(word: str, base: str) -> None:
    assert load_lexicon().word(word).base == base


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        ("Malmö", Sign.PLACE),
        ("Nato", Sign.ORGANISATION),
        ("Magdalena", Sign.FIRST),
        ("Ekqvist", Sign.SURNAME),
        ("Bedömare", Sign.COMMON),
        ("Länderna", Sign.COMMON),
        ("Ryska", Sign.COMMON),
        ("USA-baserade", Sign.COMPOUND),
        ("Storgatan", Sign.STREET),
        ("Göransplan", Sign.STREET),
        ("Nobelpriset", Sign.NOT_A_NAME),
        ("x" * 100_000, Sign.NOT_A_NAME),
    ],
)
def test_signs(word: str, sign: int) -> None:
    assert load_lexicon().word(word).signs & sign


def test_every_list_says_where_it_comes_from_and_is_sorted() -> None:
    folder = files("index.entities") / "data"
    size = 0
    for file in folder.iterdir():
        if not file.name.endswith((".txt", ".tsv")):
            continue
        text = file.read_text(encoding="utf-8")
        size += len(text.encode())
        lines = text.splitlines()
        values = [line for line in lines if not line.startswith("#")]
        assert lines[0].startswith("#"), file.name
        assert values == sorted(set(values), key=lambda v: (v.casefold(), v)), file.name
    assert size < 700_000


def test_curated_names_are_consistent() -> None:
    lexicon = load_lexicon()
    for kind, names in lexicon.canonical.items():
        for name in names.values():
            assert lexicon.canonical_name(name, kind) == name


def test_determiners_are_words() -> None:
    assert min(map(len, DETERMINERS)) > 1
