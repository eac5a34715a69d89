"""The door between Whoosh and our segments: codec and segment, whatever layout the file has.

Whoosh pickles segments into its table of contents by the name of the class and what `__getstate__`
returns; a test keeps both as they are.
"""

import errno
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage, RamStorage

from index.columnar import whoosh_writing
from index.columnar.arrays import ArrayFile
from index.columnar.segment import LAYOUT
from index.columnar.whoosh_articles import ArticleDocumentsReader, read_terms
from index.columnar.whoosh_documents import WhooshDocumentsReader, added_column
from index.columnar.whoosh_terms import WhooshTermsReader
from index.columnar.whoosh_writing import HeldArrays, WhooshDocumentsWriter, WhooshFieldsWriter
from index.errors import SegmentError

EXTENSION: Final = ".col"
"""Of the one file of a segment; Whoosh removes files with the name of a segment it dropped."""


class ColumnarCodec(base.Codec):  # type: ignore[misc]
    """Stores segments of any Whoosh schema, and reads segments of every layout."""

    def per_document_writer(self, storage: Any, segment: Any) -> WhooshDocumentsWriter:  # noqa: ARG002
        """Return what takes the documents of a new segment."""
        return WhooshDocumentsWriter(segment)

    def field_writer(self, storage: Any, segment: Any) -> WhooshFieldsWriter:
        """Return what takes the terms of a new segment and then writes its file."""
        return WhooshFieldsWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> Any:
        """Open the terms of a segment. Raises FileNotFoundError or SegmentError."""
        arrays = open_arrays(storage, segment)
        if arrays.meta["layout"] == whoosh_writing.LAYOUT:
            return WhooshTermsReader.read(arrays)
        if arrays.meta["layout"] == LAYOUT:
            return read_terms(arrays)
        raise _unknown_layout(arrays)

    def per_document_reader(self, storage: Any, segment: Any) -> Any:
        """Open the documents of a segment, also of one whose terms are yet to be written.

        Raises FileNotFoundError or SegmentError.
        """
        if segment.held is not None:
            return WhooshDocumentsReader(segment.held, storage, segment)
        arrays = open_arrays(storage, segment)
        if arrays.meta["layout"] == whoosh_writing.LAYOUT:
            return WhooshDocumentsReader(arrays, storage, segment)
        if arrays.meta["layout"] == LAYOUT:
            return ArticleDocumentsReader(arrays, segment)
        raise _unknown_layout(arrays)

    def column_filename(self, segment: Any, fieldname: str) -> str:
        """Name the file into which `whoosh.sorting.add_sortable` writes a column."""
        return added_column(segment, fieldname)

    def new_segment(self, storage: Any, indexname: str) -> "ColumnarSegment":  # noqa: ARG002
        """Return an empty segment with a name of its own."""
        return ColumnarSegment(indexname)


class ColumnarSegment(base.Segment):  # type: ignore[misc]
    """What the table of contents knows of a segment: its name, its size, what is deleted."""

    def __init__(self, indexname: str, documents: int = 0) -> None:
        super().__init__(indexname)
        self._documents = documents
        self._deleted: bytearray | None = None
        self._deleted_docs: frozenset[int] | None = None
        self.held: HeldArrays | None = None
        """The documents of a segment that is being written, until its file is."""

    def __getstate__(self) -> dict[str, Any]:
        return {
            "indexname": self.indexname,
            "segid": self.segid,
            "documents": self._documents,
            "deleted": self.deleted,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["indexname"], state["documents"])  # type: ignore[misc]
        self.segid = state["segid"]
        self._deleted = None if state["deleted"] is None else bytearray(state["deleted"])

    def codec(self) -> ColumnarCodec:
        """Return what reads it."""
        return ColumnarCodec()

    def should_assemble(self) -> bool:
        """Whether its files are to be packed into one: they are one."""
        return False

    def create_arrays(self, storage: Any) -> Any:
        """Create its file."""
        return self.create_file(storage, EXTENSION)

    def set_doc_count(self, count: int) -> None:
        """Say how many documents it has."""
        self._documents = count

    def doc_count_all(self) -> int:
        """Documents, deleted ones too."""
        return self._documents

    @property
    def deleted(self) -> bytes | None:
        """Bit n % 8 of byte n // 8 is set where document n is deleted; None when none is."""
        return None if self._deleted is None else bytes(self._deleted)

    def deleted_count(self) -> int:
        """How many documents are deleted."""
        return int.from_bytes(self.deleted or b"", "little").bit_count()

    def has_deletions(self) -> bool:
        """Whether any document is."""
        return self._deleted is not None

    def deleted_docs(self) -> frozenset[int]:
        """Numbers of those that are."""
        if self._deleted_docs is None:
            bits = np.frombuffer(self.deleted or b"", np.uint8)
            numbers = np.flatnonzero(np.unpackbits(bits, bitorder="little"))
            self._deleted_docs = frozenset(numbers.tolist())
        return self._deleted_docs

    def is_deleted(self, docnum: int) -> bool:
        """Whether this document is."""
        return self._deleted is not None and bool(self._deleted[docnum >> 3] >> (docnum & 7) & 1)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a document, or take that back. Raises IndexError when there is no such one."""
        if not 0 <= docnum < self._documents:
            raise IndexError(f"document {docnum} of {self._documents}")
        if self.is_deleted(docnum) == delete:
            return
        if self._deleted is None:
            self._deleted = bytearray(-(-self._documents // 8))
        self._deleted[docnum >> 3] ^= 1 << (docnum & 7)
        self._deleted_docs = None
        if not delete and not any(self._deleted):
            self._deleted = None


def open_arrays(storage: Any, segment: Any) -> ArrayFile:
    """Open the file of a segment, mapped into memory where its storage is a folder.

    Raises FileNotFoundError, upon which Whoosh looks for a later commit, and SegmentError.
    """
    name = segment.make_filename(EXTENSION)
    if isinstance(storage, FileStorage) and storage.supports_mmap:
        try:
            return ArrayFile(Path(storage.folder) / name)
        except SegmentError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise FileNotFoundError(errno.ENOENT, str(error)) from error
            raise
    if isinstance(storage, RamStorage):
        return ArrayFile.from_bytes(storage.files[name], name)
    file = storage.open_file(name)
    try:
        return ArrayFile.from_bytes(file.read(), name)
    finally:
        file.close()


def _unknown_layout(arrays: ArrayFile) -> SegmentError:
    return SegmentError(f"{arrays.name}: has the unknown layout {arrays.meta['layout']!r}")
