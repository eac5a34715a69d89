"""How well the Swedish chain knows words, and how fast: the first part of `make evaluate`."""

import time
import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np

from index.language.analysis import base_forms
from index.language.building.fitting import read_compounds
from index.language.building.sources import read_lines
from index.language.bulk import BulkAnalyser
from index.language.compounds import split
from index.language.lexicon import lexicon
from index.language.stems import main_terms, stem

WORDS: Final = 430
"""Words of an article, as the speed of analysis is told."""


def report(suite: Path, names: Path, data: Path | None, texts: list[str]) -> Iterator[str]:
    """Yield a line for each figure; `data` has the sets of words, `texts` are to be analysed."""
    simple = list(read_lines(suite / "simple_words.txt"))
    yield f"simple words that are cut: {_cut(simple):.4f} of {len(simple)}"
    some = [line.split("\t")[0].lower() for line in read_lines(names)][::40]
    yield f"first names that are cut: {_cut(some):.4f} of {len(some)}"
    if data is not None:
        yield from _morphology(data)
    yield from _speed(texts)


def _cut(words: list[str]) -> float:
    return sum(split(word) is not None for word in words) / len(words)


def _morphology(folder: Path) -> Iterator[str]:
    rows = read_compounds(folder / "compounds-wikidata-dev.tsv")
    right = sum(_is_right(word, parts) for word, parts in rows)
    yield f"compounds cut rightly (they chose the weights): {right / len(rows):.4f} of {len(rows)}"
    pairs = read_pairs(folder / "ud-talbanken-dev.conllu")
    meet = sum(bool(_main(form) & _main(lemma)) for form, lemma in pairs)
    yield f"forms that share a main term with their lemma: {meet / len(pairs):.4f} of {len(pairs)}"
    stems = sum(stem(form) == stem(lemma) for form, lemma in pairs)
    yield f"  by Snowball alone: {stems / len(pairs):.4f}"
    lemmas = sorted({lemma for _, lemma in pairs if lemma.isalpha() and len(lemma) >= 4})
    alike = [pair for pair in combinations(lemmas, 2) if pair[0][:4] == pair[1][:4]]
    joined = sum(bool(_main(one) & _main(other)) for one, other in alike)
    yield f"lemmas alike in four letters that share one: {joined / len(alike):.4f} of {len(alike)}"


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Read the distinct pairs of form and lemma of a treebank, in small letters."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    pairs = {
        (row[1].lower(), row[2].lower())
        for row in rows
        if len(row) > 5 and row[0].isdigit() and row[3] not in ("PUNCT", "SYM")
    }
    return sorted(pairs)


def _is_right(word: str, parts: Iterable[str]) -> bool:
    cut, words = split(word), list(parts)
    if cut is None or len(words) != 2:
        return False
    return bool(_keys(cut.first) & _keys(words[0]) and _keys(cut.last) & _keys(words[1]))


def _keys(word: str) -> set[str]:
    return {stem(word), *lexicon().main_terms(word)}


def _main(word: str) -> set[str]:
    return {term for form in base_forms(word) for term in main_terms(form.strip("-.") or form)}


def _speed(texts: list[str]) -> Iterator[str]:
    analyser, flags = BulkAnalyser(), np.ones(len(texts), np.bool_)
    tokens, _ = analyser.analyse(texts, flags)
    began = time.perf_counter()
    rounds = max(1, 2_000_000 // len(tokens))
    for _ in range(rounds):
        analyser.analyse(texts, flags)
    speed = rounds * len(tokens) / WORDS / (time.perf_counter() - began)
    yield f"analysis once warm, one core: {speed:,.0f} articles of {WORDS} words a second"
    lexicon.cache_clear()
    began = time.perf_counter()
    lexicon()
    opened = (time.perf_counter() - began) * 1000
    lexicon.cache_clear()
    tracemalloc.start()
    lexicon()
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    yield f"lexicon: {size:.1f} MB a process, beside two files that all share"
    yield f"lexicon opened in {opened:.0f} ms"
