"""What queries mean: trees, their printed form, and errors with positions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import PartialDate
from search.errors import QuerySyntaxError
from search.parser import MAX_ATOMS, MAX_NESTING, MAX_PREFIXES, MAX_QUERY, parse, parse_words
from search.tree import (
    All,
    And,
    DateRange,
    Everything,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
)

A, B, C = Word("a"), Word("b"), Word("c")


def day(text: str) -> PartialDate:
    return PartialDate.parse(text)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("*", Everything()),
        ("!!! – ...", Everything()),
        ("a", A),
        ("a b", All((A, B))),
        ("a, b!", All((A, B))),
        ("a OCH b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a och b", All((A, Word("och"), B))),
        ("a ELLER b OR c", Or((A, B, C))),
        ("a b ELLER c", Or((All((A, B)), C))),
        ("a OCH b c", And((A, All((B, C))))),
        ("a OCH b ELLER c", Or((And((A, B)), C))),
        ("a OCH (b ELLER c)", And((A, Or((B, C))))),
        ("a INTE b", All((A, Not(B)))),
        ("a NOT b", All((A, Not(B)))),
        ("a -b c", All((A, Not(B), C))),
        ("-a", Not(A)),
        ("INTE INTE a", Not(Not(A))),
        ("INTE (a b)", Not(All((A, B)))),
        ("a - b", All((A, B))),
        ("((a))", A),
        ('"a b"', Phrase("a b")),
        ("”a b”", Phrase("a b")),
        ("»a b«", Phrase("a b")),
        ('a"b c"', All((A, Phrase("b c")))),
        ('""', Everything()),
        ("nato*", Prefix("nato")),
        ("a nato* b", All((A, Prefix("nato"), B))),
        ("it-bolaget EU:s", All((Word("it-bolaget"), Word("EU:s")))),
        ("10 000 kronor", All((Word("10000"), Word("kronor")))),
        ("och/eller", All((Word("och"), Word("eller")))),
        ("titel:a", Field("titel", A)),
        ("Titel:a", Field("titel", A)),
        ("title:a", Field("titel", A)),
        ("titel:a b", All((Field("titel", A), B))),
        ("-titel:a", Not(Field("titel", A))),
        ("titel:(a ELLER b)", Field("titel", Or((A, B)))),
        ('person:"a b"', Field("person", Phrase("a b"))),
        ("plats:mal*", Field("plats", Prefix("mal"))),
        ("titel: a", All((Word("titel"), A))),
        ("ord:a", Word("ord:a")),
        ("datum:2022", DateRange(day("2022"), day("2022"))),
        ("datum:2022-12..2023-01", DateRange(day("2022-12"), day("2023-01"))),
        ("datum:2022-12-19..", DateRange(day("2022-12-19"), None)),
        ("datum:..2023", DateRange(None, day("2023"))),
        ("date:2022 a", All((DateRange(day("2022"), day("2022")), A))),
        ("OCH!", Word("och")),
        ("och OCH titel", And((Word("och"), Word("titel")))),
        ("a*b", All((A, B))),
        ("ab* cd", All((Prefix("ab"), Word("cd")))),
        ("ord:ab* c", All((Prefix("ord:ab"), C))),
        ('a "!" b', All((A, B))),
        ("perſon:a", Word("perſon:a")),
    ],
)
def test_trees(query: str, tree: Node) -> None:
    assert parse(query) == tree
    assert parse(str(tree)) == tree


@pytest.mark.parametrize(
    ("query", "position", "word"),
    [
        ('ett "två tre', 4, "citattecknet"),
        ("ett (två", 4, "stängs aldrig"),
        ("ett) två", 3, "aldrig öppnats"),
        ("ett ()", 4, "tom"),
        ("OCH ett", 0, "före OCH"),
        ("ett OCH", 4, "efter OCH"),
        ("ett ELLER OCH två", 4, "efter ELLER"),
        ("ett INTE", 4, "efter INTE"),
        ("x a*", 2, "minst 2 tecken"),
        ("ett datum:hej", 4, "inget datum"),
        ("datum:2023-02-30", 0, "inget datum"),
        ("krig datum:2023..2022", 5, "2022 ligger före 2023"),
        ("ett titel:(datum:2022)", 4, "andra fält"),
        ("titel:(person:a)", 0, "andra fält"),
        ("(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1), MAX_NESTING, "nivåer"),
        ("a " * (MAX_ATOMS + 1), 0, "fler än"),
        ("x" * (MAX_QUERY + 1), MAX_QUERY, "längre än"),
        ("ab* " * (MAX_PREFIXES + 1), 0, "ord med"),
    ],
)
def test_errors_say_what_and_where(query: str, position: int, word: str) -> None:
    with pytest.raises(QuerySyntaxError, match=word) as caught:
        parse(query)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('ett "två tre', "ett två tre"),
        ("ett OCH", "ett"),
        ("titel:ett (två", "ett två"),
        ("datum:2022-13 regn", "regn"),
        ("ORDER NOT", "ORDER"),
        ("och ett", "och ett"),
        ("a*", "a"),
        ('"', "*"),
    ],
)
def test_what_is_no_query_is_read_as_its_words(query: str, words: str) -> None:
    assert str(parse_words(query)) == words


letters = st.text(st.characters(categories=["L"]), min_size=1).map(str.lower)  # no operators


@given(st.lists(letters, max_size=5))
def test_words_of_letters_need_no_cutting(words: list[str]) -> None:
    query = " ".join(words)
    assert parse(query) == parse(f"{query} !")


pieces = st.sampled_from(
    ["a", "bil*", "OCH", "ELLER", "INTE", "-", "(", ")", '"', " ", "titel:", "person:", "..", "*",
     "datum:2022", "10 000", "EU:s", "it-bolag", "”", "x:y", "NOT", "AND!", "–", "'", "1.5",
     "!titel:a*"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=12).map("".join)))
def test_any_text_parses_or_says_where_not(query: str) -> None:
    try:
        tree = parse(query)
    except QuerySyntaxError as error:
        assert 0 <= error.position <= len(query)
    else:
        assert parse(str(tree)) == tree
    parse_words(query)
