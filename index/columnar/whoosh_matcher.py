"""A posting list as Whoosh's searcher walks it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.matching import LeafMatcher, ReadTooFar

from index.columnar.whoosh_values import Values

BLOCK: Final = 128
"""Postings that share one bound of their scores, so that the top hits can skip them at once."""


class Postings(NamedTuple):
    """One posting list.

    `ids` are ascending, document numbers or the texts of a vector; `weights` float32[postings];
    the value of posting n is number `first` + n of `values`; `lengths` int32[documents] of the
    field, or None where it keeps none.
    """

    ids: Sequence[Any]
    weights: NDArray[np.float32]
    values: Values
    first: int = 0
    lengths: NDArray[np.int32] | None = None


class PostingsMatcher(LeafMatcher):  # type: ignore[misc]
    """Walks a posting list; an id or a weight is read in place, a value copied when asked for."""

    def __init__(
        self, postings: Postings, format_: Any, *, term: Any = None, scorer: Any = None
    ) -> None:
        # The names of these three are what Whoosh's LeafMatcher asks for.
        self.format = format_
        self.scorer = scorer
        self._term = term
        self._postings = postings
        self._ids = postings.ids
        self._weights = memoryview(postings.weights.data)
        self._count = len(postings.ids)
        self._at = 0

    def is_active(self) -> bool:
        """Whether it stands on a posting."""
        return self._at < self._count

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def copy(self) -> "PostingsMatcher":
        """Return another one that stands where this one stands."""
        return copy(self)

    def id(self) -> Any:
        """Document number of the posting, or the text where this is a vector."""
        return self._ids[self._at]

    def all_ids(self) -> Iterator[Any]:
        """Iterate over the ids from here on."""
        return iter(self._ids[self._at :])

    def weight(self) -> float:
        """Weight of the posting."""
        return float(self._weights[self._at])

    def value(self) -> bytes:
        """What the format of the field encoded for the posting."""
        return self._postings.values.value(self._postings.first + self._at)

    def next(self) -> bool:
        """Move to the next posting; true when a block ends. Raises ReadTooFar."""
        if self._at >= self._count:
            raise ReadTooFar
        self._at += 1
        return self._at % BLOCK == 0 or self._at == self._count

    def skip_to(self, wanted: Any) -> None:
        """Move to the first posting from here on whose id is not below. Raises ReadTooFar."""
        if self._at >= self._count:
            raise ReadTooFar
        if self._ids[self._at] < wanted:
            self._at = bisect_left(self._ids, wanted, self._at)

    def skip_to_quality(self, quality: float) -> int:
        """Move past the blocks that cannot score above; returns how many they were."""
        skipped = 0
        while self.is_active() and self.block_quality() <= quality:
            self._at = min((self._at // BLOCK + 1) * BLOCK, self._count)
            skipped += 1
        return skipped

    def block_min_id(self) -> Any:
        """Lowest id of the block."""
        return self._ids[self._at - self._at % BLOCK]

    def block_max_id(self) -> Any:
        """Highest id of the block."""
        return self._ids[min(self._at - self._at % BLOCK + BLOCK, self._count) - 1]

    def block_max_weight(self) -> float:
        """Largest weight in the block."""
        return float(self._largest_weights[self._at // BLOCK])

    def block_min_length(self) -> int:
        """Shortest length of the field among the documents of the block."""
        return int(self._block_lengths[0][self._at // BLOCK])

    def block_max_length(self) -> int:
        """Longest length of the field among the documents of the block."""
        return int(self._block_lengths[1][self._at // BLOCK])

    @cached_property
    def _largest_weights(self) -> NDArray[np.float32]:
        return np.maximum.reduceat(self._postings.weights, self._block_starts)

    @cached_property
    def _block_lengths(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        if self._postings.lengths is None:
            lengths = np.zeros(self._count, np.int32)
        else:
            lengths = self._postings.lengths[np.asarray(self._ids)]
        return (
            np.minimum.reduceat(lengths, self._block_starts),
            np.maximum.reduceat(lengths, self._block_starts),
        )

    @property
    def _block_starts(self) -> NDArray[np.int64]:
        return np.arange(0, self._count, BLOCK)
