"""One person, place or organisation: when it is in the news, beside whom, and as what."""

from collections import Counter
from dataclasses import dataclass, replace
from math import log
from typing import Final, NamedTuple

from index.articles import ENTITY_FIELDS
from index.entities import Kind
from search.corrections import Entity
from search.request import SearchRequest, Selection
from search.results import SearchResults
from search.searcher import KINDS, Searcher

COMPANIONS: Final = 12
"""Companions of each kind at most."""

CANDIDATES: Final = 60
"""The values of each kind, most frequent first, among which companions are sought."""

READ_FOR_FORMS: Final = 30
"""Newest articles that are read for the written forms."""


class Companion(NamedTuple):
    """What stands in the same articles: in how many of them, and how far from chance that is.

    `id` stands in addresses, `name` is shown.

    `weight` is the log-likelihood ratio of the two standing together (Dunning 1993, "Accurate
    methods for the statistics of surprise and coincidence").
    """

    id: str
    name: str
    together: int
    weight: float


class Form(NamedTuple):
    """A written form, and how often it stands in the articles that were read."""

    text: str
    times: int


@dataclass(frozen=True, slots=True)
class EntityPage:
    """One value of a facet: `id` stands in addresses, `name` is shown.

    `results` lists its articles, the newest first, with the timeline; `companions` has those of
    each kind, the least likely by chance first; `forms` the written forms in its newest articles,
    the most frequent first. `namesakes` are the other facets that have something of its id.
    """

    facet: str
    id: str
    name: str
    results: SearchResults
    companions: dict[str, tuple[Companion, ...]]
    forms: tuple[Form, ...]
    namesakes: tuple[str, ...]


def describe(searcher: Searcher, entity: Entity) -> EntityPage | None:
    """Describe a person, place or organisation; None where no article has it."""
    searcher = searcher.pinned()  # counts of two commits may contradict each other
    facet = entity.facet
    asked = SearchRequest(
        selections={facet: Selection(include=frozenset((entity.id,)))},
        sort="newest",
        facets=ENTITY_FIELDS,
        facet_size=CANDIDATES,
        lifts_choices=False,
    )
    results = searcher.search(asked)
    if not results.total:
        return None
    counted = results.facets
    name = next(value.label for value in counted[facet] if value.value == entity.id)
    articles = searcher.info().articles
    companions = {}
    for kind in ENTITY_FIELDS:
        found = []
        for value in counted[kind]:
            if (kind, value.value) == entity:
                continue
            alone = searcher.count_articles(Entity(kind, value.value))
            weight = surprise(value.count, results.total, alone, articles)
            if weight > 0:
                found.append(Companion(value.value, value.label, value.count, weight))
        found.sort(key=lambda one: (-one.weight, one.name))
        companions[kind] = tuple(found[:COMPANIONS])
    namesakes = tuple(
        kind
        for kind in ENTITY_FIELDS
        if kind != facet and searcher.count_articles(Entity(kind, entity.id))
    )
    forms = _forms(searcher, asked, KINDS[facet], name)
    return EntityPage(facet, entity.id, name, results, companions, forms, namesakes)


def surprise(together: int, one: int, other: int, articles: int) -> float:
    """How unlikely it is that two stand together so often by chance; 0 where chance has it more.

    `one` and `other` are in how many of the `articles` each stands.

    >>> surprise(10, 10, 10, 1000) > surprise(10, 10, 500, 1000) > 0
    True
    >>> surprise(5, 10, 500, 1000)
    0.0
    """
    if together * articles <= one * other:
        return 0.0
    cells = (
        (together, one, other),
        (one - together, one, articles - other),
        (other - together, articles - one, other),
        (articles - one - other + together, articles - one, articles - other),
    )
    return 2 * sum(
        seen * log(seen * articles / (row * column)) for seen, row, column in cells if seen > 0
    )


def _forms(searcher: Searcher, asked: SearchRequest, kind: Kind, name: str) -> tuple[Form, ...]:
    newest = replace(asked, size=READ_FOR_FORMS, facets=(), timeline=False, snippets=False)
    times: Counter[str] = Counter()
    for hit in searcher.search(newest).hits:
        page = searcher.article(hit.article.id)
        for mentions in page.mentions if page else ():
            times.update(
                " ".join(mention.text.split())
                for mention in mentions
                if (mention.kind, mention.name) == (kind, name)
            )
    return tuple(Form(text, count) for text, count in times.most_common())
