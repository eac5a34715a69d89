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
    """Values of a facet and how many articles have each."""

    values: list[str]
    counts: list[int]


def most_frequent(counts: Mapping[str, int], size: int) -> FacetCounts:
    """The `size` most frequent values, equals by the Swedish alphabet, and their counts."""
    values = sorted((v for v in counts if counts[v]), key=lambda v: (-counts[v], sort_key(v)))
    return FacetCounts(values[:size], [counts[value] for value in values[:size]])


def with_chosen(
    counted: FacetCounts, selection: Selection, count: Callable[[str], int]
) -> FacetCounts:
    """Add whatever is chosen or excluded and not there, behind the others in the same order.

    How many articles have it is asked for, be it 0.
    """
    absent = (selection.include | selection.exclude).difference(counted.values)
    counts = {value: count(value) for value in absent}
    values = sorted(counts, key=lambda value: (-counts[value], sort_key(value)))
    return FacetCounts(
        counted.values + values, counted.counts + [counts[value] for value in values]
    )


def facet_values(
    counted: FacetCounts, selection: Selection | None = None
) -> tuple[FacetValue, ...]:
    """Make a list of values, and mark what is chosen or excluded."""
    include, exclude = (selection or _NONE_CHOSEN).include, (selection or _NONE_CHOSEN).exclude
    values, counts = counted
    is_chosen, is_excluded = map(include.__contains__, values), map(exclude.__contains__, values)
    return tuple(map(_make, zip(values, values, counts, is_chosen, is_excluded, strict=True)))
