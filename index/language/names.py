"""The genitive -s, which Swedish puts on names and nouns alike."""

from typing import Final

from index.language.compounds import split
from index.language.data import read_words
from index.language.lexicon import UNKNOWN, lexicon

# -s after a definite ending can only be a genitive: bilens, husets, kyrkans, ländernas.
_DEFINITE: Final = ("ens", "ets", "ans", "nas")
_SHORTEST_DEFINITE: Final = 6
_SHORTEST_OF_WORD: Final = 5


def genitive_base(word: str, *, is_name: bool) -> str | None:
    """Take the genitive -s off a normalised word; None when there is none.

    `is_name` says that the word was written with a capital, which is what tells `Annas` from
    `kallas`. Names that end in -s keep it.

    >>> [genitive_base(w, is_name=True) for w in ("putins", "rysslands", "belarus", "lars")]
    ['putin', 'ryssland', None, None]
    >>> [genitive_base(w, is_name=False) for w in ("regeringens", "kallas", "ländernas", "kurs")]
    ['regeringen', None, 'länderna', None]
    >>> genitive_base("presskonferens", is_name=False), genitive_base("elpris", is_name=True)
    (None, None)
    """
    if word[-1:] != "s":
        return None
    if len(word) < 3 or word[-2] in "sxz'-." or word in read_words("final_s.txt"):
        return None
    may_be_name = is_name and word[-2].isalpha()
    is_definite = len(word) >= _SHORTEST_DEFINITE and word.endswith(_DEFINITE)
    return word[:-1] if (may_be_name or is_definite) and not _is_of_word(word) else None


def _is_of_word(word: str) -> bool:
    """Whether the -s is of a word itself, or of the last word of a compound: sjukhus, tv-licens.

    Short ones may be names: Ros, Mos.
    """
    if len(word) < _SHORTEST_OF_WORD:
        return False
    known = lexicon()
    word = word.rpartition("-")[2]
    if word in known.main_terms(word):
        return True
    if known.look_up(word[:-1])[1] != UNKNOWN:
        return False
    compound = split(word)
    return compound is not None and compound.last in known.main_terms(compound.last)
