"""JSON Lines, plain or gzipped: one article a line."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from index.articles import Article
from index.errors import ArticleError
from index.readers.piece import Piece
from index.readers.record import to_article

MAX_LINE: Final = 16 * 1024 * 1024
"""Bytes of the longest line that is read, far above the longest article there is."""

_CONTROL_ESCAPES: Final = frozenset((b"b", b"f", b"r", b"u"))
"""What follows a backslash for any control character but tab, newline and DEL, which needs none."""

_BOM: Final = b"\xef\xbb\xbf"


def pieces(path: Path) -> Iterator[Piece | ArticleError]:
    """Yield each line that is not blank, or what is wrong with it."""
    number = 0
    with _open(path) as stream:
        try:
            for number, line in enumerate(_lines(stream), start=1):
                if line is None:
                    limit = MAX_LINE // 2**20
                    yield ArticleError(path, number, f"the line is longer than {limit} MiB")
                elif not line.isspace():
                    yield Piece(path, number, line)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield ArticleError(path, number + 1, f"the gzip data is damaged: {error}")


def _open(path: Path) -> BinaryIO | gzip.GzipFile:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rb")
    return path.open("rb")


def read(piece: Piece) -> Article | ArticleError:
    """Read the article of a line."""
    path, number, line = piece
    try:
        record = orjson.loads(line.rstrip())
        return to_article(record, f"{path}#{number}", may_hold_controls=_may_hold_controls(line))
    except orjson.JSONDecodeError as error:
        if not _is_utf8(line):
            return ArticleError(path, number, "not UTF-8, which JSON is written in")
        return ArticleError(path, number, f"not JSON: {error.msg} (column {error.colno})")
    except ValueError as error:
        return ArticleError(path, number, str(error))


def _may_hold_controls(line: bytes) -> bool:
    """Whether a string in a line of JSON may hold a control character but tab and newline."""
    behind_backslashes = (part[:1] for part in line.split(b"\\"))
    return b"\x7f" in line or not _CONTROL_ESCAPES.isdisjoint(behind_backslashes)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(stream: BinaryIO | gzip.GzipFile) -> Iterator[bytes | None]:
    """Yield lines without a byte order mark, None for one that is too long to hold."""
    line = stream.readline(MAX_LINE + 1).removeprefix(_BOM)
    while line:
        if len(line) <= MAX_LINE:
            yield line
        else:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE)
            yield None
        line = stream.readline(MAX_LINE + 1)
