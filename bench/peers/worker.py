"""The process of one peer: it indexes, or it searches against the clock, and writes what it found.

    python -m bench.peers.worker ENGINE index CORPUS FOLDER OUT WORKERS
    python -m bench.peers.worker ENGINE search QUERIES FOLDER OUT ROUNDS SECONDS

Every query runs once to warm up and then ROUNDS times, class by class, all queries of a class in
turn; its time is the median. A class that takes longer than SECONDS ends there, after one round at
least of as many queries as could be warmed up in a third of that.
"""

import gc
import sys
from dataclasses import asdict
from importlib import import_module
from itertools import groupby
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import orjson

from bench.corpus import read_corpus
from bench.peers.base import Answer, Peer, Unsupported
from bench.queries import Query, read_queries

PEERS: Final = {
    "whoosh": "Whoosh",
    "sqlite": "Sqlite",
    "tantivy": "Tantivy",
    "bm25s": "Bm25s",
}
"""The class of each engine, in the module of its name."""


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    name, task, *rest = arguments
    peer: Peer = getattr(import_module(f"bench.peers.{name}"), PEERS[name])()
    source, folder, out = map(Path, rest[:3])
    if task == "index":
        peer.workers = int(rest[3])
        report = index(peer, source, folder)
    else:
        report = search(peer, read_queries(source), folder, int(rest[3]), float(rest[4]))
    out.write_bytes(orjson.dumps(report | {"version": peer.version()}))


def index(peer: Peer, corpus: Path, folder: Path) -> dict[str, Any]:
    """Index a corpus; reading and parsing its lines is on the clock for every engine."""
    with corpus.open("rb") as file:
        articles = sum(1 for _ in file)  # which also brings the file into memory
    began = perf_counter()
    written = peer.index(read_corpus(corpus), folder)
    return asdict(written) | {"articles": articles, "seconds": perf_counter() - began}


def search(
    peer: Peer, queries: list[Query], folder: Path, rounds: int, budget: float
) -> dict[str, Any]:
    """Open an index and answer every query, without facets and with."""
    began = perf_counter()
    peer.open(folder)
    opened = perf_counter()
    peer.answer(peer.prepare(queries[0]), facets=False)
    first = perf_counter()

    answers: dict[str, Answer] = {}
    timings: dict[str, list[dict[str, object]]] = {}
    for variant in ("top", "facets"):
        timings[variant] = []
        for _, same in groupby(queries, key=lambda query: query.kind):
            timings[variant] += _time(
                peer, list(same), answers, variant == "facets", rounds, budget
            )
    return {
        "open_ms": (opened - began) * 1000,
        "first_ms": (first - opened) * 1000,
        "timings": timings,
        "answers": answers,
        "rss_anon_mb": anonymous_megabytes(),
    }


def anonymous_megabytes() -> float | None:
    """The memory that this process shares with nobody; None where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return None


def _time(
    peer: Peer,
    queries: list[Query],
    answers: dict[str, Answer],
    facets: bool,
    rounds: int,
    budget: float,
) -> list[dict[str, object]]:
    began = perf_counter()
    prepared: dict[str, Any] = {}
    for query in queries:
        try:
            prepared[query.qid] = peer.prepare(query)
        except Unsupported:
            return []
        answers[query.qid] = peer.answer(prepared[query.qid], facets=facets)
        if perf_counter() - began > budget / 3:
            break
    millis: dict[str, list[float]] = {qid: [] for qid in prepared}
    gc.collect()
    for _ in range(rounds):
        for qid, one in prepared.items():
            start = perf_counter()
            peer.answer(one, facets=facets)
            millis[qid].append((perf_counter() - start) * 1000)
        if perf_counter() - began > budget:
            break
    return [
        {"qid": qid, "ms": median(times), "total": answers[qid].total}
        for qid, times in millis.items()
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
