"""A decoded JSON object as an article, with every wrong value named."""

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from index.articles import ENTITY_FIELDS, SWEDISH, Article, make_article
from index.dates import PartialDate
from index.errors import DateError

_STRINGS: Final = ("title", "lead", "body", "source", "section", "url", "language")
_LISTS: Final = ("authors", *ENTITY_FIELDS)
_DATES: Final = ("published", "updated")
_MAX_ID: Final = 512
# A NUL ends strings in other programs and no other control character belongs in text either.
_CONTROLS: Final = {c: " " for c in range(32) if chr(c) not in "\t\n\r"} | {0x7F: " "}
_CONTROL_BYTES: Final = bytes([*_CONTROLS, *b"\r"])


def to_article(record: object, key: str, *, may_hold_controls: bool = True) -> Article:
    """Make an article of a JSON object; `key` names it where it has neither id nor URL.

    Unknown keys are ignored, null means missing. Who knows that no string holds a control character
    but tab and newline says so, for that is a third of the work. Raises ValueError with the reason,
    in words for the user, when a value has the wrong type, a date is impossible or there is no
    text.
    """
    if not isinstance(record, dict):
        raise ValueError(f"expected a JSON object, found {_describe(record)}")
    tidy = clean if may_hold_controls else str.strip
    given = {name: value for name, value in record.items() if value is not None}
    values: dict[str, Any] = {n: tidy(_string(n, given[n])) for n in _STRINGS if n in given}
    values |= {name: _date(name, given[name]) for name in _DATES if name in given}
    values |= {name: _strings(name, given[name]) for name in _LISTS if name in given}
    values["language"] = values.get("language", "").lower() or SWEDISH
    values["id"] = _id(given.get("id", ""))
    article = make_article(values)
    if not any(article.texts):
        raise ValueError("no text in title, lead or body")
    if article.id:
        return article
    return replace(article, id=stable_id(article.source, article.url or key))


def stable_id(source: str, key: str) -> str:
    """Make the id of an article that has none: 16 hexadecimal digits of source and URL or path."""
    data = f"{source}\0{key}".encode(errors="surrogateescape")
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def clean(text: str) -> str:
    r"""Trim, end lines in `\n` and put spaces for control characters.

    >>> clean("Ett\r\ntvå\x00tre ")
    'Ett\ntvå tre'
    """
    data = text.encode(errors="surrogatepass")
    if len(data.translate(None, _CONTROL_BYTES)) < len(data):
        text = text.translate(_CONTROLS).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def _id(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    text = clean(_string("id", value))
    if len(text) > _MAX_ID:
        raise ValueError(f'"id" is {len(text)} characters long; at most {_MAX_ID} are allowed')
    return text


def _string(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f'"{name}" must be a string, not {_describe(value)}')


def _strings(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise ValueError(f'"{name}" must be a list of strings, not {_describe(value)}')
    try:
        return tuple(dict.fromkeys(filter(None, map(_clean_name, value))))
    except (AttributeError, TypeError):  # which the rare item that is no string brings about
        wrong = next(item for item in value if not isinstance(item, str))
        raise ValueError(f'"{name}" must hold strings only, not {_describe(wrong)}') from None


@lru_cache(maxsize=100_000)
def _clean_name(name: str) -> str:
    return " ".join(clean(name).split())


def _date(name: str, value: object) -> PartialDate | None:
    text = clean(_string(name, value))
    if not text:
        return None
    try:
        return PartialDate.parse(text)
    except DateError as error:
        raise ValueError(f'"{name}": {error}') from error


def _describe(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return f"the number {value}"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"
