"""Nyhetssök, measured through its public command."""

from pathlib import Path
from statistics import median
from typing import Any, Final

import orjson

from bench.processes import ROOT, run
from bench.queries import CLASSES
from bench.results import VARIANTS, Answered, EngineResult, Indexing, Timing, Variant
from bench.work import Work, folder_bytes

NAME: Final = "ours"
BIN: Final = ROOT / ".venv/bin"
_OPENINGS: Final = 3


def why_missing() -> str | None:
    """Say what is not installed; None when all is there."""
    command = BIN / "nyhetssok"
    return None if command.exists() else f"no {command} (make install)"


def index(work: Work, workers: int, pin: int | None) -> Indexing | None:
    """Index the corpus with so many workers; None when the command takes only one.

    The seconds are those that the command reports, from its start to its commit.
    """
    log = work.log(NAME)
    run([str(BIN / "python"), "-m", "search.engines.warm_up"], log)  # compiling is not measured
    options = []
    if workers > 1:
        if b"--workers" not in _command(["index", "--help"], log):
            return None
        options = ["--workers", str(workers)]
    name = NAME if workers == 1 else f"{NAME}-{workers}"
    folder = work.fresh_index(name)
    arguments = ["index", "--index", str(folder), "--json", *options, str(work.corpus)]
    report = orjson.loads(_command(arguments, log, pin if workers == 1 else None))
    info = orjson.loads(_command(["info", "--index", str(folder), "--json"], log))
    return Indexing(
        workers=workers,
        articles=report["added"],
        seconds=report["seconds"],
        merge_seconds=report.get("merge_seconds"),
        stored_bytes=info.get("stored_bytes"),
        total_bytes=folder_bytes(folder),
    )


def search(work: Work, indexing: list[Indexing], pin: int | None, rounds: int) -> EngineResult:
    """Ask all queries without facets and with, class by class, each class in a fresh process."""
    timings: dict[str, list[Timing]] = {}
    ids: dict[str, list[str]] = {}
    for variant in VARIANTS:
        timings[variant] = []
        for kind in CLASSES:
            timings[variant] += _timed(work, variant, kind, pin, rounds)
            ids |= read_run(work.scratch("ours.run"))
    probes = [_probe(work, pin) for _ in range(_OPENINGS)]
    version = _command(["--version"], work.log(NAME)).decode().strip().split()[-1]
    return EngineResult(
        name=NAME,
        version=version,
        indexing=indexing,
        open_first_ms=median(probe["open_first_ms"] for probe in probes),
        rss_anon_mb=probes[-1]["rss_anon_mb"],
        timings=timings,
        answers={t.qid: Answered(ids.get(t.qid, []), t.total) for t in timings["facets"]},
    )


def read_timings(text: bytes) -> list[Timing]:
    """Read what `nyhetssok search --timings` writes."""
    rows = map(orjson.loads, text.splitlines())
    return [Timing(row["qid"], row["engine_ms"], row["total"], row["ms"]) for row in rows]


def read_run(path: Path) -> dict[str, list[str]]:
    """Read the ids of each query, best first, from a TREC run."""
    ids: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        qid, _, id_, *_ = line.split()
        ids.setdefault(qid, []).append(id_)
    return ids


def _timed(work: Work, variant: Variant, kind: str, pin: int | None, rounds: int) -> list[Timing]:
    queries, timings = work.scratch("ours.tsv"), work.scratch("ours.timings")
    lines = work.own_queries.read_text(encoding="utf-8").splitlines(keepends=True)
    of_kind = [line for line in lines if line.startswith(kind)]
    queries.write_text("".join(of_kind), encoding="utf-8")
    arguments = ["search", "--index", str(work.index(NAME))]
    arguments += ["--queries", str(queries), "--run", str(work.scratch("ours.run"))]
    arguments += ["--timings", str(timings), "--rounds", str(rounds)]
    arguments += ["--facets"] if variant == "facets" else []
    _command(arguments, work.log(NAME), pin)
    return read_timings(timings.read_bytes())


def _probe(work: Work, pin: int | None) -> dict[str, Any]:
    script = ROOT / "bench/ours_probe.py"
    command = [BIN / "python", "-P", script, work.index(NAME), work.own_queries]
    report: dict[str, Any] = orjson.loads(run(list(map(str, command)), work.log(NAME), pin=pin))
    return report


def _command(arguments: list[str], log: Path, pin: int | None = None) -> bytes:
    return run([str(BIN / "nyhetssok"), *arguments], log, pin=pin)
