"""What the layout for any Whoosh schema keeps of each document, as it is read.

Arrays: `stored/values`, a pickle of the stored fields of each document, empty where it has none;
`lengths/FIELD` int32[documents]; `columns/FIELD`, the bytes of one of Whoosh's own columns;
`vectors/FIELD/` with `starts` uint64[documents + 1], `weights` float32[postings], and the values
`texts` and `postings`.
"""

import pickle
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from typing import Any

from whoosh.codec import base
from whoosh.filedb.structfile import BufferFile

from index.columnar.whoosh_matcher import Postings, PostingsMatcher
from index.columnar.whoosh_values import Arrays, Values


class DocumentsReader(base.PerDocumentReader):  # type: ignore[misc]
    """Knows how many documents a segment has and which of them are deleted."""

    def __init__(self, arrays: Arrays, segment: Any) -> None:
        self._arrays = arrays
        self._segment = segment

    def close(self) -> None:
        """Let go of the file."""
        self._arrays.close()

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return self.doc_count_all() - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        """Documents, deleted ones too."""
        return int(self._arrays.meta["documents"])

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether this document is."""
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> frozenset[int]:
        """Numbers of those that are."""
        deleted: frozenset[int] = self._segment.deleted_docs()
        return deleted

    def all_doc_ids(self) -> Iterator[int]:
        """Numbers of those that are not, ascending."""
        deleted = self.deleted_docs()
        return (docnum for docnum in range(self.doc_count_all()) if docnum not in deleted)


class WhooshDocumentsReader(DocumentsReader):
    """Reads documents of the layout for any schema; `segment` knows which are deleted."""

    def __init__(self, arrays: Arrays, storage: Any, segment: Any) -> None:
        super().__init__(arrays, segment)
        self._storage = storage
        self._stored = Values.read(arrays, "stored")

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return the stored fields of a document by their names."""
        data = self._stored.value(docnum)
        # Whoosh keeps its table of contents as a pickle too: the folder is trusted.
        fields: dict[str, Any] = pickle.loads(data) if data else {}
        return fields

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Terms in a field of a document; `default` where it has none."""
        name = f"lengths/{fieldname}"
        return (self._arrays[name].item(docnum) if name in self._arrays else 0) or default

    def field_length(self, fieldname: str) -> int:
        """Terms in a field of all documents."""
        return self._length_bounds(fieldname)[2]

    def min_field_length(self, fieldname: str) -> int:
        """Fewest terms in a field of a document; 0 when one does not have it."""
        return self._length_bounds(fieldname)[0]

    def max_field_length(self, fieldname: str) -> int:
        """Most terms in a field of a document."""
        return self._length_bounds(fieldname)[1]

    def _length_bounds(self, fieldname: str) -> tuple[int, int, int]:
        least, most, total = self._arrays.meta["lengths"].get(fieldname, (0, 0, 0))
        return least, most, total

    def supports_columns(self) -> bool:
        """Yes."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether any document has a value in the column of a field."""
        return f"columns/{fieldname}" in self._arrays or bool(
            self._storage.file_exists(added_column(self._segment, fieldname))
        )

    def list_columns(self) -> list[str]:
        """List the fields that were written with a column."""
        return list(self._arrays.meta["columns"])

    def column_reader(self, fieldname: str, column: Any) -> Any:
        """Return Whoosh's own reader of a column; there must be one."""
        name = f"columns/{fieldname}"
        if name in self._arrays:
            data = memoryview(self._arrays[name].data)
        else:
            with self._storage.open_file(added_column(self._segment, fieldname)) as file:
                data = memoryview(file.read())
        return column.reader(_ColumnFile(data, fieldname), 0, len(data), self.doc_count_all())

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Whether there are terms in the vector of a field of a document."""
        name = f"vectors/{fieldname}/starts"
        if name not in self._arrays:
            return False
        starts = self._arrays[name]
        return bool(starts[docnum] < starts[docnum + 1])

    def vector(self, docnum: int, fieldname: str, format_: Any) -> PostingsMatcher:
        """Walk the terms of a field of a document. Raises KeyError when it has no vector."""
        if not self.has_vector(docnum, fieldname):
            raise KeyError(f"document {docnum} has no vector of {fieldname}")
        prefix = f"vectors/{fieldname}"
        starts = self._arrays[f"{prefix}/starts"]
        first, last = starts.item(docnum), starts.item(docnum + 1)
        texts = Values.read(self._arrays, f"{prefix}/texts")
        postings = Postings(
            ids=[texts.value(number).decode() for number in range(first, last)],
            weights=self._arrays[f"{prefix}/weights"][first:last],
            values=Values.read(self._arrays, f"{prefix}/postings"),
            first=first,
        )
        return PostingsMatcher(postings, format_)


def added_column(segment: Any, fieldname: str) -> str:
    """Name the file of a column that `whoosh.sorting.add_sortable` put beside the segment.

    The next merge takes such a column into the file of its new segment.
    """
    return str(segment.make_filename(f".{fieldname}.column"))


class _ColumnFile(BufferFile):  # type: ignore[misc]
    """Bytes that Whoosh's columns read; they are copied only for a column that reads them all."""

    def __init__(self, data: memoryview, name: str) -> None:
        self._buf = data
        self._name = name
        self.onclose = None
        self.is_real = self.is_closed = False

    @cached_property
    def file(self) -> BytesIO:
        """The same bytes as a file."""
        return BytesIO(self._buf)
