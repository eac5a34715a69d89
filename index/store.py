"""An index on disk: making, opening, writing it."""

import hashlib
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

import orjson
from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, LockError

from index import schema
from index.articles import FACET_FIELDS, Article, from_json, to_json
from index.entities.recogniser import recogniser_version
from index.errors import DuplicateId, IndexLocked, IndexMismatch, IndexMissing, StoreError
from index.language import analysis_version
from index.postings import article_terms, group_postings

_NAME: Final = "MAIN"  # what Whoosh calls an index that is given no name
STAMP: Final = "nyhetssok.json"
"""The file beside Whoosh's own that says what wrote the index."""

Outcome = Literal["added", "updated", "unchanged"]


class Store:
    """An index folder.

    The folder must be trusted: Whoosh keeps its table of contents as a pickle. Opening takes
    milliseconds; every `reader()` sees the index as it was last committed.
    """

    def __init__(self, path: Path) -> None:
        """Open the index at `path`. Raises IndexMissing, IndexMismatch or StoreError."""
        self.path = path
        self._stamp = _check_stamp(path)
        try:
            self._ix: Any = whoosh_index.open_dir(str(path))
        except EmptyIndexError as error:
            raise IndexMissing(
                f"{path}: the index is incomplete; index its sources again"
            ) from error

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
            whoosh_index.create_in(str(path), schema.make_schema())
            (path / STAMP).write_bytes(orjson.dumps(_stamp(), option=orjson.OPT_INDENT_2) + b"\n")
        return cls(path)

    def commit_id(self) -> tuple[int, int, int]:
        """Name the last commit: its generation, and what tells it from one of a rebuilt index.

        Raises IndexMissing when the index has been removed.
        """
        try:
            generation: int = self._ix.latest_generation()
            toc = (self.path / f"_{_NAME}_{generation}.toc").stat()
        except FileNotFoundError as error:
            raise IndexMissing(f"{self.path}: the index has been removed") from error
        return generation, toc.st_ino, toc.st_mtime_ns

    def reader(self) -> Any:
        """Open a Whoosh reader on the last commit. Raises IndexMissing as `commit_id` does."""
        try:
            return self._ix.reader()
        except (EmptyIndexError, FileNotFoundError) as error:
            raise IndexMissing(f"{self.path}: the index has been removed") from error

    def writer(self) -> "StoreWriter":
        """Begin to write. Raises IndexLocked when another process does."""
        try:
            return StoreWriter(self._ix)
        except LockError as error:
            raise IndexLocked(f"{self.path}: another process is writing to this index") from error

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


@dataclass(frozen=True, slots=True)
class _Known:
    docnum: int
    digest: bytes


class StoreWriter:
    """Collects articles and commits them at once; an error inside the `with` adds nothing.

    Within one run the first article with an id counts.
    """

    def __init__(self, ix: Any) -> None:
        self._writer: Any = ix.writer(
            limitmb=256
        )  # takes the lock, so what is read next stays true
        reader = ix.reader()
        self._known = dict(_committed(reader))
        reader.close()
        self._seen: dict[str, bytes] = {}
        self._has_changed = False

    def __enter__(self) -> "StoreWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._writer.is_closed:
            self._writer.cancel()

    def put(self, given: Article, complete: Callable[[Article], Article]) -> Outcome:
        """Add an article or replace the one with its id; leave alone what has not changed.

        `given` is the article as its source gives it, which decides whether it has changed;
        `complete` fills in its entities when it has. Raises DuplicateId when another article of
        this run has the id.
        """
        digest = article_digest(given)
        if given.id in self._seen:
            if self._seen[given.id] == digest:
                return "unchanged"
            raise DuplicateId(given.id)
        self._seen[given.id] = digest
        known = self._known.get(given.id)
        if known and known.digest == digest:
            return "unchanged"
        if known:
            self._writer.delete_document(known.docnum)
        self._has_changed = True
        self._writer.add_document(**_fields(complete(given), digest))
        return "updated" if known else "added"

    def commit(self) -> None:
        """Make everything that was put visible; nothing is written when nothing changed."""
        if self._has_changed:
            self._writer.commit()
        else:
            self._writer.cancel()


def article_digest(article: Article) -> bytes:
    """Sum up what an article holds and which recogniser reads it, in 16 bytes."""
    content = to_json(article) + recogniser_version().encode()
    return hashlib.blake2b(content, digest_size=16).digest()


def stored_article(stored_fields: dict[str, bytes]) -> Article:
    """Read an article back from Whoosh's stored fields."""
    return from_json(zlib.decompress(stored_fields[schema.ARTICLE]))


def _fields(complete: Article, digest: bytes) -> dict[str, Any]:
    terms = article_terms(complete)
    stems, forms = group_postings(terms.occurrences)
    date = complete.published
    fields: dict[str, Any] = {
        schema.ID_FIELD: complete.id,
        schema.TEXT: stems,
        schema.FORM: forms,
        schema.ARTICLE: zlib.compress(to_json(complete)),
        schema.TITLE: complete.title.encode(),
        schema.DIGEST: digest,
        schema.START: date.start if date else schema.NO_DATE,
        schema.END: date.end if date else schema.NO_DATE,
        schema.CIVIL: date.civil if date else 0,
        schema.LENGTH: terms.length,
        schema.TITLE_LENGTH: terms.title_length,
        schema.LEAD_LENGTH: terms.lead_length,
    }
    for name in FACET_FIELDS:
        values = (
            value.replace(schema.VALUE_SEPARATOR, " ") for value in complete.facet_values(name)
        )
        fields[name] = schema.VALUE_SEPARATOR.join(values).encode()
    return fields


def _committed(reader: Any) -> Iterator[tuple[str, _Known]]:
    """Yield id, number and digest of each article in the index."""
    if not reader.doc_count():
        return
    ids = reader.column_reader(schema.ID_FIELD)
    digests = reader.column_reader(schema.DIGEST)
    for docnum in reader.all_doc_ids():
        yield ids[docnum], _Known(docnum, digests[docnum])


def _empty(path: Path) -> None:
    """Remove the files of an index, and no others. Raises IndexLocked while somebody writes."""
    lock = FileStorage(str(path)).lock(f"{_NAME}_WRITELOCK")
    if not lock.acquire():
        raise IndexLocked(f"{path}: another process is writing to this index")
    try:
        (path / STAMP).unlink()
        for file in (*path.glob(f"{_NAME}_*"), *path.glob(f"_{_NAME}_*.toc")):
            if file.is_file():
                file.unlink()
        shutil.rmtree(path / f"{_NAME}.tmp", ignore_errors=True)
    finally:
        lock.release()


def _stamp() -> dict[str, str]:
    return {"format": str(schema.FORMAT), "analysis": analysis_version()}


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
