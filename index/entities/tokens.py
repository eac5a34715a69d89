"""A text cut into pieces, a word or a mark each: by a loop over code points, or by its twin."""

import re
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.compiled import HAS_NUMBA, compiled

_HYPHENS: Final = "-\u2010\u2011"
_PIECE: Final = re.compile(
    rf"""
      [^\W\d_a-zåäö]\.(?=\ ?[^\W\d_a-zåäö])                    # an initial: J. R.
    | \w+(?:
          (?: [{_HYPHENS}&@'’]                                  # it-chef, H&M
            | :(?=[a-zåäö])                                      # EU:s
            | (?<=[a-zåäö])\.(?=[a-zåäö])                        # svt.se, t.ex
            | (?<=\d)[.,:](?=\d) ) \w+                           # 14.30
      )* (?: -(?=[\s,]) )?                                       # Väst- och Östtyskland
    | \S
    """,
    re.VERBOSE,
)

_RARE: Final = re.compile("[\U00010000-\U0010ffff]")  # no letters to us, wherever they stand

# What a code point is, as bits of a table.
SPACE, LETTER, DIGIT, OTHER_WORD, SMALL, CONNECTOR, LINE_END = (1 << n for n in range(7))
_WORD: Final = LETTER | DIGIT | OTHER_WORD
_KNOWN: Final = 1 << 16
_SWEDISH_SMALL: Final = frozenset("abcdefghijklmnopqrstuvwxyzåäö")
_CONNECTORS: Final = frozenset(f"{_HYPHENS}&@'’")
_LINE_ENDS: Final = "\n\r\u2028\u2029"
_LINE_END: Final = re.compile(f"[{_LINE_ENDS}]")
_HYPHEN: Final = ord("-")
_COLON: Final = ord(":")
_STOP: Final = ord(".")
_COMMA: Final = ord(",")
_BLANK: Final = ord(" ")

Spans = tuple[NDArray[np.int32], NDArray[np.int32]]
Pieces = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint64], NDArray[np.uint8]]
_START: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(32)


def cut(text: str, *, is_compiled: bool = HAS_NUMBA) -> Spans:
    """Where each piece of a text begins and ends, in code points; white space is in none.

    >>> text = "Putin, J. R. Ek och EU:s it-chef."
    >>> [text[start:end] for start, end in zip(*cut(text))]
    ['Putin', ',', 'J.', 'R.', 'Ek', 'och', 'EU:s', 'it-chef', '.']
    """
    if is_compiled:
        starts, ends, _, _ = cut_hashed(text)
        return starts, ends
    spans = [match.span() for match in _PIECE.finditer(_RARE.sub("\ue000", text))]
    both = np.array(spans, np.int32).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def cut_hashed(text: str) -> Pieces:
    """Where each piece begins and ends, a hash of it, uint64, and what white space follows it, as
    `space_kinds` tells; by the loop.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    starts, ends = np.empty((2, len(codes)), np.int32)
    hashes = np.empty(len(codes), np.uint64)
    spaces = np.zeros(len(codes), np.uint8)
    count = _cut(codes, _kinds(), starts, ends, hashes, spaces)
    return starts[:count], ends[:count], hashes[:count], spaces[:count]


def space_kinds(text: str, starts: NDArray[np.int32], ends: NDArray[np.int32]) -> NDArray[np.uint8]:
    """What white space follows each piece, uint8[pieces]: none is 0, any SPACE, and LINE_END."""
    behind = [*starts[1:].tolist(), len(text)]
    spaces = [text[end:start] for end, start in zip(ends.tolist(), behind, strict=False)]
    return np.array(
        [
            (SPACE if space else 0) | (LINE_END if _LINE_END.search(space) else 0)
            for space in spaces
        ],
        np.uint8,
    )


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code point of the first plane is."""
    kinds = np.zeros(_KNOWN, np.uint8)
    for code in range(_KNOWN):
        character = chr(code)
        if character.isspace():
            kinds[code] = SPACE | (LINE_END if character in _LINE_ENDS else 0)
        elif character.isdecimal():
            kinds[code] = DIGIT
        elif character.isalnum() or character == "_":
            kinds[code] = OTHER_WORD if character == "_" else LETTER
            if character in _SWEDISH_SMALL:
                kinds[code] |= SMALL
        elif character in _CONNECTORS:
            kinds[code] = CONNECTOR
    return kinds


@compiled
def _kind(codes: NDArray[np.uint32], kinds: NDArray[np.uint8], at: int) -> int:
    if at >= len(codes):
        return 0
    code = codes[at]
    return int(kinds[code]) if code < _KNOWN else 0


@compiled
def _cut(
    codes: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    spaces: NDArray[np.uint8],
) -> int:
    """Write the pieces of a text, a uint32 a code point, and count them; `spaces` is zero."""
    size = len(codes)
    count = 0
    at = 0
    while at < size:
        kind = _kind(codes, kinds, at)
        if kind & SPACE:
            if count:
                spaces[count - 1] |= kind
            at += 1
            continue
        end = at + 1
        if kind & _WORD:
            if (
                kind & LETTER
                and not kind & SMALL
                and end < size
                and codes[end] == _STOP
                and _is_capital(
                    codes, kinds, end + 1 + (end + 1 < size and codes[end + 1] == _BLANK)
                )
            ):
                end += 1
            else:
                end = _word_end(codes, kinds, end)
        hashed = _START
        for i in range(at, end):
            hashed = (hashed ^ np.uint64(codes[i])) * _PRIME
            hashed ^= hashed >> _SHIFT
        starts[count] = at
        ends[count] = end
        hashes[count] = hashed
        count += 1
        at = end
    return count


@compiled
def _is_capital(codes: NDArray[np.uint32], kinds: NDArray[np.uint8], at: int) -> bool:
    kind = _kind(codes, kinds, at)
    return kind & LETTER != 0 and kind & SMALL == 0


@compiled
def _word_end(codes: NDArray[np.uint32], kinds: NDArray[np.uint8], at: int) -> int:
    """The end of the word whose first code point is before `at`."""
    size = len(codes)
    while True:
        while at < size and _kind(codes, kinds, at) & _WORD:
            at += 1
        if at >= size:
            return at
        before, after = _kind(codes, kinds, at - 1), _kind(codes, kinds, at + 1)
        code = codes[at]
        goes_on = after & _WORD != 0 and (
            _kind(codes, kinds, at) & CONNECTOR != 0
            or (code == _COLON and after & SMALL != 0)
            or (code == _STOP and before & SMALL != 0 and after & SMALL != 0)
            or (code in (_STOP, _COMMA, _COLON) and before & DIGIT != 0 and after & DIGIT != 0)
        )
        if not goes_on:
            break
        at += 1
    if code == _HYPHEN and (after & SPACE or (at + 1 < size and codes[at + 1] == _COMMA)):
        at += 1
    return at
