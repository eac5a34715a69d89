"""The genitive -s, which Swedish puts on names and nouns alike."""

from typing import Final

from index.language.compounds import split_as_known
from index.language.data import read_words
from index.language.lexicon import FREQUENCY_STEP, UNKNOWN, lexicon

# -s after a definite ending can only be a genitive: bilens, husets, kyrkans, ländernas.
_DEFINITE: Final = ("ens", "ets", "ans", "nas")
_SHORTEST_DEFINITE: Final = 6
_FREQUENT: Final = 4.0
"""How frequent a word is that says where its compounds end: one in a hundred thousand, as a power
of ten from 10⁻⁹ on."""


def genitive_base(word: str, *, is_name: bool) -> str | None:
    """Take the genitive -s off a normalised word; None when there is none.

    `is_name` says that the word was written with a capital, which is what tells `Annas` from
    `kallas`. Names that end in -s keep it.

    >>> [genitive_base(w, is_name=True) for w in ("putins", "rysslands", "belarus", "lars")]
    ['putin', 'ryssland', None, None]
    >>> [genitive_base(w, is_name=False) for w in ("regeringens", "kallas", "ländernas", "kurs")]
    ['regeringen', None, 'länderna', None]
    >>> genitive_base("presskonferens", is_name=False), genitive_base("ordens", is_name=False)
    (None, 'orden')
    """
    if word[-1:] != "s":
        return None
    if len(word) < 3 or word[-2] in "sxz'-." or word in read_words("final_s.txt"):
        return None
    if is_name and word[-2].isalpha():
        return word[:-1]
    if len(word) >= _SHORTEST_DEFINITE and word.endswith(_DEFINITE) and not keeps_s(word):
        return word[:-1]
    return None


def keeps_s(word: str) -> bool:
    """Whether the -s is of a word itself, or of the last word of a compound.

    >>> [keeps_s(word) for word in ("sjukhus", "tv-licens", "bankkris", "regeringens", "hankos")]
    [True, True, True, False, False]
    """
    known = lexicon()
    word = word.rpartition("-")[2]
    terms, flags = known.look_up(word)
    if word in terms:
        return True
    if known.look_up(word[:-1])[1] != UNKNOWN:
        return False
    compound = split_as_known(word, flags)
    if compound is None or known.main_terms(compound.last) != (compound.last,):
        return False
    return known.frequencies[known.number(compound.last)] * FREQUENCY_STEP >= _FREQUENT
