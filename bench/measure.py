"""Runs the processes of one engine and gathers its figures."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import orjson

from bench import ours
from bench.peers import lucene
from bench.processes import run
from bench.results import EngineResult, Indexing, peer_answers, peer_timings
from bench.work import Work, folder_bytes

ENGINES: Final = {
    "ours": "Nyhetssök",
    "whoosh": "Whoosh",
    "sqlite": "SQLite FTS5",
    "tantivy": "tantivy-py",
    "bm25s": "bm25s + arrays",
    "lucene": "Lucene 8",
}
"""The engines in the order they run in, with the names that the tables show."""

_PARALLEL: Final = ("ours", "tantivy")
"""Engines that may index with several workers."""

_NEEDS: Final = {
    "whoosh": ("whoosh", "Stemmer"),
    "sqlite": ("Stemmer",),
    "tantivy": ("tantivy",),
    "bm25s": ("bm25s", "numba", "Stemmer"),
}


@dataclass(frozen=True)
class Settings:
    """How to measure.

    `workers`: index once more with so many where an engine can. `pin`: the core of everything but
    that. `passes`: how often all engines are searched, one after another; `rounds`: how often an
    engine is asked each query in a pass; `budget`: seconds for a class of queries in a pass.
    `reuse`: search the indexes of an earlier run.
    """

    workers: int = 2
    pin: int | None = None
    passes: int = 3
    rounds: int = 5
    budget: float = 20.0
    reuse: bool = False


def why_missing(engine: str) -> str | None:
    """Say what an engine lacks here; None when it can run."""
    if engine == "ours":
        return ours.why_missing()
    if engine == "lucene":
        return lucene.why_missing()
    absent = [module for module in _NEEDS[engine] if find_spec(module) is None]
    return f"not in the bench's environment: {', '.join(absent)}" if absent else None


def index(
    work: Work, engine: str, settings: Settings, say: Callable[[str], None]
) -> list[Indexing]:
    """Index with one engine, or find what an earlier run has indexed. Raises CommandFailed."""
    work.log(engine).unlink(missing_ok=True)
    indexing = _known_indexing(work, engine) if settings.reuse else []
    if not indexing:
        indexing = _index(work, engine, settings, say)
        EngineResult(name=engine, indexing=indexing).save(work.results(engine))
    return indexing


def search(work: Work, engine: str, settings: Settings, indexing: list[Indexing]) -> EngineResult:
    """Search once with one engine in what it has indexed. Raises CommandFailed."""
    if engine == "ours":
        return ours.search(work, indexing, settings.pin, settings.rounds)
    report = _search(work, engine, settings)
    return EngineResult(
        name=engine,
        version=report["version"],
        indexing=indexing,
        open_first_ms=report["open_ms"] + report["first_ms"],
        rss_anon_mb=report["rss_anon_mb"],
        timings=peer_timings(report),
        answers=peer_answers(report),
    )


def _known_indexing(work: Work, engine: str) -> list[Indexing]:
    path = work.results(engine)
    if not path.exists() or not work.index(engine).exists():
        return []
    return EngineResult.load(path).indexing


def _index(
    work: Work, engine: str, settings: Settings, say: Callable[[str], None]
) -> list[Indexing]:
    counts = [1]
    if settings.workers > 1 and engine in _PARALLEL:
        counts.append(settings.workers)
    done = []
    for workers in counts:
        say(f"indexes with {workers} worker{'s' * (workers > 1)}")
        if engine == "ours":
            one = ours.index(work, workers, settings.pin)
        else:
            one = _index_peer(work, engine, workers, settings.pin)
        if one is not None:
            done.append(one)
        if workers > 1:
            shutil.rmtree(work.index(f"{engine}-{workers}"), ignore_errors=True)
    return done


def _index_peer(work: Work, engine: str, workers: int, pin: int | None) -> Indexing:
    folder = work.fresh_index(engine if workers == 1 else f"{engine}-{workers}")
    out = work.scratch(f"{engine}.json")
    if engine == "lucene":
        classes = _compiled(work)
        articles = work.folder / "lucene.articles.tsv"
        if not articles.exists():
            lucene.write_articles(work.corpus, articles)
        command = lucene.index_command(classes, articles, folder, out)
    else:
        command = [*_worker(engine), "index", str(work.corpus), str(folder), str(out), str(workers)]
    run(command, work.log(engine), pin=pin if workers == 1 else None)
    report = orjson.loads(out.read_bytes())
    stored = report.get("stored_bytes")
    if engine == "lucene":
        stored = sum(path.stat().st_size for path in folder.glob("*.fd?"))
    return Indexing(
        workers=workers,
        articles=report["articles"],
        seconds=report["seconds"],
        merge_seconds=report["merge_seconds"],
        stored_bytes=stored,
        total_bytes=folder_bytes(folder),
    )


def _search(work: Work, engine: str, settings: Settings) -> dict[str, Any]:
    folder, out = work.index(engine), work.scratch(f"{engine}.json")
    pin = settings.pin
    if engine == "lucene":
        queries = work.scratch("lucene.queries.tsv")
        lucene.write_queries(work.queries, queries)
        classes = _compiled(work)
        # Its compiler works beside it for long: it gets more rounds, and both cores for that.
        rounds, pin = 2 * settings.rounds + 1, None
        command = lucene.search_command(classes, queries, folder, out, rounds, settings.budget)
    else:
        command = [*_worker(engine), "search", str(work.queries), str(folder), str(out)]
        command += [str(settings.rounds), str(settings.budget)]
    run(command, work.log(engine), pin=pin)
    report: dict[str, Any] = orjson.loads(out.read_bytes())
    return report


def _compiled(work: Work) -> Path:
    """The folder of Lucene's driver, compiled."""
    classes = work.scratch("classes")
    classes.mkdir(exist_ok=True)
    run(lucene.compile_command(classes), work.log("lucene"))
    return classes


def _worker(engine: str) -> list[str]:
    return [sys.executable, "-m", "bench.peers.worker", engine]
