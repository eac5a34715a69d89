"""The stem of a Swedish word."""

from typing import Final

from snowballstemmer.swedish_stemmer import SwedishStemmer

from index.language.data import read_words

# Taken directly: snowballstemmer.stemmer() becomes PyStemmer where that is installed.
_SNOWBALL: Final = SwedishStemmer()


def stem(word: str) -> str:
    """Strip the endings of a normalised word; names that end in -s are left whole.

    >>> [stem(word) for word in ("bilarna", "huset", "beslutet", "belarus", "texas")]
    ['bil', 'hus', 'beslut', 'belarus', 'texas']
    """
    if word in read_words("final_s.txt"):
        return word
    result: str = _SNOWBALL.stemWord(word)
    return result
