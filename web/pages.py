"""The pages, for people: the search with its hits, and an article."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from flask import render_template, request
from werkzeug.exceptions import NotFound

from index.articles import Article
from search.errors import RequestError
from search.request import SearchRequest
from search.results import SearchResults
from search.searcher import Searcher
from web import links, timeline
from web.chips import clear, list_chips
from web.links import Links
from web.params import Pairs, read_request, write_pairs
from web.passages import body_paragraphs, link

MORE_VALUES: Final = 50
"""Values of a facet that "Visa fler" shows."""


class Pages:
    """Views over one searcher; bad parameters raise RequestError, unknown articles NotFound."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def search(self) -> str:
        """Show hits, facets and timeline; with nothing asked, the newest articles and examples."""
        asked = read_request(request.query_string)
        results = self._searcher.search(asked)
        is_start = not (asked.q or asked.selections or asked.dates) and asked.page == 1
        return render_template(
            "search.html",
            asked=asked,
            results=results,
            links=Links(request.script_root),
            chips=list_chips(asked, results.facets),
            cleared=clear(asked),
            chart=results.timeline and timeline.draw(results.timeline, asked),
            sort=asked.sort or ("relevance" if asked.q else "newest"),
            page_numbers=page_numbers(asked.page, links.last_page(results)),
            last_page=links.last_page(results),
            info=self._searcher.info() if is_start else None,
            choose=links.choose,
            exclude=links.exclude,
            with_sort=links.with_sort,
            with_page=links.with_page,
            more_values=more_values,
        )

    def article(self, article_id: str) -> str:
        """Show a whole article, with the way back to the search that the address remembers."""
        page = self._searcher.article(article_id)
        if page is None:
            raise NotFound
        article = page.article
        title_mentions, lead_mentions = page.mentions[:2]
        return render_template(
            "article.html",
            article=article,
            asked=_remembered(),
            links=Links(request.script_root),
            title=link(article.title, title_mentions),
            lead=link(article.lead, lead_mentions),
            paragraphs=body_paragraphs(page),
            original=original_host(article.url),
        )


def page_numbers(page: int, last: int) -> list[int | None]:
    """List the pages to offer: the first, the last and those around; None where some are left out.

    >>> page_numbers(6, 20)
    [1, None, 5, 6, 7, None, 20]
    >>> page_numbers(1, 4)
    [1, 2, 3, 4]
    """
    near = sorted({1, last, *range(page - 1, page + 2)} & set(range(1, last + 1)))
    numbers: list[int | None] = []
    for number in near:
        before = numbers[-1] if numbers else None
        if before is not None and number - before == 2:
            numbers.append(number - 1)
        elif before is not None and number - before > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers


def heading(article: Article) -> str:
    """Name an article in a list: its title, or the beginning of its text."""
    text = " ".join((article.title or article.lead or article.body)[:500].split())
    return (text if len(text) <= 200 else text[:160].rsplit(" ", 1)[0] + " …") or "Utan rubrik"


def hidden_pairs(asked: SearchRequest, *without: str) -> Pairs:
    """List what a form carries along beside its own fields."""
    return [pair for pair in write_pairs(asked) if pair[0] not in without]


def more_values(results: SearchResults, facet: str) -> SearchRequest | None:
    """Ask for more values of the facets, where a facet shows as many as it may."""
    size = results.request.facet_size
    if size >= MORE_VALUES or len(results.facets[facet]) < size:
        return None
    return replace(results.request, facet_size=MORE_VALUES)


def original_host(url: str) -> str:
    """Name the host of an article's address, or nothing when a link must not lead there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme in ("http", "https") else ""


def _remembered() -> SearchRequest:
    try:
        return read_request(request.query_string)
    except RequestError:
        return SearchRequest()
