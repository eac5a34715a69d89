"""Texts read letter by letter without numba: the twin of `letters`, by an expression."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from index.language.data import read_words
from search.letters import NOWHERE, Reading, pieces_of, words_of, written

_STOP_WORDS: Final = read_words("stopwords.txt")


def read(texts: Sequence[str], pieces: Sequence[str]) -> Reading:
    """Look for pieces in texts."""
    counts = np.zeros((len(texts), len(pieces)), np.int64)
    first = np.full((len(texts), len(pieces)), NOWHERE, np.int64)
    lengths = np.zeros(len(texts), np.int64)
    numbers: dict[str, int] = {}
    words: list[Counter[int]] = []
    place = {piece: n for n, piece in enumerate(pieces)}
    for text, content in enumerate(texts):
        words.append(Counter())
        for match in words_of(written(content)):
            word = match[0]
            if word in _STOP_WORDS:
                continue
            words[text][numbers.setdefault(word, len(numbers))] += 1
            of_word = pieces_of(word)
            lengths[text] += len(of_word)
            for piece in place.keys() & of_word:
                counts[text, place[piece]] += of_word.count(piece)
                if first[text, place[piece]] == NOWHERE:
                    first[text, place[piece]] = match.start()
    counted = np.zeros((len(texts), len(numbers)))
    for row, of_text in zip(counted, words, strict=True):
        row[list(of_text)] = list(of_text.values())
    having = np.count_nonzero(counted, axis=0)
    rows = np.log1p(counted) * np.log1p((len(texts) - having + 0.5) / (having + 0.5))
    sizes = np.linalg.norm(rows, axis=1)
    sizes[sizes == 0] = 1
    likeness = rows @ rows.T / np.outer(sizes, sizes)
    np.fill_diagonal(likeness, 0)
    return Reading(counts, first, lengths, likeness)
