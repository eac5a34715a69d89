"""Words that were typed without the dots and rings of å, ä and ö."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Final

from index.language.lexicon import lexicon

MAX_DOTTED: Final = 3
"""Letters of a word that get dots at the same time."""

MAX_PLACES: Final = 8
"""Letters of a word that may get dots; the first of longer words."""

SHORTEST: Final = 4
"""Letters of the shortest word that is looked for with dots; shorter ones are too many things."""

_DOTTED: Final = {"a": "åä", "o": "ö"}


def dotted(word: str) -> Iterator[str]:
    """List a word in normal form with dots on some of its letters.

    >>> list(dotted("malmo"))
    ['målmo', 'mälmo', 'malmö', 'målmö', 'mälmö']
    >>> list(dotted("Malmö"))
    []
    """
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return
    places = [place for place, letter in enumerate(word) if letter in _DOTTED][:MAX_PLACES]
    for size in range(1, MAX_DOTTED + 1):
        for chosen in combinations(places, size):
            for letters in product(*(_DOTTED[word[place]] for place in chosen)):
                spelled = list(word)
                for place, letter in zip(chosen, letters, strict=True):
                    spelled[place] = letter
                yield "".join(spelled)


def is_known(word: str) -> bool:
    """Whether a word in normal form is Swedish as it is, so that no dots are missing."""
    return bool(lexicon().main_terms(word))
