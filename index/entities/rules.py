"""The rules: which words of a run are a name, of which kind, and how sure that is.

This is the first classifier. A trained model takes its place by offering :func:`classify`; it
replaces ``persons`` and ``organisations`` with it.
"""

import re
from collections.abc import Iterator
from typing import Final

from index.entities.candidates import Run, Token, runs
from index.entities.lexicon import LISTED, Lexicon, Sign, Word
from index.entities.mentions import Kind
from index.entities.organisations import (
    LONGEST_ORGANISATION,
    association,
    described,
    introduced_by_acronym,
    is_only_common,
    is_part_of_name,
    named_after_place,
    organisation_end,
    owned_by_place,
    tailed,
)
from index.entities.passage import Passage, lowered
from index.entities.persons import SYLLABLES, lone_person, person, person_end, street_of
from index.entities.reading import (
    Found,
    Reading,
    nothing,
    one_word,
    read_run,
    several_words,
)

_SHOUT_LENGTH = 5
_PARTY: Final = re.compile(r" \((?:[SMCLVsmclv]|SD|KD|MP|FP|[kmf]p|[ks]d|-)\)")
_SURNAME_FIRST: Final = re.compile(
    r"(?<![\w-])(?P<last>(?:(?:[Vv]on|[Aa]f|[Dd]e) )?[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ][\w-]+)?),"
    r" (?P<first>[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ][\w-]+)?)$"
)
_FULL_NAME: Final = re.compile(
    r"[A-ZÅÄÖ][\w'’-]+ (?:(?:[Vv]on|[Aa]f|[Dd]e|[Aa]l|[Ee]l) )?[A-ZÅÄÖ][\w'’-]+$"
)
_LONGEST_INVERTED: Final = 60
DETERMINERS: Final = frozenset(
    (
        *("en", "ett", "den", "det", "sin", "sitt", "sina", "ena", "flera", "två", "tre", "varje"),
        *("något",),
    )
)
_AGAINST: Final = frozenset(("mot", "över"))  # vann mot Hammarby, körde mot Hammarby
_COURTESY: Final = frozenset(
    ("dr", "doktor", "herr", "fru", "fröken", "professor", "mr", "mrs", "ms")
)
_ROAD = re.compile(r"(?:E|Rv|Lv|V|L)\d{1,4}$")
_DEFINITE = re.compile(r"\w{4,}(?:en|et|an|na|erna|planet|planen)s?$")


def find_by_rules(text: str, lexicon: Lexicon) -> list[Found]:
    """What the rules make of a text, in order; a find without a name is known to be none."""
    passage = Passage(text, lowered(text), lexicon)
    abbreviations = lexicon.cues["abbreviation"]
    found_runs = runs(text, abbreviations, lexicon.is_ordinary)
    finds = [found for run in found_runs for found in classify(passage, run)]
    certain = list(_before_parties(text, lexicon))
    if not certain:
        return finds
    apart = []
    at = 0
    for found in finds:
        while at < len(certain) and certain[at].end <= found.start:
            at += 1
        if at == len(certain) or certain[at].start >= found.end:
            apart.append(found)
    return sorted(apart + certain, key=lambda found: found.start)


def _before_parties(text: str, lexicon: Lexicon) -> Iterator[Found]:
    """Persons whose surname stands first, and the parties that stand behind a person.

    ``Holm, Jens (V)`` is Jens Holm and Vänsterpartiet.
    """
    for party in _PARTY.finditer(text):
        start = max(0, party.start() - _LONGEST_INVERTED)
        before = text[start : party.start()]
        match = _SURNAME_FIRST.search(before)
        if match is not None:
            name = f"{match['first']} {match['last']}"
            yield _certain(start + match.start(), party.start(), name, "person")
        elif _FULL_NAME.search(before) is None:
            continue
        letters = party[0][2:-1]
        if letters != "-":
            name = lexicon.canonical_name(letters, "organisation")
            yield _certain(party.start() + 2, party.end() - 1, name, "organisation")


def _certain(start: int, end: int, name: str, kind: Kind) -> Found:
    found = Found(start, end, name, kind, True, kind == "person")
    found.is_certain = True
    return found


def classify(passage: Passage, run: Run) -> list[Found]:
    """The names in one run, in order and never overlapping."""
    reading = read_run(passage, run)
    if run.tokens[0].text.isupper() and _is_shouted(reading):
        return _shouted(reading)
    if len(reading.words) == 1:
        found, _ = _next(reading, 0)
        return [] if found is None else [found]
    finds = []
    position = 0
    covered = 0
    while position < len(reading.words):
        if reading.tokens[position].start < covered:
            position += 1
            continue
        found, position = _next(reading, position)
        if found is not None:
            covered = found.end
            finds.append(found)
    return finds


def _next(reading: Reading, position: int) -> tuple[Found | None, int]:
    """What starts at this word, if anything, and the word to go on with."""
    token, word = reading.tokens[position], reading.words[position]
    if word.signs & Sign.OPENS_PHRASE:
        listed = _phrase(reading, token, reading.opener and position == 0)
        if listed is not None:
            return listed, position + 1
    opener = reading.opener and position == 0
    has_next = position + 1 < len(reading.words)
    society = association(reading, position)
    if society is not None:
        return society, position + 1
    if has_next:
        if _introduces(reading, word):
            return None, position + 1
        end = 0 if opener and is_only_common(word) else organisation_end(reading, position)
        if end:
            return several_words(reading, position, end, "organisation", True), end
    if not opener and word.signs & Sign.COMMON:
        name = described(reading, position)
        if name is not None:
            return name
    if word.signs & Sign.COMMON and not word.signs & (Sign.FIRST | LISTED):
        return None, position + 1
    if word.signs & (Sign.NOT_A_NAME | Sign.COMPOUND):
        return None, position + 1
    return _name(reading, position, opener)


def _name(reading: Reading, position: int, opener: bool) -> tuple[Found | None, int]:
    """The name that starts at a word that is not ordinary."""
    token, word = reading.tokens[position], reading.words[position]
    following = reading.words[position + 1] if position + 1 < len(reading.words) else None
    tail = tailed(reading, position)
    if tail is not None:
        return tail, position + 1
    if following is not None:
        end = person_end(reading, position)
        if end - position > 1:
            return person(reading, position, end), end
        if word.signs & Sign.PLACE:
            owned = owned_by_place(reading, position)
            if owned is not None:
                return owned, position + 2
        if word.signs & Sign.PLACE and is_part_of_name(reading, position):
            return named_after_place(reading, position), position + 2
    if word.signs & LISTED:
        return _listed(reading, token, word, opener, following), position + 1
    if opener and following is not None and _only_opens(word, following):
        return None, position + 1
    if _ROAD.match(token.text):
        return None, position + 1
    end = _unknown_end(reading, position)
    if end - position > 1:
        return _unknown_sequence(reading, position, end), end
    return _single(reading, token, word, opener), position + 1


def _only_opens(word: Word, following: Word) -> bool:
    """Whether an unknown first word of a sentence is no part of the name that follows it."""
    if following.signs & (Sign.FIRST | Sign.ORGANISATION_ENDING | Sign.STREET):
        return True
    return not word.signs & Sign.SURNAME and _DEFINITE.search(word.base) is not None


def _phrase(reading: Reading, token: Token, opener: bool) -> Found | None:
    passage = reading.passage
    opening = passage.text if opener else ""
    match = reading.lexicon.phrase(token.text, passage.lower, token.start, opening)
    if match is None:
        return None
    phrase, end = match
    if phrase.kind is None:
        return nothing(token.start, end)
    street = street_of(passage, token.start, end) if phrase.kind == "person" else None
    if street is not None:
        return street
    name = phrase.name
    if phrase.kind == "person" and reading.lexicon.names.get(name, 0):
        return Found(token.start, end, name, "person", True)
    return Found(token.start, end, name, phrase.kind, True, phrase.kind == "person")


def _introduces(reading: Reading, word: Word) -> bool:
    """Whether a capitalised word only introduces the name: Målvakten, Londonbolaget."""
    if word.signs & (Sign.FIRST | LISTED):
        return False
    lower = word.base.lower()
    if word.signs & Sign.ORGANISATION_ENDING:
        return lower in reading.lexicon.cues["role"]
    return reading.lexicon.is_cue("role", lower) or reading.lexicon.is_cue(
        "before-organisation", lower
    )


def _listed(
    reading: Reading, token: Token, word: Word, opener: bool, following: Word | None
) -> Found | None:
    """A single word that the lists know, weighed against the other things it may be."""
    signs = word.signs
    lexicon = reading.lexicon
    before = reading.passage.before(token.start)
    if before in lexicon.cues["before-work"]:
        return None
    if signs & Sign.ORGANISATION and signs & Sign.PLACE:
        kind: Kind = "organisation" if _is_bearer(reading, token, before) else "place"
        return one_word(reading, token, word, kind, True)
    if signs & Sign.ORGANISATION and not signs & Sign.COMMON:
        return one_word(reading, token, word, "organisation", True)
    if signs & Sign.PERSON:
        found = one_word(reading, token, word, "person", True)
        found.name = word.base
        return found
    is_placed = (
        before in lexicon.cues["place-preposition"] or before in lexicon.cues["before-place"]
    )
    if signs & Sign.ORGANISATION:
        return one_word(reading, token, word, "organisation", not opener)
    if lexicon.is_cue("before-organisation", before):
        return one_word(reading, token, word, "organisation", True)
    if is_placed:
        return one_word(reading, token, word, "place", True)
    if f"{before} {word.base}" in lexicon.titled:
        return lone_person(reading, token, Word(f"{before} {word.base}", signs), True)
    if before in _COURTESY:
        return lone_person(reading, token, word, True)
    if signs & (Sign.FIRST | Sign.SURNAME) and (
        lexicon.is_cue("role", before) or reading.passage.is_person_after(token.end)
    ):
        return one_word(reading, token, word, "person", False)
    if signs & Sign.COMMON or (following is not None and opener and not signs & Sign.GENITIVE):
        is_sure = not signs & (Sign.COMMON | Sign.FIRST | Sign.SURNAME)
        return one_word(reading, token, word, "place", is_sure)
    return one_word(reading, token, word, "place", not signs & Sign.FIRST)


def _is_bearer(reading: Reading, token: Token, before: str) -> bool:
    """Whether the club or the company that bears a place's name is meant, not the place."""
    lexicon = reading.lexicon
    if lexicon.is_cue("before-organisation", before):
        return True
    if lexicon.is_cue("before-place", before):
        return False
    if before in lexicon.cues["place-preposition"] and before not in _AGAINST:
        return False
    if reading.passage.is_sport(token.start, token.end):
        return True
    return before not in _AGAINST and reading.passage.is_business(token.start, token.end)


def _unknown_end(reading: Reading, start: int) -> int:
    """The end of a sequence of words that no list knows."""
    end = start + 1
    if reading.words[start].signs & Sign.GENITIVE:
        return end
    stop = Sign.COMMON | Sign.NOT_A_NAME | Sign.COMPOUND | Sign.ACRONYM | LISTED
    while end < len(reading.words) and end - start < LONGEST_ORGANISATION:
        signs = reading.words[end].signs
        if end == start + 1 and reading.words[start].signs & Sign.ACRONYM and signs & Sign.FIRST:
            break  # FM Tobias Billström
        if reading.joiners[end - 1] in (" in ", " for ", " on "):
            break
        if signs & Sign.COMPOUND and SYLLABLES.match(reading.words[end].base):
            end += 1
            continue
        if signs & stop and not signs & (Sign.SURNAME | Sign.FIRST | Sign.ENGLISH):
            is_joined = signs & Sign.PLACE and not reading.opener and not signs & Sign.GENITIVE
            if not is_joined or reading.words[start].signs & Sign.MAYBE_GENITIVE:
                break
        end += 1
        if signs & Sign.GENITIVE:
            break
    return end


def _unknown_sequence(reading: Reading, start: int, end: int) -> Found | None:
    if all(len(word.base) < 3 for word in reading.words[start:end]):
        return None
    first, last = reading.tokens[start], reading.tokens[end - 1]
    lexicon = reading.lexicon
    before = reading.passage.before(first.start)
    if (
        lexicon.is_cue("before-organisation", before)
        or reading.words[start].signs & Sign.ORGANISATION_ENDING
    ):
        return several_words(reading, start, end, "organisation", True)
    is_role = lexicon.is_cue("role", before)
    titled = is_role or reading.passage.is_titled_after(last.end)
    if _is_designation(reading, start, end, is_role):
        return introduced_by_acronym(reading, start, end) or nothing(first.start, last.end)
    if not titled:
        rejected = nothing(first.start, last.end)
        if before in lexicon.cues["before-work"] or reading.passage.is_quoted(
            first.start, last.end
        ):
            return rejected
        if any(word.signs & Sign.ENGLISH for word in reading.words[start:end]):
            return introduced_by_acronym(reading, start, end) or rejected
    is_joined = any(word.signs & Sign.PLACE for word in reading.words[start:end])
    if (
        titled
        or (reading.words[end - 1].signs & Sign.SURNAME and not is_joined)
        or reading.passage.is_person_after(last.end)
    ):
        found = several_words(reading, start, end, "person", True)
        found.is_person_full = True
        return found
    introduced = introduced_by_acronym(reading, start, end)
    if introduced is not None:
        return introduced
    if reading.words[end - 1].signs & Sign.STREET or (
        before in ("i", "på") or before in lexicon.cues["before-place"]
    ):
        return several_words(reading, start, end, "place", before != "på")
    unlike = Sign.ACRONYM | Sign.ORGANISATION_HEAD | Sign.PLACE
    if any(word.signs & unlike for word in reading.words[start:end]):
        return nothing(first.start, last.end)
    telling = Sign.FIRST | Sign.SURNAME
    is_sure = any(word.signs & telling for word in reading.words[start:end])
    found = several_words(reading, start, end, "person", is_sure)
    found.is_person_full = True
    return found


def _is_designation(reading: Reading, start: int, end: int, is_role: bool) -> bool:
    """Whether acronym, number or article shows that no person is named: SOS Alarm, en Dacia Logan.

    Two capitals may be initials, before a surname or after a role: president JD Vance.
    """
    words = reading.words[start:end]
    if any(any(map(str.isdigit, word.base)) for word in words):
        return True
    is_initials = len(words[0].base) == 2 and (is_role or bool(words[-1].signs & Sign.SURNAME))
    if any(w.signs & Sign.ACRONYM for w in words[is_initials:]):
        return True
    return reading.passage.before(reading.tokens[start].start) in DETERMINERS


def _single(reading: Reading, token: Token, word: Word, opener: bool) -> Found | None:
    """A single word that no list knows as a place or an organisation."""
    signs = word.signs
    lexicon = reading.lexicon
    if signs & (Sign.INITIAL | Sign.ENGLISH | Sign.ORGANISATION_HEAD):
        return None
    before = reading.passage.before(token.start)
    if before in lexicon.cues["before-work"]:
        return None
    if signs & Sign.COMMON:
        return None
    if lexicon.is_cue("before-organisation", before):
        return one_word(reading, token, word, "organisation", True)
    if signs & Sign.ACRONYM:
        return one_word(reading, token, word, "organisation", False)
    if reading.passage.is_quoted(token.start, token.end):
        return None
    if f"{before} {word.base}" in lexicon.titled:
        return lone_person(reading, token, Word(f"{before} {word.base}", signs), True)
    if before in DETERMINERS or reading.passage.text[token.end : token.end + 1] == "-":
        return None
    if signs & Sign.FIRST:
        return lone_person(reading, token, word, False)
    if lexicon.is_cue("role", before) or (before and reading.passage.is_titled_after(token.end)):
        return lone_person(reading, token, word, True)
    if signs & Sign.STREET and not opener:
        return one_word(reading, token, word, "place", True)
    if signs & Sign.ORGANISATION_ENDING and not opener:
        return one_word(reading, token, word, "organisation", True)
    if before in lexicon.cues["before-place"]:
        return one_word(reading, token, word, "place", True)
    if (before == "i" and not _DEFINITE.search(word.base)) or (
        signs & Sign.PLACE_ENDING and before in ("i", "på", "från", "till", "vid")
    ):
        return one_word(reading, token, word, "place", True)
    if signs & Sign.SURNAME:
        return lone_person(reading, token, word, False)
    return one_word(reading, token, word, None, False)


def _is_shouted(reading: Reading) -> bool:
    """Whether the run is set in capitals, so that capitals say nothing."""
    long = False
    for token in reading.tokens[:LONGEST_ORGANISATION]:
        if not token.text.isupper():
            return False
        long = long or (
            len(token.text) >= _SHOUT_LENGTH and token.text not in reading.lexicon.names
        )
    return long


def _shouted(reading: Reading) -> list[Found]:
    """Only what the lists know beyond doubt."""
    finds = []
    for token, word in zip(reading.tokens, reading.words, strict=True):
        shown = word
        if not word.signs & (Sign.PLACE | Sign.ORGANISATION):
            shown = reading.lexicon.word(token.text.title())
        if shown.signs & (Sign.COMMON | Sign.FIRST | Sign.SURNAME | Sign.NOT_A_NAME):
            continue
        if shown.signs & Sign.PLACE:
            finds.append(one_word(reading, token, shown, "place", True))
        elif shown.signs & Sign.ORGANISATION:
            finds.append(one_word(reading, token, shown, "organisation", True))
    return finds
