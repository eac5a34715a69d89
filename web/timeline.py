"""The bars of the timeline, where each leads, and the way back from a period."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from index.dates import STOCKHOLM, PartialDate
from search.request import DateFilter, Interval, SearchRequest
from search.results import Timeline
from web.links import with_dates
from web.swedish import MONTHS, day, machine_date, period

MAX_BARS: Final = 130
"""Bars of one chart: ten years of months or four months of days; on a phone about 2.6 px each."""

_KEY_LENGTH: Final[dict[Interval, int]] = {"year": 4, "month": 7, "day": 10}
_COARSER: Final[dict[Interval, Interval]] = {"day": "month", "month": "year"}
_FINER: Final[dict[Interval, Interval]] = {"year": "month", "month": "day", "day": "day"}
_FEW: Final = 12
"""Up to so many bars each has its label below."""

_LEAST_HEIGHT: Final = 3
"""Percent of the highest bar that one article is shown with at least, so that it can be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One period. `height` is percent of the highest bar, `tick` what stands below or nothing."""

    label: str
    tick: str
    count: int
    height: float
    request: SearchRequest


@dataclass(frozen=True, slots=True)
class Crumb:
    """A period around the chosen one; no request where it is the chosen one itself."""

    label: str
    request: SearchRequest | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A timeline to draw, with empty periods between the others, oldest first.

    `span` says in words from when to when, `highest` is the count of the highest bar. `earlier`
    is one more bar, not drawn, of all that lies before the others.
    """

    interval: Interval
    bars: tuple[Bar, ...]
    crumbs: tuple[Crumb, ...]
    span: str
    highest: int
    outside: int
    earlier: Bar | None


def draw(timeline: Timeline, request: SearchRequest) -> Chart:
    """Lay out a timeline, over the whole of a chosen period that has a beginning and an end.

    One with too many bars is drawn in months or years instead.
    """
    interval, counts = timeline.interval, {b.key: b.count for b in timeline.buckets}
    chosen = _chosen_days(request.dates)
    span = _span(counts, interval, chosen)
    while len(span) > MAX_BARS and interval in _COARSER:
        interval = _COARSER[interval]
        counts = _sum_up(counts, _KEY_LENGTH[interval])
        span = _span(counts, interval, chosen)
    if len(span) > MAX_BARS:
        span = _span(counts, interval)
    # A single bar says nothing.
    keys = [_key(number, interval) for number in span[-MAX_BARS:]] if len(span) > 1 else []
    highest = max((counts.get(key, 0) for key in keys), default=0)
    bars = (
        Bar(
            label=day(PartialDate.parse(key)),
            tick=tick,
            count=counts.get(key, 0),
            height=_height(counts.get(key, 0), highest),
            request=narrow(request, key, interval),
        )
        for key, tick in zip(keys, _ticks(keys, interval), strict=True)
    )
    words = period(PartialDate.parse(keys[0]), PartialDate.parse(keys[-1])) if keys else ""
    return Chart(
        interval=interval,
        bars=tuple(bars),
        crumbs=_crumbs(request),
        span=words,
        highest=highest,
        outside=timeline.outside,
        earlier=_earlier(counts, keys, request),
    )


def narrow(request: SearchRequest, key: str, interval: Interval) -> SearchRequest:
    """Ask for one period only, shown in the next finer interval."""
    moment = PartialDate.parse(key)
    return replace(with_dates(request, DateFilter(moment, moment)), interval=_FINER[interval])


def _earlier(counts: dict[str, int], keys: list[str], request: SearchRequest) -> Bar | None:
    """Sum up the years before the first key; shorter intervals leave nothing out."""
    count = sum(counts[key] for key in counts if keys and key < keys[0])
    if not count:
        return None
    last = PartialDate.parse(f"{int(keys[0]) - 1:04}")
    narrowed = with_dates(request, DateFilter(request.dates.first, last))
    return Bar(f"före {keys[0]}", "", count, 0.0, narrowed)


def _chosen_days(dates: DateFilter) -> tuple[str, ...]:
    """Find the first and last day of a period that has both."""
    if dates.start is None or dates.end is None:
        return ()
    moments = (datetime.fromtimestamp(second, UTC) for second in (dates.start, dates.end - 1))
    return tuple(moment.astimezone(STOCKHOLM).date().isoformat() for moment in moments)


def _height(count: int, highest: int) -> float:
    return round(max(100 * count / highest, _LEAST_HEIGHT), 1) if count else 0.0


def _sum_up(counts: dict[str, int], length: int) -> dict[str, int]:
    total: Counter[str] = Counter()
    for key, count in counts.items():
        total[key[:length]] += count
    return total


def _span(counts: dict[str, int], interval: Interval, days: tuple[str, ...] = ()) -> range:
    """Number the periods from the first to the last that has articles or one of the days."""
    if not counts:
        return range(0)
    keys = (*counts, *(day[: _KEY_LENGTH[interval]] for day in days))
    return range(_number(min(keys), interval), _number(max(keys), interval) + 1)


def _number(key: str, interval: Interval) -> int:
    """Number the periods of an interval so that each is one more than the one before.

    >>> _number("2022-12", "month") + 1 == _number("2023-01", "month")
    True
    """
    if interval == "day":
        return date.fromisoformat(key).toordinal()
    return int(key) if interval == "year" else int(key[:4]) * 12 + int(key[5:]) - 1


def _key(number: int, interval: Interval) -> str:
    if interval == "day":
        return date.fromordinal(number).isoformat()
    return f"{number:04}" if interval == "year" else f"{number // 12:04}-{number % 12 + 1:02}"


def _ticks(keys: list[str], interval: Interval) -> list[str]:
    if len(keys) <= _FEW:
        return [_short(key, interval) for key in keys]
    margin = len(keys) - len(keys) // _FEW  # a label below the last bars would not fit
    wanted = {key for key in keys[:margin] if _is_landmark(key, len(keys), interval)}
    return [_landmark(key, interval) if key in wanted else "" for key in keys]


def _is_landmark(key: str, bars: int, interval: Interval) -> bool:
    if interval == "year":
        return int(key) % (5 if bars <= 60 else 20) == 0
    if interval == "month":
        return key.endswith("-01")
    return key[8:] in (("01", "08", "15", "22") if bars <= 62 else ("01",))


def _landmark(key: str, interval: Interval) -> str:
    if interval == "day":
        return f"{int(key[8:])} {MONTHS[int(key[5:7]) - 1][:3]}"
    return key[:4]


def _short(key: str, interval: Interval) -> str:
    if interval == "month" and not key.endswith("-01"):
        return MONTHS[int(key[5:7]) - 1][:3]
    return str(int(key[8:])) if interval == "day" else key[:4]


def _crumbs(request: SearchRequest) -> tuple[Crumb, ...]:
    dates = request.dates
    if not dates:
        return ()
    around = _shared_periods(dates)
    requests = [with_dates(request, DateFilter())]
    levels: tuple[Interval, ...] = ("year", "month", "day")
    requests += [narrow(request, key, levels[i]) for i, key in enumerate(around)]
    labels = ["Alla år", *(day(PartialDate.parse(key)) for key in around)]
    here = period(dates.first, dates.last)
    return (
        *(Crumb(label, r) for label, r in zip(labels, requests, strict=True) if label != here),
        Crumb(here, None),
    )


def _shared_periods(dates: DateFilter) -> list[str]:
    if not dates.first or not dates.last:
        return []
    first, last = machine_date(dates.first), machine_date(dates.last)
    return [first[:n] for n in (4, 7, 10) if len(first) >= n and first[:n] == last[:n]]
