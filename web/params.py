"""A search request as a query string, read and written; the same for the page and for JSON."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar, get_args
from urllib.parse import parse_qsl, urlencode

from index.articles import FACET_FIELDS
from index.dates import PartialDate
from index.errors import DateError
from search.errors import RequestError
from search.request import DateFilter, Interval, SearchRequest, Selection, Sort

Pairs = list[tuple[str, str]]

MAX_LENGTH: Final = 8192
"""Bytes of the longest query string; servers and proxies in front commonly stop there too."""

MAX_PAIRS: Final = 200
MAX_SIZE: Final = 100
"""Hits on one page, and values of one facet."""

MAX_WORDS: Final = 1000
"""Characters of the longest `q`: room for a pasted paragraph, not for an article."""

NOT: Final = "not."
"""Prefix of a facet's name where its values are excluded."""

FORGIVEN: Final = ("from", "to", "sort", "interval", "page", "size", "facet_size")
"""What a page can do without when it has an impossible value."""

_DEFAULT: Final = SearchRequest()
_SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
_INTERVALS: Final[tuple[Interval, ...]] = get_args(Interval)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_Choice = TypeVar("_Choice", bound=str)


class QueryTooLong(RequestError):
    """The query string as a whole is longer than anybody means."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An impossible value that was passed over: as it was typed, and why it cannot be."""

    value: str
    reason: str


def read_request(query_string: bytes) -> SearchRequest:
    """Read what a query string asks for; names that mean nothing here are passed over.

    >>> request = read_request(b"q=regn&places=Lund&not.places=Ystad&from=2022&page=2")
    >>> request.q, request.selections["places"], request.dates.first.text, request.page
    ('regn', Selection(include=frozenset({'Lund'}), exclude=frozenset({'Ystad'})), '2022', 2)

    Raises RequestError with the name of the parameter, QueryTooLong for the whole.
    """
    return _read(_split(query_string))


def forgive_request(query_string: bytes) -> tuple[SearchRequest, dict[str, Fault]]:
    """Read a query string without those of FORGIVEN that cannot be; name what was passed over.

    >>> request, faults = forgive_request(b"q=regn&from=i+fjol&to=2022")
    >>> request.q, request.dates.last.text, faults["from"].value
    ('regn', '2022', 'i fjol')

    Raises RequestError as `read_request` does for everything else.
    """
    pairs = _split(query_string)
    faults: dict[str, Fault] = {}
    while True:
        try:
            return _read([pair for pair in pairs if pair[0] not in faults]), faults
        except RequestError as error:
            name = error.parameter
            if name not in FORGIVEN or name in faults:
                raise
            faults[name] = Fault(dict(reversed(pairs)).get(name, ""), error.reason)


def write_pairs(request: SearchRequest) -> Pairs:
    """List names and values that `read_request` reads back, in one order, without the defaults."""
    pairs: Pairs = [("q", request.q)] if request.q else []
    for name in filter(request.selections.__contains__, FACET_FIELDS):
        chosen = request.selections[name]
        pairs += [(name, value) for value in sorted(chosen.include)]
        pairs += [(NOT + name, value) for value in sorted(chosen.exclude)]
    dates = (("from", request.dates.first), ("to", request.dates.last))
    pairs += [(name, day.text) for name, day in dates if day]
    for name in ("sort", "interval", "page", "size", "facet_size"):
        value = getattr(request, name)
        if value != getattr(_DEFAULT, name):
            pairs.append((name, str(value)))
    return pairs


def write_query(request: SearchRequest) -> str:
    """Write the query string, percent-encoded.

    >>> write_query(SearchRequest(q="regn i Malmö", page=2))
    'q=regn+i+Malm%C3%B6&page=2'
    """
    return urlencode(write_pairs(request))


def read_words(query_string: bytes) -> str:
    """Find the words of a query string that `read_request` refuses, to show them again."""
    try:
        pairs = parse_qsl(query_string[:MAX_LENGTH].decode("utf-8", "replace"), errors="replace")
    except ValueError:
        return ""
    return dict(reversed(pairs)).get("q", "").replace("\0", " ").strip()[:MAX_WORDS]


def _split(query_string: bytes) -> Pairs:
    if len(query_string) > MAX_LENGTH:
        raise QueryTooLong("adressen", f"får ha högst {MAX_LENGTH} tecken efter frågetecknet")
    if query_string.count(b"&") >= MAX_PAIRS:
        raise RequestError("adressen", f"får ha högst {MAX_PAIRS} parametrar")
    try:
        pairs = parse_qsl(query_string.decode("utf-8"), errors="strict")
    except UnicodeDecodeError as error:
        raise RequestError("adressen", "är inte giltig UTF-8") from error
    for name, value in pairs:
        if "\0" in value:
            raise RequestError(name, "innehåller ett nolltecken")
    return pairs


def _read(pairs: Pairs) -> SearchRequest:
    single = dict(reversed(pairs))  # the first of a name counts
    words = single.get("q", "").strip()
    if len(words) > MAX_WORDS:
        raise RequestError("q", f"får ha högst {MAX_WORDS} tecken")
    return SearchRequest(
        q=words,
        selections=_read_selections(pairs),
        dates=_read_dates(single),
        sort=_read_choice("sort", single, _SORTS),
        interval=_read_choice("interval", single, _INTERVALS),
        page=_read_number("page", single, _DEFAULT.page),
        size=_read_size("size", single, _DEFAULT.size),
        facet_size=_read_size("facet_size", single, _DEFAULT.facet_size),
    )


def _read_selections(pairs: Iterable[tuple[str, str]]) -> dict[str, Selection]:
    chosen: dict[str, tuple[set[str], set[str]]] = {}
    for key, value in pairs:
        name = key.removeprefix(NOT)
        if name in FACET_FIELDS:
            chosen.setdefault(name, (set(), set()))[key.startswith(NOT)].add(value)
    return {
        name: Selection(frozenset(include), frozenset(exclude))
        for name, (include, exclude) in chosen.items()
    }


def _read_dates(single: dict[str, str]) -> DateFilter:
    return DateFilter.asked(*(_read_date(name, single) for name in ("from", "to")))


def _read_date(name: str, single: dict[str, str]) -> PartialDate | None:
    text = single.get(name, "").strip()
    try:
        return PartialDate.parse(text) if text else None
    except DateError as error:
        reason = f"”{text[:40]}” är inget datum; skriv 2022, 2022-12 eller 2022-12-19"
        raise RequestError(name, reason) from error


def _read_choice(name: str, single: dict[str, str], choices: tuple[_Choice, ...]) -> _Choice | None:
    text = single.get(name, "").strip()
    for choice in choices:
        if text == choice:
            return choice
    if text:
        raise RequestError(name, f"kan vara {', '.join(choices)}")
    return None


def _read_number(name: str, single: dict[str, str], default: int) -> int:
    text = single.get(name, "").strip()
    if not text:
        return default
    if not _NUMBER.fullmatch(text):
        raise RequestError(name, "måste vara ett heltal")
    return int(text)


def _read_size(name: str, single: dict[str, str], default: int) -> int:
    size = _read_number(name, single, default)
    if size > MAX_SIZE:
        raise RequestError(name, f"får vara högst {MAX_SIZE}")
    return size
