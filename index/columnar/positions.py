"""Counts and positions of the postings of a word, as numpy arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import COUNTS, LEAD, OTHER
from index.columnar.segment import POSITION_BLOCK, ArticleSegment

Numbers = NDArray[np.int64]


class WordPostings(NamedTuple):
    """Where a word stands.

    `documents` int64[postings] are ascending; `counts` int64[postings, 3] says how often it stands
    in title, lead and body; `positions` int64[places] holds the places of all postings, one posting
    after another, each ascending.
    """

    documents: Numbers
    counts: Numbers
    positions: Numbers


def word_postings(segment: ArticleSegment, word: int) -> WordPostings:
    """Read all postings of a word."""
    first, last = segment.posting_starts.item(word), segment.posting_starts.item(word + 1)
    block = first // POSITION_BLOCK
    counts = posting_counts(segment, block * POSITION_BLOCK, last)
    sizes = counts.sum(axis=1)
    begin = segment.position_starts.item(block)
    after = -(-last // POSITION_BLOCK)
    starts = segment.position_starts
    end = starts.item(after) if after < len(starts) else len(segment.positions)
    skipped = first - block * POSITION_BLOCK
    before, here = int(sizes[:skipped].sum()), sizes[skipped:]
    deltas = decode_varints(segment.positions[begin:end])[before : before + int(here.sum())]
    sums = np.cumsum(deltas)
    firsts = np.cumsum(here) - here
    base = np.concatenate(([0], sums))[firsts]  # what was counted before the posting
    documents = segment.posting_documents[first:last].astype(np.int64)
    return WordPostings(documents, counts[skipped:], sums - np.repeat(base, here))


def posting_counts(segment: ArticleSegment, first: int, last: int) -> Numbers:
    """Counts in title, lead and body of some postings: int64[postings, 3]."""
    codes = segment.posting_codes[first:last]
    counts: Numbers = COUNTS[codes].astype(np.int64)
    others = np.flatnonzero(codes == OTHER)
    counts[others] = segment.other_counts[np.searchsorted(segment.other_postings, others + first)]
    return counts


def decode_varints(data: NDArray[np.uint8]) -> Numbers:
    """Decode the numbers of `positions`, which `index.columnar.codes` describes: int64[numbers]."""
    ends = np.flatnonzero(data < LEAD)
    sizes = np.diff(ends, prepend=-1)
    numbers: Numbers = np.zeros(len(ends), np.int64)
    for place in range(int(sizes.max(initial=1)) - 1, 0, -1):
        longer = sizes > place
        numbers[longer] = (numbers[longer] << 6) + data[ends[longer] - place] - LEAD
    numbers *= LEAD
    numbers += data[ends]
    return numbers
