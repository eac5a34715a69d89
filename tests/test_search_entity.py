from collections.abc import Callable, Iterable

import pytest

from index.articles import Article
from search.engines.base import Engine
from search.entity import describe, surprise
from search.searcher import Searcher
from tests.conftest import an_article

MakeEngine = Callable[[Iterable[Article]], Engine]


@pytest.fixture
def searcher(make_engine: MakeEngine) -> Searcher:
    articles = [
        *(
            an_article(
                f"a{number}",
                "Anna Ek talade. Ek log, säger Anna Ek.",
                f"2022-0{number}",
                persons=("Anna Ek", "Bo Al"),
                places=("Sverige",),
                organisations=("Bolaget",) if number < 3 else (),
            )
            for number in range(1, 5)
        ),
        *(
            an_article(
                f"b{number}",
                "Inget.",
                f"2021-0{number}",
                persons=("Cy Dy",),
                places=("Sverige",),
                organisations=(),
            )
            for number in range(1, 9)
        ),
        an_article("c", "Ett.", persons=('Ett "citat"',), places=(), organisations=()),
    ]
    return Searcher(make_engine(articles))


def test_a_person_with_articles_companions_and_forms(searcher: Searcher) -> None:
    page = describe(searcher, searcher.entity("persons", "Anna Ek"))
    assert page is not None
    assert [hit.article.id for hit in page.results.hits] == ["a4", "a3", "a2", "a1"]
    assert page.results.timeline is not None
    assert sum(bucket.count for bucket in page.results.timeline.buckets) == 4
    named = {kind: [one.name for one in found] for kind, found in page.companions.items()}
    assert named["persons"] == ["Bo Al"]
    assert named["organisations"] == ["Bolaget"]
    assert [(form.text, form.times) for form in page.forms] == [("Anna Ek", 8), ("Ek", 4)]


def test_what_is_frequent_everywhere_is_no_close_companion(searcher: Searcher) -> None:
    page = describe(searcher, searcher.entity("persons", "Anna Ek"))
    assert page is not None
    weights = {one.name: one.weight for found in page.companions.values() for one in found}
    assert weights.get("Sverige", 0) < weights["Bolaget"] < weights["Bo Al"]


def test_companions_stand_in_the_same_articles_and_namesakes_are_told(
    make_engine: MakeEngine,
) -> None:
    """Those of longer names that hold the name have their own."""
    articles = [
        an_article("1", persons=("Bo Ek", "Cy Dy"), places=("Ekby",)),
        an_article("2", persons=("Bo Ek Al", "Di Ek"), places=("Bo Ek",)),
        *(an_article(f"x{n}", persons=("Ann Al",)) for n in range(5)),
    ]
    searcher = Searcher(make_engine(articles))
    page = describe(searcher, searcher.entity("persons", "Bo Ek"))
    assert page is not None
    assert [one.name for one in page.companions["persons"]] == ["Cy Dy"]
    assert page.namesakes == ("places",)
    page = describe(searcher, searcher.entity("persons", "Cy Dy"))
    assert page is not None
    assert page.namesakes == ()


def test_quotation_marks_in_a_name(searcher: Searcher) -> None:
    page = describe(searcher, searcher.entity("persons", 'Ett "citat"'))
    assert page is not None
    assert page.results.total == 1


def test_nobody_of_that_name(searcher: Searcher) -> None:
    assert describe(searcher, searcher.entity("persons", "Anna")) is None
    assert describe(searcher, searcher.entity("places", "Anna Ek")) is None


@pytest.mark.parametrize(("together", "one", "other"), [(0, 5, 5), (1, 10, 100), (5, 10, 500)])
def test_chance_is_no_surprise(together: int, one: int, other: int) -> None:
    assert surprise(together, one, other, 1000) == 0


def test_all_in_all_is_finite() -> None:
    assert surprise(10, 10, 10, 10) == 0
    assert surprise(10, 10, 10, 11) > 0
