"""The one door to searching."""

from functools import cache
from pathlib import Path
from time import perf_counter

from index.articles import FACET_FIELDS, Article
from index.entities import Mention, Recogniser
from index.store import Store
from search.engines.base import Engine, EngineHit, EngineQuery, Snapshot
from search.engines.local import LocalEngine
from search.errors import QuerySyntaxError
from search.facets import facet_values
from search.parser import parse, parse_words
from search.plan import RELAX_BELOW, plan, relax
from search.request import SearchRequest, Sort
from search.results import ArticlePage, Hit, IndexInfo, Problem, SearchResults
from search.snippets import Highlighter
from search.tree import Everything, Node


class Searcher:
    """Answers requests from one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(self, request: SearchRequest) -> SearchResults:
        """Answer a request; odd queries are searched as plain words and the answer says so."""
        began = perf_counter()
        tree, problem = _understand(request.q)
        planned = plan(tree)
        everything = isinstance(tree, Everything)
        sort: Sort = request.sort or ("newest" if everything else "relevance")
        snapshot = self._engine.snapshot()
        query = _engine_query(request, planned, sort)
        engine_began = perf_counter()
        result = snapshot.search(query)
        total_all_words, relaxed = result.total, False
        # What narrows a search must not relax it: the counts beside the values would be wrong.
        if result.matched < RELAX_BELOW and (wider := relax(tree)) is not None:
            wide = snapshot.search(_engine_query(request, wider, sort))
            if wide.matched > result.matched:
                result, planned, relaxed = wide, wider, True
        engine_ms = (perf_counter() - engine_began) * 1000
        return SearchResults(
            request=request,
            query="" if everything else str(tree),
            sort=sort,
            total=result.total,
            total_all_words=total_all_words,
            relaxed=relaxed,
            hits=_hits(snapshot, result.rerank(), planned, snippets=request.snippets),
            facets={
                name: facet_values(counted, request.selections.get(name))
                for name, counted in result.facets.items()
            },
            timeline=result.timeline,
            problem=problem,
            engine_ms=engine_ms,
            took_ms=(perf_counter() - began) * 1000,
        )

    def article(self, id: str) -> ArticlePage | None:  # noqa: A002
        """Fetch an article with the entities in its texts; None when there is none."""
        article = self._engine.snapshot().article(id)
        return None if article is None else ArticlePage(article, _mentions(article))

    def info(self) -> IndexInfo:
        """Describe the index."""
        return self._engine.snapshot().info()


def open_searcher(location: str) -> Searcher:
    """Open the index at a path. Raises StoreError of `index.errors`."""
    return Searcher(LocalEngine(Store(Path(location))))


def _understand(query: str) -> tuple[Node, Problem | None]:
    try:
        return parse(query), None
    except QuerySyntaxError as error:
        return parse_words(query), Problem(error.message, error.position)


def _engine_query(request: SearchRequest, planned: Node, sort: Sort) -> EngineQuery:
    return EngineQuery(
        tree=planned,
        selections=request.selections,
        dates=request.dates,
        sort=sort,
        offset=request.offset,
        size=request.size,
        facets=request.facets,
        facet_size=request.facet_size,
        timeline=request.timeline,
        interval=request.interval,
    )


def _hits(
    snapshot: Snapshot, hits: tuple[EngineHit, ...], planned: Node, *, snippets: bool
) -> tuple[Hit, ...]:
    articles = [(snapshot.load(hit.docnum), hit.score) for hit in hits]
    if not snippets:
        return tuple([Hit(article, score) for article, score in articles])
    highlighter = Highlighter(planned)
    return tuple(
        Hit(article, score, highlighter.title(article), highlighter.snippet(article))
        for article, score in articles
    )


def _mentions(article: Article) -> tuple[tuple[Mention, ...], ...]:
    """Find the entities of an article in its texts: those, and only those, that are its facets."""
    named = {value for name in FACET_FIELDS[:3] for value in article.facet_values(name)}
    found = _recogniser().recognise(article.texts)
    return tuple(tuple(m for m in mentions if m.name in named) for mentions in found)


@cache
def _recogniser() -> Recogniser:
    return Recogniser()
