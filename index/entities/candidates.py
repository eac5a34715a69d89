"""Candidates: runs of capitalised words, found without knowing any name.

A run is what could hold a name: ``Enligt Institute for the Study``, ``Rysslands``. Where in the run
a name starts and ends, and whether there is one, is for :mod:`index.entities.rules`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

_UPPER: Final = "".join(chr(c) for c in range(0x41, 0x530) if chr(c).isupper() and chr(c).isalpha())
WORD: Final = re.compile(
    rf"[{_UPPER}](?:\.(?:[{_UPPER}]\.)*(?=[ \u00a0]?[{_UPPER}])"
    rf"|\w*(?:[-‑'’&]\w+)*(?::[a-zåäö]{{1,4}}\b)?)"
)
"""A capitalised word with its hyphens, apostrophes and colon ending, or initials.

It starts with a character set, which lets the regular expression engine skip to the next capital.
"""

_JOINERS: Final = frozenset(
    (
        *("af", "von", "van", "der", "de", "la", "du", "di", "da", "do", "dos", "della", "del"),
        *("des", "den", "el", "al", "bin", "ibn", "ben", "ter", "zu", "y", "e", "of", "for", "the"),
        *("and", "on", "in", "&"),
    )
)
_OPENING = " \u00a0\t\"”“„»«'’‘‚›‹([{*•-–—·…>#_"  # what may stand between a stop and a first word
_STOPS: Final = frozenset(".!?:;\n\r|/…\u2028\u2029")
_LOOK_BACK = 8
_ABBREVIATION_LENGTH = 12
_LONGEST_ABBREVIATION = 6  # fr.o.m
_LONGEST_JOINER = 9
_INSIDE: Final = frozenset("-‑'’@#&_")  # a capital after one of these starts no word
_PARTICLE = re.compile(r"(?<![\w-])(?:(?:[AaEe]l|[Aa][rsnt]|[Aa]sh)-|[dl]['’])$")
_LAST_WORD = re.compile(r"([\w.:]+)\.$")


class Token(NamedTuple):
    """A capitalised word: ``text[start:end]`` of the plain text."""

    text: str
    start: int
    end: int


# What `Token(*fields)` does, without its Python.
_make_token = partial(tuple.__new__, Token)


@dataclass(slots=True)
class Run:
    """Neighbouring capitalised words; ``joiners[i]`` follows word ``i``.

    ``opener`` says that the first word would be capitalised anyway, name or not.
    """

    tokens: list[Token]
    joiners: list[str]
    opener: bool


def runs(
    text: str, abbreviations: frozenset[str], is_ordinary: Callable[[str], bool] = lambda _: False
) -> list[Run]:
    """The runs of ``text`` in order.

    Those are left out that are a single word which ``is_ordinary`` and opens a sentence.

    >>> (run,) = runs("Hos BBC:s Steve Rosenberg i dag.", frozenset())
    >>> [token.text for token in run.tokens]
    ['Hos', 'BBC:s', 'Steve', 'Rosenberg']
    """
    found: list[Run] = []
    tokens: list[Token] = []
    joiners: list[str] = []
    opener = False
    previous = 0
    for match in WORD.finditer(text):
        start, end = match.span()
        before = text[start - 1] if start else "\n"
        if before != " " and (before in _INSIDE or before.isalnum()):
            particle = _PARTICLE.search(text, max(0, start - 5), start)
            if particle is not None:
                start = particle.start()
            elif not _is_quote(text, start - 1):
                continue
        token = _make_token((text[start:end], start, end))
        if tokens:
            if start - previous <= _LONGEST_JOINER:
                gap = text[previous:start]
                if gap == " " or gap == "\u00a0" or _joins(gap):
                    tokens.append(token)
                    joiners.append(gap)
                    previous = end
                    continue
            if joiners or not (opener and is_ordinary(tokens[0].text)):
                found.append(Run(tokens, joiners, opener))
        opener = not (before == " " and start > 1 and text[start - 2].isalnum()) and _opens(
            text, start, abbreviations
        )
        tokens, joiners, previous = [token], [], end
    if joiners or (tokens and not (opener and is_ordinary(tokens[0].text))):
        found.append(Run(tokens, joiners, opener))
    return found


def _is_quote(text: str, position: int) -> bool:
    """Whether an apostrophe opens a quotation rather than stands within a word."""
    return text[position] in "'’" and not text[max(0, position - 1) : position].isalnum()


def _joins(gap: str) -> bool:
    if gap[:1] != " " or gap[-1:] != " ":
        return False
    words = gap.split()
    return bool(words) and _JOINERS.issuperset(words)


def _opens(text: str, start: int, abbreviations: frozenset[str]) -> bool:
    """Whether a sentence, a quotation, a list item or a headline starts at ``start``."""
    position = start
    stop = max(0, start - _LOOK_BACK)
    while position > stop and text[position - 1] in _OPENING:
        position -= 1
    if position == 0 or text[position - 1] in "\n\r":
        return True
    between = text[position:start]
    if between.strip(" \u00a0([") and between not in (" ’", " '"):
        return True
    before = text[position - 1]
    if before not in _STOPS:
        return position == stop
    if before != ".":
        return True
    if text[position - _LONGEST_ABBREVIATION - 2 : position - 1].isalpha():
        return True
    word = _LAST_WORD.search(text[max(0, position - _ABBREVIATION_LENGTH) : position])
    return word is None or word[1].lower() not in abbreviations
