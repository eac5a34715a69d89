"""Rules for persons: where a full name ends, and what a single name may be."""

import re
from typing import Final

from index.entities.candidates import Token
from index.entities.lexicon import LISTED, Sign, Word
from index.entities.passage import Passage
from index.entities.reading import Found, Reading, nothing, one_word, several_words

_LONGEST_PERSON = 5
_NO_SURNAME: Final = Sign.NOT_A_NAME | Sign.COMPOUND | Sign.ACRONYM | Sign.ORGANISATION_HEAD
SYLLABLES: Final = re.compile(r"\w{2,6}-[a-z]{2,5}$")
"""A given name in two syllables: Dae-jung, Joon-ho."""
_FAMILY_PLACE = re.compile(r"(?:berg|mark|holm|lund|fors|dal|vik)$")  # Öhling Norberg
_LOWER_STREET = re.compile(r" (?:gata|väg|plats|torg|backe|gränd|allé|park|led)\b")
_NOBILIARY = re.compile(r"\b(?:von(?: der| dem)?|van(?: der| den| de)?|af|bin)[ ]$")


def person_end(reading: Reading, start: int) -> int:
    """The end of a person's full name that starts here, ``start`` where none does."""
    first = reading.words[start].signs
    if not first & (Sign.FIRST | Sign.INITIAL) or first & Sign.GENITIVE:
        return start
    if first & Sign.ORGANISATION and not (
        start + 1 < len(reading.words)
        and reading.words[start + 1].signs & (Sign.SURNAME | Sign.FIRST)
    ):
        return start
    if first & Sign.INITIAL and not (
        start + 1 < len(reading.words) and reading.words[start].base.endswith(".")
    ):
        return start
    end = start + 1
    while end < len(reading.words) and end - start < _LONGEST_PERSON:
        if reading.joiners[end - 1] in (" & ", " and ", " of ", " for ", " in ", " y "):
            break
        word = reading.words[end]
        signs = word.signs
        if signs & Sign.INITIAL:
            end += 1
            continue
        if signs & Sign.COMPOUND and SYLLABLES.match(word.base):
            end += 1
            continue
        if signs & (_NO_SURNAME | Sign.ENGLISH) and not signs & (Sign.SURNAME | Sign.FIRST):
            break
        if signs & (Sign.ORGANISATION | Sign.PLACE | Sign.COMMON):
            if (
                end - start > 1
                and not signs & (Sign.SURNAME | Sign.FIRST | Sign.ORGANISATION)
                and not reading.words[end - 1].signs & Sign.INITIAL
                and not _FAMILY_PLACE.search(word.base)
            ):
                break
            if signs & Sign.ORGANISATION and not _is_family_name(reading, end):
                break
        if reading.lexicon.phrase(
            reading.tokens[end].text, reading.passage.lower, reading.tokens[end].start
        ):
            break
        end += 1
        if signs & Sign.GENITIVE or (signs & Sign.MAYBE_GENITIVE and word.base[-2] not in "aiou"):
            break
    return end


def _is_family_name(reading: Reading, position: int) -> bool:
    """Whether a word that is also an organisation goes on with a name: Harrison Ford."""
    signs = reading.words[position].signs
    if signs & (Sign.SURNAME | Sign.FIRST):
        return True
    before = reading.words[position - 1].signs
    return bool(before & (Sign.FIRST | Sign.INITIAL)) and not (
        before & (LISTED | Sign.COMMON) or signs & (Sign.COMMON | Sign.ORGANISATION_ENDING)
    )


def _named_after_person(reading: Reading, start: int, end: int) -> Found | None:
    """A street, school or site that bears a person's name: Birger Jarlsgatan, Karin Boyes gata."""
    first, last = reading.tokens[start], reading.tokens[end - 1]
    signs = reading.words[end - 1].signs
    if signs & Sign.STREET:
        return several_words(reading, start, end, "place", True)
    if signs & Sign.ORGANISATION_ENDING:
        return several_words(reading, start, end, "organisation", True)
    street = street_of(reading.passage, first.start, last.end)
    if street is not None:
        return street
    if reading.passage.before(first.start) in reading.lexicon.cues["before-named-place"]:
        return several_words(reading, start, end, "place", True)
    return None


def street_of(passage: Passage, start: int, end: int) -> Found | None:
    """The street that a person's name in the genitive opens: Olof Palmes gata."""
    street = _LOWER_STREET.match(passage.text, end) if passage.text[end - 1] == "s" else None
    if street is None:
        return None
    return Found(start, street.end(), passage.text[start : street.end()], "place", True)


def person(reading: Reading, start: int, end: int) -> Found | None:
    """The full name ``start:end``, unless a cue makes it a place, a work or an organisation."""
    named = _named_after_person(reading, start, end)
    if named is not None:
        return named
    first, last = reading.tokens[start], reading.tokens[end - 1]
    signs = reading.words[start].signs
    before = reading.passage.before(first.start)
    lexicon = reading.lexicon
    if (
        lexicon.is_cue("before-organisation", before)
        and not reading.words[end - 1].signs & Sign.SURNAME
    ):
        return several_words(reading, start, end, "organisation", True)
    if before in lexicon.cues["before-work"] or (
        reading.passage.is_quoted(first.start, last.end)
        and not reading.passage.is_person_after(last.end + 1)
    ):
        return nothing(first.start, last.end)
    if (
        reading.opener
        and start == 0
        and signs & Sign.COMMON
        and any(word.signs & (LISTED | Sign.COMMON) for word in reading.words[1:end])
    ):
        return None
    found = several_words(reading, start, end, "person", True)
    found.is_person_full = True
    return found


def lone_person(reading: Reading, token: Token, word: Word, is_sure: bool) -> Found:
    """A single name with its particle: von Essen."""
    found = one_word(reading, token, word, "person", is_sure)
    particle = _NOBILIARY.search(reading.passage.text, max(0, token.start - 12), token.start)
    if particle is not None:
        found.start = particle.start()
        found.name = particle[0] + found.name
        found.is_sure = is_sure or reading.lexicon.is_listed(found.name, "person")
    return found
