"""Property: the compiled loops write what plain numpy writes, and both what the tokens say."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.columnar import plain
from index.columnar.codes import CODES, COUNTS, FEWEST_OTHER, LEAD, OTHER
from index.columnar.postings import Postings, group_tokens

kernels = pytest.importorskip("index.columnar.kernels", reason="numba is not installed")

WORDS = 5
fields = st.lists(st.integers(0, WORDS - 1), max_size=12)
long_field = st.builds(lambda word, times: [word] * times, st.integers(0, 4), st.integers(0, 300))
documents = st.lists(st.tuples(fields, fields, st.one_of(fields, long_field)), max_size=80)


def joined(docs: list[tuple[list[int], ...]]) -> tuple[np.ndarray, np.ndarray]:
    texts = [text for doc in docs for text in doc]
    tokens = np.array([word for text in texts for word in text], np.uint32)
    return tokens, np.cumsum([0, *map(len, texts)]).astype(np.int64)


def decoded(postings: Postings) -> dict[tuple[int, int], tuple[list[int], list[int]]]:
    """Word and document → its counts and positions, read the slow way."""
    found = {}
    others = dict(
        zip(postings.other_postings.tolist(), postings.other_counts.tolist(), strict=True)
    )
    byte = 0
    for word in range(len(postings.starts) - 1):
        for posting in range(postings.starts[word], postings.starts[word + 1]):
            code = postings.codes[posting]
            counts = others[posting] if code == OTHER else COUNTS[code].tolist()
            if posting % 64 == 0:
                assert postings.position_starts[posting // 64] == byte
            positions: list[int] = []
            for _ in range(sum(counts)):
                number = 0
                while postings.positions[byte] >= LEAD:
                    number = number * 64 + int(postings.positions[byte]) - LEAD
                    byte += 1
                number = number * LEAD + int(postings.positions[byte])
                byte += 1
                positions.append(number + (positions[-1] if positions else 0))
            found[word, int(postings.documents[posting])] = counts, positions
    assert byte == len(postings.positions)
    return found


def expected(
    docs: list[tuple[list[int], ...]],
) -> dict[tuple[int, int], tuple[list[int], list[int]]]:
    found: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    for number, doc in enumerate(docs):
        position = 0
        for field, text in enumerate(doc):
            for word in text:
                counts, positions = found.setdefault((word, number), ([0, 0, 0], []))
                counts[field] += 1
                positions.append(position)
                position += 1
    return dict(sorted(found.items()))


@given(documents)
def test_postings_say_what_the_tokens_say(docs: list[tuple[list[int], ...]]) -> None:
    tokens, bounds = joined(docs)
    compiled = group_tokens(tokens, bounds, WORDS, kernels)
    assert decoded(compiled) == expected(docs)
    for name, array in group_tokens(tokens, bounds, WORDS, plain)._asdict().items():
        assert np.array_equal(array, getattr(compiled, name)), name


def test_far_positions() -> None:
    tokens = np.zeros(2_500_000, np.uint32)
    tokens[[0, 191, 192, 12_479, 12_480, 2_499_999]] = 1
    bounds = np.array([0, 0, 0, len(tokens)], np.int64)
    for module in (kernels, plain):
        _, positions = decoded(group_tokens(tokens, bounds, 2, module))[1, 0]
        assert positions == [0, 191, 192, 12_479, 12_480, 2_499_999]


def test_codes_stand_for_their_counts() -> None:
    used = [(code, tuple(counts)) for code, counts in enumerate(COUNTS.tolist()) if sum(counts)]
    assert len({counts for _, counts in used}) == len(used) == 254
    assert all(CODES[counts] == code for code, counts in used)
    coded = {counts for _, counts in used}
    triples = product(range(FEWEST_OTHER), repeat=3)
    assert coded.issuperset(counts for counts in triples if 0 < sum(counts) < FEWEST_OTHER)
