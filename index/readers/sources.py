"""The files that a user means by the paths on a command line."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from index.articles import Article
from index.errors import ArticleError, SourceError
from index.readers import jsonlines, text
from index.readers.piece import Piece

JSON_LINES: Final = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
TEXT: Final = (".txt", ".text")


def find_files(sources: Iterable[Path]) -> list[Path | ArticleError]:
    """List the files under the sources, in the order given and by name within a folder.

    In a folder only the endings that a reader knows are taken, links are followed, and what begins
    with a dot is left alone; an ArticleError stands where something cannot be read. The paths are
    absolute. Raises SourceError for a source that does not exist or that no reader knows.
    """
    found: list[Path | ArticleError] = []
    for source in sources:
        if source.is_dir():
            found += _walk(source.resolve(), frozenset())
        elif not source.exists():
            raise SourceError(f"{source}: no such file or folder")
        elif not _has_reader(source.name):
            endings = ", ".join(TEXT + JSON_LINES)
            raise SourceError(f"{source}: unknown kind of file; the name must end in {endings}")
        else:
            found.append(source.resolve())
    return list(dict.fromkeys(found))


def cut_file(path: Path) -> Iterator[Piece | ArticleError]:
    """Yield the pieces of one file in its order, an ArticleError in the place of a bad one."""
    try:
        yield from _reader(path).pieces(path)
    except OSError as error:
        yield _unreadable(path, error)


def read_piece(piece: Piece) -> Article | ArticleError:
    """Read the article of a piece, or say what is wrong with it."""
    try:
        return text.read(piece) if piece.line is None else jsonlines.read(piece)
    except OSError as error:
        return _unreadable(piece.path, error)


def read_articles(path: Path) -> Iterator[Article | ArticleError]:
    """Yield the articles of one file in its order, an ArticleError in the place of a bad one."""
    for piece in cut_file(path):
        yield piece if isinstance(piece, ArticleError) else read_piece(piece)


def _reader(path: Path) -> ModuleType:
    return jsonlines if path.name.lower().endswith(JSON_LINES) else text


def _walk(folder: Path, above: frozenset[Path]) -> Iterator[Path | ArticleError]:
    """Yield the files of a folder; `above` holds the folders that it lies in, to end link loops."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for path in paths:
        if path.name.startswith("."):
            continue
        try:
            path.stat()
        except OSError as error:
            if path.is_symlink() or _has_reader(path.name):
                yield _unreadable(path, error)
            continue
        if path.is_dir():
            if path.resolve() not in above | {folder}:
                yield from _walk(path.resolve(), above | {folder})
        elif _has_reader(path.name) and path.is_file():
            yield path


def _has_reader(name: str) -> bool:
    return name.lower().endswith(TEXT + JSON_LINES)


def _unreadable(path: Path, error: OSError) -> ArticleError:
    return ArticleError(path, None, f"cannot be read: {error.strerror or error}")
