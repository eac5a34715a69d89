"""Whether a name's final -s is a genitive: what follows tells."""

import re
from typing import Final

from index.entities.lexicon import Sign, Word, load_lexicon

_OWNED: Final = re.compile(r"[ \u00a0][\"”“»]?(\w[\w-]*)")
_VERB_ENDINGS: Final = ("it", "at", "ats", "ades", "ade", "tte", "dde")


def is_owner(text: str, end: int) -> bool:
    """Whether a noun or another name follows at ``end``, so that a final -s is a genitive."""
    match = _OWNED.match(text, end)
    if match is None:
        return False
    cues = load_lexicon().cues
    return not (
        match[1] in cues["after-person"]
        or match[1] in cues["not-owned"]
        or match[1].endswith(_VERB_ENDINGS)
    )


def is_owner_of_noun(text: str, end: int) -> bool:
    """Whether the next word can own nothing but be owned: no name, and no verb's ending."""
    match = _OWNED.match(text, end)
    return (
        match is not None
        and is_owner(text, end)
        and match[1][0].islower()
        and not match[1].endswith(("r", "de", "te", "s"))
    )


def is_genitive(text: str, name: str, end: int) -> bool:
    """Whether a noun follows that the name owns; -is, -os and -us end too many surnames."""
    if name[-2:-1] in "iou":
        return False
    if name[-2] == "a":  # Lettas rapport, but Kallas besöker
        return is_owner_of_noun(text, end)
    return is_owner(text, end)


def keeps_s(text: str, written: str, word: Word, end: int) -> bool:
    """Whether a first name with -s is a surname (Pers): nothing follows that it could own."""
    named = Sign.GENITIVE | Sign.FIRST | Sign.SURNAME
    return (
        word.signs & named == Sign.GENITIVE | Sign.FIRST
        and written == word.base + "s"
        and not is_owner(text, end)
    )
