"""The loops of a search in one segment, compiled.

Each has a twin of the same name in `plain`, which gives the same without numba. A set of documents
is `bits`, uint64[words]: document d is in it when bit `d & 63` of word `d >> 6` is set.

A *slot* is a set of words: slot i has the lists of postings `bounds[starts[i]:starts[i + 1]]`,
where `starts` is int64[slots + 1] and `bounds` int64[lists, 2], and `weights`, float64[lists], is
what each list counts. `rows`, int64[slots], says where in an article the slot looks: the row of
`tables`, float64[rows, 256], what a posting with each code weighs, and of `fields`,
float64[rows, 3], what an occurrence in title, lead and body does. In row 0 all weigh more than 0.

`documents` uint16, `codes` uint8, `others` uint32 and `counts` uint32[others, 3] are the postings.

What may be tuned is an argument: numba's cache would keep the old value of a constant.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import LEAD, OTHER
from index.columnar.segment import PART
from index.compiled import compiled

Array = NDArray[Any]

_int: Final[Any] = np.int64  # mypy takes its results for no int
_ONE: Final = np.uint64(1)
_DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
_PLACES: Final = np.zeros(64, np.int64)
_PLACES[[(0x03F79D71B4CB0A89 << n) % 2**64 >> 58 for n in range(64)]] = np.arange(64)

_SPARSE: Final = 16
"""How many postings take as long to read as one takes to find by searching."""

_DENSE: Final = 8
"""A set of more than one in so many documents is scored in place."""


_BLOCK: Final = 64
"""Counts that are compared at once, as the processor can."""


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
def _seek(documents: Array, first: int, last: int, document: int) -> int:
    """The first posting from `first` on that is not below a document; `last` when there is none."""
    step = 1
    low, high = first, first
    while high < last and documents[high] < document:
        low = high + 1
        high += step
        step *= 2
    high = min(high, last)
    while low < high:
        middle = (low + high) >> 1
        if documents[middle] < document:
            low = middle + 1
        else:
            high = middle
    return low


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
def _find(text: Array, starts: Array, key: Array, is_prefix: bool) -> tuple[int, int]:
    """The strings [first, last) that are the key, or begin with it."""
    low, high = 0, len(starts) - 1
    while low < high:
        middle = (low + high) >> 1
        if _compare(text, starts[middle], starts[middle + 1], key, is_prefix) < 0:
            low = middle + 1
        else:
            high = middle
    first = low
    if not is_prefix:
        size = len(starts) - 1
        found = low < size and _compare(text, starts[low], starts[low + 1], key, False) == 0
        return first, first + int(found)
    high = len(starts) - 1
    while low < high:
        middle = (low + high) >> 1
        if _compare(text, starts[middle], starts[middle + 1], key, True) <= 0:
            low = middle + 1
        else:
            high = middle
    return first, low


@compiled
def _find_own(text: Array, starts: Array, key: Array) -> tuple[int, int]:
    """The words [first, last) with a key, or with the key and NOT_SWEDISH behind it."""
    first, last = _find(text, starts, key, False)
    if last + 1 < len(starts):
        begin, end = starts[last], starts[last + 1]
        if end - begin == len(key) + 1 and text[end - 1] == 0:
            last += int(_compare(text, begin, end, key, True) == 0)
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
def _fill(row: Array, kind: int, first: int, last: int) -> int:
    row[0], row[1], row[2] = kind, first, last
    return int(row[2] - row[1])


@compiled
def find_lists(
    word_text: Array,
    word_text_starts: Array,
    form_text: Array,
    form_text_starts: Array,
    form_word_starts: Array,
    form_words: Array,
    term_text: Array,
    term_text_starts: Array,
    term_word_starts: Array,
    term_words: Array,
    term_kinds: Array,
    posting_starts: Array,
    documents: Array,
    deleted: Array,
    keys: Array,
    key_starts: Array,
    slots: Array,
    part_weight: float,
) -> tuple[Array, Array, Array, Array]:
    """Find the words that slots ask for, and where their postings stand.

    The first arrays are those of the segment, `deleted` is a set of documents or empty. `keys`,
    uint8[bytes], and `key_starts`, int64[keys + 1], are what is looked up. Slot i, a row of
    `slots`, int64[slots, 4], asks for the words with the keys [0] to [1] as stem or part, and for
    those with the keys [1] to [2] as written form or, if [3], beginning of one.

    Returns int64[slots + 1], where the lists of each slot begin; the lists, int64[lists, 2]; what
    each counts, float64[lists]: `part_weight` or 1; and how many of their postings in each slot
    are of documents that are not deleted, int64[slots].
    """
    most = 2 * (len(key_starts) - 1)
    ranges = np.empty((most, 3), np.int64)
    range_starts = np.zeros(len(slots) + 1, np.int64)
    size = at = 0
    for slot in range(len(slots)):
        for n in range(slots[slot, 0], slots[slot, 2]):
            key = keys[key_starts[n] : key_starts[n + 1]]
            if n < slots[slot, 1]:
                first, last = _find(term_text, term_text_starts, key, False)
                size += _fill(ranges[at], 0, term_word_starts[first], term_word_starts[last])
            else:
                is_prefix = slots[slot, 3] != 0
                first, last = _find(form_text, form_text_starts, key, is_prefix)
                size += _fill(ranges[at], 1, form_word_starts[first], form_word_starts[last])
                at += 1
                if is_prefix:
                    first, last = _find(word_text, word_text_starts, key, True)
                else:
                    first, last = _find_own(word_text, word_text_starts, key)
                size += _fill(ranges[at], 2, first, last)
            at += 1
        range_starts[slot + 1] = at
    words = np.empty(size, np.int64)
    weights = np.ones(size, np.float64)
    bounds = np.empty((size, 2), np.int64)
    starts = np.zeros(len(slots) + 1, np.int64)
    counts = np.zeros(len(slots), np.int64)
    for slot in range(len(slots)):
        begin = end = starts[slot]
        for n in range(range_starts[slot], range_starts[slot + 1]):
            kind = ranges[n, 0]
            for pair in range(ranges[n, 1], ranges[n, 2]):
                if kind == 0:
                    words[end] = term_words[pair]
                    weights[end] = part_weight if term_kinds[pair] == PART else 1.0
                else:
                    words[end] = form_words[pair] if kind == 1 else pair
                    weights[end] = 1.0
                end += 1
        end = begin + _strongest(words[begin:end], weights[begin:end])
        for n in range(begin, end):
            bounds[n, 0] = posting_starts[words[n]]
            bounds[n, 1] = posting_starts[words[n] + 1]
            counts[slot] += bounds[n, 1] - bounds[n, 0]
            if len(deleted):
                for posting in range(bounds[n, 0], bounds[n, 1]):
                    counts[slot] -= _has(deleted, _int(documents[posting]))
        starts[slot + 1] = end
    size = starts[len(slots)]
    return starts, bounds[:size], weights[:size], counts


# Matching.


# The weight of a posting is `table[code]`, and that of code OTHER is found here. A function for
# both would not be inlined: passing the arrays takes ten times as long as reading the table.


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
        for at in range(bounds[n, 0], bounds[n, 1]):
            _set(bits, _int(documents[at]))


@compiled
def _mark(
    bounds: Array,
    row: int,
    documents: Array,
    codes: Array,
    tables: Array,
    fields: Array,
    others: Array,
    counts: Array,
    bits: Array,
) -> None:
    if row == 0:
        mark_lists(bounds, documents, bits)
        return
    for n in range(len(bounds)):
        for posting in range(bounds[n, 0], bounds[n, 1]):
            tf = tables[row, codes[posting]]
            if codes[posting] == OTHER:
                tf = _weigh_other(posting, fields[row], others, counts)
            if tf > 0:
                _set(bits, _int(documents[posting]))


@compiled
def _keep(
    bounds: Array,
    row: int,
    documents: Array,
    codes: Array,
    tables: Array,
    fields: Array,
    others: Array,
    counts: Array,
    bits: Array,
) -> None:
    """Take out of a small set what none of the lists holds."""
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
                        tf = _weigh_other(posting, fields[row], others, counts)
                    if tf > 0:
                        is_found = True
                        break
            if not is_found:
                bits[at] &= ~(_ONE << np.uint64(document & 63))
            word &= word - _ONE


@compiled
def mark_any(
    chosen: Array,
    starts: Array,
    bounds: Array,
    rows: Array,
    documents: Array,
    codes: Array,
    tables: Array,
    fields: Array,
    others: Array,
    counts: Array,
    bits: Array,
) -> None:
    """Put the documents that fit any of the chosen slots, int64[chosen], into a set."""
    for slot in chosen:
        lists = bounds[starts[slot] : starts[slot + 1]]
        _mark(lists, rows[slot], documents, codes, tables, fields, others, counts, bits)


@compiled
def mark_all(
    chosen: Array,
    starts: Array,
    bounds: Array,
    rows: Array,
    documents: Array,
    codes: Array,
    tables: Array,
    fields: Array,
    others: Array,
    counts: Array,
    bits: Array,
) -> None:
    """Leave in a set the documents that fit all of the chosen slots, int64[chosen]."""
    sizes = np.zeros(len(chosen), np.int64)
    for n in range(len(chosen)):
        for at in range(starts[chosen[n]], starts[chosen[n] + 1]):
            sizes[n] += bounds[at, 1] - bounds[at, 0]
    marked = np.empty_like(bits)
    for _ in range(len(chosen)):
        n = int(sizes.argmin())
        row = rows[chosen[n]]
        lists = bounds[starts[chosen[n]] : starts[chosen[n] + 1]]
        if sizes[n] > _SPARSE * len(lists) * count_bits(bits):
            _keep(lists, row, documents, codes, tables, fields, others, counts, bits)
        else:
            marked[:] = 0
            _mark(lists, row, documents, codes, tables, fields, others, counts, marked)
            for at in range(len(bits)):
                bits[at] &= marked[at]
        sizes[n] = np.iinfo(np.int64).max


@compiled
def keep_period(bits: Array, starts: Array, ends: Array, first: int, last: int) -> None:
    """Take out of a set what does not start at `first` or later and end at `last` or before.

    `starts` and `ends` are int64[documents].
    """
    for at in range(len(bits)):
        word = bits[at]
        while word:
            document = (at << 6) + _lowest(word)
            if starts[document] < first or ends[document] > last:
                bits[at] &= ~(_ONE << np.uint64(document & 63))
            word &= word - _ONE


@compiled
def find_phrases(
    bits: Array,
    chosen: Array,
    starts: Array,
    bounds: Array,
    documents: Array,
    codes: Array,
    others: Array,
    counts: Array,
    sizes: Array,
    position_starts: Array,
    positions: Array,
    block: int,
    title_lengths: Array,
    lead_lengths: Array,
    field_weights: Array,
) -> tuple[Array, Array]:
    """Leave in a set the documents with a phrase; list them: uint16[found] and float64[found].

    The numbers are the sums of `field_weights`, float64[3], over the occurrences; the chosen slots,
    int64[chosen], are the words of the phrase in order. `sizes`, int64[256], is how many positions
    a posting with each code has; `position_starts`, `positions` and `block` are those of the
    segment, `title_lengths` and `lead_lengths` uint32[documents].
    """
    slots = len(chosen)
    ones = np.ones(3)
    cursors = bounds[:, 0].copy()
    places = np.empty(64, np.int64)
    reached = np.empty(64, np.int64)
    size = count_bits(bits)
    found = np.empty(size, np.uint16)
    frequencies = np.empty(size, np.float64)
    count = 0
    for at in range(len(bits)):
        word = bits[at]
        while word:
            document = (at << 6) + _lowest(word)
            word &= word - _ONE
            held = 0
            frequency = 0.0
            for slot in range(slots):
                hits = 0
                for n in range(starts[chosen[slot]], starts[chosen[slot] + 1]):
                    last = bounds[n, 1]
                    cursors[n] = posting = _seek(documents, cursors[n], last, document)
                    if posting == last or documents[posting] != document:
                        continue
                    # Where its positions begin: behind those of the postings before it.
                    byte = _int(position_starts[posting // block])
                    skipped = 0
                    for before in range(posting // block * block, posting):
                        skipped += sizes[codes[before]]
                        if codes[before] == OTHER:
                            skipped += int(_weigh_other(before, ones, others, counts))
                    while skipped:
                        skipped -= positions[byte] < LEAD
                        byte += 1
                    here = sizes[codes[posting]]
                    if codes[posting] == OTHER:
                        here += int(_weigh_other(posting, ones, others, counts))
                    if slot == 0 and held + here > len(places):
                        places = np.concatenate((places[:held], np.empty(2 * here, np.int64)))
                        reached = np.zeros(len(places), np.int64)
                    position = 0
                    near = 0
                    for _ in range(here):
                        delta = 0
                        while positions[byte] >= LEAD:
                            delta = (delta << 6) + _int(positions[byte]) - LEAD
                            byte += 1
                        position += delta * LEAD + _int(positions[byte])
                        byte += 1
                        if slot == 0:
                            place = held
                            while place and places[place - 1] > position:
                                places[place] = places[place - 1]
                                place -= 1
                            places[place] = position
                            reached[held] = 0
                            held += 1
                            hits += 1
                        else:
                            while near < held and places[near] + slot < position:
                                near += 1
                            if near == held:
                                break
                            if places[near] + slot == position and reached[near] == slot - 1:
                                reached[near] = slot
                                hits += 1
                if hits == 0:
                    break
            else:
                lead = _int(title_lengths[document])
                body = lead + lead_lengths[document]
                for place in range(held):
                    first, end = places[place], places[place] + slots
                    if reached[place] != slots - 1:
                        continue
                    if end <= lead:
                        frequency += field_weights[0]
                    elif lead <= first and end <= body:
                        frequency += field_weights[1]
                    elif body <= first:
                        frequency += field_weights[2]
            if frequency > 0:
                found[count] = document
                frequencies[count] = frequency
                count += 1
            else:
                bits[at] &= ~(_ONE << np.uint64(document & 63))
    return found[:count], frequencies[:count]


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
def _list_members(bits: Array, members: Array, before: Array) -> None:
    """List the documents of a set, and how many stand before each word of it."""
    count = 0
    for at in range(len(bits)):
        before[at] = count
        word = bits[at]
        while word:
            members[count] = (at << 6) + _lowest(word)
            count += 1
            word &= word - _ONE


@compiled
def _gather(
    bits: Array,
    before: Array,
    first: int,
    last: int,
    weight: float,
    documents: Array,
    codes: Array,
    table: Array,
    fields: Array,
    others: Array,
    counts: Array,
    frequencies: Array,
    touched: Array,
    size: int,
) -> int:
    """Add the frequencies of one list; note in `touched` the places that had none.

    The place of a document is its number among the members of the set or, where `before` is empty,
    itself.
    """
    is_dense = len(before) == 0
    for posting in range(first, last):
        document = _int(documents[posting])
        word = bits[document >> 6] >> np.uint64(document & 63)
        if word & _ONE:
            place = document
            if not is_dense:
                lower = bits[document >> 6] & ((_ONE << np.uint64(document & 63)) - _ONE)
                place = _int(before[document >> 6]) + _count(lower)
            tf = table[codes[posting]]
            if codes[posting] == OTHER:
                tf = _weigh_other(posting, fields, others, counts)
            if tf > 0:
                touched[size] = place
                size += frequencies[place] == 0
                frequencies[place] += weight * tf
    return size


@compiled
def _gather_few(
    members: Array,
    first: int,
    last: int,
    weight: float,
    documents: Array,
    codes: Array,
    table: Array,
    fields: Array,
    others: Array,
    counts: Array,
    frequencies: Array,
    touched: Array,
    size: int,
) -> int:
    """Do what `_gather` does by looking each member up in the list."""
    posting = first
    for place in range(len(members)):
        posting = _seek(documents, posting, last, members[place])
        if posting == last:
            break
        if documents[posting] == members[place]:
            tf = table[codes[posting]]
            if codes[posting] == OTHER:
                tf = _weigh_other(posting, fields, others, counts)
            if tf > 0:
                touched[size] = place
                size += frequencies[place] == 0
                frequencies[place] += weight * tf
    return size


@compiled
def _split(heap: Array, order: Array) -> tuple[Array, Array]:
    """Empty a heap of keys, the largest first: the upper 48 bits, and the documents below."""
    scaled = np.empty(len(heap), np.int64)
    documents = np.empty(len(heap), np.int64)
    for size in range(len(heap), 0, -1):
        scaled[size - 1] = heap[0] >> 16
        documents[size - 1] = order[65535 - (heap[0] & 65535)]
        _sift(heap, size - 1, heap[size - 1])
    return scaled, documents


@compiled
def rank(
    bits: Array,
    chosen: Array,
    idfs: Array,
    starts: Array,
    bounds: Array,
    weights: Array,
    rows: Array,
    documents: Array,
    codes: Array,
    tables: Array,
    fields: Array,
    others: Array,
    counts: Array,
    phrase_starts: Array,
    phrase_documents: Array,
    phrase_frequencies: Array,
    lengths: Array,
    norms: Array,
    ranks: Array,
    order: Array,
    saturation: float,
    scale: float,
    scores: Array,
    frequencies: Array,
    touched: Array,
    members: Array,
    size: int,
) -> tuple[Array, Array]:
    """Score the documents of a set by BM25F and keep the best: int64[best] and int64[best].

    First the scores times `scale`, rounded, then the documents, the best first; equals by `ranks`,
    uint16[documents], of which `order` is the inverse. `chosen`, int64[leaves], are the leaves that
    score, in order: a slot, or -1 - n for the n-th phrase, whose documents and frequencies
    (`find_phrases`) begin at `phrase_starts[n]`, int64[phrases + 1]. `idfs` is float64[leaves],
    `lengths` uint32[documents], `norms` float64[lengths], `saturation` is K1 + 1. `scores` and
    `frequencies`, float64[documents], are 0 before and after; `touched` and `members`
    are uint16[documents + 1].
    """
    listed = count_bits(bits)
    # Numbers for the sums of few documents are close together, which spares the caches.
    is_dense = _DENSE * listed > len(ranks)
    before = np.empty(0 if is_dense else len(bits), np.uint16)
    if not is_dense:
        members = members[:listed]
        _list_members(bits, members, before)
    for leaf in range(len(chosen)):
        slot, idf = chosen[leaf], idfs[leaf]
        held = 0
        if slot < 0:
            first, last = phrase_starts[-1 - slot], phrase_starts[-slot]
            for at in range(first, last):
                document = _int(phrase_documents[at])
                if _has(bits, document):
                    place = document
                    if not is_dense:
                        place = np.searchsorted(members, phrase_documents[at])
                    touched[held] = place
                    frequencies[place] = phrase_frequencies[at]
                    held += 1
        else:
            row = rows[slot]
            for n in range(starts[slot], starts[slot + 1]):
                first, last = bounds[n, 0], bounds[n, 1]
                if not is_dense and listed * _SPARSE < last - first:
                    held = _gather_few(
                        members, first, last, weights[n], documents, codes, tables[row],
                        fields[row], others, counts, frequencies, touched, held,
                    )  # fmt: skip
                else:
                    held = _gather(
                        bits, before, first, last, weights[n], documents, codes, tables[row],
                        fields[row], others, counts, frequencies, touched, held,
                    )  # fmt: skip
        for at in range(held):
            place = _int(touched[at])
            tf = frequencies[place]
            frequencies[place] = 0.0
            length = lengths[place] if is_dense else lengths[members[place]]
            scores[place] += idf * tf * saturation / (tf + norms[length])
    heap = np.empty(min(size, listed), np.int64)
    kept = 0
    limit = -1.0
    for place in range(len(ranks) if is_dense else listed):
        scaled = scores[place] * scale
        # In a dense set who is no member has the score 0, and is told apart only until the heap
        # is full.
        if scaled > limit and (not is_dense or _has(bits, place)):
            document = place if is_dense else _int(members[place])
            key = (_int(np.rint(scaled)) << 16) + 65535 - _int(ranks[document])
            kept = _push(heap, kept, key)
            if kept and kept == len(heap):
                limit = float(heap[0] >> 16) - 1.0
    scores[: len(ranks) if is_dense else listed] = 0.0
    return _split(heap, order)


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


# Counting.


@compiled
def invert_values(starts: Array, ordinals: Array, values: int) -> tuple[Array, Array]:
    """List the documents of each value: int64[values + 1], uint16[pairs].

    The ordinals of document d are `ordinals[starts[d]:starts[d + 1]]`, below `values`.
    """
    value_starts = np.zeros(values + 1, np.int64)
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
def count_values(bits: Array, starts: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts`, int32[values], by their values."""
    for at in range(len(bits)):
        word = bits[at]
        while word:
            document = (at << 6) + _lowest(word)
            word &= word - _ONE
            for pair in range(starts[document], starts[document + 1]):
                counts[ordinals[pair]] += 1


@compiled
def top_values(counts: Array, bounds: Array, size: int) -> tuple[Array, Array, Array]:
    """List the most frequent values of each facet: int64[facets, size], their counts, how many.

    Facet i has the values from `bounds[i, 0]` to `bounds[i, 1]`, int64[facets, 2]; of equals the
    first comes first, and values that count 0 are left out.
    """
    values = np.zeros((len(bounds), size), np.int64)
    numbers = np.zeros((len(bounds), size), np.int64)
    sizes = np.zeros(len(bounds), np.int64)
    heap = np.empty(size, np.int64)
    for facet in range(len(bounds)):
        kept, least = 0, _int(0)
        for begin in range(bounds[facet, 0], bounds[facet, 1], _BLOCK):
            block = counts[begin : min(begin + _BLOCK, bounds[facet, 1])]
            largest = block[0]
            for n in range(len(block)):
                if block[n] > largest:
                    largest = block[n]
            if largest <= least:
                continue
            for n in range(len(block)):
                if block[n] > least:
                    key = (_int(block[n]) << 32) + 0xFFFFFFFF - begin - n
                    kept = _push(heap, kept, key)
                    if kept and kept == size:
                        least = heap[0] >> 32
        sizes[facet] = kept
        for left in range(kept, 0, -1):
            values[facet, left - 1] = 0xFFFFFFFF - (heap[0] & 0xFFFFFFFF)
            numbers[facet, left - 1] = heap[0] >> 32
            _sift(heap, left - 1, heap[left - 1])
    return values, numbers, sizes


@compiled
def count_days(bits: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts`, int32[days], by `ordinals`, uint16[documents]."""
    for at in range(len(bits)):
        word = bits[at]
        while word:
            counts[ordinals[(at << 6) + _lowest(word)]] += 1
            word &= word - _ONE
