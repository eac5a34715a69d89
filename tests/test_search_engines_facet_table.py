"""Property: the most frequent values of any sets of articles are those that counting all gives.

However few of the tiers are counted; with kernels and without.
"""

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import FACET_FIELDS, Article, to_json
from index.columnar.arrays import ArrayFile
from index.columnar.builder import DIGEST_BYTES, SegmentBuilder
from index.columnar.segment import ArticleSegment, LiveSegment
from search.engines import plain
from search.engines.arrays import Bits
from search.engines.facet_table import FacetTable
from search.engines.segment_search import bits_of, load_kernels
from search.facets import FacetCounts, most_frequent
from search.identities import Identities
from tests.conftest import an_article

SHARES = [0.0, 0.02, 0.07, 0.3, 1.0]
"""How many of all articles a set may have; the more, the fewer tiers are counted at first."""


class Facets(NamedTuple):
    """Articles in segments, and their values counted by the kernels and by their twins."""

    groups: list[list[Article]]
    tables: list[FacetTable]

    def draw(self, random: np.random.Generator, share: float) -> tuple[Bits, list[Article]]:
        """Draw a set of articles."""
        sets, listed = [np.zeros(0, np.uint64)], []
        for group in self.groups:
            chosen = np.flatnonzero(random.random(len(group)) < share)
            sets.append(bits_of(chosen, -(-len(group) // 64)))
            listed += [group[n] for n in chosen.tolist()]
        return np.concatenate(sets), listed


@cache
def make_facets(seed: int) -> Facets:
    """Draw up to three segments."""
    random = np.random.default_rng(seed)
    frequent = random.permutation(int(random.choice([30, 400])))
    groups = [
        [draw_article(random, frequent) for _ in range(random.integers(1, 300))]
        for _ in range(random.integers(0, 4))
    ]
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(groups))]
        segments = [write(path, group) for path, group in zip(paths, groups, strict=True)]
    articles = sum(map(len, groups))
    return Facets(groups, [table(segments, articles, k) for k in (load_kernels(), plain)])


def table(segments: list[LiveSegment], articles: int, kernels: Any) -> FacetTable:
    return FacetTable(segments, articles, kernels, Identities(), lambda _: np.zeros(0, np.uint64))


def draw_article(random: np.random.Generator, frequent: Any) -> Article:
    """Draw an article with few places and persons, sometimes with many persons."""

    def names(size: int) -> tuple[str, ...]:
        # The first few are in most articles, most of the others in hardly any.
        drawn = (len(frequent) * random.random(size) ** 4).astype(int)
        return tuple(f"{'åäözaA'[n % 6]}{n}" for n in frequent[drawn].tolist())

    return an_article(
        "",
        persons=names(int(random.integers(0, 6)) if random.random() < 0.98 else 100),
        places=names(int(random.integers(0, 30))),
        source=names(1)[0],
    )


def write(path: Path, articles: list[Article]) -> LiveSegment:
    builder = SegmentBuilder()
    for article in articles:
        builder.add(article, bytes(DIGEST_BYTES), to_json(article))
    builder.write(path, {"id": path.name})
    return LiveSegment(ArticleSegment(ArrayFile(path)), None)


def count(articles: list[Article], facet: str) -> Counter[str]:
    return Counter(value for article in articles for value in article.facet_values(facet))


def most(articles: list[Article], facet: str, size: int) -> FacetCounts:
    """Count all; no two of the names are one."""
    counted = most_frequent(count(articles, facet), size)
    return counted._replace(values=Identities().ids(facet, counted.labels))


@settings(max_examples=200)
@given(
    st.integers(0, 15),
    st.integers(0, 2**16).map(np.random.default_rng),
    st.sampled_from(SHARES),
    st.lists(st.sampled_from(FACET_FIELDS), unique=True).map(tuple),
    st.sampled_from([0, 1, 3, 10, 1000]),
)
def test_the_most_frequent_are_those_that_are_counted_most(
    seed: int, random: np.random.Generator, share: float, facets: tuple[str, ...], size: int
) -> None:
    drawn = make_facets(seed)
    bits, listed = drawn.draw(random, share)
    expected = [most(listed, facet, size) for facet in facets]
    for facets_of in drawn.tables:
        assert facets_of.top(bits, len(listed), facets, size) == expected


@given(
    st.integers(0, 15),
    st.integers(0, 2**16).map(np.random.default_rng),
    st.sampled_from(FACET_FIELDS),
)
def test_a_value_is_counted_alone_as_among_all(
    seed: int, random: np.random.Generator, facet: str
) -> None:
    drawn = make_facets(seed)
    bits, listed = drawn.draw(random, 0.3)
    counts = count(listed, facet)
    every = count([article for group in drawn.groups for article in group], facet)
    for value in random.permutation([*every, "ingen"])[:5].tolist():
        (named,) = Identities().ids(facet, [value])
        for facets_of in drawn.tables:
            assert facets_of.count(bits, facet, named) == (counts[value], value)


def test_few_tiers_are_enough_for_many_articles() -> None:
    """Otherwise the tests above would not see how the tiers are counted."""
    tried, enough = set(), set()
    for seed in range(16):
        drawn = make_facets(seed)
        for share in SHARES:
            bits, listed = drawn.draw(np.random.default_rng(seed), share)
            for facets_of in drawn.tables:
                tiers = facets_of._enough(len(listed))
                tried.add(tiers)
                if listed:
                    *_, counted = facets_of._top(bits, tiers, ("persons", "places"), 10)
                    enough |= {tiers} if counted == tiers else set()
    assert tried == enough == {1, 2}


def test_a_tier_without_values_hides_none_behind_it(tmp_path: Path) -> None:
    """Twelve are in half of the articles, one is in a single one, and none is in between."""
    frequent = tuple(f"Namn {n}" for n in range(12))
    articles = [an_article("", persons=frequent) for _ in range(100)]
    others = [an_article("", persons=frequent[:1]) for _ in range(99)]
    segment = write(
        tmp_path / "segment", [*articles, *others, an_article("", persons=("Sällsynt",))]
    )
    bits = bits_of(np.arange(100, 200), 4)
    for kernels in (load_kernels(), plain):
        (found,) = table([segment], 200, kernels).top(bits, 100, ("persons",), 10)
        assert found == (["namn-0", "sällsynt"], [99, 1], ["Namn 0", "Sällsynt"])


def test_segments_of_other_sizes(tmp_path: Path) -> None:
    """Rows have one type in all, whatever is in the first."""
    few = [an_article("", persons=("Ek",))]
    many = [an_article("", persons=tuple(f"Namn {n}" for n in range(100)))]
    # So many values that the numbers of the further rows of one segment are beyond two bytes.
    rare = [an_article("", persons=tuple(f"{n}-{m}" for m in range(1000))) for n in range(64)]
    groups = [few, many, rare]
    segments = [write(tmp_path / str(n), group) for n, group in enumerate(groups)]
    for numbers in ((0, 1), (1, 0), (0, 2), (2, 1, 0)):
        chosen = [segments[n] for n in numbers]
        listed = [article for n in numbers for article in groups[n]]
        bits = np.concatenate([bits_of(np.arange(len(groups[n])), 1) for n in numbers])
        expected = most(listed, "persons", 1000)
        for kernels in (load_kernels(), plain):
            drawn = table(chosen, len(listed), kernels)
            assert drawn.top(bits, 0, ("persons",), 1000) == [expected]
