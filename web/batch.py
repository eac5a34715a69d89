"""Many queries from a file: a TREC run out of them, and how long each took."""

from pathlib import Path
from typing import Final

import click
import orjson

from search.request import SearchRequest
from search.results import SearchResults
from search.searcher import Searcher

TAG: Final = "nyhetssok"
FACETS: Final = ("persons", "places", "organisations", "source", "section")


def run_queries(
    searcher: Searcher, queries: Path, run: Path, *, size: int, facets: bool, timings: Path | None
) -> None:
    """Search each line `qid<TAB>query` of a file and write `qid Q0 docid rank score tag`.

    With `timings` all queries are searched once to warm up and then once for the clock. White
    space in ids is written as `%20`, since the format allows none.
    """
    requests = [
        (qid, SearchRequest(
            q=text, size=size, facets=FACETS if facets else (), timeline=False, snippets=False
        ))
        for qid, text in read_queries(queries)
    ]  # fmt: skip
    if timings is not None:
        for _, request in requests:
            searcher.search(request)
    results = [(qid, searcher.search(request)) for qid, request in requests]
    lines = (line for qid, result in results for line in _run_lines(qid, result))
    run.write_text("".join(lines), encoding="utf-8")
    if timings is not None:
        timings.write_bytes(b"".join(_timing_line(qid, result) for qid, result in results))


def read_queries(path: Path) -> list[tuple[str, str]]:
    """Read (qid, query) pairs. Raises click.UsageError naming a line that is none."""
    pairs = []
    for number, data in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not data.strip():
            continue
        try:
            line = data.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise click.UsageError(f"{path}:{number}: not UTF-8") from error
        qid, tab, query = line.rstrip("\r").partition("\t")
        if not tab or not qid or len(qid.split()) != 1:
            raise click.UsageError(f"{path}:{number}: expected qid<TAB>query")
        pairs.append((qid, query))
    return pairs


def _run_lines(qid: str, results: SearchResults) -> list[str]:
    return [
        f"{qid} Q0 {'%20'.join(hit.article.id.split())} {rank} {hit.score:.6f} {TAG}\n"
        for rank, hit in enumerate(results.hits, start=1)
    ]


def _timing_line(qid: str, results: SearchResults) -> bytes:
    times = {
        "qid": qid,
        "engine_ms": round(results.engine_ms, 4),
        "ms": round(results.took_ms, 4),
        "total": results.total,
    }
    return orjson.dumps(times, option=orjson.OPT_APPEND_NEWLINE)
