from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import PartialDate
from search.request import DateFilter, SearchRequest, Selection
from web.links import (
    Links,
    choose,
    exclude,
    read_id,
    with_dates,
    with_page,
    with_sort,
    with_words,
    write_id,
)


def test_choosing_twice_changes_nothing() -> None:
    request = SearchRequest(q="regn")
    chosen = choose(request, "places", "Lund")
    assert chosen.selections == {"places": Selection(frozenset({"Lund"}))}
    assert choose(chosen, "places", "Lund") == request


def test_a_value_is_either_chosen_or_excluded() -> None:
    chosen = choose(SearchRequest(), "places", "Lund")
    excluded = exclude(chosen, "places", "Lund")
    assert excluded.selections == {"places": Selection(exclude=frozenset({"Lund"}))}
    assert choose(excluded, "places", "Lund") == chosen
    assert exclude(excluded, "places", "Lund") == SearchRequest()


def test_what_changes_the_answer_begins_at_its_first_page() -> None:
    request = SearchRequest(q="regn", page=7, interval="day")
    year = PartialDate.parse("2022")
    for changed in (
        with_words(request, "sol"),
        with_sort(request, "oldest"),
        with_dates(request, DateFilter(year, year)),
        choose(request, "places", "Lund"),
        exclude(request, "places", "Lund"),
    ):
        assert changed.page == 1
    assert with_dates(request, DateFilter()).interval is None
    assert with_page(request, 8).page == 8


def test_addresses_stand_below_the_root() -> None:
    links, request = Links("/arkiv"), SearchRequest(q="å&=#", page=2)
    assert links.search(SearchRequest()) == "/arkiv/"
    assert links.search(request) == "/arkiv/?q=%C3%A5%26%3D%23&page=2"
    assert links.article("a/b?c#d å") == "/arkiv/artikel/a/b%3Fc%23d%20%C3%A5"
    assert links.article("x", request) == "/arkiv/artikel/x?q=%C3%A5%26%3D%23&page=2"
    assert links.api_article("x") == "/arkiv/api/v1/articles/x"
    assert Links().value("persons", "Bo Ek") == "/?persons=Bo+Ek"
    assert Links("/nyheter").entity("places", "Malmö/Lund") == "/nyheter/plats/Malm%C3%B6/Lund"
    assert Links().search(request, ()) == "/?q=%C3%A5%26%3D%23&page=2&panel=open"
    assert Links().search(SearchRequest(), {"source"}) == "/?panel=source"


@given(st.text(st.sampled_from("./~%2e a\\"), min_size=1, max_size=6))
def test_an_id_comes_back_from_its_path(article_id: str) -> None:
    assert read_id(unquote(write_id(article_id))) == article_id


@pytest.mark.parametrize("article_id", [".", "..", "./x", "a/../b", "a/..", ".~", "%2e%2e"])
def test_no_browser_shortens_an_address(article_id: str) -> None:
    address = "http://localhost" + Links("/arkiv").article(article_id)
    # Browsers take these for dots too (https://url.spec.whatwg.org/#double-dot-path-segment).
    seen = address.replace("%2e", ".").replace("%2E", ".")
    assert urlsplit(urljoin("http://localhost/", seen)).path == urlsplit(seen).path
