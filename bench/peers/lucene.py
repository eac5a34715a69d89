"""Lucene 8 from Debian's `liblucene8-java`, by a driver in Java that is compiled on the way.

Better than its defaults: one segment, a large buffer, a reader state a facet that is made once on
opening, its own filter cache, and the count of a single term looked up. The articles reach it as a
TSV file, which costs it less to parse than JSON costs the others; writing that is off the clock.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bench.corpus import Article, read_corpus
from bench.peers.base import FACETS, day_number, facet_values
from bench.queries import STOP_WORDS, Query, read_queries

_JARS: Final = Path("/usr/share/java")
_PARTS: Final = ("core", "analyzers-common", "facet", "queries", "backward-codecs")
_DRIVER: Final = Path(__file__).with_name("LuceneDriver.java")
_JAVA: Final = ("java", "-Xms2g", "-Xmx4g", "-XX:+UseSerialGC")


def why_missing() -> str | None:
    """Say what is not installed; None when all is there."""
    for command in ("java", "javac"):
        if shutil.which(command) is None:
            return f"no {command} on the PATH"
    for part in _PARTS[:3]:
        if not list(_JARS.glob(f"lucene-{part}-8*.jar")):
            return f"no lucene-{part}-8*.jar in {_JARS} (Debian package liblucene8-java)"
    return None


def compile_command(classes: Path) -> list[str]:
    """The command that compiles the driver into a folder."""
    return ["javac", "-nowarn", "-cp", _class_path(), "-d", str(classes), str(_DRIVER)]


def index_command(classes: Path, articles: Path, folder: Path, out: Path) -> list[str]:
    """The command that indexes what `write_articles` wrote."""
    return [*_run(classes), "index", str(STOP_WORDS), str(articles), str(folder), str(out)]


def search_command(
    classes: Path, queries: Path, folder: Path, out: Path, rounds: int, budget: float
) -> list[str]:
    """The command that asks what `write_queries` wrote."""
    files = [str(STOP_WORDS), str(queries), str(folder), str(out)]
    return [*_run(classes), "search", *files, str(rounds), str(budget)]


def write_articles(corpus: Path, path: Path) -> None:
    """Write the corpus as TSV."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        file.writelines(_lines(read_corpus(corpus)))
    unfinished.replace(path)


def write_queries(queries: Path, path: Path) -> None:
    """Write the neutral queries as TSV."""
    text = "".join(_query_line(query) for query in read_queries(queries))
    path.write_text(text, encoding="utf-8")


def _lines(articles: Iterable[Article]) -> Iterable[str]:
    for article in articles:
        columns = [article["id"], article["title"], article["lead"], article["body"]]
        columns.append(str(day_number(article["published"])))
        columns += ["|".join(facet_values(article, name)) for name in FACETS]
        yield "\t".join(columns) + "\n"


def _query_line(query: Query) -> str:
    first, last = (str(day_number(day)) if day else "" for day in (query.first, query.last))
    columns = (query.qid, query.operator, " ".join(query.terms), first, last, query.place or "")
    return "\t".join(columns) + "\n"


def _run(classes: Path) -> list[str]:
    return [*_JAVA, "-cp", f"{classes}:{_class_path()}", "LuceneDriver"]


def _class_path() -> str:
    jars = (sorted(_JARS.glob(f"lucene-{part}-8*.jar")) for part in _PARTS)
    return ":".join(str(found[-1]) for found in jars if found)
