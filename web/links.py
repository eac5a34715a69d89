"""Addresses: of a request, of an article, and of a request with one thing changed."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlencode

from search.request import MAX_DEPTH, DateFilter, SearchRequest, Selection, Sort
from search.results import SearchResults
from web.params import Pairs, write_query

SEARCH_PATH: Final = "/"
ARTICLE_PATH: Final = "/artikel/"
ENTITY_PATHS: Final = {
    "persons": "/person/",
    "places": "/plats/",
    "organisations": "/organisation/",
}
"""Where the page of a person, place or organisation is, by facet; its name follows."""

API_SEARCH_PATH: Final = "/api/v1/search"
API_ARTICLE_PATH: Final = "/api/v1/articles/"

PANEL: Final = "panel"
"""Parameter of the page alone: `open`, or the facets that show all their values."""

OPEN: Final = "open"

_DOTS: Final = re.compile(r"\.{1,2}~*")


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below `root`, which is where the site is mounted: empty at the top of a host."""

    root: str = ""

    def search(self, request: SearchRequest, panel: Collection[str] | None = None) -> str:
        """Address the search page that shows a request; from within the panel, with it open."""
        address = self._with_query(SEARCH_PATH, request)
        if panel is None:
            return address
        return f"{address}{'&' if '?' in address else '?'}{urlencode(panel_pairs(panel))}"

    def article(self, article_id: str, request: SearchRequest | None = None) -> str:
        """Address an article's page; the request is the search to go back to."""
        return self._with_query(ARTICLE_PATH + write_id(article_id), request)

    def api_search(self, request: SearchRequest) -> str:
        """Address the JSON of a request."""
        return self._with_query(API_SEARCH_PATH, request)

    def api_article(self, article_id: str) -> str:
        """Address the JSON of an article."""
        return self._with_query(API_ARTICLE_PATH + write_id(article_id), None)

    def value(self, facet: str, value: str) -> str:
        """Address everything that has one value of a facet."""
        return self.search(choose(SearchRequest(), facet, value))

    def entity(self, facet: str, name: str) -> str:
        """Address the page of a person, place or organisation."""
        return self._with_query(ENTITY_PATHS[facet] + write_id(name), None)

    def _with_query(self, path: str, request: SearchRequest | None) -> str:
        query = write_query(request) if request else ""
        return self.root + path + ("?" + query if query else "")


def panel_pairs(panel: Collection[str]) -> Pairs:
    """List the names and values that keep the panel open, some of its facets with all values.

    >>> panel_pairs({"places"}), panel_pairs(())
    ([('panel', 'places')], [('panel', 'open')])
    """
    return [(PANEL, name) for name in sorted(panel)] or [(PANEL, OPEN)]


def write_id(article_id: str) -> str:
    """Write an id as the end of a path that no browser shortens.

    Browsers resolve the segments `.` and `..`, percent-encoded too. So a slash beside such a
    segment is encoded, and an id that is one gets a tilde, which `read_id` takes away.

    >>> [write_id(id) for id in ("a/b c", "a/../b", "..", "..~")]
    ['a/b%20c', 'a%2F..%2Fb', '..~', '..~~']
    """
    if _DOTS.fullmatch(article_id):
        return article_id + "~"
    is_shortened = not {".", ".."}.isdisjoint(article_id.split("/"))
    return quote(article_id, safe="" if is_shortened else "/")


def read_id(path: str) -> str:
    """Read back what `write_id` wrote, once percent-decoded."""
    return path[:-1] if path.endswith("~") and _DOTS.fullmatch(path) else path


def with_words(request: SearchRequest, words: str) -> SearchRequest:
    """Ask for other words, narrowed as before."""
    return replace(request, q=words, page=1)


def with_dates(request: SearchRequest, dates: DateFilter) -> SearchRequest:
    """Ask for another period; the timeline chooses its interval anew."""
    return replace(request, dates=dates, interval=None, page=1)


def with_sort(request: SearchRequest, sort: Sort | None) -> SearchRequest:
    """Ask for another order."""
    return replace(request, sort=sort, page=1)


def with_page(request: SearchRequest, page: int) -> SearchRequest:
    """Ask for another page of the same answer."""
    return replace(request, page=page)


def choose(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    """Choose a value of a facet, or give it up when it is chosen; it is no longer excluded."""
    old = request.selections.get(facet, Selection())
    return _select(request, facet, Selection(old.include ^ {value}, old.exclude - {value}))


def exclude(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    """Exclude a value of a facet, or let it back in; it is no longer chosen."""
    old = request.selections.get(facet, Selection())
    return _select(request, facet, Selection(old.include - {value}, old.exclude ^ {value}))


def last_page(results: SearchResults) -> int:
    """Count the pages that can be asked for: not all where the hits are very many."""
    size = results.request.size
    return min(results.pages, MAX_DEPTH // size) if size else 0


def _select(request: SearchRequest, facet: str, selection: Selection) -> SearchRequest:
    selections = {**request.selections, facet: selection}
    if selection == Selection():
        del selections[facet]
    return replace(request, selections=selections, page=1)
