"""Words that were typed without the dots and rings of å, ä and ö."""

from collections.abc import Callable, Iterator
from typing import Final

from index.language.lexicon import lexicon
from index.language.tokens import normalise

MAX_DOTTED: Final = 4
"""Letters of a word that get dots at the same time."""

SHORTEST: Final = 3
"""Letters of the shortest word that is looked for with dots; shorter ones are too many things."""

_DOTTED: Final = {"a": "åä", "o": "ö"}
_LETTERS: Final = frozenset("".join(_DOTTED.values()))


def dotted(word: str, begins: Callable[[str], bool]) -> Iterator[str]:
    """List a word in normal form with dots on some of its letters.

    Only what goes on from a beginning of which `begins` says that some word has it is followed.

    >>> list(dotted("malmo", "malmö".startswith)), list(dotted("malmö", "malmö".startswith))
    (['malmö'], [])
    """
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return
    places = [place for place, letter in enumerate(word) if letter in _DOTTED]
    waiting = [(word, 0, 0)]  # a spelling, how many places are decided, how many got dots
    while waiting:
        spelled, decided, count = waiting.pop()
        if decided == len(places):
            if count:
                yield spelled
            continue
        place = places[decided]
        end = places[decided + 1] if decided + 1 < len(places) else len(word)
        letters = word[place] + (_DOTTED[word[place]] if count < MAX_DOTTED else "")
        for letter in letters:
            other = spelled[:place] + letter + spelled[place + 1 :]
            if begins(other[:end]):
                waiting.append((other, decided + 1, count + (letter != word[place])))


def has_dots(word: str) -> bool:
    """Whether a word as typed has any of these letters.

    >>> [has_dots(word) for word in ("Ålder", "vard", "Orbán")]
    [True, False, False]
    """
    return not _LETTERS.isdisjoint(normalise(word))


def begins_known(beginning: str) -> bool:
    """Whether a Swedish word in normal form begins so."""
    return lexicon().has_beginning(beginning)


def is_known(word: str) -> bool:
    """Whether a word in normal form is Swedish as it is, so that no dots are missing."""
    return bool(lexicon().main_terms(word))
