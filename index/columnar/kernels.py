"""The loops that build and merge segments, compiled.

Each has a twin of the same name in `plain`, which gives the same arrays without numba.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import OTHER
from index.compiled import compiled

Array = NDArray[Any]

# What `group_tokens` keeps of each word: one row, one cache line.
_DOCUMENT, _POSITION, _TITLE, _LEAD, _BODY, _POSTING, _BYTE, _OTHER = range(8)


@compiled
def _code(codes: Array, title: int, lead: int, body: int) -> int:
    if title >= codes.shape[0] or lead >= codes.shape[1] or body >= codes.shape[2]:
        return OTHER
    return int(codes[title, lead, body])


@compiled
def _varint_bytes(number: int) -> int:
    size = 1
    while number >= 128:
        number >>= 7
        size += 1
    return size


@compiled
def measure_tokens(
    tokens: Array, bounds: Array, words: int, codes: Array
) -> tuple[Array, Array, int]:
    """Count postings and bytes of positions of each word, and the postings with code OTHER.

    `tokens` is uint32[tokens], the word at each place; `bounds` int64[3 * documents + 1], where
    title, lead and body of each document begin in it; `codes` is CODES. Returns int64[words],
    int64[words] and a number.
    """
    state = np.zeros((words, 8), np.int64)
    others = 0
    for document in range((len(bounds) - 1) // 3):
        position = 0
        for field in range(3):
            at = 3 * document + field
            for place in range(bounds[at], bounds[at + 1]):
                row = state[tokens[place]]
                before = row[_POSITION]
                if row[_DOCUMENT] != document + 1:
                    row[_DOCUMENT] = document + 1
                    row[_TITLE] = row[_LEAD] = row[_BODY] = row[_OTHER] = 0
                    row[_POSTING] += 1
                    before = 0
                row[_TITLE + field] += 1
                is_other = _code(codes, row[_TITLE], row[_LEAD], row[_BODY]) == OTHER
                if is_other and row[_OTHER] == 0:
                    row[_OTHER] = 1
                    others += 1
                row[_BYTE] += _varint_bytes(position - before)
                row[_POSITION] = position
                position += 1
    return state[:, _POSTING].copy(), state[:, _BYTE].copy(), others


@compiled
def group_tokens(
    tokens: Array,
    bounds: Array,
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
    for document in range((len(bounds) - 1) // 3):
        position = 0
        for field in range(3):
            at = 3 * document + field
            for place in range(bounds[at], bounds[at + 1]):
                row = state[tokens[place]]
                before = row[_POSITION]
                if row[_DOCUMENT] != document + 1:
                    row[_DOCUMENT] = document + 1
                    row[_TITLE] = row[_LEAD] = row[_BODY] = row[_OTHER] = 0
                    row[_POSTING] += 1
                    before = 0
                    documents[row[_POSTING]] = document
                    if row[_POSTING] % block == 0:
                        position_starts[row[_POSTING] // block] = row[_BYTE]
                row[_TITLE + field] += 1
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
                byte = row[_BYTE]
                while delta >= 128:
                    positions[byte] = delta & 127 | 128
                    delta >>= 7
                    byte += 1
                positions[byte] = delta
                row[_BYTE] = byte + 1
                row[_POSITION] = position
                position += 1
