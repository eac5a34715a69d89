"""Queries are made of titles as users would write them, and weights are put back."""

from typing import Any

import numpy as np
import pytest

from bench.plateaus import (
    SECTIONS,
    fields,
    unlike_titles,
    with_other_names,
    without_dots,
    without_titles,
)
from bench.quality import changed
from index.postings import FIELD_WEIGHTS
from search import variants
from search.engines import program, segment_search
from search.wording import units

ROWS: list[dict[str, Any]] = [
    {"title": "Ny ambassadör i Kiev"},
    {"title": "Inget namn"},
    {"title": "Den ryska hären"},
]


def test_a_name_is_replaced_by_another_of_its_group() -> None:
    ((query, number),) = with_other_names(ROWS, SECTIONS["names of one thing"])
    assert number == 0
    name = query.removeprefix("Ny ambassadör i ")
    assert name != "Kiev"
    assert (name,) in {variant.name for variant in variants.variants().of(["Kiev"])[1]}
    ((query, number),) = with_other_names(ROWS, SECTIONS["nationalities"])
    assert (number, "rysk" in query) == (2, False)


def test_titles_without_dots_have_had_some() -> None:
    titles = [(row["title"], n) for n, row in enumerate(ROWS)]
    assert without_dots(titles) == [("Ny ambassador i Kiev", 0), ("Den ryska haren", 2)]


def test_titles_of_interpellations_stand_in_no_text() -> None:
    rows: list[dict[str, Any]] = [
        {"title": "Skatt på (dyr) el.", "body": "av A om skatt på (dyr) el. Elen är dyr."},
        {"title": "Interpellation 2013/14:1", "body": "Elen är dyr."},
        {"title": "Vägar", "body": None},
        {"title": "Vägar", "body": "Vägar"},
    ]
    assert [row["body"].split() for row in without_titles(rows)] == [
        ["av", "A", "om", ".", "Elen", "är", "dyr."], ["Elen", "är", "dyr."], [], [],
    ]  # fmt: skip
    assert unlike_titles(rows) == [("Skatt på (dyr) el.", 0)]


def test_weights_of_fields_are_put_back() -> None:
    tables = program.REGION_WEIGHTS, segment_search.FIELD_TABLES
    before = [table.copy() for table in tables]
    with pytest.raises(ZeroDivisionError), fields(7, 2):
        assert program.REGION_WEIGHTS.tolist() == [[7, 2, 1], [7, 0, 0], [0, 2, 0]]
        assert not np.array_equal(segment_search.FIELD_TABLES, before[1])
        raise ZeroDivisionError
    assert tuple(program.REGION_WEIGHTS[0]) == FIELD_WEIGHTS
    assert all(np.array_equal(*both) for both in zip(tables, before, strict=True))


def test_weights_of_sections_act_and_are_put_back() -> None:
    def weight() -> float:
        (unit,) = units(["Kiev"], {})
        return min(variant.weight for variant in unit.variants)

    before = weight()
    with changed(variants, SECTIONS={**variants.SECTIONS, "namn": 0.1}):
        assert weight() == 0.1
    assert weight() == before
