"""What `kernels` does, in plain numpy: slower, without a compiler; tests compare the two."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import OTHER

Array = NDArray[Any]


class _Grouped(NamedTuple):
    """Tokens sorted by word, document and position, and the postings that they form."""

    words: Array  # int64[postings]
    documents: Array  # int64[postings]
    first_tokens: Array  # int64[postings]
    counts: Array  # int64[postings, 3]
    deltas: Array  # int64[tokens]


def measure_tokens(
    tokens: Array, bounds: Array, words: int, codes: Array
) -> tuple[Array, Array, int]:
    """Count postings and bytes of positions of each word, and the postings with code OTHER."""
    grouped = _group(tokens, bounds)
    postings = np.bincount(grouped.words, minlength=words)
    sizes = _varint_bytes(grouped.deltas)
    repeats = np.diff(np.append(grouped.first_tokens, len(tokens)))
    byte_counts = np.bincount(np.repeat(grouped.words, repeats), sizes, words)
    others = int((_encode(grouped.counts, codes) == OTHER).sum())
    return postings, byte_counts.astype(np.int64), others


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
    """Write the postings of all words into arrays of the sizes that `measure_tokens` found."""
    del posting_starts, byte_starts  # which follow from the order
    grouped = _group(tokens, bounds)
    documents[:] = grouped.documents
    posting_codes[:] = _encode(grouped.counts, codes)
    positions[:] = varints(grouped.deltas)
    begins = np.concatenate(([0], np.cumsum(_varint_bytes(grouped.deltas))))
    position_starts[:] = begins[grouped.first_tokens[::block]]
    other_postings[:] = np.flatnonzero(posting_codes == OTHER)
    other_counts[:] = grouped.counts[posting_codes == OTHER]


def varints(numbers: Array) -> Array:
    """Encode numbers in groups of seven bits, lowest first, the high bit where more follow."""
    sizes = _varint_bytes(numbers)
    ends = np.cumsum(sizes)
    encoded = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    for place in range(int(sizes.max(initial=0))):
        longer = sizes > place
        more = np.where(sizes[longer] > place + 1, 128, 0)
        at = (ends - sizes)[longer] + place
        encoded[at] = numbers[longer] >> 7 * place & 127 | more
    return encoded


def _group(tokens: Array, bounds: Array) -> _Grouped:
    per_document = np.diff(bounds[::3])
    owners = np.repeat(np.arange(len(per_document)), per_document)
    fields = np.repeat(np.arange(len(bounds) - 1) % 3, np.diff(bounds))
    places = np.arange(len(tokens)) - np.repeat(bounds[:-1:3], per_document)
    order = np.argsort(tokens, kind="stable")
    words, owners, fields, places = tokens[order], owners[order], fields[order], places[order]
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
    for shift in range(7, 35, 7):
        sizes += numbers >= 1 << shift
    return sizes
