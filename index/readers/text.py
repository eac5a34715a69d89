"""Plain text: one article a file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from index.articles import Article
from index.errors import ArticleError
from index.readers.piece import Piece
from index.readers.record import clean, stable_id

MAX_FILE: Final = 16 * 1024 * 1024
"""Bytes of the largest text file that is read as one article."""

_MAX_TITLE: Final = 200
_MAX_TITLE_LINE: Final = 120
_TITLE_LINE = re.compile(r"([^\n]+)\n[ \t]*\n\s*(?=\S)")
# A sentence ends at . ! ? before white space and a capital, a digit, a quote or a dash.
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"’)]?(?=\s+[\W_]*[A-ZÅÄÖÉ0-9])|\n")
_ABBREVIATIONS = re.compile(
    r"\b(?:t\.?\s?ex|bl\.?\s?a|m\.?\s?fl|d\.?\s?v\.?\s?s|s\.?\s?k|kl|ca|nr|dr|prof|f\.?\s?d|[A-ZÅÄÖ])\.$",
    re.IGNORECASE,
)


def pieces(path: Path) -> Iterator[Piece]:
    """Yield the file, which is one article."""
    yield Piece(path)


def read(piece: Piece) -> Article | ArticleError:
    """Read the article of a text file, or say what is wrong with it.

    A short first line above a blank one is the title; otherwise the title is the first sentence,
    which then stands in the body too.
    """
    path = piece.path
    if path.stat().st_size > MAX_FILE:
        return ArticleError(path, None, f"the file is larger than {MAX_FILE // 2**20} MiB")
    try:
        text = clean(decode(path.read_bytes()))
    except ValueError as error:
        return ArticleError(path, None, str(error))
    if not text:
        return ArticleError(path, None, "the file holds no text")
    title, body = split_title(text)
    return Article(id=stable_id("", str(path)), title=title, body=body)


def decode(data: bytes) -> str:
    r"""Decode UTF-8 or UTF-16 (by its mark) and otherwise Latin-1 as Windows writes it.

    >>> decode("Räksmörgås".encode("latin-1")), decode(b"\xef\xbb\xbfHej")
    ('Räksmörgås', 'Hej')

    Raises ValueError when the bytes are no text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ValueError("the file is no text (a broken UTF-16 file)") from error
    controls = sum(data.count(c) for c in (0, 1, 2, 3, 4, 5, 6, 14, 15, 16, 0x7F))
    if b"\0" in data or controls * 100 > len(data):
        raise ValueError("the file is no text (it holds binary data)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes have no meaning in Windows-1252; Latin-1 gives them invisible characters.
        return data.decode("cp1252", errors="replace").replace("\ufffd", "")


def split_title(text: str) -> tuple[str, str]:
    r"""Tell title and body apart.

    >>> split_title("Regn i Malmö\n\nDet regnar. Mycket.")
    ('Regn i Malmö', 'Det regnar. Mycket.')
    >>> split_title("Det regnar i Malmö. Mycket.")
    ('Det regnar i Malmö.', 'Det regnar i Malmö. Mycket.')
    """
    line = _TITLE_LINE.match(text)
    if line and len(line[1]) <= _MAX_TITLE_LINE and line[1].rstrip()[-1:] not in ".!?…:":
        return line[1].strip(), text[line.end() :]
    return first_sentence(text), text


def first_sentence(text: str) -> str:
    """Cut the first sentence, at most 200 characters of it."""
    end = len(text)
    for match in _SENTENCE_END.finditer(text, 0, _MAX_TITLE * 2):
        if match[0] == "\n" or not _ABBREVIATIONS.search(text, 0, match.start()):
            end = match.end()
            break
    sentence = text[:end].strip()
    if len(sentence) <= _MAX_TITLE:
        return sentence
    return sentence[:_MAX_TITLE].rsplit(" ", 1)[0].rstrip(",;: ") + " …"
