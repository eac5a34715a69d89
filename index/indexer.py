"""One run from sources to a commit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.articles import ENTITY_FIELDS, Article
from index.entities import Recogniser
from index.errors import ArticleError
from index.readers import find_files, read_articles
from index.store import Store


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
    store: Store,
    sources: Iterable[Path],
    *,
    on_error: Callable[[ArticleError], None],
    on_progress: Callable[[IndexReport], None] = lambda _: None,
) -> IndexReport:
    """Index all articles under the sources in one commit and return the counts.

    A bad article goes to `on_error` and the rest goes on; `on_progress` is called after each
    article. Raises SourceError before anything is written when a source does not exist, and
    StoreError.
    """
    files = find_files(sources)
    recogniser = Recogniser()
    report = IndexReport()
    with store.writer() as writer:
        for file in files:
            for article in read_articles(file):
                if isinstance(article, ArticleError):
                    report.skipped += 1
                    on_error(article)
                elif writer.digest_matches(article):
                    report.unchanged += 1
                else:
                    outcome = writer.put(article, with_entities(article, recogniser))
                    if outcome == "added":
                        report.added += 1
                    else:
                        report.updated += 1
                on_progress(report)
        writer.commit()
    return report


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
