"""One segment as a snapshot searches it: its arrays in the groups that the loops take."""

from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.articles import from_json
from index.columnar.codes import COUNTS
from index.columnar.segment import NO_DATE, ArticleSegment, LiveSegment
from index.columnar.strings import StringTable
from index.dates import PartialDate
from search.engines.arrays import (
    Array,
    Bits,
    Columns,
    Positions,
    Postings,
    Segment,
    Strings,
    Vocabulary,
)
from search.engines.program import REGION_WEIGHTS

FIELD_TABLES: Final = np.ascontiguousarray(REGION_WEIGHTS @ COUNTS.T)
"""float64[regions, 256]: what the occurrences of each code weigh in each region."""

_SIZES: Final = COUNTS.sum(axis=1).astype(np.int64)

HEADS_STEP: Final = 64
"""Of so many strings the head of one is kept in memory: to find a word there reads little else."""


def load_kernels() -> Any:
    """The module of kernels to use: compiled where numba is there."""
    # Loading numba takes a second, which is not to be waited for before somebody searches.
    from index.compiled import HAS_NUMBA

    if HAS_NUMBA:
        from search.engines import kernels

        return kernels
    from search.engines import plain

    return plain


class SegmentSearch:
    """One segment as a snapshot searches it."""

    def __init__(self, live: LiveSegment) -> None:
        self.segment: ArticleSegment = live.segment
        self.live = live.live()
        self._deleted = np.zeros(0, np.uint64) if live.deleted is None else live.deleted.view()
        self._deleted.flags.writeable = False  # as in all segments, for one type in all

    @cached_property
    def live_count(self) -> int:
        """How many documents are not deleted."""
        return int(np.bitwise_count(self.live).sum())

    @cached_property
    def total_length(self) -> int:
        """Sum of the lengths of the documents that are not deleted."""
        if not len(self._deleted):
            return int(self.segment.lengths.sum(dtype=np.int64))
        return int(self.segment.lengths[documents_of(self.live)].sum(dtype=np.int64))

    def arrays(self, norms: NDArray[np.float64]) -> Segment:
        """All that the loops read; `norms` is float64[longest document + 1], as in Columns."""
        segment = self.segment
        postings = Postings(
            segment.posting_documents,
            segment.posting_codes,
            FIELD_TABLES,
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
        columns = Columns(
            segment.lengths,
            norms,
            segment.newest_ranks,
            _inverse(segment.newest_ranks),
            _inverse(segment.oldest_ranks),
            segment.published_start,
            *segment.ids,
            *segment.titles,
        )
        return Segment(self._vocabulary(), postings, positions, columns, self._deleted)

    def _vocabulary(self) -> Vocabulary:
        segment = self.segment
        forms, terms = segment.forms, segment.terms
        return Vocabulary(
            _with_heads(segment.words),
            _with_heads(forms.strings), forms.starts, forms.words,
            _with_heads(terms.strings), terms.starts, terms.words, terms.kinds,
            segment.posting_starts,
        )  # fmt: skip

    def count_written(self, form: str) -> int:
        """How many documents that are not deleted have a written form."""
        segment = self.segment
        having = np.zeros(segment.documents, np.bool_)
        for word in segment.words_with_form(form).tolist():
            first, last = segment.posting_starts[word : word + 2].tolist()
            having[segment.posting_documents[first:last]] = True
        found = bits_of(np.flatnonzero(having), len(self.live)) & self.live
        return int(np.bitwise_count(found).sum())

    def dated(self, start: int | None, end: int | None) -> Bits:
        """The documents that are dated from `start` to `end`; None is open."""
        starts, ends = self.segment.published_start, self.segment.published_end
        fitting = starts >= (NO_DATE + 1 if start is None else start)
        if end is not None:
            fitting &= ends <= end
        return bits_of(np.flatnonzero(fitting), len(self.live))

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


def _with_heads(strings: StringTable) -> Strings:
    return Strings(*strings, strings.heads(HEADS_STEP))


def _inverse(ranks: NDArray[np.uint16]) -> NDArray[np.uint16]:
    order = np.empty_like(ranks)
    order[ranks] = np.arange(len(ranks), dtype=np.uint16)
    return order
