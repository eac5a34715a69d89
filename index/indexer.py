"""One run from sources to a commit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from index.entities.recogniser import recogniser_version
from index.errors import ArticleError, DuplicateId
from index.readers import cut_file, find_files
from index.store import Store
from index.workers import Batch, Done, start_workers
from index.writer import StoreWriter

BATCH: Final = 256
"""Pieces that a worker gets at once."""


@dataclass(slots=True)
class IndexReport:
    """What a run has done so far, in articles; `merge_seconds` is what merging took at its end."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    merge_seconds: float = 0.0

    @property
    def seen(self) -> int:
        """All articles met, good and bad."""
        return self.added + self.updated + self.unchanged + self.skipped


def index_sources(
    path: Path,
    sources: Iterable[Path],
    *,
    rebuild: bool = False,
    workers: int = 1,
    on_error: Callable[[ArticleError], None],
    on_progress: Callable[[IndexReport], None] = lambda _: None,
) -> IndexReport:
    """Index all articles under the sources in one commit to the index at `path`; return the counts.

    The index is made when there is none. With several `workers` so many processes share the work,
    and the outcome is the same. A bad article goes to `on_error` and the rest goes on;
    `on_progress` is called after each article. Raises SourceError, before anything is written, when
    a source does not exist or the recogniser that is chosen cannot be had, and StoreError.
    """
    recogniser_version()
    batches = _batches(find_files(sources))
    run = _Run(on_error, on_progress)
    store = Store.create(path, rebuild=rebuild)
    with store.writer() as writer, start_workers(workers, store) as crew:
        for worked in crew.map(batches):
            for one in worked:
                run.accept(one, writer)
        writer.commit(crew.finish())
        run.report.merge_seconds = writer.merge_seconds
    return run.report


@dataclass(slots=True)
class _Run:
    """A run under way."""

    on_error: Callable[[ArticleError], None]
    on_progress: Callable[[IndexReport], None]
    report: IndexReport = field(default_factory=IndexReport)

    def accept(self, one: Done | ArticleError, writer: StoreWriter) -> None:
        if isinstance(one, ArticleError):
            self._skip(one)
            return
        try:
            outcome = writer.accept(one.put)
        except DuplicateId as error:
            self._skip(ArticleError(one.path, one.line, str(error)))
            return
        setattr(self.report, outcome, getattr(self.report, outcome) + 1)
        self.on_progress(self.report)

    def _skip(self, error: ArticleError) -> None:
        self.report.skipped += 1
        self.on_error(error)
        self.on_progress(self.report)


def _batches(files: Iterable[Path | ArticleError]) -> Iterator[Batch]:
    batch: Batch = []
    for file in files:
        for piece in [file] if isinstance(file, ArticleError) else cut_file(file):
            batch.append(piece)
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch
