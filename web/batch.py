"""Many queries from a file: a TREC run out of them, and how long each took."""

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import click
import orjson

from search.request import SearchRequest
from search.results import SearchResults
from search.searcher import Searcher

TAG: Final = "nyhetssok"
FACETS: Final = ("persons", "places", "organisations", "source", "section")


def run_queries(
    searcher: Searcher,
    queries: Path,
    run: Path,
    *,
    size: int,
    facets: bool,
    timings: Path | None,
    rounds: int,
) -> None:
    """Search each line `qid<TAB>query` of a file and write `qid Q0 docid rank score tag`.

    With `timings` the engine alone is asked all of them for so many rounds, as other engines are
    timed (`engine_ms`), and then they are searched for as many (`ms`), after everything has been
    done once to warm up; the median of each is written. White space in ids is written as `%20`,
    since the format allows none.
    """
    requests = [
        (qid, SearchRequest(
            q=text, size=size, facets=FACETS if facets else (), timeline=False, snippets=False
        ))
        for qid, text in read_queries(queries)
    ]  # fmt: skip
    results = [(qid, searcher.search(request)) for qid, request in requests]
    lines = (line for qid, result in results for line in _run_lines(qid, result))
    run.write_text("".join(lines), encoding="utf-8")
    if timings is not None:
        engine_ms = _clock([searcher.engine_call(request) for _, request in requests], rounds)
        whole_ms = _clock([partial(searcher.search, request) for _, request in requests], rounds)
        rows = zip(results, engine_ms, whole_ms, strict=True)
        timings.write_bytes(b"".join(_timing_line(qid, r.total, *ms) for (qid, r), *ms in rows))


def _clock(calls: list[Callable[[], object]], rounds: int) -> list[float]:
    """Make all calls in turn, once unmeasured and for so many rounds: median ms of each."""
    for call in calls:
        call()
    times: list[list[float]] = [[] for _ in calls]
    gc.collect()
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            began = perf_counter()
            call()
            taken.append((perf_counter() - began) * 1000)
    return list(map(median, times))


def read_queries(path: Path) -> list[tuple[str, str]]:
    """Read (qid, query) pairs; # begins a comment. Raises click.UsageError naming what is none."""
    pairs = []
    for number, data in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not data.strip():
            continue
        try:
            line = data.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise click.UsageError(f"{path}:{number}: not UTF-8") from error
        if line.startswith("#"):
            continue
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


def _timing_line(qid: str, total: int, engine_ms: float, whole_ms: float) -> bytes:
    times = {"qid": qid, "engine_ms": round(engine_ms, 4), "ms": round(whole_ms, 4)}
    return orjson.dumps(times | {"total": total}, option=orjson.OPT_APPEND_NEWLINE)
