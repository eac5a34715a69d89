"""Measure Nyhetssök and its peers on one corpus, one engine after another, and print the tables.

    python -m bench.run --articles 100000 [--work DIR] [--only ours,tantivy] [--pin 0]

Run by the Python of the bench's own environment (`bench/environment.py`). The corpus, the indexes
and the figures of every engine stay in DIR/N; the corpus is made once.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.measure import ENGINES, Settings, measure, why_missing
from bench.processes import ROOT, CommandFailed, end_on_signals
from bench.report import Run, describe, now, write_between_marks
from bench.results import EngineResult
from bench.work import Work

DOCUMENT: Final = ROOT / "docs/benchmarks.md"


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 0 when something was measured, 1 when nothing was, 130 on Ctrl-C."""
    options = _parser().parse_args(arguments)
    end_on_signals()
    try:
        run = _run(options)
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    report = describe(run)
    sys.stdout.write(report)
    work = Work(options.work / str(options.articles), options.articles)
    (work.folder / "report.md").write_text(report, encoding="utf-8")
    if options.write:
        write_between_marks(DOCUMENT, run)
    return 0 if run.measured else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000, metavar="N")
    parser.add_argument("--work", type=Path, default=ROOT / "var/bench", metavar="DIR")
    parser.add_argument("--only", type=_engines, default=list(ENGINES), metavar="ENGINE,…")
    parser.add_argument("--pin", type=_core, metavar="CORE", help="keep to one core")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="index also with N")
    parser.add_argument("--budget", type=float, metavar="S", help="seconds a class of queries")
    parser.add_argument("--reuse", action="store_true", help="search indexes of an earlier run")
    parser.add_argument("--write", action="store_true", help=f"update {DOCUMENT.name}")
    return parser


def _engines(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no {', '.join(unknown)} among {', '.join(ENGINES)}")
    return [name for name in ENGINES if name in names]


def _core(text: str) -> int:
    core, cores = int(text), os.sched_getaffinity(0)
    if core not in cores:
        raise argparse.ArgumentTypeError(f"core {core} is not among {sorted(cores)}")
    return core


def _run(options: argparse.Namespace) -> Run:
    budget = options.budget or min(20.0, max(2.0, options.articles / 5000))
    settings = Settings(options.workers, options.pin, budget=budget, reuse=options.reuse)
    work = Work(options.work.resolve() / str(options.articles), options.articles)
    load = os.getloadavg()[0]
    _say(f"corpus of {options.articles} articles in {work.folder}")
    work.prepare()
    return Run(
        articles=options.articles,
        corpus_bytes=work.corpus.stat().st_size,
        pin=options.pin,
        results=[_measure(work, name, settings) for name in options.only],
        load=load,
        when=now(),
    )


def _measure(work: Work, name: str, settings: Settings) -> EngineResult:
    """Measure one engine and keep its figures; what goes wrong with it is told in its place."""
    missing = why_missing(name)
    if missing is None:
        try:
            result = measure(work, name, settings, _speaker(name))
        except CommandFailed as error:
            missing = f"failed: {error}"
        else:
            result.save(work.results(name))
            return result
    _say(f"{ENGINES[name]}: {missing}")
    return EngineResult(name=name, missing=missing)


def _speaker(name: str) -> Callable[[str], None]:
    return lambda what: _say(f"{ENGINES[name]} {what}")


def _say(text: str) -> None:
    sys.stderr.write(f"{now():%H:%M:%S} {text}\n")


if __name__ == "__main__":
    sys.exit(main())
