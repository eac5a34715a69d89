"""Facet values of all segments under one numbering, and who has them.

The values are in two tiers: first of each facet those that are frequent in the whole index, then
the others; in each the most frequent come first. A page shows the ten most frequent values of what
was found. Where the tenth is more frequent there than the most frequent value of the second tier is
in the whole index, the first tier is enough: it is few values with many articles, which are counted
as sets. Who finds less goes through all the values of each article, and then through their counts
until those that are left are rarer in the whole index than the tenth in what was found.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from itertools import accumulate, chain, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import FACET_FIELDS
from index.columnar.segment import ArticleSegment
from index.language.collation import sort_key
from search.engines.arrays import ROW_WIDTH, Array, Bits, Values
from search.facets import FacetCounts
from search.leaves import Named
from search.plan import value_matches

# What `FacetCounts(*fields)` does, without its Python.
_make_counts = partial(tuple.__new__, FacetCounts)

_CACHED: Final = 64
"""Choices and names whose articles are kept."""

_SHOWN: Final = 10
"""Values that a page shows of a facet if it asks for nothing else."""

_RATIO: Final = 4
"""The first tier ends where values are so many times rarer than the last of the _SHOWN most
frequent."""

_TIERS: Final = 2

_ROOM: Final = 1.25
"""How much more frequent the last of the _SHOWN is thought to be than what is left out."""

_LINE: Final = 64
"""Bytes of a line of the processor's caches."""

_FIRST_AND_NEXT: Final = np.array([0, 1])


class _Numbering(NamedTuple):
    """How values are numbered; the arrays are those of Values."""

    bounds: Array
    totals: Array
    places: Array
    ordinals: Array


def _row_type(segments: Sequence[ArticleSegment], unused: int) -> np.dtype[Any]:
    """What all segments name values with in rows: loops are compiled for one type in all."""
    further = max(_further(segment) for segment in segments)
    return np.dtype(np.uint16 if unused + ROW_WIDTH + further <= 2**16 else np.uint32)


def _make_rows(size: int, dtype: np.dtype[Any]) -> Array:
    """Make so many rows, none across two lines of the caches."""
    room = np.empty(size * ROW_WIDTH * dtype.itemsize + _LINE, np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : room.size - _LINE + first].view(dtype).reshape(size, ROW_WIDTH)


def _further(segment: ArticleSegment) -> int:
    """How many rows there are behind those of the documents."""
    starts = segment.facet_starts.astype(np.int64)
    sizes = starts[1:] - starts[:-1]
    return int(np.maximum(-((ROW_WIDTH - sizes) // (ROW_WIDTH - 1)), 0).sum())


class SegmentFacets:
    """Who has which value in one segment; ordinals are those of the table."""

    def __init__(
        self, segment: ArticleSegment, ordinals: Array, numbering: _Numbering, kernels: Any
    ) -> None:
        """Take the ordinals of the segment's values, int64[values]."""
        self._segment = segment
        self._kernels = kernels
        self._own_ordinals = ordinals.astype(np.uint32)
        self._numbering = numbering

    def values(self, dtype: np.dtype[Any]) -> Values:
        """All that the loops read; rows name values with so wide numbers."""
        ordinals = self._ordinals()
        unused = len(self._numbering.ordinals)
        documents = self._segment.documents
        rows = _make_rows(documents + _further(self._segment), dtype)
        self._kernels.lay_out_values(self._segment.facet_starts, ordinals, unused, rows)
        return Values(documents, self._sets(ordinals), rows, unused, *self._numbering)

    def _ordinals(self) -> NDArray[np.uint32]:
        return np.asarray(self._own_ordinals[self._segment.facet_ordinals])

    def _sets(self, ordinals: NDArray[np.uint32]) -> NDArray[np.uint64]:
        """The documents with each value of the first tier: uint64[values, words]."""
        frequent = int(self._numbering.bounds[-1, 0, 1])
        sets = np.zeros((frequent, -(-self._segment.documents // 64)), np.uint64)
        pairs = self._kernels.list_values(self._segment.facet_starts, ordinals, 0, frequent)
        self._kernels.fill_sets(*pairs, sets)
        return sets

    @cached_property
    def _lists(self) -> tuple[Array, Array]:
        found: tuple[Array, Array] = self._kernels.invert_values(
            self._segment.facet_starts, self._ordinals(), len(self._numbering.ordinals)
        )
        return found

    def holding(self, ordinals: NDArray[np.int64]) -> Bits:
        """The documents with any of the values."""
        starts, documents = self._lists
        bits = np.zeros(-(-self._segment.documents // 64), np.uint64)
        bounds = starts[np.add.outer(ordinals, _FIRST_AND_NEXT)].astype(np.int64)
        self._kernels.mark_lists(bounds, documents, bits)
        return bits


class FacetTable:
    """All values; `names` has them by facet, then by the alphabet, å behind z.

    Their ordinals are numbers of another order: by tier, then by facet, then by frequency.
    """

    def __init__(self, segments: Sequence[ArticleSegment], articles: int, kernels: Any) -> None:
        """Take the segments and how many articles are searched."""
        self._kernels = kernels
        self._articles = articles
        found = [_read_values(segment) for segment in segments]
        rows = [_merge([values[kind] for values in found]) for kind in range(len(FACET_FIELDS))]
        places = [_places(values, rows) for values in found]
        counts = np.zeros(sum(map(len, rows)), np.int64)
        for segment, of_segment in zip(segments, places, strict=True):
            counts[of_segment] += np.bincount(segment.facet_ordinals, minlength=len(of_segment))
        numbering = _number(counts, rows)
        self._ordinals = numbering.ordinals
        self.names = list(chain.from_iterable(rows))
        self._bounds = list(pairwise(accumulate(map(len, rows), initial=0)))
        # A list that has ended goes on with value 0, be there one or none.
        labels = np.array(self.names or [""], object)
        self._labels = labels[numbering.places] if self.names else labels
        self._segments = tuple(
            SegmentFacets(segment, numbering.ordinals[of_segment], numbering, kernels)
            for segment, of_segment in zip(segments, places, strict=True)
        )
        if segments:
            dtype = _row_type(segments, len(self.names))
            self._values = [segment.values(dtype) for segment in self._segments]
            self._held = kernels.hold(self._values)
        self.set_named = lru_cache(_CACHED)(self._set_named)
        self.set_of = lru_cache(_CACHED)(self._set_of)
        self._numbers = lru_cache(_CACHED)(_facet_numbers)

    # Sets.

    def _set_of(self, facet: str, values: frozenset[str]) -> Bits:
        """The articles with any of the values; some may be of no article."""
        found = [self._place(facet, value) for value in values]
        return self._holding([place for place in found if place is not None])

    def _set_named(self, node: Named) -> Bits:
        """The articles with a value that is named."""
        of_facet = range(*self._bounds[FACET_FIELDS.index(node.facet)])
        return self._holding([n for n in of_facet if value_matches(node.query, self.names[n])])

    def _place(self, facet: str, value: str) -> int | None:
        """Where a value stands in `names`; None when no article has it."""
        first, last = self._bounds[FACET_FIELDS.index(facet)]
        at = bisect_left(self.names, sort_key(value), first, last, key=sort_key)
        return at if at < last and self.names[at] == value else None

    def _holding(self, places: list[int]) -> Bits:
        """The articles with any of the values at places of `names`."""
        wanted = self._ordinals[places]
        sets = [segment.holding(wanted) for segment in self._segments]
        return np.concatenate([np.zeros(0, np.uint64), *sets])

    # Counts.

    def top(self, bits: Bits, listed: int, facets: tuple[str, ...], size: int) -> list[FacetCounts]:
        """The most frequent values of each facet in a set of so many articles.

        Equals come by the alphabet; what counts 0 is left out.
        """
        if not self._segments:
            return [FacetCounts([], []) for _ in facets]
        found, _ = self._top(bits, self._enough(listed), facets, size)
        counted = []
        for names, counts in zip(self._labels[found[0]].tolist(), found[1].tolist(), strict=True):
            if 0 in counts:
                last = counts.index(0)
                del names[last:], counts[last:]
            counted.append(_make_counts((names, counts)))
        return counted

    def count(self, bits: Bits, facet: str, value: str) -> int:
        """How many articles of a set have a value."""
        return int(self._kernels.count_bits(bits & self.set_of(facet, frozenset((value,)))))

    def _top(self, bits: Bits, tiers: int, facets: tuple[str, ...], size: int) -> tuple[Array, int]:
        """What `top` answers when it begins with so many tiers, and with how many it ends."""
        found: tuple[Array, int] = self._kernels.top_facets(
            self._held, bits, self._numbers(facets), tiers, size
        )
        return found

    def _enough(self, listed: int) -> int:
        """How many tiers so many articles will need if names are spread evenly, with some room."""
        return 1 if listed * _RATIO >= _ROOM * self._articles else _TIERS


def _facet_numbers(facets: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([FACET_FIELDS.index(facet) for facet in facets], np.int64)


def _number(counts: NDArray[np.int64], rows: Sequence[list[str]]) -> _Numbering:
    """Number the values of each facet, int64[values] of which say how many articles have each."""
    facets = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    tiers = _tiers(counts, rows)
    sizes = np.zeros((_TIERS, len(rows)), np.int64)
    np.add.at(sizes, (tiers, facets), 1)
    ends = np.cumsum(sizes).reshape(sizes.shape)
    # Alphabetic places by ordinal, and the other way round.
    places = np.lexsort((-counts, facets, tiers))
    ordinals = np.empty(len(places), np.int64)
    ordinals[places] = np.arange(len(places))
    bounds = np.stack((ends - sizes, ends), 2).transpose(1, 0, 2)
    return _Numbering(np.ascontiguousarray(bounds), counts[places], places, ordinals)


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


def _places(found: Sequence[list[str]], rows: Sequence[list[str]]) -> NDArray[np.int64]:
    """Where the values of a segment stand in all rows, one behind the other."""
    numbers: list[int] = []
    first = 0
    for values, row in zip(found, rows, strict=True):
        places = dict(zip(row, range(first, first + len(row)), strict=True))
        numbers += map(places.__getitem__, values)
        first += len(row)
    return np.array(numbers, np.int64)


def _tiers(counts: NDArray[np.int64], rows: Sequence[list[str]]) -> NDArray[np.int64]:
    """The tier of each value, by how many articles have it: int64[values]."""
    tiers = np.zeros(len(counts), np.int64)
    first = 0
    for row in filter(None, rows):
        of_facet = counts[first : first + len(row)]
        least = np.sort(of_facet)[-_SHOWN:][0]
        tiers[first : first + len(row)] = of_facet * _RATIO < least
        first += len(row)
    return tiers
