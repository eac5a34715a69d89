"""The files that a user means by the paths on a command line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.articles import Article
from index.errors import ArticleError, SourceError
from index.readers import jsonlines, text

JSON_LINES: Final = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
TEXT: Final = (".txt", ".text")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read; `key` names it the same wherever the folder around it stands."""

    path: Path
    key: str


def find_files(sources: Iterable[Path]) -> list[SourceFile]:
    """List the files under the sources, in the order given and by name within a folder.

    In a folder only the endings that a reader knows are taken and what begins with a dot is left
    alone. Raises SourceError for a path that does not exist or that no reader knows.
    """
    found: list[SourceFile] = []
    for source in sources:
        if source.is_dir():
            root = source.resolve()
            found += [
                SourceFile(path, f"{root.name}/{path.relative_to(root).as_posix()}")
                for path in sorted(root.rglob("*"))
                if _is_readable(path) and not _is_hidden(path.relative_to(root))
            ]
        elif not source.exists():
            raise SourceError(f"{source}: no such file or folder")
        elif not _is_readable(source):
            endings = ", ".join(TEXT + JSON_LINES)
            raise SourceError(f"{source}: unknown kind of file; the name must end in {endings}")
        else:
            path = source.resolve()
            found.append(SourceFile(path, f"{path.parent.name}/{path.name}"))
    return found


def read_articles(file: SourceFile) -> Iterator[Article | ArticleError]:
    """Yield the articles of one file in its order, an ArticleError in the place of a bad one."""
    reader = jsonlines.read if file.path.name.lower().endswith(JSON_LINES) else text.read
    try:
        yield from reader(file.path, file.key)
    except OSError as error:
        yield ArticleError(file.path, None, f"cannot be read: {error.strerror or error}")


def _is_readable(path: Path) -> bool:
    return path.name.lower().endswith(TEXT + JSON_LINES) and path.is_file()


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
