"""Counts of facet values as a list to choose from."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, NamedTuple

from index.language.collation import sort_key
from search.request import Selection
from search.results import FacetValue

# What `FacetValue(*fields)` does, without its Python: a page has fifty of them.
_make = partial(tuple.__new__, FacetValue)
_NONE_CHOSEN: Final = Selection()


class FacetCounts(NamedTuple):
    """Values of a facet, how many articles have each, and how each is shown."""

    values: list[str]
    counts: list[int]
    labels: list[str]


def most_frequent(
    counts: Mapping[str, int], size: int, label: Callable[[str], str] = str
) -> FacetCounts:
    """The `size` most frequent values, equals by the Swedish alphabet of their labels."""
    counted = ((value, count, label(value)) for value, count in counts.items() if count)
    ranked = sorted(counted, key=lambda one: (-one[1], sort_key(one[2])))[:size]
    return FacetCounts(*map(list, zip(*ranked, strict=True))) if ranked else FacetCounts([], [], [])


def with_chosen(
    counted: FacetCounts, selection: Selection, count: Callable[[str], tuple[int, str]]
) -> FacetCounts:
    """Add whatever is chosen or excluded and not there, behind the others in the same order.

    `count` tells how many articles have it, be it 0, and how it is shown.
    """
    absent = (selection.include | selection.exclude).difference(counted.values)
    found = [(value, *count(value)) for value in absent]
    found.sort(key=lambda one: (-one[1], sort_key(one[2]), one[0]))
    return FacetCounts(
        counted.values + [value for value, _, _ in found],
        counted.counts + [number for _, number, _ in found],
        counted.labels + [label for _, _, label in found],
    )


def facet_values(
    counted: FacetCounts, selection: Selection | None = None
) -> tuple[FacetValue, ...]:
    """Make a list of values, and mark what is chosen or excluded."""
    include, exclude = (selection or _NONE_CHOSEN).include, (selection or _NONE_CHOSEN).exclude
    values, counts, labels = counted
    is_chosen, is_excluded = map(include.__contains__, values), map(exclude.__contains__, values)
    return tuple(map(_make, zip(values, labels, counts, is_chosen, is_excluded, strict=True)))
