"""Search in an index on disk.

A snapshot holds the segments of one commit. A query is made into a program, answered segment by
segment on arrays, and what the segments answer is put together here.
"""

from collections.abc import Sequence
from functools import cached_property, partial
from itertools import repeat
from operator import itemgetter
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import Article, from_json
from index.columnar.segment import MAX_DOCUMENTS, NO_DATE, LiveSegment
from index.store import Store
from search.engines.base import (
    K1,
    SCORE_SCALE,
    B,
    EngineHit,
    EngineQuery,
    EngineResult,
    inverse_frequency,
)
from search.engines.facet_table import FacetTable
from search.engines.program import Program, make_program
from search.engines.segment_search import Bits, FoundWords, Match, SegmentSearch, load_kernels
from search.facets import facet_values
from search.plan import Named
from search.request import Selection
from search.results import FacetValue, IndexInfo, Timeline
from search.timeline import build_timeline

# What `EngineHit(*fields)` does, without its Python.
_make_hit = partial(tuple.__new__, EngineHit)

_NO_SELECTION: Final = Selection()
_SCORE: Final = itemgetter(0)
_STORED: Final = ("stored", "stored_starts", "stored_dictionary")


class LocalEngine:
    """An engine over an index folder; takes a new snapshot when somebody has committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._commit: object = None
        self._snapshot: LocalSnapshot | None = None

    def snapshot(self) -> "LocalSnapshot":
        """Take the newest commit. The old snapshot lives on as long as somebody holds it."""
        with self._lock:
            commit = self._store.commit_id()
            if self._snapshot is None or self._commit != commit:
                self._snapshot = LocalSnapshot(self._store.segments(), self._store, commit[0])
                self._commit = commit
            return self._snapshot


class _Listed(NamedTuple):
    """What one segment lists: how many documents fit the tree alone, which ones fit everything."""

    match: Match
    fitting: int
    listed: Bits
    total: int


class LocalSnapshot:
    """One commit of an index. Safe to share between threads."""

    def __init__(
        self,
        segments: tuple[LiveSegment, ...],
        store: Store | None = None,
        generation: int = 0,
        kernels: Any = None,
    ) -> None:
        self._store = store
        self._generation = generation
        self._kernels = kernels or load_kernels()
        self._segments = [SegmentSearch(live, self._kernels) for live in segments]
        self._count = sum(segment.live_count for segment in self._segments)
        length = sum(segment.total_length for segment in self._segments)
        self._ids = [segment.id for segment in self._segments]
        self._titles = [segment.title for segment in self._segments]
        norms = _norms(self._segments, length / self._count if length else 1.0)
        for segment in self._segments:
            segment.set_norms(norms)

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""
        program = make_program(query.tree)
        found = [segment.look_up(program) for segment in self._segments]
        listed = [self._list(n, program, words, query) for n, words in enumerate(found)]
        return EngineResult(
            matched=sum(part.fitting for part in listed),
            total=sum(part.total for part in listed),
            hits=self._hits(program, self._idfs(program, found), listed, query),
            facets=self._count_facets(listed, query) if query.facets else {},
            timeline=self._timeline(listed, query) if query.timeline else None,
        )

    def load(self, docnum: int) -> Article:
        """Fetch the article of a hit."""
        number, document = divmod(docnum, MAX_DOCUMENTS)
        return from_json(self._segments[number].segment.stored.json(document))

    def article(self, id: str) -> Article | None:  # noqa: A002
        """Fetch an article by its id."""
        for number, search in enumerate(self._segments):
            document = search.segment.document(id)
            if document >= 0 and int(search.live[document >> 6]) >> (document & 63) & 1:
                return self.load(number * MAX_DOCUMENTS + document)
        return None

    # Matching.

    def _list(
        self, number: int, program: Program, found: FoundWords, query: EngineQuery
    ) -> _Listed:
        segment = self._segments[number]
        match = segment.match(program, found, partial(self._find_named, number))
        fitting = total = self._kernels.count_bits(match.bits)
        listed = match.bits
        if query.dates or query.selections:
            listed = self._filter(number, match.bits, query, None)
            total = self._kernels.count_bits(listed)
        return _Listed(match, fitting, listed, total)

    def _filter(self, number: int, bits: Bits, query: EngineQuery, lifted: str | None) -> Bits:
        """Apply selections and dates; the facet that is `lifted` only keeps its exclusions."""
        bits = bits.copy()
        for name, selection in query.selections.items():
            if selection.include and name != lifted:
                bits &= self._holding(number, name, selection.include)
            if selection.exclude:
                bits &= ~self._holding(number, name, selection.exclude)
        if query.dates:
            self._segments[number].keep_period(bits, query.dates.start, query.dates.end)
        return bits

    def _holding(self, number: int, facet: str, values: frozenset[str]) -> Bits:
        return self._facets.segments[number].holding(self._facets.ordinals_of(facet, values))

    def _find_named(self, number: int, node: Named) -> Bits:
        return self._facets.segments[number].holding(self._facets.find_named(node))

    # Ranking.

    def _idfs(self, program: Program, found: list[FoundWords]) -> NDArray[np.float64]:
        """The weight of each leaf that scores: float64[leaves]."""
        if not found:
            return np.zeros(len(program.scoring))
        counts = [sum(of_slot) for of_slot in zip(*(f.counts.tolist() for f in found), strict=True)]
        slots = [inverse_frequency(count, self._count) for count in counts]
        phrases = [sum(slots[s] for s in phrase.slots.tolist()) for phrase in program.phrases]
        scoring = program.scoring.tolist()
        return np.array([slots[n] if n >= 0 else phrases[-1 - n] for n in scoring], np.float64)

    def _hits(
        self,
        program: Program,
        idfs: NDArray[np.float64],
        listed: list[_Listed],
        query: EngineQuery,
    ) -> tuple[EngineHit, ...]:
        """Put the best of each segment together."""
        size = query.offset + query.size
        if not size:
            return ()
        ranked: list[tuple[int, int, int]] = []
        for number, (segment, part) in enumerate(zip(self._segments, listed, strict=True)):
            bits = part.listed
            if query.sort != "relevance":
                newest = query.sort == "newest"
                order = segment.newest_first if newest else segment.oldest_first
                bits = segment.first(bits, order, size)
            scaled, documents = segment.rank(bits, program, idfs, part.match, size)
            ranked += zip(scaled.tolist(), repeat(number), documents.tolist(), strict=False)
        found = self._in_order(ranked, query)
        ids, titles = self._ids, self._titles
        return tuple(
            [
                _make_hit((n * MAX_DOCUMENTS + d, ids[n](d), titles[n](d), score / SCORE_SCALE))
                for score, n, d in found
            ]
        )

    def _in_order(
        self, ranked: list[tuple[int, int, int]], query: EngineQuery
    ) -> list[tuple[int, int, int]]:
        """Cut the page out of what the segments found: (scaled score, segment, document)."""
        size = query.offset + query.size
        if query.sort == "relevance":
            ranked.sort(reverse=True)
            if len(ranked) > size:
                least = ranked[size - 1][0]
                ranked = [hit for hit in ranked if hit[0] >= least]
            if len({score for score, _, _ in ranked}) < len(ranked):
                ranked.sort(key=self._newest)
                ranked.sort(key=_SCORE, reverse=True)
        else:
            ranked.sort(key=self._newest if query.sort == "newest" else self._oldest)
        return ranked[query.offset : size]

    def _newest(self, hit: tuple[int, int, int]) -> tuple[int, str]:
        _, number, document = hit
        search = self._segments[number]
        return -search.segment.published_start.item(document), search.id(document)

    def _oldest(self, hit: tuple[int, int, int]) -> tuple[int, str]:
        start, id_ = self._newest(hit)
        return -start if start != -NO_DATE else start, id_

    # Counting.

    @cached_property
    def _facets(self) -> FacetTable:
        return FacetTable([search.segment for search in self._segments], self._kernels)

    def _count_facets(
        self, listed: list[_Listed], query: EngineQuery
    ) -> dict[str, tuple[FacetValue, ...]]:
        """Count what is listed; a facet with values chosen, what would be without them."""
        table = self._facets
        counts = np.zeros(len(table.names), np.int32)
        for facets, part in zip(table.segments, listed, strict=True):
            facets.count(part.listed, counts)
        for name in query.facets:
            if name in query.selections and query.selections[name].include:
                self._count_lifted(name, listed, query, counts)
        ranked = table.top(counts, query.facets, query.facet_size)
        return {
            name: facet_values(
                *values,
                query.selections.get(name, _NO_SELECTION),
                partial(self._count_of, counts, name),
            )
            for name, values in zip(query.facets, ranked, strict=True)
        }

    def _count_lifted(
        self, name: str, listed: list[_Listed], query: EngineQuery, counts: NDArray[np.int32]
    ) -> None:
        """Count one facet again, without its own choices."""
        lifted = np.zeros_like(counts)
        for number, part in enumerate(listed):
            bits = self._filter(number, part.match.bits, query, name)
            self._facets.segments[number].count(bits, lifted)
        first, last = self._facets.bounds(name)
        counts[first:last] = lifted[first:last]

    def _count_of(self, counts: NDArray[np.int32], facet: str, value: str) -> int:
        return int(counts[self._facets.ordinals_of(facet, frozenset((value,)))].sum())

    def _timeline(self, listed: list[_Listed], query: EngineQuery) -> Timeline:
        days = [search.segment.days for search in self._segments]
        counts = [
            search.count_days(part.listed)
            for search, part in zip(self._segments, listed, strict=True)
        ]
        none = np.zeros(0, np.int32)
        return build_timeline(
            np.concatenate([none, *days]), np.concatenate([none, *counts]), query.interval
        )

    # Describing.

    def info(self) -> IndexInfo:
        """Describe the index."""
        dates = [dates for search in self._segments if (dates := search.dates())]
        return IndexInfo(
            location=str(self._store.path) if self._store else "",
            articles=self._count,
            generation=self._generation,
            first=min((first for first, _ in dates), key=lambda date: date.start, default=None),
            last=max((last for _, last in dates), key=lambda date: date.end, default=None),
            sources=self._sources(),
            size_bytes=self._store.size_bytes() if self._store else 0,
            versions=self._store.stamp() if self._store else {},
            segments=len(self._segments),
            deleted=sum(search.segment.documents for search in self._segments) - self._count,
            stored_bytes=sum(
                search.segment.file.nbytes(name) for search in self._segments for name in _STORED
            ),
        )

    def _sources(self) -> tuple[FacetValue, ...]:
        table = self._facets
        first, last = table.bounds("source")
        counts = np.zeros(len(table.names), np.int32)
        for search, facets in zip(self._segments, table.segments, strict=True):
            facets.count(search.live, counts)
        (ranked,) = table.top(counts, ("source",), last - first)
        return facet_values(*ranked, _NO_SELECTION, lambda _: 0)


def _norms(segments: Sequence[SegmentSearch], mean: float) -> NDArray[np.float64]:
    """What BM25 adds to a frequency in an article of each length: float64[longest + 1]."""
    longest = max((int(s.segment.lengths.max(initial=0)) for s in segments), default=0)
    return np.asarray(K1 * (1 - B + B * np.arange(longest + 1) / mean), np.float64)
