from datetime import date
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


@pytest.mark.parametrize(
    ("interval", "key", "period", "span", "bars"),
    [
        ("month", "2022-03", ("2022", "2022"), "januari 2022 – december 2022", 12),
        ("day", "2022-02-03", ("2022-02", "2022-02"), "1 februari 2022 – 28 februari 2022", 28),
        ("day", "2022-02-03", ("2022", "2022"), "januari 2022 – december 2022", 12),
        ("month", "2022-03", ("2022-03-30", "2022-05-01T10:00"), "mars 2022 – maj 2022", 3),
        ("day", "2022-02-03", ("1990", "2022-02"), "1990 – 2022", 33),
        ("year", "2022", ("2022", "2022"), "", 0),
        ("month", "2022-03", ("1000", "2022"), "", 0),
    ],
)
def test_a_chosen_period_is_drawn_whole(
    interval: Interval, key: str, period: tuple[str, str], span: str, bars: int
) -> None:
    drawn = draw(Timeline(interval, (TimelineBucket(key, 1),), 0), narrowed(*period))
    assert (drawn.span, len(drawn.bars)) == (span, bars)
    assert sum(bar.count for bar in drawn.bars) == (1 if bars else 0)


def test_an_open_period_is_drawn_where_articles_are() -> None:
    since = SearchRequest(dates=DateFilter(PartialDate.parse("1990")))
    assert chart("year", since, _2020=1, _2021=1).span == "2020 – 2021"


def test_what_does_not_fit_is_one_more_bar() -> None:
    drawn = chart("month", narrowed("1600", "2022"), _1645_03=2, _1700_01=3, _2022_01=1)
    assert (len(drawn.bars), drawn.bars[0].label) == (MAX_BARS, "1893")
    assert drawn.earlier
    assert (drawn.earlier.label, drawn.earlier.count) == ("före 1893", 5)
    assert drawn.earlier.request.dates == narrowed("1600", "1892").dates
    assert chart("year", _1900=1, _2022=1).earlier is None


def test_a_single_bar_is_not_drawn() -> None:
    assert chart("year", _2020=7).bars == chart("year").bars == ()


@given(
    st.sets(st.dates(date(1000, 1, 1), date(9998, 12, 31)), max_size=8),
    st.sampled_from(["year", "month", "day"]),
)
def test_bars_follow_each_other_and_lose_nothing(days: set[date], interval: Interval) -> None:
    keys = {str(day)[: {"year": 4, "month": 7, "day": 10}[interval]] for day in days}
    timeline = Timeline(interval, tuple(TimelineBucket(key, 1) for key in sorted(keys)), 0)
    drawn = draw(timeline, SearchRequest())
    bars = drawn.bars
    assert len(bars) <= MAX_BARS
    periods = [bar.request.dates.first for bar in bars]
    assert all(a and b and a.end == b.start for a, b in pairwise(periods))
    if bars:
        left = drawn.earlier.count if drawn.earlier else 0
        assert sum(bar.count for bar in bars) + left == len(keys)
