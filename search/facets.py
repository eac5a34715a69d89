"""Counts of facet values as a list to choose from."""

from collections.abc import Mapping
from typing import Final

from search.request import Selection
from search.results import FacetValue

# Å, Ä, Ö in this order after Z; by their code points they would be Ä, Å, Ö.
_ALPHABET: Final = str.maketrans("åäö", "{|}")


def facet_values(
    counts: Mapping[str, int], selection: Selection, size: int
) -> tuple[FacetValue, ...]:
    """Arrange counts: the `size` most frequent values first, then by name.

    Whatever is chosen or excluded is in the list too, with its count, be it 0.
    """

    def rank(value: str) -> tuple[int, str, str]:
        return -counts.get(value, 0), value.lower().translate(_ALPHABET), value

    ranked = sorted((value for value in counts if counts[value]), key=rank)
    chosen = selection.include | selection.exclude
    missing = sorted(chosen.difference(ranked[:size]), key=rank)
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
