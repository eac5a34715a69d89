"""A third look at the best: their texts are read, and compared with the query and each other.

What is listed is decided by words. Among the best there are often several articles on one matter
in the same words, and what the one that is meant has besides stands in the query in another make
(`registrera` for `registrering`), or is said by articles like it. So the pieces of the query's
words (`search/letters.py`) are looked for in the texts of the best: those that are rare among them
count more, an article that lacks one has it in part if those that are like it have it, and what
comes early counts more.
"""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.compiled import HAS_NUMBA
from search import letters, plain_letters
from search.engines.base import K1, SCORE_DECIMALS
from search.letters import NOWHERE, Reading, pieces_of

REREAD: Final = 50
"""So many of the best are read: five pages.

nDCG@10 of press titles (`python -m bench.weights DATA`), of titles of interpellations and of the
own suite (`python -m bench.plateaus DATA`) with 0, 20, 30 and 50: .758 .779 .782 .784, .657 .663
.664 .668 and .946 .953 .951 .953. The latter two had a say where the first hardly tell.
"""

LETTERS: Final = 10_000
"""So many letters of each are read, so that a search takes no longer for an article like a book."""

PIECES: Final = 0.75
"""What the pieces of a query's words in a text add to a score, beside 1 for the best score.

nDCG@10 as above with 0, .5, .75 and 1: .771 .782 .784 .783, .657 .667 .668 .667 and .950 .952 .953
.951. The less they add, the more say the words themselves have.
"""

SHARED: Final = 0.5
"""How much of the pieces of a text are those of the texts that are like it.

nDCG@10 as above with 0, .25, .5 and .75: .777 .782 .784 .783, .665 .668 .668 .666 and .949 .952
.953 .952.
"""

LIKENESS: Final = 3
"""The power of how alike texts are, by which they share: who is less alike counts little.

nDCG@10 as above with 2, 3 and 5: .783 .784 .784, .667 .668 .670 and .951 .953 .952.
"""

COPY: Final = 0.9
"""Texts more alike than this are copies, which say nothing of each other.

A text with eight copies would rise for having them; the sets above have too few to tell.
"""

EARLY: Final = 0.25
"""What the first of each piece adds, beside PIECES.

nDCG@10 as above with 0, .25 and .5: .778 .784 .782, .668 .668 .659 and .949 .953 .952.
"""

EARLY_LETTERS: Final = 300
"""So many letters from the beginning of a text, the first of a piece counts half.

nDCG@10 as above with 150, 300 and 600: .784 .784 .783, .666 .668 .670 and .952 .953 .953.
"""

TYPICAL: Final = 0.15
"""What being like the others adds, beside PIECES.

nDCG@10 as above with 0, .15 and .3: .781 .784 .783, .667 .668 .668 and .952 .953 .951.
"""

Reader = Callable[[Sequence[str], Sequence[str]], Reading]
"""Reads texts and looks for pieces in them."""

_LEAST: Final = 1e-12  # in the place of a sum of nothing, by which no one can divide
_Values = NDArray[np.float64]

_read: Reader = letters.read if HAS_NUMBA else plain_letters.read


def reread(texts: Sequence[str], words: Mapping[str, float], scores: Sequence[float]) -> _Values:
    """Score articles anew by their texts: float64[texts], each at least as high as in `scores`.

    `words` are those of the query, each with what it counts. An article may get as much more as the
    best has, times PIECES, EARLY and TYPICAL together.
    """
    before = np.array(scores, np.float64)
    weights = _weigh(words)
    if len(before) < 2 or not weights:
        return before
    reading = _read([text[:LETTERS] for text in texts], list(weights))
    weight = np.array(list(weights.values())) * np.sqrt(_rarity(reading.counts))
    likeness = np.where(reading.likeness > COPY, 0, reading.likeness)
    shares = _rows_of_one(likeness**LIKENESS)
    length = np.maximum(reading.lengths, 1)
    often = reading.counts * (length.mean() / length)[:, None]
    often += SHARED * (shares @ often - shares.sum(axis=1, keepdims=True) * often)
    pieces = often / (often + K1) @ weight
    is_there = reading.first != NOWHERE
    early = is_there / (1 + reading.first / EARLY_LETTERS) @ weight
    added = PIECES * _of_best(pieces) + EARLY * _of_best(early)
    added += TYPICAL * _of_best(likeness.sum(axis=1))
    scored: _Values = np.round(before + before.max(initial=0.0) * added, SCORE_DECIMALS)
    return scored


def _weigh(words: Mapping[str, float]) -> dict[str, float]:
    """Weigh the pieces of words: a word that has four times as many counts twice as much."""
    weights: dict[str, float] = {}
    for word, weight in words.items():
        of_word = pieces_of(word)
        for piece in of_word:
            weights[piece] = weights.get(piece, 0.0) + weight / sqrt(len(of_word))
    return weights


def _rarity(counts: NDArray[np.int64]) -> _Values:
    """The idf of pieces among texts: float64[pieces]."""
    having = (counts > 0).sum(axis=0)
    rarity: _Values = np.log1p((len(counts) - having + 0.5) / (having + 0.5))
    return rarity


def _rows_of_one(values: _Values) -> _Values:
    """Bring the sum of each row to 1, if there is any."""
    shares: _Values = values / np.maximum(values.sum(axis=1, keepdims=True), _LEAST)
    return shares


def _of_best(values: _Values) -> _Values:
    """Measure values by the largest."""
    return values / max(float(values.max(initial=0.0)), _LEAST)
