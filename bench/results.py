"""What is measured of one engine, and how it is kept as JSON."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

import orjson

Variant = Literal["top", "facets"]
VARIANTS: Final[tuple[Variant, Variant]] = ("top", "facets")


@dataclass(frozen=True)
class Timing:
    """One query: median milliseconds and the exact total.

    `whole_ms` is ours alone: with parsing and what comes after the engine.
    """

    qid: str
    ms: float
    total: int
    whole_ms: float | None = None


@dataclass(frozen=True)
class Indexing:
    """One run over the corpus; `merge_seconds` is a part of `seconds`."""

    workers: int
    articles: int
    seconds: float
    merge_seconds: float | None
    stored_bytes: int | None
    total_bytes: int

    @property
    def per_second(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds


@dataclass(frozen=True)
class Answered:
    """What one query was answered: ids of the best, the total, and the counts of each facet."""

    ids: list[str]
    total: int
    facets: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class EngineResult:
    """Everything measured of one engine; `missing` says why there is nothing."""

    name: str
    version: str = ""
    missing: str | None = None
    indexing: list[Indexing] = field(default_factory=list)
    open_first_ms: float | None = None
    rss_anon_mb: float | None = None
    timings: dict[str, list[Timing]] = field(default_factory=dict)
    answers: dict[str, Answered] = field(default_factory=dict)

    def spread(self, variant: Variant, kind: str) -> "Spread | None":
        """The spread of a class of queries; None when it was not measured."""
        return spread(t.ms for t in self.timings.get(variant, ()) if t.qid.startswith(kind))

    @classmethod
    def of_passes(cls, passes: "list[EngineResult]") -> "EngineResult":
        """Join the passes of one engine: of each query, and of opening, the median."""
        last = passes[-1]
        opened = [one.open_first_ms for one in passes if one.open_first_ms is not None]
        return replace(
            last,
            open_first_ms=median(opened) if opened else None,
            timings={
                variant: _medians([one.timings[variant] for one in passes])
                for variant in last.timings
            },
        )

    def save(self, path: Path) -> None:
        """Write JSON."""
        path.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))

    @classmethod
    def load(cls, path: Path) -> "EngineResult":
        """Read what `save` wrote."""
        fields = orjson.loads(path.read_bytes())
        fields["indexing"] = [Indexing(**one) for one in fields["indexing"]]
        fields["timings"] = {
            variant: [Timing(**one) for one in timings]
            for variant, timings in fields["timings"].items()
        }
        fields["answers"] = {qid: Answered(**one) for qid, one in fields["answers"].items()}
        return cls(**fields)


@dataclass(frozen=True)
class Spread:
    """Milliseconds over the queries of one class, and how many they were."""

    median: float
    p95: float
    slowest: float
    queries: int


def spread(values: Iterable[float]) -> Spread | None:
    """Summarise; None when there is nothing.

    >>> spread(range(1, 101))
    Spread(median=50.5, p95=95, slowest=100, queries=100)
    """
    ordered = sorted(values)
    if not ordered:
        return None
    nearest = round(0.95 * (len(ordered) - 1))
    return Spread(median(ordered), ordered[nearest], ordered[-1], len(ordered))


def _medians(passes: list[list[Timing]]) -> list[Timing]:
    """Of each query the medians of its passes; a pass may have had no time for it."""
    by_query: dict[str, list[Timing]] = {}
    for timing in chain.from_iterable(passes):
        by_query.setdefault(timing.qid, []).append(timing)
    return [
        replace(timings[0], ms=median(t.ms for t in timings), whole_ms=_median_whole(timings))
        for timings in by_query.values()
    ]


def _median_whole(timings: list[Timing]) -> float | None:
    whole = [timing.whole_ms for timing in timings if timing.whole_ms is not None]
    return median(whole) if whole else None


def peer_timings(report: dict[str, Any]) -> dict[str, list[Timing]]:
    """Read the timings in a report of `peers/worker.py`."""
    return _by_key(report["timings"], lambda rows: [Timing(**row) for row in rows])


def peer_answers(report: dict[str, Any]) -> dict[str, Answered]:
    """Read the answers in a report of `peers/worker.py`; of facets the counts, most first."""
    return _by_key(
        report["answers"],
        lambda answer: Answered(
            answer["ids"],
            answer["total"],
            {name: [count for _, count in pairs] for name, pairs in answer["facets"].items()},
        ),
    )


def _by_key(values: dict[str, Any], make: Callable[[Any], Any]) -> dict[str, Any]:
    return {key: make(value) for key, value in values.items()}
