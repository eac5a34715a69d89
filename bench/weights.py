"""Whether the weights of ranking hold for questions that they were not chosen by.

    python -m bench.weights DATA

DATA is the folder of `bench.quality`. The questions of its three sets are dealt into five folds.
Each weight is chosen for a fold by the other four: the value, of those that stand beside the weight
in the code, with the highest nDCG@10, a mean over the sets, while the others stay as they are. Then
the questions of the fold are asked with all values that were chosen for it.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import log2
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from numpy.typing import NDArray

from bench.quality import Collection, collections, index_texts
from search import searcher as searching
from search import wording
from search.engines import local
from search.engines.base import COMPANY, COMPANY_WIDTH, IN_A_ROW, SCORE_SCALE
from search.searcher import Searcher
from search.variants import variants
from web.evaluation import rank

FOLDS: Final = 5

Values = Mapping[str, float]
"""A value of each weight."""

Found = list[NDArray[np.float64]]
"""The nDCG@10 of each question, one array a set."""

TRIED: Final[Mapping[str, tuple[float, ...]]] = {
    "EXACT": (1, 1.25, wording.EXACT, 2),
    "LOOSE": (0, wording.LOOSE, 0.6),
    "COMPOUND_PART": (0.25, 0.5, wording.COMPOUND_PART, 0.9),
    "IN_A_ROW": (0, 0.2, IN_A_ROW, 0.5),
    "COMPANY": (0, 0.2, COMPANY),
    "COMPANY_WIDTH": (5, COMPANY_WIDTH, 20),
}
"""What is tried of each weight; the one in use is named."""

_OF_WORDING: Final = ("EXACT", "LOOSE", "COMPOUND_PART")

IN_USE: Final[Values] = {
    "EXACT": wording.EXACT,
    "LOOSE": wording.LOOSE,
    "COMPOUND_PART": wording.COMPOUND_PART,
    "IN_A_ROW": IN_A_ROW,
    "COMPANY": COMPANY,
    "COMPANY_WIDTH": COMPANY_WIDTH,
}


def main(data: Path) -> None:
    """Print what the folds choose, and how good that is for questions that did not choose it."""
    with tempfile.TemporaryDirectory() as folder:
        sets = [one for one in collections(data) if one.name != "own suite"]
        searchers = [index_texts(one, Path(folder) / one.name) for one in sets]

        def ask(values: Values) -> Found:
            with weights(values):
                return [gains(one, searcher) for one, searcher in zip(sets, searchers, strict=True)]

        in_use = ask(IN_USE)
        chosen = choose(in_use, ask)
        of_folds = [ask(values) for values in chosen]
    for name in TRIED:
        counts = Counter(values[name] for values in chosen)
        told = ", ".join(f"{value:g} in {count}" for value, count in counts.most_common())
        click.echo(f"{name:14} in use {IN_USE[name]:g}, chosen {told}")
    for n, one in enumerate(sets):
        fold = np.arange(len(in_use[n])) % FOLDS
        held_out = np.choose(fold, [found[n] for found in of_folds])
        click.echo(
            f"{one.name:14} nDCG@10 with the weights in use {in_use[n].mean():.4f}, "
            f"with those that other questions chose {held_out.mean():.4f}"
        )


def choose(in_use: Found, ask: Callable[[Values], Found]) -> list[Values]:
    """The values that the other folds choose for each."""
    found = {
        (name, value): in_use if value == IN_USE[name] else ask({**IN_USE, name: value})
        for name, values in TRIED.items()
        for value in values
    }

    def without(fold: int, of: Found) -> float:
        return float(np.mean([gain[np.arange(len(gain)) % FOLDS != fold].mean() for gain in of]))

    def best(name: str, fold: int) -> float:
        return max(
            TRIED[name],
            key=lambda value: (without(fold, found[name, value]), value == IN_USE[name]),
        )

    return [{name: best(name, fold) for name in TRIED} for fold in range(FOLDS)]


@contextmanager
def weights(values: Values) -> Iterator[None]:
    """Search with other weights than those in use."""
    scale = local._SCALE._replace(
        in_a_row=values["IN_A_ROW"] * SCORE_SCALE,
        company=values["COMPANY"] * SCORE_SCALE,
        width=int(values["COMPANY_WIDTH"]),
    )
    of_wording = {name: values[name] for name in _OF_WORDING}
    with changed(local, _SCALE=scale), changed(wording, **of_wording):
        yield


@contextmanager
def changed(module: Any, **values: Any) -> Iterator[None]:
    """Search with other values of the constants of a module."""
    kept = {name: getattr(module, name) for name in values}
    try:
        vars(module).update(values)
        _forget()
        yield
    finally:
        vars(module).update(kept)
        _forget()


def _forget() -> None:
    """Forget what was planned with other values."""
    for remembered in (searching._understand, wording.terms_of, wording.parts_of, variants):
        remembered.cache_clear()


def gains(collection: Collection, searcher: Searcher) -> NDArray[np.float64]:
    """The nDCG@10 of each question, of which each has one right text: float64[questions]."""
    found = []
    for qid, ids in rank(searcher, collection.queries).items():
        (right,) = collection.judgements[qid]
        found.append(1 / log2(ids.index(right) + 2) if right in ids else 0.0)
    return np.array(found)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder of the data: python -m bench.weights DATA")
    main(Path(sys.argv[1]))
