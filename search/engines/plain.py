"""What `kernels` does, in plain numpy: slower, without a compiler; tests compare the two."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import cmp_to_key, reduce
from itertools import accumulate, pairwise
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columnar.codes import OTHER
from index.columnar.positions import decode_varints
from index.columnar.segment import NO_DATE, PART
from index.columnar.strings import StringTable
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
    Segment,
    Strings,
    Tree,
    Values,
    Vocabulary,
)
from search.engines.base import inverse_frequency, spread

# Segments.


def hold(values: Sequence[Any]) -> list[Any]:
    """Make one or more groups of arrays a list."""
    return list(values)


def _of_segment(lists: Lists, slots: int, n: int) -> Lists:
    """The lists of so many slots in segment n."""
    return lists._replace(starts=lists.starts[n * slots : (n + 1) * slots + 1])


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
    segments: Sequence[Segment], keys: Keys, step: int, part_weight: float
) -> tuple[Lists, Array]:
    """Find the words that slots ask for, and where their postings stand."""
    del step  # which makes searching quicker
    looked_up = list(StringTable(keys.text, keys.starts).strings())
    starts, lists, list_weights = [0], [], []
    counts = np.zeros((2, len(keys.slots)), np.int64)
    for segment in segments:
        deleted = _flags(segment.deleted) if len(segment.deleted) else None
        posting_starts = segment.vocabulary.posting_starts
        for slot, (first, first_form, last, is_prefix) in enumerate(keys.slots.tolist()):
            vocabulary, weights = segment.vocabulary, Counter[int]()
            for n in range(first, last):
                key, weight = looked_up[n], float(keys.weights[n])
                if n < first_form:
                    found_by = _words_with(vocabulary, key, weight, part_weight)
                else:
                    found_by = dict.fromkeys(_written(vocabulary, key, bool(is_prefix)), weight)
                weights |= Counter(found_by)  # the larger of two
            for word in sorted(weights):
                begin, end = posting_starts[word : word + 2].tolist()
                lists.append((begin, end))
                list_weights.append(weights[word])
                found = segment.postings.documents[begin:end]
                count = len(found) if deleted is None else np.count_nonzero(~deleted[found])
                counts[0, slot] += count
                counts[1, slot] += count if weights[word] > part_weight else 0
            starts.append(len(lists))
    bounds_of_all = np.array(lists, np.int64).reshape(-1, 2)
    arrays = np.array(starts, np.int64), bounds_of_all, np.array(list_weights, np.float64)
    return Lists(*arrays, keys.rows), counts


def _words_with(
    vocabulary: Vocabulary, key: bytes, weight: float, part_weight: float
) -> dict[int, float]:
    """The words with a stem or part, and what each counts."""
    pairs = _pairs(vocabulary.terms, vocabulary.term_word_starts, key, is_prefix=False)
    return {
        int(vocabulary.term_words[pair]): weight
        * (part_weight if vocabulary.term_kinds[pair] == PART else 1.0)
        for pair in pairs
    }


def _written(vocabulary: Vocabulary, key: bytes, is_prefix: bool) -> list[int]:
    """The words with a written form that is the key, or begins so."""
    pairs = _pairs(vocabulary.forms, vocabulary.form_word_starts, key, is_prefix=is_prefix)
    words = StringTable(*vocabulary.words[:2])
    own = words.prefix(key) if is_prefix else map(words.find, (key, key + b"\0"))
    return [*(int(vocabulary.form_words[n]) for n in pairs), *(word for word in own if word >= 0)]


def _pairs(strings: Strings, starts: Array, key: bytes, *, is_prefix: bool) -> range:
    table = StringTable(strings.text, strings.starts)
    if is_prefix:
        found = table.prefix(key)
    else:
        number = table.find(key)
        found = range(number, number + 1) if number >= 0 else range(0)
    return range(int(starts[found.start]), int(starts[found.stop]))


def weigh_leaves(counts: Array, tree: Tree, articles: int) -> Array:
    """Weigh the leaves that score."""
    slots = [inverse_frequency(spread(count, articles), articles) for count in counts.tolist()]
    idfs = []
    for leaf in tree.scoring.tolist():
        if leaf < 0:
            first, size, _ = tree.phrases[-1 - leaf].tolist()
            # In order, as the kernel does: from Python 3.12 on `sum` rounds less.
            idfs.append(reduce(add, slots[first : first + size]))
        else:
            idfs.append(slots[leaf])
    return np.array(idfs, np.float64) * tree.boosts


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


def mark_slot(slot: int, lists: Lists, postings: Postings, bits: Array) -> None:
    """Put the documents of a slot into a set."""
    flags = np.zeros(64 * len(bits), bool)
    places = _join(lists.bounds[lists.starts[slot] : lists.starts[slot + 1]])
    weights = _weigh(places, lists.rows[slot], postings)
    flags[postings.documents[places[weights > 0]]] = True
    bits |= _pack(flags)


def mark_all(chosen: Array, lists: Lists, postings: Postings, bits: Array) -> None:
    """Leave in a set the documents that fit all of the chosen slots."""
    for slot in chosen:
        marked = np.zeros_like(bits)
        mark_slot(slot, lists, postings, marked)
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
            places = _places_of(number, lists, postings, document, ends, deltas, 0.0)
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
    slot: int,
    lists: Lists,
    postings: Postings,
    document: int,
    ends: Array,
    deltas: Array,
    least: float,
) -> list[int]:
    """The positions in a document of the words of a slot that weigh more than `least`."""
    places: list[int] = []
    own = slice(lists.starts[slot], lists.starts[slot + 1])
    for first, last in lists.bounds[own][lists.weights[own] > least].tolist():
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
    begin: int,
    tree: Tree,
    lists: Lists,
    postings: Postings,
    positions: Positions,
) -> tuple[Array, int, PhrasePlaces, Marks]:
    """Do the steps of a tree: who is left, how many were noted, and who has what."""
    sets = sets[:, begin : begin + len(live)]
    stack = [live.copy()]
    noted = 0
    found: dict[int, tuple[Array, Array]] = {}
    slots = len(lists.rows)
    marks = Marks(np.zeros((slots, len(live)), np.uint64), np.zeros(slots, np.bool_))
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
            for slot in tree.chosen[first:last].tolist():
                mark_slot(slot, lists, postings, marks.bits[slot])
                marks.is_known[slot] = True
                stack[-1] |= marks.bits[slot]
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
    return stack[0], noted, _phrase_places(found, len(tree.phrases)), marks


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
    marks: Marks,
    columns: Columns,
    scratch: Scratch,
    scale: Scale,
    least: int,
    size: int,
) -> Array:
    """Score the documents of a set by BM25F and keep the best."""
    del marks, scratch  # which spare the kernel scoring all and allocating
    lengths, norms = columns.lengths, columns.norms
    scored = np.zeros(len(lengths), np.float64)
    for slot, idf in zip(scoring.tolist(), idfs.tolist(), strict=True):
        tf, share = np.zeros(len(lengths), np.float64), np.ones(len(lengths), np.float64)
        if slot < 0:
            found = slice(*phrases.bounds[-1 - slot])
            tf[phrases.documents[found]] = phrases.frequencies[found]
        else:
            weak = np.zeros(len(lengths), np.float64)
            for n in range(lists.starts[slot], lists.starts[slot + 1]):
                places = np.arange(lists.bounds[n, 0], lists.bounds[n, 1])
                added = lists.weights[n] * _weigh(places, lists.rows[slot], postings)
                of_kind = tf if lists.weights[n] > scale.weak else weak
                of_kind[postings.documents[places]] += added
            share[tf == 0] = scale.weak
            tf = np.where(tf == 0, weak / scale.weak, tf)
        held = np.flatnonzero(tf)
        added = idf * share * tf * scale.saturation
        scored[held] += added[held] / (tf[held] + norms[lengths[held]])
    listed = _members(bits)
    scaled = scored[listed] * scale.score
    listed, scaled = listed[scaled > least - 1.0], scaled[scaled > least - 1.0]
    keys = (np.rint(scaled).astype(np.int64) << 16) + 65535 - columns.ranks[listed]
    best = np.sort(keys)[::-1][:size]
    return np.column_stack((best >> 16, columns.newest[65535 - (best & 65535)].astype(np.int64)))


def take_first(bits: Array, order: Array, size: int) -> Array:
    """Take the documents of a set that come first in an order."""
    return order[_flags(bits)[order]][:size].astype(np.int64)


# A second look at the best.


def read_places(
    members: Array,
    slots: Array,
    lists: Lists,
    postings: Postings,
    positions: Positions,
    least: float,
) -> tuple[Array, Array]:
    """Read where the words of slots stand in members of an ascending list."""
    ends, deltas = _decoded(postings, positions)
    places = [
        [
            sorted(_places_of(slot, lists, postings, document, ends, deltas, least))
            for document in members.tolist()
        ]
        for slot in slots.tolist()
    ]
    sizes = np.array([[0, *map(len, of_slot)] for of_slot in places], np.int64)
    starts = sizes.cumsum().reshape(len(slots), len(members) + 1)
    read = [position for of_slot in places for of in of_slot for position in of]
    return np.array(read, np.int64), starts


def find_in_a_row(
    members: Array, read: Array, starts: Array, words: Array, positions: Positions
) -> Array:
    """Find who has words of a query in a row as the query has them."""
    found = np.zeros((len(members), 2 * len(words)), bool)
    for row, document in enumerate(members.tolist()):
        lead = int(positions.title_lengths[document])
        fields = {lead, lead + int(positions.lead_lengths[document])}
        places = [set(read[of[row] : of[row + 1]].tolist()) for of in starts]
        for size in (2, 3):
            for n in range(len(words) - size + 1):
                run = words[n : n + size].tolist()
                if min(run) >= 0:
                    found[row, 2 * n + size - 2] = any(
                        all(
                            first + k in places[word] and (not k or first + k not in fields)
                            for k, word in enumerate(run)
                        )
                        for first in places[run[0]]
                    )
    return found


def measure_company(
    members: Array, read: Array, starts: Array, weights: Array, positions: Positions, width: int
) -> Array:
    """Weigh what stands together."""
    company = np.zeros(len(members), np.float64)
    for row, document in enumerate(members.tolist()):
        lead = int(positions.title_lengths[document])
        fields = [lead, lead + int(positions.lead_lengths[document])]
        places = [read[slot[row] : slot[row + 1]] for slot in starts]
        for first in {position for of in places for position in of.tolist()}:
            field = [end for end in fields if first < end][:1]
            end = min([first + width, *field])
            inside = [
                weight
                for of, weight in zip(places, weights.tolist(), strict=True)
                if ((of >= first) & (of < end)).any()
            ]
            # In order, as the kernel does: from Python 3.12 on `sum` rounds less.
            company[row] = max(company[row], reduce(add, inside) - max(inside))
    return company


def measure_titles(
    members: Array, read: Array, starts: Array, weights: Array, positions: Positions
) -> Array:
    """Weigh what stands in titles."""
    found = np.zeros(len(members), np.float64)
    for row, document in enumerate(members.tolist()):
        end = int(positions.title_lengths[document])
        inside = [
            weight
            for of, weight in zip(starts, weights.tolist(), strict=True)
            if (read[of[row] : of[row + 1]] < end).any()
        ]
        found[row] = reduce(add, inside, 0.0) - max(inside, default=0.0)
    return found


def _look_again(
    segments: Sequence[Segment],
    best: Array,
    lists: Lists,
    tree: Tree,
    counts: Array,
    articles: int,
    scale: Scale,
    looked: int,
) -> Array:
    """Add to the scores of the first `looked` what a second look finds, and rank them anew."""
    found = counts[tree.read[: len(tree.near)]].tolist()
    weights = np.array([inverse_frequency(spread(count, articles), articles) for count in found])
    first = best[:looked].copy()
    in_a_row = np.zeros((len(first), 2 * len(tree.words)), bool)
    company = np.zeros(len(first), np.float64)
    for n, segment in enumerate(segments):
        rows = np.flatnonzero(first[:, SEGMENT] == n)
        rows = rows[np.argsort(first[rows, DOCUMENT])]
        own = _of_segment(lists, len(lists.rows), n)
        members = first[rows, DOCUMENT].astype(np.uint16)
        positions = segment.positions
        read, starts = read_places(members, tree.read, own, segment.postings, positions, scale.part)
        in_a_row[rows] = find_in_a_row(members, read, starts, tree.words, positions)
        where = members, read, starts[: len(weights)], weights, positions
        company[rows] = measure_company(*where, scale.company_width) * scale.company
        company[rows] += measure_titles(*where) * scale.title
        if scale.passage > 0:
            company[rows] += measure_company(*where, scale.passage_width) * scale.passage
    added = np.zeros(len(first), np.float64)
    for held in in_a_row.T:
        added += held * inverse_frequency(int(np.count_nonzero(held)), len(first))
    added = added * scale.in_a_row + company
    first[:, SCORE] += np.rint(added).astype(np.int64)
    return np.concatenate((_sorted(first, segments, RELEVANCE), best[looked:]))


# All of it.


def unpack(packed: Array) -> tuple[Keys, Tree]:
    """Take Keys and Tree out of one array."""
    keys, slots, steps, depth, chosen, phrases, scoring, *of_look = packed[:PACKED].tolist()
    sizes = (keys + 1, keys, 4 * slots, slots, 3 * steps, chosen, 3 * phrases, scoring, scoring,
             *of_look)  # fmt: skip
    parts = np.split(packed[PACKED:], np.cumsum(sizes))
    starts, weights, of_slots, rows, of_steps, of_chosen, of_phrases, of_scoring = parts[:8]
    boosts, near, read, words, text = parts[8:]
    return (
        Keys(
            text.view(np.uint8)[: starts[-1]],
            starts,
            weights.view(np.float64),
            of_slots.reshape(slots, 4),
            rows,
        ),
        Tree(
            of_steps.reshape(steps, 3),
            depth,
            of_chosen,
            of_phrases.reshape(phrases, 3),
            of_scoring,
            boosts.view(np.float64),
            near,
            read,
            words,
        ),
    )


def _sorted(rows: Array, segments: Sequence[Segment], order: int) -> Array:
    """Bring ranked documents into an order."""

    def id_of(row: Array) -> bytes:
        columns = segments[row[SEGMENT]].columns
        return StringTable(columns.id_text, columns.id_starts).string(int(row[DOCUMENT]))

    def compare(first: Array, second: Array) -> int:
        if order == RELEVANCE and first[SCORE] != second[SCORE]:
            return int(second[SCORE] - first[SCORE])
        if first[START] != second[START]:
            is_later = bool(first[START] > second[START])
            is_dated = NO_DATE not in (first[START], second[START])
            return 1 if is_later == (order == OLDEST and is_dated) else -1
        return -1 if id_of(first) < id_of(second) else 1

    return np.array(sorted(rows, key=cmp_to_key(compare)), np.int64).reshape(-1, END + 1)


def read_texts(segments: Sequence[Segment], best: Array, first: int, shown: int) -> Array:
    """Read the ids and titles of so many of the best, and note where they stand."""
    strings: list[bytes] = []
    at = 0
    for row in best[first : first + shown]:
        columns, document = segments[row[SEGMENT]].columns, int(row[DOCUMENT])
        of_row = (
            StringTable(columns.id_text, columns.id_starts).string(document),
            StringTable(columns.title_text, columns.title_starts).string(document),
        )
        strings += of_row
        sizes = [len(string.decode(errors="surrogatepass")) for string in of_row]
        row[ID], row[TITLE], row[END] = accumulate(sizes, initial=at)
        at = row[END]
    return np.frombuffer(b"".join(strings), np.uint8)


def search(
    segments: Sequence[Segment],
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
    """Match and rank, keep the first `size` in an order and read the texts of a page of them."""
    keys, tree = unpack(packed)
    scratch = Scratch(room[0], room[1], *np.split(room[2].view(np.uint16), 2))
    lists, counts = find_lists(segments, keys, step, scale.part)
    idfs = weigh_leaves(counts[0], tree, articles)
    listed = []
    rows = [np.zeros((0, END + 1), np.int64)]
    noted = begin = 0
    for n, segment in enumerate(segments):
        columns = segment.columns
        own = _of_segment(lists, len(keys.slots), n)
        of_live = live[begin : begin + -(-len(columns.lengths) // 64)]
        left, here, phrases, marks = match(
            of_live, sets, begin, tree, own, segment.postings, segment.positions
        )
        noted += here
        begin += len(of_live)
        listed.append(left)
        if order != RELEVANCE:
            of_order = columns.newest if order == NEWEST else columns.oldest
            flags = np.zeros(64 * len(left), bool)
            flags[take_first(left, of_order, size)] = True
            left = _pack(flags)
        ranked = rank(left, idfs, tree.scoring, own, segment.postings, phrases, marks, columns,
                      scratch, scale, 0, size)  # fmt: skip
        of_segment = np.zeros((len(ranked), END + 1), np.int64)
        of_segment[:, SCORE], of_segment[:, SEGMENT] = ranked[:, 0], n
        of_segment[:, DOCUMENT] = ranked[:, 1]
        of_segment[:, START] = columns.published[ranked[:, 1]]
        rows.append(of_segment)
    bits = np.concatenate(listed)
    best = _sorted(np.concatenate(rows), segments, order)[:size]
    if looked and order == RELEVANCE:
        best = _look_again(segments, best, lists, tree, counts[1], articles, scale, looked)
    return Found(noted, count_bits(bits), bits, best, read_texts(segments, best, first, shown))


# Counting.


def _differences(starts: Array) -> NDArray[np.int64]:
    wide = starts.astype(np.int64)
    return np.asarray(wide[1:] - wide[:-1])


def list_values(starts: Array, ordinals: Array, first: int, last: int) -> tuple[Array, Array]:
    """List who has the values from `first` to `last`."""
    listed = np.flatnonzero((ordinals >= first) & (ordinals < last))
    owners = np.repeat(np.arange(len(starts) - 1), _differences(starts))
    return owners[listed].astype(np.uint16), ordinals[listed].astype(np.int64) - first


def lay_out_values(starts: Array, ordinals: Array, unused: int, rows: Array) -> None:
    """Lay values out in rows as Values has them."""
    documents = len(starts) - 1
    rows[:] = unused + np.arange(ROW_WIDTH)
    further = 0
    for document, (first, last) in enumerate(pairwise(starts.tolist())):
        row = document
        while last - first > ROW_WIDTH:
            rows[row, :-1] = ordinals[first : first + ROW_WIDTH - 1]
            rows[row, -1] = unused + ROW_WIDTH + further
            first += ROW_WIDTH - 1
            row = documents + further
            further += 1
        rows[row, : last - first] = ordinals[first:last]


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


def count_rows(bits: Array, rows: Array, documents: int, unused: int, counts: Array) -> None:
    """Add the documents of a set to `counts` by their values in rows."""
    end = unused + ROW_WIDTH
    found = _members(bits)
    while len(found):
        values = rows[found].astype(np.int64)
        last = values[:, -1]
        found = last[last >= end] - end + documents
        values[values >= end] = unused
        counts += np.bincount(values.ravel(), minlength=len(counts)).astype(np.int32)


def top_facets(
    values: Sequence[Values], bits: Array, facets: Array, tiers: int, size: int
) -> tuple[Array, int]:
    """List the most frequent values of facets in a set of the documents of all segments."""
    of_all = values[0]
    while True:
        counts = np.zeros(of_all.unused + ROW_WIDTH, np.int32)
        begin = 0
        for segment in values:
            own = bits[begin : begin + -(-segment.documents // 64)]
            begin += len(own)
            if tiers > 1:
                count_rows(own, segment.rows, segment.documents, segment.unused, counts)
            else:
                count_sets(own, segment.sets, counts)
        listed = np.zeros((2, len(facets), size), np.int64)
        is_complete = True
        for n, facet in enumerate(facets.tolist()):
            found = _join(of_all.bounds[facet, :tiers])
            found = found[counts[found] > 0]
            best = found[np.lexsort((of_all.places[found], -counts[found]))][:size]
            listed[:, n, : len(best)] = best, counts[best]
            least = int(counts[best[-1]]) if 0 < len(best) == size else 1
            first, last = of_all.bounds[facet, 1]
            is_rest_rare = bool(first == last or of_all.totals[first] < least)
            is_complete &= tiers > 1 or size == 0 or is_rest_rare
        if is_complete or tiers > 1:
            return listed, tiers
        tiers = 2


def count_days(bits: Array, ordinals: Array, counts: Array) -> None:
    """Add the documents of a set to `counts` by `ordinals`."""
    counts += np.bincount(ordinals[_members(bits)], minlength=len(counts)).astype(np.int32)
