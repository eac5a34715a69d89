"""Facet values of all segments under one numbering, and who has them.

The values are in tiers: first of each facet those that are frequent in the whole index, then rarer
ones. A page shows the ten most frequent values of what was found. Where the tenth is more frequent
there than the most frequent value of the next tier is in the whole index, the first tiers are
enough: who finds much is spared most of the counting. The first tier is few values with many
articles, which are counted as sets; the next ones are rows in little memory; only who finds little
goes through all the values of each article.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.articles import FACET_FIELDS
from index.columnar.segment import ArticleSegment
from index.language.collation import sort_key
from search.engines.arrays import Array, Bits, Values
from search.plan import Named, value_matches

_CACHED: Final = 64
"""Choices and names whose articles are kept."""

_SHOWN: Final = 10
"""Values that a page shows of a facet if it asks for nothing else."""

_RATIOS: Final = (4, 32)
"""A tier ends where values are so many times rarer than the last of the _SHOWN most frequent."""

_TIERS: Final = len(_RATIOS) + 1

_ROOM: Final = 1.25
"""How much more frequent the last of the _SHOWN is thought to be than what is left out."""

_SHARE: Final = 95
"""Of a hundred articles so many have all their values of a tier in a row."""

_STEP: Final = 2
_WIDEST: Final = 32
"""Rows hold a multiple of _STEP values and at most _WIDEST: the processor counts several at once,
and what an article has less is counted in vain, in a gap behind the values of the tier."""

_FIRST_AND_NEXT: Final = np.array([0, 1])


class SegmentFacets:
    """Who has which value in one segment; ordinals are those of the table."""

    def __init__(
        self, segment: ArticleSegment, ordinals: Array, ends: Sequence[int], kernels: Any
    ) -> None:
        """Take the ordinals of the segment's values, int64[values], and where the tiers end."""
        self._kernels = kernels
        self._documents = segment.documents
        self._starts = segment.facet_starts
        self._ends = ends
        # Two bytes where they do: counting is as fast as the ordinals come from memory.
        self._ordinals = ordinals.astype(_unsigned(ends[-1]))[segment.facet_ordinals]

    def values(self) -> Values:
        """All that the loops read."""
        first, last = self._ends[0] + _WIDEST, self._ends[1]
        documents, values = self._kernels.list_values(self._starts, self._ordinals, first, last)
        sizes = np.bincount(documents, minlength=self._documents)
        width = -(-int(np.percentile(sizes, _SHARE)) // _STEP) * _STEP
        width = min(max(width, _STEP), _WIDEST)
        rows = np.empty((self._documents, width), _unsigned(last - first + _WIDEST))
        extra = self._kernels.lay_out_values(documents, values, last - first, rows)
        return Values(
            self._starts, self._ordinals, self._sets(), rows, documents[extra], values[extra]
        )

    def _sets(self) -> NDArray[np.uint64]:
        """The documents with each value of the first tier: uint64[values, words]."""
        sets = np.zeros((self._ends[0], -(-self._documents // 64)), np.uint64)
        pairs = self._kernels.list_values(self._starts, self._ordinals, 0, len(sets))
        self._kernels.fill_sets(*pairs, sets)
        return sets

    @cached_property
    def _lists(self) -> tuple[Array, Array]:
        found: tuple[Array, Array] = self._kernels.invert_values(
            self._starts, self._ordinals, self._ends[-1]
        )
        return found

    def holding(self, ordinals: NDArray[np.int64]) -> Bits:
        """The documents with any of the values."""
        starts, documents = self._lists
        bits = np.zeros(-(-self._documents // 64), np.uint64)
        bounds = starts[np.add.outer(ordinals, _FIRST_AND_NEXT)].astype(np.int64)
        self._kernels.mark_lists(bounds, documents, bits)
        return bits


class FacetTable:
    """All values: an ordinal is a place in `names`, by tier, then by facet, then å behind z."""

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
        facets = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        tiers = _tiers(counts, rows)
        sizes = np.zeros((_TIERS, len(rows)), np.int64)
        np.add.at(sizes, (tiers, facets), 1)
        gaps = _WIDEST * np.arange(_TIERS)
        ends = np.cumsum(sizes).reshape(sizes.shape) + gaps[:, None]
        self._bounds = np.ascontiguousarray(np.stack((ends - sizes, ends), 2).transpose(1, 0, 2))
        # Alphabetic places by ordinal, and the other way round; gaps have none.
        order = np.lexsort((facets, tiers))
        ordinals = np.empty(len(order), np.int64)
        ordinals[order] = np.arange(len(order)) + gaps[tiers[order]]
        self._ordinals = ordinals
        self._places = np.full(ends[-1, -1], -1, np.int64)
        self._places[ordinals] = np.arange(len(ordinals))
        names = [*chain.from_iterable(rows), ""]
        self.names = list(map(names.__getitem__, self._places.tolist()))
        # How often a value of a tier, or of one behind it, is there at most.
        self._most = np.zeros((len(rows), _TIERS + 1), np.int64)
        np.maximum.at(self._most, (facets, tiers), counts)
        self._most = np.maximum.accumulate(self._most[:, ::-1], axis=1)[:, ::-1]
        self._segments = tuple(
            SegmentFacets(segment, ordinals[of_segment], ends[:, -1].tolist(), kernels)
            for segment, of_segment in zip(segments, places, strict=True)
        )
        self._ends = np.ascontiguousarray(ends[:, -1])
        if segments:
            self._held = kernels.hold([segment.values() for segment in self._segments])
        self.set_named = lru_cache(_CACHED)(self._set_named)
        self.set_of = lru_cache(_CACHED)(self._set_of)
        self._asked = lru_cache(_CACHED)(self._find_asked)

    # Sets.

    def _set_of(self, facet: str, values: frozenset[str]) -> Bits:
        """The articles with any of the values; some may be of no article."""
        found = [self._ordinal(facet, value) for value in values]
        return self._holding(ordinal for ordinal in found if ordinal is not None)

    def _set_named(self, node: Named) -> Bits:
        """The articles with a value that is named."""
        names = self.names
        bounds = self._bounds[FACET_FIELDS.index(node.facet)].tolist()
        of_facet = chain.from_iterable(range(*of_tier) for of_tier in bounds)
        return self._holding(n for n in of_facet if value_matches(node.query, names[n]))

    def _ordinal(self, facet: str, value: str) -> int | None:
        names = self.names
        for first, last in self._bounds[FACET_FIELDS.index(facet)].tolist():
            at = bisect_left(names, sort_key(value), first, last, key=sort_key)
            if at < last and names[at] == value:
                return at
        return None

    def _holding(self, ordinals: Iterable[int]) -> Bits:
        wanted = np.fromiter(ordinals, np.int64)
        sets = [segment.holding(wanted) for segment in self._segments]
        return np.concatenate([np.zeros(0, np.uint64), *sets])

    # Counts.

    def top(
        self, bits: Bits, listed: int, facets: tuple[str, ...], size: int
    ) -> list[tuple[list[str], list[int]]]:
        """The most frequent values of each facet in a set of so many articles, and their counts.

        Equals come by the alphabet; what counts 0 is left out.
        """
        if not self._segments:
            return [([], [])] * len(facets)
        found, numbers, sizes, _ = self._top(bits, self._enough(listed), facets, size)
        name = self.names.__getitem__
        return [
            (list(map(name, row[:kept])), counted[:kept])
            for row, counted, kept in zip(
                found.tolist(), numbers.tolist(), sizes.tolist(), strict=True
            )
        ]

    def count(self, bits: Bits, facet: str, value: str) -> int:
        """How many articles of a set have a value."""
        return int(self._kernels.count_bits(bits & self.set_of(facet, frozenset((value,)))))

    def _top(
        self, bits: Bits, tiers: int, facets: tuple[str, ...], size: int
    ) -> tuple[Array, Array, Array, int]:
        """What `top` answers when it begins with so many tiers, and with how many it ends."""
        bounds, most = self._asked(facets)
        found: tuple[Array, Array, Array, int] = self._kernels.top_facets(
            self._held, bits, self._ends, _WIDEST, bounds, most, self._places, self._ordinals,
            tiers, size,
        )  # fmt: skip
        return found

    def _find_asked(self, facets: tuple[str, ...]) -> tuple[Array, Array]:
        numbers = [FACET_FIELDS.index(facet) for facet in facets]
        return self._bounds[numbers], np.ascontiguousarray(self._most[numbers].T)

    def _enough(self, listed: int) -> int:
        """How many tiers so many articles will need if names are spread evenly, with some room."""
        wanted = _ROOM * self._articles
        return next((n for n, ratio in enumerate(_RATIOS, 1) if listed * ratio >= wanted), _TIERS)


def _unsigned(values: int) -> type[np.unsignedinteger[Any]]:
    """The smaller of two types that tells so many values apart: loops are compiled for each."""
    return np.uint16 if values <= 2**16 else np.uint32


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
        for ratio in _RATIOS:
            tiers[first : first + len(row)] += of_facet * ratio < least
        first += len(row)
    return tiers
