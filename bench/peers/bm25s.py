"""bm25s, which ranks bags of words in numpy arrays, with facets in arrays beside it.

It has no phrases. Better than its public interface: conjunctions and single terms read its columns
of postings directly, which the interface cannot; the facets' values lie in one row of numbers, so
that all five are counted at once.
"""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import bm25s  # type: ignore[import-not-found,unused-ignore]
import numpy as np
import orjson
from numpy.typing import NDArray

from bench.corpus import Article
from bench.peers.base import (
    FACETS,
    TOP,
    Answer,
    Facets,
    Unsupported,
    Written,
    day_number,
    facet_values,
    full_text,
)
from bench.peers.tokens import Analyser
from bench.queries import Query

_STORED: Final = "articles.json"
_VALUES: Final = "values.json"


class Bm25s:
    """Postings with ready scores (float32), a sparse matrix by term."""

    workers = 1

    def version(self) -> str:
        """See Peer."""
        return version("bm25s")

    def index(self, articles: Iterable[Article], folder: Path) -> Written:
        """See Peer."""
        analyser = Analyser()
        terms: dict[str, int] = {}
        values: dict[tuple[int, str], int] = {}
        texts: list[list[int]] = []
        has: list[list[int]] = []
        dates: list[int] = []
        stored: list[tuple[str, str]] = []
        for article in articles:
            stems = analyser.stems(full_text(article))
            texts.append([terms.setdefault(stem, len(terms)) for stem in stems])
            has.append(
                [
                    values.setdefault((facet, value), len(values))
                    for facet, name in enumerate(FACETS)
                    for value in facet_values(article, name)
                ]
            )
            dates.append(day_number(article["published"]))
            stored.append((article["id"], article["title"]))
        began = perf_counter()
        model = bm25s.BM25(method="lucene", backend="numba")
        model.index((texts, terms), show_progress=False)
        model.save(folder)
        _save_columns(folder, dates, has, values)
        (folder / _STORED).write_bytes(orjson.dumps(stored))
        return Written(perf_counter() - began, (folder / _STORED).stat().st_size)

    def open(self, folder: Path) -> None:
        """See Peer."""
        self._model = bm25s.BM25.load(folder, mmap=True)
        self._starts = np.asarray(self._model.scores["indptr"])
        self._articles: NDArray[np.int32] = self._model.scores["indices"]
        self._scores: NDArray[np.float32] = self._model.scores["data"]
        self._stored = orjson.loads((folder / _STORED).read_bytes())
        self._names: list[list[str]] = orjson.loads((folder / _VALUES).read_bytes())
        self._dates = np.load(folder / "dates.npy")
        self._value_starts = np.load(folder / "value_starts.npy")
        self._values = np.load(folder / "values.npy")
        self._bounds = np.cumsum([0, *map(len, self._names)])
        self._of_value = _invert(self._value_starts, self._values, int(self._bounds[-1]))
        self._place = {name: number for number, name in enumerate(self._names[1])}
        self._analyser = Analyser()

    def prepare(self, query: Query) -> tuple[Query, list[int]]:
        """See Peer; the numbers of the query's terms."""
        if query.operator == "phrase":
            raise Unsupported("it has no phrases")
        stems = [stem for term in query.terms for stem in self._analyser.stems(term)]
        known = self._model.vocab_dict
        return query, [known[stem] for stem in stems if stem in known]

    def answer(self, prepared: tuple[Query, list[int]], *, facets: bool) -> Answer:
        """See Peer."""
        query, terms = prepared
        if query.operator == "or" and len(terms) > 1:
            dense = self._model.get_scores_from_ids(terms)
            found = np.flatnonzero(dense)
            scores = dense[found]
        else:
            found, scores = self._all_of(query, terms)
        count = min(TOP, found.size)
        best = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
        best = best[np.argsort(-scores[best], kind="stable")]
        shown = [self._stored[number] for number in found[best].tolist()]
        return Answer(
            [id_ for id_, _ in shown],
            [title for _, title in shown],
            int(found.size),
            self._count(found) if facets else {},
        )

    def _all_of(self, query: Query, terms: list[int]) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Find the articles with all terms, shortest list first, and their scores."""
        columns = sorted(
            (slice(int(self._starts[term]), int(self._starts[term + 1])) for term in terms),
            key=lambda column: column.stop - column.start,
        )
        found = np.asarray(self._articles[columns[0]])
        scores = np.asarray(self._scores[columns[0]])
        for column in columns[1:]:
            articles = self._articles[column]
            at = np.minimum(np.searchsorted(articles, found), articles.size - 1)
            is_in = articles[at] == found
            found, scores = found[is_in], scores[is_in] + self._scores[column][at[is_in]]
        if query.first and query.last and query.place:
            dates = self._dates[found]
            is_in = (dates >= day_number(query.first)) & (dates <= day_number(query.last))
            found, scores = found[is_in], scores[is_in]
            starts, articles_of = self._of_value
            value = int(self._bounds[1]) + self._place[query.place]
            there = articles_of[starts[value] : starts[value + 1]]
            at = np.minimum(np.searchsorted(there, found), there.size - 1)
            is_in = there[at] == found
            found, scores = found[is_in], scores[is_in]
        return found, scores

    def _count(self, found: NDArray[Any]) -> Facets:
        starts = self._value_starts[found]
        lengths = self._value_starts[found + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if found.size else 0
        at = np.repeat(starts - (ends - lengths), lengths) + np.arange(total)
        counts = np.bincount(self._values[at], minlength=int(self._bounds[-1]))
        facets: Facets = {}
        for number, name in enumerate(FACETS):
            own = counts[self._bounds[number] : self._bounds[number + 1]]
            kept = min(TOP, own.size)
            best = np.argpartition(-own, kept - 1)[:kept]
            best = best[np.argsort(-own[best], kind="stable")]
            names = self._names[number]
            facets[name] = [(names[i], int(own[i])) for i in best.tolist() if own[i]]
        return facets


def _save_columns(
    folder: Path, dates: list[int], has: list[list[int]], values: dict[tuple[int, str], int]
) -> None:
    """Number the values facet by facet and save them and the dates."""
    names: list[list[str]] = [[] for _ in FACETS]
    for facet, value in values:
        names[facet].append(value)
    bounds = np.cumsum([0, *map(len, names)])
    renumber = np.empty(len(values), np.int32)
    seen = [0] * len(FACETS)
    for (facet, _), old in values.items():
        renumber[old] = bounds[facet] + seen[facet]
        seen[facet] += 1
    flat = np.fromiter((number for row in has for number in row), np.int32)
    starts = np.cumsum([0, *map(len, has)]).astype(np.int32)
    np.save(folder / "values.npy", renumber[flat])
    np.save(folder / "value_starts.npy", starts)
    np.save(folder / "dates.npy", np.array(dates, np.int32))
    (folder / _VALUES).write_bytes(orjson.dumps(names))


def _invert(
    starts: NDArray[np.int32], values: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the articles of every value: where each value's begin (count + 1), and the articles."""
    owners = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    order = np.argsort(values, kind="stable")
    return np.concatenate([[0], np.cumsum(np.bincount(values, minlength=count))]), owners[order]
