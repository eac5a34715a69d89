"""Dates as written: their precision, period and place in the Swedish calendar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import PartialDate
from index.errors import DateError

DAY = 86_400


@pytest.mark.parametrize(
    ("text", "precision", "civil", "seconds"),
    [
        ("2022", "year", 20220000, 365 * DAY),
        ("2022-02", "month", 20220200, 28 * DAY),
        ("2024-02", "month", 20240200, 29 * DAY),
        ("2022-12", "month", 20221200, 31 * DAY),
        ("2022-12-19", "day", 20221219, DAY),
        ("2022-03-27", "day", 20220327, DAY - 3600),  # clocks go forward
        ("2022-10-30", "day", 20221030, DAY + 3600),  # and back
        ("2022-12-19T08:15:00+01:00", "time", 20221219, 1),
        ("2022-12-19T23:30:00Z", "time", 20221220, 1),
        ("2022-12-19 08:15", "time", 20221219, 1),
        (" 2022-12-19 ", "day", 20221219, DAY),
    ],
)
def test_periods(text: str, precision: str, civil: int, seconds: int) -> None:
    date = PartialDate.parse(text)
    assert (date.precision, date.civil, date.end - date.start) == (precision, civil, seconds)
    assert str(date) == text.strip()


def test_a_time_without_a_zone_is_swedish() -> None:
    assert (
        PartialDate.parse("2022-07-01T12:00").start == PartialDate.parse("2022-07-01T10:00Z").start
    )


@pytest.mark.parametrize(
    "text",
    ["", "igår", "2022-13", "2022-00", "2022-02-30", "2022-00-10", "20221", "0000", "9999",
     "22-01-01", "2022-12-19T25:00", "2022-12-19T", "19/12 2022", "٢٠٢٢", "2022-12-19T12:00+99:00",
     "20221219", "2022-W51-1", "2022-12-19T12", "2022-12-19X12:00"],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(DateError, match="is no date"):
        PartialDate.parse(text)


iso = st.from_regex(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?", fullmatch=True)


@given(st.text(max_size=30) | iso)
def test_any_text_is_a_date_or_an_error(text: str) -> None:
    try:
        date = PartialDate.parse(text)
    except DateError:
        return
    assert date.start < date.end
