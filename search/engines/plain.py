"""What `kernels` does, in plain numpy: slower, without a compiler; tests compare the two."""

from bisect import bisect_left
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import OTHER
from index.columnar.positions import decode_varints
from index.columnar.segment import PART
from index.columnar.strings import StringTable
from search.engines.arrays import (
    CLEAR,
    COLUMNS,
    COPY,
    CUT,
    CUT_SET,
    JOIN,
    KEEP_PHRASE,
    KEEP_SET,
    KEEP_SLOTS,
    LISTS,
    MARK_SLOTS,
    MEET,
    NOTE,
    POSITIONS,
    POSTINGS,
    SCRATCH,
    TREE,
    Array,
    Columns,
    Lists,
    PhrasePlaces,
    Positions,
    Postings,
    Scratch,
    Tree,
)

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
    word_heads: Array,
    form_text: Array,
    form_text_starts: Array,
    form_heads: Array,
    form_word_starts: Array,
    form_words: Array,
    term_text: Array,
    term_text_starts: Array,
    term_heads: Array,
    term_word_starts: Array,
    term_words: Array,
    term_kinds: Array,
    posting_starts: Array,
    documents: Array,
    deleted: Array,
    keys: Array,
    key_starts: Array,
    slots: Array,
    step: int,
    part_weight: float,
) -> tuple[Array, Array, Array, Array]:
    """Find the words that slots ask for, and where their postings stand."""
    del word_heads, form_heads, term_heads, step  # which make searching quicker
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


def _weigh(places: Array, row: int, postings: Postings) -> Array:
    """Weigh how often the words of postings stand in their documents: float64[places]."""
    codes = postings.codes[places]
    weights = postings.tables[row][codes]
    other = np.flatnonzero(codes == OTHER)
    found = np.searchsorted(postings.others, places[other])
    weights[other] = postings.counts[found] @ postings.fields[row]
    return np.asarray(weights)


def mark_lists(bounds: Array, documents: Array, bits: Array) -> None:
    """Put the documents of lists into a set."""
    flags = np.zeros(64 * len(bits), bool)
    flags[documents[_join(bounds)]] = True
    bits |= _pack(flags)


def mark_any(chosen: Array, lists: Lists, postings: Postings, bits: Array) -> None:
    """Put the documents that fit any of the chosen slots into a set."""
    flags = np.zeros(64 * len(bits), bool)
    for slot in chosen:
        places = _join(lists.bounds[lists.starts[slot] : lists.starts[slot + 1]])
        weights = _weigh(places, lists.rows[slot], postings)
        flags[postings.documents[places[weights > 0]]] = True
    bits |= _pack(flags)


def mark_all(chosen: Array, lists: Lists, postings: Postings, bits: Array) -> None:
    """Leave in a set the documents that fit all of the chosen slots."""
    for n in range(len(chosen)):
        marked = np.zeros_like(bits)
        mark_any(chosen[n : n + 1], lists, postings, marked)
        bits &= marked


def find_phrases(
    bits: Array, phrase: Array, lists: Lists, postings: Postings, positions: Positions
) -> tuple[Array, Array]:
    """Leave in a set the documents with a phrase; list them and how often they have it."""
    chosen = np.arange(phrase[0], phrase[0] + phrase[1])
    mark_all(chosen, lists, postings, bits)
    ends, deltas = _decoded(postings, positions)
    found, frequencies = [], []
    for document in _members(bits).tolist():
        held: set[int] = set()
        for slot, number in enumerate(chosen.tolist()):
            places = _places_of(number, lists, postings, document, ends, deltas)
            here = {place - slot for place in places}
            held = here if slot == 0 else held & here
        lead = int(positions.title_lengths[document])
        body = lead + int(positions.lead_lengths[document])
        spans = [(place, place + len(chosen)) for place in held]
        weights = postings.fields[phrase[2]]
        frequency = sum(_field_weight(*span, lead, body, weights) for span in spans)
        if frequency > 0:
            found.append(document)
            frequencies.append(frequency)
    flags = np.zeros(64 * len(bits), bool)
    flags[found] = True
    bits &= _pack(flags)
    return np.array(found, np.uint16), np.array(frequencies, np.float64)


def _decoded(postings: Postings, positions: Positions) -> tuple[Array, Array]:
    """Where the positions of each posting begin, and all positions as distances."""
    counted = positions.sizes[postings.codes.astype(np.int64)]
    counted[postings.others] = postings.counts.sum(axis=1)
    return np.concatenate(([0], np.cumsum(counted))), decode_varints(positions.positions)


def _places_of(
    slot: int, lists: Lists, postings: Postings, document: int, ends: Array, deltas: Array
) -> list[int]:
    """The positions of the words of a slot in a document."""
    places: list[int] = []
    for first, last in lists.bounds[lists.starts[slot] : lists.starts[slot + 1]].tolist():
        posting = bisect_left(postings.documents, document, first, last)
        if posting < last and postings.documents[posting] == document:
            places += np.cumsum(deltas[ends[posting] : ends[posting + 1]]).tolist()
    return places


def _field_weight(first: int, end: int, lead: int, body: int, weights: Array) -> float:
    """The weight of the field in which [first, end) lies; 0 when it lies in two."""
    if end <= lead:
        return float(weights[0])
    if lead <= first and end <= body:
        return float(weights[1])
    return float(weights[2]) if body <= first else 0.0


def match(
    live: Array,
    sets: Array,
    tree: Tree,
    lists: Lists,
    postings: Postings,
    positions: Positions,
) -> tuple[Array, int, PhrasePlaces]:
    """Do the steps of a tree: the documents that are left, how many were noted, and the phrases."""
    stack = [live.copy()]
    noted = 0
    found: dict[int, tuple[Array, Array]] = {}
    for step, first, last in tree.steps.tolist():
        if step == KEEP_SET:
            stack[-1] &= sets[first]
        elif step == CUT_SET:
            stack[-1] &= ~sets[first]
        elif step == KEEP_SLOTS:
            mark_all(tree.chosen[first:last], lists, postings, stack[-1])
        elif step == KEEP_PHRASE:
            if first not in found:
                phrase = tree.phrases[first]
                found[first] = find_phrases(stack[0].copy(), phrase, lists, postings, positions)
            flags = np.zeros(64 * len(live), bool)
            flags[found[first][0]] = True
            stack[-1] &= _pack(flags)
        elif step == COPY:
            stack.append(stack[-1 - first].copy())
        elif step == CLEAR:
            stack.append(np.zeros_like(live))
        elif step == MARK_SLOTS:
            mark_any(tree.chosen[first:last], lists, postings, stack[-1])
        elif step == NOTE:
            noted = count_bits(stack[-1])
        else:
            upper = stack.pop()
            if step == JOIN:
                stack[-1] |= upper
            elif step == MEET:
                stack[-1] &= upper
            elif step == CUT:
                stack[-1] &= ~upper
    return stack[0], noted, _phrase_places(found, len(tree.phrases))


def _phrase_places(found: dict[int, tuple[Array, Array]], phrases: int) -> PhrasePlaces:
    """Join what was found, phrase by phrase in the order in which they were looked for."""
    bounds = np.full((phrases, 2), -1, np.int64)
    documents, frequencies = [np.zeros(0, np.uint16)], [np.zeros(0, np.float64)]
    end = 0
    for number, (where, how_often) in found.items():
        bounds[number] = end, end + len(where)
        end += len(where)
        documents.append(where)
        frequencies.append(how_often)
    return PhrasePlaces(bounds, np.concatenate(documents), np.concatenate(frequencies))


# Ranking.


def rank(
    bits: Array,
    idfs: Array,
    scoring: Array,
    lists: Lists,
    postings: Postings,
    phrases: PhrasePlaces,
    columns: Columns,
    scratch: Scratch,
    saturation: float,
    scale: float,
    least: int,
    size: int,
) -> Array:
    """Score the documents of a set by BM25F and keep the best."""
    del scratch  # which spares the kernel allocating
    lengths, norms = columns.lengths, columns.norms
    scored = np.zeros(len(lengths), np.float64)
    for slot, idf in zip(scoring.tolist(), idfs.tolist(), strict=True):
        tf = np.zeros(len(lengths), np.float64)
        if slot < 0:
            found = slice(*phrases.bounds[-1 - slot])
            tf[phrases.documents[found]] = phrases.frequencies[found]
        else:
            for n in range(lists.starts[slot], lists.starts[slot + 1]):
                places = np.arange(lists.bounds[n, 0], lists.bounds[n, 1])
                weights = _weigh(places, lists.rows[slot], postings)
                tf[postings.documents[places]] += lists.weights[n] * weights
        held = np.flatnonzero(tf)
        scored[held] += idf * tf[held] * saturation / (tf[held] + norms[lengths[held]])
    listed = _members(bits)
    scaled = scored[listed] * scale
    listed, scaled = listed[scaled > least - 1.0], scaled[scaled > least - 1.0]
    keys = (np.rint(scaled).astype(np.int64) << 16) + 65535 - columns.ranks[listed]
    best = np.sort(keys)[::-1][:size]
    return np.column_stack((best >> 16, columns.order[65535 - (best & 65535)].astype(np.int64)))


def take_first(bits: Array, order: Array, size: int) -> Array:
    """Take the documents of a set that come first in an order."""
    return order[_flags(bits)[order]][:size].astype(np.int64)


# All of it.


def answer(
    live: Array,
    sets: Array,
    idfs: Array,
    order: Array,
    saturation: float,
    scale: float,
    least: int,
    size: int,
    *arrays: Any,
) -> tuple[int, int, Array, Array]:
    """Match and rank: how many were noted and how many are listed, who is listed, and the best."""
    tree, lists = Tree(*arrays[TREE]), Lists(*arrays[LISTS])
    postings, positions = Postings(*arrays[POSTINGS]), Positions(*arrays[POSITIONS])
    columns, scratch = Columns(*arrays[COLUMNS]), Scratch(*arrays[SCRATCH])
    listed, noted, phrases = match(live, sets, tree, lists, postings, positions)
    ranked = listed
    if len(order):
        flags = np.zeros(64 * len(listed), bool)
        flags[take_first(listed, order, size)] = True
        ranked = _pack(flags)
    best = rank(ranked, idfs, tree.scoring, lists, postings, phrases, columns, scratch,
                saturation, scale, least, size)  # fmt: skip
    return noted, count_bits(listed), listed, best


# A second look at the best.


def measure_gaps(members: Array, slots: Array, *arrays: Any) -> Array:
    """Measure how close words of neighbouring slots stand."""
    lists, postings, positions = (
        Lists(*arrays[:4]),
        Postings(*arrays[4:10]),
        Positions(*arrays[10:]),
    )
    ends, deltas = _decoded(postings, positions)
    gaps = np.zeros((len(members), max(len(slots) - 1, 0)), np.int64)
    for row, document in enumerate(members.tolist()):
        lead = int(positions.title_lengths[document])
        fields = [lead, lead + int(positions.lead_lengths[document])]
        places = [
            np.array(sorted(_places_of(slot, lists, postings, document, ends, deltas)), np.int64)
            for slot in slots.tolist()
        ]
        for n, (first, second) in enumerate(pairwise(places)):
            distances = np.abs(np.subtract.outer(first, second))
            of_first = np.searchsorted(fields, first, "right")
            of_second = np.searchsorted(fields, second, "right")
            is_one = np.equal.outer(of_first, of_second) & (distances > 0)
            gaps[row, n] = distances[is_one].min(initial=2**62) % 2**62
    return gaps


# Counting.


def _differences(starts: Array) -> NDArray[np.int64]:
    wide = starts.astype(np.int64)
    return np.asarray(wide[1:] - wide[:-1])


def list_values(starts: Array, ordinals: Array, first: int, last: int) -> tuple[Array, Array]:
    """List who has the values from `first` to `last`."""
    listed = np.flatnonzero((ordinals >= first) & (ordinals < last))
    owners = np.repeat(np.arange(len(starts) - 1), _differences(starts))
    return owners[listed].astype(np.uint16), ordinals[listed].astype(np.int64) - first


def lay_out_values(documents: Array, values: Array, unused: int, rows: Array) -> Array:
    """Lay values out in rows of fixed width by their documents."""
    rows[:] = unused + np.arange(rows.shape[1])
    firsts = np.searchsorted(documents, documents)
    places = np.arange(len(documents)) - firsts
    fitting = places < rows.shape[1]
    rows[documents[fitting], places[fitting]] = values[fitting]
    return np.flatnonzero(~fitting)


def invert_values(starts: Array, ordinals: Array, values: int) -> tuple[Array, Array]:
    """List the documents of each value."""
    owners = np.repeat(np.arange(len(starts) - 1), _differences(starts))
    ends = np.cumsum(np.bincount(ordinals, minlength=values)).astype(np.uint32)
    documents = owners[np.argsort(ordinals, kind="stable")].astype(np.uint16)
    return np.concatenate((np.zeros(1, np.uint32), ends)), documents


def fill_sets(documents: Array, values: Array, sets: Array) -> None:
    """Put documents into the sets of their values."""
    flags = np.zeros((len(sets), 64 * sets.shape[1]), np.uint8)
    flags[values, documents] = 1
    sets |= np.packbits(flags, axis=1, bitorder="little").view(np.uint64)


def count_sets(bits: Array, sets: Array, counts: Array) -> None:
    """Add to `counts` how many documents of a set each of some sets has."""
    counts[: len(sets)] += np.bitwise_count(sets & bits).sum(axis=1).astype(np.int32)


def count_rows(
    bits: Array, rows: Array, extra_documents: Array, extra_values: Array, counts: Array
) -> None:
    """Add the documents of a set to `counts` by their values in rows."""
    extra = extra_values[_flags(bits)[extra_documents]]
    found = np.concatenate((rows[_members(bits)].ravel(), extra)).astype(np.int64)
    counts += np.bincount(found, minlength=len(counts)).astype(np.int32)


def count_values(bits: Array, starts: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts` by their values."""
    is_held = np.repeat(_flags(bits)[: len(starts) - 1], _differences(starts))
    counts += np.bincount(ordinals[is_held], minlength=len(counts)).astype(np.int32)


def top_values(
    counts: Array, bounds: Array, most: Array, places: Array, ordinals: Array, tiers: int, size: int
) -> tuple[Array, Array, Array, bool]:
    """List the most frequent values of each facet, their counts, how many, and if that is right."""
    del ordinals
    facets = len(bounds)
    values = np.zeros((facets, size), np.int64)
    numbers = np.zeros((facets, size), np.int64)
    sizes = np.zeros(facets, np.int64)
    is_complete = True
    for facet in range(facets):
        found = _join(bounds[facet, :tiers])
        found = found[counts[found] > 0]
        best = found[np.lexsort((places[found], -counts[found]))][:size]
        least = int(counts[best[-1]]) if 0 < len(best) == size else 1
        is_complete &= size == 0 or bool(most[facet] < least)
        sizes[facet] = len(best)
        values[facet, : len(best)] = best
        numbers[facet, : len(best)] = counts[best]
    return values, numbers, sizes, is_complete


def count_days(bits: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts` by `ordinals`."""
    counts += np.bincount(ordinals[_members(bits)], minlength=len(counts)).astype(np.int32)
