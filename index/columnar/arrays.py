"""The container: named numpy arrays in one file, mapped into memory, each with its checksum.

A header of 64 bytes, the arrays (each starts at a multiple of 64), a footer in JSON that lists them
and holds what the writer wants to say about them (`meta`). All numbers are little-endian.
"""

import mmap
import os
import struct
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import orjson
from numpy.typing import DTypeLike, NDArray

from index.errors import SegmentError

FORMAT: Final = 3
"""Version of the container and of the layouts in it; a file of another one is refused."""

MAGIC: Final = b"NYHSARR\n"
FOOTER: Final = "footer"
"""What `ArrayFile.damaged` calls the list of arrays; no array may have this name."""

_HEADER: Final = struct.Struct("<8sIQII")  # magic, format; offset, length and crc32 of the footer
_ALIGNMENT: Final = 64  # a cache line, and a multiple of every SIMD register

if sys.byteorder != "little":  # pragma: no cover
    raise ImportError("segments are read in place, which needs a little-endian machine")


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where an array stands: its bytes from `offset` on, and their crc32."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int
    crc: int

    @property
    def nbytes(self) -> int:
        return prod(self.shape) * self.dtype.itemsize


class ArrayWriter:
    """Writes arrays one after another into a binary file that can seek."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: dict[str, _Entry] = {}
        self._open: _Long | None = None
        self._position = 0
        # No footer before `close`: that is how a file that was never finished is known.
        self._write(_HEADER.pack(MAGIC, FORMAT, 0, 0, 0))

    def add(self, name: str, array: NDArray[Any] | bytes) -> None:
        """Write an array of any shape, or bytes as uint8[n].

        Raises ValueError for a name that is taken, for objects, and while another array is begun.
        """
        values = np.frombuffer(array, np.uint8) if isinstance(array, bytes) else np.asarray(array)
        dtype = self._check(name, values.dtype)
        values = np.asarray(values, dtype=dtype, order="C")
        self._align()
        offset, data = self._position, _bytes_of(values)
        self._write(data)
        self._entries[name] = _Entry(dtype, values.shape, offset, zlib.crc32(data))

    def begin(self, name: str, dtype: DTypeLike) -> None:
        """Begin an array of one dimension that comes in pieces. Raises ValueError as `add` does."""
        checked = self._check(name, np.dtype(dtype))
        self._align()
        self._open = _Long(name, checked, self._position)

    def extend(self, array: NDArray[Any]) -> None:
        """Append a piece, shape (n,), to the array that is begun; it must fit its dtype exactly."""
        if self._open is None:
            raise ValueError("no array is begun")
        if array.ndim != 1:
            raise ValueError(f"{self._open.name}: a piece has one dimension, not {array.ndim}")
        data = _bytes_of(np.ascontiguousarray(array.astype(self._open.dtype, casting="safe")))
        self._write(data)
        self._open.crc = zlib.crc32(data, self._open.crc)
        self._open.count += len(array)

    def end(self) -> None:
        """End the array that is begun. Raises ValueError when none is."""
        if self._open is None:
            raise ValueError("no array is begun")
        long, self._open = self._open, None
        self._entries[long.name] = _Entry(long.dtype, (long.count,), long.offset, long.crc)

    def close(self, meta: Mapping[str, Any]) -> None:
        """Write the footer with `meta` (what JSON can hold), make the file last, and close it."""
        if self._open is not None:
            raise ValueError(f"{self._open.name}: is begun but not ended")
        self._align()
        listed = [
            [name, entry.dtype.str, entry.shape, entry.offset, entry.crc]
            for name, entry in self._entries.items()
        ]
        footer = orjson.dumps({"meta": dict(meta), "arrays": listed})
        offset = self._position
        self._write(footer)
        self._file.seek(0)
        self._file.write(_HEADER.pack(MAGIC, FORMAT, offset, len(footer), zlib.crc32(footer)))
        self._file.flush()
        _sync(self._file)
        self._file.close()

    def _check(self, name: str, dtype: np.dtype[Any]) -> np.dtype[Any]:
        if self._open is not None:
            raise ValueError(f"{self._open.name}: is begun but not ended")
        if name in self._entries or name == FOOTER:
            raise ValueError(f"{name}: there is an array of that name")
        if dtype.hasobject:
            raise ValueError(f"{name}: holds Python objects")
        return dtype.newbyteorder("<")

    def _align(self) -> None:
        self._write(bytes(-self._position % _ALIGNMENT))

    def _write(self, data: memoryview | bytes) -> None:
        self._file.write(data)
        self._position += len(data)


@dataclass(slots=True)
class _Long:
    """An array that comes in pieces, so far."""

    name: str
    dtype: np.dtype[Any]
    offset: int
    count: int = 0
    crc: int = 0


class ArrayFile:
    """A file of arrays, mapped into memory: opening reads no more than its footer."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`.

        Raises SegmentError when it is missing, is no file of arrays, was never finished or is cut
        off, has a damaged footer or another format.
        """
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size  # an empty file cannot be mapped
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except OSError as error:
            raise SegmentError(f"{path}: cannot be read: {error.strerror or error}") from error
        self._begin(data, str(path))

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> "ArrayFile":
        """Read a file that stands in memory; `name` is for messages. Raises SegmentError."""
        file = cls.__new__(cls)
        file._begin(data, name)
        return file

    def _begin(self, data: bytes | mmap.mmap, name: str) -> None:
        self.name = name
        # Arrays have this view as their base. Nothing is ever unmapped by hand, as numpy would not
        # notice: the map goes when the file and the last array of it are gone.
        self._data: memoryview | None = memoryview(data)
        try:
            meta, self._entries = _read_footer(self._data)
        except SegmentError as error:
            raise SegmentError(f"{name}: {error}") from error.__cause__
        self.meta: dict[str, Any] = meta

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return the array as a read-only view. Raises KeyError, or ValueError once closed."""
        entry = self._entries[name]
        return np.ndarray(entry.shape, entry.dtype, buffer=self._whole(), offset=entry.offset)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def names(self) -> list[str]:
        """List the arrays in the order in which they were written."""
        return list(self._entries)

    def nbytes(self, name: str) -> int:
        """Bytes of one array. Raises KeyError."""
        return self._entries[name].nbytes

    def damaged(self) -> list[str]:
        """List the arrays whose bytes are not those that were written; reads the whole file."""
        wrong = [
            name
            for name, entry in self._entries.items()
            if zlib.crc32(_bytes_of(self[name])) != entry.crc
        ]
        try:
            _read_footer(self._whole())
        except SegmentError:
            wrong.append(FOOTER)
        return wrong

    def close(self) -> None:
        """Let go of the file; arrays that are still in use stay valid."""
        self._data = None

    def _whole(self) -> memoryview:
        if self._data is None:
            raise ValueError(f"{self.name}: is closed")
        return self._data


def _read_footer(data: memoryview) -> tuple[dict[str, Any], dict[str, _Entry]]:
    """Return `meta` and the entries of a file. Raises SegmentError without the file's name."""
    if len(data) < _HEADER.size or data[: len(MAGIC)].tobytes() != MAGIC:
        raise SegmentError("is not a file of arrays")
    _, version, offset, length, crc = _HEADER.unpack(data[: _HEADER.size])
    if version != FORMAT:
        raise SegmentError(f"has format {version}, this is {FORMAT}")
    if not offset:
        raise SegmentError("was never finished")
    if offset + length > len(data):
        raise SegmentError(f"is cut off: {len(data)} bytes of {offset + length}")
    footer = data[offset : offset + length]
    if zlib.crc32(footer) != crc:
        raise SegmentError("has a damaged footer")
    try:
        parsed = orjson.loads(footer)
        entries = {
            name: _Entry(np.dtype(dtype), tuple(shape), start, check)
            for name, dtype, shape, start, check in parsed["arrays"]
        }
        meta: dict[str, Any] = parsed["meta"]
    except (ValueError, TypeError, KeyError) as error:
        raise SegmentError("has a footer that cannot be read") from error
    if any(entry.offset + entry.nbytes > offset for entry in entries.values()):
        raise SegmentError("has arrays beyond its end")
    return meta, entries


def _bytes_of(array: NDArray[Any]) -> memoryview:
    """View a contiguous array of any shape as its bytes."""
    return array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")


def _sync(file: BinaryIO) -> None:
    """Wait until a file is on disk; one in memory has nothing to wait for."""
    try:
        descriptor = file.fileno()
    except (AttributeError, OSError):  # Whoosh's wrapper of a buffer; io.UnsupportedOperation
        return
    os.fsync(descriptor)
