"""What can go wrong between a file and an index.

IndexingError
├── ArticleError        one article is unusable: reported, counted, skipped
├── DuplicateId         two articles of one run have the same id and differ
├── DateError           a date that does not exist or is not ISO 8601
├── SourceError         a path that cannot be read at all
└── StoreError          the index itself
    ├── IndexMissing    no index at the path
    ├── IndexMismatch   written by another version: rebuild it
    ├── IndexLocked     another process is writing
    └── SegmentError    a segment file is damaged, foreign or of another format
"""

from pathlib import Path


class IndexingError(Exception):
    """Base of everything that `index` raises on purpose."""


class ArticleError(IndexingError):
    """One article that cannot be indexed, with the place where it stands.

    `line` counts from 1 and is None where the whole file is meant.
    """

    def __init__(self, path: Path | str, line: int | None, reason: str) -> None:
        self.path = str(path)
        self.line = line
        self.reason = reason
        super().__init__(path, line, reason)

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.reason}"


class DuplicateId(IndexingError):
    """Another article of this run has the id of this one."""

    def __init__(self, id: str) -> None:  # noqa: A002
        self.id = id
        super().__init__(id)

    def __str__(self) -> str:
        return f'another article of this run has the id "{self.id}"'


class DateError(IndexingError):
    """A date that is not one."""


class SourceError(IndexingError):
    """A source named by the user that cannot be read at all."""


class StoreError(IndexingError):
    """The index cannot be used as it is."""


class IndexMissing(StoreError):
    """There is no index at the path."""


class IndexMismatch(StoreError):
    """The index was written with another format, analysis or stemmer."""


class IndexLocked(StoreError):
    """Another process is writing to the index."""


class SegmentError(StoreError):
    """A segment file that cannot be used: damaged, foreign or of another format."""
