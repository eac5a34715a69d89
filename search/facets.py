"""Counts of facet values as a list to choose from."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import repeat

from index.language.collation import sort_key
from search.request import Selection
from search.results import FacetValue

# What `FacetValue(*fields)` does, without its Python: a page has fifty of them.
_make = partial(tuple.__new__, FacetValue)


def most_frequent(counts: Mapping[str, int], size: int) -> tuple[list[str], list[int]]:
    """The `size` most frequent values, equals by the Swedish alphabet, and their counts."""
    values = sorted((v for v in counts if counts[v]), key=lambda v: (-counts[v], sort_key(v)))
    return values[:size], [counts[value] for value in values[:size]]


def facet_values(values: Sequence[str], counts: Sequence[int]) -> tuple[FacetValue, ...]:
    """Make a list of values in order, as `most_frequent` gives them, of which none is chosen."""
    return tuple(
        map(_make, zip(values, values, counts, repeat(False), repeat(False), strict=False))
    )


def chosen_values(
    values: Sequence[str],
    counts: Sequence[int],
    selection: Selection,
    count: Callable[[str], int],
) -> tuple[FacetValue, ...]:
    """Make a list of values as `facet_values` does, and mark whatever is chosen or excluded.

    That is in the list too, behind the others in the same order; its `count` is asked for, be it 0.
    """
    listed = list(zip(values, counts, strict=True))
    missing = [(v, count(v)) for v in (selection.include | selection.exclude).difference(values)]
    listed += sorted(missing, key=lambda counted: (-counted[1], sort_key(counted[0])))
    return tuple(
        FacetValue(value, value, n, value in selection.include, value in selection.exclude)
        for value, n in listed
    )
