from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.entities import kernels, model, plain_kernels
from index.entities.explaining import features_by_name, weights_of_feature
from index.entities.lexicon import load_lexicon
from index.entities.model import (
    LABEL_OF,
    TAGS,
    Labeller,
    gains_of,
    load_labeller,
    load_weights,
    weights_of,
)
from index.entities.rules import find_by_rules
from index.entities.vocabulary import Vocabulary

PIECES = (
    *("Anna", "Ek", "Putins", "Malmö", "FF", "Kalmar", "län", "i", "på", "von", "Leyen", "EU:s"),
    *("(ISW)", "University", "of", "J.", "”Bron”", "–", ".", ",", ":", "\n", "3–1", "matchen"),
    *("2", "aktien", "Zorbal", "filmen", "säger", "statsminister", "t.ex.", "(S)", "Väst-"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_the_loop_sums_what_the_names_of_features_say(text: str) -> None:
    labeller = Labeller(load_weights(), load_lexicon())
    labelled = labeller.label(text, find_by_rules(text, labeller.lexicon))
    for i, names in enumerate(features_by_name(labelled, labeller)):
        if labelled.cut.flags[i] & kernels.CAPITAL:
            summed = sum(weights_of_feature(name, labeller.weights) for name in names)
            assert labelled.scores[i] == pytest.approx(summed, abs=1e-3)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_the_loops_answer_like_their_twins(text: str) -> None:
    weights, lexicon = load_weights(), load_lexicon()
    finds = find_by_rules(text, lexicon)
    compiled, plain = (
        Labeller(weights, lexicon, is_compiled=is_compiled).label(text, finds)
        for is_compiled in (True, False)
    )
    for name in ("begins", "opens", "first", "last", "words", "flags"):
        assert getattr(compiled.cut, name).tolist() == getattr(plain.cut, name).tolist(), name
    assert compiled.scores == pytest.approx(plain.scores, abs=1e-3)
    assert compiled.tags.tolist() == plain.tags.tolist()
    assert compiled.margins == pytest.approx(plain.margins, abs=1e-3)


@pytest.mark.parametrize("loops", [kernels, plain_kernels], ids=["compiled", "plain"])
@settings(max_examples=50, deadline=None)
@given(size=st.integers(1, 3), seed=st.integers(0, 10_000))
def test_the_best_tags_are_the_best_of_all(loops: Any, size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.normal(size=(size, len(TAGS))).astype(np.float32)
    moves = random.normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    begins = random.random(size) < 0.3
    begins[0] = True
    tags = np.empty(size, np.int8)
    margins = np.empty(size, np.float32)
    loops.best_tags(scores, begins, moves, gains_of(moves), LABEL_OF, tags, margins)

    def total(chosen: tuple[int, ...]) -> float:
        own = sum(scores[i, tag] for i, tag in enumerate(chosen))
        return float(own) + sum(
            float(moves[a, b])
            for i, (a, b) in enumerate(pairwise(chosen), start=1)
            if not begins[i]
        )

    best = max(product(range(len(TAGS)), repeat=size), key=total)
    assert total(tuple(tags.tolist())) == pytest.approx(total(best), abs=1e-4)
    for i, tag in enumerate(tags.tolist()):
        others = scores[i][LABEL_OF[tag] != LABEL_OF]
        above = scores[i, tag] - others.max() if tag else 0
        assert margins[i] == pytest.approx(above, abs=1e-5)


def test_both_vocabularies_cut_alike() -> None:
    lexicon = load_lexicon()
    text = "Det sa han. Enligt Dagens Nyheters S:t Erik gäller t.ex. detta.\n– Vi, säger J. R. Ek."
    compiled, plain = (
        Vocabulary(lexicon, is_compiled=is_compiled).cut(text) for is_compiled in (True, False)
    )
    for name in ("starts", "ends", "words", "flags", "begins", "opens", "first", "last"):
        assert getattr(compiled, name).tolist() == getattr(plain, name).tolist(), name


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Det är sant. Hon vet.", ["Det", "Hon"]),
        ("Kl. 14 kom t.ex. Anna. Sedan gick hon.", ["Kl", "Sedan"]),
        ("”Sant.” Hon vet.", ["”", "Hon"]),
        ("Rubrik\nText", ["Rubrik", "Text"]),
        ("J. R. Ek kom.", ["J."]),
    ],
)
def test_where_sentences_begin(text: str, begins: list[str]) -> None:
    cut = Vocabulary(load_lexicon()).cut(text)
    assert [cut.word(i) for i in np.flatnonzero(cut.begins).tolist()] == begins


def test_a_vocabulary_forgets_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    labeller = Labeller(load_weights(), load_lexicon())
    before = labeller.label("Anna Ek bor i Malmö.", ()).labels.tolist()
    monkeypatch.setattr("index.entities.vocabulary.MAX_WORDS", 3)
    assert labeller.label("Anna Ek bor i Malmö.", ()).labels.tolist() == before
    assert labeller.vocabulary.size == 7


def test_a_text_is_labelled_as_if_it_were_the_first() -> None:
    """Whatever texts with the same words come before, which a worker may or may not have met."""
    far, near = "och så såg vi att gråbergskommissionen sov", "Anna gråbergskommissionen Ek"
    for is_compiled in (True, False):
        labeller = Labeller(load_weights(), load_lexicon(), is_compiled=is_compiled)
        before = labeller.label(far, ()).scores
        first = labeller.label(near, ()).scores
        assert np.array_equal(labeller.label(far, ()).scores, before)
        fresh = Labeller(load_weights(), load_lexicon(), is_compiled=is_compiled)
        assert np.array_equal(fresh.label(near, ()).scores, first)
        assert np.array_equal(fresh.label(far, ()).scores, before)


def test_weights_come_back_from_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = weights_of(
        {
            ("w\tform:malmö", "LOC-S"): 2.5,
            ("before\tcue:role", "PER-B"): 1.25,
            ("mark\tsure place alone", "LOC-S"): 0.5,
            ("length\t2", "PER-B"): 0.75,
            ("place\t1\t0", "PER-E"): -0.5,
            ("class before\t^\trole\tFirst", "PER-B"): 1.5,
            ("run\trole\tFirst\tSurname\t1", "PER-B"): 0.25,
        },
        {("PER-B", "PER-E"): 0.5, ("O", "LOC-S"): -1.0},
        "a test",
    )
    package = tmp_path / "data"
    package.mkdir()
    model.save_weights(weights, package)
    monkeypatch.setattr(model, "files", lambda _: tmp_path)
    read = load_weights.__wrapped__()
    assert read.version == "a test"
    assert read.classes == weights.classes
    arrays = ("places", "trait_rows", "mark_rows", "length_rows", "place_rows", "transitions")
    for name in arrays:
        assert (getattr(read, name) == getattr(weights, name)).all(), name
    for name in ("class before\t^\trole\tFirst", "run\trole\tFirst\tSurname\t1"):
        found = weights_of_feature(name, read)
        assert (found == weights_of_feature(name, weights)).all()
        assert found[TAGS.index("PER-B")] > 0


def test_threads_share_a_labeller(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Anna Ek{i} mötte Bo{i} i Malm{i}by med Firma{i} AB." * 20 for i in range(200)]
    weights, lexicon = load_weights(), load_lexicon()
    expected = [Labeller(weights, lexicon).label(text, ()).scores for text in texts]
    monkeypatch.setattr("index.entities.vocabulary.MAX_WORDS", 100)
    shared = Labeller(weights, lexicon)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: shared.label(text, ()).scores, texts))
    assert all((a == b).all() for a, b in zip(found, expected, strict=True))


def test_the_labeller_of_a_process_is_one() -> None:
    assert load_labeller() is load_labeller()
