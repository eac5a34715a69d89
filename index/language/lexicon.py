"""The lexicon of Swedish that is shipped: words, their lemmas, and how they make compounds.

`make lexicon` builds its files in `data/`; `data/README.md` says of what and under which licences.
Words stand in two tries and what is known of each in two arrays of numbers, all mapped into memory
and so shared by all processes.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final, NamedTuple

import marisa_trie
import numpy as np
from numpy.typing import NDArray

SCALE: Final = 100
"""Scores are stored as whole numbers: their product with this."""

FREQUENCY_STEP: Final = 0.04
"""What a step of a stored frequency is, in powers of ten."""

NO_PART: Final = -(2**15)
"""The score of a word that is no part of compounds."""

CUT, LINKED, SHARED = 0x3F, 0x40, 0x80
"""What stands in `Lexicon.cuts`: where the last part begins (0: the word is no compound, or is not
known), whether the first has an -s- that links or changes nothing, whether both share the consonant
before that place."""

UNKNOWN: Final = 0x100
"""What stands in the place of that for a word that is in no list."""

LEMMAS_FILE, EDITS_FILE, ROWS_FILE = "lemmas.marisa", "lemmas.npy", "lemmas.json"
EXTRA_FILE, COMPOUNDS_FILE = "compounds.marisa", "compounds.npy"

COMPOUNDS_TYPE: Final = np.dtype(
    [("cut", "u1"), ("frequency", "u1"), ("first", "<i2"), ("linked", "<i2"), ("last", "<i2")]
)
"""What stands in COMPOUNDS_FILE of each word: see `Lexicon`, whose fields are in the plural."""


class Weights(NamedTuple):
    """What a cut scores beside its parts, and a word that is in no list for being whole."""

    rarer: float
    shared_consonant: float
    whole: float
    whole_length: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of words.

    A word's number is that in the trie `lemmas`, or that in `extra` behind all of those. `edits`,
    uint16[lemmas], names a row of `edit_rows`: the main terms of a word, each made of it by cutting
    letters and adding others. Of all words: `cuts` uint8, see above; `firsts`, `linked` and `lasts`
    int16, their scores as first part, as first part with -s-, and as last part; `frequencies`
    uint8, on a logarithmic scale.
    """

    lemmas: Any
    extra: Any
    edits: memoryview
    edit_rows: tuple[tuple[tuple[int | None, str], ...], ...]
    cuts: memoryview
    firsts: memoryview
    linked: memoryview
    lasts: memoryview
    frequencies: memoryview
    weights: Weights
    version: str

    def number(self, word: str) -> int:
        """The number of a word, or -1."""
        number: int | None = self.lemmas.get(word)
        if number is not None:
            return number
        number = self.extra.get(word)
        return -1 if number is None else len(self.edits) + number

    def first_parts(self, word: str) -> list[tuple[str, int, int]]:
        """List the first parts with which a word begins, each with its number and its score."""
        scores, found = self.firsts, []
        for first, number in self.lemmas.iter_prefixes_with_ids(word):
            if (score := scores[number]) != NO_PART:
                found.append((first, number, score))
        for first, number in self.extra.iter_prefixes_with_ids(word):
            number += len(self.edits)
            if (score := scores[number]) != NO_PART:
                found.append((first, number, score))
        return found

    def has_beginning(self, beginning: str) -> bool:
        """Whether a word of which the lemmas are known begins so."""
        return next(self.lemmas.iterkeys(beginning), None) is not None

    def main_terms(self, word: str) -> tuple[str, ...]:
        """The main terms of a word; empty when its lemmas are not known."""
        return self.look_up(word)[0]

    def look_up(self, word: str) -> tuple[tuple[str, ...], int]:
        """Find the main terms of a word, as above, and what stands in `cuts` of it, or UNKNOWN."""
        try:
            number = self.lemmas.get(word)
        except UnicodeEncodeError:  # half a surrogate pair, which only Python can read
            return (), UNKNOWN
        if number is None:
            number = self.extra.get(word)
            return (), UNKNOWN if number is None else self.cuts[len(self.edits) + number]
        row = self.edit_rows[self.edits[number]]
        if len(row) > 1:
            return tuple([word[:stop] + end for stop, end in row]), self.cuts[number]
        ((stop, end),) = row
        return (word[:stop] + end,), self.cuts[number]


def _view(array: NDArray[Any]) -> memoryview:
    """Give an array as Python reads it fastest, number by number."""
    return memoryview(array)  # type: ignore[arg-type]  # it is a buffer, whatever its stubs say


@cache
def lexicon() -> Lexicon:
    """Open the lexicon."""
    folder = files("index.language.data")
    tries, arrays = [], []
    for name in (LEMMAS_FILE, EXTRA_FILE):
        with as_file(folder / name) as path:
            tries.append(marisa_trie.Trie().mmap(str(path)))
    for name in (EDITS_FILE, COMPOUNDS_FILE):
        with as_file(folder / name) as path:
            arrays.append(np.load(path, mmap_mode="r"))
    edits, compounds = arrays
    rows = json.loads((folder / ROWS_FILE).read_text(encoding="utf-8"))
    meta = json.loads((folder / "lexicon.json").read_text(encoding="utf-8"))
    return Lexicon(
        lemmas=tries[0],
        extra=tries[1],
        edits=_view(edits),
        edit_rows=tuple(tuple((-cut or None, end) for cut, end in row) for row in rows),
        cuts=_view(compounds["cut"]),
        firsts=_view(compounds["first"]),
        linked=_view(compounds["linked"]),
        lasts=_view(compounds["last"]),
        frequencies=_view(compounds["frequency"]),
        weights=Weights(*(meta["weights"][name] for name in Weights._fields)),
        version=meta["version"],
    )
