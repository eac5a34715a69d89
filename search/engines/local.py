"""Search in an index on disk, which Whoosh keeps and numpy evaluates.

A snapshot holds the columns of all articles as arrays, indexed by document number over all
segments, and reads postings from Whoosh as they are asked for. A query is evaluated to one boolean
a document, leaf by leaf, and ranked, counted and sorted on arrays.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from functools import cached_property, reduce
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index import schema
from index.articles import FACET_FIELDS, Article
from index.postings import FIELD_GAP, FIELD_WEIGHTS
from index.store import Store, stored_article
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

Mask = NDArray[np.bool_]
"""bool[documents]"""
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CACHED_POSTINGS: Final = 8_000_000
"""Postings and positions kept in memory by one snapshot, some 16 bytes each."""


class LocalEngine:
    """An engine over an index folder; takes a new snapshot when somebody has committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._snapshot: LocalSnapshot | None = None

    def snapshot(self) -> "LocalSnapshot":
        """Take the newest commit. The old snapshot lives on as long as somebody holds it."""
        with self._lock:
            commit = self._store.commit_id()
            if self._snapshot is None or self._snapshot.commit != commit:
                self._snapshot = LocalSnapshot(self._store, commit)
            return self._snapshot


class _Postings(NamedTuple):
    """The documents of a term, ascending, with its weight in each."""

    docs: Ints
    weights: Floats


class _Positions(NamedTuple):
    """Places of a term: parallel arrays, by document and then by position."""

    docs: Ints
    positions: Ints


@dataclass(frozen=True, slots=True)
class _Facet:
    """Values by ordinal, and of each document the ordinals from `starts[doc]` to the next."""

    values: list[str]
    starts: Ints
    ordinals: Ints

    def count(self, mask: Mask) -> Counter[str]:
        """Count the documents of a mask by value."""
        chosen = self.ordinals[np.repeat(mask, np.diff(self.starts))]
        counts = np.bincount(chosen, minlength=len(self.values))
        return Counter({self.values[n]: int(counts[n]) for n in np.flatnonzero(counts)})

    def holding(self, wanted: NDArray[np.bool_]) -> Mask:
        """Mark the documents with any of the values marked in `wanted`, bool[values]."""
        found = np.zeros(len(self.starts) - 1, bool)
        owners = np.repeat(np.arange(len(found)), np.diff(self.starts))
        found[owners[wanted[self.ordinals]]] = True
        return found


class LocalSnapshot:
    """One commit of an index."""

    def __init__(self, store: Store, commit: tuple[int, int, int]) -> None:
        self.commit = commit
        self._store = store
        self._reader: Any = store.reader()
        self._cache: OrderedDict[tuple[str, str, bool], tuple[Ints, Any]] = OrderedDict()
        self._cached = 0
        self._lock = Lock()
        size = self._reader.doc_count_all()
        self._live: Mask = np.zeros(size, bool)
        self._live[list(self._reader.all_doc_ids())] = True
        self._start = self._column(schema.START)
        self._end = self._column(schema.END)
        self._civil = self._column(schema.CIVIL)
        self._length = self._column(schema.LENGTH)
        self._title_length = self._column(schema.TITLE_LENGTH)
        self._lead_length = self._column(schema.LEAD_LENGTH)
        self._count = int(self._live.sum())
        mean = float(self._length[self._live].mean()) if self._count else 1.0
        self._norm: Floats = np.asarray(K1 * (1 - B + B * self._length / (mean or 1.0)))
        self._dated = self._start != schema.NO_DATE

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""
        found = {leaf: self._frequencies(leaf) for leaf in leaves(query.tree, scoring=False)}
        fitting = self._match(query.tree, found) & self._live
        matched = fitting
        if query.dates:
            matched = fitting & self._period(query.dates.start, query.dates.end)
        filters = {name: self._selected(name, s) for name, s in query.selections.items()}
        listed = matched.copy()
        for included, excluded in filters.values():
            listed &= included & ~excluded
        docs = np.flatnonzero(listed)
        scores = self._scores([found[leaf] for leaf in leaves(query.tree)], docs)
        order = self._order(query, docs, scores)[query.offset : query.offset + query.size]
        return EngineResult(
            matched=int(fitting.sum()),
            total=len(docs),
            hits=tuple(self._hit(int(docs[n]), float(scores[n])) for n in order),
            facets={name: self._facet(name, matched, filters, query) for name in query.facets},
            timeline=self._timeline(docs, query) if query.timeline else None,
        )

    def load(self, docnum: int) -> Article:
        """Fetch the article of a hit."""
        return stored_article(self._reader.stored_fields(docnum))

    def article(self, id: str) -> Article | None:  # noqa: A002
        """Fetch an article by its id."""
        docs = self._postings(schema.ID_FIELD, id).docs
        return self.load(int(docs[0])) if len(docs) else None

    def info(self) -> IndexInfo:
        """Describe the index."""
        dated = np.flatnonzero(self._live & self._dated)
        first = self.load(int(dated[self._start[dated].argmin()])) if len(dated) else None
        last = self.load(int(dated[self._end[dated].argmax()])) if len(dated) else None
        sources = self._facets["source"].count(self._live)
        return IndexInfo(
            location=str(self._store.path),
            articles=self._count,
            generation=self.commit[0],
            first=first.published if first else None,
            last=last.published if last else None,
            sources=facet_values(sources, Selection(), len(sources)),
            size_bytes=self._store.size_bytes(),
            versions=self._store.stamp(),
        )

    # Matching: every node becomes a mask.

    def _match(self, node: Node, found: dict[Leaf, _Postings]) -> Mask:
        match node:
            case Everything():
                return self._live.copy()
            case And(children):
                return reduce(np.logical_and, [self._match(child, found) for child in children])
            case Or(children):
                return reduce(np.logical_or, [self._match(child, found) for child in children])
            case Not(child):
                return ~self._match(child, found)
            case Period(start, end):
                return self._period(start, end)
            case Named(facet, query):
                values = self._facets[facet].values
                wanted = np.array([value_matches(query, v) for v in values], bool)
                return self._facets[facet].holding(wanted)
            case Terms() | Sequence() | FormPrefix():
                mask = np.zeros(len(self._live), bool)
                mask[found[node].docs] = True
                return mask
        raise TypeError(f"no node of a plan: {node!r}")

    def _period(self, start: int | None, end: int | None) -> Mask:
        mask: Mask = self._dated.copy()
        if start is not None:
            mask &= self._start >= start
        if end is not None:
            mask &= self._end <= end
        return mask

    def _selected(self, name: str, selection: Selection) -> tuple[Mask, Mask]:
        """Mark the documents with a chosen value (all when none is chosen) and the excluded."""
        facet = self._facets[name]
        included, excluded = (
            facet.holding(np.array([value in chosen for value in facet.values], bool))
            for chosen in (selection.include, selection.exclude)
        )
        return included if selection.include else np.ones_like(included), excluded

    # Frequencies: every scoring leaf becomes documents with weighted term frequencies.

    def _frequencies(self, leaf: Leaf) -> _Postings:
        match leaf:
            case Terms(stems, forms, region):
                keys = [(schema.TEXT, t) for t in stems] + [(schema.FORM, f) for f in forms]
            case FormPrefix(prefix, region):
                terms = self._reader.expand_prefix(schema.FORM, prefix)
                keys = [(schema.FORM, term.decode()) for term in terms]
            case Sequence(slots, region):
                return self._weigh(self._phrase(slots), region)
        if region is None:
            return self._strongest([self._postings(*key) for key in keys])
        return self._strongest([self._weigh(self._positions(*key), region) for key in keys])

    def _strongest(self, found: list[_Postings]) -> _Postings:
        """Join postings of alternatives; where several stand in a document the heaviest counts."""
        if len(found) == 1:
            return found[0]
        best = np.zeros(len(self._live))
        for docs, weights in found:
            best[docs] = np.maximum(best[docs], weights)
        docs = np.flatnonzero(best)
        return _Postings(docs, best[docs])

    def _phrase(self, slots: tuple[tuple[str, ...], ...]) -> _Positions:
        """Find where a phrase begins."""
        starts: Ints | None = None
        for offset, forms in enumerate(slots):
            # One number a place, high enough apart that no phrase reaches the next document.
            places = [_pack(self._positions(schema.FORM, form)) - offset for form in forms]
            here = np.unique(np.concatenate(places))
            starts = here if starts is None else np.intersect1d(starts, here, assume_unique=True)
        assert starts is not None, "a phrase has words"
        return _Positions(starts >> _POSITION_BITS, starts & _POSITION_MASK)

    def _weigh(self, places: _Positions, region: Region) -> _Postings:
        """Sum up field weights over places, in one region or everywhere."""
        docs, positions = places
        lead = self._title_length[docs] + FIELD_GAP
        body = lead + self._lead_length[docs] + FIELD_GAP
        fields = (positions >= lead).astype(int) + (positions >= body)
        if region is not None:
            inside = fields == ("title", "lead").index(region)
            docs, fields = docs[inside], fields[inside]
        summed = np.bincount(docs, np.array(FIELD_WEIGHTS)[fields], len(self._live))
        weights = summed.astype(np.float64)
        found = np.flatnonzero(weights)
        return _Postings(found, weights[found])

    # Ranking, counting, sorting.

    def _scores(self, leaves: list[_Postings], docs: Ints) -> Floats:
        """Score documents by BM25F: float64[docs]."""
        scores = np.zeros(len(self._live))
        for found, tf in leaves:
            idf = np.log1p((self._count - len(found) + 0.5) / (len(found) + 0.5))
            scores[found] += idf * tf * (K1 + 1) / (tf + self._norm[found])
        return np.round(scores[docs], SCORE_DECIMALS)

    def _order(self, query: EngineQuery, docs: Ints, scores: Floats) -> Ints:
        """Order documents: indices into `docs`, the first of the list first."""
        start, ids = self._start[docs], self._id_ranks[docs]
        if query.sort == "oldest":
            return np.lexsort((ids, np.where(start == schema.NO_DATE, -schema.NO_DATE, start)))
        if query.sort == "newest":
            return np.lexsort((ids, -start))
        return np.lexsort((ids, -start, -scores))

    def _hit(self, docnum: int, score: float) -> EngineHit:
        title = self._titles[docnum].decode()
        return EngineHit(docnum, self._ids[docnum], title, score)

    def _facet(
        self,
        name: str,
        matched: Mask,
        filters: dict[str, tuple[Mask, Mask]],
        query: EngineQuery,
    ) -> tuple[FacetValue, ...]:
        mask = matched.copy()
        for other, (included, excluded) in filters.items():
            mask &= ~excluded
            if other != name:
                mask &= included
        selection = query.selections.get(name, Selection())
        return facet_values(self._facets[name].count(mask), selection, query.facet_size)

    def _timeline(self, docs: Ints, query: EngineQuery) -> Any:
        civils, counts = np.unique(self._civil[docs], return_counts=True)
        found = {int(c): int(n) for c, n in zip(civils, counts, strict=True)}
        return build_timeline(found, query.interval)

    # Reading from Whoosh.

    @cached_property
    def _facets(self) -> dict[str, _Facet]:
        return {name: self._read_facet(name) for name in FACET_FIELDS}

    @cached_property
    def _ids(self) -> Any:
        """Whoosh's column of ids, by document number."""
        return self._reader.column_reader(schema.ID_FIELD)

    @cached_property
    def _titles(self) -> Any:
        """Whoosh's column of titles, UTF-8, by document number."""
        return self._reader.column_reader(schema.TITLE)

    @cached_property
    def _id_ranks(self) -> Ints:
        """Rank of each document's id among all ids."""
        if not len(self._live):
            return np.zeros(0, np.int64)
        ids = list(self._ids)
        ranks = np.empty(len(ids), np.int64)
        ranks[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        return ranks

    def _column(self, name: str) -> Ints:
        if not len(self._live):
            return np.zeros(0, np.int64)
        return np.array(list(self._reader.column_reader(name)), np.int64)

    def _read_facet(self, name: str) -> _Facet:
        ordinals: dict[str, int] = {}
        starts, flat = [0], list[int]()
        column = self._reader.column_reader(name) if len(self._live) else ()
        for joined in column:
            if joined:
                for value in joined.decode().split(schema.VALUE_SEPARATOR):
                    flat.append(ordinals.setdefault(value, len(ordinals)))
            starts.append(len(flat))
        return _Facet(list(ordinals), np.array(starts), np.array(flat, np.int64))

    def _postings(self, field: str, term: str) -> _Postings:
        return self._cached_read(field, term, with_positions=False)  # type: ignore[return-value]

    def _positions(self, field: str, term: str) -> _Positions:
        return self._cached_read(field, term, with_positions=True)  # type: ignore[return-value]

    def _cached_read(self, field: str, term: str, *, with_positions: bool) -> tuple[Ints, Any]:
        key = field, term, with_positions
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
            found = self._read(field, term, with_positions=with_positions)
            self._cache[key] = found
            self._cached += 1 + len(found[0])
            while self._cached > CACHED_POSTINGS:
                _, (dropped, _) = self._cache.popitem(last=False)
                self._cached -= 1 + len(dropped)
            return found

    def _read(self, field: str, term: str, *, with_positions: bool) -> tuple[Ints, Any]:
        docs: list[int] = []
        values: list[Any] = []
        if (field, term) in self._reader:
            matcher = self._reader.postings(field, term)
            while matcher.is_active():
                docs.append(matcher.id())
                values.append(matcher.value() if with_positions else matcher.weight())
                matcher.next()
        numbers = np.array(docs, np.int64)
        if not with_positions:
            return _Postings(numbers, np.array(values, np.float64))
        lengths = np.array([len(value) // 4 for value in values], np.int64)
        positions = np.frombuffer(b"".join(values), "<u4").astype(np.int64)
        return _Positions(np.repeat(numbers, lengths), positions)


_POSITION_BITS: Final = 32
_POSITION_MASK: Final = 2**_POSITION_BITS - 1


def _pack(places: _Positions) -> Ints:
    return (places.docs << _POSITION_BITS) + places.positions
