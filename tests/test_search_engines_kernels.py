"""Property: the compiled kernels do what their twins in plain numpy do."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.columnar.codes import CODES, COUNTS, OTHER
from index.columnar.postings import group_tokens
from index.columnar.segment import POSITION_BLOCK, STEM
from index.columnar.strings import StringTable
from search.engines import kernels, plain
from search.engines.base import SCORE_SCALE
from search.engines.program import REGION_WEIGHTS
from search.engines.segment_search import bits_of, documents_of

Array = NDArray[Any]

TABLES = np.ascontiguousarray(REGION_WEIGHTS @ COUNTS.T)
SIZES = COUNTS.sum(axis=1).astype(np.int64)
WORDS = 4
NONE = np.zeros(0, np.uint64)

numbers = st.integers(0, 2**16).map(np.random.default_rng)
"""Where the arrays of an example come from: shrinking one by one would tell no more."""


class Collection(NamedTuple):
    """Postings of a few words in up to 200 documents, as a segment has them."""

    postings: Any
    title_lengths: Array
    lead_lengths: Array

    @property
    def documents(self) -> int:
        return len(self.title_lengths)

    @property
    def words(self) -> int:
        return -(-self.documents // 64)

    @property
    def lists(self) -> tuple[Array, ...]:
        p = self.postings
        weights = TABLES, REGION_WEIGHTS
        return p.documents, p.codes, *weights, p.other_postings, p.other_counts


def make_collection(random: np.random.Generator) -> Collection:
    """Draw documents; a few are so long that their counts have no code of their own."""
    documents = int(random.integers(1, 200))
    lengths = random.integers(0, 8, 3 * documents)
    lengths[random.random(len(lengths)) < 0.02] = 300
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    tokens = random.integers(0, WORDS, bounds[-1]).astype(np.uint32)
    postings = group_tokens(tokens, bounds, WORDS)
    return Collection(postings, lengths[0::3].astype(np.uint32), lengths[1::3].astype(np.uint32))


class Slots(NamedTuple):
    """Slots of a few lists each."""

    starts: Array
    bounds: Array
    weights: Array
    rows: Array


def draw_slots(random: np.random.Generator, found: Collection) -> Slots:
    words = [random.permutation(WORDS)[: random.integers(0, 3)] for _ in range(4)]
    starts = np.concatenate(([0], np.cumsum([len(chosen) for chosen in words])))
    flat = np.concatenate(words).astype(np.int64)
    limits = found.postings.starts.astype(np.int64)
    bounds = np.column_stack((limits[flat], limits[flat + 1]))
    rows = random.integers(0, 3, 4)
    return Slots(starts, bounds, random.choice([0.5, 1.0], len(flat)), rows)


def draw_bits(random: np.random.Generator, documents: int) -> Array:
    share = random.choice([0.02, 0.3, 0.9, 1.0])
    return bits_of(np.flatnonzero(random.random(documents) < share), -(-documents // 64))


def same(first: object, second: object) -> bool:
    if isinstance(first, tuple) and isinstance(second, tuple):
        return all(map(same, first, second)) and len(first) == len(second)
    return bool(np.array_equal(np.asarray(first), np.asarray(second)))


def agree(name: str, *arguments: Any) -> None:
    """Call both, each with its own copy of the arrays, and compare results and arrays."""
    copies = [
        tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments) for _ in range(2)
    ]
    compiled = getattr(kernels, name)(*copies[0])
    numpy = getattr(plain, name)(*copies[1])
    assert compiled is None or same(compiled, numpy)
    assert same(copies[0], copies[1])


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


keys = st.text("abå", min_size=1, max_size=3).map(str.encode)


@given(
    st.frozensets(st.tuples(keys, st.sampled_from([b"", b"\0"])).map(b"".join)),
    st.lists(st.tuples(keys, st.booleans()), max_size=4),
    numbers,
)
def test_looking_up(
    names: frozenset[bytes], wanted: list[tuple[bytes, bool]], random: np.random.Generator
) -> None:
    words = StringTable.of(sorted(names))
    posting_starts = np.concatenate(([0], np.cumsum(random.integers(1, 4, len(names)))))
    documents = random.integers(0, 64, posting_starts[-1]).astype(np.uint16)
    deleted = NONE if random.random() < 0.5 else draw_bits(random, 64)
    indexes = [draw_index(random, len(names)) for _ in range(2)]
    looked_up = StringTable.of(key for key, _ in wanted)
    ends = random.integers(0, 2, len(wanted))
    places = np.arange(len(wanted))
    slots = np.column_stack((places, places + ends, places + 1, [is_p for _, is_p in wanted]))
    agree(
        "find_lists",
        *words,
        *indexes[0][:-1],
        *indexes[1],
        posting_starts.astype(np.uint32),
        documents,
        deleted,
        looked_up.text if wanted else np.zeros(1, np.uint8),
        looked_up.starts.astype(np.int64),
        slots.astype(np.int64).reshape(-1, 4),
        0.5,
    )


def draw_index(random: np.random.Generator, words: int) -> tuple[Array, ...]:
    """Strings that each lead to some of the words: text, starts, word starts, words, kinds."""
    strings = StringTable.of([b"a", b"ab", b"b", "å".encode()])
    chosen = [np.sort(random.permutation(words)[: random.integers(0, 3)]) for _ in range(4)]
    starts = np.concatenate(([0], np.cumsum([len(some) for some in chosen])))
    flat = np.concatenate(chosen).astype(np.uint32)
    kinds = random.integers(STEM, STEM + 2, len(flat)).astype(np.uint8)
    return *strings, starts.astype(np.uint32), flat, kinds


@pytest.mark.parametrize("name", ["mark_any", "mark_all"])
@given(numbers)
def test_marking(name: str, random: np.random.Generator) -> None:
    found = make_collection(random)
    slots = draw_slots(random, found)
    chosen = random.permutation(4)[: random.integers(0, 4)]
    bits = draw_bits(random, found.documents)
    agree(name, chosen, slots.starts, slots.bounds, slots.rows, *found.lists, bits)
    agree("mark_lists", slots.bounds, found.postings.documents, bits)


@given(numbers)
def test_periods(random: np.random.Generator) -> None:
    documents = int(random.integers(1, 200))
    starts = random.integers(-5, 5, documents)
    ends = starts + random.integers(0, 3, documents)
    agree("keep_period", draw_bits(random, documents), starts, ends, -2, 3)


@settings(max_examples=200)
@given(numbers)
def test_phrases(random: np.random.Generator) -> None:
    found = make_collection(random)
    slots = draw_slots(random, found)
    postings = found.postings
    agree(
        "find_phrases",
        draw_bits(random, found.documents),
        random.integers(0, 4, random.integers(2, 4)),
        slots.starts,
        slots.bounds,
        postings.documents,
        postings.codes,
        postings.other_postings,
        postings.other_counts,
        SIZES,
        postings.position_starts,
        postings.positions,
        POSITION_BLOCK,
        found.title_lengths,
        found.lead_lengths,
        REGION_WEIGHTS[random.integers(0, 3)],
    )


@settings(max_examples=200)
@given(numbers, st.sampled_from([0, 1, 3, 1000]))
def test_ranking(random: np.random.Generator, size: int) -> None:
    found = make_collection(random)
    slots = draw_slots(random, found)
    order = random.permutation(found.documents).astype(np.uint16)
    phrases = np.flatnonzero(random.random(found.documents) < 0.5).astype(np.uint16)
    zeros = np.zeros(found.documents)
    numbers = np.zeros(found.documents + 1, np.uint16)
    leaves = random.integers(-1, 4, random.integers(0, 4))
    arguments: tuple[Any, ...] = (
        draw_bits(random, found.documents),
        leaves,
        random.random(len(leaves)) * 5,
        slots.starts,
        slots.bounds,
        slots.weights,
        slots.rows,
        *found.lists,
        np.array([0, len(phrases)]),
        phrases,
        random.integers(1, 3, len(phrases)).astype(np.float64),
        random.integers(0, 5, found.documents).astype(np.uint32),
        random.random(5) + 0.5,
        np.argsort(order).astype(np.uint16),
        order,
        2.2,
        SCORE_SCALE,
    )
    scratch: tuple[Any, ...] = zeros, zeros.copy(), numbers, numbers.copy()
    given: tuple[Any, ...] = (*arguments, *scratch, size)
    assert same(kernels.rank(*given), plain.rank(*given))
    assert not scratch[0].any()
    assert not scratch[1].any()


@given(numbers, st.integers(0, 20))
def test_orders(random: np.random.Generator, size: int) -> None:
    documents = int(random.integers(1, 200))
    order = random.permutation(documents).astype(np.uint16)
    agree("take_first", draw_bits(random, documents), order, size)


@given(numbers, st.sampled_from([0, 1, 3, 300]))
def test_counting(random: np.random.Generator, size: int) -> None:
    documents, values = int(random.integers(1, 200)), 300
    starts = np.concatenate(([0], np.cumsum(random.integers(0, 4, documents))))
    ordinals = random.integers(0, values, starts[-1]).astype(np.uint16)
    starts = starts.astype(np.uint32)
    bits = draw_bits(random, documents)
    counts = np.zeros(values, np.int32)
    agree("invert_values", starts, ordinals, values)
    agree("count_values", bits, starts, ordinals, counts)
    kernels.count_values(bits, starts, ordinals, counts)
    agree("top_values", counts, np.array([[0, 10], [10, 10], [10, values]]), size)
    days = random.integers(0, 7, documents).astype(np.uint16)
    agree("count_days", bits, days, np.zeros(7, np.int32))


def test_some_counts_have_no_code() -> None:
    """Otherwise the tests above would not see them."""
    found = [make_collection(np.random.default_rng(n)) for n in range(5)]
    assert any(OTHER in collection.postings.codes for collection in found)
    assert CODES.max() == OTHER
