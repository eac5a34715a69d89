"""What `kernels` does, in plain numpy: slower, without a compiler; tests compare the two."""

from bisect import bisect_left
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import OTHER
from index.columnar.positions import decode_varints
from index.columnar.segment import PART
from index.columnar.strings import StringTable

Array = NDArray[Any]


# Sets of documents.


def _members(bits: Array) -> Array:
    """The documents of a set, ascending int64."""
    return np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little"))


def _flags(bits: Array) -> Array:
    """A set as bool[64 * words]."""
    return np.unpackbits(bits.view(np.uint8), bitorder="little").astype(bool)


def _pack(flags: Array) -> Array:
    return np.packbits(flags, bitorder="little").view(np.uint64)


def _join(bounds: Array) -> Array:
    """The numbers from bounds[n, 0] to bounds[n, 1] for all n, one after another."""
    ranges = [np.arange(first, last) for first, last in bounds.tolist()]
    return np.concatenate([np.zeros(0, np.int64), *ranges])


def count_bits(bits: Array) -> int:
    """How many documents a set has."""
    return int(np.bitwise_count(bits).sum())


# Looking up.


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
    """Find the words that slots ask for, and where their postings stand."""
    words = StringTable(word_text, word_text_starts)
    forms = StringTable(form_text, form_text_starts)
    terms = StringTable(term_text, term_text_starts)
    looked_up = list(StringTable(keys, key_starts).strings())
    starts, lists, list_weights, counts = [0], [], [], []
    for first, first_form, last, is_prefix in slots.tolist():
        weights: dict[int, float] = {}
        for key in looked_up[first:first_form]:
            for pair in _pairs(terms, term_word_starts, key, is_prefix=False):
                weight = part_weight if term_kinds[pair] == PART else 1.0
                word = int(term_words[pair])
                weights[word] = max(weight, weights.get(word, 0.0))
        for key in looked_up[first_form:last]:
            for pair in _pairs(forms, form_word_starts, key, is_prefix=bool(is_prefix)):
                weights[int(form_words[pair])] = 1.0
            own = words.prefix(key) if is_prefix else map(words.find, (key, key + b"\0"))
            weights |= {word: 1.0 for word in own if word >= 0}
        bounds = [posting_starts[word : word + 2].tolist() for word in sorted(weights)]
        found = documents[_join(np.array(bounds, np.int64).reshape(-1, 2))]
        lists += bounds
        list_weights += [weights[word] for word in sorted(weights)]
        counts.append(len(found) - int(_flags(deleted)[found].sum() if len(deleted) else 0))
        starts.append(len(lists))
    return (
        np.array(starts, np.int64),
        np.array(lists, np.int64).reshape(-1, 2),
        np.array(list_weights, np.float64),
        np.array(counts, np.int64),
    )


def _pairs(strings: StringTable, starts: Array, key: bytes, *, is_prefix: bool) -> range:
    if is_prefix:
        found = strings.prefix(key)
    else:
        number = strings.find(key)
        found = range(number, number + 1) if number >= 0 else range(0)
    return range(int(starts[found.start]), int(starts[found.stop]))


# Matching.


def _weigh(postings: Array, row: int, codes: Array, tables: Array, fields: Array,
           others: Array, counts: Array) -> Array:  # fmt: skip
    """Weigh how often the words of postings stand in their documents: float64[postings]."""
    weights = tables[row][codes[postings]]
    other = np.flatnonzero(codes[postings] == OTHER)
    places = np.searchsorted(others, postings[other])
    weights[other] = counts[places] @ fields[row]
    return np.asarray(weights)


def mark_lists(bounds: Array, documents: Array, bits: Array) -> None:
    """Put the documents of lists into a set."""
    flags = np.zeros(64 * len(bits), bool)
    flags[documents[_join(bounds)]] = True
    bits |= _pack(flags)


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
    """Put the documents that fit any of the chosen slots into a set."""
    flags = np.zeros(64 * len(bits), bool)
    for slot in chosen:
        postings = _join(bounds[starts[slot] : starts[slot + 1]])
        weights = _weigh(postings, rows[slot], codes, tables, fields, others, counts)
        flags[documents[postings[weights > 0]]] = True
    bits |= _pack(flags)


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
    """Leave in a set the documents that fit all of the chosen slots."""
    lists = starts, bounds, rows, documents, codes, tables, fields, others, counts
    for n in range(len(chosen)):
        marked = np.zeros_like(bits)
        mark_any(chosen[n : n + 1], *lists, marked)
        bits &= marked


def keep_period(bits: Array, starts: Array, ends: Array, first: int, last: int) -> None:
    """Take out of a set what does not start at `first` or later and end at `last` or before."""
    flags = np.zeros(64 * len(bits), bool)
    flags[: len(starts)] = (starts >= first) & (ends <= last)
    bits &= _pack(flags)


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
    """Leave in a set the documents with a phrase; list them and how often they have it."""
    del position_starts, block  # which are for reading one posting without those before it
    counted = sizes[codes.astype(np.int64)]
    counted[others] = counts.sum(axis=1)
    ends = np.concatenate(([0], np.cumsum(counted)))
    deltas = decode_varints(positions)
    found, frequencies = [], []
    for document in _members(bits).tolist():
        held: set[int] = set()
        for slot, number in enumerate(chosen.tolist()):
            here = {
                place - slot
                for first, last in bounds[starts[number] : starts[number + 1]].tolist()
                for place in _places(documents, first, last, document, ends, deltas)
            }
            held = here if slot == 0 else held & here
        lead = int(title_lengths[document])
        body = lead + int(lead_lengths[document])
        spans = [(place, place + len(chosen)) for place in held]
        frequency = sum(_field_weight(*span, lead, body, field_weights) for span in spans)
        if frequency > 0:
            found.append(document)
            frequencies.append(frequency)
    flags = np.zeros(64 * len(bits), bool)
    flags[found] = True
    bits &= _pack(flags)
    return np.array(found, np.uint16), np.array(frequencies, np.float64)


def _places(
    documents: Array, first: int, last: int, document: int, ends: Array, deltas: Array
) -> list[int]:
    """The positions of one word in a document."""
    posting = bisect_left(documents, document, first, last)
    if posting == last or documents[posting] != document:
        return []
    places: list[int] = np.cumsum(deltas[ends[posting] : ends[posting + 1]]).tolist()
    return places


def _field_weight(first: int, end: int, lead: int, body: int, weights: Array) -> float:
    """The weight of the field in which [first, end) lies; 0 when it lies in two."""
    if end <= lead:
        return float(weights[0])
    if lead <= first and end <= body:
        return float(weights[1])
    return float(weights[2]) if body <= first else 0.0


# Ranking.


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
    """Score the documents of a set by BM25F and keep the best."""
    del scores, frequencies, touched, members  # which spare the kernel allocating
    scored = np.zeros(len(lengths), np.float64)
    for slot, idf in zip(chosen.tolist(), idfs.tolist(), strict=True):
        tf = np.zeros(len(lengths), np.float64)
        if slot < 0:
            found = slice(phrase_starts[-1 - slot], phrase_starts[-slot])
            tf[phrase_documents[found]] = phrase_frequencies[found]
        else:
            for n in range(starts[slot], starts[slot + 1]):
                postings = np.arange(bounds[n, 0], bounds[n, 1])
                weighed = _weigh(postings, rows[slot], codes, tables, fields, others, counts)
                tf[documents[postings]] += weights[n] * weighed
        held = np.flatnonzero(tf)
        scored[held] += idf * tf[held] * saturation / (tf[held] + norms[lengths[held]])
    listed = _members(bits)
    keys = (np.rint(scored[listed] * scale).astype(np.int64) << 16) + 65535 - ranks[listed]
    best = np.sort(keys)[::-1][:size]
    return best >> 16, order[65535 - (best & 65535)].astype(np.int64)


def take_first(bits: Array, order: Array, size: int) -> Array:
    """Take the documents of a set that come first in an order."""
    return order[_flags(bits)[order]][:size].astype(np.int64)


# Counting.


def _differences(starts: Array) -> NDArray[np.int64]:
    wide = starts.astype(np.int64)
    return np.asarray(wide[1:] - wide[:-1])


def invert_values(starts: Array, ordinals: Array, values: int) -> tuple[Array, Array]:
    """List the documents of each value."""
    owners = np.repeat(np.arange(len(starts) - 1), _differences(starts))
    counts = np.bincount(ordinals, minlength=values)
    documents = owners[np.argsort(ordinals, kind="stable")].astype(np.uint16)
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))), documents


def count_values(bits: Array, starts: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts` by their values."""
    is_held = np.repeat(_flags(bits)[: len(starts) - 1], _differences(starts))
    counts += np.bincount(ordinals[is_held], minlength=len(counts)).astype(np.int32)


def top_values(counts: Array, bounds: Array, size: int) -> tuple[Array, Array, Array]:
    """List the most frequent values of each facet, their counts, and how many they are."""
    values = np.zeros((len(bounds), size), np.int64)
    numbers = np.zeros((len(bounds), size), np.int64)
    sizes = np.zeros(len(bounds), np.int64)
    for facet, (first, last) in enumerate(bounds.tolist()):
        found = first + np.flatnonzero(counts[first:last])
        best = found[np.argsort(-counts[found], kind="stable")][:size]
        sizes[facet] = len(best)
        values[facet, : len(best)] = best
        numbers[facet, : len(best)] = counts[best]
    return values, numbers, sizes


def count_days(bits: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts` by `ordinals`."""
    counts += np.bincount(ordinals[_members(bits)], minlength=len(counts)).astype(np.int32)
