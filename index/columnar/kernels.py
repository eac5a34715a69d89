"""The loops that build and merge segments, compiled.

Each has a twin of the same name in `plain`, which gives the same arrays without numba.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import (
    DOCUMENT_SHIFT,
    FEWEST_OTHER,
    FIELD_SHIFT,
    LEAD,
    OTHER,
    WORD_SHIFT,
)
from index.compiled import compiled

Array = NDArray[Any]

_DOCUMENT_MASK, _FIELD_MASK, _POSITION_MASK = 0xFFFF, 3, (1 << FIELD_SHIFT) - 1


@compiled
def sort_tokens(tokens: Array, bounds: Array, shift: int, buckets: int) -> tuple[Array, Array]:
    """Sort tokens roughly, so that what follows stays in the cache.

    `tokens` is uint32[tokens], the word at each place; `bounds` int64[3 * documents + 1], where
    title, lead and body of each document begin in it. A bucket takes the words that are equal but
    for their `shift` low bits. Returns uint64[tokens], packed, by bucket and then as they came; and
    int64[buckets + 1], where each bucket begins.
    """
    starts = np.zeros(buckets + 1, np.int64)
    for place in range(len(tokens)):
        starts[(tokens[place] >> shift) + 1] += 1
    starts = np.cumsum(starts)
    ends = starts.copy()
    packed = np.empty(len(tokens), np.uint64)
    low = (1 << shift) - 1
    for document in range((len(bounds) - 1) // 3):
        position = 0
        for field in range(3):
            at = 3 * document + field
            for place in range(bounds[at], bounds[at + 1]):
                word = np.int64(tokens[place])
                bucket = word >> shift
                packed[ends[bucket]] = (
                    (word & low) << WORD_SHIFT
                    | document << DOCUMENT_SHIFT
                    | field << FIELD_SHIFT
                    | position
                )
                ends[bucket] += 1
                position += 1
    return packed, starts


@compiled
def _code(codes: Array, title: int, lead: int, body: int) -> int:
    if title >= codes.shape[0] or lead >= codes.shape[1] or body >= codes.shape[2]:
        return OTHER
    return int(codes[title, lead, body])


@compiled
def _varint_bytes(number: int) -> int:
    size = 1
    number //= LEAD
    while number:
        number >>= 6
        size += 1
    return size


@compiled
def _write_varint(positions: Array, byte: int, number: int) -> int:
    """Write a number from `byte` on; return where the next one goes."""
    if number < LEAD:
        positions[byte] = number
        return byte + 1
    end = byte + _varint_bytes(number)
    at = end - 1
    positions[at] = number % LEAD
    number //= LEAD
    while number:
        at -= 1
        positions[at] = LEAD + (number & 63)
        number >>= 6
    return end


@compiled
def _sort_bucket(packed: Array, by_word: Array, ends: Array) -> None:
    """Sort the tokens of a bucket into `by_word`, word by word and then as they came.

    `ends` is filled with where each of the words of the bucket ends there.
    """
    ends[:] = 0
    for token in packed:
        ends[np.int64(token) >> WORD_SHIFT] += 1
    total = 0
    for word in range(len(ends)):
        total, ends[word] = total + ends[word], total
    for token in packed:
        low = np.int64(token) >> WORD_SHIFT
        by_word[ends[low]] = token
        ends[low] += 1


@compiled
def group_tokens(
    packed: Array,
    bucket_starts: Array,
    shift: int,
    words: int,
    longest: int,
    codes: Array,
    block: int,
) -> tuple[Array, Array, Array, Array, Array, Array, Array]:
    """Make postings of the tokens that `sort_tokens` has packed and sorted roughly.

    `words` is how many there are; positions are below `longest`; `codes` is CODES. Returns what
    `postings.Postings` holds, with a `position_starts` for every `block`-th posting.
    """
    # Room for the most there can be: memory that nobody writes to takes none.
    tokens = len(packed)
    starts = np.zeros(words + 1, np.uint32)
    documents = np.empty(tokens, np.uint16)
    posting_codes = np.empty(tokens, np.uint8)
    positions = np.empty(tokens * _varint_bytes(longest), np.uint8)
    position_starts = np.empty(tokens // block + 1, np.uint32)
    other_postings = np.empty(tokens // FEWEST_OTHER, np.uint32)
    other_counts = np.empty((tokens // FEWEST_OTHER, 3), np.uint32)
    counts = np.zeros(3, np.int64)
    ends = np.zeros(1 << shift, np.int64)
    by_word = np.empty(np.diff(bucket_starts).max(), np.uint64)
    posting = byte = others = 0
    for bucket in range(len(bucket_starts) - 1):
        first, last = bucket_starts[bucket], bucket_starts[bucket + 1]
        _sort_bucket(packed[first:last], by_word, ends)
        place = 0
        for word in range(bucket << shift, min(words, (bucket + 1) << shift)):
            end = ends[word - (bucket << shift)]
            while place < end:
                document = np.int64(by_word[place]) >> DOCUMENT_SHIFT & _DOCUMENT_MASK
                if posting % block == 0:
                    position_starts[posting // block] = byte
                counts[:] = 0
                before = 0
                while place < end:
                    token = np.int64(by_word[place])
                    if token >> DOCUMENT_SHIFT & _DOCUMENT_MASK != document:
                        break
                    counts[token >> FIELD_SHIFT & _FIELD_MASK] += 1
                    position = int(token & _POSITION_MASK)
                    byte = _write_varint(positions, byte, position - before)
                    before = position
                    place += 1
                code = _code(codes, counts[0], counts[1], counts[2])
                documents[posting] = document
                posting_codes[posting] = code
                if code == OTHER:
                    other_postings[others] = posting
                    other_counts[others] = counts
                    others += 1
                posting += 1
            starts[word + 1] = posting
    return (
        starts,
        documents[:posting],
        posting_codes[:posting],
        positions[:byte],
        position_starts[: (posting + block - 1) // block],
        other_postings[:others],
        other_counts[:others],
    )


@compiled
def _posting_bytes(positions: Array, byte: int, count: int) -> int:
    """Bytes of the `count` varints that begin at `byte`."""
    end = byte
    while count:
        if positions[end] < LEAD:
            count -= 1
        end += 1
    return end - byte


@compiled
def measure_postings(
    starts: Array,
    documents: Array,
    codes: Array,
    positions: Array,
    other_counts: Array,
    code_sizes: Array,
    is_kept: Array,
) -> tuple[Array, Array, int]:
    """Count what `copy_postings` copies of each word: postings, bytes of positions; and others.

    The arrays are those of a segment; `code_sizes` int64[256] says how many positions a posting
    with a code has, `is_kept` bool[documents] which documents stay. Returns int64[words],
    int64[words] and a number.
    """
    posting_counts = np.zeros(len(starts) - 1, np.int64)
    byte_counts = np.zeros(len(starts) - 1, np.int64)
    byte = other = kept_others = 0
    for word in range(len(starts) - 1):
        for posting in range(starts[word], starts[word + 1]):
            count = code_sizes[codes[posting]]
            is_other = codes[posting] == OTHER
            if is_other:
                count = other_counts[other].sum()
                other += 1
            size = _posting_bytes(positions, byte, count)
            byte += size
            if is_kept[documents[posting]]:
                posting_counts[word] += 1
                byte_counts[word] += size
                kept_others += is_other
    return posting_counts, byte_counts, kept_others


@compiled
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
    """Append the postings of one segment to those of a segment that is made of several.

    `new_documents` int64[documents] numbers the documents anew, -1 where one goes; `new_words`
    int64[words] the words, -1 where a word has no document left. `posting_ends` and `byte_ends`,
    int64[new words], say where the next posting of a word goes and are moved on; `others` is how
    many postings with code OTHER there are already. Returns how many there are then.
    """
    byte = other = 0
    for word in range(len(starts) - 1):
        to_word = new_words[word]
        for posting in range(starts[word], starts[word + 1]):
            count = code_sizes[codes[posting]]
            is_other = codes[posting] == OTHER
            if is_other:
                count = other_counts[other].sum()
                other += 1
            size = _posting_bytes(positions, byte, count)
            document = new_documents[documents[posting]]
            if document >= 0:
                to = posting_ends[to_word]
                to_byte = byte_ends[to_word]
                if to % block == 0:
                    to_position_starts[to // block] = to_byte
                to_documents[to] = document
                to_codes[to] = codes[posting]
                if is_other:
                    to_other_postings[others] = to
                    to_other_counts[others] = other_counts[other - 1]
                    others += 1
                for at in range(size):
                    to_positions[to_byte + at] = positions[byte + at]
                posting_ends[to_word] = to + 1
                byte_ends[to_word] = to_byte + size
            byte += size
    return others
