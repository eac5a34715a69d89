import pytest

from index.entities.candidates import runs

ABBREVIATIONS = frozenset(("t.ex", "dr"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hos BBC:s Steve Rosenberg.", ["Hos BBC:s Steve Rosenberg"]),
        ("med Institute for the Study of war nu", ["Institute for the Study"]),
        ("Ursula von der Leyen och Bashar al-Assad", ["Ursula von der Leyen", "Bashar al-Assad"]),
        ("av George W. Bush och J.K. Rowling", ["George W. Bush", "J.K. Rowling"]),
        ("till H&M och O'Connor i AT&T", ["H&M", "O'Connor", "AT&T"]),
        ("’Vanan bryts’", ["Vanan"]),
        ("@Anna #Malmö iPhone e-Post", []),
    ],
)
def test_runs(text: str, expected: list[str]) -> None:
    found = [text[run.tokens[0].start : run.tokens[-1].end] for run in runs(text, ABBREVIATIONS)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "is_opener"),
    [
        ("Malmö", True),
        ("i Malmö", False),
        ("slut. Malmö", True),
        ("t.ex. Malmö", False),
        ("sa: ”Malmö", True),
        ("– Malmö", True),
        ("* Malmö", True),
        ("(Malmö", True),
        ("ö, Malmö", False),
        ("ö\nMalmö", True),
    ],
)
def test_sentence_openers(text: str, is_opener: bool) -> None:
    assert [run.opener for run in runs(text, ABBREVIATIONS)] == [is_opener]
