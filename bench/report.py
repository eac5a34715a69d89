"""The tables: how long each class of queries takes, how fast and how large indexes are."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from bench.agreement import Agreement, compare
from bench.measure import ENGINES
from bench.queries import CLASSES
from bench.results import VARIANTS, EngineResult, Indexing, Spread, Variant

_OURS: Final = "ours"
_TITLES: Final[dict[Variant, str]] = {
    "top": "Ten best with the exact total",
    "facets": "The same with five facets",
}


@dataclass(frozen=True)
class Run:
    """One run of the bench: what it ran on and what came out."""

    articles: int
    corpus_bytes: int
    pin: int | None
    results: list[EngineResult]
    load: float
    when: datetime

    @property
    def measured(self) -> list[EngineResult]:
        """The engines with figures, ours first."""
        return [result for result in self.results if result.missing is None]

    @property
    def peers(self) -> list[EngineResult]:
        """The measured engines but ours."""
        return [result for result in self.measured if result.name != _OURS]

    @property
    def ours(self) -> EngineResult | None:
        """Our figures; None when we were not measured."""
        return next((result for result in self.measured if result.name == _OURS), None)


def describe(run: Run) -> str:
    """All tables of a run as Markdown."""
    parts = [_heading(run)]
    parts += [f"### {_TITLES[variant]}\n\n{_times(run, variant)}" for variant in VARIANTS]
    parts.append(f"### Indexes\n\n{_indexes(run)}")
    parts += [text for text in (_whole(run), _agreements(run), _missing(run)) if text]
    return "\n\n".join(parts) + "\n"


def write_between_marks(path: Path, run: Run) -> None:
    """Put the tables into a document, in place of those of the same number of articles.

    They stand between `<!-- bench:N -->` and `<!-- /bench:N -->`; without these, at the end.
    """
    begin, end = f"<!-- bench:{run.articles} -->", f"<!-- /bench:{run.articles} -->"
    block = f"{begin}\n{describe(run)}{end}"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    before, found, rest = text.partition(begin)
    if found:
        _, closed, after = rest.partition(end)
        if not closed:
            raise ValueError(f"{path}: {begin} without {end}")
        text = before + block + after
    else:
        text = f"{text.rstrip()}\n\n{block}\n"
    path.write_text(text, encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, aligned so that it reads on a terminal too."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    rule = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return "\n".join([line(header), f"|{rule}|", *map(line, rows)])


def milliseconds(value: float) -> str:
    """Two or three digits that count.

    >>> [milliseconds(x) for x in (0.00612, 0.0471, 0.7, 7.53, 388.2)]
    ['0.006', '0.047', '0.70', '7.5', '388']
    """
    if value < 0.1:
        return f"{value:.3f}"
    if value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _heading(run: Run) -> str:
    words = ", ".join(f"{ENGINES[r.name]} {r.version}" for r in run.measured)
    pinned = (
        ""
        if run.pin is None
        else f", pinned to core {run.pin} (not Lucene's searches and what has more workers)"
    )
    return (
        f"## {run.articles:,} articles\n\n"
        f"{run.when:%Y-%m-%d}, {run.corpus_bytes / 1e6:.0f} MB of JSON Lines. "
        f"{_machine()}{pinned}, load {run.load:.1f} at the start. {words}.\n\n"
        "Milliseconds a query: median / 95th percentile / slowest of the queries of a class, each "
        "the median of several rounds, and that of all passes. Ahead: the best peer's median over "
        "ours, and its slowest query's over ours; above 1 we are faster."
    )


def _machine() -> str:
    cores = os.cpu_count()
    return (
        f"{cores} cores ({_processor()}), {platform.system()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _times(run: Run, variant: Variant) -> str:
    header = ["", *(ENGINES[result.name] for result in run.measured)]
    if run.ours and run.peers:
        header += ["ahead", "slowest ahead", "best peer"]
    rows = []
    for kind, words in CLASSES.items():
        row = [f"{kind} {words}"]
        row += [_spread(result.spread(variant, kind)) for result in run.measured]
        if run.ours and run.peers:
            row += _ahead(run.ours, run.peers, variant, kind)
        rows.append(row)
    return table(header, rows)


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return "–"
    values = (spread.median, spread.p95, spread.slowest)
    few = "" if spread.queries >= 50 else f" ({spread.queries} queries)"
    return " / ".join(map(milliseconds, values)) + few


def _ahead(
    ours: EngineResult, peers: list[EngineResult], variant: Variant, kind: str
) -> tuple[str, str, str]:
    own = ours.spread(variant, kind)
    spreads = [(spread, peer) for peer in peers if (spread := peer.spread(variant, kind))]
    if own is None or not spreads:
        return "–", "–", "–"
    best, peer = min(spreads, key=lambda pair: pair[0].median)
    return (
        f"{best.median / own.median:.2f}×",
        f"{best.slowest / own.slowest:.2f}×",
        ENGINES[peer.name],
    )


def _indexes(run: Run) -> str:
    header = [
        "",
        "articles/s",
        "with more workers",
        "of that last merge, s",
        "stored / raw",
        "all else / raw",
        "MB",
        "open + first query, ms",
        "RssAnon, MB",
    ]
    return table(header, [_index_row(run, result) for result in run.measured])


def _index_row(run: Run, result: EngineResult) -> list[str]:
    by_workers = {indexing.workers: indexing for indexing in result.indexing}
    one = by_workers.get(1)
    more = [
        f"{indexing.per_second:,.0f} ({workers})"
        for workers, indexing in by_workers.items()
        if workers > 1
    ]

    def of_one(show: Callable[[Indexing], str | None]) -> str:
        return (one and show(one)) or "–"

    def share(count: int | None) -> str | None:
        return None if count is None else f"{count / run.corpus_bytes:.3f}"

    return [
        ENGINES[result.name],
        of_one(lambda i: f"{i.per_second:,.0f}"),
        ", ".join(more) or "–",
        of_one(lambda i: None if i.merge_seconds is None else f"{i.merge_seconds:.1f}"),
        of_one(lambda i: share(i.stored_bytes)),
        of_one(lambda i: share(i.total_bytes - (i.stored_bytes or 0)))
        + ("" if one is None or one.stored_bytes is not None else " with stored"),
        of_one(lambda i: f"{i.total_bytes / 1e6:.1f}"),
        "–" if result.open_first_ms is None else milliseconds(result.open_first_ms),
        "–" if result.rss_anon_mb is None else f"{result.rss_anon_mb:.0f}",
    ]


def _whole(run: Run) -> str:
    """What the searcher takes beside the engine, over all queries of a variant."""
    lines = []
    for variant in VARIANTS:
        timings = run.ours.timings.get(variant, []) if run.ours else []
        beside = [t.whole_ms - t.ms for t in timings if t.whole_ms is not None]
        if beside:
            lines.append(
                f"- {_TITLES[variant]}: {milliseconds(median(beside))} ms in the median, "
                f"{milliseconds(max(beside))} at most"
            )
    if not lines:
        return ""
    return "### `ms` over `engine_ms`\n\n" + "\n".join(lines)


def _agreements(run: Run) -> str:
    agreements = compare(run.results)
    if not agreements:
        return ""
    first = agreements[0].reference
    heading = f"### Answers, compared with those of {ENGINES[first]}\n\n"
    return heading + "\n".join(map(_agreement, agreements))


def _agreement(one: Agreement) -> str:
    differing = sum(one.differing.values())
    by_class = ", ".join(f"{kind} {count}" for kind, count in one.differing.items())
    totals = f"{differing} of {one.compared} totals differ"
    if differing:
        totals += f" ({by_class}); matches in sum {one.ratio:.3f} of the reference's"
    if one.facets_differing is not None:
        totals += f"; facet counts differ in {one.facets_differing} queries of equal total"
    tokens = "same stems" if one.same_tokens else "stems of its own"
    warning = "" if one.is_expected else " **MISMATCH**"
    return f"- {ENGINES[one.engine]} ({tokens}): {totals}{warning}"


def _missing(run: Run) -> str:
    lines = [f"- {ENGINES[r.name]}: {r.missing}" for r in run.results if r.missing is not None]
    return "### Missing\n\n" + "\n".join(lines) if lines else ""


def now() -> datetime:
    """The time of a run, in UTC."""
    return datetime.now(UTC)
