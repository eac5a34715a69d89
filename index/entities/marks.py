"""What the rules say of the pieces that their finds cover: the model weighs it with the rest."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.entities.reading import Found
from index.entities.vocabulary import Cut

PLACES_IN_FIND: Final = ("alone", "begins", "inside", "ends")
_SORTS: Final = (
    *("sure person", "sure place", "sure organisation", "sure nothing"),
    *("person", "place", "organisation", "something"),
)
MARKS: Final = ("", *(f"{sort} {place}" for sort in _SORTS for place in PLACES_IN_FIND))
"""What may stand in the array of marks, by its number."""

_FIRST_MARK: Final = {sort: 1 + number * len(PLACES_IN_FIND) for number, sort in enumerate(_SORTS)}


def rule_marks(cut: Cut, finds: Sequence[Found]) -> NDArray[np.int8]:
    """The mark of each piece, int8[pieces]; the finds are in order, and of two the first has it."""
    marks = np.zeros(len(cut), np.int8)
    if not finds:
        return marks
    firsts = np.searchsorted(cut.ends, [found.start for found in finds], "right")
    behinds = np.searchsorted(cut.starts, [found.end for found in finds], "left")
    done = 0
    for found, first, behind in zip(finds, firsts.tolist(), behinds.tolist(), strict=True):
        first, done = max(first, done), behind
        if not found.name:
            sort = "sure nothing"
        elif found.kind is None:
            sort = "something"
        else:
            sort = f"sure {found.kind}" if found.is_sure else found.kind
        number = _FIRST_MARK[sort]
        if behind - first == 1:
            marks[first] = number
        elif behind > first:
            marks[first:behind] = number + 2
            marks[first], marks[behind - 1] = number + 1, number + 3
    return marks
