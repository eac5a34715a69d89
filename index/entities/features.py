"""What is said of a word and of its place: the features whose weights the model has learnt.

A word by itself has *traits*: its ending, its shape, the lists that it is in. A trait counts in
several *slots*: of the word in question, of its neighbours, of what stands before, at the end of
and behind the run of capitalised words that it belongs to. Besides, words fall into some hundred
*classes*, and the classes of neighbours count together.
"""

import re
from math import log
from typing import Final

from index.entities.lexicon import Lexicon, Sign
from index.language.lexicon import Lexicon as LanguageLexicon
from index.language.lexicon import lexicon as language_lexicon

SLOTS: Final = (
    *("w-2", "w-1", "w", "w+1", "w+2"),  # a word and its neighbours
    *("before", "behind"),  # beside the run of capitalised words
    "opens",  # the word, where it opens a sentence or a quotation
    *("first", "last"),  # of the run
    *("sport", "sports", "business"),  # the word, where the sentence is of sport or business
)
"""Where a word can stand from the piece that is labelled."""

SMALL_SLOTS: Final = 7
"""So many of them, the first ones, are those of words in small letters."""

SLOT: Final = {name: number for number, name in enumerate(SLOTS)}

_NEAR: Final = ("w-2", "w-1", "w", "w+1", "w+2")
_TOPIC: Final = ("sport", "sports", "business")
_IN_SLOTS: Final = {
    "any": ("w-2", "w-1", "w", "w+1", "w+2", "opens", "before", "behind", *_TOPIC),
    "form": (*_NEAR, "opens", "before", "behind", "first", "last"),
    "shape": (*_NEAR, "opens"),
    "list": (*_NEAR, "opens", "first", "last", *_TOPIC),
    "cue": (*_NEAR, "before", "behind"),
    "end": ("w-1", "w", "w+1", "opens", "before", "behind", "last"),
    "start": ("w",),
    "base": ("w-1", "w", "w+1", "opens", "first", "last", *_TOPIC),
    "named": ("w-1", "w", "w+1", "opens"),
}
"""In which slots a kind of trait counts; the kind is what stands before the colon."""

CAPITAL_STEPS: Final = 6
"""In how many steps the share of a word's capitals is told."""

BOUNDARY: Final = ""
"""The word that stands before the first and behind the last of a sentence."""

_SIGNS: Final = {
    name.lower(): value
    for name, value in vars(Sign).items()
    if isinstance(value, int) and name.isupper() and value
}
_CAPITAL = re.compile(r"[A-ZÅÄÖÉÜÁØÆ]")
_SMALL = re.compile(r"[a-zåäöéüáøæ]")
_DIGIT = re.compile(r"\d")
_AGAIN = re.compile(r"(.)\1+")
_ENDS: Final = 8
_STARTS: Final = 5
_LONGEST: Final = 40
_CUE_CLASSES: Final = (
    *("role", "before-organisation", "before-place", "place-preposition", "before-work"),
    *("after-person", "near-club"),
)
_OWN_CLASS: Final = frozenset(
    (
        *("och", "eller", "av", "för", "de", "den", "det", "en", "ett", "har", "är", "som"),
        *("att", "med", "om", "till", "i", "på", "vid", "mot", "från"),
    )
)
_VERB_ENDS: Final = ("ade", "iska", "ska", "isk", "ar", "er", "it", "at", "en", "et", "na")


def shape(word: str) -> str:
    """How a word is written: ``X`` for capitals, ``x`` for small letters, ``d`` for digits.

    >>> shape("EU-kommissionen"), shape("90-talet"), shape("Anna")
    ('X-x', 'd-x', 'Xx')
    """
    if word.isalpha():
        if word.islower():
            return "x"
        if word[1:].islower():
            return "Xx"
    word = _DIGIT.sub("d", _SMALL.sub("x", _CAPITAL.sub("X", word)))
    return _AGAIN.sub(r"\1", word)[:8]


def traits(word: str, lexicon: Lexicon) -> list[str]:
    """The traits of a word by itself; BOUNDARY has one of its own. Endings stand backwards."""
    found = whole_traits(word, lexicon)
    for longest, most in edge_traits(word):
        kind, _, letters = longest.partition(":")
        found += [f"{kind}:{letters[:n]}" for n in range(1, min(most, len(letters)) + 1)]
    return found


def edge_traits(word: str) -> list[tuple[str, int]]:
    """The longest of the traits of a word that begin alike, and how many letters those have."""
    if not word or not word.isprintable():
        return []
    word = word[:_LONGEST]
    lower = word.lower()
    edges = [(f"end:{lower[: -_ENDS - 1 : -1][: len(lower) - 1]}", _ENDS)]
    if word[0].isupper():
        edges.append((f"start:{word[: min(_STARTS, len(word) - 1)]}", _STARTS))
    return edges


def whole_traits(word: str, lexicon: Lexicon) -> list[str]:
    """The traits of a word but for its beginnings and endings."""
    if not word:
        return ["any:boundary"]
    if not word.isprintable():  # a zero ends keys of tries; half a surrogate pair has no bytes
        return ["any:"]
    word = word[:_LONGEST]
    lower = word.lower()
    language = language_lexicon()
    found = ["any:", f"form:{lower}", f"shape:{shape(word)}"]
    found += [f"cue:{cue}" for cue in lexicon.cues_of(lower)]
    share = lexicon.capital_shares.get(lower)
    if share:
        found.append(f"named:capital {share[0][0]}")
    number = language.number(lower)
    if not word[0].isupper():
        if number < 0:
            found.append("list:unknown")
        return found + _lemma(lower, number, language)
    known = lexicon.word(word)
    found += [f"list:{name}" for name, sign in _SIGNS.items() if known.signs & sign]
    if not known.signs:
        found.append("list:none")
    if lower in lexicon.heads:
        found.append("list:head")
    bearers = lexicon.bearers.get(known.base)
    if bearers:
        found.append(f"named:first {bearers[0][0]}")
    if number >= 0:
        found.append("list:compound word" if language.cuts[number] else "list:word")
    found.append(f"base:{known.base.lower()}")
    return found + _lemma(lower, number, language)


def _lemma(lower: str, number: int, language: LanguageLexicon) -> list[str]:
    """The word that a known word is a form of."""
    if number < 0:
        return []
    terms = language.main_terms(lower)
    return [f"base:{terms[0]}"] if terms and terms[0] != lower else []


def name_bin(bearers: int) -> int:
    """How common a first name is: each step is four times as many bearers."""
    return int(log(bearers + 1, 4))


def slots_of(trait: str) -> tuple[str, ...]:
    """The slots in which a trait counts."""
    return _IN_SLOTS[trait.partition(":")[0]]


def word_class(word: str, lexicon: Lexicon) -> str:
    """The class of a word: what lists or endings say of it at first sight."""
    if not word:
        return "|"
    if not word[0].isalpha():
        if not word[0].isdigit():
            return word[0] if ord(word[0]) < 0x2100 else "?"
        return "year" if len(word) == 4 and word.isdigit() else "number"
    lower = word.lower()
    if word[0].isupper():
        return _capital_class(word[:_LONGEST], lower, lexicon)
    cues = lexicon.cues_of(lower)
    for cue in _CUE_CLASSES:
        if cue in cues:
            return cue
    if lower in lexicon.heads:
        return "head"
    if lower in _OWN_CLASS:
        return lower
    return next((f"-{end}" for end in _VERB_ENDS if lower.endswith(end)), "word")


def _capital_class(word: str, lower: str, lexicon: Lexicon) -> str:
    signs = lexicon.word(word).signs
    found = [name for name, sign in _LISTED if signs & sign]
    if not found:
        found = [name for name, sign in _NAMED if signs & sign]
    if not found:
        found = [name for name, sign in _LOOKS if signs & sign][:1]
    if signs & Sign.CLUB_PLACE:
        found.append("club")
    if signs & Sign.COMMON:
        found.append("common")
    if lexicon.is_cue("role", lower):
        found.append("role")
    return "+".join(found or ["unknown"]).capitalize() + ("s" if word[-1] == "s" else "")


_LISTED: Final = (
    ("no", Sign.NOT_A_NAME),
    ("organisation", Sign.ORGANISATION),
    ("place", Sign.PLACE),
    ("person", Sign.PERSON),
)
_NAMED: Final = (("first", Sign.FIRST), ("surname", Sign.SURNAME))
_LOOKS: Final = (
    ("head", Sign.ORGANISATION_HEAD),
    ("organisationending", Sign.ORGANISATION_ENDING),
    ("street", Sign.STREET),
    ("placeending", Sign.PLACE_ENDING),
    ("acronym", Sign.ACRONYM),
    ("initial", Sign.INITIAL),
    ("compound", Sign.COMPOUND),
)
