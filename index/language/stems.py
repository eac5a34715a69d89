"""The stem of a Swedish word."""

from typing import Final

from snowballstemmer.swedish_stemmer import SwedishStemmer

from index.language.data import read_words

# Taken directly: snowballstemmer.stemmer() becomes PyStemmer where that is installed.
_SNOWBALL: Final = SwedishStemmer()


def stem(word: str) -> str:
    """Strip the endings of a normalised word; names that endings would spoil are left whole.

    >>> [stem(word) for word in ("bilarna", "huset", "beslutet", "belarus", "texas")]
    ['bil', 'hus', 'beslut', 'belarus', 'texas']
    >>> [stem(word) for word in ("ungern", "ungerns", "unga", "minsk", "minska", "minskar")]
    ['ungern', 'ungern', 'ung', 'minsk', 'minsk-', 'minsk-']
    """
    names = read_words("kept_names.txt")
    if word in names or word in read_words("final_s.txt"):
        return word
    if word.endswith("s") and word[:-1] in names:
        return word[:-1]
    result: str = _SNOWBALL.stemWord(word)
    # A hyphen, which no other stem has, keeps the inflected word apart from the name.
    return f"{result}-" if result in names else result
