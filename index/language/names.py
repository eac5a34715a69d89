"""The genitive -s, which Swedish puts on names and nouns alike."""

from typing import Final

from index.language.data import read_words

# -s after a definite ending can only be a genitive: bilens, husets, kyrkans, ländernas.
_DEFINITE: Final = ("ens", "ets", "ans", "nas")
_SHORTEST_DEFINITE: Final = 6


def genitive_base(word: str, *, is_name: bool) -> str | None:
    """Take the genitive -s off a normalised word; None when there is none.

    `is_name` says that the word was written with a capital, which is what tells `Annas` from
    `kallas`. Names that end in -s keep it.

    >>> [genitive_base(w, is_name=True) for w in ("putins", "rysslands", "belarus", "lars")]
    ['putin', 'ryssland', None, None]
    >>> [genitive_base(w, is_name=False) for w in ("regeringens", "kallas", "ländernas", "kurs")]
    ['regeringen', None, 'länderna', None]
    """
    if word[-1:] != "s":
        return None
    if len(word) < 3 or word[-2] in "sxz'-." or word in read_words("final_s.txt"):
        return None
    if is_name and word[-2].isalpha():
        return word[:-1]
    if len(word) >= _SHORTEST_DEFINITE and word.endswith(_DEFINITE):
        return word[:-1]
    return None
