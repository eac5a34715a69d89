"""How good a ranking is: measures over judged queries, with confidence intervals."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import click
import numpy as np

from search.request import SearchRequest
from search.searcher import Searcher

DEPTH: Final = 10
"""Hits of each query that count."""

RESAMPLES: Final = 10_000
"""Sets of queries that are drawn, with replacement, for an interval."""

CONFIDENCE: Final = 0.95

Ranking = dict[str, list[str]]
"""The ids of the hits of each query, the best first."""

Judgements = dict[str, dict[str, int]]
"""The grade of each judged article of each query, 0 for one that does not matter."""


class Measure(NamedTuple):
    """The mean of a measure over all queries, and the bounds of its interval."""

    name: str
    mean: float
    low: float
    high: float


def rank(searcher: Searcher, queries: Iterable[tuple[str, str]]) -> Ranking:
    """Search (qid, query) pairs as a user would."""
    return {
        qid: [hit.article.id for hit in searcher.search(_request(text)).hits]
        for qid, text in queries
    }


def evaluate(ranking: Ranking, judgements: Judgements) -> list[Measure]:
    """Measure a ranking with ir-measures: nDCG@10, MRR@10 and recall@10 over the judged queries.

    Ties count in the order of the ranking. The intervals are percentiles of means of queries that
    are drawn again. Raises click.UsageError where ir-measures is missing or nothing is judged.
    """
    try:
        import ir_measures
        from ir_measures import RR, R, nDCG
    except ImportError as error:
        raise click.UsageError("evaluate needs ir-measures: pip install ir-measures") from error
    judged = [
        qid for qid in ranking if any(grade > 0 for grade in judgements.get(qid, {}).values())
    ]
    if not judged:
        raise click.UsageError("no query has an article that is judged to matter")
    run = {
        qid: {doc: -float(n) for n, doc in enumerate(ranking[qid])} or {"": 0.0} for qid in judged
    }
    wanted = {qid: judgements[qid] for qid in judged}
    names = {nDCG @ DEPTH: "nDCG", RR @ DEPTH: "MRR", R @ DEPTH: "recall"}
    values: dict[str, list[float]] = {name: [] for name in names.values()}
    for found in ir_measures.iter_calc(list(names), wanted, run):
        values[names[found.measure]].append(found.value)
    return [_measure(f"{name}@{DEPTH}", of) for name, of in values.items()]


def read_judgements(path: Path) -> Judgements:
    """Read TREC qrels, `qid 0 docid grade`. Raises click.UsageError naming a line that is none."""
    judgements: Judgements = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        fields = line.split()
        if not fields or line.startswith("#"):
            continue
        if len(fields) != 4 or not fields[3].lstrip("-").isdigit():
            raise click.UsageError(f"{path}:{number}: expected qid 0 docid grade")
        judgements.setdefault(fields[0], {})[fields[2].replace("%20", " ")] = int(fields[3])
    return judgements


def _request(text: str) -> SearchRequest:
    return SearchRequest(q=text, size=DEPTH, facets=(), timeline=False, snippets=False)


def _measure(name: str, values: Sequence[float]) -> Measure:
    random = np.random.default_rng(0)
    drawn = random.integers(0, len(values), (RESAMPLES, len(values)))
    means = np.array(values)[drawn].mean(axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Measure(name, float(np.mean(values)), float(low), float(high))
