"""Nyhetssök, measured through its public command."""

from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import orjson

from bench.processes import ROOT, run
from bench.results import VARIANTS, Answered, EngineResult, Indexing, Timing, Variant
from bench.work import Work, folder_bytes

NAME: Final = "ours"
BIN: Final = ROOT / ".venv/bin"
_ROUNDS: Final = 5
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


def search(work: Work, indexing: list[Indexing], pin: int | None, budget: float) -> EngineResult:
    """Ask all queries without facets and with, each variant in up to five fresh processes.

    `budget` is the seconds after which no further one is started.
    """
    timings: dict[str, list[Timing]] = {}
    for variant in VARIANTS:
        rounds: list[list[Timing]] = []
        began = perf_counter()
        while len(rounds) < _ROUNDS and (not rounds or perf_counter() - began < budget):
            rounds.append(_timed(work, variant, pin))
        timings[variant] = merge_rounds(rounds)
    probes = [_probe(work, pin) for _ in range(_OPENINGS)]
    version = _command(["--version"], work.log(NAME)).decode().strip().split()[-1]
    ids = read_run(work.scratch("ours.run"))
    return EngineResult(
        name=NAME,
        version=version,
        indexing=indexing,
        open_first_ms=median(probe["open_first_ms"] for probe in probes),
        rss_anon_mb=probes[-1]["rss_anon_mb"],
        timings=timings,
        answers={t.qid: Answered(ids.get(t.qid, []), t.total) for t in timings["facets"]},
    )


def merge_rounds(rounds: list[list[Timing]]) -> list[Timing]:
    """Take the median of each query over several rounds of the same queries."""
    merged = []
    for same in zip(*rounds, strict=True):
        whole = [timing.whole_ms for timing in same if timing.whole_ms is not None]
        ms = median(timing.ms for timing in same)
        merged.append(Timing(same[0].qid, ms, same[0].total, median(whole) if whole else None))
    return merged


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


def _timed(work: Work, variant: Variant, pin: int | None) -> list[Timing]:
    timings = work.scratch("ours.timings")
    arguments = ["search", "--index", str(work.index(NAME))]
    arguments += ["--queries", str(work.own_queries), "--run", str(work.scratch("ours.run"))]
    arguments += ["--timings", str(timings), *(["--facets"] if variant == "facets" else [])]
    _command(arguments, work.log(NAME), pin)
    return read_timings(timings.read_bytes())


def _probe(work: Work, pin: int | None) -> dict[str, Any]:
    script = ROOT / "bench/ours_probe.py"
    command = [BIN / "python", "-P", script, work.index(NAME), work.own_queries]
    report: dict[str, Any] = orjson.loads(run(list(map(str, command)), work.log(NAME), pin=pin))
    return report


def _command(arguments: list[str], log: Path, pin: int | None = None) -> bytes:
    return run([str(BIN / "nyhetssok"), *arguments], log, pin=pin)
