"""Counts of facet values as a list to choose from."""

from collections.abc import Callable, Iterable, Mapping

from index.language.collation import sort_key
from search.request import Selection
from search.results import FacetValue


def most_frequent(counts: Mapping[str, int], size: int) -> list[tuple[str, int]]:
    """List the `size` most frequent values with their counts, equals by the Swedish alphabet."""
    return sorted(((value, n) for value, n in counts.items() if n), key=_rank)[:size]


def facet_values(
    ranked: Iterable[tuple[str, int]], selection: Selection, count: Callable[[str], int]
) -> tuple[FacetValue, ...]:
    """Make a list of values that are in order already, as `most_frequent` gives them.

    Whatever is chosen or excluded is in the list too, behind the others in the same order; its
    `count` is asked for, be it 0.
    """
    chosen = selection.include | selection.exclude
    if not chosen:
        return tuple([FacetValue(value, value, n) for value, n in ranked])
    listed = list(ranked)
    missing = chosen.difference(value for value, _ in listed)
    listed += sorted(((value, count(value)) for value in missing), key=_rank)
    return tuple(
        FacetValue(value, value, n, value in selection.include, value in selection.exclude)
        for value, n in listed
    )


def _rank(counted: tuple[str, int]) -> tuple[int, tuple[str, str]]:
    value, count = counted
    return -count, sort_key(value)
