"""Loads all compiled loops, so that nobody has to wait for them later.

    python -m search.engines.warm_up

Numba compiles a loop when it is first called, which takes some seconds in all, and keeps the code
on disk; afterwards a process loads it in a few milliseconds each.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from index.articles import Article, to_json
from index.columnar.arrays import ArrayFile
from index.columnar.builder import DIGEST_BYTES, SegmentBuilder
from index.columnar.merge import merge_segments
from index.columnar.segment import ArticleSegment, LiveSegment
from index.compiled import HAS_NUMBA
from index.dates import PartialDate
from index.entities import Recogniser
from search.engines.base import Held
from search.engines.local import LocalSnapshot
from search.request import SearchRequest, Selection
from search.searcher import Searcher

_REQUESTS: Final = (
    SearchRequest(q='värma "två ord" OCH ord* ELLER (titel:värma INTE kallt)'),
    SearchRequest(q="person:ek datum:2022", selections={"persons": Selection(frozenset(("Ek",)))}),
    SearchRequest(q="ord", selections={"persons": Selection(exclude=frozenset(("ek",)))}),
    SearchRequest(q="ord ELLER värma", sort="newest"),
    # Who finds many and who finds few counts facets in two ways.
    SearchRequest(q="står"),
    SearchRequest(q="två tionde"),
    SearchRequest(q="enda"),
)
_ARTICLES: Final = 40
_MANY: Final = 2**16
"""So many values of facets take wider numbers."""


def warm_up(*, with_rare: bool = False) -> None:
    """Use every loop once; `with_rare` also for indexes of very many values, which takes memory."""
    if not HAS_NUMBA:
        return
    Recogniser().recognise(["Vi mötte Anna Ek i Malmö."])
    with TemporaryDirectory() as folder:
        sources = [_write(Path(folder) / str(number), number) for number in range(2)]
        merged = Path(folder) / "merged"
        merge_segments(merged, sources, {"id": "merged"})
        sources.append(LiveSegment(ArticleSegment(ArrayFile(merged)), None))
        indexes = [tuple(sources)]
        if with_rare:
            indexes.append((_write(Path(folder) / "many", 2, tuple(map(str, range(_MANY)))),))
        for segments in indexes:
            searcher = Searcher(Held(LocalSnapshot(segments)))
            for request in _REQUESTS:
                searcher.search(request)


def _write(path: Path, number: int, persons: tuple[str, ...] = ()) -> LiveSegment:
    builder = SegmentBuilder()
    for n in range(_ARTICLES):
        article = Article(
            id=f"{number}-{n}",
            title="Att värma upp",
            body="Här står två ord. " * (n % 3) + "tionde " * (n % 10 == 1) + "enda" * (n == 1),
            published=PartialDate.parse("2022-12-19"),
            persons=("Ek", *persons) if n == 0 else ("Ek",),
        )
        builder.add(article, bytes(DIGEST_BYTES), to_json(article))
    builder.write(path, {"id": str(number)})
    return LiveSegment.of(ArticleSegment(ArrayFile(path)), b"\1" if number else None)


if __name__ == "__main__":
    warm_up(with_rare=True)
