"""The loops that build and merge segments, compiled.

Each has a twin of the same name in `plain`, which gives the same arrays without numba.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import DOCUMENT_SHIFT, FIELD_SHIFT, LEAD, OTHER, WORD_SHIFT
from index.compiled import compiled

Array = NDArray[Any]

_DOCUMENT_MASK, _FIELD_MASK, _POSITION_MASK = 0xFFFF, 3, (1 << FIELD_SHIFT) - 1

# What is kept of each word while its tokens go by: one row, one cache line.
_DOCUMENT, _POSITION, _TITLE, _LEAD, _BODY, _POSTING, _BYTE, _OTHER = range(8)


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
def measure_tokens(
    packed: Array, bucket_starts: Array, shift: int, words: int, codes: Array
) -> tuple[Array, Array, int]:
    """Count postings and bytes of positions of each word, and the postings with code OTHER.

    `packed` and `bucket_starts` are from `sort_tokens`; `codes` is CODES. Returns int64[words],
    int64[words] and a number.
    """
    state = np.zeros((words, 8), np.int64)
    others = 0
    for bucket in range(len(bucket_starts) - 1):
        for place in range(bucket_starts[bucket], bucket_starts[bucket + 1]):
            token = np.int64(packed[place])
            row = state[bucket << shift | token >> WORD_SHIFT]
            document = token >> DOCUMENT_SHIFT & _DOCUMENT_MASK
            position = token & _POSITION_MASK
            before = row[_POSITION]
            if row[_DOCUMENT] != document + 1:
                row[_DOCUMENT] = document + 1
                row[_TITLE] = row[_LEAD] = row[_BODY] = row[_OTHER] = 0
                row[_POSTING] += 1
                before = 0
            row[_TITLE + (token >> FIELD_SHIFT & _FIELD_MASK)] += 1
            is_other = _code(codes, row[_TITLE], row[_LEAD], row[_BODY]) == OTHER
            if is_other and row[_OTHER] == 0:
                row[_OTHER] = 1
                others += 1
            row[_BYTE] += _varint_bytes(position - before)
            row[_POSITION] = position
    return state[:, _POSTING].copy(), state[:, _BYTE].copy(), others


@compiled
def group_tokens(
    packed: Array,
    bucket_starts: Array,
    shift: int,
    codes: Array,
    posting_starts: Array,
    byte_starts: Array,
    documents: Array,
    posting_codes: Array,
    positions: Array,
    position_starts: Array,
    block: int,
    other_postings: Array,
    other_counts: Array,
) -> None:
    """Write the postings of all words into arrays of the sizes that `measure_tokens` found.

    `posting_starts` and `byte_starts` are int64[words + 1]. Filled are `documents` uint16[postings]
    and `posting_codes` uint8[postings], `positions` uint8[bytes], `position_starts` (the byte where
    every `block`-th posting begins), `other_postings` and `other_counts` [others, 3], in no order.
    """
    state = np.zeros((len(posting_starts) - 1, 8), np.int64)
    for word in range(len(state)):
        state[word, _POSTING] = posting_starts[word] - 1
        state[word, _BYTE] = byte_starts[word]
    others = 0
    for bucket in range(len(bucket_starts) - 1):
        for place in range(bucket_starts[bucket], bucket_starts[bucket + 1]):
            token = np.int64(packed[place])
            row = state[bucket << shift | token >> WORD_SHIFT]
            document = token >> DOCUMENT_SHIFT & _DOCUMENT_MASK
            position = token & _POSITION_MASK
            before = row[_POSITION]
            if row[_DOCUMENT] != document + 1:
                row[_DOCUMENT] = document + 1
                row[_TITLE] = row[_LEAD] = row[_BODY] = row[_OTHER] = 0
                row[_POSTING] += 1
                before = 0
                documents[row[_POSTING]] = document
                if row[_POSTING] % block == 0:
                    position_starts[row[_POSTING] // block] = row[_BYTE]
            row[_TITLE + (token >> FIELD_SHIFT & _FIELD_MASK)] += 1
            posting = row[_POSTING]
            code = _code(codes, row[_TITLE], row[_LEAD], row[_BODY])
            posting_codes[posting] = code
            if code == OTHER:
                if row[_OTHER] == 0:
                    others += 1
                    row[_OTHER] = others
                    other_postings[others - 1] = posting
                for kind in range(3):
                    other_counts[row[_OTHER] - 1, kind] = row[_TITLE + kind]
            delta = position - before
            row[_BYTE] += _varint_bytes(delta)
            byte = row[_BYTE] - 1
            positions[byte] = delta % LEAD
            delta //= LEAD
            while delta:
                byte -= 1
                positions[byte] = LEAD + (delta & 63)
                delta >>= 6
            row[_POSITION] = position


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
