"""Search in an index on disk.

A snapshot holds the segments of one commit. A query is made into a program, answered segment by
segment on arrays, and what the segments answer is put together here.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from operator import itemgetter
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import Article, from_json
from index.columnar.segment import MAX_DOCUMENTS, NO_DATE, LiveSegment
from index.store import Store
from search.engines.arrays import CUT_SET, KEEP_SET, Array, Bits, Lists, Tree
from search.engines.base import (
    K1,
    NEARNESS,
    RERANKED,
    SCORE_SCALE,
    B,
    EngineHit,
    EngineQuery,
    EngineResult,
    inverse_frequency,
)
from search.engines.facet_table import FacetTable
from search.engines.program import Program, make_program
from search.engines.segment_search import SegmentAnswer, SegmentSearch, load_kernels
from search.facets import chosen_values, facet_values
from search.plan import Named, Period
from search.results import FacetValue, IndexInfo, Timeline
from search.timeline import build_timeline

# What `EngineHit(*fields)` does, without its Python.
_make_hit = partial(tuple.__new__, EngineHit)

_CACHED: Final = 64
"""Periods whose articles are kept."""

_NO_HITS: Final[Mapping[int, EngineHit]] = {}
_SCORE: Final = itemgetter(0)
_Ranked = tuple[int, int, int]
"""A scaled score, the number of a segment, a document."""
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


class _Asked(NamedTuple):
    """A query with what the index says to it.

    Of all leaves that score what they weigh; of each segment the words of its slots and the sets
    that the steps of `program` and then those for selections name.
    """

    query: EngineQuery
    program: Program
    idfs: NDArray[np.float64]
    lists: list[Lists]
    sets: list[tuple[Bits, ...]]


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
        self._sets_dated = lru_cache(_CACHED)(self._find_dated)

    def search(self, query: EngineQuery) -> EngineResult:
        """Match, rank and count."""
        asked = self._ask(query)
        answers = self._answer(asked)
        size = query.offset + query.size
        best = [answer.best for answer in answers]
        ranked = [
            (score, number, document)
            for number, of_segment in enumerate(best)
            for score, document in of_segment[:size].tolist()
        ]
        hits = self._hits(ranked, query)
        return EngineResult(
            matched=sum(answer.noted for answer in answers),
            total=sum(answer.listed for answer in answers),
            hits=hits,
            facets=self._count_facets(asked, answers) if query.facets else {},
            timeline=self._timeline(answers, query) if query.timeline else None,
            rerank=partial(self._rerank, asked, best, hits)
            if _is_reranked(asked)
            else lambda: hits,
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

    # Matching and ranking.

    def _ask(self, query: EngineQuery) -> _Asked:
        program = make_program(query.tree)
        found = [segment.look_up(program) for segment in self._segments]
        sets = [self._sets_named(node) for node in program.named]
        return _Asked(
            query,
            program,
            self._idfs(program, [counts.tolist() for _, counts in found]),
            [lists for lists, _ in found],
            sets,
        )

    def _sets_named(self, node: Named | Period) -> tuple[Bits, ...]:
        if isinstance(node, Period):
            return self._sets_dated(node.start, node.end)
        return self._facets.sets_named(node)

    def _find_dated(self, start: int | None, end: int | None) -> tuple[Bits, ...]:
        return tuple(segment.dated(start, end) for segment in self._segments)

    def _idfs(self, program: Program, counts: list[list[int]]) -> NDArray[np.float64]:
        """The weight of each leaf that scores: float64[leaves]."""
        tree = program.tree
        if not counts:
            return np.zeros(len(tree.scoring))
        sums = map(sum, zip(*counts, strict=True))
        slots = [inverse_frequency(found, self._count) for found in sums]
        if not len(tree.phrases):
            return np.array(slots)[tree.scoring]
        phrases = [sum(slots[n : n + size]) for n, size, _ in tree.phrases.tolist()]
        # A phrase has the number -1 - n: from the end.
        return np.array([*slots, *reversed(phrases)])[tree.scoring]

    def _answer(self, asked: _Asked) -> list[SegmentAnswer]:
        """What each segment answers, with as many of its best as page or second look take."""
        query = asked.query
        tree, sets = self._narrowed(asked, lifted=None)
        size = query.offset + query.size
        if _is_reranked(asked):
            size = max(size, RERANKED)
        answers: list[SegmentAnswer] = []
        least = 0
        for number, segment in enumerate(self._segments):
            order = None
            if query.sort != "relevance":
                order = segment.newest_first if query.sort == "newest" else segment.oldest_first
            of_segment = [of_set[number] for of_set in sets]
            answer = segment.answer(
                tree, asked.lists[number], of_segment, asked.idfs, order, least, size
            )
            answers.append(answer)
            if order is None and len(answer.best) == size > 0:
                least = max(least, answer.best.item(size - 1, 0))
        return answers

    def _narrowed(self, asked: _Asked, lifted: str | None) -> tuple[Tree, list[tuple[Bits, ...]]]:
        """Add selections and dates to a tree; the facet that is `lifted` only keeps exclusions."""
        query = asked.query
        if not query.selections and not query.dates:
            return asked.program.tree, asked.sets
        kinds, sets = [], list(asked.sets)
        for name, selection in query.selections.items():
            if selection.include and name != lifted:
                kinds.append(KEEP_SET)
                sets.append(self._facets.sets_of(name, selection.include))
            if selection.exclude:
                kinds.append(CUT_SET)
                sets.append(self._facets.sets_of(name, selection.exclude))
        if query.dates:
            kinds.append(KEEP_SET)
            sets.append(self._sets_dated(query.dates.start, query.dates.end))
        return asked.program.narrowed(kinds), sets

    def _rerank(
        self, asked: _Asked, best: list[Array], hits: tuple[EngineHit, ...]
    ) -> tuple[EngineHit, ...]:
        """Take a second look at the best of each segment; see EngineResult."""
        if not hits:
            return ()
        numbers = np.repeat(np.arange(len(best)), list(map(len, best)))
        scores, documents = np.concatenate(best).T
        near = asked.program.near
        slots, idfs = asked.program.tree.scoring[near], asked.idfs[near]
        taken = self._best_of(scores, numbers, documents, RERANKED)
        taken = taken[np.lexsort((documents[taken], numbers[taken]))]
        bounds = np.searchsorted(numbers[taken], np.arange(len(best) + 1)).tolist()
        added = [
            self._segments[n].nearness(documents[taken[first:last]], slots, idfs, asked.lists[n])
            for n, (first, last) in enumerate(pairwise(bounds))
            if first < last
        ]
        scores[taken] += np.rint(np.concatenate(added) * (NEARNESS * SCORE_SCALE)).astype(np.int64)
        # No more than the page, and what ties with its last.
        size = asked.query.offset + asked.query.size
        least = np.partition(scores, -size)[-size] if len(scores) > size else 0
        page = np.flatnonzero(scores >= least)
        rows = (scores[page], numbers[page], documents[page])
        ranked = list(zip(*(row.tolist() for row in rows), strict=True))
        return self._hits(ranked, asked.query, {hit.docnum: hit for hit in hits})

    def _best_of(self, scores: Array, numbers: Array, documents: Array, size: int) -> Array:
        """The places of the best `size`: int64[best]. All three are int64[ranked]."""
        if len(scores) <= size:
            return np.arange(len(scores))
        least = np.partition(scores, -size)[-size]
        better, tied = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
        if len(better) + len(tied) > size:
            in_order = sorted(
                tied.tolist(), key=lambda n: self._newest((0, int(numbers[n]), int(documents[n])))
            )
            tied = np.array(in_order[: size - len(better)], np.int64)
        return np.concatenate((better, tied))

    def _hits(
        self, ranked: list[_Ranked], query: EngineQuery, known: Mapping[int, EngineHit] = _NO_HITS
    ) -> tuple[EngineHit, ...]:
        """Cut the page out of the best of all segments; what is `known` need not be read again."""
        ids, titles = self._ids, self._titles
        hits = []
        for score, n, document in self._in_order(ranked, query):
            docnum = n * MAX_DOCUMENTS + document
            if (hit := known.get(docnum)) is None:
                id_, title = ids[n](document), titles[n](document)
            else:
                id_, title = hit.id, hit.title
            hits.append(_make_hit((docnum, id_, title, score / SCORE_SCALE)))
        return tuple(hits)

    def _in_order(self, ranked: list[_Ranked], query: EngineQuery) -> list[_Ranked]:
        size = query.offset + query.size
        if query.sort == "relevance":
            ranked.sort(reverse=True)
            if len(ranked) > size:
                least = ranked[size - 1][0] if size else 0
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
        segments = [search.segment for search in self._segments]
        return FacetTable(segments, self._count, self._kernels)

    def _count_facets(
        self, asked: _Asked, answers: list[SegmentAnswer]
    ) -> dict[str, tuple[FacetValue, ...]]:
        """Count what is listed; a facet with values chosen, what would be without them."""
        query = asked.query
        counted = dict(zip(query.facets, self._top(answers, query.facets, query), strict=True))
        facets = {name: facet_values(*values) for name, values in counted.items()}
        for name, selection in query.selections.items():
            if name in facets:
                found = answers
                if selection.include:
                    found = self._lifted(asked, name)
                    (counted[name],) = self._top(found, (name,), query)
                count = partial(self._facets.count, _bits(found), name)
                facets[name] = chosen_values(*counted[name], selection, count)
        return facets

    def _top(
        self, answers: list[SegmentAnswer], facets: tuple[str, ...], query: EngineQuery
    ) -> list[tuple[list[str], list[int]]]:
        listed = sum(answer.listed for answer in answers)
        return self._facets.top(_bits(answers), listed, facets, query.facet_size)

    def _lifted(self, asked: _Asked, facet: str) -> list[SegmentAnswer]:
        """What would be listed without the choices of a facet."""
        tree, sets = self._narrowed(asked, facet)
        return [
            segment.answer(tree, asked.lists[n], [s[n] for s in sets], asked.idfs, None, 0, 0)
            for n, segment in enumerate(self._segments)
        ]

    def _timeline(self, answers: list[SegmentAnswer], query: EngineQuery) -> Timeline:
        days = [search.segment.days for search in self._segments]
        counts = [
            search.count_days(answer.bits)
            for search, answer in zip(self._segments, answers, strict=True)
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
        live = [search.live for search in self._segments]
        (ranked,) = self._facets.top(live, self._count, ("source",), len(self._facets.names))
        return facet_values(*ranked)


def _is_reranked(asked: _Asked) -> bool:
    """Whether there are neighbouring words that a second look can find close together."""
    query = asked.query
    return query.sort == "relevance" and query.size > 0 and len(asked.program.near) > 1


def _bits(answers: Sequence[SegmentAnswer]) -> list[Bits]:
    return [answer.bits for answer in answers]


def _norms(segments: Sequence[SegmentSearch], mean: float) -> NDArray[np.float64]:
    """What BM25 adds to a frequency in an article of each length: float64[longest + 1]."""
    longest = max((int(s.segment.lengths.max(initial=0)) for s in segments), default=0)
    return np.asarray(K1 * (1 - B + B * np.arange(longest + 1) / mean), np.float64)
