"""Search in an index on disk.

A snapshot holds the segments of one commit. A query is made into a program, which one call into the
loops answers from the arrays of all segments.
"""

from collections.abc import Iterable
from functools import cached_property, lru_cache, partial
from itertools import accumulate, pairwise
from threading import Lock, local
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import Article, from_json
from index.columnar.segment import MAX_DOCUMENTS, LiveSegment
from index.language.analysis import PART_WEIGHT
from index.store import Store
from search.engines.arrays import (
    CUT_SET,
    END,
    KEEP_SET,
    NEWEST,
    OLDEST,
    RELEVANCE,
    Array,
    Bits,
    Found,
    Scale,
)
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
    Order,
)
from search.engines.facet_table import FacetTable
from search.engines.program import Program, make_program, pack
from search.engines.segment_search import HEADS_STEP, SegmentSearch, load_kernels
from search.facets import FacetCounts, facet_values, with_chosen
from search.identities import Identities, Value, first_fitting
from search.leaves import WEAK, Named, Period
from search.results import FacetValue, IndexInfo, Timeline
from search.timeline import Calendar
from search.tree import Everything, Node

# What `EngineHit(*fields)` does, without its Python.
_make_hit = partial(tuple.__new__, EngineHit)

_CACHED: Final = 64
"""Periods whose articles are kept."""

_OF_QUESTIONS: Final = Scale(
    K1 + 1,
    SCORE_SCALE,
    PART_WEIGHT,
    WEAK,
    IN_A_ROW * SCORE_SCALE,
    COMPANY * SCORE_SCALE,
    COMPANY_WIDTH,
    TITLE * SCORE_SCALE,
    PASSAGE * SCORE_SCALE,
    PASSAGE_WIDTH,
)
_SCALE: Final = _OF_QUESTIONS._replace(passage=0.0)
_ORDERS: Final[dict[Order, int]] = {"relevance": RELEVANCE, "newest": NEWEST, "oldest": OLDEST}
_STORED: Final = ("stored", "stored_starts", "stored_dictionary")


class LocalEngine:
    """An engine over an index folder; takes a new snapshot when somebody has committed."""

    def __init__(self, store: Store, identities: Identities | None = None) -> None:
        """Search a store; without `identities` names are one only if their ids are."""
        self._store = store
        self._identities = identities or Identities()
        self._lock = Lock()
        self._commit: object = None
        self._snapshot: LocalSnapshot | None = None

    def snapshot(self) -> "LocalSnapshot":
        """Take the newest commit. The old snapshot lives on as long as somebody holds it."""
        with self._lock:
            commit = self._store.commit_id()
            if self._snapshot is None or self._commit != commit:
                segments = self._store.segments()
                self._snapshot = LocalSnapshot(
                    segments, self._store, commit[0], identities=self._identities
                )
                self._commit = commit
            return self._snapshot


class _Asked(NamedTuple):
    """A query with its program and the sets that this names, uint64[sets, words]."""

    query: EngineQuery
    program: Program
    sets: list[Bits]


class LocalSnapshot:
    """One commit of an index. Safe to share between threads."""

    def __init__(
        self,
        segments: tuple[LiveSegment, ...],
        store: Store | None = None,
        generation: int = 0,
        kernels: Any = None,
        identities: Identities | None = None,
    ) -> None:
        self._lives = segments
        self._identities = identities or Identities()
        self._store = store
        self._generation = generation
        self._kernels = kernels or load_kernels()
        self._segments = [SegmentSearch(live) for live in segments]
        self._count = sum(segment.live_count for segment in self._segments)
        lives = [segment.live for segment in self._segments]
        self._live = np.concatenate([np.zeros(0, np.uint64), *lives])
        self._words = list(pairwise(accumulate(map(len, lives), initial=0)))
        self._no_sets = np.zeros((0, len(self._live)), np.uint64)
        norms = _norms(self._segments, self._count)
        if segments:
            self._arrays = [segment.arrays(norms) for segment in self._segments]
            self._held = self._kernels.hold(self._arrays)
        self._set_dated = lru_cache(_CACHED)(self._find_dated)
        self._set_fitting = lru_cache(_CACHED)(self._fitting)

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""
        program = make_program(query.tree, query.words)
        asked = _Asked(query, program, [self._set_named(node) for node in program.named])
        size = query.offset + query.size
        several = max(len(program.tree.near), len(program.tree.words)) > 1
        looked = query.looked if query.size > 0 and several else 0
        found = self._find(asked, max(size, looked), looked)
        return EngineResult(
            matched=found.noted,
            total=found.listed,
            hits=_hits(found.best[query.offset : size], found.text),
            facets=self._count_facets(asked, found) if query.facets else {},
            timeline=self._timeline(found.bits, query) if query.timeline else None,
        )

    def begins_written(self, prefix: str) -> bool:
        """Whether any written form begins so; articles that are deleted may count."""
        return any(search.segment.has_prefix(prefix) for search in self._segments)

    def count_written(self, forms: Iterable[str]) -> dict[str, int]:
        """Count the articles with each of some written forms; those in none are left out."""
        counts = {form: sum(s.count_written(form) for s in self._segments) for form in forms}
        return {form: count for form, count in counts.items() if count}

    def load(self, docnum: int) -> Article:
        """Fetch the article of a hit, with what is shown in the place of its values."""
        number, document = divmod(docnum, MAX_DOCUMENTS)
        article = from_json(self._segments[number].segment.stored.json(document))
        return self._facets.relabelling.article(article, partial(self._fits, docnum))

    def find(self, id: str) -> int | None:  # noqa: A002
        """The number of the article with an id; None when there is none."""
        for number, search in enumerate(self._segments):
            document = search.segment.document(id)
            if document >= 0 and int(search.live[document >> 6]) >> (document & 63) & 1:
                return number * MAX_DOCUMENTS + document
        return None

    def shown(self, docnum: int, facet: str, name: str) -> Value | None:
        """What an article's value is shown as: facet and label."""
        entity = self._identities.entity(facet, name)
        fates = self._facets.relabelling.rules.get(entity)
        if fates:
            return first_fitting(fates, partial(self._fits, docnum))
        label = self._facets.label(*entity)
        return None if label is None else (facet, label)

    @property
    def identities(self) -> Identities:
        """Which names are one."""
        return self._identities

    # Matching and ranking.

    def _set_named(self, node: Named | Period) -> Bits:
        if isinstance(node, Period):
            return self._set_dated(node.start, node.end)
        return self._facets.set_named(node)

    def _find_dated(self, start: int | None, end: int | None) -> Bits:
        sets = [segment.dated(start, end) for segment in self._segments]
        return np.concatenate([np.zeros(0, np.uint64), *sets])

    def _fitting(self, condition: Node) -> Bits:
        """The articles that fit a condition of the corrections."""
        if isinstance(condition, Everything):
            return self._live
        bits: Bits = self._ask(make_program(condition).packed, self._no_sets, RELEVANCE).bits
        return bits

    def _fits(self, docnum: int, condition: Node) -> bool:
        number, document = divmod(docnum, MAX_DOCUMENTS)
        if isinstance(condition, Everything):
            return True
        word = self._words[number][0] + (document >> 6)
        return bool(int(self._set_fitting(condition)[word]) >> (document & 63) & 1)

    def _find(self, asked: _Asked, size: int, looked: int = 0, lifted: str | None = None) -> Found:
        """Match and rank, keep the best so many and look again at the first `looked` of them.

        The facet `lifted` only keeps its exclusions.
        """
        if not self._segments:
            return _NOTHING
        packed, sets = self._narrowed(asked, lifted)
        query = asked.query
        held = np.array(sets) if sets else self._no_sets
        page = size, looked, query.offset, query.size
        scale = _OF_QUESTIONS if query.is_question else _SCALE
        return self._ask(packed, held, _ORDERS[query.sort], scale, page)

    def _ask(
        self,
        packed: Array,
        sets: Array,
        order: int,
        scale: Scale = _SCALE,
        page: tuple[int, int, int, int] = (0, 0, 0, 0),
    ) -> Found:
        """Ask the loops; `page` is how many to keep, to look at again, to pass over and to show."""
        found: Found = self._kernels.search(
            self._held,
            self._live,
            sets,
            packed,
            order,
            self._count,
            scale,
            HEADS_STEP,
            *page,
            _rooms.numbers,
        )
        return found

    def _narrowed(self, asked: _Asked, lifted: str | None) -> tuple[Array, list[Bits]]:
        """Add selections and dates to a tree."""
        query = asked.query
        if not query.selections and not query.dates:
            return asked.program.packed, asked.sets
        kinds, sets = [], list(asked.sets)
        for name, selection in query.selections.items():
            if selection.include and name != lifted:
                kinds.append(KEEP_SET)
                sets.append(self._facets.set_of(name, selection.include))
            if selection.exclude:
                kinds.append(CUT_SET)
                sets.append(self._facets.set_of(name, selection.exclude))
        if query.dates:
            kinds.append(KEEP_SET)
            sets.append(self._set_dated(query.dates.start, query.dates.end))
        return pack(asked.program.keys, asked.program.narrowed(kinds)), sets

    # Counting.

    @cached_property
    def _facets(self) -> FacetTable:
        return FacetTable(
            self._lives, self._count, self._kernels, self._identities, self._set_fitting
        )

    def _count_facets(self, asked: _Asked, found: Found) -> dict[str, FacetCounts]:
        """Count what is listed; a facet with values chosen, what would be without them if asked."""
        query = asked.query
        counted = dict(zip(query.facets, self._top(found, query.facets, query), strict=True))
        for name, selection in query.selections.items():
            if name in counted:
                listed = found
                if selection.include and query.lifts_choices:
                    listed = self._find(asked, 0, lifted=name)
                    (counted[name],) = self._top(listed, (name,), query)
                count = partial(self._facets.count, listed.bits, name)
                counted[name] = with_chosen(counted[name], selection, count)
        return counted

    def _top(self, found: Found, facets: tuple[str, ...], query: EngineQuery) -> list[FacetCounts]:
        return self._facets.top(found.bits, found.listed, facets, query.facet_size)

    @cached_property
    def _calendar(self) -> tuple[Calendar, list[NDArray[np.int64]]]:
        """The calendar of all articles, and where in it the days of each segment stand."""
        days = [search.segment.days for search in self._segments]
        of_all = np.unique(np.concatenate([np.zeros(0, np.int32), *days]))
        return Calendar(of_all), [np.searchsorted(of_all, of_one) for of_one in days]

    def _timeline(self, bits: Bits, query: EngineQuery) -> Timeline:
        calendar, places = self._calendar
        counts = np.zeros(calendar.size, np.int32)
        for search, (first, last), days in zip(self._segments, self._words, places, strict=True):
            counted = np.zeros(len(days), np.int32)
            self._kernels.count_days(bits[first:last], search.segment.day_ordinals, counted)
            counts[days] += counted
        return calendar.timeline(counts, query.interval)

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
        (ranked,) = self._facets.top(self._live, self._count, ("source",), len(self._facets.names))
        return facet_values(ranked)


class _Rooms(local):
    """Room for searches, one for each thread: allocating it took longer than a search."""

    def __init__(self) -> None:
        self.numbers = np.zeros((3, MAX_DOCUMENTS), np.float64)


_rooms: Final = _Rooms()

_NOTHING: Final = Found(
    0, 0, np.zeros(0, np.uint64), np.zeros((0, END + 1), np.int64), np.zeros(0, np.uint8)
)


def _hits(rows: Array, text: Array) -> tuple[EngineHit, ...]:
    """Make hits out of the ranked documents of a page and its text."""
    read = text.tobytes().decode(errors="surrogatepass")
    return tuple(
        [
            _make_hit(
                (
                    n * MAX_DOCUMENTS + document,
                    read[id_:title],
                    read[title:end],
                    score / SCORE_SCALE,
                )
            )
            for score, n, document, _, id_, title, end in rows.tolist()
        ]
    )


def _norms(segments: list[SegmentSearch], articles: int) -> NDArray[np.float64]:
    """What BM25 adds to a frequency in an article of each length: float64[longest + 1]."""
    length = sum(segment.total_length for segment in segments)
    mean = length / articles if length else 1.0
    longest = max((int(s.segment.lengths.max(initial=0)) for s in segments), default=0)
    return np.asarray(K1 * (1 - B + B * np.arange(longest + 1) / mean), np.float64)
