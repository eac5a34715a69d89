import pytest

from index.dates import PartialDate
from search.request import DateFilter, SearchRequest, Selection
from search.results import FacetValue
from web.chips import clear, list_chips


@pytest.mark.parametrize(
    ("query", "chips"),
    [
        ("", []),
        ("regn sol", [("regn", "sol"), ("sol", "regn")]),
        ('"svart på vitt" -regn', [('"svart på vitt"', "-regn"), ("-regn", '"svart på vitt"')]),
        ('titel:"i dag" x', [('titel:"i dag"', "x"), ("x", 'titel:"i dag"')]),
        ("regn ELLER sol", [("regn ELLER sol", "")]),
        ("val INTE usa", [("val INTE usa", "")]),
        ("(regn sol)", [("(regn sol)", "")]),
        ("inte eller och", [("inte", "eller och"), ("eller", "inte och"), ("och", "inte eller")]),
        ("x " * 12 + "x", [("x " * 12 + "x", "")]),
        ("”Vem är vem” x", [("”Vem är vem”", "x"), ("x", "”Vem är vem”")]),
        ('titel:”i dag“ «x y"', [("titel:”i dag“", '«x y"'), ('«x y"', "titel:”i dag“")]),
        ('"a"b "c d"', [('"a"b', '"c d"'), ('"c d"', '"a"b')]),
        ('"öppet citat', [('"öppet', "citat"), ("citat", '"öppet')]),
    ],
)
def test_words_go_one_by_one_unless_joined(query: str, chips: list[tuple[str, str]]) -> None:
    listed = list_chips(SearchRequest(q=query), {})
    assert [(chip.label, chip.request.q) for chip in listed] == chips
    assert {chip.kind for chip in listed} <= {"ord"}


def test_everything_active_has_a_chip_that_removes_it() -> None:
    year = PartialDate.parse("2022")
    request = SearchRequest(
        q="regn",
        selections={
            "persons": Selection(frozenset({"b", "a"}), frozenset({"c"})),
            "source": Selection(frozenset({"tt"})),
        },
        dates=DateFilter(year, year),
        page=3,
        sort="oldest",
    )
    chips = list_chips(request, {"source": (FacetValue("tt", "TT", 0, selected=True),)})
    assert [(chip.kind, chip.label, chip.is_excluded) for chip in chips] == [
        ("ord", "regn", False),
        ("person", "a", False),
        ("person", "b", False),
        ("person", "c", True),
        ("källa", "TT", False),
        ("tid", "2022", False),
    ]
    left = request
    for _ in chips:
        left = list_chips(left, {})[0].request
    assert left == SearchRequest(sort="oldest") == clear(request)
