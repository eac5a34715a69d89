"""Counts of dates as bars over time."""

from functools import cache
from typing import Any, Final, NamedTuple

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


class _Bars(NamedTuple):
    """The bars that dates may have: their keys, and which each date has, one more for none."""

    keys: tuple[str, ...]
    of_dates: Ints


class Calendar:
    """The dates that articles have, to be counted again and again.

    >>> calendar = Calendar(np.array([0, 20221200, 20221219]))
    >>> calendar.timeline(np.array([1, 1, 2]), "month")
    Timeline(interval='month', buckets=(TimelineBucket(key='2022-12', count=3),), outside=1)
    """

    def __init__(self, dates: Ints) -> None:
        """Take Swedish calendar dates, ascending: `yyyymmdd`, 00 for unknown, 0 for undated."""
        self.size = len(dates)
        self._dates = dates
        self._with_month = dates // 100 % 100 > 0
        self._with_day = dates % 100 > 0
        self._bars = cache(self._arrange)

    def timeline(self, counts: Ints, interval: Interval | None) -> Timeline:
        """Make bars of how many articles have each date, integers[dates]."""
        interval = interval or self._choose(counts)
        bars = self._bars(interval)
        sums = np.bincount(bars.of_dates, counts, len(bars.keys) + 1).astype(np.int64).tolist()
        outside = sums.pop()
        pairs = zip(bars.keys, sums, strict=True)
        buckets = tuple([TimelineBucket(key, count) for key, count in pairs if count])
        return Timeline(interval, buckets, outside)

    def _arrange(self, interval: Interval) -> _Bars:
        keys = self._dates // _DIVISORS[interval]
        placed = keys > 0 if interval == "year" else keys % 100 > 0
        found, bars = np.unique(keys[placed], return_inverse=True)
        of_dates = np.full(len(keys), len(found), np.int64)
        of_dates[placed] = bars
        return _Bars(tuple(_text(key, interval) for key in found.tolist()), of_dates)

    def _choose(self, counts: Ints) -> Interval:
        """Take the shortest interval with few enough bars and a place for nearly all articles."""
        first = int(np.searchsorted(self._dates, 1))
        dated = np.flatnonzero(counts[first:])
        if not len(dated):
            return "year"
        total = int(counts[first:].sum())
        days = int(counts @ self._with_day)
        months = int(counts @ self._with_month)
        low, high = (
            civil // 10000 * 12 + civil // 100 % 100
            for civil in self._dates[first + dated[[0, -1]]].tolist()
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
