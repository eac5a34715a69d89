"""Search by brute force: every article is looked at for every query.

Slow and simple on purpose. The tests hold the other engines to its answers, and it serves wherever
a handful of articles must be searched without an index on disk.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from index.articles import ENTITY_FIELDS, Article
from index.entities import load_recogniser
from index.language import Term
from index.language.analysis import PART_WEIGHT
from index.postings import FIELD_WEIGHTS, ArticleTerms, article_terms
from index.workers import with_entities
from search.engines.base import (
    COMPANY,
    COMPANY_WIDTH,
    IN_A_ROW,
    K1,
    PASSAGE,
    PASSAGE_WIDTH,
    SCORE_SCALE,
    TITLE,
    B,
    EngineHit,
    EngineQuery,
    EngineResult,
    inverse_frequency,
    spread,
)
from search.facets import FacetCounts, facet_values, most_frequent, with_chosen
from search.identities import Identities, Value, first_fitting
from search.leaves import (
    WEAK,
    FormPrefix,
    Hint,
    Leaf,
    Named,
    Period,
    Region,
    Sequence,
    Terms,
    is_near,
    leaves,
)
from search.plan import value_matches
from search.request import Selection
from search.results import IndexInfo, Timeline
from search.timeline import Calendar
from search.tree import And, Everything, Node, Not, Or

_Word = tuple[Term, ...]
"""A word is what its token is analysed to."""


@dataclass(frozen=True, slots=True)
class _Document:
    """An article with its words and the positions of each, ascending.

    `shown` is the article with what is shown in the place of its values.
    """

    article: Article
    shown: Article
    terms: ArticleTerms
    positions: dict[_Word, list[int]]


class MemoryEngine:
    """An engine, and its own only snapshot, over articles in memory."""

    def __init__(self, articles: Iterable[Article], identities: Identities | None = None) -> None:
        """Take the articles; of several with one id the last counts."""
        recogniser = load_recogniser()
        latest = {article.id: with_entities(article, recogniser) for article in articles}
        self._documents = [_document(article) for article in latest.values()]
        self._found = Counter(word for document in self._documents for word in document.positions)
        lengths = [document.terms.length for document in self._documents]
        self._mean_length = sum(lengths) / len(lengths) if lengths else 0.0
        self._identities = identities or Identities()
        self._relabelling = self._identities.relabel(
            Counter(
                (facet, name)
                for document in self._documents
                for facet in ENTITY_FIELDS
                for name in document.article.facet_values(facet)
            )
        )
        self._documents = [
            replace(
                document,
                shown=self._relabelling.article(document.article, partial(self._fits, n)),
            )
            for n, document in enumerate(self._documents)
        ]

    def snapshot(self) -> "MemoryEngine":
        """Return itself: the articles never change."""
        return self

    def begins_written(self, prefix: str) -> bool:
        """Whether any written form begins so."""
        prefixed = FormPrefix(prefix)
        return any(_weight(word, prefixed) for d in self._documents for word in d.positions)

    def count_written(self, forms: Iterable[str]) -> dict[str, int]:
        """Count the articles with each of some written forms; those in none are left out."""
        written = Counter(
            form
            for document in self._documents
            for form in {t.term for word in document.positions for t in word if t.kind == "form"}
        )
        return {form: written[form] for form in forms if written[form]}

    def load(self, docnum: int) -> Article:
        """Fetch the article of a hit, with what is shown in the place of its values."""
        return self._documents[docnum].shown

    def find(self, id: str) -> int | None:  # noqa: A002
        """The number of the article with an id; None when there is none."""
        found = (n for n, d in enumerate(self._documents) if d.article.id == id)
        return next(found, None)

    def shown(self, docnum: int, facet: str, name: str) -> Value | None:
        """What an article's value is shown as: facet and label."""
        fates = self._relabelling.rules.get(self._identities.entity(facet, name))
        return first_fitting(fates, partial(self._fits, docnum)) if fates else None

    @property
    def identities(self) -> Identities:
        """Which names are one."""
        return self._identities

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
            sources=facet_values(most_frequent(sources, len(sources))),
            size_bytes=0,
            versions={},
            segments=0,
            deleted=0,
            stored_bytes=0,
        )

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""
        fitting = [n for n in range(len(self._documents)) if self._matches(query.tree, n)]
        matched = [n for n in fitting if self._is_dated(n, query)]
        listed = [n for n in matched if self._is_selected(n, query, lifted=None)]
        scores = self._scores(query.tree, listed)
        return EngineResult(
            matched=len(fitting),
            total=len(listed),
            hits=self._page(self._reranked(scores, query), query),
            facets={name: self._facet(name, matched, query) for name in query.facets},
            timeline=self._timeline(listed, query) if query.timeline else None,
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
                names = (
                    name
                    for shown in document.shown.facet_values(facet)
                    for name in (shown, *self._relabelling.spellings.get((facet, shown), ()))
                )
                return any(value_matches(query, name) for name in names)
            case Terms() | Sequence() | FormPrefix():
                return _frequency(node, document)[0] > 0
            case Hint():
                return False
        raise TypeError(f"no node of a plan: {node!r}")

    def _fits(self, n: int, condition: Node) -> bool:
        return self._matches(condition, n)

    def _values(self, n: int, facet: str) -> list[str]:
        """The values of an article as a request names them."""
        return self._identities.ids(facet, list(self._documents[n].shown.facet_values(facet)))

    def _is_dated(self, n: int, query: EngineQuery) -> bool:
        if not query.dates:
            return True
        return self._matches(Period(query.dates.start, query.dates.end), n)

    def _is_selected(self, n: int, query: EngineQuery, *, lifted: str | None) -> bool:
        """Apply the chosen facet values; the facet that is `lifted` only keeps its exclusions."""
        for name, selection in query.selections.items():
            values = self._values(n, name)
            if not selection.exclude.isdisjoint(values):
                return False
            if selection.include and name != lifted and selection.include.isdisjoint(values):
                return False
        return True

    def _scores(self, tree: Node, listed: list[int]) -> dict[int, float]:
        scores = dict.fromkeys(listed, 0.0)
        for leaf in leaves(tree, hints=True):
            idf = self._idf(leaf)
            for n in listed:
                tf, share = _frequency(leaf, self._documents[n])
                length = self._documents[n].terms.length
                norm = K1 * (1 - B + B * length / (self._mean_length or 1.0))
                scores[n] += idf * share * tf * (K1 + 1) / (tf + norm)
        return {n: round(score * SCORE_SCALE) / SCORE_SCALE for n, score in scores.items()}

    def _page(self, scores: dict[int, float], query: EngineQuery) -> tuple[EngineHit, ...]:
        order = self._in_order(scores, query)[query.offset : query.offset + query.size]
        return tuple(self._hit(n, scores[n]) for n in order)

    def _in_order(self, scores: dict[int, float], query: EngineQuery) -> list[int]:
        def key(n: int) -> tuple[float, float, str]:
            score = scores[n] if query.sort == "relevance" else 0.0
            date = self._oldest(n) if query.sort == "oldest" else self._newest(n)
            return -score, date, self._documents[n].article.id

        return sorted(scores, key=key)

    def _reranked(self, scores: dict[int, float], query: EngineQuery) -> dict[int, float]:
        if not query.looked:
            return scores
        unique = {leaf.lemma: leaf for leaf in leaves(query.tree) if is_near(leaf)}
        near = [(leaf, self._rarity(leaf, PART_WEIGHT)) for leaf in unique.values()]
        scaled = {n: round(score * SCORE_SCALE) for n, score in scores.items()}
        looked = self._in_order(scores, query)[: query.looked]
        in_a_row = dict.fromkeys(looked, 0.0)
        for run in _runs(query.words):
            having = [n for n in looked if _has_in_a_row(run, self._documents[n])]
            for n in having:
                in_a_row[n] += inverse_frequency(len(having), len(looked))
        for n in looked:
            document = self._documents[n]
            company = COMPANY * SCORE_SCALE * _company(near, document, COMPANY_WIDTH)
            company += TITLE * SCORE_SCALE * _company_in_title(near, document)
            if query.is_question:
                passage = _company(near, document, PASSAGE_WIDTH)
                company += PASSAGE * SCORE_SCALE * passage
            scaled[n] += round(IN_A_ROW * SCORE_SCALE * in_a_row[n] + company)
        return {n: score / SCORE_SCALE for n, score in scaled.items()}

    def _idf(self, leaf: Leaf) -> float:
        return leaf.boost * sum(map(self._rarity, _slots(leaf)))

    def _rarity(self, slot: Terms | FormPrefix, least: float = 0.0) -> float:
        """The idf of those words of a slot that count more than `least`."""
        counts = (count for word, count in self._found.items() if _weight(word, slot) > least)
        articles = len(self._documents)
        return inverse_frequency(spread(sum(counts), articles), articles)

    def _hit(self, n: int, score: float) -> EngineHit:
        article = self._documents[n].article
        return EngineHit(n, article.id, article.title, score)

    def _newest(self, n: int) -> float:
        date = self._documents[n].article.published
        return -date.start if date else math.inf

    def _oldest(self, n: int) -> float:
        date = self._documents[n].article.published
        return date.start if date else math.inf

    def _facet(self, name: str, matched: list[int], query: EngineQuery) -> FacetCounts:
        counts = Counter(
            value
            for n in matched
            if self._is_selected(n, query, lifted=name if query.lifts_choices else None)
            for value in self._values(n, name)
        )
        selection = query.selections.get(name, Selection())
        labels = {
            value: label
            for n, document in enumerate(self._documents)
            for value, label in zip(
                self._values(n, name), document.shown.facet_values(name), strict=True
            )
        }
        frequent = most_frequent(counts, query.facet_size, labels.__getitem__)
        return with_chosen(frequent, selection, lambda v: (counts[v], labels.get(v, v)))

    def _timeline(self, listed: list[int], query: EngineQuery) -> Timeline:
        dates = (self._documents[n].article.published for n in listed)
        civils = np.array([date.civil if date else 0 for date in dates], np.int64)
        days, counts = np.unique(civils, return_counts=True)
        return Calendar(days).timeline(counts, query.interval)


def _document(article: Article) -> _Document:
    terms = article_terms(article)
    document = _Document(article, article, terms, {})
    for position, _, word in terms.occurrences:
        document.positions.setdefault(word, []).append(position)
    return document


def _slots(leaf: Leaf) -> tuple[Terms | FormPrefix, ...]:
    """What words a leaf asks for, one after another."""
    match leaf:
        case Sequence(slots):
            return tuple(Terms((), tuple((form, 1.0) for form in forms)) for forms in slots)
        case _:
            return (leaf,)


def _weight(word: _Word, slot: Terms | FormPrefix) -> float:
    """What a word counts where a slot asks for words; 0 when it is none of them."""
    match slot:
        case Terms(stems, forms):
            written = [
                weight for term in word for form, weight in forms if term[::2] == (form, "form")
            ]
            found = [
                weight * term.weight
                for term in word
                for stem, weight in stems + slot.variants
                if term.kind != "form" and term.term == stem
            ]
            return max(written + found, default=0.0)
        case FormPrefix(prefix):
            return float(any(t.kind == "form" and t.term.startswith(prefix) for t in word))


def _frequency(leaf: Leaf, document: _Document) -> tuple[float, float]:
    """Weigh how often a leaf stands in an article, 0 when it does not; and say what that counts.

    Weak words count where there are no others.
    """
    held = [
        {
            position: weight
            for word, positions in document.positions.items()
            if (weight := _weight(word, slot))
            for position in positions
        }
        for slot in _slots(leaf)
    ]
    weights = [
        (weight, weight * _field_weight(position, leaf.region, document.terms))
        for position, weight in held[0].items()
        if all(position + n in slot for n, slot in enumerate(held))
    ]
    if strong := sum(of_field for weight, of_field in weights if weight > WEAK):
        return strong, 1.0
    return sum(of_field for _, of_field in weights) / WEAK, WEAK


def _runs(words: tuple[Terms | None, ...]) -> Iterator[tuple[Terms, ...]]:
    """Yield what stands side by side in a query: two words, and those with the next."""
    for n in range(len(words)):
        for size in (2, 3):
            run = tuple([word for word in words[n : n + size] if word is not None])
            if len(run) == size:
                yield run


def _has_in_a_row(run: tuple[Terms, ...], document: _Document) -> bool:
    """Whether an article has words in a row, in one field."""
    places = [set(_places(leaf, document)) for leaf in run]
    field = partial(_field, terms=document.terms)
    return any(
        all(first + n in of and field(first + n) == field(first) for n, of in enumerate(places))
        for first in places[0]
    )


def _company(near: list[tuple[Terms, float]], document: _Document, width: int) -> float:
    """Weigh the leaves that stand together: the largest sum of their idf without the largest."""
    places = [(_places(leaf, document), idf) for leaf, idf in near]
    best = 0.0
    for first in {position for of_leaf, _ in places for position in of_leaf}:
        window = [n for n in range(first, first + width)
                  if _field(n, document.terms) == _field(first, document.terms)]  # fmt: skip
        inside = [idf for of_leaf, idf in places if not set(window).isdisjoint(of_leaf)]
        best = max(best, sum(inside) - max(inside))
    return best


def _company_in_title(near: list[tuple[Terms, float]], document: _Document) -> float:
    """Weigh the leaves that stand in the title: the sum of their idf without the largest."""
    inside = [
        idf
        for leaf, idf in near
        if any(_field(position, document.terms) == 0 for position in _places(leaf, document))
    ]
    return sum(inside) - max(inside, default=0.0)


def _places(leaf: Leaf, document: _Document) -> list[int]:
    """Where the words of a leaf stand, but for those that count no more than a part of one."""
    return [
        position
        for word, positions in document.positions.items()
        if any(_weight(word, slot) > PART_WEIGHT for slot in _slots(leaf))
        for position in positions
    ]


def _field(position: int, terms: ArticleTerms) -> int:
    """In which field a position lies: 0 the title, 1 the lead, 2 the body."""
    return (position >= terms.lead_start) + (position >= terms.body_start)


def _field_weight(position: int, region: Region, terms: ArticleTerms) -> float:
    """What an occurrence counts: the weight of its field, 0 outside the region."""
    field = _field(position, terms)
    return FIELD_WEIGHTS[field] if region in (None, ("title", "lead", "body")[field]) else 0.0
