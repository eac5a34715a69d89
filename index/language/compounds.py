"""Compounds: where a Swedish word is made of two, and which.

A word is cut where its parts are likely ones: known words that begin and end many others. What is
likely was learned (`building/fitting.py`) and stands in the lexicon.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from index.language.data import read_sections
from index.language.lexicon import (
    CUT,
    FREQUENCY_STEP,
    LINKED,
    NO_PART,
    SCALE,
    SHARED,
    UNKNOWN,
    Lexicon,
    lexicon,
)

_PARTS: Final = read_sections("parts.txt")

_HIDING: Final = _PARTS["particles"]
"""Particles behind which the last part is no longer what it was."""

PARTICLES: Final = _HIDING | _PARTS["open particles"]
"""First parts that make a new verb or the opposite of a word."""

ENDINGS: Final = _PARTS["last parts that are endings"]
"""Adjectives that end others and are not meant by them: the `lös` of `arbetslös`."""

OWN_S: Final = _PARTS["first parts in s"]
"""First parts whose -s links nothing: the `börs` of `börsras` is none of `bör`."""

_TOLD: Final = _PARTS["told last parts"]
"""Last parts that are what they were behind any particle: `förskola`, `eftermiddag`."""

_ENDING: Final = re.compile(
    r"(ar|er|or|ning|het|lighet|skap|isk|lig|ism|ist|else|ell|ent|ant|ans|ens|iell|ik)"
    r"(a|t|e|en|et|er|ar|or|n|na|arna|erna|orna)?s?|a[dt]e?s?|ande[nt]?s?"
)
_SURNAME_ENDS: Final = tuple(sorted(_PARTS["ends of surnames"]))
_VOWEL: Final = re.compile("[aeiouyåäöéü]")

SHORTEST: Final = 5
"""Letters of the shortest compound; `isbit`, but not `elva`."""


class Compound(NamedTuple):
    """A word that is made of two; the last part begins at `at` in it.

    `first` is without a linking -s-. Where Swedish leaves one of three equal consonants out both
    parts have the one before `at` + 1: `tull` and `lag` in `tullag`, where `at` is 3.
    """

    first: str
    last: str
    at: int


def split(word: str) -> Compound | None:
    """Cut a word in normal form in two; None when it is no compound.

    >>> split("skolgården"), split("arbetsmarknad")
    (Compound(first='skol', last='gården', at=4), Compound(first='arbets', last='marknad', at=6))
    >>> split("kristoffer"), split("regeringen")
    (None, None)
    """
    return split_as_known(word, lexicon().look_up(word)[1])


def split_as_known(word: str, flags: int) -> Compound | None:
    """Cut a word of which the lexicon says these `flags`: see `Lexicon.cuts`."""
    if flags == UNKNOWN:
        return _split_unknown(word)
    at = flags & CUT
    if not at:
        return None
    begins = word[: at + 1] if flags & SHARED else word[:at]
    return Compound(begins[:-1] if flags & LINKED else begins, word[at:], at)


def _without_s(known: Lexicon, first: str) -> str:
    """Take a linking -s- off a first part that is in the lexicon with and without."""
    if first[-1] == "s" and (terms := known.main_terms(first[:-1])):
        return first[:-1] if terms == known.main_terms(first) else first
    return first


def _split_unknown(word: str) -> Compound | None:
    """Cut a word that is in no list."""
    if len(word) < SHORTEST or not word.isalpha() or looks_like_surname(word):
        return None
    known = lexicon()
    starts = known.first_parts(word)
    whole = SCALE * (known.weights.whole + known.weights.whole_length * len(word))
    return _best_cut(known, word, starts, whole) or _cut_in_three(known, word, starts)


_Starts = list[tuple[str, int, int]]
"""Words that may be first parts, the number of each, and its score."""


def _best_cut(known: Lexicon, word: str, starts: _Starts, least: float) -> Compound | None:
    """Find the likeliest cut into two known words, if it scores more than `least`."""
    weights, best = known.weights, None
    number_of, lasts, frequencies = known.number, known.lasts, known.frequencies
    for first, number, score in starts:
        size = len(first)
        places = [(size, float(score))]
        if word.startswith("s", size):
            places.append((size + 1, known.linked[number]))
        if size >= 3 and first[-1] == first[-2] and not _VOWEL.match(first[-1]):
            places.append((size - 1, score + weights.shared_consonant * SCALE))
        for at, total in places:
            last = word[at:]
            other = number_of(last)
            if other < 0 or (of_last := lasts[other]) == NO_PART:
                continue
            if len(last) <= 3 and not may_be_last(first, last):
                continue
            rarer = min(frequencies[number], frequencies[other])
            total += of_last + rarer * FREQUENCY_STEP * SCALE * weights.rarer
            if total > least:
                least, best = total, (first, last, at)
    if best is None:
        return None
    first, last, at = best
    if at > len(first) and first + "s" in OWN_S:
        return Compound(first + "s", last, at)
    return Compound(_without_s(known, first), last, at)


def _cut_in_three(known: Lexicon, word: str, starts: _Starts) -> Compound | None:
    """Cut a word whose first or last part is itself a compound that is in no list.

    A linking -s- behind the second of three words says that the first two belong together.
    """
    best: tuple[int, Compound] | None = None
    for first, _, score in starts:
        if len(first) < 3:
            continue
        for at in (len(first), len(first) + 1):
            if at > len(first) and not word.startswith("s", len(first)):
                continue
            rest = word[at:]
            if len(rest) < 2 * SHORTEST - 3:
                continue
            inner = _best_cut(known, rest, known.first_parts(rest), 0)
            if inner is None:
                continue
            where = at + inner.at
            is_linked = rest[inner.at - 1] == "s" and known.number(rest[: inner.at - 1]) >= 0
            total = score + known.firsts[known.number(inner.first)]
            found = (
                Compound(word[: where - 1], inner.last, where)
                if is_linked
                else Compound(first, rest, at)
            )
            if best is None or total > best[0]:
                best = total, found
    return best[1] if best else None


def parts(word: str) -> tuple[tuple[str, int], ...]:
    """List the words that a compound is made of, and where each begins in it; outer ones first.

    Of a word that a particle makes a new one (`uppleva`, `ovanlig`) no part is found.

    >>> parts("riksdagsvalet")
    (('riksdag', 0), ('valet', 8), ('riks', 0), ('dag', 4))
    """
    compound = split(word)
    if compound is None or hides_parts(compound):
        return ()
    first, last, at = compound
    of_first, of_last = _inner_parts(first), _inner_parts(last)
    across = parts_across(word, at, *(inner[1][1] if inner else 0 for inner in (of_first, of_last)))
    if of_last and at:
        of_last = tuple([(part, start + at) for part, start in of_last])
    return ((first, 0), (last, at), *of_first, *of_last, *across)


def parts_across(word: str, at: int, in_first: int, in_last: int) -> list[tuple[str, int]]:
    """List the known compounds that two neighbours of three words make, but for the parts.

    A word is cut at a place, its first and last part again at places of theirs, or not at all (0).

    >>> parts_across("kärnkraftverk", 4, 0, 5), parts_across("nobelpristagaren", 5, 0, 4)
    ([('kärnkraft', 0)], [('nobelpris', 0)])
    """
    found = []
    if in_last and _is_known_compound(word[: at + in_last]):
        found.append((word[: at + in_last], 0))
    if in_first and _is_known_compound(word[in_first:]):
        found.append((word[in_first:], in_first))
    return found


def _is_known_compound(word: str) -> bool:
    terms, flags = lexicon().look_up(word)
    return bool(terms and flags & CUT)


@lru_cache(maxsize=50_000)
def _inner_parts(word: str) -> tuple[tuple[str, int], ...]:
    """The parts of a part: the same ones come again and again."""
    return parts(word)


def hides_parts(compound: Compound) -> bool:
    """Whether a particle makes a new word of the last part: `uppleva`, but not `eftermiddag`."""
    return compound.first in _HIDING and compound.last not in _TOLD


def cuts(word: str) -> Iterator[tuple[str, str]]:
    """List the ways to cut a word in two; of three equal consonants Swedish writes two.

    >>> list(cuts("tullag"))
    [('t', 'ullag'), ('tu', 'llag'), ('tul', 'lag'), ('tull', 'ag'), ('tull', 'lag')]
    """
    for at in range(1, len(word) - 1):
        if not _VOWEL.search(word, at):
            break
        yield word[:at], word[at:]
        if at >= 3 and word[at - 1] == word[at - 2] and not _VOWEL.match(word[at - 1]):
            yield word[:at], word[at - 1 :]


def looks_like_surname(word: str) -> bool:
    """Whether an unknown word is made as Swedish surnames are: `björklund`, `åkesson`."""
    if not word.endswith(_SURNAME_ENDS):
        return word.endswith("sson") and len(word) > 4
    return any(word.endswith(end) and 2 <= len(word) - len(end) <= 6 for end in _SURNAME_ENDS)


def may_be_first(word: str) -> bool:
    """Whether a word may begin a compound."""
    return len(word) >= 3 or word in _PARTS["short first parts"]


def may_be_last(first: str, last: str) -> bool:
    """Whether a word may end a compound that begins so."""
    if len(last) <= 2:
        is_verb = first in PARTICLES and last in _PARTS["short verbs"]
        return is_verb or last in _PARTS["short last parts"]
    if last in _PARTS["no last parts"] and not (last == "sam" and len(first) > 2):
        return False
    if (last == "ring" and first[-1] == "e") or (last == "bar" and first.endswith("er")):
        return False  # likvidering, reparerbar
    return not _ENDING.fullmatch(last) or last in _PARTS["real last parts"]
