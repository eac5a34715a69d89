"""Texts cut into chunks and the chunks numbered, by compiled loops over UTF-8.

A *chunk* is a stretch of text that no token crosses into or out of, and whose tokens are the same
wherever it stands: mostly one word. Chunks end where `tokens` can neither go on nor look ahead or
back: at ASCII characters other than letters, digits, `_` and JOINERS, and at the quotation marks
and dashes of QUOTES; a space goes on where digits may be grouped (`10 000`). JOINERS at the ends
of a chunk are left out. All this may cut too rarely (the chunk then has several tokens, or a twin
with a comma), never too often.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled

JOINERS: Final = b"-'&@:.,"
"""ASCII punctuation that tokens may contain or look at."""

QUOTES: Final = ("«", "»", "“", "”", "„", "—", "…")
"""What stands beside words in print and is nothing to a token."""

DIGIT_LEADS: Final = (*range(0xD9, 0xE2), *range(0xE4, 0xF5))
"""First bytes of the decimal digits outside ASCII, and of much else."""

PADDING: Final = 16
"""Bytes behind the texts that may be read."""

_CUT, _SPACE, _JOINER, _QUOTE, _WORD = range(5)
_HYPHEN: Final = ord("-")
_NEWLINE: Final = ord("\n")
_FIRST_SLOTS: Final = 1 << 16
_INLINE: Final = 16  # bytes of a chunk that stand in its slot; nine of ten words are no longer
# Odd constants of xxHash64 and its mixing of two words and a length, simplified.
_MIX_1: Final = np.uint64(0x9E3779B185EBCA87)
_MIX_2: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_3: Final = np.uint64(0x165667B19E3779F9)
_HALF: Final = np.uint64(32)
_NUMBER: Final = np.uint64(0xFFFFFFFF)


def _byte_kinds() -> NDArray[np.uint8]:
    kinds = np.full(256, _WORD, np.uint8)
    for byte in range(128):
        if not (chr(byte).isalnum() or byte == ord("_")):
            kinds[byte] = _JOINER if byte in JOINERS else _SPACE if byte == ord(" ") else _CUT
    kinds[[quote.encode()[0] for quote in QUOTES]] = _QUOTE
    return kinds


def _digit_bytes() -> NDArray[np.bool_]:
    digits = np.zeros(256, np.bool_)
    digits[[*b"0123456789", *DIGIT_LEADS]] = True
    return digits


_KINDS: Final = _byte_kinds()
_MAY_BE_DIGIT: Final = _digit_bytes()
_ENDS_IN_NUMBER: Final = _MAY_BE_DIGIT | (np.arange(256) >= 128)
_MASKS: Final = np.array([256**size - 1 for size in range(9)], np.uint64)
_QUOTE_2: Final = np.array([q.encode()[1] for q in QUOTES if len(q.encode()) == 2], np.uint8)
_QUOTE_3: Final = np.array([q.encode()[2] for q in QUOTES if len(q.encode()) == 3], np.uint8)


class ChunkTable(NamedTuple):
    """The chunks met so far, found by open addressing; numbers count from 0.

    slots: uint64[2^n, 4], at least half of them free, which is 0 in the third place. A chunk has
        its first 8 bytes; the next 8; twice its length and whether its texts are Swedish in the
        upper half of a word and its number + 1 in the lower; its hash.
    starts: int64[2^(n-1) + 1], where the bytes of each begin in `arena`.
    is_swedish: bool[2^(n-1)], whether the texts in which it stands are.
    arena: uint8[room], the bytes of all chunks one after another, each with a newline behind it,
        which no chunk holds.
    """

    slots: NDArray[np.uint64]
    starts: NDArray[np.int64]
    is_swedish: NDArray[np.bool_]
    arena: NDArray[np.uint8]


def open_table() -> ChunkTable:
    """Make a table without chunks."""
    return ChunkTable(
        np.zeros((_FIRST_SLOTS, 4), np.uint64),
        np.zeros(_FIRST_SLOTS // 2 + 1, np.int64),
        np.zeros(_FIRST_SLOTS // 2, np.bool_),
        np.zeros(0, np.uint8),
    )


def with_room(table: ChunkTable, used: int, coming: int) -> ChunkTable:
    """Enlarge the arena for that many bytes more than it uses."""
    if used + coming <= len(table.arena):
        return table
    arena = np.empty(2 * (used + coming), np.uint8)
    arena[:used] = table.arena[:used]
    return table._replace(arena=arena)


@compiled
def _quote_length(data: NDArray[np.uint8], at: int) -> int:
    """Count the bytes of the character of QUOTES at `at`, whose first byte fits; 0 if none."""
    if data[at] == 0xC2:
        for mark in _QUOTE_2:
            if data[at + 1] == mark:
                return 2
    elif data[at + 1] == 0x80:
        for mark in _QUOTE_3:
            if data[at + 2] == mark:
                return 3
    return 0


@compiled
def _is_in_number(data: NDArray[np.uint8], at: int, begin: int, end: int) -> bool:
    """Whether the space at `at` may stand between groups of digits."""
    if at == begin or at + 3 >= end or not _MAY_BE_DIGIT[data[at + 1]]:
        return False
    for after in range(at + 2, at + 4):
        if data[after] < 128 and not _MAY_BE_DIGIT[data[after]]:
            return False
    before = at - 1
    while before > begin and data[before] & 0xC0 == 0x80:
        before -= 1
    return bool(_MAY_BE_DIGIT[data[before]])


@compiled
def _next_chunk(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    """Find the first chunk from `at` on: where it begins, ends, and where to go on; 0, 0 if none.

    data: uint8[bytes], of which the text goes on until `end`; nothing before `at` matters.
    """
    begin = at
    while begin < end:
        kind = _KINDS[data[begin]]
        if kind == _WORD:
            break
        size = _quote_length(data, begin) if kind == _QUOTE else 1
        if size == 0:
            break
        begin += size
    after = begin
    while after < end:
        kind = _KINDS[data[after]]
        if kind == _CUT:
            break
        if kind == _SPACE and not _is_in_number(data, after, begin, end):
            break
        if kind == _QUOTE and _quote_length(data, after):
            break
        after += 1
    last = after
    while last > begin and _KINDS[data[last - 1]] == _JOINER:
        # A hyphen behind a number is looked at: 14.30- is no clock.
        if data[last - 1] == _HYPHEN and _ENDS_IN_NUMBER[data[last - 2]]:
            break
        last -= 1
    return begin, last, after


@compiled
def _packed(data: NDArray[np.uint8], begin: int, size: int) -> np.uint64:
    """Pack 8 bytes into a word, the first lowest, and blank those from `size` on."""
    at = np.uint64(begin)  # a signed index would be asked whether it counts from the end
    word = np.uint64(data[at])
    for offset in range(1, 8):
        word |= np.uint64(data[at + np.uint64(offset)]) << np.uint64(8 * offset)
    mask: np.uint64 = _MASKS[min(max(size, 0), 8)]
    return word & mask


@compiled
def _chunk_key(
    data: NDArray[np.uint8], begin: int, end: int, is_swedish: bool
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Make what stands in the slot of the chunk data[begin:end], its number left 0."""
    length = end - begin
    first = _packed(data, begin, length)
    second = _packed(data, begin + 8, length - 8)
    size = np.uint64(2 * length + is_swedish) << _HALF
    value = first * _MIX_1
    value = (value ^ (value >> _HALF) ^ second) * _MIX_2
    value = (value ^ (value >> _HALF) ^ size) * _MIX_3
    for at in range(begin + _INLINE, end):
        value = (value ^ np.uint64(data[at])) * _MIX_1
    return first, second, size, value ^ (value >> _HALF)


@compiled
def _is_rest_equal(
    arena: NDArray[np.uint8], start: int, data: NDArray[np.uint8], begin: int, end: int
) -> bool:
    """Whether the chunk at arena[start:], as long as data[begin:end], goes on like it behind 16."""
    for offset in range(_INLINE, end - begin):
        if arena[start + offset] != data[begin + offset]:
            return False
    return True


@compiled
def _find(
    slots: NDArray[np.uint64],
    starts: NDArray[np.int64],
    arena: NDArray[np.uint8],
    key: tuple[np.uint64, np.uint64, np.uint64, np.uint64],
    data: NDArray[np.uint8],
    begin: int,
    end: int,
) -> tuple[int, int]:
    """Find the chunk data[begin:end] with this key: its slot, and its number or -1 if it is new."""
    last = len(slots) - 1
    first, second, size, value = key
    slot = int(np.int64(value & np.uint64(last)))
    while slots[slot, 2] != 0:
        if (
            slots[slot, 0] == first
            and slots[slot, 1] == second
            and slots[slot, 2] & ~_NUMBER == size
        ):
            number = int(np.int64(slots[slot, 2] & _NUMBER)) - 1
            if end - begin <= _INLINE or _is_rest_equal(arena, starts[number], data, begin, end):
                return slot, number
        slot = (slot + 1) & last
    return slot, -1


@compiled
def _grown(table: ChunkTable, count: int) -> ChunkTable:
    """Double the slots and the capacity of a table of `count` chunks."""
    capacity = len(table.slots)
    slots = np.zeros((2 * capacity, 4), np.uint64)
    starts = np.zeros(capacity + 1, np.int64)
    is_swedish = np.zeros(capacity, np.bool_)
    starts[: count + 1] = table.starts[: count + 1]
    is_swedish[:count] = table.is_swedish[:count]
    last = len(slots) - 1
    for old in range(capacity):
        if table.slots[old, 2] != 0:
            slot = int(np.int64(table.slots[old, 3] & np.uint64(last)))
            while slots[slot, 2] != 0:
                slot = (slot + 1) & last
            slots[slot] = table.slots[old]
    return ChunkTable(slots, starts, is_swedish, table.arena)


@compiled
def _enter(
    table: ChunkTable,
    slot: int,
    number: int,
    key: tuple[np.uint64, np.uint64, np.uint64, np.uint64],
    data: NDArray[np.uint8],
    begin: int,
    end: int,
) -> None:
    """Enter the chunk data[begin:end], which `_find` found to be new, as the last one."""
    first, second, size, value = key
    table.slots[slot, 0] = first
    table.slots[slot, 1] = second
    table.slots[slot, 2] = size | np.uint64(number + 1)
    table.slots[slot, 3] = value
    start = table.starts[number]
    behind = start + end - begin
    table.arena[start:behind] = data[begin:end]
    table.arena[behind] = _NEWLINE
    table.starts[number + 1] = behind + 1


@compiled
def _split_text(
    data: NDArray[np.uint8],
    at: int,
    text_end: int,
    is_swedish: bool,
    table: ChunkTable,
    count: int,
    chunks: NDArray[np.uint32],
    written: int,
) -> tuple[int, int, int]:
    """Number the chunks of data[at:text_end] into chunks[written:], until the table is full.

    Returned: where to go on in `data`, the count of the table, the numbers written.
    """
    slots, starts, arena = table.slots, table.starts, table.arena
    capacity = len(table.is_swedish)
    while at < text_end and count < capacity:
        begin, end, at = _next_chunk(data, at, text_end)
        if begin == end:
            continue
        key = _chunk_key(data, begin, end, is_swedish)
        slot, number = _find(slots, starts, arena, key, data, begin, end)
        if number < 0:
            number = count
            count += 1
            table.is_swedish[number] = is_swedish
            _enter(table, slot, number, key, data, begin, end)
        chunks[written] = number
        written += 1
    return at, count, written


@compiled
def split_texts(
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    is_swedish: NDArray[np.bool_],
    table: ChunkTable,
    count: int,
) -> tuple[ChunkTable, int, NDArray[np.uint32], NDArray[np.int64]]:
    """Number the chunks of all texts; new ones are entered into the table.

    data: uint8[bytes + PADDING], the texts in UTF-8 one after another and bytes that do not matter.
    text_starts: int64[texts + 1]; is_swedish: bool[texts].
    table: with `count` chunks, and room for `data` and a newline for each text in its arena.
    Returned: the table, which may be a larger one, and its count; the numbers, uint32[chunks];
    where each text begins among them, int64[texts + 1].
    """
    chunks = np.empty((len(data) + len(is_swedish)) // 2 + 1, np.uint32)
    bounds = np.zeros(len(text_starts), np.int64)
    written = 0
    for text in range(len(is_swedish)):
        at, end = text_starts[text], text_starts[text + 1]
        while at < end:
            if count == len(table.is_swedish):
                table = _grown(table, count)
            at, count, written = _split_text(
                data, at, end, is_swedish[text], table, count, chunks, written
            )
        bounds[text + 1] = written
    return table, count, chunks[:written].copy(), bounds


@compiled
def expand_chunks(
    chunks: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    words: NDArray[np.uint32],
    word_starts: NDArray[np.int64],
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Write the words of each chunk in its place.

    chunks: uint32[occurrences]; bounds: int64[texts + 1], where each text begins among them.
    words: uint32[words of all chunks]; word_starts: int64[chunks + 1], where each chunk begins.
    Returned: uint32[tokens], and where each text begins among them, int64[texts + 1].
    """
    total = 0
    for chunk in chunks:
        total += word_starts[chunk + 1] - word_starts[chunk]
    tokens = np.empty(total, np.uint32)
    token_bounds = np.zeros(len(bounds), np.int64)
    written = 0
    for text in range(len(bounds) - 1):
        for chunk in chunks[bounds[text] : bounds[text + 1]]:
            for word in range(word_starts[chunk], word_starts[chunk + 1]):
                tokens[written] = words[word]
                written += 1
        token_bounds[text + 1] = written
    return tokens, token_bounds
