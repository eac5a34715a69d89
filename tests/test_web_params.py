from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import FACET_FIELDS
from index.dates import PartialDate
from search.errors import RequestError
from search.request import MAX_DEPTH, DateFilter, SearchRequest, Selection
from web.params import (
    MAX_LENGTH,
    MAX_SIZE,
    Fault,
    QueryTooLong,
    forgive_request,
    read_request,
    read_words,
    write_query,
)

VALUES = st.frozensets(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))


@st.composite
def requests(draw: st.DrawFn) -> SearchRequest:
    names = draw(st.lists(st.sampled_from(FACET_FIELDS), unique=True))
    selections = {name: Selection(draw(VALUES), draw(VALUES)) for name in names}
    years = sorted(draw(st.tuples(st.integers(1000, 9998), st.integers(1000, 9998))))
    first, last = (PartialDate.parse(str(year)) for year in years)
    size = draw(st.integers(1, MAX_SIZE))
    return SearchRequest(
        q=draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)).strip(),
        selections={name: chosen for name, chosen in selections.items() if chosen != Selection()},
        dates=DateFilter(draw(st.sampled_from([None, first])), draw(st.sampled_from([None, last]))),
        sort=draw(st.sampled_from([None, "relevance", "newest", "oldest"])),
        interval=draw(st.sampled_from([None, "year", "month", "day"])),
        page=draw(st.integers(1, MAX_DEPTH // size)),
        size=size,
        facet_size=draw(st.integers(0, MAX_SIZE)),
    )


@given(requests())
def test_a_request_comes_back_from_its_query_string(request: SearchRequest) -> None:
    query = write_query(request)
    if len(query) <= MAX_LENGTH and query.count("&") < 200:
        assert read_request(query.encode()) == request


@given(requests())
def test_a_request_is_written_in_one_way(request: SearchRequest) -> None:
    query = write_query(request)
    if len(query) <= MAX_LENGTH and query.count("&") < 200:
        assert write_query(read_request(query.encode())) == query


def test_values_of_a_facet_add_up() -> None:
    query = urlencode(
        [("persons", "Åsa"), ("persons", "Bo"), ("not.persons", "Åsa"), ("section", "utrikes")]
    )
    assert read_request(query.encode()).selections == {
        "persons": Selection(frozenset({"Åsa", "Bo"}), frozenset({"Åsa"})),
        "section": Selection(frozenset({"utrikes"})),
    }


@pytest.mark.parametrize(
    "query", ["", "&&&", "q=", "okänt=1&not.okänt=2&not.=3", "page=&size=&to="]
)
def test_what_says_nothing_is_the_default(query: str) -> None:
    assert read_request(query.encode()) == SearchRequest()


def test_the_first_of_a_name_counts() -> None:
    assert read_request(b"q=regn&q=sol&page=2&page=3") == SearchRequest(q="regn", page=2)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=två", "page"),
        ("page=1_0", "page"),
        ("page=²", "page"),
        ("page=1001", "page"),
        ("page=99999999999999999999", "page"),
        ("size=101", "size"),
        ("facet_size=101", "facet_size"),
        ("sort=bäst", "sort"),
        ("interval=week", "interval"),
        ("from=2022-13", "from"),
        ("to=i+går", "to"),
        ("from=2023&to=2022", "to"),
        ("q=" + "x" * 1001, "q"),
        ("q=a%00b", "q"),
        ("persons=%00", "persons"),
        ("q=%E5r", "adressen"),
        ("&".join(["persons=x"] * 201), "adressen"),
    ],
)
def test_impossible_values_are_named(query: str, parameter: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_request(query.encode())
    assert caught.value.parameter == parameter


def test_an_endless_query_string_is_too_long() -> None:
    with pytest.raises(QueryTooLong):
        read_request(b"q=" + b"x" * MAX_LENGTH)


def test_the_same_period_may_begin_and_end() -> None:
    dates = read_request(b"from=2022&to=2022-01").dates
    assert (str(dates.first), str(dates.last)) == ("2022", "2022-01")


@pytest.mark.parametrize(
    ("query", "words"),
    [(b"q=regn&page=x", "regn"), (b"q=%E5%00", "\ufffd"), (b"q=" + b"x" * 9000, "x" * 1000)],
)
def test_words_survive_a_refused_query(query: bytes, words: str) -> None:
    assert read_words(query) == words


@pytest.mark.parametrize(
    ("query", "kept", "faults"),
    [
        ("q=regn&page=2", "q=regn&page=2", {}),
        ("q=regn&from=19+dec+2022&to=2023", "q=regn&to=2023", {"from": "19 dec 2022"}),
        ("from=2023&to=2022&sort=newest", "from=2023&sort=newest", {"to": "2022"}),
        ("page=1001&size=20", "size=20", {"page": "1001"}),
        ("page=x&size=101&sort=bäst", "", {"page": "x", "size": "101", "sort": "bäst"}),
        ("interval=week&facet_size=-1", "", {"interval": "week", "facet_size": "-1"}),
        ("page=x&page=2", "", {"page": "x"}),
    ],
)
def test_a_page_does_without_what_cannot_be(query: str, kept: str, faults: dict[str, str]) -> None:
    request, found = forgive_request(query.encode())
    assert write_query(request) == kept
    assert {name: fault.value for name, fault in found.items()} == faults


def test_the_reason_of_a_fault_is_told() -> None:
    assert forgive_request(b"page=0")[1] == {"page": Fault("0", "måste vara 1 eller mer")}


@pytest.mark.parametrize("query", ["q=" + "x" * 1001, "q=%E5r", "from=%00", "q=a&" * 201])
def test_some_things_cannot_be_forgiven(query: str) -> None:
    with pytest.raises(RequestError):
        forgive_request(query.encode())
