"""The words met so far, and the texts cut into them."""

import re
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.compiled import HAS_NUMBA
from index.entities import kernels, plain_kernels
from index.entities.lexicon import Lexicon
from index.entities.tokens import LINE_END, SPACE, cut, cut_hashed, space_kinds

MAX_WORDS: Final = 60_000
"""Words after which all are forgotten and met anew: some 14 MB."""

_OPENS: Final = frozenset("”\"“„»«'’‘‚›‹([{*•-–—·:…>#_/")
_CLOSES: Final = frozenset("”\"“»«'’›)]")
_DASHES: Final = frozenset("-–—")
_STOPS: Final = frozenset(".!?…")
_JOINERS: Final = frozenset(
    (
        *("af", "von", "van", "der", "de", "la", "du", "di", "da", "do", "dos", "della", "del"),
        *("des", "den", "el", "al", "bin", "ibn", "ben", "ter", "zu", "y", "e", "of", "for", "the"),
        *("and", "on", "in", "&"),
    )
)
_SCORE = re.compile(r"\d{1,2}[-–]\d{1,2}$")
_SHORT: Final = 2
_FIRST_SLOTS: Final = 1 << 14


class Cut(NamedTuple):
    """A text cut into pieces, with where it has what.

    starts, ends: int32[pieces], in code points of `text`; words, flags: int32[pieces], numbers of
    the vocabulary and bits of `kernels`; begins, opens: bool[pieces]; first, last: int32[pieces],
    see `kernels.structure`.
    """

    text: str
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    words: NDArray[np.int32]
    flags: NDArray[np.int32]
    begins: NDArray[np.bool_]
    opens: NDArray[np.bool_]
    first: NDArray[np.int32]
    last: NDArray[np.int32]

    def __len__(self) -> int:  # of pieces, not of fields
        return self.starts.size

    def word(self, piece: int) -> str:
        """The text of a piece."""
        return self.text[self.starts[piece] : self.ends[piece]]


class Vocabulary:
    """Numbers words as they are met: so far `size`, of which 0 is BOUNDARY."""

    def __init__(self, lexicon: Lexicon, *, is_compiled: bool = HAS_NUMBA) -> None:
        self.lexicon = lexicon
        self._is_compiled = is_compiled
        self.forget()

    def forget(self) -> None:
        """Forget all words."""
        self.size = 1
        self._codes: dict[str, int] = {}
        self._keys = np.zeros(_FIRST_SLOTS, np.uint64)
        self._values = np.zeros(_FIRST_SLOTS, np.int64)

    @property
    def is_full(self) -> bool:
        """Whether it is time to forget."""
        return self.size > MAX_WORDS

    def cut(self, text: str) -> Cut:
        """Cut a text into pieces and look them up."""
        if self._is_compiled:
            starts, ends, hashes, spaces = cut_hashed(text)
            codes = np.empty(len(starts), np.int64)
            if kernels.look_up(hashes, self._keys, self._values, codes):
                self._add(text, starts, ends, hashes, codes)
        else:
            starts, ends = cut(text, is_compiled=False)
            spans = zip(starts.tolist(), ends.tolist(), strict=True)
            met = self._codes
            codes = np.array([self._code(text[start:end], met) for start, end in spans], np.int64)
            spaces = space_kinds(text, starts, ends)
        size = len(starts)
        flags = (codes & _FLAGS).astype(np.int32)
        flags |= _FLAGS_OF_SPACE[spaces]
        begins, opens = np.empty((2, size), np.bool_)
        first, last = np.empty((2, size), np.int32)
        loops = kernels if self._is_compiled else plain_kernels
        loops.structure(flags, begins, opens, first, last)
        words = (codes >> _BITS).astype(np.int32)
        return Cut(text, starts, ends, words, flags, begins, opens, first, last)

    def _add(
        self,
        text: str,
        starts: NDArray[np.int32],
        ends: NDArray[np.int32],
        hashes: NDArray[np.uint64],
        codes: NDArray[np.int64],
    ) -> None:
        new = np.flatnonzero(codes < 0)
        spans = zip(starts[new].tolist(), ends[new].tolist(), strict=True)
        met: dict[str, int] = {}
        codes[new] = [self._code(text[start:end], met) for start, end in spans]
        if 2 * self.size > len(self._keys):
            keys, values = self._keys, self._values
            room = 1 << (2 * self.size).bit_length()
            self._keys, self._values = np.zeros(room, np.uint64), np.zeros(room, np.int64)
            filled = np.flatnonzero(keys)
            kernels.put(keys[filled], values[filled], self._keys, self._values)
        kernels.put(hashes[new], codes[new], self._keys, self._values)

    def _code(self, word: str, met: dict[str, int]) -> int:
        """The number of a word with its flags behind it; new words are added to those met."""
        code = met.get(word)
        if code is None:
            code = met[word] = self.size << _BITS | self._flags(word)
            self.size += 1
        return code

    def _flags(self, word: str) -> int:
        letter = word[0]
        lower = word.lower()
        flags = 0
        if letter.isalnum():
            flags |= kernels.ALPHANUMERIC
        if letter.isupper():
            flags |= kernels.CAPITAL
        if letter.isdigit():
            flags |= kernels.DIGIT
            if len(word) <= _SHORT and word.isdigit():
                flags |= kernels.SHORT_NUMBER
            elif _SCORE.match(word):
                flags |= kernels.SCORE
        for characters, flag in _MARKS:
            if word in characters:
                flags |= flag
        if lower in self.lexicon.cues["abbreviation"]:
            flags |= kernels.ABBREVIATION
        cues = self.lexicon.cues_of(lower)
        if "near-club" in cues:
            flags |= kernels.SPORT
        if "near-company" in cues:
            flags |= kernels.BUSINESS
        return flags


_BITS: Final = 16
_FLAGS: Final = (1 << _BITS) - 1
_FLAGS_OF_SPACE: Final = np.array(
    [
        (kernels.SPACED if kind & SPACE else 0) | (kernels.BREAK if kind & LINE_END else 0)
        for kind in range(256)
    ],
    np.int32,
)
"""The flags of a piece by what white space follows it."""

_MARKS: Final = (
    (_OPENS, kernels.OPENS),
    (_CLOSES, kernels.CLOSES),
    (_DASHES, kernels.DASH),
    (_STOPS, kernels.STOP),
    (_JOINERS, kernels.JOINER),
)
