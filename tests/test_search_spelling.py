"""Words that were typed without dots."""

import pytest

from search.plan import RELAX_BELOW
from search.request import SearchRequest, Selection
from search.searcher import OFTEN, Searcher
from search.spelling import dotted
from tests.conftest import MakeEngine, an_article


@pytest.fixture
def searcher(make_engine: MakeEngine) -> Searcher:
    texts = {
        "malmo": "En kvinna i Malmö.", "sheep": "Får betar.", "father": "Far går.",
        "typed": "Firman Malmo säljer.", "goteborg": "Göteborgs hamn.", "lake": "En sjö.",
        "rescue": "Räddningen kom.", "health": "Hälsa är bra.", "right": "Rätt så.",
        "wheel": "En ratt.", "boras": "Brand i Borås.", "hoganas": "Kyrkan i Höganäs.",
        "parent": "En förälder anmäldes.", "police": "Säkerhetspolisen varnar.",
        "brook": "Ett bäcken brast.",
    }  # fmt: skip
    return Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))


def test_dots_are_found_and_the_answer_says_so(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest(q="goteborg hamn"))
    assert [hit.article.id for hit in results.hits] == ["goteborg"]
    assert results.spelled == {"goteborg": ("göteborg",)}
    assert results.hits[0].snippet is not None
    assert results.hits[0].snippet.reasons == ("variant", "form")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sjo", {"lake"}),
        ("raddning", {"rescue"}),
        ("halsa", set()),
        ("ratt", {"wheel"}),
        ("Boras", {"boras"}),
        ("hoganas", {"hoganas"}),
        ("foraldrar", {"parent"}),
        ("sapo", {"police"}),
        ("backens", set()),
        ("malmo", {"malmo", "typed"}),
    ],
)
def test_short_words_and_others_of_the_lexicon_get_dots(
    searcher: Searcher, query: str, found: set[str]
) -> None:
    hits = searcher.search(SearchRequest(q=query)).hits
    assert {hit.article.id for hit in hits} == found


def test_the_word_as_typed_comes_first(make_engine: MakeEngine) -> None:
    articles = [an_article(f"dots {n}", "Folk i Malmö.") for n in range(3)]
    searcher = Searcher(make_engine([*articles, an_article("typed", "Folk i Malmo.")]))
    results = searcher.search(SearchRequest(q="malmo"))
    assert results.total == 4
    assert results.hits[0].article.id == "typed"


@pytest.mark.parametrize("query", ["far", "malmö", "får", '"goteborg"', "person:goteborg"])
def test_nothing_is_dotted_that_is_a_word_or_quoted(searcher: Searcher, query: str) -> None:
    assert searcher.search(SearchRequest(q=query)).spelled == {}


@pytest.mark.parametrize(
    ("query", "found", "spelled"),
    [
        ("plats:malmo", {"malmö"}, {"malmo": ("malmö",)}),
        ("folk plats:Malmos", {"malmö"}, {"Malmos": ("malmö",)}),
        ("plats:Habo", {"habo"}, {}),
        ("folk INTE (plats:Habo ELLER plats:habos)", {"malmö", "håbo"}, {}),
        ("folk INTE plats:malmo", {"malmö", "håbo", "habo"}, {}),
    ],
)
def test_names_of_fields_get_dots(
    make_engine: MakeEngine, query: str, found: set[str], spelled: dict[str, tuple[str, ...]]
) -> None:
    articles = [
        an_article(place.lower(), f"Folk i {place}.", places=(place,))
        for place in ("Malmö", "Håbo", "Habo")
    ]
    results = Searcher(make_engine(articles)).search(SearchRequest(q=query))
    assert {hit.article.id for hit in results.hits} == found
    assert results.spelled == spelled


@pytest.mark.parametrize(
    ("texts", "query", "found"),
    [
        (["Lång väntan på vård."] * OFTEN, "vard", {"vård"}),  # a word as it is, which no text has
        (["Lång väntan på vård."] * OFTEN, "väntan vard", set()),  # who has the keys for å and ä
        (["Orbán väntar på vård."] * OFTEN, "Orbán vard", {"vård"}),
        (["Lång väntan på vård."] * (OFTEN - 1), "vard", set()),
        (["Får betar."] * 30 + ["Fadern går."] * 4, "far", set()),
        (["Får betar."] * 50 + ["Fadern går."] * 4, "far", {"får"}),
        (["Får betar."] * 50 + ["Far går."], "far", set()),
        (["En tågurspårning."] * 2, "tagursparning", {"tågurspårning"}),
        (["Vid tågurspårningen."], "tagursparning", {"tågurspårning"}),
        (["Vid spåret."], "tagursparning", set()),
    ],
)
def test_what_gets_dots_depends_on_the_index(
    make_engine: MakeEngine, texts: list[str], query: str, found: set[str]
) -> None:
    articles = [an_article(f"dots {n}", text) for n, text in enumerate(texts)]
    results = Searcher(make_engine(articles)).search(SearchRequest(q=query))
    assert {word for words in results.spelled.values() for word in words} == found


def test_a_chosen_value_does_not_take_dots_away(make_engine: MakeEngine) -> None:
    articles = [an_article(f"dots {n}", "Väntan på vård.") for n in range(OFTEN)]
    articles[3] = an_article("chosen", "Väntan på vård.", places=("Malmö",))
    searcher = Searcher(make_engine(articles))
    chosen = SearchRequest(q="vard", selections={"places": Selection(frozenset({"malmö"}))})
    results = searcher.search(chosen)
    assert results.spelled == {"vard": ("vård",)}
    assert [hit.article.id for hit in results.hits] == ["chosen"]


def test_many_that_are_only_like_a_word_do_not_keep_it_from_dots(make_engine: MakeEngine) -> None:
    articles = [an_article(f"never {n}", "Det händer aldrig.") for n in range(RELAX_BELOW)]
    articles.append(an_article("older", "Det gäller äldre."))
    results = Searcher(make_engine(articles)).search(SearchRequest(q="aldre"))
    assert results.spelled == {"aldre": ("äldre",)}
    assert results.total == RELAX_BELOW + 1


def test_far_does_not_find_sheep(searcher: Searcher) -> None:
    hits = searcher.search(SearchRequest(q="far")).hits
    assert [hit.article.id for hit in hits] == ["father"]


def test_long_words_are_looked_for_within_bounds() -> None:
    asked = []

    def begins(prefix: str) -> bool:
        asked.append(prefix)
        return "årad".startswith(prefix[:4])

    assert list(dotted("a" * 80, begins)) == []
    assert len(asked) < 10
    assert list(dotted("abc1", lambda _: True)) == []
    assert set(dotted("aaao", lambda _: True)) > {"åäåö", "aaaö", "ääao"}
