"""The table of contents: which segments make up a commit.

It is Whoosh's own file, `_MAIN_<generation>.toc`, so that Whoosh can open the index; what writes it
here makes it last, which Whoosh does not.
"""

import os
import struct
from pathlib import Path
from typing import Any, Final, NamedTuple

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError, IndexError, IndexVersionError  # noqa: A004

from index.columnar.codec import EXTENSION, ColumnarSegment
from index.errors import IndexLocked, IndexMissing, StoreError
from index.schema import make_schema

NAME: Final = "MAIN"  # what Whoosh calls an index that is given no name


class Contents(NamedTuple):
    """One commit. `entries` are ColumnarSegments, unless Whoosh has written to the index itself."""

    generation: int
    entries: list[Any]


def latest_generation(folder: Path) -> int:
    """The generation of the last commit, -1 when there is none. Raises FileNotFoundError."""
    generation: int = TOC._latest_generation((file.name for file in folder.iterdir()), NAME)
    return generation


def contents_file(folder: Path, generation: int) -> Path:
    """The file that lists a commit."""
    return folder / f"_{NAME}_{generation}.toc"


def segment_file(folder: Path, entry: ColumnarSegment) -> Path:
    """The file of a segment."""
    return folder / str(entry.make_filename(EXTENSION))


def new_entry(documents: int = 0) -> ColumnarSegment:
    """Name a segment that is to be written."""
    return ColumnarSegment(NAME, documents)


def read_contents(folder: Path) -> Contents:
    """Read the last commit. Raises IndexMissing or StoreError."""
    try:
        toc = TOC.read(FileStorage(str(folder)), NAME)
    except (EmptyIndexError, FileNotFoundError) as error:
        raise IndexMissing(f"{folder}: the index is incomplete or has been removed") from error
    except (IndexError, IndexVersionError, struct.error, EOFError, ValueError) as error:
        raise StoreError(f"{folder}: the table of contents is damaged: {error}") from error
    return Contents(toc.generation, toc.segments)


def write_contents(folder: Path, contents: Contents) -> None:
    """Commit: after this the segments are the index, also when the power fails."""
    toc = TOC(make_schema(), contents.entries, contents.generation)
    toc.write(_DurableStorage(str(folder)), NAME)


def remove_unnamed(folder: Path, contents: Contents) -> None:
    """Remove the segments and tables that a commit does not name."""
    named = {segment_file(folder, entry) for entry in contents.entries}
    named.add(contents_file(folder, contents.generation))
    for file in (*folder.glob(f"{NAME}_*{EXTENSION}"), *folder.glob(f"_{NAME}_*.toc*")):
        if file not in named:
            file.unlink()


def remove_all(folder: Path) -> None:
    """Remove all files that Whoosh or we have made of an index."""
    for file in (*folder.glob(f"{NAME}_*"), *folder.glob(f"_{NAME}_*.toc*")):
        if file.is_file():
            file.unlink()


def lock_for_writing(folder: Path) -> Any:
    """Take the lock that Whoosh's writers take too; `release()` it. Raises IndexLocked."""
    lock = FileStorage(str(folder)).lock(f"{NAME}_WRITELOCK")
    if not lock.acquire():
        raise IndexLocked(f"{folder}: another process is writing to this index")
    return lock


class _DurableStorage(FileStorage):  # type: ignore[misc]
    """Whoosh's folder, with files that survive a power cut once they have their name."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        del safe  # a generation is never written twice
        folder = Path(self.folder)
        _sync(folder / oldname)
        _sync(folder)
        (folder / oldname).replace(folder / newname)
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
