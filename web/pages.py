"""The pages, for people: the search with its hits, an article, and whom articles name."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from flask import redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from index.articles import FACET_FIELDS, Article
from search.corrections import Entity
from search.entity import describe
from search.errors import RequestError
from search.request import SearchRequest, Selection, Sort
from search.results import FacetValue, SearchResults
from search.searcher import Searcher
from web import links, timeline
from web.chips import Chip, clear, list_chips
from web.links import OPEN, PANEL, Links
from web.params import MAX_SIZE, Pairs, forgive_request, write_pairs
from web.passages import body_paragraphs, link

MAX_REMEDIES: Final = 12
"""Things that an empty page tries to do without, a search each."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet of the panel: its values, and the panel that shows more or fewer of them.

    Both are None where there are none; `is_cut` says that the facet has values beyond these.
    """

    name: str
    values: tuple[FacetValue, ...]
    more: frozenset[str] | None
    fewer: frozenset[str] | None
    is_cut: bool


class Pages:
    """Views over one searcher; bad parameters raise RequestError, unknown articles NotFound."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def search(self) -> tuple[str, int]:
        """Show hits, facets and timeline; with nothing asked, the newest articles and examples.

        What cannot be and can be done without is passed over; the page says so, with status 400.
        """
        named, faults = forgive_request(request.query_string)
        panel = frozenset(request.args.getlist(PANEL)) & {OPEN, *FACET_FIELDS}
        results = self._searcher.search(replace(named, facet_size=_enough_values(named, panel)))
        # With the ids of persons, places and organisations, whatever they were called.
        asked = replace(results.request, facet_size=named.facet_size)
        is_narrowed = bool(asked.q or asked.selections or asked.dates)
        is_start = not is_narrowed and asked.page == 1 and not faults
        chips = list_chips(asked, results.facets)
        page = render_template(
            "search.html",
            asked=asked,
            faults=faults,
            results=results,
            facets=list_facets(asked, results, panel),
            panel=panel,
            wide=panel - {OPEN},
            links=self._links(),
            chips=chips,
            remedies=() if results.total else self._remedies(chips),
            cleared=clear(asked),
            chart=results.timeline and timeline.draw(results.timeline, asked),
            sort=shown_sort(results),
            page_numbers=page_numbers(asked.page, links.last_page(results)),
            last_page=links.last_page(results),
            info=self._searcher.info() if is_start else None,
            choose=links.choose,
            identify=self._identify,
            exclude=links.exclude,
            with_sort=links.with_sort,
            with_page=links.with_page,
        )
        return page, 400 if faults else 200

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
            links=self._links(),
            title=link(article.title, title_mentions),
            lead=link(article.lead, lead_mentions),
            paragraphs=body_paragraphs(page),
            original=original_host(article.url),
            identify=self._identify,
        )

    def entity(self, facet: str, name: str) -> str | Response:
        """Show a person, a place or an organisation: when, beside whom, written how, and where.

        Names and the ids of what was corrected lead to the address of what they are now.
        """
        entity = self._searcher.entity(facet, name)
        if entity != (facet, name):
            return redirect(self._links().entity(*entity))
        page = describe(self._searcher, entity)
        if page is None and (apart := self._searcher.told_apart(entity)):
            return redirect(self._links().search(any_of(apart)))
        if page is None:
            raise NotFound
        asked = page.results.request
        return render_template(
            "entity.html",
            page=page,
            asked=asked,
            results=page.results,
            chart=page.results.timeline and timeline.draw(page.results.timeline, asked),
            links=self._links(),
            choose=links.choose,
            identify=self._identify,
        )

    def _links(self) -> Links:
        return Links(request.script_root)

    def _identify(self, facet: str, label: str) -> str:
        return self._searcher.entity(facet, label).id

    def _remedies(self, chips: tuple[Chip, ...]) -> tuple[Chip, ...]:
        """Keep the chips whose removal leads to articles."""
        if len(chips) < 2:
            return ()
        return tuple(chip for chip in chips[:MAX_REMEDIES] if self._count(chip.request))

    def _count(self, asked: SearchRequest) -> int:
        lighter = replace(asked, size=0, facets=(), timeline=False, snippets=False)
        return self._searcher.search(lighter).total


def any_of(entities: list[Entity]) -> SearchRequest:
    """Ask for the articles of any of some entities; of several kinds those of the first kind."""
    facet = entities[0].facet
    ids = frozenset(entity.id for entity in entities if entity.facet == facet)
    return SearchRequest(selections={facet: Selection(ids)})


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


def list_facets(
    asked: SearchRequest, results: SearchResults, panel: frozenset[str]
) -> tuple[Facet, ...]:
    """Cut the facets to what was asked for, or to the longest that the panel shows.

    The results hold enough values to tell whether there are more.
    """
    wide = panel - {OPEN}
    facets = []
    for name, values in results.facets.items():
        size = _size(asked, name, panel)
        kept = [value for value in values[size:] if value.selected or value.excluded]
        is_cut = len(values) > size + len(kept)
        facets.append(
            Facet(
                name=name,
                values=(*values[:size], *kept),
                more=wide | {name} if is_cut and size < MAX_SIZE else None,
                fewer=wide - {name} if name in wide and len(values) > asked.facet_size else None,
                is_cut=is_cut,
            )
        )
    return tuple(facets)


def shown_sort(results: SearchResults) -> Sort:
    """Name the order of the hits; without words all are equally relevant, so the newest first."""
    return results.sort if results.query or results.sort == "oldest" else "newest"


def original_host(url: str) -> str:
    """Name the host of an article's address, or nothing when a link must not lead there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme in ("http", "https") else ""


def _remembered() -> SearchRequest:
    try:
        return forgive_request(request.query_string)[0]
    except RequestError:
        return SearchRequest()


def _size(asked: SearchRequest, facet: str, panel: frozenset[str]) -> int:
    return MAX_SIZE if facet in panel else asked.facet_size


def _enough_values(asked: SearchRequest, panel: frozenset[str]) -> int:
    """Count the values to ask for, so that one that is not chosen stands beyond those shown."""
    return 1 + max(
        _size(asked, name, panel) + len(chosen.include | chosen.exclude)
        for name in FACET_FIELDS
        for chosen in [asked.selections.get(name, Selection())]
    )
