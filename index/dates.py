"""Dates that know how exact they are."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from index.errors import DateError

Precision = Literal["year", "month", "day", "time"]

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d.*", re.ASCII)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1000, 9998


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month, a day or a moment, as written, and the period that it covers.

    `start` (inclusive) and `end` (exclusive) are seconds since 1970 in UTC; a bare date means the
    day in Sweden. `civil` is the Swedish calendar date as `yyyymmdd` with 00 for what is not known,
    so a month is `20221200`.
    """

    text: str
    precision: Precision
    start: int
    end: int
    civil: int

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read ISO 8601: `2022`, `2022-12`, `2022-12-19`, `2022-12-19T08:15+01:00`.

        >>> PartialDate.parse("2022-12").precision
        'month'
        >>> PartialDate.parse("2022-12-19").civil
        20221219
        >>> PartialDate.parse("2022-12-18T23:30:00Z").civil    # after midnight in Sweden
        20221219
        >>> PartialDate.parse("2023-02-30")
        Traceback (most recent call last):
            ...
        index.errors.DateError: "2023-02-30" is no date: day is out of range for month

        Raises DateError with the text and the reason.
        """
        return _parse(text.strip())

    @classmethod
    def _period(cls, text: str, match: re.Match[str]) -> "PartialDate":
        year, month, day = (int(part) if part else 0 for part in match.groups())
        first = date(_checked(year), month or 1 if match[2] is None else month, 1)
        if match[3] is not None:
            first = first.replace(day=day)
            after, precision = first + timedelta(days=1), "day"
        elif match[2] is not None:
            after, precision = (first + timedelta(days=31)).replace(day=1), "month"
        else:
            after, precision = first.replace(year=year + 1), "year"
        civil = year * 10000 + month * 100 + day
        return cls(text, precision, _midnight(first), _midnight(after), civil)  # type: ignore[arg-type]

    @classmethod
    def _moment(cls, text: str) -> "PartialDate":
        if not _MOMENT.fullmatch(text):
            raise ValueError("no time")
        moment = datetime.fromisoformat(text)
        _checked(moment.year)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=STOCKHOLM)
        start = int((moment - _EPOCH).total_seconds())
        local = moment.astimezone(STOCKHOLM)
        civil = local.year * 10000 + local.month * 100 + local.day
        return cls(text, "time", start, start + 1, civil)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=50_000)  # the articles of a day have the same date
def _parse(text: str) -> PartialDate:
    match = _PARTIAL.fullmatch(text)
    try:
        return PartialDate._period(text, match) if match else PartialDate._moment(text)
    except (ValueError, OverflowError) as error:
        reason = str(error).partition(",")[0] if match else "write it as 2022-12-19"
        raise DateError(f'"{text[:40]}" is no date: {reason}') from error


def _checked(year: int) -> int:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"the year must be {_FIRST_YEAR} to {_LAST_YEAR}")
    return year


def _midnight(day: date) -> int:
    moment = datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM)
    return int((moment - _EPOCH).total_seconds())
