"""Many byte strings, told apart by number: stored fields, what postings carry, texts of vectors."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.columnar.strings import starts_of


class Arrays(Protocol):
    """What can be read by name: a file, or what is about to become one."""

    meta: dict[str, Any]

    def __getitem__(self, name: str) -> NDArray[Any]: ...
    def __contains__(self, name: object) -> bool: ...
    def close(self) -> None:  # noqa: D102
        ...


class Values(NamedTuple):
    """Byte strings, one after another.

    When all are equally long `data` is uint8[values, length] and `starts` None, so that empty
    values take no room; otherwise `data` is uint8[bytes] and `starts` uint64[values + 1].
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.uint64] | None

    @classmethod
    def of(cls, data: bytes | bytearray, lengths: Iterable[int]) -> "Values":
        """Lay out values that stand one after another in `data`."""
        sizes = np.fromiter(lengths, np.int64)
        flat = np.frombuffer(bytes(data), np.uint8)
        if not len(sizes) or (sizes == sizes[0]).all():
            return cls(flat.reshape(len(sizes), sizes[0] if len(sizes) else 0), None)
        return cls(flat, starts_of(sizes).astype(np.uint64))

    @classmethod
    def read(cls, arrays: Arrays, prefix: str) -> "Values":
        """Take values from a file."""
        starts = f"{prefix}/value_starts"
        data = arrays[f"{prefix}/values"]
        return cls(data, arrays[starts]) if starts in arrays else cls(data, None)

    def named(self, prefix: str) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield the arrays under the names by which `read` finds them."""
        yield f"{prefix}/values", self.data
        if self.starts is not None:
            yield f"{prefix}/value_starts", self.starts

    def value(self, number: int) -> bytes:
        """The value with a number."""
        if self.starts is None:
            row: NDArray[np.uint8] = self.data[number]
            return row.tobytes()
        first, last = self.starts.item(number), self.starts.item(number + 1)
        return self.data[first:last].tobytes()
