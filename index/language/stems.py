"""The stem of a Swedish word, and the terms under which all its inflections meet."""

import threading
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, Final

from snowballstemmer.swedish_stemmer import SwedishStemmer

from index.language.compounds import Compound, split_as_known
from index.language.data import read_words
from index.language.lexicon import UNKNOWN, lexicon

_Snowball = Callable[[str], str]

_NAMES: Final = read_words("kept_names.txt")
_WHOLE: Final = _NAMES | read_words("final_s.txt")
_GIVEN: Final = {name + "s": name for name in _NAMES} | {word: word for word in _WHOLE}
"""Stems of words that the stemmer does not see."""


def stem(word: str) -> str:
    """Strip the endings of a normalised word; names that endings would spoil are left whole.

    >>> [stem(word) for word in ("bilarna", "huset", "beslutet", "belarus", "texas")]
    ['bil', 'hus', 'beslut', 'belarus', 'texas']
    >>> [stem(word) for word in ("ungern", "ungerns", "unga", "minsk", "minska", "minskar")]
    ['ungern', 'ungern', 'ung', 'minsk', 'minsk-', 'minsk-']
    """
    if word in _GIVEN:
        return _GIVEN[word]
    try:
        result = _stemmers.stem_word(word)
    except UnicodeEncodeError:  # half a surrogate pair, which only Python can read
        result = _plain_stemmer()(word)
    # A hyphen, which no other stem has, keeps the inflected word apart from the name.
    return f"{result}-" if result in _NAMES else result


def main_terms(word: str) -> tuple[str, ...]:
    """List the terms that a normalised word shares with its inflections, one for each lemma.

    The lexicon knows the lemmas of most words. Others are inflected like the last part of the
    compound that they are, or lose the endings that the stemmer knows.

    >>> main_terms("böcker"), main_terms("skrev"), main_terms("barnböckerna")
    (('bok',), ('skrev', 'skriva'), ('barnbok',))
    >>> main_terms("banan"), main_terms("händer"), main_terms("brexits")
    (('bana', 'banan'), ('hand', 'hända'), ('brexit',))
    """
    return terms_and_cut(word)[0]


def terms_and_cut(word: str) -> tuple[tuple[str, ...], Compound | None]:
    """List the main terms of a normalised word, and find what compound it is, if it is one."""
    terms, compound = known_terms_and_cut(word)
    return terms or (stem(word),), compound


def known_terms_and_cut(word: str) -> tuple[tuple[str, ...], Compound | None]:
    """Do the same, but list no terms where the stemmer alone says what they are."""
    known = lexicon()
    terms, flags = known.look_up(word)
    if word in _NAMES:
        terms = (word,)
    if not terms:
        if "-" in word:
            first, _, last = word.rpartition("-")
            return tuple([first.replace("-", "") + term for term in main_terms(last)]), None
        if word[-1:] == "s" and word not in _WHOLE and known.look_up(word[:-1])[1] != UNKNOWN:
            return terms_and_cut(word[:-1])
    compound = split_as_known(word, flags) if flags else None
    if not terms and compound is not None:
        first = word[: compound.at]
        terms = tuple([first + term for term in terms_and_cut_of_part(compound.last)[0]])
    return terms, compound


@lru_cache(maxsize=50_000)
def terms_and_cut_of_part(word: str) -> tuple[tuple[str, ...], Compound | None]:
    """Do the same for a part of a compound: the same parts come again and again."""
    return terms_and_cut(word)


class _Stemmers(threading.local):
    """One stemmer a thread: both kinds work on their own state, and are no good to two at once."""

    def __init__(self) -> None:
        self.stem_word: _Snowball = _compiled_stemmer() or _plain_stemmer()


def _plain_stemmer() -> _Snowball:
    """Open the stemmer of snowballstemmer, in Python."""
    stem_word: _Snowball = SwedishStemmer().stemWord
    return stem_word


def _compiled_stemmer() -> _Snowball | None:
    """Open the stemmer of PyStemmer, in C: the same stems in an eighth of the time."""
    module = _pystemmer()
    if module is None:
        return None
    stem_word: _Snowball = module.Stemmer("swedish", 0).stemWord  # 0: words come only once
    return stem_word


@cache
def _pystemmer() -> Any:
    """Import PyStemmer if it has the rules of the snowballstemmer that stands in the index.

    snowballstemmer.stemmer() would take any PyStemmer without asking for its version, and give
    other stems than those that `analysis_version` promises. Both are cut from the same release of
    Snowball if the first two numbers agree; the third is their own.
    """
    try:
        import Stemmer
    except ImportError:
        return None
    ours = version("snowballstemmer").split(".")
    return Stemmer if Stemmer.version().split(".")[:2] == ours[:2] else None


_stemmers: Final = _Stemmers()
