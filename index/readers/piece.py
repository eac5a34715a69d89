"""What a reader makes one article of."""

from pathlib import Path
from typing import NamedTuple


class Piece(NamedTuple):
    """A line of a file, with its number from 1, or a whole file, which is yet to be read.

    Cutting files into pieces is fast; reading the pieces is work that several processes share.
    """

    path: Path
    line: int | None = None
    data: bytes = b""
