"""Property: the compiled kernels do what their twins in plain numpy do."""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.columnar.codes import CODES, COUNTS, OTHER
from index.columnar.postings import group_tokens
from index.columnar.segment import NO_DATE, STEM
from index.columnar.strings import StringTable
from search.engines import kernels, plain
from search.engines.arrays import (
    CUT_SET,
    DOCUMENT,
    END,
    ID,
    KEEP_SET,
    NEWEST,
    OLDEST,
    RELEVANCE,
    ROW_WIDTH,
    SCORE,
    SEGMENT,
    TITLE,
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
    Values,
    Vocabulary,
)
from search.engines.base import K1, SCORE_SCALE, inverse_frequency, spread
from search.engines.program import REGION_WEIGHTS, REGIONS, Program, make_program, pack
from search.engines.segment_search import bits_of, documents_of
from search.leaves import FormPrefix, Hint, Named, Period, Sequence, Terms
from search.tree import And, Everything, Node, Not, Or, Word

Array = NDArray[Any]

TABLES = np.ascontiguousarray(REGION_WEIGHTS @ COUNTS.T)
SIZES = COUNTS.sum(axis=1).astype(np.int64)
WORDS = 4
NONE = np.zeros(0, np.uint64)
SCALE = Scale(K1 + 1, SCORE_SCALE, 0.5, 0.3, 1e7, 2e6, 3, 3e6, 1e6, 7)
STEP = 2

numbers = st.integers(0, 2**16).map(np.random.default_rng)
"""Where the arrays of an example come from: shrinking one by one would tell no more."""


class Collection(NamedTuple):
    """Postings of a few words in up to 200 documents, as a segment has them."""

    starts: Array
    postings: Postings
    positions: Positions

    @property
    def documents(self) -> int:
        return len(self.positions.title_lengths)


def read_only(array: Array) -> Array:
    """What comes from files is read-only, which is another type to numba."""
    array.flags.writeable = False
    return array


def make_collection(random: np.random.Generator) -> Collection:
    """Draw documents; a few are so long that their counts have no code of their own.

    Some words are rare, others frequent.
    """
    documents = int(random.integers(1, 200))
    lengths = random.integers(0, 8, 3 * documents)
    lengths[random.random(len(lengths)) < 0.02] = 300
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    shares = random.dirichlet(np.full(WORDS, 0.3))
    tokens = random.choice(WORDS, bounds[-1], p=shares).astype(np.uint32)
    found = group_tokens(tokens, bounds, WORDS)
    return Collection(
        found.starts.astype(np.int64),
        Postings(
            read_only(found.documents),
            read_only(found.codes),
            TABLES,
            REGION_WEIGHTS,
            read_only(found.other_postings),
            read_only(found.other_counts),
        ),
        Positions(
            SIZES,
            read_only(found.position_starts),
            read_only(found.positions),
            read_only(lengths[0::3].astype(np.uint32)),
            read_only(lengths[1::3].astype(np.uint32)),
        ),
    )


def draw_lists(random: np.random.Generator, found: Collection, rows: Array) -> Lists:
    """Draw slots of up to two words each, which look where `rows` say."""
    words = [random.permutation(WORDS)[: random.choice([0, 1, 1, 1, 2])] for _ in rows]
    starts = np.concatenate(([0], np.cumsum([len(chosen) for chosen in words])))
    flat = np.concatenate([np.zeros(0, np.int64), *words]).astype(np.int64)
    bounds = np.column_stack((found.starts[flat], found.starts[flat + 1]))
    weights = random.choice([0.15, 0.3, 0.5, 1.0], len(flat))
    return Lists(starts.astype(np.int64), bounds, weights, rows)


def draw_bits(random: np.random.Generator, documents: int) -> Array:
    share = random.choice([0.02, 0.3, 0.9, 1.0])
    return bits_of(np.flatnonzero(random.random(documents) < share), -(-documents // 64))


def same(first: object, second: object) -> bool:
    if isinstance(first, tuple) and isinstance(second, tuple):
        return all(map(same, first, second)) and len(first) == len(second)
    return bool(np.array_equal(np.asarray(first), np.asarray(second)))


def copied(value: Any) -> Any:
    """Copy arrays that can be written to, in groups of them too."""
    if isinstance(value, np.ndarray):
        return value.copy() if value.flags.writeable else value
    return type(value)(*map(copied, value)) if isinstance(value, tuple) else value


def agree(name: str, *arguments: Any) -> Any:
    """Call both, each with its own copy of the arrays, and compare results and arrays."""
    copies = [[copied(argument) for argument in arguments] for _ in range(2)]
    compiled = getattr(kernels, name)(*copies[0])
    numpy = getattr(plain, name)(*copies[1])
    assert same(compiled, numpy)
    assert same(tuple(copies[0]), tuple(copies[1]))
    return compiled


def agree_in(room: Scratch, name: str, *arguments: Any) -> Any:
    """Do the same with a kernel that leaves something in the room that it works in."""
    compiled = getattr(kernels, name)(*arguments)
    assert same(compiled, getattr(plain, name)(*arguments))
    assert not room.scores.any()
    assert not room.frequencies.any()
    return compiled


def test_each_kernel_has_a_twin() -> None:
    def public(module: object) -> set[str]:
        found = vars(module).items()
        return {
            name for name, value in found
            if getattr(value, "__module__", "") == getattr(module, "__name__", "")
            and callable(value) and not name.startswith("_")
        }  # fmt: skip

    assert public(kernels) == public(plain)


@given(st.frozensets(st.integers(0, 199)))
def test_a_set_is_its_members(documents: frozenset[int]) -> None:
    bits = bits_of(np.array(sorted(documents), np.int64), 4)
    assert documents_of(bits).tolist() == sorted(documents)
    agree("count_bits", bits)


names = st.text("abå", min_size=1, max_size=3).map(str.encode) | st.sampled_from(
    [b"a" * 8, b"a" * 9]
)


@given(st.lists(st.tuples(names, st.booleans()), max_size=4), st.integers(1, 3), numbers)
def test_looking_up(
    wanted: list[tuple[bytes, bool]], segments: int, random: np.random.Generator
) -> None:
    table = StringTable.of(key for key, _ in wanted)
    ends = random.integers(0, 2, len(wanted))
    places = np.arange(len(wanted))
    slots = np.column_stack((places, places + ends, places + 1, [is_p for _, is_p in wanted]))
    keys = Keys(
        table.text if wanted else np.zeros(1, np.uint8),
        table.starts.astype(np.int64),
        random.choice([1.5, 1.0, 0.3], len(wanted)),
        slots.astype(np.int64).reshape(-1, 4),
        np.zeros(len(wanted), np.int64),
    )
    drawn = [draw_segment(random, n) for n in range(segments)]
    compiled = kernels.find_lists(kernels.hold(drawn), keys, STEP, 0.5)
    assert same(tuple(compiled), plain.find_lists(plain.hold(drawn), keys, STEP, 0.5))


def draw_vocabulary(random: np.random.Generator, starts: Array) -> Vocabulary:
    """Draw names of words, and strings that lead to some of them."""
    letters = [b"a", b"b", "å".encode(), b"ab", b"a\0", b"b\0", b"aa", b"a" * 8, b"a" * 9]
    chosen = random.permutation(len(letters))[: len(starts) - 1]
    words = StringTable.of(sorted(letters[n] for n in chosen))
    terms, term_starts, term_words, term_kinds = draw_leading(random, words.size)
    forms, form_starts, form_words, _ = draw_leading(random, words.size)
    return Vocabulary(
        with_heads(words),
        forms, form_starts, form_words,
        terms, term_starts, term_words, term_kinds,
        read_only(starts.astype(np.uint32)),
    )  # fmt: skip


def draw_leading(random: np.random.Generator, words: int) -> tuple[Strings, Array, Array, Array]:
    """Draw what some strings lead to: strings, word starts, words, kinds."""
    strings = StringTable.of([b"a", b"ab", b"b", "å".encode()])
    chosen = [np.sort(random.permutation(words)[: random.integers(0, 3)]) for _ in range(4)]
    starts = np.concatenate(([0], np.cumsum([len(some) for some in chosen])))
    flat = np.concatenate(chosen).astype(np.uint32)
    kinds = random.integers(STEM, STEM + 2, len(flat)).astype(np.uint8)
    starts = starts.astype(np.uint32)
    return with_heads(strings), read_only(starts), read_only(flat), read_only(kinds)


def with_heads(strings: StringTable) -> Strings:
    return Strings(read_only(strings.text), read_only(strings.starts), strings.heads(STEP))


def draw_segment(random: np.random.Generator, n: int = 0) -> Segment:
    found = make_collection(random)
    columns = draw_columns(random, found.documents, n)
    deleted = NONE.copy() if random.random() < 0.5 else draw_bits(random, found.documents)
    vocabulary = draw_vocabulary(random, found.starts)
    return Segment(vocabulary, found.postings, found.positions, columns, read_only(deleted))


@given(numbers)
def test_marking(random: np.random.Generator) -> None:
    found = make_collection(random)
    lists = draw_lists(random, found, random.integers(0, 3, 4))
    chosen = random.permutation(4)[: random.integers(0, 4)]
    bits = draw_bits(random, found.documents)
    agree("mark_all", chosen, lists, found.postings, bits)
    agree("mark_slot", int(random.integers(0, 4)), lists, found.postings, bits)
    agree("mark_lists", lists.bounds, found.postings.documents, bits)


@settings(max_examples=200)
@given(numbers)
def test_phrases(random: np.random.Generator) -> None:
    found = make_collection(random)
    lists = draw_lists(random, found, random.integers(0, 3, 4))
    size = random.integers(2, 5)
    phrase = np.array([random.integers(0, 5 - size), size, random.integers(0, 3)])
    bits = draw_bits(random, found.documents)
    agree("find_phrases", bits, phrase, lists, found.postings, found.positions)


@settings(max_examples=200)
@given(numbers)
def test_what_is_near(random: np.random.Generator) -> None:
    found = make_collection(random)
    lists = draw_lists(random, found, random.integers(0, 3, 4))
    members = documents_of(draw_bits(random, found.documents)).astype(np.uint16)
    slots = random.integers(0, 4, random.integers(0, 4))
    asked = members, slots, lists, found.postings, found.positions, random.choice([0.0, 0.5])
    agree("read_places", *asked)
    places = plain.read_places(*asked)
    words = random.integers(-1, len(slots), random.integers(0, 6)) if len(slots) else slots
    agree("find_in_a_row", members, *places, words, found.positions)
    weights = random.random(len(slots))
    agree("measure_company", members, *places, weights, found.positions, int(random.integers(1, 9)))
    agree("measure_titles", members, *places, weights, found.positions)


regions = st.sampled_from(REGIONS)
prefixes = st.builds(FormPrefix, st.sampled_from("ab"), regions)
leaves = st.one_of(
    st.builds(
        Terms,
        st.sampled_from([(("a", 1.0),), (("b", 0.3),), (("c", 1.0), ("d", 0.3))]),
        st.sampled_from([(), (("a", 1.5),)]),
        regions,
        st.sampled_from([1.0, 0.5]),
    ),
    prefixes,
    st.builds(
        Sequence, st.lists(st.sampled_from([("a",), ("b",)]), min_size=1).map(tuple), regions
    ),
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves | st.sampled_from([Everything(), Period(0, None), Named("persons", Word("a"))]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(tuple).map(And),
        st.lists(inner | prefixes.map(Hint), min_size=1, max_size=3).map(tuple).map(Or),
        inner.map(Not),
    ),
    max_leaves=8,
)
"""Planned trees, of words that `draw_lists` chooses anew for each leaf."""


@settings(max_examples=300)
@given(trees, st.lists(st.sampled_from([KEEP_SET, CUT_SET]), max_size=2), numbers)
def test_matching(planned: Node, kinds: list[int], random: np.random.Generator) -> None:
    found = make_collection(random)
    program = make_program(planned)
    tree = program.narrowed(kinds)
    packed = pack(program.keys, tree)
    unpacked = agree("unpack", packed)
    assert same(unpacked, (program.keys, tree))
    draw = partial(draw_bits, random, found.documents)
    live = draw()
    named = [draw() for _ in [*program.named, *kinds]]
    begin = int(random.integers(0, 3))
    sets = np.array(named, np.uint64).reshape(-1, len(live))
    sets = np.column_stack((random.integers(0, 9, (len(sets), begin)).astype(np.uint64), sets))
    lists = draw_lists(random, found, program.keys.rows)
    groups = lists, found.postings, found.positions
    left, noted, *_ = agree("match", live, sets, begin, tree, *groups)
    assert not (left & ~live).any()
    assert kernels.count_bits(left) <= noted


def draw_columns(random: np.random.Generator, documents: int, segment: int = 0) -> Columns:
    """Draw documents of few lengths and dates, some without a date; their ids are in no order.

    Another segment has other ids.
    """
    published = random.choice([NO_DATE, 5, 6, 7], documents)
    numbers = random.permutation(3 * documents)[:documents]
    ids = [f"{'åb'[n % 2]}{n}-{segment}".encode() for n in numbers]
    places = range(documents)
    newest = sorted(places, key=lambda n: (-published[n], ids[n]))
    undated = published == NO_DATE
    oldest = sorted(places, key=lambda n: (undated[n], published[n], ids[n]))
    id_text, id_starts = StringTable.of(ids)
    title_text, title_starts = StringTable.of(("åb" * (n % 5)).encode() for n in places)
    return Columns(
        read_only(random.integers(0, 5, documents).astype(np.uint32)),
        random.random(5) + 0.5,
        read_only(np.argsort(newest).astype(np.uint16)),
        np.array(newest, np.uint16),
        np.array(oldest, np.uint16),
        read_only(published),
        read_only(id_text),
        read_only(id_starts),
        read_only(title_text),
        read_only(title_starts),
    )


def make_room(documents: int) -> Scratch:
    sums, numbers = np.zeros(documents), np.zeros(documents + 3, np.uint16)
    return Scratch(sums, sums.copy(), numbers.copy(), numbers)


def draw_phrases(random: np.random.Generator, documents: int) -> PhrasePlaces:
    """Draw where two phrases are; the second may not have been looked for."""
    shares = 0.3, random.choice([0, 0.3])
    first, second = (np.flatnonzero(random.random(documents) < share) for share in shares)
    bounds = np.array([[len(second), len(second) + len(first)], [0, len(second)]])
    if not len(second):
        bounds[1] = -1
    places = np.concatenate((second, first)).astype(np.uint16)
    return PhrasePlaces(bounds, places, random.integers(1, 3, len(places)).astype(np.float64))


class Ranking(NamedTuple):
    """What `rank` is given, up to the room that it works in."""

    bits: Array
    idfs: Array
    scoring: Array
    lists: Lists
    postings: Postings
    phrases: PhrasePlaces
    marks: Marks
    columns: Columns

    def agreed(self, least: int, size: int) -> Array:
        """The best, by the kernel and its twin."""
        room = make_room(len(self.columns.lengths))
        return np.asarray(agree_in(room, "rank", *self, room, SCALE, least, size))


def make_ranking(random: np.random.Generator) -> Ranking:
    """Draw slots and phrases to score by; half of the time the rarer counts more, as it should."""
    found = make_collection(random)
    lists = draw_lists(random, found, random.integers(0, 3, 4))
    phrases = draw_phrases(random, found.documents)
    scoring = random.integers(-2, 4, random.integers(0, 8))
    idfs = random.random(len(scoring)) * 5
    if random.random() < 0.5:
        ends = np.concatenate(([0], np.cumsum(np.diff(lists.bounds))))[lists.starts]
        sizes = [*np.diff(ends).tolist(), *np.diff(phrases.bounds).ravel()[::-1].tolist()]
        having = [spread(sizes[leaf], found.documents) for leaf in scoring]
        idfs = np.array([inverse_frequency(n, found.documents) for n in having])
    bits = draw_bits(random, found.documents)
    columns = draw_columns(random, found.documents)
    marks = Marks(np.zeros((4, len(bits)), np.uint64), random.random(4) < 0.7)
    for slot in range(4):
        plain.mark_slot(slot, lists, found.postings, marks.bits[slot])
        if not marks.is_known[slot]:
            marks.bits[slot] = 0
    return Ranking(bits, idfs, scoring, lists, found.postings, phrases, marks, columns)


@settings(max_examples=300)
@given(numbers, st.sampled_from([0, 1, 3, 1000]))
def test_ranking(random: np.random.Generator, size: int) -> None:
    ranking = make_ranking(random)
    every = ranking.agreed(0, 1000)
    assert sorted(every[:, 1]) == documents_of(ranking.bits).tolist()
    assert same(ranking.agreed(0, size), every[:size])
    for least in random.choice(every[:, 0], 2).tolist() if len(every) else ():
        best = ranking.agreed(least, size)
        # One that is less than 1 below may be among them.
        assert (best[:, 0] >= least - 1).all()
        assert same(best, every[:size][: len(best)])
        assert len(best) >= min(size, int((every[:, 0] >= least).sum()))


def is_left_out(ranking: Ranking, leaf: int, size: int) -> bool:
    """Tell whether who does not have a leaf is not scored.

    They get a length that makes them the best by far: what is found without them was found without
    looking at them.
    """
    bits, _, _, lists, postings, phrases, _, columns = ranking
    holding = np.zeros_like(bits)
    if leaf < 0:
        plain.mark_lists(phrases.bounds[[-1 - leaf]], phrases.documents, holding)
    else:
        plain.mark_slot(leaf, lists, postings, holding)
    lengths = np.ones(len(columns.lengths), np.uint32)
    lengths[documents_of(holding)] = 0
    columns = columns._replace(lengths=read_only(lengths), norms=np.array([1.0, -0.9999]))
    lists = lists._replace(weights=np.ones_like(lists.weights))
    given = ranking._replace(lists=lists, columns=columns)
    rest = make_room(len(lengths)), SCALE, 0, size
    return not same(kernels.rank(*given, *rest), plain.rank(*given, *rest))


def test_some_documents_are_left_out_of_a_ranking() -> None:
    """Otherwise the test above would not see how the kernel tells that they may be."""
    drawn = [make_ranking(np.random.default_rng(n)) for n in range(200)]
    for size in (1, 3):
        left_out = [any(is_left_out(r, leaf, size) for leaf in set(r.scoring)) for r in drawn]
        assert sum(left_out) >= 5


class Question(NamedTuple):
    """What `search` is asked of several segments, with room for them."""

    segments: list[Segment]
    live: Array
    sets: Array
    program: Program

    def found(
        self, order: int, size: int, first: int = 0, shown: int = 0, looked: int = 0
    ) -> Found:
        """What is found, by the kernel and its twin."""
        room = np.zeros((3, 200))
        rest = (self.live, self.sets, self.program.packed, order, 300, SCALE, STEP, size, looked,
                first, shown, room)  # fmt: skip
        compiled: Found = kernels.search(kernels.hold(self.segments), *rest)
        assert same(compiled, plain.search(plain.hold(self.segments), *rest))
        assert not room[:2].any()
        return compiled

    def texts(self, best: Array) -> list[tuple[str, str]]:
        """The ids and titles of documents, from the segments."""
        rows = [(self.segments[row[SEGMENT]].columns, row[DOCUMENT]) for row in best]
        return [
            (
                StringTable(columns.id_text, columns.id_starts).string(document).decode(),
                StringTable(columns.title_text, columns.title_starts).string(document).decode(),
            )
            for columns, document in rows
        ]


def draw_question(random: np.random.Generator, planned: Node) -> Question:
    program = make_program(planned)
    segments = [draw_segment(random, n) for n in range(random.integers(1, 4))]
    sizes = [len(segment.columns.lengths) for segment in segments]
    live, *sets = (
        np.concatenate([draw_bits(random, size) for size in sizes])
        for _ in range(1 + len(program.named))
    )
    return Question(segments, live, np.array(sets, np.uint64).reshape(-1, len(live)), program)


def read_page(rows: Array, text: Array) -> list[tuple[str, str]]:
    """The ids and titles that stand in the text of a page."""
    read = text.tobytes().decode()
    return [(read[row[ID] : row[TITLE]], read[row[TITLE] : row[END]]) for row in rows]


@settings(max_examples=200)
@given(trees, st.sampled_from([RELEVANCE, NEWEST, OLDEST]), st.sampled_from([0, 1, 3]), numbers)
def test_searching(planned: Node, order: int, size: int, random: np.random.Generator) -> None:
    question = draw_question(random, planned)
    every = question.found(order, 1000)
    assert every.noted == every.listed == len(every.best) == len(documents_of(every.bits))
    few = question.found(order, size)
    assert same(few.bits, every.bits)
    assert same(few.best, every.best[:size])


@given(trees, st.integers(0, 5), st.integers(0, 5), numbers)
def test_reading_a_page(planned: Node, first: int, shown: int, random: np.random.Generator) -> None:
    question = draw_question(random, planned)
    found = question.found(RELEVANCE, 8, first, shown)
    page = found.best[first : first + shown]
    assert read_page(page, found.text) == question.texts(page)


@settings(max_examples=200)
@given(trees, st.integers(0, 5), st.integers(0, 3), numbers)
def test_looking_again(planned: Node, size: int, first: int, random: np.random.Generator) -> None:
    question = draw_question(random, planned)
    program = question.program
    near = np.flatnonzero(program.tree.scoring >= 0)
    others = random.permutation(len(program.keys.rows))[: random.integers(0, 3)]
    read = np.concatenate((program.tree.scoring[near], others))
    words = random.integers(-1, max(len(read), 1), random.integers(0, 6) if len(read) else 0)
    tree = program.tree._replace(near=near, read=read, words=words)
    question = question._replace(program=replace(program, packed=pack(program.keys, tree)))
    once = question.found(RELEVANCE, 10).best
    found = question.found(RELEVANCE, 10, first, 3, size)
    assert (found.best[size:, :ID] == once[size:, :ID]).all()
    assert found.best[:size, SCORE].sum() >= once[:size, SCORE].sum()
    page = found.best[first : first + 3]
    assert read_page(page, found.text) == question.texts(page)


@given(numbers, st.integers(0, 20))
def test_orders(random: np.random.Generator, size: int) -> None:
    documents = int(random.integers(1, 200))
    order = random.permutation(documents).astype(np.uint16)
    agree("take_first", draw_bits(random, documents), order, size)


class Owned(NamedTuple):
    """Which values the documents have: `ordinals[starts[d]:starts[d + 1]]`, none twice."""

    starts: Array
    ordinals: Array
    values: int

    def counts(self, bits: Array) -> list[int]:
        """How many documents of a set have each value, by counting one after another."""
        counts = [0] * self.values
        for document in documents_of(bits).tolist():
            for value in self.ordinals[self.starts[document] : self.starts[document + 1]].tolist():
                counts[value] += 1
        return counts


def draw_owned(random: np.random.Generator) -> Owned:
    """Draw values of up to 200 documents; some documents have many."""
    documents, values = int(random.integers(1, 200)), int(random.choice([20, 300]))
    sizes = random.integers(0, 4, documents)
    sizes[random.random(documents) < 0.05] = min(values, 3 * ROW_WIDTH)
    ordinals = np.concatenate([random.permutation(values)[:size] for size in sizes])
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.uint32)
    return Owned(starts, ordinals.astype(np.uint32), values)


@given(numbers)
def test_counting(random: np.random.Generator) -> None:
    starts, ordinals, values = draw_owned(random)
    bits = draw_bits(random, len(starts) - 1)
    agree("invert_values", starts, ordinals, values)
    days = random.integers(0, 7, len(starts) - 1).astype(np.uint16)
    agree("count_days", bits, days, np.ones(7, np.int32))


@given(numbers)
def test_counting_by_sets(random: np.random.Generator) -> None:
    owned = draw_owned(random)
    bits = draw_bits(random, len(owned.starts) - 1)
    first, last = sorted(random.integers(0, owned.values + 1, 2).tolist())
    owners, listed = agree("list_values", owned.starts, owned.ordinals, first, last)
    sets = np.zeros((last - first, len(bits)), np.uint64)
    agree("fill_sets", owners, listed, sets)
    kernels.fill_sets(owners, listed, sets)
    counts = np.zeros(last - first + 1, np.int32)
    agree("count_sets", bits, sets, counts)
    kernels.count_sets(bits, sets, counts)
    assert counts[:-1].tolist() == owned.counts(bits)[first:last]


def lay_out(owned: Owned, dtype: type) -> Array:
    """Lay values out in rows."""
    sizes = np.diff(owned.starts.astype(np.int64))
    further = sum(max(-((ROW_WIDTH - size) // (ROW_WIDTH - 1)), 0) for size in sizes.tolist())
    rows = np.zeros((len(sizes) + further, ROW_WIDTH), dtype)
    laid_out = owned.starts, owned.ordinals, owned.values, rows
    agree("lay_out_values", *laid_out)
    kernels.lay_out_values(*laid_out)
    return rows


@given(numbers, st.sampled_from([np.uint16, np.uint32]))
def test_counting_by_rows(random: np.random.Generator, dtype: type) -> None:
    owned = draw_owned(random)
    documents = len(owned.starts) - 1
    rows = lay_out(owned, dtype)
    assert (len(rows) > documents) == (np.diff(owned.starts).max() > ROW_WIDTH)
    bits = draw_bits(random, documents)
    counts = np.zeros(owned.values + ROW_WIDTH, np.int32)
    counted = bits, rows, documents, owned.values, counts
    agree("count_rows", *counted)
    kernels.count_rows(*counted)
    assert counts[: owned.values].tolist() == owned.counts(bits)


class Facets(NamedTuple):
    """Segments with the values of three facets in two tiers, and a set of documents."""

    owned: list[Owned]
    values: list[Values]
    bits: Array

    def top(self, tiers: int, size: int) -> Any:
        """The most frequent, by the kernel and its twin."""
        facets = np.array([2, 0, 1])
        rest = self.bits, facets, tiers, size
        found = kernels.top_facets(kernels.hold(self.values), *rest)
        assert same(found, plain.top_facets(plain.hold(self.values), *rest))
        return found

    def ranked(self, facet: int, size: int) -> list[tuple[int, int]]:
        """The most frequent values of a facet and their counts, by sorting all of them."""
        counts = np.zeros(self.owned[0].values, np.int64)
        begin = 0
        for owned in self.owned:
            end = begin + -(-(len(owned.starts) - 1) // 64)
            counts += owned.counts(self.bits[begin:end])
            begin = end
        of_all = self.values[0]
        values = [v for pair in of_all.bounds[facet].tolist() for v in range(*pair)]
        values.sort(key=lambda v: (-counts[v], of_all.places[v]))
        return [(v, int(counts[v])) for v in values if counts[v]][:size]


def draw_facets(random: np.random.Generator) -> Facets:
    """Draw values with few counts, so that many are equal; those of the second tier are rarer."""
    values = int(random.choice([20, 300]))
    ends = np.sort(random.integers(0, values // 4, 3)), np.sort(random.integers(0, values, 3))
    cuts = np.array([0, *ends[0], *np.maximum(ends[1], ends[0][-1])])
    cuts[-1] = values
    bounds = np.ascontiguousarray(
        np.stack((cuts[:-1], cuts[1:]), 1).reshape(2, 3, 2).transpose(1, 0, 2)
    )
    owned = []
    for _ in range(random.integers(1, 4)):
        documents = int(random.integers(1, 200))
        sizes = random.integers(0, 9, documents)
        sizes[random.random(documents) < 0.05] = 100
        drawn = [np.unique((values * random.random(size) ** 4).astype(int)) for size in sizes]
        starts = np.concatenate(([0], np.cumsum([len(some) for some in drawn])))
        flat = np.concatenate([np.zeros(0, int), *drawn])
        owned.append(Owned(starts.astype(np.uint32), flat.astype(np.uint32), values))
    counts = np.sum([np.bincount(one.ordinals, minlength=values) for one in owned], axis=0)
    ranges = np.searchsorted(cuts, np.arange(values), "right")
    order = np.lexsort((-counts, ranges))
    owned = [
        one._replace(ordinals=np.argsort(order)[one.ordinals].astype(np.uint32)) for one in owned
    ]
    totals = counts[order]
    places = random.permutation(values)
    of_all = bounds, totals, places, np.argsort(places)
    frequent = int(bounds[-1, 0, 1])
    segments, bits = [], []
    for one in owned:
        documents = len(one.starts) - 1
        sets = np.zeros((frequent, -(-documents // 64)), np.uint64)
        plain.fill_sets(*plain.list_values(one.starts, one.ordinals, 0, frequent), sets)
        rows = lay_out(one, np.uint16)
        segments.append(Values(documents, sets, rows, values, *of_all))
        bits.append(draw_bits(random, documents))
    return Facets(owned, segments, np.concatenate(bits))


@settings(max_examples=200)
@given(numbers, st.sampled_from([1, 2]), st.sampled_from([0, 1, 3, 10, 300]))
def test_the_most_frequent_values(random: np.random.Generator, tiers: int, size: int) -> None:
    facets = draw_facets(random)
    found, _ = facets.top(tiers, size)
    for facet, values, counts in zip((2, 0, 1), *found, strict=True):
        kept = int((counts > 0).sum())
        listed = zip(values[:kept].tolist(), counts[:kept].tolist(), strict=True)
        assert list(listed) == facets.ranked(facet, size)


@pytest.mark.parametrize("tiers", [1, 2])
def test_more_documents_than_two_bytes_count(tiers: int) -> None:
    documents = 40_000
    owned = Owned(np.arange(documents + 1, dtype=np.uint32), np.zeros(documents, np.uint32), 1)
    sets = np.full((1, documents // 64), 2**64 - 1, np.uint64)
    bounds = np.array([[[0, 1], [1, 1]]])
    of_all = bounds, np.array([2 * documents]), np.zeros(1, np.int64), np.zeros(1, np.int64)
    values = Values(documents, sets, lay_out(owned, np.uint16), 1, *of_all)
    rest = np.concatenate((sets[0], sets[0])), np.zeros(1, np.int64), tiers, 10
    found = kernels.top_facets(kernels.hold([values, values]), *rest)
    assert same(found, plain.top_facets([values, values], *rest))
    assert found[0][:, 0, 0].tolist() == [0, 2 * documents]


def test_the_first_tier_is_sometimes_enough() -> None:
    """Otherwise the test above would say nothing about it."""
    drawn = [draw_facets(np.random.default_rng(n)) for n in range(200)]
    assert {facets.top(1, 3)[-1] for facets in drawn} == {1, 2}


def test_some_counts_have_no_code() -> None:
    """Otherwise the tests above would not see them."""
    found = [make_collection(np.random.default_rng(n)) for n in range(5)]
    assert any(OTHER in collection.postings.codes for collection in found)
    assert CODES.max() == OTHER
