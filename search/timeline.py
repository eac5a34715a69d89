"""Counts of dates as bars over time."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from search.request import Interval
from search.results import Timeline, TimelineBucket

MOST_DAYS: Final = 62
MOST_MONTHS: Final = 120
"""How many bars of a kind the timeline chooses by itself before it takes a longer interval."""

EXACT_ENOUGH: Final = 0.8
"""Share of the dated articles that must have a place in the interval that it chooses."""


def build_timeline(counts: Mapping[int, int], interval: Interval | None) -> Timeline:
    """Arrange counts of Swedish calendar dates (`yyyymmdd`, 00 for unknown, 0 for undated).

    >>> build_timeline({20221219: 2, 20221200: 1, 0: 1}, "month")
    Timeline(interval='month', buckets=(TimelineBucket(key='2022-12', count=3),), outside=1)
    """
    interval = interval or _choose(counts)
    bars: Counter[str] = Counter()
    outside = 0
    for civil, count in counts.items():
        if key := _key(civil, interval):
            bars[key] += count
        else:
            outside += count
    buckets = tuple(TimelineBucket(key, bars[key]) for key in sorted(bars))
    return Timeline(interval, buckets, outside)


def _choose(counts: Mapping[int, int]) -> Interval:
    """Take the shortest interval with few enough bars and a place for nearly all articles."""
    dated = [civil for civil in counts if civil]
    if not dated:
        return "year"
    total = sum(counts[civil] for civil in dated)
    days = sum(counts[civil] for civil in dated if civil % 100)
    months = sum(counts[civil] for civil in dated if civil // 100 % 100)
    low, high = (civil // 10000 * 12 + civil // 100 % 100 for civil in (min(dated), max(dated)))
    if days >= EXACT_ENOUGH * total and (high - low) * 31 <= MOST_DAYS:
        return "day"
    if months >= EXACT_ENOUGH * total and high - low <= MOST_MONTHS:
        return "month"
    return "year"


def _key(civil: int, interval: Interval) -> str:
    year, month, day = civil // 10000, civil // 100 % 100, civil % 100
    if not year or (interval != "year" and not month) or (interval == "day" and not day):
        return ""
    parts = {"year": (year,), "month": (year, month), "day": (year, month, day)}[interval]
    return "-".join(f"{part:02}" for part in parts)
