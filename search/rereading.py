"""A third look at the best: their texts are read, and compared with the query and each other.

What is listed is decided by words. Among the best there are often several articles on one matter
in the same words, and what the one that is meant has besides stands in the query in another make
(`registrera` for `registrering`), or is said by articles like it. So the pieces of the query's
words (`search/letters.py`) are looked for in the texts of the best: those that are rare among them
count more, an article that lacks one has it in part if those that are like it have it, and what
comes early counts more. Pieces say how much of the query a text has; the beginnings of its words,
which count by the logarithm of how often they are there, whether it has something of each.
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
from search.variants import Variant

REREAD: Final = 50
"""So many of the best are read: five pages.

nDCG@10 of press titles (`python -m bench.weights DATA`), of titles of interpellations and of the
own suite (`python -m bench.plateaus DATA`) with 0, 20, 30 and 50: .764 .784 .788 .790, .657 .665
.667 .671 and .948 .951 .952 .952. The latter two had a say where the first hardly tell. All these
were printed while towns counted .5 (`search/variants.py`); the own suite has .001 less now.
"""

LETTERS: Final = 10_000
"""So many letters of each are read, so that a search takes no longer for an article like a book."""

PIECES: Final = 0.75
"""What the pieces of a query's words in a text add to a score, beside 1 for the best score.

nDCG@10 as above with 0, .5, .75 and 1: .784 .789 .790 .789, .668 .672 .671 .670 and .952 .952 .952
.952. The less they add, the more say the words themselves have.
"""

WORDS: Final = 0.65
"""What the beginnings of a query's words in a text add, beside PIECES.

nDCG@10 as above with 0, .35, .65 and .95: .788 .790 .790 .791, .668 .671 .671 .671 and .952 .952
.952 .952.
"""

BEGUN: Final = 4
"""At most so many pieces are the beginning of a word, whose rarest says how often it is there.

nDCG@10 as above with 3, 4 and 5: .790 .790 .790, .671 .671 .670 and .952 .952 .952.
"""

SELDOM: Final = 0.1
"""To be there so often is worth the logarithm of 2: each further time is worth little.

nDCG@10 as above with .03, .1 and .3: .790 .790 .790, .672 .671 .672 and .952 .952 .951.
"""

SHARED: Final = 0.5
"""How much of the pieces and beginnings of a text are those of the texts that are like it.

nDCG@10 as above with 0, .25, .5 and .75: .779 .787 .790 .786, .668 .669 .671 .669 and .949 .952
.952 .950.
"""

LIKENESS: Final = 3
"""The power of how alike texts are, by which they share: who is less alike counts little.

nDCG@10 as above with 2, 3 and 5: .789 .790 .789, .669 .671 .670 and .952 .952 .953.
"""

COPY: Final = 0.9
"""Texts more alike than this are copies, which say nothing of each other.

A text with eight copies would rise for having them; the sets above have too few to tell.
"""

EARLY: Final = 0.25
"""What the first of each piece adds, beside PIECES.

nDCG@10 as above with 0, .25 and .5: .787 .790 .790, .674 .671 .666 and .952 .952 .954.
"""

EARLY_LETTERS: Final = 300
"""So many letters from the beginning of a text, the first of a piece counts half.

nDCG@10 as above with 150, 300 and 600: .791 .790 .789, .670 .671 .673 and .952 .952 .952.
"""

TYPICAL: Final = 0.25
"""What being like the others adds, beside PIECES.

nDCG@10 as above with 0, .12, .25 and .4: .787 .789 .790 .789, .670 .670 .671 .672 and .952 .952
.952 .951.
"""

ALIKE: Final = 0.3
"""What the scores of the texts that are like it add, beside PIECES.

nDCG@10 as above with 0, .15, .3 and .45: .788 .790 .790 .789, .672 .673 .671 .669 and .952 .952
.952 .951.
"""

Wanted = Sequence[Sequence[Variant]]
"""The words and names of a query, each with what may stand for it, itself too, which counts 1."""

Reader = Callable[[Sequence[str], Sequence[str]], Reading]
"""Reads texts and looks for pieces in them."""

_LEAST: Final = 1e-12  # in the place of a sum of nothing, by which no one can divide
_Values = NDArray[np.float64]

_read: Reader = letters.read if HAS_NUMBA else plain_letters.read


def reread(texts: Sequence[str], wanted: Wanted, scores: Sequence[float]) -> _Values:
    """Score articles anew by their texts: float64[texts], each at least as high as in `scores`.

    An article may get as much more as the best has, times PIECES, WORDS, EARLY, TYPICAL and ALIKE
    together.
    """
    before = np.array(scores, np.float64)
    weights = _weigh(wanted)
    if len(before) < 2 or not weights:
        return before
    reading = _read([text[:LETTERS] for text in texts], list(weights))
    weight = np.array(list(weights.values())) * np.sqrt(_rarity(reading.counts))
    likeness = np.where(reading.likeness > COPY, 0, reading.likeness)
    shares = _rows_of_one(likeness**LIKENESS)
    length = np.maximum(reading.lengths, 1)
    often = reading.counts * (length.mean() / length)[:, None]
    begun = _shared(_begun(wanted, dict(zip(weights, often.T, strict=True))), shares)
    words = np.log1p(begun / SELDOM).sum(axis=1)
    often = _shared(often, shares)
    pieces = often / (often + K1) @ weight
    is_there = reading.first != NOWHERE
    early = is_there / (1 + reading.first / EARLY_LETTERS) @ weight
    added = PIECES * _of_best(pieces) + WORDS * _of_best(words) + EARLY * _of_best(early)
    added += TYPICAL * _of_best(likeness.sum(axis=1)) + ALIKE * _of_best(shares @ before)
    scored: _Values = np.round(before + before.max(initial=0.0) * added, SCORE_DECIMALS)
    return scored


def _weigh(wanted: Wanted) -> dict[str, float]:
    """Weigh the pieces of words: a word that has four times as many counts twice as much.

    Of a place in the one that is named or around it, only the beginning is looked for.
    """
    weights: dict[str, float] = {}
    words: dict[str, float] = {}
    for names in wanted:
        for name, weight, _, is_of_place in names:
            for word in name:
                if is_of_place:
                    weights |= dict.fromkeys(_beginning(word), 0.0)
                else:
                    words[word] = max(weight, words.get(word, 0.0))
    for word, weight in words.items():
        of_word = pieces_of(word)
        for piece in of_word:
            weights[piece] = weights.get(piece, 0.0) + weight / sqrt(len(of_word))
    return weights


def _beginning(word: str) -> list[str]:
    """The first pieces of a word without its end, that `kriget` has that of `krig`.

    >>> _beginning("krig"), _beginning("regeringen"), _beginning("EU")
    ([' kri', 'krig'], [' reg', 'rege', 'eger', 'geri'], [' eu '])
    """
    pieces = pieces_of(word)
    return ([piece for piece in pieces if piece[-1] != " "] or pieces)[:BEGUN]


def _begun(wanted: Wanted, often: Mapping[str, _Values]) -> _Values:
    """How often texts have the beginnings of words: float64[texts, words and names].

    Of several words of a name the rarest counts, and of names that of which there is most.
    """
    columns = []
    for names in wanted:
        found = []
        for name, weight, *_ in names:
            pieces = [piece for word in name for piece in _beginning(word)]
            if pieces:
                found.append(weight * np.min([often[piece] for piece in pieces], axis=0))
        if found:
            columns.append(np.max(found, axis=0))
    return np.stack(columns, axis=1)


def _shared(often: _Values, shares: _Values) -> _Values:
    """Share with the texts that are alike; a text that is like none keeps what it has."""
    shared: _Values = often + SHARED * (shares @ often - shares.sum(axis=1, keepdims=True) * often)
    return shared


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
