"""Counts of facet values as a list to choose from."""

from collections.abc import Mapping

from search.request import Selection
from search.results import FacetValue


def facet_values(
    counts: Mapping[str, int], selection: Selection, size: int
) -> tuple[FacetValue, ...]:
    """Arrange counts: the `size` most frequent values first, then by name.

    Whatever is chosen or excluded is in the list too, with its count, be it 0.
    """
    ranked = sorted((value for value in counts if counts[value]), key=lambda v: (-counts[v], v))
    chosen = selection.include | selection.exclude
    missing = sorted(chosen.difference(ranked[:size]), key=lambda v: (-counts.get(v, 0), v))
    return tuple(
        FacetValue(
            value,
            value,
            counts.get(value, 0),
            selected=value in selection.include,
            excluded=value in selection.exclude,
        )
        for value in (*ranked[:size], *missing)
    )
