"""Search by brute force: every article is looked at for every query.

Slow and simple on purpose. The tests hold the other engines to its answers, and it serves wherever
a handful of articles must be searched without an index on disk.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.articles import Article
from index.entities import Recogniser
from index.indexer import with_entities
from index.postings import FIELD_WEIGHTS, ArticleTerms, article_terms
from search.engines.base import K1, SCORE_DECIMALS, B, EngineHit, EngineQuery, EngineResult
from search.facets import facet_values
from search.plan import (
    FormPrefix,
    Leaf,
    Named,
    Period,
    Region,
    Sequence,
    Terms,
    leaves,
    value_matches,
)
from search.request import Selection
from search.results import FacetValue, IndexInfo
from search.timeline import build_timeline
from search.tree import And, Everything, Node, Not, Or


@dataclass(frozen=True, slots=True)
class _Document:
    """An article with what is looked up in it: term → [(position, field weight × term weight)]."""

    article: Article
    terms: ArticleTerms
    stems: dict[str, list[tuple[int, float]]]
    forms: dict[str, list[tuple[int, float]]]


class MemoryEngine:
    """An engine, and its own only snapshot, over articles in memory."""

    def __init__(self, articles: Iterable[Article]) -> None:
        """Take the articles; of several with one id the last counts."""
        recogniser = Recogniser()
        latest = {article.id: with_entities(article, recogniser) for article in articles}
        self._documents = [_document(article) for article in latest.values()]
        lengths = [document.terms.length for document in self._documents]
        self._mean_length = sum(lengths) / len(lengths) if lengths else 0.0

    def snapshot(self) -> "MemoryEngine":
        """Return itself: the articles never change."""
        return self

    def load(self, docnum: int) -> Article:
        """Fetch the article of a hit."""
        return self._documents[docnum].article

    def article(self, id: str) -> Article | None:  # noqa: A002
        """Fetch an article by its id."""
        found = (d.article for d in self._documents if d.article.id == id)
        return next(found, None)

    def info(self) -> IndexInfo:
        """Describe the articles."""
        articles = [document.article for document in self._documents]
        dates = sorted((a.published for a in articles if a.published), key=lambda d: d.start)
        sources = Counter(article.source for article in articles if article.source)
        return IndexInfo(
            location="memory",
            articles=len(articles),
            generation=0,
            first=dates[0] if dates else None,
            last=max(dates, key=lambda d: d.end) if dates else None,
            sources=facet_values(sources, Selection(), len(sources)),
            size_bytes=0,
            versions={},
        )

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""
        fitting = [n for n in range(len(self._documents)) if self._matches(query.tree, n)]
        matched = [n for n in fitting if self._is_dated(n, query)]
        listed = [n for n in matched if self._is_selected(n, query, lifted=None)]
        scores = self._scores(query.tree, listed)
        if query.sort == "relevance":
            listed.sort(key=lambda n: (-scores[n], self._newest(n), self._documents[n].article.id))
        else:
            date = self._newest if query.sort == "newest" else self._oldest
            listed.sort(key=lambda n: (date(n), self._documents[n].article.id))
        page = listed[query.offset : query.offset + query.size]
        return EngineResult(
            matched=len(fitting),
            total=len(listed),
            hits=tuple(self._hit(n, scores[n]) for n in page),
            facets={name: self._facet(name, matched, query) for name in query.facets},
            timeline=build_timeline(self._civils(listed), query.interval)
            if query.timeline
            else None,
        )

    def _matches(self, node: Node, n: int) -> bool:
        document = self._documents[n]
        match node:
            case Everything():
                return True
            case And(children):
                return all(self._matches(child, n) for child in children)
            case Or(children):
                return any(self._matches(child, n) for child in children)
            case Not(child):
                return not self._matches(child, n)
            case Period(start, end):
                date = document.article.published
                return (
                    date is not None
                    and (start is None or date.start >= start)
                    and (end is None or date.end <= end)
                )
            case Named(facet, query):
                values = document.article.facet_values(facet)
                return any(value_matches(query, value) for value in values)
            case Terms() | Sequence() | FormPrefix():
                return bool(_frequency(node, document))
        raise TypeError(f"no node of a plan: {node!r}")

    def _is_dated(self, n: int, query: EngineQuery) -> bool:
        if not query.dates:
            return True
        return self._matches(Period(query.dates.start, query.dates.end), n)

    def _is_selected(self, n: int, query: EngineQuery, *, lifted: str | None) -> bool:
        """Apply the chosen facet values; the facet that is `lifted` only keeps its exclusions."""
        for name, selection in query.selections.items():
            values = self._documents[n].article.facet_values(name)
            if not selection.exclude.isdisjoint(values):
                return False
            if selection.include and name != lifted and selection.include.isdisjoint(values):
                return False
        return True

    def _scores(self, tree: Node, listed: list[int]) -> dict[int, float]:
        scores = dict.fromkeys(listed, 0.0)
        for leaf in leaves(tree):
            found = {n: tf for n, d in enumerate(self._documents) if (tf := _frequency(leaf, d))}
            idf = math.log(1 + (len(self._documents) - len(found) + 0.5) / (len(found) + 0.5))
            for n in scores.keys() & found.keys():
                length = self._documents[n].terms.length / (self._mean_length or 1)
                scores[n] += idf * found[n] * (K1 + 1) / (found[n] + K1 * (1 - B + B * length))
        return {n: round(score, SCORE_DECIMALS) for n, score in scores.items()}

    def _hit(self, n: int, score: float) -> EngineHit:
        article = self._documents[n].article
        return EngineHit(n, article.id, article.title, score)

    def _newest(self, n: int) -> float:
        date = self._documents[n].article.published
        return -date.start if date else math.inf

    def _oldest(self, n: int) -> float:
        date = self._documents[n].article.published
        return date.start if date else math.inf

    def _facet(self, name: str, matched: list[int], query: EngineQuery) -> tuple[FacetValue, ...]:
        counts = Counter(
            value
            for n in matched
            if self._is_selected(n, query, lifted=name)
            for value in self._documents[n].article.facet_values(name)
        )
        selection = query.selections.get(name, Selection())
        return facet_values(counts, selection, query.facet_size)

    def _civils(self, listed: list[int]) -> Counter[int]:
        dates = (self._documents[n].article.published for n in listed)
        return Counter(date.civil if date else 0 for date in dates)


def _document(article: Article) -> _Document:
    terms = article_terms(article)
    document = _Document(article, terms, {}, {})
    for position, field_weight, variants in terms.occurrences:
        for term, weight, kind in variants:
            places = document.forms if kind == "form" else document.stems
            places.setdefault(term, []).append((position, field_weight * weight))
    return document


def _frequency(leaf: Leaf, document: _Document) -> float:
    """Weigh how often a leaf stands in an article; 0 when it does not."""
    match leaf:
        case Terms(stems, forms):
            found = [document.stems.get(term, []) for term in stems]
            found += [document.forms.get(form, []) for form in forms]
        case FormPrefix(prefix):
            found = [places for form, places in document.forms.items() if form.startswith(prefix)]
        case Sequence(slots):
            found = [_phrase(slots, document)]
    if leaf.region is None:
        return max((sum(weight for _, weight in places) for places in found), default=0.0)
    # Inside a region a place counts by its field alone, whatever the kind of the term.
    return max((_in_region(places, leaf.region, document.terms) for places in found), default=0.0)


def _phrase(slots: tuple[tuple[str, ...], ...], document: _Document) -> list[tuple[int, float]]:
    held = [
        {position for form in slot for position, _ in document.forms.get(form, [])}
        for slot in slots
    ]
    starts = [p for p in held[0] if all(p + i in held[i] for i in range(len(held)))]
    terms = document.terms
    return [(p, FIELD_WEIGHTS[(p >= terms.lead_start) + (p >= terms.body_start)]) for p in starts]


def _in_region(places: list[tuple[int, float]], region: Region, terms: ArticleTerms) -> float:
    if region == "title":
        return sum(FIELD_WEIGHTS[0] for p, _ in places if p < terms.title_length)
    return sum(FIELD_WEIGHTS[1] for p, _ in places if terms.lead_start <= p < terms.body_start)
