"""The weights by which the splitter of compounds decides, and how well it does."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.language.building.families import FEATURES, Candidate, Words
from index.language.building.sources import read_lines
from index.language.stems import stem
from index.language.tokens import normalise

SHRINKAGE: Final = 1e-3
"""Weight of the squared weights in what is minimised; it only keeps them finite."""

CAUTION: Final = 0.6
"""What is added to the weight of being whole: a word that is cut wrongly is found where nobody
expects it. When it was chosen, 1.3 % of simple words held out were cut without it and 1.0 % with,
and of compounds, cross-validated, 96.8 and 96.4 % rightly."""

FOLDS: Final = 5

DERIVATIONAL: Final = frozenset(
    (
        "ning", "t", "are", "het", "ing", "era", "lig", "ig", "ist", "mässig", "isera", "ism",
        "ande", "nad", "aktig",
    )
)  # fmt: skip
"""Last parts of a row that make it a derivation."""


LINKING: Final = frozenset("aenosu")
"""Letters between the parts of a compound."""


class Example(NamedTuple):
    """A word with its candidates, the first of which is that it is no compound.

    `features` is float64[candidates, features] and `right` bool[candidates].
    """

    word: str
    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    names: list[str]


class Accuracy(NamedTuple):
    """Shares of compounds that are cut rightly and of simple words that are cut at all."""

    compounds: float
    simple: float
    wrong: list[str]


def read_compounds(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Read compounds with their parts from rows of Wikidata's lexemes: word, part, part …"""
    rows = []
    for line in read_lines(path):
        word, *parts = map(normalise, line.split("\t"))
        if any(part.startswith("-") or part.endswith("-") for part in parts):
            continue
        if len(parts) < 2 or parts[-1] in DERIVATIONAL:
            continue
        words = [part for n, part in enumerate(parts) if not (n > 0 and part in LINKING)]
        if len(words) < 2:
            continue
        rows.append((word.replace("-", ""), tuple(words)))
    return rows


def keys(words: Words, word: str) -> set[str]:
    """The stems by which a part is compared: its own and those of its lemmas."""
    return {stem(word), *(stem(lemma) for lemma in words.lemmas.get(word, ()))}


def compound_example(words: Words, word: str, parts: Sequence[str]) -> Example:
    """Make an example of a compound, whose parts are known."""
    candidates = list(words.candidates(word))
    right = [
        len(parts) == 2
        and not keys(words, c.first).isdisjoint(keys(words, parts[0]))
        and not keys(words, c.last).isdisjoint(keys(words, parts[1]))
        for c in candidates
    ]
    return _example(words, word, candidates, [False, *right])


def simple_example(words: Words, word: str) -> Example:
    """Make an example of a word that is no compound."""
    candidates = list(words.candidates(word))
    return _example(words, word, candidates, [True] + [False] * len(candidates))


def _example(words: Words, word: str, candidates: list[Candidate], right: list[bool]) -> Example:
    whole = words.whole_features(word)
    rows = [[float(whole.get(name, 0)) for name in FEATURES]]
    rows += [words.features(word, candidate) for candidate in candidates]
    return Example(word, np.array(rows), np.array(right), ["", *map(str, candidates)])


def fit(examples: Iterable[Example]) -> NDArray[np.float64]:
    """Choose the weights that make the right candidates most likely (conditional logit)."""
    from scipy.optimize import minimize

    usable = [e for e in examples if e.right.any() and not e.right.all()]
    features = np.concatenate([e.features for e in usable])
    right = np.concatenate([e.right for e in usable])
    sizes = [len(e.right) for e in usable]
    starts = np.cumsum([0, *sizes[:-1]])
    owner = np.repeat(np.arange(len(usable)), sizes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = features @ weights
        likely = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        every = np.add.reduceat(likely, starts)
        good = np.add.reduceat(likely * right, starts) + 1e-300
        slope = features.T @ (likely / every[owner] - likely * right / good[owner])
        value = -np.log(good / every).sum() / len(usable) + SHRINKAGE * weights @ weights
        return value, slope / len(usable) + 2 * SHRINKAGE * weights

    result = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B")
    weights: NDArray[np.float64] = result.x
    return weights


def accuracy(
    weights: NDArray[np.float64], compounds: Iterable[Example], simple: Iterable[Example]
) -> Accuracy:
    """Measure weights on examples."""
    found = [(e, int((e.features @ weights).argmax())) for e in compounds]
    cut = [(e, int((e.features @ weights).argmax())) for e in simple]
    wrong = [f"{e.word} {e.names[best]}" for e, best in found if not best or not e.right[best]]
    wrong += [f"{e.word} {e.names[best]} (simple)" for e, best in cut if best]
    right = sum(bool(best and e.right[best]) for e, best in found)
    return Accuracy(
        right / max(1, len(found)), sum(best > 0 for _, best in cut) / max(1, len(cut)), wrong
    )


def cross_validate(compounds: Sequence[Example], simple: Sequence[Example]) -> Accuracy:
    """Measure by FOLDS folds: every word by weights that were chosen without it."""
    results = []
    for fold in range(FOLDS):
        kept, held_out = (
            [
                [e for n, e in enumerate(of) if (n % FOLDS == fold) is out]
                for of in (compounds, simple)
            ]
            for out in (False, True)
        )
        weights = fit(kept[0] + kept[1])
        weights[FEATURES.index("whole")] += CAUTION
        results.append(accuracy(weights, *held_out))
    return Accuracy(
        float(np.mean([r.compounds for r in results])),
        float(np.mean([r.simple for r in results])),
        [word for r in results for word in r.wrong],
    )
