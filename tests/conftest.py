"""Articles and engines that many tests use."""

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from index.articles import Article
from index.dates import PartialDate
from index.entities import Recogniser
from index.store import Store
from index.workers import with_entities
from search.engines.base import Engine
from search.engines.local import LocalEngine
from search.engines.memory import MemoryEngine

# The machines that run this are shared: a slow example says nothing about the code.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

MakeEngine = Callable[[Iterable[Article]], Engine]


def an_article(id: str, text: str = "", published: str | None = None, **fields: object) -> Article:
    """Make an article that says `text` and names no entities unless told to."""
    values: dict[str, object] = {"persons": (), "places": (), "organisations": (), "body": text}
    date = PartialDate.parse(published) if published else None
    return Article(id=id, published=date, **(values | fields))  # type: ignore[arg-type]


def fill_store(path: Path, *commits: Iterable[Article]) -> Store:
    """Index articles without files, one commit each group."""
    store = Store.create(path)
    recogniser = Recogniser()
    for articles in commits:
        with store.writer() as writer:
            for article in articles:
                writer.put(article, lambda given: with_entities(given, recogniser))
            writer.commit()
    return store


@pytest.fixture(params=["local", "memory"])
def make_engine(request: pytest.FixtureRequest, tmp_path: Path) -> MakeEngine:
    """Make an engine over articles: each test that asks for this runs once an engine."""

    paths = (tmp_path / f"index{number}" for number in count())

    def make(articles: Iterable[Article]) -> Engine:
        if request.param == "memory":
            return MemoryEngine(articles)
        articles = list(articles)
        half = len(articles) // 2
        return LocalEngine(fill_store(next(paths), articles[:half], articles[half:]))

    return make
