"""Weights are chosen by other questions than those they are measured on, and put back."""

import numpy as np
import pytest

from bench.weights import FOLDS, IN_USE, TRIED, Choice, Found, choose, weights
from search import plan, rereading, searcher, wording
from search.engines import base, local


def test_what_is_in_use_is_among_what_is_tried() -> None:
    assert {name for name in TRIED if IN_USE[name] in TRIED[name]} == set(IN_USE)


def test_a_fold_has_no_say_in_what_is_chosen_for_it() -> None:
    """One value is far better for the questions of one fold, and a little worse for the others."""
    fold = np.arange(50) % FOLDS
    found: dict[Choice, Found] = {}
    for name, values in TRIED.items():
        for value in values:
            is_other = (name, value) == ("EXACT", 2)
            found[name, value] = [np.where(fold == 3, 0.1 + 0.9 * is_other, 0.5 - 0.01 * is_other)]
    chosen = choose(found, [True])
    assert [values["EXACT"] for values in chosen] == [2, 2, 2, IN_USE["EXACT"], 2]
    assert all(values["COMPANY"] == IN_USE["COMPANY"] for values in chosen)


def test_sets_of_questions_count_as_one() -> None:
    """What is a little better for the many questions is far worse for the few."""
    found: dict[Choice, Found] = {}
    for name, values in TRIED.items():
        for value in values:
            is_other = (name, value) == ("EXACT", 2)
            many, few = np.full(100, 0.5 + 0.1 * is_other), np.full(10, 0.5 - 0.5 * is_other)
            found[name, value] = [many, few, np.full(10, 0.5)]
    assert {values["EXACT"] for values in choose(found, [False, False, True])} == {2}
    assert {values["EXACT"] for values in choose(found, [False, True, True])} == {IN_USE["EXACT"]}


def test_weights_are_put_back() -> None:
    def in_use() -> tuple[float, ...]:
        names = ("K1", "B", "RELAX_BELOW", "REREAD", "PIECES")
        modules = (local, local, searcher, searcher, rereading)
        return tuple(vars(module)[name] for module, name in zip(modules, names, strict=True))

    scale, before = local._SCALE, wording.terms_of("hus", None)
    others = {"EXACT": 2, "COMPANY_WIDTH": 5, "K1": 2, "B": 0.3, "RELAX_BELOW": 1, "BEGINNING": 4}
    others |= {"REREAD": 20, "PIECES": 0.5}
    with pytest.raises(ZeroDivisionError), weights({**IN_USE, **others}):
        assert (in_use(), local._SCALE.saturation) == ((2, 0.3, 1, 20, 0.5), 3)
        assert [hint.leaf.prefix for hint in wording.hints_of("kriminell")] == ["krim"]
        assert wording.terms_of("hus", None).forms == (("hus", 2),)
        assert local._SCALE.company_width == local._OF_QUESTIONS.company_width == 5
        raise ZeroDivisionError
    assert scale == local._SCALE
    assert in_use() == (base.K1, base.B, plan.RELAX_BELOW, IN_USE["REREAD"], IN_USE["PIECES"])
    assert wording.terms_of("hus", None) == before
