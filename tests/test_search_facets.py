"""Counts as lists to choose from, and as bars over time."""

import numpy as np
import pytest

from search.facets import FacetCounts, facet_values, most_frequent, with_chosen
from search.request import Interval, Selection
from search.results import FacetValue, Timeline
from search.timeline import Calendar


def listed(counts: dict[str, int], selection: Selection, size: int) -> list[tuple[str, int]]:
    counted = with_chosen(
        most_frequent(counts, size), selection, lambda value: (counts.get(value, 0), value)
    )
    assert counted.labels == counted.values
    return list(zip(counted.values, counted.counts, strict=True))


def timeline_of(counts: dict[int, int], interval: Interval | None) -> Timeline:
    civils = np.array(sorted(counts), np.int64)
    of_each = np.array([counts[c] for c in sorted(counts)], np.int64)
    return Calendar(civils).timeline(of_each, interval)


def test_the_most_frequent_first_then_by_the_swedish_alphabet() -> None:
    counts = {
        "Östersund": 1,
        "Ås": 1,
        "Ängelholm": 1,
        "Zürich": 1,
        "arboga": 1,
        "Borås": 2,
        "Noll": 0,
    }
    assert [name for name, _ in listed(counts, Selection(), 10)] == [
        "Borås", "arboga", "Zürich", "Ås", "Ängelholm", "Östersund",
    ]  # fmt: skip


def test_what_is_chosen_is_added_to_a_short_list() -> None:
    chosen = Selection(frozenset({"c", "x"}), frozenset({"d"}))
    counts = {"a": 9, "b": 8, "c": 7, "d": 6}
    assert listed(counts, chosen, 2) == [("a", 9), ("b", 8), ("c", 7), ("d", 6), ("x", 0)]
    assert listed(counts, Selection(), 0) == []


def test_values_are_marked_that_are_chosen_or_excluded() -> None:
    counted = FacetCounts(["c", "a", "b"], [3, 2, 0], ["C", "A", "B"])
    assert facet_values(counted) == (
        FacetValue("c", "C", 3, False, False),
        FacetValue("a", "A", 2, False, False),
        FacetValue("b", "B", 0, False, False),
    )
    chosen = Selection(frozenset({"b"}), frozenset({"c"}))
    assert [(v.value, v.selected, v.excluded) for v in facet_values(counted, chosen)] == [
        ("c", False, True), ("a", False, False), ("b", True, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "interval"),
    [
        ({}, "year"),
        ({0: 5}, "year"),
        ({20221219: 1}, "day"),
        ({20221219: 1, 20230101: 1}, "day"),
        ({20221219: 1, 20230601: 1}, "month"),
        ({20221219: 9, 20221200: 1}, "day"),
        ({20221219: 2, 20221200: 1}, "month"),
        ({20221219: 2, 20220000: 1}, "year"),
        ({20130101: 1, 20221201: 1}, "month"),
        ({20120101: 1, 20221201: 1}, "year"),
    ],
)
def test_the_interval_that_fits(counts: dict[int, int], interval: str) -> None:
    timeline = timeline_of(counts, None)
    assert timeline.interval == interval
    assert sum(bucket.count for bucket in timeline.buckets) + timeline.outside == sum(
        counts.values()
    )


def test_bars_are_in_order_even_for_early_years() -> None:
    keys = [bucket.key for bucket in timeline_of({10000101: 1, 20220000: 1}, None).buckets]
    assert keys == ["1000", "2022"]
