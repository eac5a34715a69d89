"""The words of a run, and the vocabularies that lead to those of one segment.

A word is analysed once in a run; each segment then takes what it needs with a few numpy calls.
"""

from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.columnar.arrays import ArrayWriter
from index.columnar.segment import FORM, NOT_SWEDISH, PART, STEM, TERM
from index.columnar.strings import StringTable, starts_of
from index.language.analysis import token_terms
from index.language.bulk import Word

_SLICE: Final = 1000
"""Words that are analysed in one go."""


class WordTable:
    """What is written of each word of a vocabulary, which may grow.

    A word is analysed by `update`, whenever there is time for it, and at last before it is written.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._keys: list[bytes] = []
        self._is_content = array("B")
        self._leading = {FORM: _Leading(), TERM: _Leading()}

    def update(self) -> bool:
        """Analyse some of the words that are new, and say whether there are more."""
        known = len(self._is_content)
        forms: list[str] = []
        terms: list[str] = []
        form_counts: list[int] = []
        term_counts: list[int] = []  # of each word those of kind STEM, then those of kind PART
        for word in self._words[known : known + _SLICE]:
            others = word.forms if word.forms[0] != word.text else word.forms[1:]
            forms += others
            form_counts.append(len(others))
            stems, parts, loose = token_terms(word.forms, word.is_swedish)
            terms += stems + parts + loose
            term_counts += len(stems), len(parts) + len(loose)
            self._is_content.append(bool(stems))
        numbers = np.arange(known, len(self._is_content))
        self._leading[FORM].extend(forms, np.repeat(numbers, form_counts), STEM)
        kinds = np.tile([STEM, PART], len(numbers))
        self._leading[TERM].extend(
            terms, np.repeat(np.repeat(numbers, 2), term_counts), np.repeat(kinds, term_counts)
        )
        return len(self._is_content) < len(self._words)

    def are_content(self, words: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which of some words are no stop words: bool[words]."""
        return np.array(self._is_content, np.uint8).astype(bool)[words]

    def in_order(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sort numbers of words by their keys."""
        self._keys += map(_key, self._words[len(self._keys) :])
        return np.array(sorted(words.tolist(), key=self._keys.__getitem__), np.int64)

    def write(self, writer: ArrayWriter, words: NDArray[np.int64]) -> None:
        """Write the keys of a segment's words, in their order, and what leads to them."""
        write_strings(writer, "word", StringTable.of(self._keys[word] for word in words.tolist()))
        for name, leading in self._leading.items():
            write_term_index(writer, name, *leading.of(words))


class Pairs(NamedTuple):
    """Which strings lead to which words, and how: int64[pairs] each, in any order, none twice."""

    strings: NDArray[np.int64]
    words: NDArray[np.int64]
    kinds: NDArray[np.int64]


class _Leading:
    """The strings that lead to words."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._strings = array("q")
        self._words = array("q")
        self._kinds = array("q")

    def extend(
        self, strings: Sequence[str], words: NDArray[np.int64], kinds: NDArray[np.int64] | int
    ) -> None:
        """Add pairs of a string and a word, with their kinds."""
        numbers = self._numbers
        self._strings.extend([numbers.setdefault(text, len(numbers)) for text in strings])
        self._words.frombytes(words.tobytes())
        self._kinds.frombytes(np.broadcast_to(kinds, len(strings)).astype(np.int64).tobytes())

    def of(self, words: NDArray[np.int64]) -> tuple[list[bytes], Pairs]:
        """All strings, and the pairs of the given words, which are numbered in their order."""
        all_strings, all_words, kinds = (
            np.array(values, np.int64) for values in (self._strings, self._words, self._kinds)
        )
        ranks = np.full(int(max(words.max(initial=-1), all_words.max(initial=-1))) + 1, -1)
        ranks[words] = np.arange(len(words))
        owners = ranks[all_words]
        is_of = owners >= 0
        encoded = [string.encode(errors="surrogatepass") for string in self._numbers]
        return encoded, Pairs(all_strings[is_of], owners[is_of], kinds[is_of])


def write_term_index(
    writer: ArrayWriter, name: str, strings: Sequence[bytes], pairs: Pairs
) -> None:
    """Write a vocabulary; strings that lead to no word are left out."""
    is_used = np.zeros(len(strings), bool)
    is_used[pairs.strings] = True
    used = sorted(np.flatnonzero(is_used).tolist(), key=strings.__getitem__)
    ranks = np.zeros(len(strings), np.int64)
    ranks[used] = np.arange(len(used))
    owners = ranks[pairs.strings]
    # One number holds both and is sorted eight times as fast as two.
    order = np.argsort(owners * (int(pairs.words.max(initial=0)) + 1) + pairs.words)
    table = StringTable.of(strings[number] for number in used)
    starts = starts_of(np.bincount(owners, minlength=len(used)))
    writer.add(f"{name}_text", table.text)
    writer.add(f"{name}_text_starts", table.starts)
    writer.add(f"{name}_word_starts", starts.astype(np.uint32))
    writer.add(f"{name}_words", pairs.words[order].astype(np.uint32))
    writer.add(f"{name}_kinds", pairs.kinds[order].astype(np.uint8))


def write_strings(writer: ArrayWriter, name: str, strings: StringTable) -> None:
    """Write a table of strings."""
    writer.add(f"{name}_text", strings.text)
    writer.add(f"{name}_starts", strings.starts)


def _key(word: Word) -> bytes:
    key = word.text.encode(errors="surrogatepass")
    return key if word.is_swedish else key + NOT_SWEDISH
