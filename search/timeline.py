"""Counts of dates as bars over time."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.request import Interval
from search.results import Timeline, TimelineBucket

MOST_DAYS: Final = 62
MOST_MONTHS: Final = 120
"""How many bars of a kind the timeline chooses by itself before it takes a longer interval."""

EXACT_ENOUGH: Final = 0.8
"""Share of the dated articles that must have a place in the interval that it chooses."""

_DIVISORS: Final[dict[Interval, int]] = {"year": 10_000, "month": 100, "day": 1}

Ints = NDArray[np.signedinteger[Any]]


def build_timeline(civils: Ints, counts: Ints, interval: Interval | None) -> Timeline:
    """Arrange counts of Swedish calendar dates (`yyyymmdd`, 00 for unknown, 0 for undated).

    Both arrays have the shape (dates,); dates may come twice.

    >>> build_timeline(np.array([20221219, 20221200, 0]), np.array([2, 1, 1]), "month")
    Timeline(interval='month', buckets=(TimelineBucket(key='2022-12', count=3),), outside=1)
    """
    interval = interval or _choose(civils, counts)
    keys = civils // _DIVISORS[interval]
    placed = keys > 0 if interval == "year" else keys % 100 > 0
    found, bars = np.unique(keys[placed], return_inverse=True)
    sums = np.bincount(bars, counts[placed], len(found)).astype(np.int64)
    buckets = tuple(
        TimelineBucket(_text(key, interval), count)
        for key, count in zip(found.tolist(), sums.tolist(), strict=True)
        if count
    )
    return Timeline(interval, buckets, int(counts[~placed].sum()))


def _choose(civils: Ints, counts: Ints) -> Interval:
    """Take the shortest interval with few enough bars and a place for nearly all articles."""
    dated = (civils > 0) & (counts > 0)
    civils, counts = civils[dated], counts[dated]
    if not len(civils):
        return "year"
    total = int(counts.sum())
    days = int(counts[civils % 100 > 0].sum())
    months = int(counts[civils // 100 % 100 > 0].sum())
    low, high = (
        civil // 10000 * 12 + civil // 100 % 100 for civil in (int(civils.min()), int(civils.max()))
    )
    if days >= EXACT_ENOUGH * total and (high - low) * 31 <= MOST_DAYS:
        return "day"
    if months >= EXACT_ENOUGH * total and high - low <= MOST_MONTHS:
        return "month"
    return "year"


def _text(key: int, interval: Interval) -> str:
    match interval:
        case "year":
            return f"{key:02}"
        case "month":
            return f"{key // 100:02}-{key % 100:02}"
        case "day":
            return f"{key // 10000:02}-{key // 100 % 100:02}-{key % 100:02}"
