"""Measure the recogniser, and learn it anew: ``python -m index.entities.building DATA [--write]``.

``DATA`` holds the folders ``ner``, ``names`` and ``text``. What is measured by folds is the whole
recogniser, with weights that have not seen the sentences in question.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from index.articles import Article
from index.entities.building.labelled import (
    Labelled,
    Score,
    read_demonstration,
    read_labelled,
    read_sentences,
    report,
    score_of,
)
from index.entities.building.learning import learn, mended
from index.entities.building.speed import measure_memory, measure_speed
from index.entities.building.tables import NAMES, TEXTS, capital_shares, first_names, read_texts
from index.entities.lexicon import BEARERS_FILE, CAPITALS_FILE, load_lexicon
from index.entities.model import Labeller, save_weights
from index.entities.recogniser import Recogniser
from index.readers import find_files, read_articles

FOLDS: Final = 5
LEARNT_FROM: Final = "webbnyheter2012-train.txt"
HELD_OUT: Final = ("uner-talbanken-train.iob2", "uner-talbanken-dev.iob2")


def own_sentences() -> list[Labelled]:
    """What was labelled for Nyhetssök: the demonstration articles and single sentences."""
    data = Path(str(files("index.entities.building") / "data"))
    return [
        *read_demonstration(data / "demonstration.tsv", _demonstration()),
        *read_sentences(data / "sentences.txt"),
    ]


def _demonstration() -> Iterator[Article]:
    for file in find_files([Path("seeds")]):
        if isinstance(file, Path):
            for article in read_articles(file):
                if isinstance(article, Article):
                    yield article


def measure_fold(folder: Path, number: int) -> Score:
    """Learn without a fifth of the sentences, as they follow in the file, and measure on it."""
    sentences = list(read_labelled(folder / LEARNT_FROM))
    size = len(sentences)
    low, high = number * size // FOLDS, (number + 1) * size // FOLDS
    learnt = [*mended(sentences[:low] + sentences[high:]), *own_sentences()]
    weights = learn(learnt, "")
    recogniser = Recogniser(Labeller(weights, load_lexicon()))
    return score_of(recogniser, sentences[low:high])


def main(folder: Path, *, is_writing: bool) -> None:
    """Measure by folds and on what is never learnt from; write the files that are shipped."""
    data = Path(str(files("index.entities") / "data"))
    if is_writing:
        first_names(folder / "names").save(str(data / BEARERS_FILE))
        capital_shares(read_texts(folder / "text")).save(str(data / CAPITALS_FILE))
        load_lexicon.cache_clear()
    labelled = folder / "ner"
    with ProcessPoolExecutor(2) as pool:
        scores = list(pool.map(partial(measure_fold, labelled), range(FOLDS)))
    report(f"{LEARNT_FROM}, {FOLDS} folds", scores)
    learnt = [*mended(read_labelled(labelled / LEARNT_FROM)), *own_sentences()]
    weights = learn(learnt, LEARNT_FROM)
    recogniser = Recogniser(Labeller(weights, load_lexicon()))
    held_out = [one for name in HELD_OUT for one in read_labelled(labelled / name)]
    report("uner-talbanken, never learnt from", [score_of(recogniser, held_out)])
    if is_writing:
        save_weights(weights, data)
    sys.stdout.flush()
    for measure in (measure_speed, measure_memory):
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            pool.submit(measure, folder / "text").result()


def missing_files(folder: Path) -> list[Path]:
    """What has to be in a folder to learn and measure, and is not."""
    needed = [
        *(folder / "ner" / name for name in (LEARNT_FROM, *HELD_OUT)),
        *(folder / "names" / name for name in NAMES),
        *(folder / "text" / name for name in TEXTS),
    ]
    return [path for path in needed if not path.exists()]


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    if len(arguments) != 1:
        sys.exit("Name one folder with labelled text: make recogniser DATA=folder")
    missing = missing_files(Path(arguments[0]))
    if missing:
        sys.exit("Missing: " + ", ".join(map(str, missing)))
    main(Path(arguments[0]), is_writing="--write" in sys.argv)
