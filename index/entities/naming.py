"""The features of each piece by name: what learning sees and what an explanation shows.

`kernels.emissions` sums the weights of the same features without their names.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.entities import kernels
from index.entities.features import BOUNDARY, slots_of
from index.entities.marks import MARKS
from index.entities.vocabulary import Cut

TEMPLATES: Final = (
    *("class", "class before", "class behind", "classes around"),
    *("before run", "behind run", "last of run", "first of run", "run"),
)
"""Names of the features of several classes, in the order of their numbers in `kernels`."""

OPENING: Final = ("", "^")
"""How a class feature says whether its word opens a sentence."""

MARK_OFFSETS: Final = ("mark before", "mark", "mark behind")
"""Names of the features of marks: of the piece before, the piece itself and the piece behind."""

_NEAR: Final = ((-2, "w-2"), (-1, "w-1"), (0, "w"), (1, "w+1"), (2, "w+2"))
_LONGEST: Final = 4
_FAR: Final = 3


def sentences(begins: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The first piece of each sentence and the one behind its last."""
    return list(pairwise([*np.flatnonzero(begins).tolist(), len(begins)]))


def named_features(
    cut: Cut,
    marks: NDArray[np.int8],
    traits: Callable[[str], list[str]],
    word_class: Callable[[str], str],
) -> list[list[str]]:
    """The names of the features of each piece, which are parted by tabs."""
    words = [cut.word(i) for i in range(len(cut))]
    named: list[list[str]] = []
    for begin, end in sentences(cut.begins):
        topics = _topics(cut.flags, begin, end)

        def word_at(i: int, begin: int = begin, end: int = end) -> str:
            return words[i] if begin <= i < end else BOUNDARY

        for i in range(begin, end):
            names: list[str] = []

            def add(slot: str, word: str, names: list[str] = names) -> None:
                names += [f"{slot}\t{trait}" for trait in traits(word) if slot in slots_of(trait)]

            for offset, slot in _NEAR:
                add(slot, word_at(i + offset))
            for offset, name in enumerate(MARK_OFFSETS, start=i - 1):
                if begin <= offset < end and marks[offset]:
                    names.append(f"{name}\t{MARKS[marks[offset]]}")
            if cut.flags[i] & kernels.CAPITAL:
                first, last = int(cut.first[i]), int(cut.last[i])
                before, behind = word_at(first - 1), word_at(last + 1)
                add("before", before)
                add("behind", behind)
                names.append(f"length\t{min(_LONGEST, last - first + 1)}")
                names.append(f"place\t{min(_FAR, i - first)}\t{min(_FAR, last - i)}")
                if cut.opens[i]:
                    add("opens", words[i])
                for topic in topics:
                    add(topic, words[i])
                if i != first:
                    add("first", words[first])
                if i != last:
                    add("last", words[last])
                around = [word_class(word_at(j)) for j in (i - 1, i, i + 1)]
                run = [word_class(word) for word in words[first : last + 1]]
                outer = word_class(before), word_class(behind)
                names += _class_features(around, run, outer, i - first, OPENING[int(cut.opens[i])])
            named.append(names)
    return named


def _class_features(
    around: list[str], run: list[str], outer: tuple[str, str], place: int, opening: str
) -> list[str]:
    left, here, right = around
    parts: list[tuple[str, ...]] = [
        (TEMPLATES[kernels.CLASS], opening, here),
        (TEMPLATES[kernels.BEFORE], opening, left, here),
        (TEMPLATES[kernels.BEHIND], opening, here, right),
        (TEMPLATES[kernels.AROUND], left, here, right),
    ]
    if len(run) > 1:
        before, behind = outer
        parts += [
            (TEMPLATES[kernels.RUN], before, *run[: kernels.RUN_CLASSES], str(place)),
            (TEMPLATES[kernels.RUN_BEFORE], before, here),
            (TEMPLATES[kernels.RUN_BEHIND], here, behind),
            (TEMPLATES[kernels.RUN_LAST], here, run[-1]),
            (TEMPLATES[kernels.RUN_FIRST], run[0], here),
        ]
    return ["\t".join(part) for part in parts]


def _topics(flags: NDArray[np.int32], begin: int, end: int) -> list[str]:
    """What the sentence is of, as the names of slots."""
    here = flags[begin:end].tolist()
    sport = sum(flag & kernels.SPORT != 0 for flag in here)
    numbers = zip(here, here[1:], here[2:], strict=False)
    has_score = any(flag & kernels.SCORE for flag in here) or any(
        a & kernels.SHORT_NUMBER and b & kernels.DASH and c & kernels.SHORT_NUMBER
        for a, b, c in numbers
    )
    sport += 2 * has_score
    topics = ["sport" if sport == 1 else "sports"] if sport else []
    if any(flag & kernels.BUSINESS for flag in here):
        topics.append("business")
    return topics
