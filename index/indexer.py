"""One run from sources to a commit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from index.articles import ENTITY_FIELDS, Article
from index.entities import Recogniser
from index.errors import ArticleError, DuplicateId
from index.readers import find_files, read_articles
from index.store import Store, StoreWriter


@dataclass(slots=True)
class IndexReport:
    """What a run has done so far, in articles."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    @property
    def seen(self) -> int:
        """All articles met, good and bad."""
        return self.added + self.updated + self.unchanged + self.skipped


def index_sources(
    path: Path,
    sources: Iterable[Path],
    *,
    rebuild: bool = False,
    on_error: Callable[[ArticleError], None],
    on_progress: Callable[[IndexReport], None] = lambda _: None,
) -> IndexReport:
    """Index all articles under the sources in one commit to the index at `path`; return the counts.

    The index is made when there is none. A bad article goes to `on_error` and the rest goes on;
    `on_progress` is called after each article. Raises SourceError, before anything is written, when
    a source does not exist, and StoreError.
    """
    files = find_files(sources)
    run = _Run(Recogniser(), on_error, on_progress)
    with Store.create(path, rebuild=rebuild).writer() as writer:
        for file in files:
            if isinstance(file, ArticleError):
                run.skip(file)
            else:
                run.index_file(file, writer)
        writer.commit()
    return run.report


@dataclass(slots=True)
class _Run:
    """A run under way."""

    recogniser: Recogniser
    on_error: Callable[[ArticleError], None]
    on_progress: Callable[[IndexReport], None]
    report: IndexReport = field(default_factory=IndexReport)

    def index_file(self, path: Path, writer: StoreWriter) -> None:
        for article in read_articles(path):
            if isinstance(article, ArticleError):
                self.skip(article)
                continue
            try:
                self._put(article, writer)
            except DuplicateId as error:
                self.skip(ArticleError(path, None, str(error)))
            self.on_progress(self.report)

    def skip(self, error: ArticleError) -> None:
        self.report.skipped += 1
        self.on_error(error)

    def _put(self, article: Article, writer: StoreWriter) -> None:
        match writer.put(article, lambda given: with_entities(given, self.recogniser)):
            case "added":
                self.report.added += 1
            case "updated":
                self.report.updated += 1
            case "unchanged":
                self.report.unchanged += 1


def with_entities(article: Article, recogniser: Recogniser) -> Article:
    """Fill in the kinds of entities that the article does not name itself."""
    missing = [name for name in ENTITY_FIELDS if getattr(article, name) is None]
    if not missing:
        return article
    found: dict[str, dict[str, None]] = {name: {} for name in ENTITY_FIELDS}
    for mentions in recogniser.recognise(article.texts):
        for mention in mentions:
            found[f"{mention.kind}s"][mention.name] = None
    values: dict[str, Any] = {name: tuple(found[name]) for name in missing}
    return replace(article, **values)
