"""Rules for names that a word of the kind shows: Furulidens IF, Lunds universitet, Kalmar län."""

import re
from typing import Final

from index.entities.candidates import Token
from index.entities.lexicon import LISTED, Sign, Word
from index.entities.mentions import Kind
from index.entities.reading import Found, Reading, several_words

LONGEST_ORGANISATION: Final = 6
"""Words; longer sequences are headlines."""

_LOWER_WORD = re.compile(r" ([a-zåäö]+)\b")
_DIRECTIONS: Final = frozenset(
    (
        *("Södra", "Norra", "Västra", "Östra", "Mellersta", "Stora", "Lilla", "Gamla", "Nya"),
        *("Övre", "Nedre", "Yttre", "Inre", "Sankt", "Sankta", "S:t", "S:ta"),
    )
)
_TAIL = re.compile(
    r" (?:(?P<municipality>kommun)|(?P<organisation>(?:tekniska |konstnärliga )?"
    r"(?:universitet|högskola|tingsrätt|hovrätt|universitetssjukhus|sjukhus|lasarett|församling"
    r"|pastorat|stift|stadsteater|stadsbibliotek|stadsmission|konsthall|konstmuseum|museum|gymnasium"
    r"|folkhögskola|symfoniorkester|energi|bostäder|handelskammare|stad))"
    r"|(?P<place>län|flygplats|station|centralstation|centrum|torg|hamn|slott|kyrka|domkyrka"
    r"|nationalpark|naturreservat|skärgård))s?\b"
)
_SOCIETY_ENDINGS = ("öreningen", "tiftelsen", "ällskapet")
_SOCIETIES: Final = frozenset(("föreningen", "stiftelsen", "sällskapet"))
_FRIENDS = re.compile(r" (?:vänner|minne|minnesfond|framtid|väl|bevarande)\b")
_DEFINITE_NOUN = re.compile(r" [a-zåäö]{2,}(?:et|en|an|na)\b")  # Raka spåret
_ACRONYM = re.compile(r" \(([A-ZÅÄÖ]{2,6})\)")
_OWNED = re.compile(
    r"\w{4,}(?:er|verk|förbund|råd|förening|institut|bank|kammare|akademi|museum|teater|opera)$"
)
_OF: Final = frozenset((" of ", " of the ", " for ", " for the ", " on "))
_LEADING_HEADS: Final = frozenset(
    (
        *("ab", "if", "ifk", "ik", "bk", "fc", "fk", "sk", "hc", "ff", "aik", "ac", "as", "region"),
        *("länsstyrelsen", "stiftelsen", "föreningen", "polisregion", "rlc"),
    )
)


def organisation_end(reading: Reading, start: int) -> int:
    """The end of a sequence that a head such as FF, AB, University makes an organisation, or 0."""
    first = reading.words[start]
    if first.base.lower() in _LEADING_HEADS and first.base[:1].isupper():
        if start + 1 < len(reading.words) and reading.joiners[start] in (" ", "\u00a0"):
            following = reading.words[start + 1].signs
            if not following & (Sign.COMMON | Sign.NOT_A_NAME | Sign.COMPOUND):
                return start + 2
        return 0
    if first.signs & Sign.ORGANISATION_HEAD and start + 1 < len(reading.words):
        return _named_after(reading, start + 1)
    if first.signs & (Sign.NOT_A_NAME | Sign.COMPOUND):
        return 0
    if first.signs & (Sign.GENITIVE | Sign.COMMON) and not _has_foreign_next(reading, start):
        return 0
    last = 0
    for index in range(start + 1, min(start + LONGEST_ORGANISATION, len(reading.words))):
        signs = reading.words[index].signs
        if signs & Sign.ORGANISATION_HEAD:
            last = index + 1
        elif signs & Sign.NOT_A_NAME or (signs & Sign.COMMON and not signs & Sign.ENGLISH):
            break
        if signs & Sign.GENITIVE:
            break
    if (
        last - start > 2
        and first.signs & Sign.FIRST
        and reading.words[start + 1].signs & Sign.SURNAME
    ):
        return 0
    return last and (_named_after(reading, last) or last)


def is_only_common(word: Word) -> bool:
    """Whether an ordinary word, which nothing else speaks for, stands here."""
    return bool(word.signs & Sign.COMMON) and not word.signs & Sign.ORGANISATION_HEAD


def _has_foreign_next(reading: Reading, start: int) -> bool:
    """Whether a head or an English word follows at once: Ekängens BK, Global Energy Institute."""
    return (
        start + 1 < len(reading.words)
        and reading.joiners[start] == " "
        and bool(reading.words[start + 1].signs & (Sign.ORGANISATION_HEAD | Sign.ENGLISH))
    )


def _named_after(reading: Reading, end: int) -> int:
    """The end of what ``of`` or ``for`` adds to a head (University of Chicago), 0 without it."""
    stop = min(len(reading.tokens), end + LONGEST_ORGANISATION)
    last = 0
    while end < stop and (
        reading.joiners[end - 1] in _OF or (last and reading.joiners[end - 1] in (" ", " and "))
    ):
        end += 1
        last = end
    return last


def described(reading: Reading, start: int) -> tuple[Found, int] | None:
    """An adjective that belongs to the name: Södra Skolgatan, Svenska Gymnastikförbundet."""
    token = reading.tokens[start]
    if start + 1 < len(reading.words) and reading.joiners[start] in (" ", "\u00a0"):
        signs = reading.words[start + 1].signs
        if signs & Sign.ORGANISATION_ENDING and not signs & LISTED:
            return several_words(reading, start, start + 2, "organisation", True), start + 2
        if token.text in _DIRECTIONS and signs & (Sign.STREET | Sign.PLACE_ENDING | Sign.PLACE):
            return several_words(reading, start, start + 2, "place", True), start + 2
        return None
    match = _LOWER_WORD.match(reading.passage.text, token.end)
    if match is None or token.text[-1] != "a":
        return None
    noun = reading.lexicon.word(match[1].capitalize())
    if not noun.signs & Sign.ORGANISATION_ENDING:
        return None
    name = f"{token.text} {noun.base.lower()}"
    return Found(token.start, match.end(), name, "organisation", True), start + 1


def association(reading: Reading, start: int) -> Found | None:
    """A society whose name ends in lower case: Föreningen Ringdansens vänner, Raka spåret."""
    token = reading.tokens[start]
    if token.text[-1] not in "nst":
        return None
    text = reading.passage.text
    index = start + 1 if token.text.endswith(_SOCIETY_ENDINGS) else start
    if index == len(reading.tokens) or (index > start and reading.joiners[start] != " "):
        return None
    last = reading.tokens[index]
    tail = None
    if last.text[-1] == "s":
        tail = _FRIENDS.match(text, last.end)
        if index == start and tail and reading.passage.before(token.start) not in _SOCIETIES:
            return None
    elif last.text[-1] == "a" and index > start and reading.words[index].signs & Sign.COMMON:
        tail = _DEFINITE_NOUN.match(text, last.end)
    if tail is None:
        return None
    return Found(token.start, tail.end(), text[token.start : tail.end()], "organisation", True)


def owned_by_place(reading: Reading, start: int) -> Found | None:
    """An organisation that a place in the genitive opens: Sveriges Byggindustrier."""
    if start + 1 >= len(reading.words) or not reading.words[start].signs & Sign.GENITIVE:
        return None
    following = reading.words[start + 1]
    known = LISTED | Sign.FIRST | Sign.SURNAME | Sign.NOT_A_NAME
    if following.signs & known or not _OWNED.match(following.base):
        return None
    return several_words(reading, start, start + 2, "organisation", True)


def is_part_of_name(reading: Reading, start: int) -> bool:
    """Whether an unknown word goes on with the place: Solna Vikings, Stockholm Waterfront."""
    if start + 1 >= len(reading.words) or reading.words[start].signs & (
        Sign.GENITIVE | Sign.COMMON
    ):
        return False
    known = LISTED | Sign.FIRST | Sign.SURNAME | Sign.COMMON | Sign.NOT_A_NAME | Sign.ACRONYM
    return reading.joiners[start] == " " and not reading.words[start + 1].signs & (
        known | Sign.COMPOUND
    )


def named_after_place(reading: Reading, start: int) -> Found:
    """A club (Solna Vikings), what a cue names or a place within (Idre Fjäll), else nothing."""
    found = several_words(reading, start, start + 2, "organisation", True)
    before = reading.passage.before(found.start)
    if reading.words[start + 1].base.endswith("s") or reading.lexicon.is_cue(
        "before-organisation", before
    ):
        return found
    if before == "i" and not reading.words[start + 1].signs & Sign.ENGLISH:
        return several_words(reading, start, start + 2, "place", True)
    found.name = ""
    return found


def tailed(reading: Reading, start: int) -> Found | None:
    """A name that a lower-case noun completes: Uppsala universitet, Kalmar län, Luleå kommun."""
    token = reading.tokens[start]
    if reading.passage.text[token.end : token.end + 1] != " ":
        return None
    match = _TAIL.match(reading.passage.text, token.end)
    if match is None:
        return None
    if match.lastgroup == "municipality":
        if reading.passage.before(token.start) in reading.lexicon.cues["place-preposition"]:
            base = reading.words[start].base
            name = reading.lexicon.canonical_name(base, "place")
            return Found(token.start, match.end(), name, "place", True)
        return _with_tail(token, match, "organisation")
    return _with_tail(token, match, "place" if match.lastgroup == "place" else "organisation")


def _with_tail(token: Token, match: re.Match[str], kind: Kind) -> Found:
    tail = match[0]
    if tail.endswith("s") and not tail.endswith(("ss", "hus", "plats")):
        tail = tail[:-1]
    return Found(token.start, match.end(), token.text + tail, kind, True)


def introduced_by_acronym(reading: Reading, start: int, end: int) -> Found | None:
    """An organisation because its acronym follows: Institute for Research (IR)."""
    stop = reading.tokens[end - 1].end
    match = _ACRONYM.match(reading.passage.text, stop)
    if match is None or reading.tokens[start].text[0] != match[1][0]:
        return None
    return several_words(reading, start, end, "organisation", True)
