"""Writes the layout for any Whoosh schema: what comes with each document, then the terms.

Whoosh closes the first writer and reads the lengths of fields back before it opens the second, so
what was kept of the documents is held by the segment until the second one writes the file.
"""

import pickle
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.codec import base
from whoosh.filedb.structfile import StructFile

from index.columnar.arrays import ArrayWriter
from index.columnar.strings import StringTable, starts_of
from index.columnar.whoosh_values import Values

LAYOUT: Final = "whoosh"
"""What `meta["layout"]` of such a file says."""


class HeldArrays(dict[str, NDArray[Any]]):
    """Arrays that are yet to be written, read as those of a file."""

    def __init__(self, arrays: Iterable[tuple[str, NDArray[Any]]], meta: dict[str, Any]) -> None:
        super().__init__(arrays)
        self.meta = meta

    def close(self) -> None:
        """Nothing: they are held until they are written."""


@dataclass(slots=True)
class _ValuesBuilder:
    """Byte strings as they come."""

    data: bytearray = field(default_factory=bytearray)
    lengths: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, value: bytes) -> None:
        self.data += value
        self.lengths.append(len(value))

    def values(self) -> Values:
        return Values.of(self.data, self.lengths)


@dataclass(slots=True)
class _VectorsBuilder:
    """Vectors of one field, so far."""

    counts: "array[int]" = field(default_factory=lambda: array("q"))  # postings of each document
    texts: _ValuesBuilder = field(default_factory=_ValuesBuilder)
    weights: "array[float]" = field(default_factory=lambda: array("f"))
    postings: _ValuesBuilder = field(default_factory=_ValuesBuilder)

    def add(self, docnum: int, items: list[tuple[str, float, bytes]]) -> None:
        _pad(self.counts, docnum)
        self.counts.append(len(items))
        for text, weight, value in items:
            self.texts.add(text.encode())
            self.weights.append(weight)
            self.postings.add(value)

    def named(self, prefix: str, documents: int) -> Iterator[tuple[str, NDArray[Any]]]:
        _pad(self.counts, documents)
        yield f"{prefix}/starts", starts_of(self.counts).astype(np.uint64)
        yield f"{prefix}/weights", np.array(self.weights, np.float32)
        yield from self.texts.values().named(f"{prefix}/texts")
        yield from self.postings.values().named(f"{prefix}/postings")


@dataclass(slots=True)
class _Document:
    """What was said about the document that is being added; nothing of it counts until its end."""

    stored: dict[str, Any] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    columns: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    vectors: dict[str, list[tuple[str, float, bytes]]] = field(default_factory=dict)


class WhooshDocumentsWriter(base.PerDocumentWriter):  # type: ignore[misc]
    """Takes the documents one by one and leaves their arrays with the segment when it is closed."""

    def __init__(self, segment: Any) -> None:
        self._segment = segment
        self._count = 0
        self._document: _Document | None = None
        self._stored = _ValuesBuilder()
        self._lengths: dict[str, array[int]] = {}
        self._columns: dict[str, tuple[BytesIO, Any]] = {}
        self._vectors: dict[str, _VectorsBuilder] = {}
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        """Begin a document. Raises ValueError inside another one or when its number is not next."""
        if self._document is not None or docnum != self._count:
            raise ValueError(
                f"document {docnum} begins where {self._count} is to be ended or begun"
            )
        self._document = _Document()

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:  # noqa: ARG002
        """Keep a stored value that is not None, and the length of the field."""
        document = self._current()
        if value is not None:
            document.stored[fieldname] = value
        if length:
            document.lengths[fieldname] = length

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        """Keep a value of a column."""
        self._current().columns[fieldname] = columnobj, value

    def add_vector_items(
        self,
        fieldname: str,
        fieldobj: Any,  # noqa: ARG002
        items: Iterable[tuple[str, float, bytes]],
    ) -> None:
        """Keep a vector: (text, weight, value) in ascending order of the texts."""
        self._current().vectors[fieldname] = list(items)

    def cancel_doc(self) -> None:
        """Forget the document that was begun; whoosh3 calls this when one cannot be added."""
        self._document = None

    def finish_doc(self) -> None:
        """Count the document in."""
        document, docnum = self._current(), self._count
        self._stored.add(pickle.dumps(document.stored, 4) if document.stored else b"")
        for name, length in document.lengths.items():
            lengths = self._lengths.setdefault(name, array("i"))
            _pad(lengths, docnum)
            lengths.append(length)
        for name, (column, value) in document.columns.items():
            if name not in self._columns:
                file = BytesIO()
                self._columns[name] = file, column.writer(StructFile(file, name))
            self._columns[name][1].add(docnum, value)
        for name, items in document.vectors.items():
            self._vectors.setdefault(name, _VectorsBuilder()).add(docnum, items)
        self._count += 1
        self._document = None

    def close(self) -> None:
        """Leave what was kept with the segment, without a document that was not ended."""
        for lengths in self._lengths.values():
            _pad(lengths, self._count)
        for _, writer in self._columns.values():
            writer.finish(self._count)
        meta = {
            "documents": self._count,
            "columns": list(self._columns),
            "lengths": {name: (min(n), max(n), sum(n)) for name, n in self._lengths.items()},
        }
        self._segment.held = HeldArrays(self._named(), meta)
        self.is_closed = True

    def _current(self) -> _Document:
        if self._document is None:
            raise ValueError("no document is begun")
        return self._document

    def _named(self) -> Iterator[tuple[str, NDArray[Any]]]:
        yield from self._stored.values().named("stored")
        for name, lengths in self._lengths.items():
            yield f"lengths/{name}", np.array(lengths, np.int32)
        for name, (file, _) in self._columns.items():
            yield f"columns/{name}", np.frombuffer(file.getvalue(), np.uint8)
        for name, vectors in self._vectors.items():
            yield from vectors.named(f"vectors/{name}", self._count)


@dataclass(slots=True)
class _FieldBuilder:
    """Terms and postings of one field, so far."""

    name: str
    terms: list[bytes] = field(default_factory=list)
    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    docs: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[float]" = field(default_factory=lambda: array("f"))
    lengths: "array[int]" = field(default_factory=lambda: array("i"))
    postings: _ValuesBuilder = field(default_factory=_ValuesBuilder)

    def named(self) -> Iterator[tuple[str, NDArray[Any]]]:
        prefix = f"terms/{self.name}"
        texts = StringTable.of(self.terms)
        starts = np.array(self.starts, np.uint64)
        weights = np.array(self.weights, np.float32)
        lengths = np.array(self.lengths, np.int32)
        rows = starts.astype(np.intp)  # what reduceat takes; no term is without postings
        yield f"{prefix}/text", texts.text
        yield f"{prefix}/text_starts", texts.starts
        yield f"{prefix}/starts", np.append(starts, np.uint64(len(weights)))
        yield f"{prefix}/weight", np.add.reduceat(weights.astype(np.float64), rows)
        yield f"{prefix}/max_weight", np.maximum.reduceat(weights, rows)
        yield f"{prefix}/min_length", np.minimum.reduceat(lengths, rows)
        yield f"{prefix}/max_length", np.maximum.reduceat(lengths, rows)
        yield f"{prefix}/docs", np.array(self.docs, np.uint32)
        yield f"{prefix}/weights", weights
        yield from self.postings.values().named(f"{prefix}/postings")


class WhooshFieldsWriter(base.FieldWriter):  # type: ignore[misc]
    """Takes terms and postings in ascending order and writes the file of the segment."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage = storage
        self._segment = segment
        self._arrays: ArrayWriter | None = None
        self._fields: list[str] = []
        self._field: _FieldBuilder | None = None
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:  # noqa: ARG002
        """Begin a field."""
        self._field = _FieldBuilder(fieldname)

    def start_term(self, text: bytes) -> None:
        """Begin a term. Raises ValueError outside a field."""
        field = self._current()
        field.terms.append(text)
        field.starts.append(len(field.docs))

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        """Add a posting; the documents of a term come in ascending order."""
        field = self._current()
        field.docs.append(docnum)
        field.weights.append(weight)
        field.lengths.append(length or 0)
        field.postings.add(vbytes)

    def finish_term(self) -> None:
        """End a term; one without postings is none."""
        field = self._current()
        if field.starts[-1] == len(field.docs):
            field.terms.pop()
            field.starts.pop()

    def finish_field(self) -> None:
        """Write the field, unless it has no terms. Raises ValueError outside a field."""
        field, self._field = self._current(), None
        if field.terms:
            self._fields.append(field.name)
            self._write(field.named())

    def close(self) -> None:
        """Write what the segment holds of its documents, and finish the file."""
        held = self._segment.held or HeldArrays(
            Values.of(b"", ()).named("stored"), {"documents": 0, "columns": [], "lengths": {}}
        )
        arrays = self._write(held.items())
        arrays.close({"layout": LAYOUT, "fields": self._fields, **held.meta})
        self._segment.held = None
        self.is_closed = True

    def _current(self) -> _FieldBuilder:
        if self._field is None:
            raise ValueError("no field is begun")
        return self._field

    def _write(self, named: Iterable[tuple[str, NDArray[Any]]]) -> ArrayWriter:
        if self._arrays is None:
            self._arrays = ArrayWriter(self._segment.create_arrays(self._storage))
        for name, values in named:
            self._arrays.add(name, values)
        return self._arrays


def _pad(numbers: "array[int]", count: int) -> None:
    """Fill up with zeros for the documents that said nothing."""
    numbers.extend([0] * (count - len(numbers)))
