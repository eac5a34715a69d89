from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import PartialDate
from search.request import DateFilter, Interval, SearchRequest
from search.results import Timeline, TimelineBucket
from web.timeline import MAX_BARS, Chart, draw


def chart(interval: Interval, request: SearchRequest | None = None, **counts: int) -> Chart:
    buckets = (TimelineBucket(key.strip("_").replace("_", "-"), n) for key, n in counts.items())
    return draw(Timeline(interval, tuple(buckets), 0), request or SearchRequest(q="regn", page=2))


def narrowed(first: str, last: str | None = None) -> SearchRequest:
    dates = DateFilter(PartialDate.parse(first), PartialDate.parse(last or first))
    return SearchRequest(q="regn", dates=dates)


def test_empty_periods_stand_between_the_others() -> None:
    drawn = chart("month", _2021_11=2, _2022_02=4)
    assert [(bar.label, bar.count) for bar in drawn.bars] == [
        ("november 2021", 2),
        ("december 2021", 0),
        ("januari 2022", 0),
        ("februari 2022", 4),
    ]
    assert [bar.height for bar in drawn.bars] == [50, 0, 0, 100]
    assert [bar.tick for bar in drawn.bars] == ["nov", "dec", "2022", "feb"]
    assert (drawn.span, drawn.highest) == ("november 2021 – februari 2022", 4)


@pytest.mark.parametrize(
    ("interval", "keys", "dates", "finer"),
    [
        ("year", ("2021", "2022"), "2022", "month"),
        ("month", ("2022-01", "2022-02"), "2022-02", "day"),
        ("day", ("2022-02-27", "2022-02-28"), "2022-02-28", "day"),
    ],
)
def test_a_bar_narrows_to_its_period(
    interval: Interval, keys: tuple[str, str], dates: str, finer: Interval
) -> None:
    request = SearchRequest(q="regn", page=2)
    timeline = Timeline(interval, tuple(TimelineBucket(key, 1) for key in keys), 0)
    bar = draw(timeline, request).bars[-1].request
    assert (bar.dates.first, bar.dates.last) == (PartialDate.parse(dates),) * 2
    assert (bar.q, bar.page, bar.interval) == ("regn", 1, finer)


@pytest.mark.parametrize(
    ("request_", "crumbs"),
    [
        (SearchRequest(), []),
        (narrowed("2022"), ["Alla år", "2022"]),
        (narrowed("2022-12"), ["Alla år", "2022", "december 2022"]),
        (narrowed("2022-12-19"), ["Alla år", "2022", "december 2022", "19 december 2022"]),
        (narrowed("2022-03", "2022-05"), ["Alla år", "2022", "mars 2022 – maj 2022"]),
        (narrowed("2021", "2022"), ["Alla år", "2021 – 2022"]),
        (SearchRequest(dates=DateFilter(PartialDate.parse("2022"))), ["Alla år", "från 2022"]),
    ],
)
def test_the_way_back_leads_through_the_periods_around(
    request_: SearchRequest, crumbs: list[str]
) -> None:
    drawn = chart("year", request_).crumbs
    assert [crumb.label for crumb in drawn] == crumbs
    assert [crumb.request is None for crumb in drawn] == [False] * (len(crumbs) - 1) + [True] * (
        len(crumbs) > 0
    )
    if drawn and drawn[0].request:
        assert not drawn[0].request.dates


def test_too_many_bars_become_longer_periods() -> None:
    drawn = chart("day", _2020_01_05=1, _2020_01_09=2, _2023_05_01=1)
    assert (drawn.interval, drawn.bars[0].label, drawn.bars[0].count) == (
        "month",
        "januari 2020",
        3,
    )


def test_a_single_bar_is_not_drawn() -> None:
    assert chart("year", _2020=7).bars == chart("year").bars == ()


@given(
    st.sets(st.dates(date(1000, 1, 1), date(9998, 12, 31)), max_size=8),
    st.sampled_from(["year", "month", "day"]),
)
def test_bars_follow_each_other_and_lose_nothing(days: set[date], interval: Interval) -> None:
    keys = {str(day)[: {"year": 4, "month": 7, "day": 10}[interval]] for day in days}
    timeline = Timeline(interval, tuple(TimelineBucket(key, 1) for key in sorted(keys)), 0)
    bars = draw(timeline, SearchRequest()).bars
    assert len(bars) <= MAX_BARS
    periods = [bar.request.dates.first for bar in bars]
    assert all(a and b and a.end == b.start for a, b in pairwise(periods))
    if days and max(days) - min(days) < timedelta(days=100) and len(bars) > 1:
        assert sum(bar.count for bar in bars) == len(keys)
