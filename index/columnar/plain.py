"""What `kernels` does, in plain numpy: slower, without a compiler; tests compare the two."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import (
    DOCUMENT_SHIFT,
    FIELD_SHIFT,
    LEAD,
    OTHER,
    WORD_SHIFT,
)

Array = NDArray[Any]


class _Grouped(NamedTuple):
    """Tokens sorted by word, document and position, and the postings that they form."""

    words: Array  # int64[postings]
    documents: Array  # int64[postings]
    first_tokens: Array  # int64[postings]
    counts: Array  # int64[postings, 3]
    deltas: Array  # int64[tokens]


def sort_tokens(tokens: Array, bounds: Array, shift: int, buckets: int) -> tuple[Array, Array]:
    """Sort tokens roughly: packed, by bucket and then as they came; where each bucket begins."""
    per_document = np.diff(bounds[::3])
    documents = np.repeat(np.arange(len(per_document)), per_document)
    fields = np.repeat(np.arange(len(bounds) - 1) % 3, np.diff(bounds))
    positions = np.arange(len(tokens)) - np.repeat(bounds[:-1:3], per_document)
    words = tokens.astype(np.int64)
    packed = (
        (words & (1 << shift) - 1) << WORD_SHIFT
        | documents << DOCUMENT_SHIFT
        | fields << FIELD_SHIFT
        | positions
    )
    order = np.argsort(words >> shift, kind="stable")
    counts = np.bincount(words >> shift, minlength=buckets)
    return packed[order].astype(np.uint64), np.concatenate(([0], np.cumsum(counts)))


def group_tokens(
    packed: Array,
    bucket_starts: Array,
    shift: int,
    words: int,
    longest: int,  # noqa: ARG001
    codes: Array,
    block: int,
) -> tuple[Array, Array, Array, Array, Array, Array, Array]:
    """Make postings of the tokens that `sort_tokens` has packed and sorted roughly."""
    grouped = _group(packed, bucket_starts, shift)
    starts = np.concatenate(([0], np.cumsum(np.bincount(grouped.words, minlength=words))))
    posting_codes = _encode(grouped.counts, codes)
    begins = np.concatenate(([0], np.cumsum(_varint_bytes(grouped.deltas))))
    others = np.flatnonzero(posting_codes == OTHER)
    return (
        starts.astype(np.uint32),
        grouped.documents.astype(np.uint16),
        posting_codes,
        varints(grouped.deltas),
        begins[grouped.first_tokens[::block]].astype(np.uint32),
        others.astype(np.uint32),
        grouped.counts[others].astype(np.uint32),
    )


def varints(numbers: Array) -> Array:
    """Encode numbers the way of `positions`: uint8[bytes]."""
    sizes = _varint_bytes(numbers)
    ends = np.cumsum(sizes)
    encoded = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    encoded[ends - 1] = numbers % LEAD
    rest = numbers // LEAD
    for place in range(1, int(sizes.max(initial=0))):
        longer = sizes > place
        encoded[ends[longer] - 1 - place] = LEAD + (rest[longer] & 63)
        rest = rest >> 6
    return encoded


def _group(packed: Array, bucket_starts: Array, shift: int) -> _Grouped:
    tokens = packed.astype(np.int64)
    buckets = np.repeat(np.arange(len(bucket_starts) - 1), np.diff(bucket_starts))
    words = buckets << shift | tokens >> WORD_SHIFT
    order = np.argsort(words, kind="stable")
    words, tokens = words[order], tokens[order]
    owners = tokens >> DOCUMENT_SHIFT & 0xFFFF
    fields = tokens >> FIELD_SHIFT & 3
    places = tokens & (1 << FIELD_SHIFT) - 1
    is_first = np.ones(len(tokens), bool)
    is_first[1:] = (words[1:] != words[:-1]) | (owners[1:] != owners[:-1])
    first_tokens = np.flatnonzero(is_first)
    deltas = np.diff(places, prepend=0)
    deltas[first_tokens] = places[first_tokens]
    posting = np.cumsum(is_first) - 1
    counts = np.zeros((len(first_tokens), 3), np.int64)
    np.add.at(counts, (posting, fields), 1)
    return _Grouped(words[first_tokens], owners[first_tokens], first_tokens, counts, deltas)


def _encode(counts: Array, codes: Array) -> Array:
    fits = (counts < codes.shape).all(axis=1)
    encoded = np.full(len(counts), OTHER, np.uint8)
    encoded[fits] = codes[tuple(counts[fits].T)]
    return encoded


def _varint_bytes(numbers: Array) -> Array:
    sizes = np.ones(len(numbers), np.int64)
    for digits in range(5):
        sizes += numbers >= LEAD << 6 * digits
    return sizes


def measure_postings(
    starts: Array,
    documents: Array,
    codes: Array,
    positions: Array,
    other_counts: Array,
    code_sizes: Array,
    is_kept: Array,
) -> tuple[Array, Array, int]:
    """Count what `copy_postings` copies of each word: postings, bytes of positions; and others."""
    words = len(starts) - 1
    owners = np.repeat(np.arange(words), np.diff(starts))
    kept = is_kept[documents]
    sizes = np.diff(_posting_bounds(codes, positions, other_counts, code_sizes))
    byte_counts = np.bincount(owners[kept], sizes[kept], words).astype(np.int64)
    others = int((codes[kept] == OTHER).sum())
    return np.bincount(owners[kept], minlength=words), byte_counts, others


def copy_postings(
    starts: Array,
    documents: Array,
    codes: Array,
    positions: Array,
    other_counts: Array,
    code_sizes: Array,
    new_documents: Array,
    new_words: Array,
    posting_ends: Array,
    byte_ends: Array,
    others: int,
    to_documents: Array,
    to_codes: Array,
    to_positions: Array,
    to_position_starts: Array,
    block: int,
    to_other_postings: Array,
    to_other_counts: Array,
) -> int:
    """Append the postings of one segment to those of a segment that is made of several."""
    owners = new_words[np.repeat(np.arange(len(starts) - 1), np.diff(starts))]
    bounds = _posting_bounds(codes, positions, other_counts, code_sizes)
    kept = np.flatnonzero(new_documents[documents] >= 0)
    owners, sizes = owners[kept], np.diff(bounds)[kept]
    order = np.argsort(owners, kind="stable")
    owners, sizes, kept = owners[order], sizes[order], kept[order]
    to = posting_ends[owners] + _rank_in_run(owners)
    before = np.cumsum(sizes) - sizes
    first_of_run = np.searchsorted(owners, owners)
    to_bytes = byte_ends[owners] + before - before[first_of_run]
    to_documents[to] = new_documents[documents[kept]]
    to_codes[to] = codes[kept]
    begins = to % block == 0
    to_position_starts[to[begins] // block] = to_bytes[begins]
    steps = np.arange(int(sizes.sum())) - np.repeat(before, sizes)
    to_positions[np.repeat(to_bytes, sizes) + steps] = positions[
        np.repeat(bounds[kept], sizes) + steps
    ]
    is_other = np.flatnonzero(codes[kept] == OTHER)
    more = slice(others, others + len(is_other))
    to_other_postings[more] = to[is_other]
    to_other_counts[more] = other_counts[
        np.searchsorted(np.flatnonzero(codes == OTHER), kept[is_other])
    ]
    np.add.at(posting_ends, owners, 1)
    np.add.at(byte_ends, owners, sizes)
    return others + len(is_other)


def _posting_bounds(
    codes: Array, positions: Array, other_counts: Array, code_sizes: Array
) -> Array:
    """Where the positions of each posting begin, and where the last end: int64[postings + 1]."""
    counts = code_sizes[codes]
    counts[codes == OTHER] = other_counts.sum(axis=1)
    ends = np.concatenate(([0], np.flatnonzero(positions < LEAD) + 1))
    bounds: Array = ends[np.concatenate(([0], np.cumsum(counts)))]
    return bounds


def _rank_in_run(sorted_numbers: Array) -> Array:
    """The place of each number among its equals."""
    return np.arange(len(sorted_numbers)) - np.searchsorted(sorted_numbers, sorted_numbers)
