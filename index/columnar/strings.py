"""Many short strings as two arrays."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class StringTable(NamedTuple):
    """Strings of bytes, one after another.

    `text` is uint8[bytes]; `starts` uint32[strings + 1] says where each begins. `find` and `prefix`
    need them in ascending order of their bytes.
    """

    text: NDArray[np.uint8]
    starts: NDArray[np.uint32]

    @classmethod
    def of(cls, strings: Iterable[bytes]) -> "StringTable":
        """Lay out strings in the order given. Raises OverflowError beyond 4 GiB."""
        kept = list(strings)
        starts = starts_of([len(string) for string in kept])
        if starts[-1] >= 2**32:
            raise OverflowError("the strings of a segment take more than 4 GiB")
        return cls(np.frombuffer(b"".join(kept), np.uint8), starts.astype(np.uint32))

    @property
    def size(self) -> int:
        """How many strings there are."""
        return len(self.starts) - 1

    def string(self, number: int) -> bytes:
        """The string with a number."""
        first, last = self.starts.item(number), self.starts.item(number + 1)
        return self.text[first:last].tobytes()

    def strings(self) -> Iterator[bytes]:
        """Yield all strings in order."""
        text = self.text.tobytes()
        starts: list[Any] = self.starts.tolist()
        for first, last in pairwise(starts):
            yield text[first:last]

    def heads(self, step: int) -> NDArray[np.uint64]:
        """The first eight bytes of every `step`-th string as a number, in the same order.

        A shorter string has zeros behind it. Whoever searches here first reads few strings.
        """
        firsts = self.starts[:-1:step].astype(np.int64)[:, None] + np.arange(8)
        ends = self.starts[1::step].astype(np.int64)[:, None]
        text = np.append(self.text, np.zeros(8, np.uint8))
        found = np.where(firsts < ends, text[np.minimum(firsts, len(self.text))], 0)
        return found.astype(np.uint8).view(">u8").ravel().astype(np.uint64)

    def find(self, wanted: bytes) -> int:
        """The number of a string, or -1."""
        number = self._first_not_below(wanted)
        return number if number < self.size and self.string(number) == wanted else -1

    def has_prefix(self, prefix: bytes) -> bool:
        """Whether any string begins so."""
        number = self._first_not_below(prefix)
        return number < self.size and self.string(number).startswith(prefix)

    def prefix(self, prefix: bytes) -> range:
        """The numbers of the strings that begin so."""
        first = self._first_not_below(prefix)
        after = _successor(prefix)
        return range(first, self.size if after is None else self._first_not_below(after))

    def _first_not_below(self, wanted: bytes) -> int:
        low, high = 0, self.size
        while low < high:
            middle = (low + high) // 2
            if self.string(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low


def starts_of(sizes: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
    """Where each of several runs begins, and where the last ends: int64[runs + 1]."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)))


def _successor(prefix: bytes) -> bytes | None:
    """The first string behind all that begin with a prefix; None when there is none."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else None
