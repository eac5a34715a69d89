"""Weights are chosen by other questions than those they are measured on, and put back."""

import numpy as np
import pytest

from bench.weights import FOLDS, IN_USE, TRIED, Found, Values, choose, weights
from search import wording
from search.engines import local


def test_what_is_in_use_is_among_what_is_tried() -> None:
    assert {name for name in TRIED if IN_USE[name] in TRIED[name]} == set(IN_USE)


def test_a_fold_has_no_say_in_what_is_chosen_for_it() -> None:
    """One value is far better for the questions of one fold, and a little worse for the others."""
    fold = np.arange(50) % FOLDS

    def ask(values: Values) -> Found:
        is_other = values["EXACT"] == 2
        return [np.where(fold == 3, 0.1 + 0.9 * is_other, 0.5 - 0.01 * is_other)]

    chosen = choose(ask(IN_USE), ask)
    assert [values["EXACT"] for values in chosen] == [2, 2, 2, IN_USE["EXACT"], 2]
    assert all(values["COMPANY"] in TRIED["COMPANY"] for values in chosen)


def test_weights_are_put_back() -> None:
    scale, before = local._SCALE, wording.terms_of("hus", None)
    with pytest.raises(ZeroDivisionError), weights({**IN_USE, "EXACT": 2, "COMPANY_WIDTH": 5}):
        assert wording.terms_of("hus", None).forms == (("hus", 2),)
        assert local._SCALE.width == 5
        raise ZeroDivisionError
    assert scale == local._SCALE
    assert wording.terms_of("hus", None) == before
