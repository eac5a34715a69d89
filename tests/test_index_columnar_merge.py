"""Property: segments merged are the segment of all their live articles."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.articles import Article, to_json
from index.columnar import plain
from index.columnar.arrays import ArrayFile
from index.columnar.builder import SegmentBuilder
from index.columnar.merge import merge_segments
from index.columnar.segment import ArticleSegment, LiveSegment
from tests.conftest import an_article

WORDS = [
    "Putins",
    "putin",
    "bil",
    "Bilar",
    "it-bolag",
    "och",
    "Müller",
    "10 000",
    "house's",
    "EU:s",
]
texts = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
articles = st.builds(
    lambda title, lead, body, date, persons, language: an_article(
        "x", body, date, title=title, lead=lead, persons=persons, language=language
    ),
    texts,
    texts,
    texts,
    st.sampled_from([None, "2021", "2022-01-31", "2022-02-01T23:30:00Z"]),
    st.lists(st.sampled_from(["Eva Ek", "Åsa Ö", "EU"]), unique=True).map(tuple),
    st.sampled_from(["sv", "en"]),
)
segments = st.lists(
    st.lists(st.tuples(articles, st.booleans()), max_size=8), min_size=1, max_size=4
)


def write(path: Path, articles: list[Article]) -> ArticleSegment:
    builder = SegmentBuilder()
    for article in articles:
        builder.add(article, article.id.encode().ljust(8), to_json(article))
    builder.write(path, {"id": path.stem})
    return ArticleSegment(ArrayFile(path))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(segments)
def test_merged_is_written_at_once(groups: list[list[tuple[Article, bool]]]) -> None:
    with TemporaryDirectory() as folder:
        path, kept, sources = Path(folder), list[Article](), list[LiveSegment]()
        for number, group in enumerate(groups):
            named = [replace(a, id=f"{number}-{at}") for at, (a, _) in enumerate(group)]
            is_deleted = [deleted for _, deleted in group]
            kept += [a for a, gone in zip(named, is_deleted, strict=True) if not gone]
            bits = np.packbits(is_deleted, bitorder="little").tobytes() if any(is_deleted) else None
            sources.append(LiveSegment.of(write(path / f"{number}.col", named), bits))
        whole = write(path / "whole.col", kept)
        for name, module in (("merged", None), ("plain", plain)):
            count = merge_segments(path / f"{name}.col", sources, {"id": name}, module)
            merged = ArticleSegment(ArrayFile(path / f"{name}.col"))
            assert count == merged.documents == len(kept)
            assert merged.file.names() == whole.file.names()
            for array in whole.file.names():
                assert np.array_equal(merged.file[array], whole.file[array]), array
                assert merged.file[array].dtype == whole.file[array].dtype
            stored = [merged.stored.json(n) for n in range(count)]
            assert stored == [to_json(article) for article in kept]
