"""Facet values of all segments under one numbering, and who has them."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.articles import FACET_FIELDS
from index.columnar.segment import ArticleSegment
from index.language.collation import sort_key
from search.engines.program import Array
from search.engines.segment_search import Bits
from search.plan import Named, value_matches

_CACHED: Final = 256
"""Names and choices whose values are kept."""

_FIRST_AND_NEXT: Final = np.array([0, 1])


class SegmentFacets:
    """Who has which value in one segment; `ordinals`, unsigned[pairs], are those of the table."""

    def __init__(self, segment: ArticleSegment, ordinals: Array, values: int, kernels: Any) -> None:
        self._words = -(-segment.documents // 64)
        self._starts = segment.facet_starts
        self._ordinals = ordinals
        self._values = values
        self._kernels = kernels

    @cached_property
    def _lists(self) -> tuple[Array, Array]:
        found: tuple[Array, Array] = self._kernels.invert_values(
            self._starts, self._ordinals, self._values
        )
        return found

    def holding(self, ordinals: NDArray[np.int64]) -> Bits:
        """The documents with any of the values."""
        starts, documents = self._lists
        bits = np.zeros(self._words, np.uint64)
        bounds = starts[np.add.outer(ordinals, _FIRST_AND_NEXT)]
        self._kernels.mark_lists(bounds, documents, bits)
        return bits

    def count(self, bits: Bits, counts: NDArray[np.int32]) -> None:
        """Add the documents of a set to the counts of all values, int32[values]."""
        self._kernels.count_values(bits, self._starts, self._ordinals, counts)


class FacetTable:
    """All values, facet by facet and then by the Swedish alphabet; an ordinal is a place there."""

    def __init__(self, segments: Sequence[ArticleSegment], kernels: Any) -> None:
        self._kernels = kernels
        found = [_read_values(segment) for segment in segments]
        rows = [_merge([values[kind] for values in found]) for kind in range(len(FACET_FIELDS))]
        self.names = list(chain.from_iterable(rows))
        self._bounds = dict(
            zip(FACET_FIELDS, pairwise(np.cumsum([0, *map(len, rows)]).tolist()), strict=True)
        )
        self.segments = tuple(
            SegmentFacets(segment, _renumber(segment, values, rows), len(self.names), kernels)
            for segment, values in zip(segments, found, strict=True)
        )
        self.find_named = lru_cache(_CACHED)(self._find_named)
        self.ordinals_of = lru_cache(_CACHED)(self._ordinals_of)

    def bounds(self, facet: str) -> tuple[int, int]:
        """The first ordinal of a facet and that behind its last."""
        return self._bounds[facet]

    def _ordinals_of(self, facet: str, values: frozenset[str]) -> NDArray[np.int64]:
        """The ordinals of values, those that no article has left out: int64[found]."""
        first, last = self._bounds[facet]
        found = []
        for value in values:
            at = bisect_left(self.names, sort_key(value), first, last, key=sort_key)
            if at < last and self.names[at] == value:
                found.append(at)
        return np.array(found, np.int64)

    def _find_named(self, node: Named) -> NDArray[np.int64]:
        first, last = self._bounds[node.facet]
        names = self.names
        found = [n for n in range(first, last) if value_matches(node.query, names[n])]
        return np.array(found, np.int64)

    def top(
        self, counts: NDArray[np.int32], facets: Sequence[str], size: int
    ) -> list[tuple[list[str], list[int]]]:
        """The most frequent values of each facet and their counts, equals by the alphabet."""
        bounds = np.array([self._bounds[facet] for facet in facets], np.int64)
        found, numbers, sizes = self._kernels.top_values(counts, bounds.reshape(-1, 2), size)
        name = self.names.__getitem__
        return [
            (list(map(name, row[:kept])), counted[:kept])
            for row, counted, kept in zip(
                found.tolist(), numbers.tolist(), sizes.tolist(), strict=True
            )
        ]


def _read_values(segment: ArticleSegment) -> list[list[str]]:
    """The values of each facet of a segment, in their order."""
    text, starts = segment.facet_values
    # All at once, with separators put in: one by one took ten times as long.
    inner = starts[1:-1].astype(np.int64)
    names = np.insert(text, inner, 0).tobytes().decode(errors="surrogatepass").split("\0")
    if len(names) != len(starts) - 1:  # a value has a NUL, or there is none
        names = [name.decode(errors="surrogatepass") for name in segment.facet_values.strings()]
    bounds: list[int] = segment.facet_bounds.tolist()
    return [names[first:last] for first, last in pairwise(bounds)]


def _merge(found: Sequence[list[str]]) -> list[str]:
    """Bring the values of one facet in several segments into one order."""
    if not found or all(names == found[0] for names in found):
        return found[0] if found else []
    # One row in order, then of each segment what is new in it, in order: that sorts quickly.
    return sorted(dict.fromkeys(chain.from_iterable(found)), key=sort_key)


def _renumber(
    segment: ArticleSegment, found: Sequence[list[str]], rows: Sequence[list[str]]
) -> Array:
    """The ordinals of the documents of a segment in the numbering of the table."""
    numbers: list[int] = []
    first = 0
    for values, row in zip(found, rows, strict=True):
        places = dict(zip(row, range(first, first + len(row)), strict=True))
        numbers += map(places.__getitem__, values)
        first += len(row)
    # Two bytes where they do: counting is as fast as the ordinals come from memory.
    dtype = np.uint16 if first <= 2**16 else np.uint32
    return np.asarray(np.array(numbers, dtype)[segment.facet_ordinals])
