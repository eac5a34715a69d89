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

from bench.measure import ENGINES, Settings, index, search, why_missing
from bench.processes import ROOT, CommandFailed, end_on_signals
from bench.report import Run, describe, now, write_between_marks
from bench.results import EngineResult, Indexing
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
    parser.add_argument("--passes", type=_count, default=3, metavar="N", help="search so often")
    parser.add_argument("--reuse", action="store_true", help="search indexes of an earlier run")
    parser.add_argument("--write", action="store_true", help=f"update {DOCUMENT.name}")
    return parser


def _engines(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no {', '.join(unknown)} among {', '.join(ENGINES)}")
    return [name for name in ENGINES if name in names]


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{count} is not one or more")
    return count


def _core(text: str) -> int:
    core, cores = int(text), os.sched_getaffinity(0)
    if core not in cores:
        raise argparse.ArgumentTypeError(f"core {core} is not among {sorted(cores)}")
    return core


def _run(options: argparse.Namespace) -> Run:
    budget = options.budget or min(20.0, max(2.0, options.articles / 5000))
    settings = Settings(
        options.workers, options.pin, options.passes, budget=budget, reuse=options.reuse
    )
    work = Work(options.work.resolve() / str(options.articles), options.articles)
    load = os.getloadavg()[0]
    _say(f"corpus of {options.articles} articles in {work.folder}")
    work.prepare()
    return Run(
        articles=options.articles,
        corpus_bytes=work.corpus.stat().st_size,
        pin=options.pin,
        results=_measure(work, options.only, settings),
        load=load,
        when=now(),
    )


def _measure(work: Work, names: list[str], settings: Settings) -> list[EngineResult]:
    """Measure the engines and keep their figures; what goes wrong is told in an engine's place.

    All index, then all search, and that again in each pass: the machine may be slower for a minute,
    and that should not fall on one of them.
    """
    missing = {name: why for name in names if (why := why_missing(name))}
    indexing: dict[str, list[Indexing]] = {}
    passes: dict[str, list[EngineResult]] = {name: [] for name in names}
    for turn in range(settings.passes + 1):
        for name in names:
            if name in missing:
                continue
            try:
                if turn == 0:
                    indexing[name] = index(work, name, settings, _speaker(name))
                else:
                    _say(f"{ENGINES[name]} searches, {turn} of {settings.passes}")
                    passes[name].append(search(work, name, settings, indexing[name]))
            except CommandFailed as error:
                missing[name] = f"failed: {error}"
    results = []
    for name in names:
        if name in missing:
            _say(f"{ENGINES[name]}: {missing[name]}")
            results.append(EngineResult(name=name, missing=missing[name]))
        else:
            results.append(EngineResult.of_passes(passes[name]))
            results[-1].save(work.results(name))
    return results


def _speaker(name: str) -> Callable[[str], None]:
    return lambda what: _say(f"{ENGINES[name]} {what}")


def _say(text: str) -> None:
    sys.stderr.write(f"{now():%H:%M:%S} {text}\n")


if __name__ == "__main__":
    sys.exit(main())
