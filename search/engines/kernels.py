"""The loops of a search, compiled.

Each public one has a twin of the same name in `plain`, which gives the same without numba. The
groups of arrays are those of `search.engines.arrays`.

What may be tuned is an argument: numba's cache would keep the old value of a constant. For the same
reason all of them are one file: numba's cache does not see that a loop of another file has changed.
"""

from collections.abc import Sequence
from math import expm1, log1p
from typing import Any, Final

import numpy as np

from index.columnar.codes import LEAD, OTHER
from index.columnar.segment import NO_DATE, PART, POSITION_BLOCK
from index.compiled import HAS_NUMBA, compiled
from search.engines.arrays import (
    CLEAR,
    COPY,
    CUT,
    CUT_SET,
    DOCUMENT,
    END,
    ID,
    JOIN,
    KEEP_PHRASE,
    KEEP_SET,
    KEEP_SLOTS,
    MARK_SLOTS,
    MEET,
    NEWEST,
    NOTE,
    OLDEST,
    PACKED,
    RELEVANCE,
    ROW_WIDTH,
    SCORE,
    SEGMENT,
    START,
    TITLE,
    Array,
    Columns,
    Found,
    Keys,
    Lists,
    Marks,
    PhrasePlaces,
    Positions,
    Postings,
    Scale,
    Scratch,
    Strings,
    Tree,
    Values,
    Vocabulary,
)

if HAS_NUMBA:
    from llvmlite.ir import FunctionType, VoidType
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic
    from numba.typed import List
else:
    List = list

_int: Final[Any] = np.int64
"""Makes int64; mypy takes its results for no int. A literal that another loop is given goes through
it too: numba would compile that loop once more for the literal."""
_ONE: Final = np.uint64(1)
_DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
_PLACES: Final = np.zeros(64, np.int64)
_PLACES[[(0x03F79D71B4CB0A89 << n) % 2**64 >> 58 for n in range(64)]] = np.arange(64)

_SPARSE: Final = 40
"""How many postings take as long to read as one takes to find by searching."""

_STRIDE: Final = 16
"""Postings that are compared at once when one is looked for."""

_CHUNK: Final = 16
"""Bytes of positions that are looked at at once."""

_WORDS_OF_ALL: Final = 2**16 // 64
"""Words of a set that has room for the documents of any segment."""

_DENSE: Final = 8
"""A set of more than one in so many documents is scored in place."""

_TERMS, _FORMS, _WORDS = range(3)
"""Where words are found: by a stem or part, by another form, by their own."""

_BLOCK: Final = 256
"""Numbers of which the largest is looked for at once, as the processor can."""

_GROUPS: Final = 4
"""Groups of leaves that are told apart to say whose score may be high."""

_FEW: Final = 4
"""For each that is wanted, so many documents are scored to know a score that is high enough."""

_AHEAD: Final = 32
"""So many rows before its turn a row is asked for."""


# Segments.


def _without_owners(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Make code for a value whose arrays nobody counts the users of."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = array.meminfo.type(None)
        array.parent = array.parent.type(None)
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        parts: Any = kind
        for n, of_part in enumerate(parts):
            part = _without_owners(context, builder, of_part, builder.extract_value(value, n))
            value = builder.insert_value(value, part, n)
    return value


def _make_borrow(_: Any, value: Any) -> Any:
    """Take arrays as they are: their owner has to outlive whoever borrows them.

    Otherwise each look at a segment would count one user more of each of its forty arrays, and one
    less at its end, which takes as long as a small search.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _without_owners(context, builder, signature.args[0], arguments[0])

    return value(value), generate


_borrow: Any = intrinsic(_make_borrow) if HAS_NUMBA else lambda value: value


def _make_ask_for(_: Any, rows: Any, row: Any) -> Any:
    """Have the memory of a row, or an item, fetched without waiting for it; gives int64 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, number = signature.args
        array = context.make_array(kind)(context, builder, arguments[0])
        at = context.cast(builder, arguments[1], number, types.intp)
        first = context.get_constant(types.intp, 0)
        item: Any = cgutils.get_item_pointer  # untyped
        place = item(context, builder, kind, array, [at, *[first] * (kind.ndim - 1)])
        address = builder.bitcast(place, cgutils.voidptr_t)
        word = cgutils.int32_t
        fetch = FunctionType(VoidType(), [cgutils.voidptr_t, word, word, word])
        function = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], fetch)
        # To read, to keep in all caches, as data.
        builder.call(function, [address, word(0), word(3), word(1)])
        return context.get_constant(types.int64, 0)

    return types.int64(rows, row), generate


_ask_for: Any = intrinsic(_make_ask_for) if HAS_NUMBA else lambda *_: 0


@compiled
def _hold_first(value: Any) -> Any:
    held = List()
    held.append(_borrow(value))
    return held


@compiled
def _hold_next(held: Any, value: Any) -> None:
    held.append(_borrow(value))


def hold(values: Sequence[Any]) -> Any:
    """Make one or more groups of arrays of the same types a list that loops take at once.

    The list does not keep the arrays: the groups have to be kept as long as it.
    """
    held = _hold_first(values[0])
    for value in values[1:]:
        _hold_next(held, value)
    return held


@compiled
def _of_segment(lists: Lists, slots: int, n: int) -> Lists:
    """The lists of so many slots in segment n."""
    starts = lists.starts[n * slots : (n + 1) * slots + 1]
    return Lists(starts, lists.bounds, lists.weights, lists.rows)


# Sets of documents.


@compiled
def _has(bits: Array, document: int) -> bool:
    return bool(bits[document >> 6] >> np.uint64(document & 63) & _ONE)


@compiled
def _set(bits: Array, document: int) -> None:
    bits[document >> 6] |= _ONE << np.uint64(document & 63)


@compiled
def _lowest(word: Any) -> int:
    """Number of the lowest bit that is set, by a multiplication that LLVM knows."""
    return int(_PLACES[((word & (~word + _ONE)) * _DE_BRUIJN) >> np.uint64(58)])


@compiled
def _count(word: Any) -> int:
    """How many bits of a word are set, in steps that LLVM knows as one instruction."""
    pairs = np.uint64(0x3333333333333333)
    word = word - (word >> _ONE & np.uint64(0x5555555555555555))
    word = (word & pairs) + (word >> np.uint64(2) & pairs)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    # numba makes float64 of int64 and uint64.
    return int(_int((word * np.uint64(0x0101010101010101)) >> np.uint64(56)))


@compiled
def count_bits(bits: Array) -> int:
    """How many documents a set has."""
    count = 0
    for at in range(len(bits)):
        count += _count(bits[at])
    return count


@compiled
def _place(bits: Array, before: Array, document: int) -> int:
    """The number of a member of a set; `before` as `_list_members` notes it."""
    lower = bits[document >> 6] & ((_ONE << np.uint64(document & 63)) - _ONE)
    return int(_int(before[document >> 6]) + _count(lower))


@compiled
def _seek(documents: Array, first: int, last: int, document: int) -> int:
    """The first posting from `first` on that is not below a document; `last` when there is none.

    Strides that double find where it is, halves narrow that down to a few postings, and those below
    the document are counted: for the processor that is one step and nothing to guess.
    """
    low, stride = first, _STRIDE
    while low + stride <= last and documents[low + stride - 1] < document:
        low += stride
        stride *= 2
    high = min(low + stride, last)
    while high - low > _STRIDE:
        middle = (low + high) >> 1
        if documents[middle] < document:
            low = middle + 1
        else:
            high = middle
    few = documents[low:high]
    for n in range(len(few)):
        low += few[n] < document
    return low


@compiled
def _list_members(bits: Array, members: Array, before: Array) -> int:
    """List the documents of a set; how many there are.

    How many of them stand before a word is noted for each that is not empty. There is room for
    three documents more: most words have few, and to take three in any case is quicker than to
    guess when to stop. Nor is it guessed which words are empty: the others are listed first.
    """
    words = np.empty(len(bits) + 1, np.uint16)
    size = _int(0)
    for at in range(len(bits)):
        words[size] = at
        size += bits[at] != 0
    count = 0
    for n in range(size):
        at = _int(words[n])
        before[at] = count
        word = bits[at]
        end = count + _count(word)
        for more in range(3):
            members[count + more] = (at << 6) + _lowest(word)
            word &= word - _ONE
        count += 3
        while word:
            members[count] = (at << 6) + _lowest(word)
            count += 1
            word &= word - _ONE
        count = end
    return count


# Looking up.


@compiled
def _compare(text: Array, first: int, last: int, key: Array, is_prefix: bool) -> int:
    """Compare a string with a key: below 0, 0 or above; as a prefix the key may end before it."""
    length = last - first
    shared = min(length, len(key))
    for n in range(shared):
        if text[first + n] != key[n]:
            return -1 if text[first + n] < key[n] else 1
    if length < len(key):
        return -1
    return 0 if is_prefix or length == len(key) else 1


@compiled
def _between(heads: Array, step: int, size: int, key: Array) -> tuple[int, int]:
    """Where among `size` strings the first is that is not below a key: from there to there."""
    head = np.uint64(0)
    for n in range(8):
        head = head << np.uint64(8) | np.uint64(key[n] if n < len(key) else 0)
    below, above = 0, len(heads)
    while below < above:
        middle = (below + above) >> 1
        if heads[middle] < head:
            below = middle + 1
        else:
            above = middle
    # Those with an equal head may stand before the key or behind it.
    while above < len(heads) and heads[above] == head:
        above += 1
    return max(below - 1, 0) * step, min(above * step, size)


@compiled
def _find(strings: Strings, step: int, key: Array, is_prefix: bool) -> tuple[int, int]:
    """The strings [first, last) that are the key, or begin with it."""
    text, starts = strings.text, strings.starts
    size = len(starts) - 1
    low, high = _between(strings.heads, step, size, key)
    while low < high:
        middle = (low + high) >> 1
        if _compare(text, starts[middle], starts[middle + 1], key, is_prefix) < 0:
            low = middle + 1
        else:
            high = middle
    first = low
    if not is_prefix:
        found = low < size and _compare(text, starts[low], starts[low + 1], key, False) == 0
        return first, first + int(found)
    high = size
    while low < high:
        middle = (low + high) >> 1
        if _compare(text, starts[middle], starts[middle + 1], key, True) <= 0:
            low = middle + 1
        else:
            high = middle
    return first, low


@compiled
def _find_own(words: Strings, step: int, key: Array, is_prefix: bool) -> tuple[int, int]:
    """The words [first, last) with a key, or with the key and NOT_SWEDISH behind it."""
    first, last = _find(words, step, key, is_prefix)
    if not is_prefix and last + 1 < len(words.starts):
        begin, end = words.starts[last], words.starts[last + 1]
        if end - begin == len(key) + 1 and words.text[end - 1] == 0:
            last += int(_compare(words.text, begin, end, key, True) == 0)
    return first, last


@compiled
def _strongest(words: Array, weights: Array) -> int:
    """Bring words into ascending order, each once with its largest weight; how many there are."""
    in_order = True
    for n in range(1, len(words)):
        in_order &= words[n - 1] < words[n]
    if in_order:
        return len(words)
    order = np.argsort(words)
    words[:], weights[:] = words[order], weights[order]
    kept = 0
    for n in range(1, len(words)):
        if words[n] == words[kept]:
            weights[kept] = max(weights[kept], weights[n])
        else:
            kept += 1
            words[kept], weights[kept] = words[n], weights[n]
    return kept + 1


@compiled
def _find_ranges(vocabulary: Vocabulary, keys: Keys, step: int, slot: int, ranges: Array) -> int:
    """Find what the keys of a slot lead to: in a row of `ranges`, int64[2 * keys, 4], stand one of
    _TERMS, _FORMS and _WORDS, the range of it, and the key. Returns how many rows those are."""
    wanted = keys.slots[slot]
    is_prefix = wanted[3] != 0
    at = 0
    for n in range(wanted[0], wanted[2]):
        key = keys.text[keys.starts[n] : keys.starts[n + 1]]
        if n < wanted[1]:
            first, last = _find(vocabulary.terms, step, key, False)
            starts, kind = vocabulary.term_word_starts, _TERMS
        else:
            first, last = _find_own(vocabulary.words, step, key, is_prefix)
            ranges[at, 0], ranges[at, 1], ranges[at, 2], ranges[at, 3] = _WORDS, first, last, n
            at += 1
            first, last = _find(vocabulary.forms, step, key, is_prefix)
            starts, kind = vocabulary.form_word_starts, _FORMS
        ranges[at, 0], ranges[at, 1], ranges[at, 2] = kind, starts[first], starts[last]
        ranges[at, 3] = n
        at += 1
    return at


@compiled
def _read_words(
    vocabulary: Vocabulary,
    ranges: Array,
    of_keys: Array,
    part_weight: float,
    words: Array,
    weights: Array,
) -> int:
    """Read the words of ranges, ascending, each once with its largest weight; how many there are.

    A word weighs what its key does in `of_keys`, a part that times `part_weight`.
    There is room for all in `words`, int64, and `weights`, float64.
    """
    size = 0
    for n in range(len(ranges)):
        kind = ranges[n, 0]
        for place in range(ranges[n, 1], ranges[n, 2]):
            words[size], weights[size] = place, of_keys[ranges[n, 3]]
            if kind == _TERMS:
                words[size] = vocabulary.term_words[place]
                if vocabulary.term_kinds[place] == PART:
                    weights[size] *= part_weight
            elif kind == _FORMS:
                words[size] = vocabulary.form_words[place]
            size += 1
    return int(_strongest(words[:size], weights[:size]))


@compiled
def _count_live(first: int, last: int, documents: Array, deleted: Array) -> int:
    """How many of the postings from `first` to `last` are of documents that are not deleted."""
    count = last - first
    if len(deleted):
        for posting in range(first, last):
            count -= int(_has(deleted, _int(documents[posting])))
    return count


@compiled
def find_lists(segments: Any, keys: Keys, step: int, part_weight: float) -> tuple[Lists, Array]:
    """Find the words that slots ask for, and where their postings stand.

    `segments` is a list that `hold` has made of Segments, with the heads of every `step`-th string
    of each vocabulary. A word counts what its key says, and that times `part_weight` where it is
    found as a part. Says last of each slot how many of its postings are of documents that are not
    deleted, and how many of these are of words that weigh more than a part, int64[2, slots].
    """
    slots = len(keys.slots)
    ranges = np.empty((2 * len(segments) * (len(keys.starts) - 1), 4), np.int64)
    range_starts = np.zeros(len(segments) * slots + 1, np.int64)
    size = row = 0
    for n in range(len(segments)):
        vocabulary = segments[n].vocabulary
        for slot in range(slots):
            begin = range_starts[row]
            end = begin + _find_ranges(vocabulary, keys, step, slot, ranges[begin:])
            for place in range(begin, end):
                size += ranges[place, 2] - ranges[place, 1]
            row += 1
            range_starts[row] = end
    words = np.empty(size, np.int64)
    weights = np.empty(size, np.float64)
    bounds = np.empty((size, 2), np.int64)
    starts = np.zeros(len(range_starts), np.int64)
    counts = np.zeros((2, slots), np.int64)
    row = 0
    for n in range(len(segments)):
        segment = segments[n]
        vocabulary, documents = segment.vocabulary, segment.postings.documents
        for slot in range(slots):
            begin = starts[row]
            of_slot = ranges[range_starts[row] : range_starts[row + 1]]
            row += 1
            starts[row] = begin + _read_words(
                vocabulary, of_slot, keys.weights, part_weight, words[begin:], weights[begin:]
            )
            for place in range(begin, starts[row]):
                first = _int(vocabulary.posting_starts[words[place]])
                last = _int(vocabulary.posting_starts[words[place] + 1])
                bounds[place, 0], bounds[place, 1] = first, last
                count = _count_live(first, last, documents, segment.deleted)
                counts[0, slot] += count
                counts[1, slot] += count if weights[place] > part_weight else 0
    return Lists(starts, bounds[: starts[row]], weights[: starts[row]], keys.rows), counts


@compiled
def _inverse_frequency(having: float, articles: int) -> float:
    """Weigh what `having` of all articles have, as `base.inverse_frequency` does."""
    return log1p((articles - having + 0.5) / (having + 0.5))


@compiled
def _spread(found: int, articles: int) -> float:
    """Tell how many articles have any of some words, as `base.spread` does."""
    return -expm1(-found / max(1, articles)) * articles


@compiled
def weigh_leaves(counts: Array, tree: Tree, articles: int) -> Array:
    """Weigh the leaves that score, float64[leaves]: their idf times their boosts.

    `counts`, int64[slots], are the postings of each slot among so many articles; a phrase weighs
    what its slots do together.
    """
    slots = np.empty(len(counts), np.float64)
    for slot in range(len(counts)):
        slots[slot] = _inverse_frequency(_spread(counts[slot], articles), articles)
    idfs = np.empty(len(tree.scoring), np.float64)
    for leaf in range(len(idfs)):
        slot = tree.scoring[leaf]
        if slot < 0:
            first, size = tree.phrases[-1 - slot, 0], tree.phrases[-1 - slot, 1]
            idfs[leaf] = 0.0
            for n in range(first, first + size):
                idfs[leaf] += slots[n]
        else:
            idfs[leaf] = slots[slot]
        idfs[leaf] *= tree.boosts[leaf]
    return idfs


# Matching.


# The weight of a posting is `tables[row, code]`, and that of code OTHER is found here. A function
# for both would not be inlined: passing the arrays takes ten times as long as reading the table.


@compiled
def _weigh_other(posting: int, fields: Array, others: Array, counts: Array) -> float:
    """Weigh how often a posting's word stands in its document."""
    low, high = 0, len(others)
    while low < high:
        middle = (low + high) >> 1
        if others[middle] < posting:
            low = middle + 1
        else:
            high = middle
    return float(
        counts[low, 0] * fields[0] + counts[low, 1] * fields[1] + counts[low, 2] * fields[2]
    )


@compiled
def mark_lists(bounds: Array, documents: Array, bits: Array) -> None:
    """Put the documents of lists into a set."""
    for n in range(len(bounds)):
        of_list = documents[bounds[n, 0] : bounds[n, 1]]
        for at in range(len(of_list)):
            _set(bits, _int(of_list[at]))


@compiled
def mark_slot(slot: int, lists: Lists, postings: Postings, bits: Array) -> None:
    """Put the documents of a slot into a set."""
    bounds = lists.bounds[lists.starts[slot] : lists.starts[slot + 1]]
    row = lists.rows[slot]
    documents, codes, tables = postings.documents, postings.codes, postings.tables
    if row == 0:
        mark_lists(bounds, documents, bits)
        return
    for n in range(len(bounds)):
        for posting in range(bounds[n, 0], bounds[n, 1]):
            tf = tables[row, codes[posting]]
            if codes[posting] == OTHER:
                tf = _weigh_other(posting, postings.fields[row], postings.others, postings.counts)
            if tf > 0:
                _set(bits, _int(documents[posting]))


@compiled
def _keep(slot: int, lists: Lists, postings: Postings, bits: Array) -> None:
    """Take out of a small set what is not in a slot."""
    bounds = lists.bounds[lists.starts[slot] : lists.starts[slot + 1]]
    row = lists.rows[slot]
    documents, codes, tables = postings.documents, postings.codes, postings.tables
    cursors = bounds[:, 0].copy()
    for at in range(len(bits)):
        word = bits[at]
        while word:
            document = (at << 6) + _lowest(word)
            is_found = False
            for n in range(len(bounds)):
                last = bounds[n, 1]
                cursors[n] = posting = _seek(documents, cursors[n], last, document)
                if posting < last and documents[posting] == document:
                    tf = tables[row, codes[posting]]
                    if codes[posting] == OTHER:
                        fields = postings.fields[row]
                        tf = _weigh_other(posting, fields, postings.others, postings.counts)
                    if tf > 0:
                        is_found = True
                        break
            if not is_found:
                bits[at] &= ~(_ONE << np.uint64(document & 63))
            word &= word - _ONE


@compiled
def _size(slot: int, lists: Lists) -> int:
    """How many postings a slot has."""
    size = 0
    for n in range(lists.starts[slot], lists.starts[slot + 1]):
        size += lists.bounds[n, 1] - lists.bounds[n, 0]
    return size


@compiled
def mark_all(chosen: Array, lists: Lists, postings: Postings, bits: Array) -> None:
    """Leave in a set the documents that fit all of the chosen slots, int64[chosen]."""
    sizes = np.zeros(len(chosen), np.int64)
    for n in range(len(chosen)):
        sizes[n] = _size(chosen[n], lists)
    marked = np.empty_like(bits)
    for _ in range(len(chosen)):
        n = int(sizes.argmin())
        slot = chosen[n]
        words = lists.starts[slot + 1] - lists.starts[slot]
        if sizes[n] > _SPARSE * words * count_bits(bits):
            _keep(slot, lists, postings, bits)
        else:
            marked[:] = 0
            mark_slot(slot, lists, postings, marked)
            for at in range(len(bits)):
                bits[at] &= marked[at]
        sizes[n] = np.iinfo(np.int64).max


@compiled
def _skip(positions: Array, byte: int, count: int) -> int:
    """The byte behind so many positions, each of which ends with one byte below LEAD.

    So they have as many bytes at least. These are looked at at once, but for a few: the compiler
    makes the loop for what is left of _CHUNK a slow one.
    """
    while count >= _CHUNK:
        chunks = positions[byte : byte + count // _CHUNK * _CHUNK]
        byte += len(chunks)
        for n in range(len(chunks)):
            count -= chunks[n] < LEAD
    while count:
        count -= positions[byte] < LEAD
        byte += 1
    return byte


@compiled
def _find_position(posting: int, postings: Postings, positions: Positions) -> tuple[int, int]:
    """The first byte of the positions of a posting, and how many positions it has."""
    first = posting // POSITION_BLOCK * POSITION_BLOCK
    codes, code = postings.codes[first:posting], postings.codes[posting]
    before, size = _int(0), _int(positions.sizes[code])
    others = _int(code == OTHER)
    for n in range(len(codes)):
        before += positions.sizes[codes[n]]
    for n in range(len(codes)):
        others += codes[n] == OTHER
    if others:
        ones = np.ones(3)
        for n in range(len(codes)):
            if codes[n] == OTHER:
                before += int(_weigh_other(first + n, ones, postings.others, postings.counts))
        if code == OTHER:
            size += int(_weigh_other(posting, ones, postings.others, postings.counts))
    byte = _int(positions.starts[posting // POSITION_BLOCK])
    return _skip(positions.positions, byte, before), size


@compiled
def _next_position(positions: Array, byte: int) -> tuple[int, int]:
    """How far the next position is from that before it, and the byte behind it."""
    delta = 0
    while positions[byte] >= LEAD:
        delta = (delta << 6) + _int(positions[byte]) - LEAD
        byte += 1
    return delta * LEAD + _int(positions[byte]), byte + 1


@compiled
def _find_members(
    members: Array, slot: int, lists: Lists, documents: Array, least: float
) -> tuple[Array, Array, int]:
    """Find the postings of a slot with members of an ascending list: places, postings, how many.

    Lists that weigh no more than `least` are left out.
    """
    bits, before = np.zeros(_WORDS_OF_ALL, np.uint64), np.empty(_WORDS_OF_ALL, np.int64)
    for place in range(len(members)):
        document = _int(members[place])
        if bits[document >> 6] == 0:
            before[document >> 6] = place
        _set(bits, document)
    room = 0
    for n in range(lists.starts[slot], lists.starts[slot + 1]):
        if lists.weights[n] > least:
            room += min(lists.bounds[n, 1] - lists.bounds[n, 0], len(members))
    places, found = np.empty(room, np.int64), np.empty(room, np.int64)
    size = 0
    for n in range(lists.starts[slot], lists.starts[slot + 1]):
        first, last = lists.bounds[n]
        if lists.weights[n] <= least:
            continue
        if last - first > _SPARSE * len(members):
            for place in range(len(members)):
                first = _seek(documents, first, last, members[place])
                if first == last:
                    break
                if documents[first] == members[place]:
                    places[size], found[size] = place, first
                    size += 1
        else:
            of_list = documents[first:last]
            for at in range(len(of_list)):
                document = _int(of_list[at])
                if _has(bits, document):
                    places[size], found[size] = _place(bits, before, document), first + at
                    size += 1
    return places, found, size


@compiled
def _order(values: Array) -> None:
    """Sort a few ascending rows that stand one behind another.

    Not by numba's own `sort`: loaded from its cache beside an `argsort` of the same type that
    another process has compiled, it does not sort (numba 0.68).
    """
    for n in range(1, len(values)):
        value = values[n]
        place = n
        while place and values[place - 1] > value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value


@compiled
def _read_positions(
    members: Array, slot: int, lists: Lists, postings: Postings, positions: Positions, least: float
) -> tuple[Array, Array]:
    """Read where the words of a slot that weigh more than `least` stand in members of a list.

    The list is ascending. The positions in member n are `read[starts[n]:starts[n + 1]]`, int64,
    ascending; `starts` is int64[members + 1].
    """
    places, found, size = _find_members(members, slot, lists, postings.documents, least)
    starts = np.zeros(len(members) + 2, np.int64)
    bytes_ = np.empty(size, np.int64)
    sizes = np.empty(size, np.int64)
    for n in range(size):
        block = found[n] // POSITION_BLOCK
        _ask_for(postings.codes, block * POSITION_BLOCK)
        _ask_for(positions.starts, block)
    for n in range(size):
        _ask_for(positions.positions, _int(positions.starts[found[n] // POSITION_BLOCK]))
    for n in range(size):
        bytes_[n], sizes[n] = _find_position(found[n], postings, positions)
        starts[places[n] + 2] += sizes[n]
    for place in range(len(members)):
        starts[place + 2] += starts[place + 1]
    read = np.empty(starts[len(members) + 1], np.int64)
    for n in range(size):
        byte, position = bytes_[n], 0
        last = starts[places[n] + 1]
        for _ in range(sizes[n]):
            delta, byte = _next_position(positions.positions, byte)
            position += delta
            read[last] = position
            last += 1
        starts[places[n] + 1] = last
    for place in range(len(members)):
        _order(read[starts[place] : starts[place + 1]])
    return read, starts[: len(members) + 1]


@compiled
def _follow(
    members: Array, places: Array, starts: Array, others: Array, other_starts: Array, distance: int
) -> int:
    """Keep the places that have one of others at a distance behind them, and their members.

    Both are as `_read_positions` gives them; what is kept is moved to the front. How many members
    that are.
    """
    left = kept = begin = _int(0)
    for n in range(len(members)):
        end = starts[n + 1]
        before = kept
        for at in range(other_starts[n], other_starts[n + 1]):
            wanted = others[at] - distance
            while begin < end and places[begin] < wanted:
                begin += 1
            if begin == end:
                break
            if places[begin] == wanted:
                places[kept] = wanted
                kept += 1
                begin += 1
        begin = end
        if kept > before:
            members[left] = members[n]
            left += 1
            starts[left] = kept
    return int(left)


@compiled
def find_phrases(
    bits: Array,
    phrase: Array,
    lists: Lists,
    postings: Postings,
    positions: Positions,
) -> tuple[Array, Array]:
    """Leave in a set the documents with a phrase; list them: uint16[found] and float64[found].

    The numbers are the sums of what the occurrences weigh in title, lead and body. `phrase` is a
    row of `Tree.phrases`.
    """
    slot, slots = phrase[0], phrase[1]
    mark_all(np.arange(slot, slot + slots), lists, postings, bits)
    members = np.empty(count_bits(bits) + 3, np.uint16)
    left = _list_members(bits, members, np.empty(len(bits), np.uint16))
    places, starts = _read_positions(members[:left], slot, lists, postings, positions, 0.0)
    for n in range(1, slots):
        others, other_starts = _read_positions(
            members[:left], slot + n, lists, postings, positions, 0.0
        )
        left = _follow(members[:left], places, starts, others, other_starts, n)
    bits[:] = 0
    found = np.empty(left, np.uint16)
    frequencies = np.empty(left, np.float64)
    weights = postings.fields[phrase[2]]
    count = 0
    for n in range(left):
        document = _int(members[n])
        lead = _int(positions.title_lengths[document])
        body = lead + positions.lead_lengths[document]
        frequency = 0.0
        for at in range(starts[n], starts[n + 1]):
            end = places[at] + slots
            if end <= lead:
                frequency += weights[0]
            elif lead <= places[at] and end <= body:
                frequency += weights[1]
            elif body <= places[at]:
                frequency += weights[2]
        if frequency > 0:
            _set(bits, document)
            found[count], frequencies[count] = document, frequency
            count += 1
    return found[:count], frequencies[:count]


@compiled
def match(
    live: Array,
    sets: Array,
    begin: int,
    tree: Tree,
    lists: Lists,
    postings: Postings,
    positions: Positions,
) -> tuple[Array, int, PhrasePlaces, Marks]:
    """Do the steps of a tree: who is left, how many were noted, and who has what.

    `sets`, uint64[sets, words], are those that steps name, for all segments; those of this one
    begin at word `begin`. A phrase is looked for among the documents that are left of all when the
    first step asks for it: no others can fit in the end.
    """
    stack = np.empty((tree.depth, len(live)), np.uint64)
    stack[0] = live
    top, noted = 0, 0
    bounds = np.full((len(tree.phrases), 2), -1, np.int64)
    documents = np.empty(0, np.uint16)
    frequencies = np.empty(0, np.float64)
    slots = len(lists.rows)
    marks = Marks(np.zeros((slots, len(live)), np.uint64), np.zeros(slots, np.bool_))
    for n in range(len(tree.steps)):
        step, first, last = tree.steps[n]
        bits = stack[top]
        if step == KEEP_SET:
            bits &= sets[first][begin : begin + len(live)]
        elif step == CUT_SET:
            bits &= ~sets[first][begin : begin + len(live)]
        elif step == KEEP_SLOTS:
            mark_all(tree.chosen[first:last], lists, postings, bits)
        elif step == KEEP_PHRASE:
            if bounds[first, 0] < 0:
                left = stack[0].copy()
                found = find_phrases(left, tree.phrases[first], lists, postings, positions)
                bounds[first] = len(documents), len(documents) + len(found[0])
                documents = np.concatenate((documents, found[0]))
                frequencies = np.concatenate((frequencies, found[1]))
            marked = np.zeros_like(bits)
            mark_lists(bounds[first : first + 1], documents, marked)
            bits &= marked
        elif step == COPY:
            stack[top + 1] = stack[top - first]
            top += 1
        elif step == CLEAR:
            stack[top + 1] = 0
            top += 1
        elif step == MARK_SLOTS:
            for place in range(first, last):
                slot = tree.chosen[place]
                if not marks.is_known[slot]:
                    mark_slot(slot, lists, postings, marks.bits[slot])
                    marks.is_known[slot] = True
                bits |= marks.bits[slot]
        elif step == NOTE:
            noted = count_bits(bits)
        else:
            top -= 1
            if step == JOIN:
                stack[top] |= bits
            elif step == MEET:
                stack[top] &= bits
            elif step == CUT:
                stack[top] &= ~bits
    return stack[0], noted, PhrasePlaces(bounds, documents, frequencies), marks


# Ranking.


@compiled
def _sift(heap: Array, size: int, key: int) -> None:
    """Put a key in the place of the smallest."""
    at = 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key


@compiled
def _push(heap: Array, size: int, key: int) -> int:
    """Put a key into a heap, smallest first, instead of its smallest when it is full."""
    if size < len(heap):
        at = size
        while at and heap[(at - 1) >> 1] > key:
            heap[at] = heap[(at - 1) >> 1]
            at = (at - 1) >> 1
        heap[at] = key
        return size + 1
    if size and key > heap[0]:
        _sift(heap, size, key)
    return size


@compiled
def _add(sum_: float, weight: float, tf: float, weak: float) -> float:
    """Add a frequency to those of other words of a slot, of which the weak are below 0."""
    if weight > weak:
        return max(sum_, 0.0) + weight * tf
    return sum_ - weight / weak * tf if sum_ <= 0 else sum_


@compiled
def _gather(
    bits: Array,
    before: Array,
    slot: int,
    n: int,
    lists: Lists,
    postings: Postings,
    scratch: Scratch,
    weak: float,
    size: int,
) -> int:
    """Add the frequencies of list n of a slot; note in `touched` the places that had none.

    Those of lists that weigh no more than `weak` are below 0, and only where no other list has any.

    The place of a document is its number among the members of the set or, where `before` is empty,
    itself.
    """
    row, weight = lists.rows[slot], lists.weights[n]
    first, last = lists.bounds[n]
    documents, codes = postings.documents[first:last], postings.codes[first:last]
    table = postings.tables[row]
    frequencies, touched = scratch.frequencies, scratch.touched
    is_dense = len(before) == 0
    # Postings of members: where they are few, to note each until the next is quicker than to guess.
    chosen = np.empty(0 if is_dense else len(documents), np.uint16)
    count = _int(0)
    for at in range(len(chosen)):
        chosen[count] = at
        count += _has(bits, _int(documents[at]))
    for n in range(len(documents) if is_dense else count):
        at = n if is_dense else _int(chosen[n])
        document = _int(documents[at])
        if not is_dense or _has(bits, document):
            place = document if is_dense else _place(bits, before, document)
            tf = table[codes[at]]
            if codes[at] == OTHER:
                fields = postings.fields[row]
                tf = _weigh_other(first + at, fields, postings.others, postings.counts)
            if tf > 0:
                touched[size] = place
                size += frequencies[place] == 0
                frequencies[place] = _add(frequencies[place], weight, tf, weak)
    return size


@compiled
def _gather_few(
    members: Array,
    slot: int,
    n: int,
    lists: Lists,
    postings: Postings,
    scratch: Scratch,
    weak: float,
    size: int,
) -> int:
    """Do what `_gather` does by looking each member up in the list."""
    row, weight = lists.rows[slot], lists.weights[n]
    documents, codes, table = postings.documents, postings.codes, postings.tables[row]
    frequencies, touched = scratch.frequencies, scratch.touched
    posting, last = lists.bounds[n]
    for place in range(len(members)):
        posting = _seek(documents, posting, last, members[place])
        if posting == last:
            break
        if documents[posting] == members[place]:
            tf = table[codes[posting]]
            if codes[posting] == OTHER:
                tf = _weigh_other(posting, postings.fields[row], postings.others, postings.counts)
            if tf > 0:
                touched[size] = place
                size += frequencies[place] == 0
                frequencies[place] = _add(frequencies[place], weight, tf, weak)
    return size


@compiled
def _gather_phrase(
    bits: Array, members: Array, is_dense: bool, n: int, phrases: PhrasePlaces, scratch: Scratch
) -> int:
    """Note the frequencies of phrase n."""
    size = 0
    for at in range(phrases.bounds[n, 0], phrases.bounds[n, 1]):
        document = _int(phrases.documents[at])
        if _has(bits, document):
            place = document
            if not is_dense:
                place = np.searchsorted(members, phrases.documents[at])
            scratch.touched[size] = place
            scratch.frequencies[place] = phrases.frequencies[at]
            size += 1
    return size


@compiled
def _make_key(scaled: float, rank: int) -> int:
    """Make a key that orders by score, rounded, and then by rank, the least first."""
    return int((_int(np.rint(scaled)) << 16) + 65535 - _int(rank))


@compiled
def _largest(scores: Array) -> float:
    """The largest of some scores, none of which is below 0.

    As integers they are in the same order, and the processor compares several of those at once.
    """
    numbers = scores.view(np.int64)
    largest = _int(0)
    for n in range(len(numbers)):
        largest = max(largest, numbers[n])
    return float(np.int64(largest).view(np.float64))


@compiled
def _split(heap: Array, order: Array) -> Array:
    """Empty a heap of keys, the largest first: their upper 48 bits, and the documents below."""
    best = np.empty((len(heap), 2), np.int64)
    for size in range(len(heap), 0, -1):
        best[size - 1, 0] = heap[0] >> 16
        best[size - 1, 1] = order[65535 - (heap[0] & 65535)]
        _sift(heap, size - 1, heap[size - 1])
    return best


@compiled
def _rank_all(
    bits: Array,
    idfs: Array,
    scoring: Array,
    lists: Lists,
    postings: Postings,
    phrases: PhrasePlaces,
    columns: Columns,
    scratch: Scratch,
    scale: Scale,
    least: int,
    size: int,
) -> Array:
    """Do what `rank` does by scoring every document of the set."""
    listed = count_bits(bits)
    lengths, norms, ranks = columns.lengths, columns.norms, columns.ranks
    scores, frequencies, touched = scratch.scores, scratch.frequencies, scratch.touched
    members = scratch.members
    # Numbers for the sums of few documents are close together, which spares the caches.
    is_dense = _DENSE * listed > len(ranks)
    before = np.empty(0 if is_dense else len(bits), np.uint16)
    if not is_dense:
        _list_members(bits, members, before)
        members = members[:listed]
    heap = np.empty(min(size, listed), np.int64)
    kept = 0
    limit = float(least) - 1.0
    is_ranked = False
    for leaf in range(len(scoring)):
        slot, idf = scoring[leaf], idfs[leaf]
        held = _int(0)
        if slot < 0:
            held = _gather_phrase(bits, members, is_dense, -1 - slot, phrases, scratch)
        else:
            for n in range(lists.starts[slot], lists.starts[slot + 1]):
                if not is_dense and listed * _SPARSE < lists.bounds[n, 1] - lists.bounds[n, 0]:
                    held = _gather_few(members, slot, n, lists, postings, scratch, scale.weak, held)
                else:
                    held = _gather(
                        bits, before, slot, n, lists, postings, scratch, scale.weak, held
                    )
        # Where all have the only leaf, nothing is added to a score that is known.
        is_ranked = len(scoring) == 1 and held == listed
        for at in range(held):
            place = _int(touched[at])
            tf = frequencies[place]
            frequencies[place] = 0.0
            share = 1.0
            if tf < 0:
                tf, share = -tf, scale.weak
            document = place if is_dense else _int(members[place])
            score = idf * share * tf * scale.saturation / (tf + norms[lengths[document]])
            if not is_ranked:
                scores[place] += score
            elif score * scale.score > limit:
                kept = _push(heap, kept, _make_key(score * scale.score, ranks[document]))
                if kept and kept == len(heap):
                    limit = max(limit, float(heap[0] >> 16) - 1.0)
    places = len(ranks) if is_dense else listed
    for begin in range(0, 0 if is_ranked else places, _BLOCK):
        block = scores[begin : min(begin + _BLOCK, places)]
        if _largest(block) * scale.score > limit:
            for n in range(len(block)):
                scaled = block[n] * scale.score
                # In a dense set who is no member has the score 0, and is told apart only until the
                # heap is full.
                if scaled > limit and (not is_dense or _has(bits, begin + n)):
                    document = begin + n if is_dense else _int(members[begin + n])
                    kept = _push(heap, kept, _make_key(scaled, ranks[document]))
                    if kept and kept == len(heap):
                        limit = max(limit, float(heap[0] >> 16) - 1.0)
        block[:] = 0.0
    return _split(heap[:kept], columns.newest)


@compiled
def _group_leaves(
    bits: Array, idfs: Array, scoring: Array, lists: Lists, phrases: PhrasePlaces, marks: Marks
) -> tuple[Array, Array, float]:
    """Group the leaves whose documents are known: these, uint64[groups, words].

    Says what the idfs of each group are together, float64[groups], and what those of the leaves in
    no group are. With more leaves than _GROUPS the rarest are alone, and the others grouped as
    those that have few documents together and the rest.
    """
    order = np.argsort(-idfs)
    known, others = _int(0), 0.0
    for n in range(len(order)):
        slot = scoring[order[n]]
        if slot < 0 or marks.is_known[slot]:
            order[known] = order[n]
            known += 1
        else:
            others += idfs[order[n]]
    groups = np.zeros((min(known, _GROUPS), len(bits)), np.uint64)
    sums = np.zeros(len(groups), np.float64)
    room = count_bits(bits) // 2
    for n in range(known):
        slot = scoring[order[n]]
        phrase = -1 - slot
        group = n
        if known > _GROUPS and n >= _GROUPS - 2:
            if slot < 0:
                room -= phrases.bounds[phrase, 1] - phrases.bounds[phrase, 0]
            else:
                room -= _size(slot, lists)
            group = _GROUPS - 2 if room >= 0 else _GROUPS - 1
        sums[group] += idfs[order[n]]
        if slot < 0:
            mark_lists(phrases.bounds[phrase : phrase + 1], phrases.documents, groups[group])
        else:
            groups[group] |= marks.bits[slot]
    return groups, sums, others


@compiled
def _add_likely(bits: Array, groups: Array, chosen: int, likely: Array) -> None:
    """Put the documents of a set that are in all chosen groups into a set."""
    found = bits.copy()
    for group in range(len(groups)):
        if chosen >> group & 1:
            found &= groups[group]
    likely |= found


@compiled
def rank(
    bits: Array,
    idfs: Array,
    scoring: Array,
    lists: Lists,
    postings: Postings,
    phrases: PhrasePlaces,
    marks: Marks,
    columns: Columns,
    scratch: Scratch,
    scale: Scale,
    least: int,
    size: int,
) -> Array:
    """Score the documents of a set by BM25F and keep the best: int64[best, 2], the best first.

    In a row stand the scaled score, rounded, and the document; of equal scores the newest come
    first. Scores that are 1 and more below `least` are left out. `idfs` is float64[leaves].

    What a leaf adds to a score stays below its idf times the saturation. So those who have most of
    the rare leaves are scored first, and then only who has leaves enough to come before them.
    """
    if size == 0:
        return np.empty((0, 2), np.int64)
    listed = count_bits(bits)
    is_known = len(phrases.bounds) > 0 or marks.is_known.any()
    if is_known and len(scoring) > 1 and listed > _FEW * size:
        groups, sums, others = _group_leaves(bits, idfs, scoring, lists, phrases, marks)
        highest = np.full(1 << len(groups), others)
        for chosen in range(len(highest)):
            for group in range(len(groups)):
                if chosen >> group & 1:
                    highest[chosen] += sums[group]
            highest[chosen] *= scale.saturation * scale.score
        order = np.argsort(-highest)
        likely = np.zeros_like(bits)
        taken = held = _int(0)
        while taken < len(order) and held < _FEW * size and highest[order[taken]] + 1.0 > least:
            _add_likely(bits, groups, order[taken], likely)
            held = count_bits(likely)
            taken += 1
        if 2 * held < listed:
            best = _rank_all(likely, idfs, scoring, lists, postings, phrases, columns, scratch,
                             scale, least, size)  # fmt: skip
            if len(best) == size:
                least = best[size - 1, 0]
            first = taken
            while taken < len(order) and highest[order[taken]] + 1.0 > least:
                _add_likely(bits, groups, order[taken], likely)
                taken += 1
            if taken == first:
                return best
            bits = likely
    return _rank_all(bits, idfs, scoring, lists, postings, phrases, columns, scratch,
                     scale, least, size)  # fmt: skip


@compiled
def take_first(bits: Array, order: Array, size: int) -> Array:
    """Take the documents of a set that come first in an order, uint16[documents]: int64[taken]."""
    taken = np.empty(min(size, count_bits(bits)), np.int64)
    count = 0
    for n in range(len(order)):
        if count == len(taken):
            break
        if _has(bits, _int(order[n])):
            taken[count] = order[n]
            count += 1
    return taken


@compiled
def _is_before(
    segments: Any, rows: Array, first: int, others: Array, second: int, order: int
) -> bool:
    """Whether one of some ranked documents comes before one of others in an order."""
    if order == RELEVANCE and rows[first, SCORE] != others[second, SCORE]:
        return bool(rows[first, SCORE] > others[second, SCORE])
    start, other = rows[first, START], others[second, START]
    if start != other:
        return bool(start < other) == bool(order == OLDEST and NO_DATE not in (start, other))
    document, other = rows[first, DOCUMENT], others[second, DOCUMENT]
    columns = segments[others[second, SEGMENT]].columns
    id_ = columns.id_text[columns.id_starts[other] : columns.id_starts[other + 1]]
    columns = segments[rows[first, SEGMENT]].columns
    begin, end = columns.id_starts[document], columns.id_starts[document + 1]
    return bool(_compare(columns.id_text, begin, end, id_, False) < 0)


# A second look at the best.


@compiled
def read_places(
    members: Array,
    slots: Array,
    lists: Lists,
    postings: Postings,
    positions: Positions,
    least: float,
) -> tuple[Array, Array]:
    """Read where the words of slots, int64[slots], stand in members of an ascending list.

    Those that weigh no more than `least` are left out.
    The positions of slot s in member n are `read[starts[s, n]:starts[s, n + 1]]`, int64, ascending;
    `starts` is int64[slots, members + 1].
    """
    starts = np.empty((len(slots), len(members) + 1), np.int64)
    read = np.empty(0, np.int64)
    for n in range(len(slots)):
        here, here_starts = _read_positions(members, slots[n], lists, postings, positions, least)
        for place in range(len(here_starts)):
            starts[n, place] = len(read) + here_starts[place]
        read = np.concatenate((read, here))
    return read, starts


@compiled
def find_in_a_row(
    members: Array, read: Array, starts: Array, words: Array, positions: Positions
) -> Array:
    """Find who has words of a query in a row as the query has them: bool[members, 2 * words].

    `read` and `starts` are what `read_places` says of the members, `words` as in Tree. Column 2 * n
    is about word n and the next, 2 * n + 1 about these and that behind; none crosses a field.
    """
    found = np.zeros((len(members), 2 * len(words)), np.bool_)
    for place in range(len(members)):
        lead = _int(positions.title_lengths[members[place]])
        body = lead + _int(positions.lead_lengths[members[place]])
        for n in range(len(words) - 1):
            first, second = words[n], words[n + 1]
            if first < 0 or second < 0:
                continue
            third = words[n + 2] if n + 2 < len(words) else -1
            at, end = starts[first, place], starts[first, place + 1]
            next_, next_end = starts[second, place], starts[second, place + 1]
            last = last_end = _int(0)
            if third >= 0:
                last, last_end = starts[third, place], starts[third, place + 1]
            while at < end and next_ < next_end:
                here = read[next_]
                if here in (lead, body) or read[at] + 1 > here:
                    next_ += 1
                elif read[at] + 1 < here:
                    at += 1
                else:
                    found[place, 2 * n] = True
                    while last < last_end and read[last] <= here:
                        last += 1
                    if last == last_end:
                        break
                    if read[last] == here + 1 and here + 1 != lead and here + 1 != body:
                        found[place, 2 * n + 1] = True
                        break
                    at += 1
    return found


@compiled
def measure_company(
    members: Array, read: Array, starts: Array, weights: Array, positions: Positions, width: int
) -> Array:
    """Weigh what stands together: float64[members].

    It is the largest sum of the weights, float64[slots], of slots with a word among so many
    neighbouring ones of a field, less the largest of these weights.
    """
    slots = len(starts)
    company = np.zeros(len(members), np.float64)
    next_ones = np.empty(slots, np.int64)
    for place in range(len(members)):
        lead = _int(positions.title_lengths[members[place]])
        body = lead + _int(positions.lead_lengths[members[place]])
        for slot in range(slots):
            next_ones[slot] = starts[slot, place]
        while True:
            # The next word of all slots begins a window; `next_ones` are those not before it.
            first = _int(np.iinfo(np.int64).max)
            for slot in range(slots):
                if next_ones[slot] < starts[slot, place + 1]:
                    first = min(first, read[next_ones[slot]])
            if first == np.iinfo(np.int64).max:
                break
            end = first + width
            if first < body:
                end = min(end, lead if first < lead else body)
            total = most = 0.0
            for slot in range(slots):
                at = next_ones[slot]
                if at < starts[slot, place + 1] and read[at] < end:
                    total += weights[slot]
                    most = max(most, weights[slot])
                    if read[at] == first:
                        next_ones[slot] += 1
            company[place] = max(company[place], total - most)
    return company


@compiled
def measure_titles(
    members: Array, read: Array, starts: Array, weights: Array, positions: Positions
) -> Array:
    """Weigh what stands in titles, however long these are, as `measure_company` does."""
    found = np.zeros(len(members), np.float64)
    for place in range(len(members)):
        end = _int(positions.title_lengths[members[place]])
        total = most = 0.0
        for slot in range(len(starts)):
            first = starts[slot, place]
            if first < starts[slot, place + 1] and read[first] < end:
                total += weights[slot]
                most = max(most, weights[slot])
        found[place] = total - most
    return found


@compiled
def _look_again(
    segments: Any,
    best: Array,
    lists: Lists,
    tree: Tree,
    counts: Array,
    articles: int,
    scale: Scale,
    looked: int,
) -> Array:
    """Add to the scores of the first `looked` what a second look finds, and rank them anew.

    Words in a row add `scale.in_a_row` times the idf of having them so among those looked at; and
    words that stand together `scale.company` times what they weigh, those of a title `scale.title`
    times, and those of a passage `scale.passage` times.
    """
    weights = np.empty(len(tree.near), np.float64)
    for n in range(len(weights)):
        weights[n] = _inverse_frequency(_spread(counts[tree.read[n]], articles), articles)
    looked = min(looked, len(best))
    rows = np.empty(looked, np.int64)
    in_a_row = np.zeros((looked, 2 * len(tree.words)), np.bool_)
    company = np.zeros(looked, np.float64)
    for n in range(len(segments)):
        count = _int(0)
        for row in range(looked):
            if best[row, SEGMENT] == n:
                rows[count] = (best[row, DOCUMENT] << 32) + row
                count += 1
        if count == 0:
            continue
        _order(rows[:count])
        segment = segments[n]
        own = _of_segment(lists, len(lists.rows), n)
        members = (rows[:count] >> 32).astype(np.uint16)
        positions = segment.positions
        read, starts = read_places(members, tree.read, own, segment.postings, positions, scale.part)
        found = find_in_a_row(members, read, starts, tree.words, positions)
        starts = starts[: len(weights)]
        width = _int(scale.company_width)
        here = measure_company(members, read, starts, weights, positions, width) * scale.company
        here += measure_titles(members, read, starts, weights, positions) * scale.title
        if scale.passage > 0:
            width = _int(scale.passage_width)
            wider = measure_company(members, read, starts, weights, positions, width)
            here += wider * scale.passage
        for place in range(count):
            row = rows[place] & 0xFFFFFFFF
            company[row] = here[place]
            in_a_row[row] = found[place]
    added = np.zeros(looked, np.float64)
    for column in range(2 * len(tree.words)):
        have = 0.0
        for row in range(looked):
            have += in_a_row[row, column]
        rarity = _inverse_frequency(have, looked)
        for row in range(looked):
            if in_a_row[row, column]:
                added[row] += rarity
    for row in range(looked):
        best[row, SCORE] += _int(np.rint(added[row] * scale.in_a_row + company[row]))
    # Whoever was not looked at is below them still.
    for row in range(looked):
        place = row
        while place and _is_before(segments, best, row, best, rows[place - 1], _int(RELEVANCE)):
            rows[place] = rows[place - 1]
            place -= 1
        rows[place] = row
    ranked = best.copy()
    for place in range(looked):
        for column in range(ID):
            ranked[place, column] = best[rows[place], column]
    return ranked


# All of it.


@compiled
def unpack(packed: Array) -> tuple[Keys, Tree]:
    """Take Keys and Tree out of one array, as `program.pack` has laid them there.

    Each group of arrays that is handed over from Python takes a microsecond.
    """
    keys, slots, steps, depth = packed[0], packed[1], packed[2], packed[3]
    chosen, phrases, scoring, near = packed[4], packed[5], packed[6], packed[7]
    read, words = packed[8], packed[9]
    at = PACKED + keys + 1
    starts = packed[PACKED:at]
    weights = packed[at : at + keys].view(np.float64)
    at += keys
    of_slots = packed[at : at + 4 * slots].reshape((slots, 4))
    at += 4 * slots
    rows = packed[at : at + slots]
    at += slots
    of_steps = packed[at : at + 3 * steps].reshape((steps, 3))
    at += 3 * steps
    of_chosen = packed[at : at + chosen]
    at += chosen
    of_phrases = packed[at : at + 3 * phrases].reshape((phrases, 3))
    at += 3 * phrases
    of_scoring = packed[at : at + scoring]
    at += scoring
    boosts = packed[at : at + scoring].view(np.float64)
    at += scoring
    of_near = packed[at : at + near]
    at += near
    of_read = packed[at : at + read]
    at += read
    of_words = packed[at : at + words]
    text = packed[at + words :].view(np.uint8)[: starts[keys]]
    return (
        Keys(text, starts, weights, of_slots, rows),
        Tree(
            of_steps, depth, of_chosen, of_phrases, of_scoring, boosts, of_near, of_read, of_words
        ),
    )


@compiled
def _merge(segments: Any, ours: Array, theirs: Array, order: int, size: int) -> Array:
    """Merge ranked documents, the first `size` of both."""
    merged = np.zeros((min(size, len(ours) + len(theirs)), END + 1), np.int64)
    at = other = _int(0)
    for n in range(len(merged)):
        is_ours = other == len(theirs)
        if not is_ours and at < len(ours):
            is_ours = _is_before(segments, ours, at, theirs, other, order)
        for column in range(ID):
            merged[n, column] = ours[at, column] if is_ours else theirs[other, column]
        if is_ours:
            at += 1
        else:
            other += 1
    return merged


@compiled
def _arrange(ranked: Array, documents: Array) -> Array:
    """Bring ranked documents, as `rank` returns them, into the order of a list of the same."""
    arranged = np.empty_like(ranked)
    places, rows = np.argsort(documents), np.argsort(ranked[:, 1].copy())
    for n in range(len(documents)):
        arranged[places[n]] = ranked[rows[n]]
    return arranged


@compiled
def _copy(source: Array, first: int, last: int, text: Array, at: int) -> int:
    """Copy UTF-8 to a place; how many characters that are."""
    characters = 0
    for n in range(last - first):
        byte = source[first + n]
        text[at + n] = byte
        characters += byte & 0xC0 != 0x80
    return characters


@compiled
def read_texts(segments: Any, best: Array, first: int, shown: int) -> Array:
    """Read the ids and titles of so many of the best, one behind the other: uint8[bytes].

    They are `shown` from `first` on; notes in ID to END of each where its texts stand.
    """
    page = best[first : first + shown]
    starts = np.zeros(2 * len(page) + 1, np.int64)
    for n in range(len(segments)):
        columns = segments[n].columns
        ids, titles = columns.id_starts, columns.title_starts
        for row in range(len(page)):
            if page[row, SEGMENT] == n:
                document = page[row, DOCUMENT]
                starts[2 * row + 1] = _int(ids[document + 1]) - _int(ids[document])
                starts[2 * row + 2] = _int(titles[document + 1]) - _int(titles[document])
    for place in range(2 * len(page)):
        starts[place + 1] += starts[place]
    text = np.empty(starts[2 * len(page)], np.uint8)
    for n in range(len(segments)):
        columns = segments[n].columns
        ids, titles = columns.id_starts, columns.title_starts
        for row in range(len(page)):
            if page[row, SEGMENT] == n:
                document = page[row, DOCUMENT]
                begin, end = _int(ids[document]), _int(ids[document + 1])
                page[row, TITLE] = _copy(columns.id_text, begin, end, text, starts[2 * row])
                begin, end = _int(titles[document]), _int(titles[document + 1])
                page[row, END] = _copy(columns.title_text, begin, end, text, starts[2 * row + 1])
    at = _int(0)
    for row in range(len(page)):
        page[row, ID] = at
        page[row, TITLE] += at
        at = page[row, TITLE] + page[row, END]
        page[row, END] = at
    return text


@compiled
def search(
    segments: Any,
    live: Array,
    sets: Array,
    packed: Array,
    order: int,
    articles: int,
    scale: Scale,
    step: int,
    size: int,
    looked: int,
    first: int,
    shown: int,
    room: Array,
) -> Found:
    """Match and rank, keep the first `size` in an order and read the texts of a page of them.

    By relevance the first `looked` of them are ranked anew by how the words stand in them.

    `segments` as in `find_lists`; `live` and `sets`, uint64[sets, words], as in `match`; `packed`
    as in `unpack`; `articles` is how many there are; `first` and `shown` as in `read_texts`.
    `room`, float64[3, documents], is for the Scratch of the largest segment and holds 0 in the
    first two rows before and after.
    """
    keys, tree = unpack(packed)
    numbers = room[2].view(np.uint16)
    scratch = Scratch(room[0], room[1], numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :])
    lists, counts = find_lists(segments, keys, step, scale.part)
    idfs = weigh_leaves(counts[0], tree, articles)
    listed = np.empty_like(live)
    best = np.empty((0, END + 1), np.int64)
    noted = least = begin = _int(0)
    for n in range(len(segments)):
        segment = segments[n]
        postings, columns = segment.postings, segment.columns
        end = begin + ((len(columns.lengths) + 63) >> 6)
        own = _of_segment(lists, len(keys.slots), n)
        left, here, phrases, marks = match(
            live[begin:end], sets, begin, tree, own, postings, segment.positions
        )
        noted += here
        listed[begin:end] = left
        begin = end
        taken = np.empty(0, np.int64)
        chosen = left
        if order != RELEVANCE:
            taken = take_first(left, columns.newest if order == NEWEST else columns.oldest, size)
            chosen = np.zeros_like(left)
            for place in range(len(taken)):
                _set(chosen, taken[place])
        ranked = rank(chosen, idfs, tree.scoring, own, postings, phrases, marks, columns, scratch,
                      scale, least, size)  # fmt: skip
        if order != RELEVANCE:
            ranked = _arrange(ranked, taken)
        rows = np.zeros((len(ranked), END + 1), np.int64)
        for place in range(len(rows)):
            document = ranked[place, 1]
            rows[place, SCORE], rows[place, SEGMENT] = ranked[place, 0], n
            rows[place, DOCUMENT], rows[place, START] = document, columns.published[document]
        best = _merge(segments, best, rows, order, size) if len(best) else rows
        if order == RELEVANCE and len(best) == size > 0:
            least = best[size - 1, SCORE]
    if looked and order == RELEVANCE:
        best = _look_again(segments, best, lists, tree, counts[1], articles, scale, looked)
    text = read_texts(segments, best, first, shown)
    return Found(noted, count_bits(listed), listed, best, text)


# Counting.


@compiled
def list_values(starts: Array, ordinals: Array, first: int, last: int) -> tuple[Array, Array]:
    """List who has the values from `first` to `last`: uint16[pairs], ascending, and int64[pairs].

    The ordinals of document d are `ordinals[starts[d]:starts[d + 1]]`; those that are listed count
    from 0.
    """
    size = 0
    for pair in range(len(ordinals)):
        size += first <= ordinals[pair] < last
    documents, values = np.empty(size, np.uint16), np.empty(size, np.int64)
    count = 0
    for document in range(len(starts) - 1):
        for pair in range(starts[document], starts[document + 1]):
            if first <= ordinals[pair] < last:
                documents[count], values[count] = document, _int(ordinals[pair]) - first
                count += 1
    return documents, values


@compiled
def lay_out_values(starts: Array, ordinals: Array, unused: int, rows: Array) -> None:
    """Lay values out in rows as Values has them.

    The ordinals of document d are `ordinals[starts[d]:starts[d + 1]]`, below `unused`.
    """
    documents = len(starts) - 1
    further = 0
    for document in range(documents):
        row, place = document, 0
        for pair in range(starts[document], starts[document + 1]):
            left = _int(starts[document + 1]) - pair
            if place == ROW_WIDTH - 1 and left > 1:
                rows[row, place] = unused + ROW_WIDTH + further
                row, place = documents + further, 0
                further += 1
            rows[row, place] = ordinals[pair]
            place += 1
        for n in range(place, ROW_WIDTH):
            rows[row, n] = unused + n


@compiled
def invert_values(starts: Array, ordinals: Array, values: int) -> tuple[Array, Array]:
    """List the documents of each value: uint32[values + 1], uint16[pairs].

    The ordinals of document d are `ordinals[starts[d]:starts[d + 1]]`, below `values`.
    """
    value_starts = np.zeros(values + 1, np.uint32)
    for pair in range(len(ordinals)):
        value_starts[ordinals[pair] + 1] += 1
    for value in range(values):
        value_starts[value + 1] += value_starts[value]
    ends = value_starts.copy()
    documents = np.empty(len(ordinals), np.uint16)
    for document in range(len(starts) - 1):
        for pair in range(starts[document], starts[document + 1]):
            documents[ends[ordinals[pair]]] = document
            ends[ordinals[pair]] += 1
    return value_starts, documents


@compiled
def fill_sets(documents: Array, values: Array, sets: Array) -> None:
    """Put documents into the sets, uint64[values, words], of their values."""
    for pair in range(len(documents)):
        _set(sets[values[pair]], _int(documents[pair]))


@compiled
def count_sets(bits: Array, sets: Array, counts: Array) -> None:
    """Add to `counts`, integers[sets and more], how many documents of a set each set has."""
    for value in range(len(sets)):
        theirs = sets[value]
        count = _int(0)
        for at in range(len(bits)):
            count += _count(bits[at] & theirs[at])
        counts[value] += count


@compiled
def count_rows(bits: Array, rows: Array, documents: int, unused: int, counts: Array) -> None:
    """Add the documents of a set to `counts`, integers[values and ROW_WIDTH], by values in rows.

    `rows`, `documents` and `unused` as in Values. A loop that is as long for each document takes
    less than one that is not: the processor need not guess where it ends. Rows are far apart, so
    each is asked for some time before it is counted, and the further rows have their turn when the
    first have had theirs.
    """
    size = count_bits(bits)
    numbers = np.empty(size + 3, np.uint32)
    _list_members(bits, numbers, np.empty(len(bits), np.uint16))
    end = unused + ROW_WIDTH
    while size:
        for n in range(min(size, _AHEAD)):
            _ask_for(rows, numbers[n])
        further = _int(0)
        for n in range(size):
            _ask_for(rows, numbers[min(n + _AHEAD, size - 1)])
            row = numbers[n]
            for place in range(ROW_WIDTH - 1):
                counts[rows[row, place]] += 1
            last = _int(rows[row, ROW_WIDTH - 1])
            is_further = last >= end
            counts[unused if is_further else last] += 1
            # Whoever stood at this place has been read.
            numbers[further] = last - end + documents
            further += is_further
        size = further


@compiled
def _top_values(
    counts: Array, of_all: Values, facet: int, tiers: int, heap: Array, found: Array
) -> bool:
    """List the most frequent values of a facet in `found`, int64[2, size], with their counts.

    Looks at the values of so many tiers, and at none that is too rare in all documents; says
    whether none of the others belongs into the list.
    """
    size = len(heap)
    places, totals = of_all.places, of_all.totals
    kept, least = 0, _int(1)
    for tier in range(tiers):
        last = of_all.bounds[facet, tier, 1]
        for begin in range(of_all.bounds[facet, tier, 0], last, _BLOCK):
            if totals[begin] < least:
                break
            block = counts[begin : min(begin + _BLOCK, last)]
            largest = block[0]
            for n in range(len(block)):
                if block[n] > largest:
                    largest = block[n]
            if largest < least:
                continue
            for n in range(len(block)):
                if block[n] >= least:
                    key = (_int(block[n]) << 32) + 0xFFFFFFFF - places[begin + n]
                    kept = _push(heap, kept, key)
                    if kept and kept == size:
                        least = heap[0] >> 32
    for left in range(kept, 0, -1):
        found[0, left - 1] = of_all.ordinals[0xFFFFFFFF - (heap[0] & 0xFFFFFFFF)]
        found[1, left - 1] = heap[0] >> 32
        _sift(heap, left - 1, heap[left - 1])
    if tiers > 1 or size == 0:
        return True
    first, last = of_all.bounds[facet, 1]
    return bool(first == last or totals[first] < least)


@compiled
def _count_and_list(
    values: Any, bits: Array, facets: Array, tiers: int, counts: Array, found: Array
) -> bool:
    """Do what `top_facets` does with so many tiers; says whether that is enough.

    `counts`, of values and ROW_WIDTH, is 0 before.
    """
    begin = 0
    for n in range(len(values)):
        segment = values[n]
        own = bits[begin : begin + ((segment.documents + 63) >> 6)]
        begin += len(own)
        if tiers > 1:
            count_rows(own, segment.rows, segment.documents, segment.unused, counts)
        else:
            count_sets(own, segment.sets, counts)
    heap = np.empty(found.shape[2], np.int64)
    is_complete = True
    for n in range(len(facets)):
        is_complete &= _top_values(counts, values[0], facets[n], tiers, heap, found[:, n])
    return is_complete


@compiled
def top_facets(values: Any, bits: Array, facets: Array, tiers: int, size: int) -> tuple[Array, int]:
    """List the most frequent values of facets in a set of the documents of all segments.

    `values` is a list that `hold` has made of the Values of each segment; `facets`, int64[facets],
    are the numbers of those asked for. The list is int64[2, facets, size]: values, and how many
    documents each has; where that is 0 the list of a facet has ended.

    Counts the values of so many tiers, 1 or 2, and all where that is not enough: says last which.
    """
    found = np.zeros((2, len(facets), size), np.int64)
    of_all = values[0]
    is_few = count_bits(bits) < 2**16
    while True:
        end = of_all.unused + ROW_WIDTH if tiers > 1 else len(of_all.sets)
        # Half as many bytes are cleared and looked through in half the time.
        if is_few:
            few = np.zeros(end, np.uint16)
            is_complete = _count_and_list(values, bits, facets, tiers, few, found)
        else:
            many = np.zeros(end, np.int32)
            is_complete = _count_and_list(values, bits, facets, tiers, many, found)
        if is_complete or tiers > 1:
            return found, tiers
        tiers = 2
        found[:] = 0


@compiled
def count_days(bits: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts`, int32[days], by `ordinals`, uint16[documents]."""
    for at in range(len(bits)):
        word = bits[at]
        while word:
            counts[ordinals[(at << 6) + _lowest(word)]] += 1
            word &= word - _ONE
