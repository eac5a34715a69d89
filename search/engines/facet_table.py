"""Facet values of all segments under one numbering, and who has them.

Names that are one person, place or organisation are one value here, called as `search.identities`
says; what the segments hold stays as it was written.

The values are in two tiers: first of each facet those that are frequent in the whole index, then
the others; in each the most frequent come first. A page shows the ten most frequent values of what
was found. Where the tenth is more frequent there than the most frequent value of the second tier is
in the whole index, the first tier is enough: it is few values with many articles, which are counted
as sets. Who finds less goes through all the values of each article, and then through their counts
until those that are left are rarer in the whole index than the tenth in what was found.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, partial
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import FACET_FIELDS
from index.columnar.segment import ArticleSegment, LiveSegment
from search.engines.arrays import ROW_WIDTH, Array, Bits, Values
from search.engines.shown_values import CorrectedRows, ShownValues
from search.facets import FacetCounts
from search.identities import Identities
from search.leaves import Named
from search.plan import value_matches
from search.tree import Node

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


def _make_rows(size: int, dtype: np.dtype[Any]) -> Array:
    """Make so many rows, none across two lines of the caches."""
    room = np.empty(size * ROW_WIDTH * dtype.itemsize + _LINE, np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : room.size - _LINE + first].view(dtype).reshape(size, ROW_WIDTH)


class SegmentFacets:
    """Who has which value in one segment; ordinals are those of the table."""

    def __init__(
        self, segment: ArticleSegment, corrected: CorrectedRows, numbering: _Numbering, kernels: Any
    ) -> None:
        self._segment = segment
        self._corrected = corrected
        self._kernels = kernels
        self._numbering = numbering

    def values(self, dtype: np.dtype[Any]) -> Values:
        """All that the loops read; rows name values with so wide numbers."""
        ordinals = self._ordinals()
        unused = len(self._numbering.ordinals)
        documents = self._segment.documents
        rows = _make_rows(documents + self.further, dtype)
        self._kernels.lay_out_values(self._corrected.starts, ordinals, unused, rows)
        return Values(documents, self._sets(ordinals), rows, unused, *self._numbering)

    @cached_property
    def further(self) -> int:
        """How many rows there are behind those of the documents."""
        starts = self._corrected.starts.astype(np.int64)
        sizes = starts[1:] - starts[:-1]
        return int(np.maximum(-((ROW_WIDTH - sizes) // (ROW_WIDTH - 1)), 0).sum())

    def _ordinals(self) -> NDArray[np.uint32]:
        return self._corrected.row(self._segment, self._numbering.ordinals)

    def _sets(self, ordinals: NDArray[np.uint32]) -> NDArray[np.uint64]:
        """The documents with each value of the first tier: uint64[values, words]."""
        frequent = int(self._numbering.bounds[-1, 0, 1])
        sets = np.zeros((frequent, -(-self._segment.documents // 64)), np.uint64)
        pairs = self._kernels.list_values(self._corrected.starts, ordinals, 0, frequent)
        self._kernels.fill_sets(*pairs, sets)
        return sets

    @cached_property
    def _lists(self) -> tuple[Array, Array]:
        found: tuple[Array, Array] = self._kernels.invert_values(
            self._corrected.starts, self._ordinals(), len(self._numbering.ordinals)
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

    def __init__(
        self,
        segments: Sequence[LiveSegment],
        articles: int,
        kernels: Any,
        identities: Identities,
        find: Callable[[Node], Bits],
    ) -> None:
        """Take the segments, how many articles are searched, and what finds those that fit a query.

        The queries are conditions of corrections; the answer is a set over all segments.
        """
        self._kernels = kernels
        self._articles = articles
        self._identities = identities
        self._live = np.concatenate([np.zeros(0, np.uint64), *(live.live() for live in segments)])
        self._shown = shown = ShownValues(segments, identities)
        self.relabelling = shown.relabelling
        self.names = shown.names
        corrected = [
            shown.corrected(n, partial(_part, find, slice(*of)))
            for n, of in enumerate(pairwise(accumulate(map(_words, segments), initial=0)))
        ]
        counts = np.zeros(len(self.names), np.int64)
        for live, rows_of in zip(segments, corrected, strict=True):
            counts += rows_of.count_documents(live.segment, len(self.names))
        numbering = _number(counts, shown.rows)
        self._ordinals = numbering.ordinals
        # A list that has ended goes on with value 0, be there one or none.
        labels = np.array(self.names or [""], object)
        self._labels = labels[numbering.places] if self.names else labels
        self._segments = tuple(
            SegmentFacets(live.segment, rows_of, numbering, kernels)
            for live, rows_of in zip(segments, corrected, strict=True)
        )
        if segments:
            unused = len(self.names)
            further = max(segment.further for segment in self._segments)
            # Loops are compiled for one type in all segments.
            dtype = np.dtype(np.uint16 if unused + ROW_WIDTH + further <= 2**16 else np.uint32)
            self._values = [segment.values(dtype) for segment in self._segments]
            self._held = kernels.hold(self._values)
        self.set_named = lru_cache(_CACHED)(self._set_named)
        self.set_of = lru_cache(_CACHED)(self._set_of)
        self._numbers = lru_cache(_CACHED)(_facet_numbers)

    # Sets.

    def _set_of(self, facet: str, values: frozenset[str]) -> Bits:
        """The articles with any of the values; some may be of no article."""
        found = [self._shown.place(facet, value) for value in values]
        return self._holding([place for place in found if place is not None])

    def _set_named(self, node: Named) -> Bits:
        """The articles with a value that is named."""
        of_facet = range(*self._shown.bounds[FACET_FIELDS.index(node.facet)])
        return self._holding([n for n in of_facet if self._is_named(node, self.names[n])])

    def _is_named(self, node: Named, name: str) -> bool:
        names = (name, *self._shown.others(node.facet, name))
        return any(value_matches(node.query, one) for one in names)

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
            return [FacetCounts([], [], []) for _ in facets]
        found, _ = self._top(bits, self._enough(listed), facets, size)
        counted = []
        labels = self._labels[found[0]].tolist()
        for facet, names, counts in zip(facets, labels, found[1].tolist(), strict=True):
            if 0 in counts:
                last = counts.index(0)
                del names[last:], counts[last:]
            counted.append(_make_counts((self._identities.ids(facet, names), counts, names)))
        return counted

    def count(self, bits: Bits, facet: str, value: str) -> tuple[int, str]:
        """How many articles of a set have a value, and its label; `value` if none has it."""
        having = self.set_of(facet, frozenset((value,)))
        label = self.label(facet, value)
        if label is None or not self._kernels.count_bits(having & self._live):
            return 0, value
        return int(self._kernels.count_bits(bits & having)), label

    def label(self, facet: str, value: str) -> str | None:
        """What is shown for a value, an entity named by its id; None when there is none."""
        return self._shown.label(facet, value)

    def _top(self, bits: Bits, tiers: int, facets: tuple[str, ...], size: int) -> tuple[Array, int]:
        """What `top` answers when it begins with so many tiers, and with how many it ends."""
        found: tuple[Array, int] = self._kernels.top_facets(
            self._held, bits, self._numbers(facets), tiers, size
        )
        return found

    def _enough(self, listed: int) -> int:
        """How many tiers so many articles will need if names are spread evenly, with some room."""
        return 1 if listed * _RATIO >= _ROOM * self._articles else _TIERS


def _part(find: Callable[[Node], Bits], of: slice, node: Node) -> Bits:
    return find(node)[of]


def _words(live: LiveSegment) -> int:
    """How many words a set over the documents of a segment takes."""
    return -(-live.segment.documents // 64)


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
