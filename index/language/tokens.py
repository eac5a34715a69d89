"""Where words begin and end, and how a word is written."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

MAX_LENGTH: Final = 80
"""Characters of a token that are looked at; what follows in a longer one is ignored."""

INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Soft hyphens, zero-width joiners and spaces, a byte order mark: invisible, inside words."""

_MARKS: Final = "\u0300-\u036f"
_CHAR: Final = rf"[\w{_MARKS}{INVISIBLE}]"
_HYPHENS: Final = r"\-\u2010\u2011"
_SPACES: Final = " \u00a0\u2009\u202f"

_TOKEN: Final = re.compile(
    rf"""
    (?<!\d[-–.,]) \d{{1,3}}(?:[{_SPACES}.]\d{{3}})+(?!\w|[.]\d)(?:,\d+(?!\w))?  # 10 000, 1.500,50
  | \d+(?:[.,:]\d+)+(?![\w{_HYPHENS}])                       # 14.30 and 3,5 and 19:30
  | \w{_CHAR}*(?:
        (?:[{_HYPHENS}](?!(?<=\d.)\d)                        # it-bolaget, not 2019-2020
          | ['’ʼ&@]                                          # O'Brien, H&M
          | :(?=[a-zåäö])                                    # EU:s
          | (?<=[a-zåäö]) [.] (?=[a-zåäö])                   # svt.se, t.ex
          | (?<=\b[A-ZÅÄÖ]) [.] (?=[A-ZÅÄÖ]\b)               # U.S.A
        ) (?=\w) {_CHAR}+
    )*
    """,
    re.VERBOSE,
)
_SWEDISH: Final = re.compile("[\x00-\x7fåäöÅÄÖ]*")  # nothing to compose, drop or fold
_DROP: Final = re.compile(f"[{INVISIBLE}]")
_GROUPED: Final = re.compile(rf"\d{{1,3}}(?:[{_SPACES}.]\d{{3}})+(?:,\d+)?")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}", re.ASCII)
_SEPARATORS: Final = re.compile(rf"[{_SPACES}.]")


class Token(NamedTuple):
    """A word of a text: `text` as it stands there, `start` and `end` in code points of it."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> Iterator[Token]:
    """Cut a text into words, in order.

    >>> [token.text for token in tokenize("EU:s it-bolag, 30-åring, kl. 14.30: 10 000 kronor")]
    ['EU:s', 'it-bolag', '30-åring', 'kl', '14.30', '10 000', 'kronor']
    >>> [token.text for token in tokenize("2019–2020 och/eller ”S:t Eriks-cupen”")]
    ['2019', '2020', 'och', 'eller', 'S:t', 'Eriks-cupen']
    """
    for match in _TOKEN.finditer(text):
        yield Token(match[0], match.start(), match.end())


def cut_words(text: str) -> list[str]:
    """Cut a text into words as `tokenize` does, and leave out where they stand.

    >>> cut_words("Bilarna, EU:s och 10 000 kronor")
    ['Bilarna', 'EU:s', 'och', '10 000', 'kronor']
    """
    return [text] if text.isalpha() else _TOKEN.findall(text)


def normalise(word: str) -> str:
    r"""Write a word the way terms are: NFC, lower case, accents folded except å ä ö.

    >>> [normalise(word) for word in ("Andrée", "Göteborg", "Tromsø", "Müller", "Häst\u00adhov")]
    ['andree', 'göteborg', 'tromsö', 'muller', 'hästhov']
    >>> [normalise(word) for word in ("10 000", "1.500", "19:30", "NATO’s")]
    ['10000', '1500', '19.30', "nato's"]
    """
    if not (word.isascii() or _SWEDISH.fullmatch(word)):
        word = _DROP.sub("", unicodedata.normalize("NFC", word)).lower().translate(FOLD)
    word = word.lower()[:MAX_LENGTH]
    if word[:1].isdigit():
        if _GROUPED.fullmatch(word):
            return _SEPARATORS.sub("", word)
        if _CLOCK.fullmatch(word):
            return word.replace(":", ".")
    return word


def _folding() -> dict[int, str]:
    """Map each accented Latin letter to the plain one, loose accents to nothing."""
    table = dict.fromkeys(range(768, 880), "")
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = chr(code).lower()
        base = unicodedata.normalize("NFD", letter)[0]
        if letter not in "åäö" and base.isascii() and base.isalpha():
            table[code] = base
    for letters, plain in _SPECIAL.items():
        table |= {ord(letter): plain for letter in letters}
    return table


_SPECIAL: Final = {
    "øǿ": "ö", "æǣ": "ä", "ß": "ss", "đð": "d", "þ": "th", "ł": "l", "œ": "oe", "ı": "i", "ħ": "h",
    "’ʼ": "'", "\u2010\u2011": "-",
}  # fmt: skip
FOLD: Final = _folding()
"""What letters are written as in terms: accented ones plain, loose accents as nothing."""
