"""What one segment answers: which documents fit, which are best, what they count."""

from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from threading import local
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import from_json
from index.columnar.codes import COUNTS
from index.columnar.segment import NO_DATE, POSITION_BLOCK, ArticleSegment, LiveSegment
from index.columnar.strings import StringTable
from index.dates import PartialDate
from index.language.analysis import PART_WEIGHT
from search.engines.base import K1, SCORE_SCALE
from search.engines.program import (
    REGION_WEIGHTS,
    AllOf,
    AnyOf,
    Array,
    Except,
    Phrase,
    Program,
    Step,
)
from search.plan import Named, Period

Bits = NDArray[np.uint64]
"""A set of documents: bit `d & 63` of word `d >> 6` is set for document d."""

_TABLES: Final = np.ascontiguousarray(REGION_WEIGHTS @ COUNTS.T)
_SIZES: Final = COUNTS.sum(axis=1).astype(np.int64)
_NONE: Final = np.frombuffer(b"", np.uint64)  # read-only, as what comes from files is
FindNamed = Callable[[Named], Bits]
_FIRST_DATE, _LAST_DATE = NO_DATE + 1, 2**62


def load_kernels() -> Any:
    """The module of kernels to use: compiled where numba is there."""
    # Loading numba takes a second, which is not to be waited for before somebody searches.
    from index.compiled import HAS_NUMBA

    if HAS_NUMBA:
        from search.engines import kernels

        return kernels
    from search.engines import plain

    return plain


class _Scratch(local):
    """Arrays that a thread uses again and again: allocating them took longer than a search.

    `scores` and `frequencies` hold zeros between two searches, the others anything.
    """

    def __init__(self) -> None:
        self.scores = np.zeros(0, np.float64)
        self.frequencies = np.zeros(0, np.float64)
        self.touched = np.zeros(0, np.uint16)
        self.members = np.zeros(0, np.uint16)

    def fit(self, documents: int) -> None:
        """Have room for so many documents."""
        if len(self.scores) < documents:
            self.scores = np.zeros(documents, np.float64)
            self.frequencies = np.zeros(documents, np.float64)
            self.touched = np.zeros(documents + 1, np.uint16)
            self.members = np.zeros(documents + 1, np.uint16)


_scratch: Final = _Scratch()


class FoundWords(NamedTuple):
    """What the slots of a program are in a segment, as the kernel `find_lists` gives it."""

    starts: Array
    bounds: Array
    weights: Array
    counts: Array


class _FoundPhrases(NamedTuple):
    """Documents with phrases and their frequencies; those of phrase n begin at `starts[n]`."""

    starts: Array
    documents: Array
    frequencies: Array


_NO_PHRASES: Final = _FoundPhrases(
    np.zeros(1, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.float64)
)


class SegmentSearch:
    """One segment as a snapshot searches it."""

    def __init__(self, live: LiveSegment, kernels: Any) -> None:
        self.segment: ArticleSegment = live.segment
        self.kernels = kernels
        self.live = live.live()
        self.live_count: int = kernels.count_bits(self.live)
        self.id = _reader(live.segment.ids)
        self.title = _reader(live.segment.titles)
        self._deleted = _NONE if live.deleted is None else live.deleted
        segment = live.segment
        self.postings = (
            segment.posting_documents,
            segment.posting_codes,
            _TABLES,
            REGION_WEIGHTS,
            segment.other_postings,
            segment.other_counts,
        )

    @cached_property
    def total_length(self) -> int:
        """Sum of the lengths of the documents that are not deleted."""
        if not len(self._deleted):
            return int(self.segment.lengths.sum(dtype=np.int64))
        return int(self.segment.lengths[documents_of(self.live)].sum(dtype=np.int64))

    def set_norms(self, norms: NDArray[np.float64]) -> None:
        """Make ready to score: float64[longest document + 1], what BM25 adds by length."""
        self._norms = norms

    def look_up(self, program: Program) -> FoundWords:
        """Find the words of all slots."""
        return FoundWords(
            *self.kernels.find_lists(
                *self._vocabulary,
                self._deleted,
                program.keys,
                program.key_starts,
                program.slots,
                PART_WEIGHT,
            )
        )

    @cached_property
    def _vocabulary(self) -> tuple[Array, ...]:
        segment = self.segment
        forms, terms = segment.forms, segment.terms
        return (
            *segment.words,
            *forms.strings, forms.starts, forms.words,
            *terms.strings, terms.starts, terms.words, terms.kinds,
            segment.posting_starts, segment.posting_documents,
        )  # fmt: skip

    # Orders and counts.

    @cached_property
    def newest_first(self) -> NDArray[np.uint16]:
        """The documents, uint16[documents], newest first."""
        return _inverse(self.segment.newest_ranks)

    @cached_property
    def oldest_first(self) -> NDArray[np.uint16]:
        """The documents, uint16[documents], oldest first."""
        return _inverse(self.segment.oldest_ranks)

    def first(self, bits: Bits, order: NDArray[np.uint16], size: int) -> Bits:
        """The documents of a set that come first in an order."""
        return bits_of(self.kernels.take_first(bits, order, size), len(bits))

    def keep_period(self, bits: Bits, start: int | None, end: int | None) -> None:
        """Take out of a set what is not dated from `start` to `end`; None is open."""
        self.kernels.keep_period(
            bits,
            self.segment.published_start,
            self.segment.published_end,
            _FIRST_DATE if start is None else start,
            _LAST_DATE if end is None else end,
        )

    def count_days(self, bits: Bits) -> NDArray[np.int32]:
        """Count the documents of a set by day: int32[days of the segment]."""
        counts = np.zeros(len(self.segment.days), np.int32)
        self.kernels.count_days(bits, self.segment.day_ordinals, counts)
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

    def match(self, program: Program, found: FoundWords, named: FindNamed) -> "Match":
        """Find the documents that fit; `named` finds those that a Named means."""
        return Match(self, program, found, named)

    def rank(
        self, bits: Bits, program: Program, idfs: Array, match: "Match", size: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rank the documents of a set, a part of those that match; see the kernel `rank`."""
        _scratch.fit(self.segment.documents)
        ranked: tuple[Array, Array] = self.kernels.rank(
            bits,
            program.scoring,
            idfs,
            match.found.starts,
            match.found.bounds,
            match.found.weights,
            program.rows,
            *self.postings,
            *match.phrases(),
            self.segment.lengths,
            self._norms,
            self.segment.newest_ranks,
            self.newest_first,
            K1 + 1,
            SCORE_SCALE,
            _scratch.scores,
            _scratch.frequencies,
            _scratch.touched,
            _scratch.members,
            size,
        )
        return ranked

    def find_phrases(
        self, phrase: Phrase, found: FoundWords, rows: Array, bits: Bits
    ) -> tuple[Array, Array]:
        """Leave in a set the documents with a phrase, and list them: see the kernel."""
        lists = found.starts, found.bounds
        self.kernels.mark_all(phrase.slots, *lists, rows, *self.postings, bits)
        segment = self.segment
        places: tuple[Array, Array] = self.kernels.find_phrases(
            bits,
            phrase.slots,
            *lists,
            segment.posting_documents,
            segment.posting_codes,
            segment.other_postings,
            segment.other_counts,
            _SIZES,
            segment.position_starts,
            segment.positions,
            POSITION_BLOCK,
            segment.title_lengths,
            segment.lead_lengths,
            REGION_WEIGHTS[phrase.row],
        )
        return places


class Match:
    """The documents of a segment that fit a program: `bits`.

    A phrase is looked for among the documents that are left when the first step asks for it, as no
    others can fit in the end; so what is found of it does for scoring too.
    """

    def __init__(
        self, search: SegmentSearch, program: Program, found: FoundWords, named: FindNamed
    ) -> None:
        self.found = found
        self._search = search
        self._program = program
        self._named = named
        self._phrases: dict[int, tuple[Array, Array, Bits]] = {}
        self.bits: Bits = search.live.copy()
        self._narrow(program.step, self.bits)

    def phrases(self) -> _FoundPhrases:
        """What was found of all phrases of the program."""
        if not self._program.phrases:
            return _NO_PHRASES
        found = [self._phrase(phrase) for phrase in self._program.phrases]
        starts = np.array([0, *accumulate(len(documents) for documents, _, _ in found)])
        if len(found) == 1:
            return _FoundPhrases(starts, *found[0][:2])
        documents, frequencies, _ = zip(*found, strict=True)
        return _FoundPhrases(starts, np.concatenate(documents), np.concatenate(frequencies))

    def _narrow(self, step: Step, bits: Bits) -> None:
        """Take out of a set what does not fit a step."""
        match step:
            case AllOf(slots, phrases, others):
                if len(slots):
                    self._search.kernels.mark_all(slots, *self._lists(), bits)
                for other in (*phrases, *others):
                    self._narrow(other, bits)
            case AnyOf():
                bits &= self._any_of(step, bits)
            case Except(inner):
                excluded = bits.copy()
                self._narrow(inner, excluded)
                bits &= ~excluded
            case Phrase():
                bits &= self._phrase(step)[2]
            case Period(start, end):
                self._search.keep_period(bits, start, end)
            case Named():
                bits &= self._named(step)

    def _any_of(self, step: AnyOf, within: Bits) -> Bits:
        bits = np.zeros_like(within)
        if len(step.slots):
            self._search.kernels.mark_any(step.slots, *self._lists(), bits)
        for other in step.others:
            fitting = within.copy()
            self._narrow(other, fitting)
            bits |= fitting
        return bits

    def _lists(self) -> tuple[Array, ...]:
        return (self.found.starts, self.found.bounds, self._program.rows, *self._search.postings)

    def _phrase(self, phrase: Phrase) -> tuple[Array, Array, Bits]:
        """The documents with a phrase, their frequencies, and the documents as a set."""
        places = self._phrases.get(phrase.number)
        if places is None:
            bits = self.bits.copy()
            rows = self._program.rows
            found = self._search.find_phrases(phrase, self.found, rows, bits)
            places = self._phrases[phrase.number] = (*found, bits)
        return places


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
        return str(text[starts[number] : starts[number + 1]], "utf-8", "surrogatepass")

    return read


def _inverse(ranks: NDArray[np.uint16]) -> NDArray[np.uint16]:
    order = np.empty_like(ranks)
    order[ranks] = np.arange(len(ranks), dtype=np.uint16)
    return order
