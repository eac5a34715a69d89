"""Build the lexicon; see the package.

    python -m index.language.building COMPOUNDS

COMPOUNDS is a file of compounds with their parts (Wikidata's lexemes, CC0), which chooses the
weights of the splitter. Prints the weights and how well they do.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from index.language.building.families import FEATURES, Candidate, Words
from index.language.building.fitting import (
    CAUTION,
    Example,
    compound_example,
    cross_validate,
    fit,
    read_compounds,
    simple_example,
)
from index.language.building.sources import (
    add_actives,
    add_pairs,
    add_participles,
    add_presents,
    drop_rare_readings,
    edit_of,
    keep_apart,
    read_frequencies,
    read_lemmas,
    read_lines,
    read_names,
)
from index.language.compounds import OWN_S, PARTICLES, may_be_first, may_be_last
from index.language.data import read_words
from index.language.lexicon import (
    COMPOUNDS_FILE,
    COMPOUNDS_TYPE,
    CUT,
    EDITS_FILE,
    EXTRA_FILE,
    FREQUENCY_STEP,
    LEMMAS_FILE,
    LINKED,
    NO_PART,
    ROWS_FILE,
    SCALE,
    SHARED,
    lexicon,
)
from index.language.stems import stem

DATA: Final = Path(__file__).parents[1] / "data"
_DOTS: Final = str.maketrans("åäö", "aao")
EVERY_NTH_NAME: Final = 15
"""Names are so many that these are enough to learn from."""


def read_all_lemmas(frequencies: dict[str, float]) -> dict[str, set[str]]:
    """Read the lemmas, with those of our own, without the genitives that a rule finds."""
    lemmas = {form: set(of) for form, of in read_lemmas().items() if form.isalpha()}
    added, removed = _read_additions()
    add_pairs(lemmas, added)
    for form, lemma in removed:
        lemmas[form] = lemmas[form] - {lemma} or {form}
    add_presents(lemmas, frequencies)
    drop_rare_readings(lemmas, frequencies)
    add_participles(lemmas)
    keep_apart(lemmas, frequencies)
    add_actives(lemmas, frequencies)
    keeping_s, names = read_words("final_s.txt"), read_names()
    lemmas |= {name: {name} for name in keeping_s & names}
    lemmas |= {name: {name} for name in _spoilt(names - lemmas.keys(), lemmas)}
    for word in [word for word in lemmas if len(word) <= 2]:
        lemmas[word] = {word}  # an acronym more often than an imperative
    add_pairs(lemmas, added)  # again: nothing takes them away
    for word in [w for w, of in lemmas.items() if w[-1] == "s" and lemmas.get(w[:-1]) == of]:
        if word not in keeping_s:
            del lemmas[word]
    return lemmas


def _spoilt(names: set[str], lemmas: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the names of which the stemmer makes another word: Paula would be one with Paul.

    One that is written so for want of dots (`Hakan`) is left, so that it is found with them.
    """
    dotless = {bare for word in (*names, *lemmas) if (bare := word.translate(_DOTS)) != word}
    for name in names:
        if name not in dotless and (of_stemmer := stem(name)) != name and of_stemmer in lemmas:
            yield name


Pairs = list[tuple[str, str]]
"""Forms, each with a lemma of it."""


def _read_additions() -> tuple[Pairs, Pairs]:
    """Read the pairs that the list lacks, and those that it should not have."""
    added, removed = [], []
    for line in read_lines(DATA / "additions.txt"):
        lemma, forms = line.split("\t")
        for form in (lemma, *forms.split()):
            if form[0] == "-":
                removed.append((form[1:], lemma))
            else:
                added.append((form, lemma))
    return added, removed


def _read_cuts() -> Iterator[tuple[str, Candidate | None]]:
    """Read words with the cut that they are given, None where they are not to be cut."""
    for line in read_words("cuts.txt"):
        first, _, last = line.partition("|")
        linked = first.endswith("s") and last != ""
        yield first + last, Candidate(first.removesuffix("s"), linked, last) if last else None


class Builder:
    """Makes the arrays of the lexicon from words and weights."""

    def __init__(self, words: Words, weights: NDArray[np.float64]) -> None:
        self._words = words
        self._weights = dict(zip(FEATURES, weights.tolist(), strict=True))
        self._given = dict(_read_cuts())
        self._cuts: dict[str, Candidate | None] = {}
        self._terms: dict[str, str] = {}

    def score(self, features: Mapping[str, float]) -> float:
        """Weigh features."""
        return float(sum(self._weights[name] * value for name, value in features.items()))

    def cut(self, word: str) -> Candidate | None:
        """Cut a word in two if that is likelier than that it is whole."""
        if word not in self._cuts:
            self._cuts[word] = self._best_cut(word)
        return self._cuts[word]

    def _best_cut(self, word: str) -> Candidate | None:
        if word in self._given:
            return self._given[word]
        if self._words.is_name(word):
            return None
        weights = np.array([self._weights[name] for name in FEATURES])
        best, cut = self.score(self._words.whole_features(word)), None
        for candidate in self._words.candidates(word):
            score = float(np.dot(weights, self._words.features(word, candidate)))
            if score > best:
                best, cut = score, candidate
        return cut

    def cut_of_form(self, form: str) -> Candidate | None:
        """Cut an inflected word where its lemma is cut."""
        owners = self._words.lemmas.get(form)
        if not owners or owners == {form}:
            return self.cut(form)
        if not all(self.cut(lemma) for lemma in owners):
            return None
        if form in owners:
            return self.cut(form)
        for lemma in sorted(owners):
            cut = self.cut(lemma)
            if cut is not None:
                begins = self._words.surface(cut)
                shared = len(begins) + len(cut.last) - len(lemma)
                last = form[len(begins) - shared :]
                if form.startswith(begins) and len(last) > 1:
                    return cut._replace(last=last)
        return None

    def main_term(self, lemma: str) -> str:
        """The main term of a lemma: itself, or a compound with the lemma of its last part."""
        known = self._terms.get(lemma)
        if known is None:
            cut = self.cut(lemma)
            known = lemma
            if cut is not None:
                owners = self._words.lemmas.get(cut.last) or {cut.last}
                last = cut.last if cut.last in owners else min(owners)
                known = lemma[: len(lemma) - len(cut.last)] + self.main_term(last)
            self._terms[lemma] = known
        return known

    def main_terms(self, form: str) -> list[str]:
        """The main terms of a word; none when no lemma of it is known."""
        return sorted({self.main_term(lemma) for lemma in self._words.lemmas.get(form, ())})

    def flags(self, word: str) -> int:
        """What the lexicon says of the cut of a word."""
        cut = self.cut_of_form(word)
        if cut is None:
            return 0
        at = len(word) - len(cut.last)
        if at > CUT:
            return 0
        begins = self._words.surface(cut)
        linked = (cut.linked or self._has_idle_s(begins)) and begins not in OWN_S
        return at | (LINKED if linked else 0) | (SHARED if len(begins) > at else 0)

    def _has_idle_s(self, first: str) -> bool:
        """Whether a first part has the same main terms with its -s as without."""
        return first[-1] == "s" and self.main_terms(first[:-1]) == self.main_terms(first) != []

    def compounds_of(self, words: Iterable[str]) -> NDArray[Any]:
        """What is known of words as parts of compounds, in their order: COMPOUNDS_TYPE[words]."""
        return np.array([self._row(word) for word in words], COMPOUNDS_TYPE)

    def _row(self, word: str) -> tuple[int, int, int, int, int]:
        of = self._words
        begins = may_be_first(word)
        ends = any(may_be_last(first, word) for first in ("mellan", *PARTICLES))
        return (
            self.flags(word),
            min(255, round(of.frequency(word) / FREQUENCY_STEP)),
            _stored(self.score(of.first_features(word, linked=False))) if begins else NO_PART,
            _stored(self.score(of.first_features(word, linked=True))) if begins else NO_PART,
            _stored(self.score(of.last_features(word))) if ends else NO_PART,
        )


def main(compounds: Path) -> None:
    """Build all files."""
    frequencies = read_frequencies()
    lemmas = read_all_lemmas(frequencies)
    words = Words(lemmas, frequencies, read_names())
    words.known |= {word for word, _ in _read_cuts()}
    examples = [compound_example(words, word, parts) for word, parts in read_compounds(compounds)]
    simple = [simple_example(words, word) for word in _simple_words(words)]
    _report(examples, simple)
    weights = fit([*examples, *simple])
    weights[FEATURES.index("whole")] += CAUTION
    builder = Builder(words, weights)
    trie, extra = quick_trie(lemmas), quick_trie(words.known - lemmas.keys())
    trie.save(str(DATA / LEMMAS_FILE))
    extra.save(str(DATA / EXTRA_FILE))
    in_order = [trie.restore_key(n) for n in range(len(trie))]
    edits, rows = _edits(builder, in_order)
    np.save(DATA / EDITS_FILE, edits)
    (DATA / ROWS_FILE).write_text(_lines_of(rows), encoding="utf-8")
    everything = [*in_order, *(extra.restore_key(n) for n in range(len(extra)))]
    np.save(DATA / COMPOUNDS_FILE, builder.compounds_of(everything))
    _write_meta(dict(zip(FEATURES, weights.tolist(), strict=True)))


def quick_trie(words: Iterable[str]) -> Any:
    """A trie that is a fifth quicker to look words up in, and an eighth larger, than is usual."""
    return marisa_trie.Trie(
        sorted(words),
        num_tries=1,
        cache_size=marisa_trie.HUGE_CACHE,
        order=marisa_trie.LABEL_ORDER,
    )


def _simple_words(words: Words) -> list[str]:
    simple = list(read_lines(Path(__file__).parent / "data" / "simple_words.txt"))
    return simple + sorted(words.names)[::EVERY_NTH_NAME]


def _report(compounds: list[Example], simple: list[Example]) -> None:
    measured = cross_validate(compounds, simple)
    print(f"compounds cut rightly: {measured.compounds:.4f} of {len(compounds)}")  # noqa: T201
    print(f"simple words and names cut: {measured.simple:.4f} of {len(simple)}")  # noqa: T201


def _edits(
    builder: Builder, words: list[str]
) -> tuple[NDArray[np.uint16], list[tuple[tuple[int, str], ...]]]:
    numbers: dict[tuple[tuple[int, str], ...], int] = {}
    edits = []
    for word in words:
        edits_of_word = [edit_of(word, term) for term in builder.main_terms(word)]
        row = tuple((len(cut), end) for cut, end in edits_of_word)
        edits.append(numbers.setdefault(row, len(numbers)))
    return np.array(edits, np.uint16), list(numbers)


def _lines_of(rows: Iterable[object]) -> str:
    """A list of rows as JSON, one a line."""
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def _write_meta(weights: Mapping[str, float]) -> None:
    digest = hashlib.blake2b(digest_size=6)
    for name in (LEMMAS_FILE, EDITS_FILE, ROWS_FILE, EXTRA_FILE, COMPOUNDS_FILE):
        digest.update((DATA / name).read_bytes())
    meta = {
        "sources": {name: version(name) for name in ("spacy-lookups-data", "wordfreq")},
        "version": digest.hexdigest(),
        "weights": dict(weights),
    }
    (DATA / "lexicon.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    lexicon.cache_clear()


def _stored(score: float) -> int:
    return max(NO_PART + 1, min(-NO_PART - 1, round(score * SCALE)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
