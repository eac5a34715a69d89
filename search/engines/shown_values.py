"""Facet values as the segments have them written, and as they are shown.

Of persons, places and organisations several that are written may be one that is shown, and one that
is written may be another in some articles, or none (`search.identities`). The segments stay as they
are: their rows of values are corrected when an index is opened.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.articles import ENTITY_FIELDS, FACET_FIELDS
from index.columnar.segment import ArticleSegment, LiveSegment
from index.identity import id_key
from index.language.collation import sort_key
from search.corrections import Entity
from search.engines.arrays import Array, Bits
from search.identities import Identities, Value
from search.tree import Everything, Node

_NO_PLACES = np.zeros(0, np.int64)


class CorrectedRows(NamedTuple):
    """Who has which of the values that are shown, in one segment.

    `starts` is uint32[documents + 1]: where in the row of values each document begins. `numbers` is
    int64[values of the segment]: which each is, -1 for none. In the row of the segment those at the
    places `patched` are `patches` instead, and those at `dropped` are gone.
    """

    starts: Array
    numbers: NDArray[np.int64]
    patched: NDArray[np.int64]
    patches: NDArray[np.int64]
    dropped: NDArray[np.int64]

    def count_documents(self, segment: ArticleSegment, values: int) -> NDArray[np.int64]:
        """How many documents have each of the values that are shown, deleted or not."""
        ordinals = segment.facet_ordinals
        counts = np.zeros(values + 1, np.int64)  # -1, which is none of them, counts in the last
        np.add.at(counts, self.numbers, np.bincount(ordinals, minlength=len(self.numbers)))
        np.subtract.at(counts, self.numbers[ordinals[self.dropped]], 1)
        np.subtract.at(counts, self.numbers[ordinals[self.patched]], 1)
        np.add.at(counts, self.patches, 1)
        return counts[:-1]

    def row(self, segment: ArticleSegment, called: NDArray[np.int64]) -> NDArray[np.uint32]:
        """The row of the segment, in which each value is what it is `called`: uint32[entries]."""
        called = np.append(called, 0).astype(np.uint32)  # -1 is none of them
        row = called[self.numbers][segment.facet_ordinals]
        row[self.patched] = called[self.patches]
        return np.delete(row, self.dropped) if len(self.dropped) else row


class ShownValues:
    """The values of all segments, what is shown in their place, and where.

    `rows` has what is shown by facet and alphabet, å behind z, `names` all of them in a row;
    `bounds` says where in that each facet begins and ends.
    """

    def __init__(self, segments: Sequence[LiveSegment], identities: Identities) -> None:
        self._segments = segments
        self._identities = identities
        found = [_read_values(live.segment) for live in segments]
        written = [_merge([values[kind] for values in found]) for kind in range(len(FACET_FIELDS))]
        self._written = list(chain.from_iterable(written))
        self._written_bounds = _bounds(written)
        self._places = [_places(values, written) for values in found]
        self.relabelling = identities.relabel(self._concerned())
        self.rows: list[list[str]] = []
        self._numbers = _NO_PLACES
        self._touched: list[int] = []
        """The places of what is written of which one that is shown has several."""
        self._conditional: dict[int, list[tuple[Node, int]]] = {}
        """What is written at a place and shown as that number in articles that fit a condition."""
        self._show(written)
        self.names = list(chain.from_iterable(self.rows))
        self.bounds = _bounds(self.rows)
        self._follow()

    def corrected(self, number: int, find: Callable[[Node], Bits]) -> CorrectedRows:
        """Correct the rows of a segment; `find` finds its documents that fit a condition."""
        segment, places = self._segments[number].segment, self._places[number]
        numbers = self._numbers[places]
        is_touched = np.zeros(len(self._written), np.bool_)
        is_touched[self._touched] = True
        entries, documents, values = _entries(segment, is_touched[places])
        usual = numbers[values]
        shown = usual.copy()
        for place, fates in self._conditional.items():
            own = np.flatnonzero(places[values] == place)
            for condition, becomes in reversed(fates) if len(own) else ():
                shown[own[_are_in(find(condition), documents[own])]] = becomes
        is_kept = np.zeros(len(entries), np.bool_)
        pairs = documents * (len(self.names) + 1) + shown
        is_kept[np.unique(pairs, return_index=True)[1]] = True
        is_kept &= shown >= 0
        is_patched = is_kept & (shown != usual)
        gone = np.bincount(documents[~is_kept], minlength=segment.documents)
        starts = segment.facet_starts.copy()
        starts[1:] -= np.cumsum(gone).astype(starts.dtype)
        return CorrectedRows(
            starts, numbers, entries[is_patched], shown[is_patched], entries[~is_kept]
        )

    def place(self, facet: str, value: str) -> int | None:
        """Where a value stands in `names`, an entity named by its id; None when there is none."""
        if facet not in ENTITY_FIELDS:
            return _find(self.names, self.bounds[FACET_FIELDS.index(facet)], value)
        entity = Entity(facet, value)
        if entity in self.relabelling.entities:
            shown = self.relabelling.entities[entity]
            return None if shown is None else self._place(shown)
        key = np.uint64(id_key(value))
        kind = FACET_FIELDS.index(facet)
        keys, order = self._sorted_keys[kind]
        at = int(np.searchsorted(keys, key))
        if at == len(keys) or keys[at] != key:
            return None
        return int(self._numbers[self._written_bounds[kind][0] + order[at]])

    def label(self, facet: str, value: str) -> str | None:
        """What is shown for a value, an entity named by its id; None when there is none."""
        place = self.place(facet, value)
        return None if place is None or place < 0 else self.names[place]

    def others(self, facet: str, name: str) -> tuple[str, ...]:
        """What else something that is shown was written as."""
        return self.relabelling.spellings.get((facet, name), ())

    # How it is made.

    @cached_property
    def _keys(self) -> NDArray[np.uint64]:
        """The keys of the ids of what is written, and of their last words: uint64[entities, 2]."""
        keys = np.zeros((self._written_bounds[len(ENTITY_FIELDS) - 1][1], 2), np.uint64)
        for live, places in zip(self._segments, self._places, strict=True):
            of_segment = live.segment.entity_keys
            keys[places[: len(of_segment)]] = of_segment
        return keys

    @cached_property
    def _sorted_keys(self) -> list[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
        """By kind of entity the keys in order, and the places in their facet that these have."""
        found = []
        for first, last in self._written_bounds[: len(ENTITY_FIELDS)]:
            keys = self._keys[first:last, 0]
            order = np.argsort(keys)
            found.append((keys[order], order))
        return found

    def _concerned(self) -> dict[Value, int]:
        """What `Identities.relabel` must know: values, and how many articles have each."""
        is_concerned = np.zeros(len(self._written), np.bool_)
        for facet, (first, last) in zip(ENTITY_FIELDS, self._written_bounds, strict=False):
            keys, last_words = self._keys[first:last].T
            ordered = np.sort(keys)
            known = np.union1d(
                ordered[1:][ordered[1:] == ordered[:-1]], self._identities.concerned(facet)
            )
            is_concerned[first:last] = _are_among(keys, known)
            if facet == "persons":
                families = self._identities.concerned_families
                is_concerned[first:last] |= _are_among(last_words, families)
        counts = np.zeros(len(self._written), np.int64)
        for live, places in zip(self._segments, self._places, strict=True):
            _, documents, values = _entries(live.segment, is_concerned[places])
            is_live = _are_in(live.live(), documents)
            counts += np.bincount(places[values[is_live]], minlength=len(counts))
        return {
            (self._facet(place), self._written[place]): counts.item(place)
            for place in np.flatnonzero(is_concerned).tolist()
        }

    def _facet(self, place: int) -> str:
        return FACET_FIELDS[
            next(n for n, (_, last) in enumerate(self._written_bounds) if place < last)
        ]

    def _show(self, written: list[list[str]]) -> None:
        """List what is shown, and number by that what is written."""
        shown: dict[str, list[str]] = {facet: [] for facet in FACET_FIELDS}
        for facet, name in self.relabelling.spellings:
            shown[facet].append(name)
        kept_numbers, first = [], 0
        for facet, row in zip(FACET_FIELDS, written, strict=True):
            fates = self.relabelling.fates.get(facet, {})
            places = (_find(row, (0, len(row)), name) for name in fates.keys() - shown[facet])
            gone = np.array([place for place in places if place is not None], np.int64)
            is_kept = np.ones(len(row), np.bool_)
            is_kept[gone] = False
            kept = list(compress(row, is_kept.tolist())) if len(gone) else row
            new = [n for n in shown[facet] if _find(row, (0, len(row)), n) is None]
            new.sort(key=sort_key)
            ats = [bisect_left(kept, sort_key(name), key=sort_key) for name in new]
            self.rows.append(_insert(kept, ats, new))
            numbers = np.cumsum(is_kept) - 1
            numbers += first + np.searchsorted(np.array(ats, np.int64), numbers, "right")
            kept_numbers.append(numbers)
            first += len(self.rows[-1])
        self._numbers = np.concatenate([_NO_PLACES, *kept_numbers])

    def _follow(self) -> None:
        """Number what is written and shown as something else, or not always."""
        shown_as = set[Value]()
        for facet, fates in self.relabelling.fates.items():
            bounds = self._written_bounds[FACET_FIELDS.index(facet)]
            for name, of_name in fates.items():
                place = _find(self._written, bounds, name)
                assert place is not None
                numbered = [
                    (condition, -1 if shown is None else self._place(shown))
                    for condition, shown in of_name
                ]
                certain = [isinstance(condition, Everything) for condition, _ in numbered].index(
                    True
                )
                self._numbers[place] = numbered[certain][1]
                self._touched.append(place)
                if certain:
                    self._conditional[place] = numbered[:certain]
                shown_as.update(shown for _, shown in of_name if shown)
        for facet, name in shown_as:
            place = _find(self._written, self._written_bounds[FACET_FIELDS.index(facet)], name)
            if place is not None:
                self._touched.append(place)

    def _place(self, shown: Value) -> int:
        place = _find(self.names, self.bounds[FACET_FIELDS.index(shown[0])], shown[1])
        assert place is not None
        return place


def _entries(
    segment: ArticleSegment, is_wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Where in a segment's row of values those stand that are wanted, in which document, and which.

    `is_wanted` is bool[values of the segment]; the answers are int64[entries].
    """
    ordinals = segment.facet_ordinals
    entries = np.flatnonzero(is_wanted[ordinals]) if is_wanted.any() else _NO_PLACES
    documents = np.searchsorted(segment.facet_starts, entries, "right") - 1
    return entries, documents, ordinals[entries].astype(np.int64)


def _are_in(bits: Bits, documents: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which documents are in a set."""
    of_word = bits[documents >> 6] >> (documents & 63).astype(np.uint64)
    return np.asarray(of_word & np.uint64(1) == 1)


def _are_among(keys: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which keys are known; `known` is ascending."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    places = np.searchsorted(known, keys)
    return np.asarray(known[np.minimum(places, len(known) - 1)] == keys)


def _find(names: Sequence[str], bounds: tuple[int, int], name: str) -> int | None:
    """The place of a name in the part of a row from one place to another, which is in order."""
    first, last = bounds
    at = bisect_left(names, sort_key(name), first, last, key=sort_key)
    return at if at < last and names[at] == name else None


def _insert(row: list[str], ats: Sequence[int], new: Sequence[str]) -> list[str]:
    """Put names into a row, each before what stands at a place of it; ascending places."""
    if not new:
        return row
    parts = [row[first:last] for first, last in pairwise((0, *ats, len(row)))]
    joined = [one for part, name in zip(parts[:-1], new, strict=True) for one in (*part, name)]
    return joined + parts[-1]


def _bounds(rows: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    return list(pairwise(accumulate(map(len, rows), initial=0)))


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
