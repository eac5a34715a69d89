"""Texts read letter by letter, by compiled loops: which pieces of words they have, and which words.

A *word* is a row of letters and digits in small letters, a *piece* four neighbouring ones of it,
with a space before and behind the word: ` rys`, `rysk`, `yska`, `ska `.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from index.language.data import read_words
from index.language.tokens import FOLD, INVISIBLE

PIECE: Final = 4
"""Letters of a piece.

With 3, 5 or 6 press titles had at most .001 more nDCG@10 (measured once, when they had .784).
"""

NOWHERE: Final = -1
"""Where a piece first stands in a text that does not have it."""

_PLANE: Final = 1 << 16  # what lies beyond the basic plane is taken for no letter
_WORD: Final = re.compile("[^\\W_\U00010000-\U0010ffff]+")
_PLAIN: Final = {code: plain[:1] for code, plain in FOLD.items()} | dict.fromkeys(
    map(ord, INVISIBLE), ""
)
"""What a character is written as: one letter, so that all places stay, or nothing."""

_INVISIBLE: Final = 1  # U+0001 is no letter
_BITS: Final = np.uint64(16)  # of a letter of a piece in its key
_BASIS: Final = np.uint64(0xCBF29CE484222325)  # of the hash FNV-1a
_PRIME: Final = np.uint64(0x100000001B3)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # 2^64 by the golden ratio: high bits depend on all
_SIEVE: Final = 1 << 12
_SIEVE_SHIFT: Final = np.uint64(64 - 12)
_SLOT_SHIFT: Final = np.uint64(64 - 30)

_Characters = NDArray[np.uint32]
_Letters = NDArray[np.uint16]
_Hashes = NDArray[np.uint64]
_Numbers = NDArray[np.int64]


class Reading(NamedTuple):
    """What stands in texts, stop words left out.

    counts: int64[texts, pieces], how often each has a piece.
    first: int64[texts, pieces], the characters before the first word with it, as `written`, or
        NOWHERE.
    lengths: int64[texts], the pieces of all its words.
    likeness: float64[texts, texts], how alike they are: the cosines of what words they have, which
        weigh more the rarer they are among the texts; 0 of each with itself.
    """

    counts: NDArray[np.int64]
    first: NDArray[np.int64]
    lengths: NDArray[np.int64]
    likeness: NDArray[np.float64]


def written(text: str) -> str:
    r"""Write a text as words are compared: in small letters, without accents and what is invisible.

    >>> written("Ra\u030an\u00adtan, Andrée")
    'råntan, andree'
    """
    return _composed(text).translate(_PLAIN)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()


def words_of(text: str) -> Iterator[re.Match[str]]:
    """Find the words of a text that is `written`."""
    return _WORD.finditer(text)


def pieces_of(text: str) -> list[str]:
    """Cut the words of a text into their pieces.

    >>> pieces_of("Ny"), pieces_of("EU-ryska")
    ([' ny '], [' eu ', ' rys', 'rysk', 'yska', 'ska '])
    """
    padded = [f" {word[0]} " for word in words_of(written(text))]
    return [word[n : n + PIECE] for word in padded for n in range(len(word) - PIECE + 1)]


def read(texts: Sequence[str], pieces: Sequence[str]) -> Reading:
    """Look for pieces, each given once and as `pieces_of` makes them, in texts.

    >>> read(["Ryska rån och ryssar", "rån"], [" rys", "ssar", "rån "])
    Reading(counts=array([[2, 1, 1],
           [0, 0, 1]]), first=array([[ 0, 14,  6],
           [-1, -1,  0]]), lengths=array([11,  2]), likeness=array([[0.        , 0.18285746],
           [0.18285746, 0.        ]]))
    """
    keys = np.array([_key(piece) for piece in pieces], np.uint64)
    order = np.argsort(keys)
    found = scan(*_characters(texts), _alphabet(), keys[order], _stop_words())
    counts, first, lengths, words = found
    back = np.argsort(order)
    return Reading(counts[:, back], first[:, back], lengths, compare(words))


def _characters(texts: Sequence[str]) -> tuple[_Characters, _Numbers]:
    """Join texts in small letters, each with a newline before and behind it.

    Returned: uint32[characters], and where each text begins, int64[texts + 1].
    """
    small = [_composed(text) for text in texts]
    joined = "\n".join(["", *small, ""])
    starts = np.cumsum([1, *[len(text) + 1 for text in small]])
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32), starts


@cache
def _alphabet() -> _Letters:
    """What each character of the basic plane is as a letter of a word: 0 if none, or _INVISIBLE."""
    letters = np.array([n if chr(n).isalnum() else 0 for n in range(_PLANE)], np.uint16)
    for code, plain in _PLAIN.items():
        letters[code] = letters[ord(plain)] if plain else _INVISIBLE
    return letters


def _key(piece: str) -> int:
    key = 0
    for letter in piece:
        key = key << int(_BITS) | (0 if letter == " " else ord(letter))
    return key


@cache
def _stop_words() -> _Hashes:
    characters, starts = _characters(sorted(read_words("stopwords.txt")))
    return hash_words(*take_letters(characters, starts, _alphabet()))


@compiled
def take_letters(
    characters: _Characters, starts: _Numbers, alphabet: _Letters
) -> tuple[_Letters, _Numbers]:
    """Blank what is no letter and leave out what is invisible; letters, and where texts begin."""
    letters = np.zeros(len(characters), np.uint16)
    begins = np.zeros(len(starts), np.int64)
    text = 0
    count = 0
    for n in range(len(characters)):
        while text < len(starts) and starts[text] == n:
            begins[text] = count
            text += 1
        letter = alphabet[characters[n]] if characters[n] < len(alphabet) else 0
        if letter != _INVISIBLE:
            letters[count] = letter
            count += 1
    begins[text:] = count
    return letters[:count], begins


@compiled
def _hash(letters: _Letters, begin: int, end: int) -> np.uint64:
    value = _BASIS
    for at in range(begin, end):
        value = (value ^ np.uint64(letters[at])) * _PRIME
    return value


@compiled
def hash_words(letters: _Letters, starts: _Numbers) -> _Hashes:
    """Hash texts that are a word each."""
    hashes = np.empty(len(starts) - 1, np.uint64)
    for n in range(len(hashes)):
        hashes[n] = _hash(letters, starts[n], starts[n + 1] - 1)
    return hashes


@compiled
def _find(keys: _Hashes, key: np.uint64) -> int:
    """Find a key in an ascending list; -1 if it is not there."""
    first, last = 0, len(keys)
    while first < last:
        middle = (first + last) // 2
        if keys[middle] < key:
            first = middle + 1
        else:
            last = middle
    return first if first < len(keys) and keys[first] == key else -1


@compiled
def _number(value: np.uint64, slots: _Numbers, known: _Hashes, count: int) -> int:
    """Find the number of a hash among the first `count` that are known, or enter it as the next.

    slots: int64[2^n], more than twice as many as will be known: 0, or 1 and the number.
    """
    last = len(slots) - 1
    slot = np.int64((value * _MIX) >> _SLOT_SHIFT) & last
    while slots[slot] != 0:
        if known[slots[slot] - 1] == value:
            return int(slots[slot] - 1)
        slot = (slot + 1) & last
    known[count] = value
    slots[slot] = count + 1
    return count


@compiled
def _count_words(letters: _Letters) -> int:
    count = 0
    for n in range(1, len(letters)):
        if letters[n] != 0 and letters[n - 1] == 0:
            count += 1
    return count


@compiled
def scan(
    characters: _Characters,
    starts: _Numbers,
    alphabet: _Letters,
    pieces: _Hashes,
    stop_words: _Hashes,
) -> tuple[_Numbers, _Numbers, _Numbers, NDArray[np.int32]]:
    """Read texts as `_characters` has them; `pieces` ascend."""
    letters, starts = take_letters(characters, starts, alphabet)
    texts = len(starts) - 1
    counts = np.zeros((texts, len(pieces)), np.int64)
    first = np.full((texts, len(pieces)), NOWHERE, np.int64)
    lengths = np.zeros(texts, np.int64)
    room = _count_words(letters)
    numbers = np.empty(room, np.int64)
    owners = np.empty(room, np.int64)
    known = np.empty(len(stop_words) + room, np.uint64)
    size = 1
    while size <= 2 * len(known):
        size *= 2
    slots = np.zeros(size, np.int64)
    count = 0
    for value in stop_words:
        count = max(count, _number(value, slots, known, count) + 1)
    stop = count
    sieve = np.zeros(_SIEVE, np.bool_)
    for piece in pieces:
        sieve[np.int64((piece * _MIX) >> _SIEVE_SHIFT)] = True
    listed = 0
    for text in range(texts):
        end = starts[text]
        last = starts[text + 1] - 1
        while end < last:
            if letters[end] == 0:
                end += 1
                continue
            begin = end
            while letters[end] != 0:
                end += 1
            number = _number(_hash(letters, begin, end), slots, known, count)
            count = max(count, number + 1)
            if number < stop:
                continue
            numbers[listed] = number - stop
            owners[listed] = text
            listed += 1
            lengths[text] += max(0, end - begin + 3 - PIECE)
            key = np.uint64(letters[begin])
            for at in range(begin + 1, end + 1):
                key = (key << _BITS) | np.uint64(letters[at])
                if at < begin + PIECE - 2 or not sieve[np.int64((key * _MIX) >> _SIEVE_SHIFT)]:
                    continue
                found = _find(pieces, key)
                if found >= 0:
                    counts[text, found] += 1
                    if first[text, found] < 0:
                        first[text, found] = begin - starts[text]
    words = np.zeros((count - stop, texts), np.int32)
    for n in range(listed):
        words[numbers[n], owners[n]] += 1
    return counts, first, lengths, words


@compiled
def compare(words: NDArray[np.int32]) -> NDArray[np.float64]:
    """Compare texts by how often they have each word: int32[words, texts]."""
    texts = words.shape[1]
    products = np.zeros((texts, texts), np.float64)
    having = np.empty(texts, np.int64)
    weights = np.empty(texts, np.float64)
    for word in range(len(words)):
        count = 0
        for text in range(texts):
            if words[word, text] > 0:
                having[count] = text
                count += 1
        rarity = np.log1p((texts - count + 0.5) / (count + 0.5))
        for n in range(count):
            weights[n] = rarity * np.log1p(words[word, having[n]])
            for m in range(n + 1):
                products[having[n], having[m]] += weights[n] * weights[m]
    likeness = np.zeros((texts, texts), np.float64)
    for one in range(texts):
        for other in range(one):
            if products[one, other] > 0:
                size = np.sqrt(products[one, one] * products[other, other])
                likeness[one, other] = likeness[other, one] = products[one, other] / size
    return likeness
