"""What one segment answers: which documents fit, and which of them are best."""

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import local
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import from_json
from index.columnar.codes import COUNTS
from index.columnar.segment import NO_DATE, ArticleSegment, LiveSegment
from index.columnar.strings import StringTable
from index.dates import PartialDate
from index.language.analysis import PART_WEIGHT
from search.engines.arrays import Array, Bits, Columns, Lists, Positions, Postings, Scratch, Tree
from search.engines.base import K1, SCORE_SCALE
from search.engines.program import REGION_WEIGHTS, Program

_TABLES: Final = np.ascontiguousarray(REGION_WEIGHTS @ COUNTS.T)
_SIZES: Final = COUNTS.sum(axis=1).astype(np.int64)
_NONE: Final = np.frombuffer(b"", np.uint64)  # read-only, as what comes from files is
_STEP: Final = 64
"""Of so many strings the head of one is kept in memory: to find a word there reads little else."""

_NO_ORDER: Final = np.zeros(0, np.uint16)


def load_kernels() -> Any:
    """The module of kernels to use: compiled where numba is there."""
    # Loading numba takes a second, which is not to be waited for before somebody searches.
    from index.compiled import HAS_NUMBA

    if HAS_NUMBA:
        from search.engines import kernels

        return kernels
    from search.engines import plain

    return plain


class _Rooms(local):
    """Room for searches, one for each thread: allocating it took longer than a search."""

    def __init__(self) -> None:
        self._room = _make_room(0)

    def of(self, documents: int) -> Scratch:
        """Room for so many documents."""
        if len(self._room.scores) < documents:
            self._room = _make_room(documents)
        return self._room


def _make_room(documents: int) -> Scratch:
    return Scratch(
        np.zeros(documents, np.float64),
        np.zeros(documents, np.float64),
        np.zeros(documents + 1, np.uint16),
        np.zeros(documents + 1, np.uint16),
    )


_rooms: Final = _Rooms()


class SegmentAnswer(NamedTuple):
    """What a segment answers.

    How many documents the tree noted and how many there are at its end; who these are; the best,
    int64[best, 2], each with its scaled score and its number.
    """

    noted: int
    listed: int
    bits: Bits
    best: Array


class SegmentSearch:
    """One segment as a snapshot searches it."""

    def __init__(self, live: LiveSegment, kernels: Any) -> None:
        self.segment: ArticleSegment = live.segment
        self.live = live.live()
        self.live_count: int = kernels.count_bits(self.live)
        self.id = _reader(live.segment.ids)
        self.title = _reader(live.segment.titles)
        self._kernels = kernels
        self._deleted = _NONE if live.deleted is None else live.deleted
        self._no_sets = np.zeros((0, len(self.live)), np.uint64)

    @cached_property
    def total_length(self) -> int:
        """Sum of the lengths of the documents that are not deleted."""
        if not len(self._deleted):
            return int(self.segment.lengths.sum(dtype=np.int64))
        return int(self.segment.lengths[documents_of(self.live)].sum(dtype=np.int64))

    def set_norms(self, norms: NDArray[np.float64]) -> None:
        """Make ready to score: float64[longest document + 1], what BM25 adds by length."""
        segment = self.segment
        postings = Postings(
            segment.posting_documents,
            segment.posting_codes,
            _TABLES,
            REGION_WEIGHTS,
            segment.other_postings,
            segment.other_counts,
        )
        positions = Positions(
            _SIZES,
            segment.position_starts,
            segment.positions,
            segment.title_lengths,
            segment.lead_lengths,
        )
        columns = Columns(segment.lengths, norms, segment.newest_ranks, self.newest_first)
        self._placed = (*postings, *positions)
        self._arrays = (*self._placed, *columns)

    def look_up(self, program: Program) -> tuple[Lists, Array]:
        """Find the words of all slots, and in how many documents they are: int64[slots]."""
        starts, bounds, weights, counts = self._kernels.find_lists(
            *self._vocabulary,
            self._deleted,
            program.keys,
            program.key_starts,
            program.slots,
            _STEP,
            PART_WEIGHT,
        )
        return Lists(starts, bounds, weights, program.rows), counts

    @cached_property
    def _vocabulary(self) -> tuple[Array, ...]:
        segment = self.segment
        forms, terms = segment.forms, segment.terms
        return (
            *segment.words, segment.words.heads(_STEP),
            *forms.strings, forms.strings.heads(_STEP), forms.starts, forms.words,
            *terms.strings, terms.strings.heads(_STEP), terms.starts, terms.words, terms.kinds,
            segment.posting_starts, segment.posting_documents,
        )  # fmt: skip

    def answer(
        self,
        tree: Tree,
        lists: Lists,
        sets: Sequence[Bits],
        idfs: Array,
        order: NDArray[np.uint16] | None,
        least: int,
        size: int,
    ) -> SegmentAnswer:
        """Match and rank; see the kernel `answer`."""
        return SegmentAnswer(
            *self._kernels.answer(
                self.live,
                np.array(sets) if sets else self._no_sets,
                idfs,
                _NO_ORDER if order is None else order,
                K1 + 1,
                SCORE_SCALE,
                least,
                size,
                *tree,
                *lists,
                *self._arrays,
                *_rooms.of(self.segment.documents),
            )
        )

    def nearness(
        self, documents: Array, slots: Array, idfs: Array, lists: Lists
    ) -> NDArray[np.float64]:
        """How near the neighbouring slots are in documents, ascending: float64[documents].

        For each two the lesser idf divided by how far they are apart.
        """
        members = documents.astype(np.uint16)
        gaps = self._kernels.measure_gaps(members, slots, *lists, *self._placed)
        lesser = np.minimum(idfs[:-1], idfs[1:])
        return np.asarray(np.where(gaps > 0, lesser / np.maximum(gaps, 1), 0.0).sum(axis=1))

    # Orders, counts and dates.

    @cached_property
    def newest_first(self) -> NDArray[np.uint16]:
        """The documents, uint16[documents], newest first."""
        return _inverse(self.segment.newest_ranks)

    @cached_property
    def oldest_first(self) -> NDArray[np.uint16]:
        """The documents, uint16[documents], oldest first."""
        return _inverse(self.segment.oldest_ranks)

    def dated(self, start: int | None, end: int | None) -> Bits:
        """The documents that are dated from `start` to `end`; None is open."""
        starts, ends = self.segment.published_start, self.segment.published_end
        fitting = starts >= (NO_DATE + 1 if start is None else start)
        if end is not None:
            fitting &= ends <= end
        return bits_of(np.flatnonzero(fitting), len(self.live))

    def count_days(self, bits: Bits) -> NDArray[np.int32]:
        """Count the documents of a set by day: int32[days of the segment]."""
        counts = np.zeros(len(self.segment.days), np.int32)
        self._kernels.count_days(bits, self.segment.day_ordinals, counts)
        return counts

    def dates(self) -> tuple[PartialDate, PartialDate] | None:
        """The dates of the articles that start first and end last."""
        starts, ends = self.segment.published_start, self.segment.published_end
        documents = documents_of(self.live)
        documents = documents[starts[documents] != NO_DATE]
        if not len(documents):
            return None
        extremes = documents[starts[documents].argmin()], documents[ends[documents].argmax()]
        first, last = (from_json(self.segment.stored.json(int(d))).published for d in extremes)
        assert first is not None
        assert last is not None
        return first, last


def bits_of(documents: Array, words: int) -> Bits:
    """Make a set of `words` words out of documents."""
    marked = np.zeros(64 * words, np.uint8)
    marked[documents] = 1
    return np.packbits(marked, bitorder="little").view(np.uint64)


def documents_of(bits: Bits) -> NDArray[np.int64]:
    """List the documents of a set, ascending."""
    return np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little"))


def _reader(strings: StringTable) -> Callable[[int], str]:
    """Read strings by their numbers; through views, which are quicker to index than arrays."""
    text, starts = strings.text.data, strings.starts.data

    def read(number: int) -> str:
        return text[starts[number] : starts[number + 1]].tobytes().decode("utf-8", "surrogatepass")

    return read


def _inverse(ranks: NDArray[np.uint16]) -> NDArray[np.uint16]:
    order = np.empty_like(ranks)
    order[ranks] = np.arange(len(ranks), dtype=np.uint16)
    return order
