"""From tokens to the postings of a segment: sorted, counted, packed."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import CODES
from index.columnar.segment import POSITION_BLOCK
from index.compiled import HAS_NUMBA

_BUCKET_BITS: Final = 8  # the words of one bucket of 256, and their postings, fit the cache


class Postings(NamedTuple):
    """The postings of all words of a segment; `docs/index-format.md` describes the arrays."""

    starts: NDArray[np.uint32]
    documents: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    positions: NDArray[np.uint8]
    position_starts: NDArray[np.uint32]
    other_postings: NDArray[np.uint32]
    other_counts: NDArray[np.uint32]


def group_tokens(
    tokens: NDArray[np.uint32], bounds: NDArray[np.int64], words: int, kernels: Any = None
) -> Postings:
    """Sort the tokens of documents into postings.

    `tokens` is uint32[tokens], numbers of words below `words`; `bounds` int64[3 * documents + 1],
    where title, lead and body of each document begin. `kernels` is `kernels` or `plain` of this
    package, by default the faster one there is.
    """
    kernels = kernels or load_kernels()
    shift = max(0, words.bit_length() - _BUCKET_BITS)
    packed, buckets = kernels.sort_tokens(tokens, bounds, shift, (words >> shift) + 1)
    longest = int(np.diff(bounds[::3]).max(initial=0))
    return Postings(
        *kernels.group_tokens(packed, buckets, shift, words, longest, CODES, POSITION_BLOCK)
    )


def sort_others(postings: Postings) -> Postings:
    """Bring the postings with counts of their own into ascending order."""
    order = np.argsort(postings.other_postings)
    return postings._replace(
        other_postings=postings.other_postings[order], other_counts=postings.other_counts[order]
    )


def load_kernels() -> Any:
    """The module of kernels to use: compiled where numba is there."""
    if HAS_NUMBA:
        from index.columnar import kernels

        return kernels
    from index.columnar import plain

    return plain
