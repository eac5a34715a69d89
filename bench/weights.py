"""Whether the weights of ranking hold for questions that they were not chosen by.

    python -m bench.weights DATA

DATA is the folder of `bench.quality`. Prints the nDCG@10 of its three sets for each value that
stands beside a weight in the code, while the other weights stay as they are. Then the queries are
dealt into five folds, and each weight is chosen for a fold by the other four: the value with the
highest nDCG@10, a mean over questions (SweQUAD and SweFAQ) and titles. The queries of the fold are
asked with all values that were chosen for it.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import log2
from pathlib import Path
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray

from bench.quality import Collection, changed, collections, index_texts
from index.language.analysis import PART_WEIGHT
from search import rereading, wording
from search import searcher as searching
from search.engines import base, local
from search.engines.base import (
    COMPANY,
    COMPANY_WIDTH,
    IN_A_ROW,
    K1,
    PASSAGE,
    PASSAGE_WIDTH,
    RERANKED,
    RERANKED_OF_QUESTION,
    SCORE_SCALE,
    B,
)
from search.leaves import WEAK
from search.plan import RELAX_BELOW
from search.searcher import Searcher, open_searcher
from web.evaluation import rank

FOLDS: Final = 5

Choice = tuple[str, float]
"""The name of a weight, and a value of it."""

Values = Mapping[str, float]
"""A value of each weight."""

Found = list[NDArray[np.float64]]
"""The nDCG@10 of each question, one array a set."""

TRIED: Final[Mapping[str, tuple[float, ...]]] = {
    "K1": (0.6, 0.9, K1, 1.6, 2),
    "B": (0.3, 0.45, 0.6, B, 0.9),
    "RELAX_BELOW": (1, 5, 10, RELAX_BELOW, 50),
    "EXACT": (1, 1.25, wording.EXACT, 2),
    "INFLECTED": (0.3, wording.INFLECTED, 0.75, 1),
    "WEAK": (0.1, 0.2, WEAK),
    "COMPOUND_PART": (0.25, 0.5, 0.75, wording.COMPOUND_PART, 0.99),
    "KINDRED": (0, 0.15, wording.KINDRED, 0.45),
    "BEGINNING": (4, wording.BEGINNING, 6, 7),
    "SHORTEST_KINDRED": (5, 6, wording.SHORTEST_KINDRED, 8),
    "PART_WEIGHT": (0, 0.15, 0.3, PART_WEIGHT, 0.7),
    "RERANKED": (10, RERANKED, 50),
    "RERANKED_OF_QUESTION": (20, RERANKED_OF_QUESTION, 100),
    "IN_A_ROW": (0, 0.2, IN_A_ROW, 0.4, 0.5),
    "COMPANY": (0, 0.2, COMPANY, 0.6),
    "COMPANY_WIDTH": (5, COMPANY_WIDTH, 20),
    "PASSAGE": (0, 1, PASSAGE, 3),
    "PASSAGE_WIDTH": (40, PASSAGE_WIDTH, 60, 80),
    "REREAD": (0, 20, 30, rereading.REREAD),
    "PIECES": (0, 0.5, rereading.PIECES, 1),
    "WORDS": (0, 0.35, rereading.WORDS, 0.95),
    "BEGUN": (3, rereading.BEGUN, 5),
    "SELDOM": (0.03, rereading.SELDOM, 0.3),
    "SHARED": (0, 0.25, rereading.SHARED, 0.75),
    "LIKENESS": (2, rereading.LIKENESS, 5),
    "EARLY": (0, rereading.EARLY, 0.5),
    "EARLY_LETTERS": (150, rereading.EARLY_LETTERS, 600),
    "TYPICAL": (0, 0.12, rereading.TYPICAL, 0.4),
    "ALIKE": (0, 0.15, rereading.ALIKE, 0.45),
}
"""What is tried of each weight; the one in use is named."""

_OF_WORDING: Final = ("EXACT", "INFLECTED", "WEAK", "COMPOUND_PART", "KINDRED")
_OF_LETTERS: Final = ("BEGINNING", "SHORTEST_KINDRED")
OF_READING: Final = (
    "PIECES", "WORDS", "BEGUN", "SELDOM", "SHARED", "LIKENESS", "EARLY", "EARLY_LETTERS", "TYPICAL",
    "ALIKE",
)  # fmt: skip
_OF_LOOK: Final = ("RERANKED", "RERANKED_OF_QUESTION")

IN_USE: Final[Values] = {
    "K1": K1,
    "B": B,
    "RELAX_BELOW": RELAX_BELOW,
    "EXACT": wording.EXACT,
    "INFLECTED": wording.INFLECTED,
    "WEAK": WEAK,
    "COMPOUND_PART": wording.COMPOUND_PART,
    "KINDRED": wording.KINDRED,
    "BEGINNING": wording.BEGINNING,
    "SHORTEST_KINDRED": wording.SHORTEST_KINDRED,
    "PART_WEIGHT": PART_WEIGHT,
    "RERANKED": RERANKED,
    "RERANKED_OF_QUESTION": RERANKED_OF_QUESTION,
    "IN_A_ROW": IN_A_ROW,
    "COMPANY": COMPANY,
    "COMPANY_WIDTH": COMPANY_WIDTH,
    "PASSAGE": PASSAGE,
    "PASSAGE_WIDTH": PASSAGE_WIDTH,
    "REREAD": rereading.REREAD,
    "PIECES": rereading.PIECES,
    "WORDS": rereading.WORDS,
    "BEGUN": rereading.BEGUN,
    "SELDOM": rereading.SELDOM,
    "SHARED": rereading.SHARED,
    "LIKENESS": rereading.LIKENESS,
    "EARLY": rereading.EARLY,
    "EARLY_LETTERS": rereading.EARLY_LETTERS,
    "TYPICAL": rereading.TYPICAL,
    "ALIKE": rereading.ALIKE,
}


def main(data: Path) -> None:
    """Print how good each value is, what the folds choose, and how good that is for the others."""
    with tempfile.TemporaryDirectory() as folder:
        sets = [one for one in collections(data) if one.name != "own suite"]
        for one in sets:
            index_texts(one, Path(folder) / one.name)

        def ask(values: Values) -> Found:
            with weights(values):
                return [gains(one, open_searcher(f"{folder}/{one.name}/index")) for one in sets]

        in_use = ask(IN_USE)
        click.echo(f"nDCG@10 of {', '.join(one.name for one in sets)}")
        found: dict[Choice, Found] = {}
        for name, values in TRIED.items():
            for value in values:
                is_used = value == IN_USE[name]
                of = found[name, value] = in_use if is_used else ask({**IN_USE, name: value})
                told = "  ".join(f"{gain.mean():.4f}" for gain in of)
                click.echo(f"{name:20} {value:<5g} {told}{'  in use' if is_used else ''}")
        chosen = choose(found, [one.name == "press titles" for one in sets])
        of_folds = [ask(values) for values in chosen]
    for name in TRIED:
        counts = Counter(values[name] for values in chosen)
        told = ", ".join(f"{value:g} in {count}" for value, count in counts.most_common())
        click.echo(f"{name:20} in use {IN_USE[name]:g}, chosen {told}")
    for n, one in enumerate(sets):
        fold = np.arange(len(in_use[n])) % FOLDS
        held_out = np.choose(fold, [found[n] for found in of_folds])
        click.echo(
            f"{one.name:14} nDCG@10 with the weights in use {in_use[n].mean():.4f}, "
            f"with those that other questions chose {held_out.mean():.4f}"
        )


def choose(found: Mapping[Choice, Found], are_titles: Sequence[bool]) -> list[Values]:
    """The values that the other folds choose for each.

    `are_titles` says which sets are of titles; those of questions count as one.
    """

    def without(fold: int, of: Found) -> float:
        kept = [gain[np.arange(len(gain)) % FOLDS != fold] for gain in of]
        means = []
        for is_title in set(are_titles):
            own = [gain for gain, title in zip(kept, are_titles, strict=True) if title == is_title]
            means.append(np.concatenate(own).mean())
        return float(np.mean(means))

    def best(name: str, fold: int) -> float:
        return max(
            TRIED[name],
            key=lambda value: (without(fold, found[name, value]), value == IN_USE[name]),
        )

    return [{name: best(name, fold) for name in TRIED} for fold in range(FOLDS)]


@contextmanager
def weights(values: Values) -> Iterator[None]:
    """Search indexes that are opened now with other weights than those in use."""
    scale = local._OF_QUESTIONS._replace(
        saturation=values["K1"] + 1,
        part=values["PART_WEIGHT"],
        weak=values["WEAK"],
        in_a_row=values["IN_A_ROW"] * SCORE_SCALE,
        company=values["COMPANY"] * SCORE_SCALE,
        company_width=int(values["COMPANY_WIDTH"]),
        passage=values["PASSAGE"] * SCORE_SCALE,
        passage_width=int(values["PASSAGE_WIDTH"]),
    )
    of_wording = {name: values[name] for name in _OF_WORDING}
    of_wording |= {name: int(values[name]) for name in _OF_LETTERS}
    of_look = {name: int(values[name]) for name in _OF_LOOK}
    with (
        changed(local, _OF_QUESTIONS=scale, _SCALE=scale._replace(passage=0.0)),
        changed(local, K1=values["K1"], B=values["B"]),
        changed(searching, RELAX_BELOW=values["RELAX_BELOW"], REREAD=int(values["REREAD"])),
        changed(rereading, **{name: values[name] for name in OF_READING}),
        changed(base, **of_look),
        changed(wording, **of_wording),
    ):
        yield


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
