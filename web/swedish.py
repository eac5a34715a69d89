"""How numbers, dates and the things of the search are written in Swedish on the pages."""

from datetime import UTC, datetime
from typing import Final

from index.dates import STOCKHOLM, PartialDate

MONTHS: Final = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)

FACET_TITLES: Final = {
    "persons": "Personer",
    "places": "Platser",
    "organisations": "Organisationer",
    "source": "Källor",
    "section": "Avdelningar",
    "authors": "Skribenter",
}

FACET_NAMES: Final = {
    "persons": "person",
    "places": "plats",
    "organisations": "organisation",
    "source": "källa",
    "section": "avdelning",
    "authors": "skribent",
}

PARAMETER_TITLES: Final = {
    "q": "Sökorden",
    "from": "Från",
    "to": "Till",
    "sort": "Ordningen",
    "page": "Sidan",
    "size": "Antalet träffar",
    "facet_size": "Antalet värden",
    "interval": "Intervallet",
    "adressen": "Adressen",
}

REASONS: Final = {
    "form": "står så i frågan",
    "stem": "annan form av ett ord i frågan",
    "part": "del av ett sammansatt ord",
    "variant": "annat namn på det sökta",
}

START_TITLES: Final = {"newest": "Nyaste artiklarna", "oldest": "Äldsta artiklarna"}
SORT_TITLES: Final = {
    "relevance": "Relevans",
    "mixed": "Aktuellt",
    "newest": "Nyast",
    "oldest": "Äldst",
}
INTERVAL_TITLES: Final = {"year": "år", "month": "månad", "day": "dag"}


def number(value: int) -> str:
    r"""Write a whole number with hard spaces between the thousands.

    >>> number(1234567)
    '1\xa0234\xa0567'
    """
    return f"{value:,}".replace(",", "\xa0")


def articles(count: int) -> str:
    r"""Write how many articles.

    >>> articles(1), articles(3)
    ('1\xa0artikel', '3\xa0artiklar')
    """
    return number(count) + "\xa0" + ("artikel" if count == 1 else "artiklar")


def relaxed(having: int, words: int) -> str:
    r"""Say that of several words some do, or parts of a single one; `having` articles have all.

    >>> relaxed(1, 2)
    'Bara 1\xa0artikel har alla orden; visar även artiklar med några av dem.'
    >>> relaxed(0, 1)
    'Ingen artikel har hela ordet; visar artiklar med delar av det.'
    """
    whole, some = ("alla orden", "några av dem") if words > 1 else ("hela ordet", "delar av det")
    if having:
        return f"Bara {articles(having)} har {whole}; visar även artiklar med {some}."
    return f"Ingen artikel har {whole}; visar artiklar med {some}."


def day(date: PartialDate) -> str:
    """Write a date as exactly as it is known, without its time of day.

    >>> [day(PartialDate.parse(text)) for text in ("2022", "2022-12", "2022-12-19T08:15")]
    ['2022', 'december 2022', '19 december 2022']
    """
    year, month, number_of_day = date.civil // 10000, date.civil // 100 % 100, date.civil % 100
    parts = (number_of_day or "", MONTHS[month - 1] if month else "", year)
    return " ".join(str(part) for part in parts if part)


def moment(date: PartialDate) -> str:
    """Write a date and, where it is known, the time of day in Sweden.

    >>> moment(PartialDate.parse("2022-12-18T23:30:00Z"))
    '19 december 2022 kl. 00.30'
    """
    if date.precision != "time":
        return day(date)
    local = datetime.fromtimestamp(date.start, UTC).astimezone(STOCKHOLM)
    return f"{day(date)} kl. {local:%H.%M}"


def machine_date(date: PartialDate) -> str:
    """Write a date for the `datetime` attribute of HTML: `2022`, `2022-12` or `2022-12-19`."""
    text = f"{date.civil:08}"
    parts = (text[:4], text[4:6], text[6:])
    return "-".join(part for part in parts if part != "00")


def period(first: PartialDate | None, last: PartialDate | None) -> str:
    """Write the period from one date to another.

    >>> a, b = PartialDate.parse("2022-12"), PartialDate.parse("2023-01")
    >>> period(a, b), period(a, a), period(a, None), period(None, b)
    ('december 2022 – januari 2023', 'december 2022', 'från december 2022', 'till januari 2023')

    A year beside a month says which of its months is meant:

    >>> period(PartialDate.parse("2022"), PartialDate.parse("2022-06"))
    'januari 2022 – juni 2022'
    """
    if first and last:
        if first.civil == last.civil:
            return day(first)
        is_mixed = (first.precision == "year") != (last.precision == "year")
        begins = f"januari {day(first)}" if is_mixed and first.precision == "year" else day(first)
        ends = f"december {day(last)}" if is_mixed and last.precision == "year" else day(last)
        return f"{begins} – {ends}"
    if first:
        return f"från {day(first)}"
    return f"till {day(last)}" if last else ""
