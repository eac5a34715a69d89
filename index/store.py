"""An index on disk: making, opening and checking it. `index.writer` writes to it."""

from contextlib import suppress
from pathlib import Path
from time import time_ns
from typing import Any, Final
from weakref import WeakValueDictionary

import orjson

from index.columnar.arrays import FORMAT, ArrayFile
from index.columnar.codec import ColumnarSegment
from index.columnar.segment import LAYOUT, ArticleSegment, LiveSegment
from index.columnar.toc import (
    Contents,
    contents_file,
    latest_generation,
    lock_for_writing,
    read_contents,
    remove_all,
    segment_file,
    write_contents,
)
from index.errors import IndexMismatch, IndexMissing, SegmentError, StoreError
from index.language import analysis_version
from index.writer import MEMORY, WRITING, StoreWriter

STAMP: Final = "nyhetssok.json"
"""The file beside Whoosh's own that says what wrote the index."""


_CLOCK_TICK: Final = 2_000_000_000  # nanoseconds; some file systems count whole seconds, in twos


class Store:
    """An index folder.

    The folder must be trusted: the table of contents is a pickle. Opening takes milliseconds;
    segments that two commits share are opened once.
    """

    def __init__(self, path: Path) -> None:
        """Open the index at `path`. Raises IndexMissing, IndexMismatch or StoreError."""
        self.path = path
        self._stamp = _check_stamp(path)
        self._known_commit = 0, (0, 0, 0)
        self._open: WeakValueDictionary[str, ArticleSegment] = WeakValueDictionary()
        if latest_generation(path) < 0:
            raise IndexMissing(f"{path}: the index is incomplete; index its sources again")

    @classmethod
    def create(cls, path: Path, *, rebuild: bool = False) -> "Store":
        """Open the index at `path`, or make an empty one in a new or empty folder.

        With `rebuild` an index that another version wrote is emptied first; nothing else in its
        folder is touched. Raises StoreError.
        """
        if rebuild and (path / STAMP).exists():
            try:
                _check_stamp(path)
            except IndexMismatch:
                _empty(path)
        if not (path / STAMP).exists():
            if path.exists() and not path.is_dir():
                raise StoreError(f"{path}: is a file; an index needs a folder of its own")
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()):
                raise StoreError(f"{path}: holds other files; an index needs a folder of its own")
            write_contents(path, Contents(0, []))
            (path / STAMP).write_bytes(orjson.dumps(_stamp(), option=orjson.OPT_INDENT_2) + b"\n")
        return cls(path)

    def commit_id(self) -> tuple[int, int, int]:
        """Name the last commit: its generation, and what tells it from one of a rebuilt index.

        Raises IndexMissing when the index has been removed.
        """
        try:
            changed = self.path.stat().st_mtime_ns
            known, commit = self._known_commit
            if changed == known:
                return commit
            now = time_ns()
            generation = latest_generation(self.path)
            contents = contents_file(self.path, generation).stat()
        except FileNotFoundError as error:
            raise IndexMissing(f"{self.path}: the index has been removed") from error
        commit = generation, contents.st_ino, contents.st_mtime_ns
        # Clocks of file systems tick slowly: only of an old change is it sure that it is the last.
        if now - changed > _CLOCK_TICK:
            self._known_commit = changed, commit
        return commit

    def segments(self) -> tuple[LiveSegment, ...]:
        """Open the segments of the last commit.

        Raises IndexMissing as `commit_id` does, IndexMismatch when a segment was not written by
        this version, and SegmentError when one is damaged.
        """
        while True:
            commit = self.commit_id()
            try:
                return tuple(self.open_segment(e) for e in read_contents(self.path).entries)
            except (SegmentError, IndexMissing):
                if commit == self.commit_id():  # not because of a commit in between
                    raise

    def open_segment(self, entry: Any) -> LiveSegment:
        """Open a segment of the table of contents. Raises IndexMismatch and SegmentError."""
        if not isinstance(entry, ColumnarSegment):
            raise IndexMismatch(
                f"{self.path}: Whoosh itself has written the segment {entry.segment_id()}; only "
                "nyhetssok can add to an index: index the sources again with --rebuild"
            )
        segment = self._open.get(entry.segment_id())
        if segment is None:
            file = ArrayFile(segment_file(self.path, entry))
            if (file.meta["layout"], file.meta.get("analysis")) != (LAYOUT, analysis_version()):
                raise IndexMismatch(
                    f"{file.name}: the segment was written by another version; "
                    "index the sources again with --rebuild"
                )
            segment = self._open[entry.segment_id()] = ArticleSegment(file)
        return LiveSegment.of(segment, entry.deleted)

    def check(self) -> list[str]:
        """Read everything and compare checksums; one line for each thing that is wrong."""
        wrong = []
        for entry in read_contents(self.path).entries:
            try:
                file = self.open_segment(entry).segment.file
            except StoreError as error:
                wrong.append(str(error))
            else:
                wrong += [f"{file.name}: {array} is damaged" for array in file.damaged()]
        return wrong

    def writer(self, memory: int = MEMORY) -> StoreWriter:
        """Begin to write. Raises IndexLocked when another process does."""
        return StoreWriter(self, memory)

    def stamp(self) -> dict[str, str]:
        """What wrote the index: format and analysis, each with its version."""
        return dict(self._stamp)

    def size_bytes(self) -> int:
        """Bytes of all files of the index."""
        total = 0
        for file in self.path.iterdir():
            with suppress(FileNotFoundError):  # a commit removes files while we look
                total += file.stat().st_size
        return total


def _empty(path: Path) -> None:
    """Remove the files of an index, and no others. Raises IndexLocked while somebody writes."""
    lock = lock_for_writing(path)
    try:
        (path / STAMP).unlink()
        (path / WRITING).unlink(missing_ok=True)
        remove_all(path)
    finally:
        lock.release()


def _stamp() -> dict[str, str]:
    return {"format": str(FORMAT), "analysis": analysis_version()}


def _check_stamp(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = orjson.loads((path / STAMP).read_bytes())
    except FileNotFoundError as error:
        raise IndexMissing(
            f"{path}: there is no index here; make one with `nyhetssok index`"
        ) from error
    except (orjson.JSONDecodeError, NotADirectoryError) as error:
        raise StoreError(f"{path / STAMP}: cannot be read: {error}") from error
    for name, wanted in _stamp().items():
        if found.get(name) != wanted:
            raise IndexMismatch(
                f"{path}: the index was written with {name} {found.get(name)}, this is {wanted}; "
                "index the sources again with --rebuild"
            )
    return found
