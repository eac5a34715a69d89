"""Property: on any articles, segments, deletions and requests, local answers as brute force does.

With kernels and without; one request asked alone or after others.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.articles import ENTITY_FIELDS, Article, to_json
from index.columnar.arrays import ArrayFile
from index.columnar.builder import DIGEST_BYTES, SegmentBuilder
from index.columnar.segment import ArticleSegment, LiveSegment
from index.dates import PartialDate
from index.entities import Recogniser
from index.errors import SourceError
from index.workers import with_entities
from search.engines import plain
from search.engines.base import Held
from search.engines.local import LocalSnapshot
from search.engines.memory import MemoryEngine
from search.engines.segment_search import load_kernels
from search.identities import Identities
from search.request import DateFilter, SearchRequest, Selection
from search.results import SearchResults
from search.searcher import Searcher
from search.variants import read_variants
from tests.conftest import an_article

WORDS = [
    "krig",
    "kriget",
    "bil",
    "bilar",
    "Putins",
    "Putin",
    "och",
    "är",
    "it-bolag",
    "EU:s",
    "10 000",
    "krigsskolan",
    "skola",
    "kriminella",
    "kriminalitet",
]
NAMES = [
    "Eva Ek",
    "EVA EK",
    "Per Ek",
    "Pär Ek",
    "Lars-Erik Müller",
    "Lars Erik Muller",
    "EU",
    "Unionen",
]
VARIANTS = read_variants(
    "[efternamn]\nEk = Ekh\n[förkortningar]\nEU = Unionen\n[partier]\nPer = Pär"
)
CORRECTIONS = [
    "person: Per Ek = Pär Ek",
    "person: Eva Ekh = Per Ek",
    "person: Eva EK = eva ek",
    "plats: EU = person: EU",
    "inget = person: EU = plats: Lars-Erik Müller",
    "person: Per Ek (bilist) = Per Ek | bil, it-bolag",
    "organisation: Unionen = plats: Unionen | Putins",
    "person: Eva Ek (krigare) = Eva Ek | krig",
    "inget = person: Eva Ek | bilar",
    "person: Ann Ek = Lars-Erik Müller | krig",
    "person: Lars-Erik Müller = Ann Ek",
    "person: Bo Ek = Per Ek (bilist)",
    "person: Per Ek = Per Ek | bil",
    "plats: Per Ek = person: Per Ek",
]
DATES = ["2021", "2022-01", "2022-01-31", "2022-02-01T23:30:00Z", "2022-02", "2023-06-06"]

texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
names = st.lists(st.sampled_from(NAMES), unique=True, max_size=3).map(tuple)
articles = st.builds(
    lambda id, title, lead, body, times, date, persons, places, source: an_article(
        str(id), f"{body} " * times or "bil", date, title=title, lead=lead, persons=persons,
        places=places, source=source,
    ),
    st.integers(0, 9), texts, texts, texts, st.sampled_from([0, 1, 1, 1, 150]),
    st.sampled_from([None, *DATES]), names, names, st.sampled_from(["", "Posten", "Bladet"]),
)  # fmt: skip
commits = st.lists(st.lists(articles, max_size=6), max_size=3)

atoms = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
        lambda words: f'"{" ".join(words)}"'
    ),
    st.sampled_from(
        ["kri*", "bi*", "put*", "*", "datum:2022", "datum:..2022-01", "datum:2022-02.."]
    ),
    st.sampled_from(
        [
            "person:ek",
            "person:pär",
            "person:krigare",
            "plats:unionen",
            'plats:"eva ek"',
            "källa:posten",
            "person:(eva ELLER müller)",
        ]
    ),
    st.sampled_from(["titel:krig", "ingress:bilar", 'titel:"krig bil"', "ingress:put*"]),
)
queries = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" ", " OCH ", " ELLER ", " INTE "]), inner).map("".join),
        inner.map(lambda query: f"({query})"),
        inner.map(lambda query: f"INTE ({query})"),
    ),
    max_leaves=5,
)
selections = st.dictionaries(
    st.sampled_from(["persons", "places", "source"]),
    st.builds(
        Selection,
        st.frozensets(st.sampled_from([*NAMES, "Posten"]), max_size=2),
        st.frozensets(st.sampled_from([*NAMES, "Bladet"]), max_size=1),
    ),
    max_size=2,
)
dates = st.builds(
    lambda first, last: DateFilter(
        PartialDate.parse(first) if first else None, PartialDate.parse(last) if last else None
    ),
    st.sampled_from([None, *DATES]),
    st.sampled_from([None, *DATES]),
)
requests = st.builds(
    SearchRequest,
    q=queries | queries.map("{}?".format),
    selections=selections,
    dates=dates,
    sort=st.sampled_from([None, "relevance", "newest", "oldest"]),
    page=st.integers(1, 2),
    size=st.integers(0, 5),
    interval=st.sampled_from([None, "year", "month", "day"]),
    facet_size=st.integers(0, 4),
    lifts_choices=st.booleans(),
)


def identities_of(lines: list[str]) -> Identities:
    """Take the corrections that do not contradict those before them."""
    text = ""
    for line in lines:
        try:
            Identities(VARIANTS, (f"{text}{line}\n", ""))
        except SourceError:
            continue
        text += f"{line}\n"
    return Identities(VARIANTS, (text, ""))


corrections = st.lists(st.sampled_from(CORRECTIONS), max_size=5, unique=True).map(identities_of)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp())
    try:
        yield path
    finally:
        shutil.rmtree(path)


def write_segments(path: Path, groups: list[list[Article]]) -> tuple[LiveSegment, ...]:
    """Write a segment of each group; of the articles with one id only the last is not deleted."""
    recogniser = Recogniser()
    builder = SegmentBuilder()
    segments = []
    last: dict[str, tuple[int, int]] = {}
    for number, group in enumerate(filter(None, groups)):
        for article in group:
            complete = with_entities(article, recogniser)
            last[article.id] = number, builder.add(complete, bytes(DIGEST_BYTES), to_json(complete))
        name = path / f"{number}.col"
        builder.write(name, {"id": str(number)})
        segments.append(ArticleSegment(ArrayFile(name)))
    kept = set(last.values())
    return tuple(
        LiveSegment(segment, deleted(number, segment.documents, kept))
        for number, segment in enumerate(segments)
    )


def deleted(number: int, documents: int, kept: set[tuple[int, int]]) -> NDArray[np.uint64] | None:
    """The set of the documents of a segment that are not kept."""
    bits = np.zeros(-(-documents // 64), np.uint64)
    for document in range(documents):
        if (number, document) not in kept:
            bits[document >> 6] |= np.uint64(1 << (document & 63))
    return bits if bits.any() else None


def comparable(results: SearchResults) -> object:
    return (
        results.total,
        results.total_all_words,
        results.relaxed,
        [(hit.article, hit.score, hit.title, hit.snippet) for hit in results.hits],
        results.facets,
        results.timeline,
    )


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(commits, st.lists(requests, min_size=1, max_size=6), corrections)
def test_local_is_memory(
    groups: list[list[Article]], asked: list[SearchRequest], identities: Identities
) -> None:
    articles = [article for group in groups for article in group]
    memory = Searcher(MemoryEngine(articles, identities))
    with temporary_folder() as path:
        segments = write_segments(path, groups)
        engines = [
            Searcher(Held(LocalSnapshot(segments, kernels=kernels, identities=identities)))
            for kernels in (load_kernels(), plain)
        ]
        for request in asked:
            found = memory.search(request)
            expected = comparable(found)
            for facet in ENTITY_FIELDS:
                for value in filter(attrgetter("count"), found.facets[facet]):
                    # What is shown is itself, by its id and by its label.
                    for name in (value.value, value.label):
                        assert memory.entity(facet, name) == (facet, value.value)
            for engine in engines:
                assert comparable(engine.search(request)) == expected
