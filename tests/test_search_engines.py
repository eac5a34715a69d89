"""The contract of an engine: the same cases on every one of them."""

from dataclasses import replace

import pytest

from index.dates import PartialDate
from search.plan import RELAX_BELOW
from search.request import DateFilter, SearchRequest, Selection
from search.results import MatchedWord, SearchResults
from search.searcher import Searcher
from tests.conftest import MakeEngine, an_article

ARTICLES = [
    an_article("krig", "Kriget i Ukraina går vidare.", "2022-03-01", title="Krig i Europa",
               places=("Ukraina",), source="Posten", section="utrikes", authors=("Eva Ek",)),
    an_article("fred", "Samtal om fred. Putin talade om kriget.", "2022-03-02T09:00:00+01:00",
               title="Fredssamtal", lead="Putins rådgivare reste.", persons=("Vladimir Putin",),
               places=("Ukraina", "Ryssland"), source="Posten", section="utrikes"),
    an_article("bil", "Bilarna står stilla. En bil, två bilar.", "2022-03", source="Bladet",
               section="ekonomi", persons=("Eva Ek", "Vladimir Putin")),
    an_article("val", "Vem är vem i valet? Riksdagsvalet 2022.", "2022", source="Bladet",
               section="inrikes", persons=("Eva Ek",)),
    an_article("it", "Det USA-baserade it-bolaget köpte EU:s största för 10 000 kronor.",
               source="Kuriren", organisations=("EU",)),
    an_article("andré", "Andrée for till Tromsø med Müller. Putin möte.", "2023-01-05",
               language="sv", source="Kuriren"),
    an_article("english", "The houses of Parliament were running late.", "2021-12-31",
               language="en", source="Kuriren"),
]  # fmt: skip


@pytest.fixture
def searcher(make_engine: MakeEngine) -> Searcher:
    return Searcher(make_engine(ARTICLES))


def ids(results: SearchResults) -> list[str]:
    return [hit.article.id for hit in results.hits]


def find(searcher: Searcher, query: str, **fields: object) -> set[str]:
    return set(ids(searcher.search(SearchRequest(q=query, **fields))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("krig", {"krig", "fred"}),
        ("kriget OCH putin", {"fred"}),
        ("bilen", {"bil"}),
        ("krig OCH ukraina", {"krig"}),
        ("bil ELLER val", {"bil", "val"}),
        ("krig -putin", {"krig"}),
        ("krig INTE (putin ELLER bil)", {"krig"}),
        ("INTE krig", {"bil", "val", "it", "andré", "english"}),
        ("(bil ELLER krig) ukraina", {"krig"}),
        ("tromsö", {"andré"}),
        ("andree müller", {"andré"}),
        ("myller", {"andré"}),
        ("usa", {"it"}),
        ("it-bolag", {"it"}),
        ("itbolaget", {"it"}),
        ("eu", {"it"}),
        ("10000", {"it"}),
        ("10 000 kronor", {"it"}),
        ("houses", {"english"}),
        ("vem är vem", {"val"}),
        ("är", {"val"}),
        ("bila*", {"bil"}),
        ("PUT*", {"fred", "andré"}),
        ("saknas", set()),
        ("*", {article.id for article in ARTICLES}),
        ("", {article.id for article in ARTICLES}),
    ],
)
def test_words(searcher: Searcher, query: str, expected: set[str]) -> None:
    assert find(searcher, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"går vidare"', {"krig"}),
        ('"vidare går"', set()),
        ('"krig i"', {"krig"}),
        ('"kriget"', {"krig", "fred"}),
        ('"kriga"', set()),
        ('"Vem är vem"', {"val"}),
        ('"Putins rådgivare"', {"fred"}),
        ('"Putin rådgivare"', {"fred"}),
        ('"Europa kriget"', set()),
        ('"baserade"', set()),
        ('"för 10 000 kronor"', {"it"}),
    ],
)
def test_phrases_match_written_forms(searcher: Searcher, query: str, expected: set[str]) -> None:
    assert find(searcher, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("titel:krig", {"krig"}),
        ("titel:kriget", {"krig"}),
        ("titel:ukraina", set()),
        ("ingress:putin", {"fred"}),
        ('titel:"krig i"', {"krig"}),
        ("titel:fred*", {"fred"}),
        ("titel:(krig ELLER fredssamtal)", {"krig", "fred"}),
        ("person:putin", {"fred", "bil"}),
        ('person:"vladimir putin" INTE person:ek', {"fred"}),
        ('person:"putin vladimir"', set()),
        ("plats:ryss*", {"fred"}),
        ("org:EU", {"it"}),
        ("källa:bladet", {"bil", "val"}),
        ("avdelning:utrikes", {"krig", "fred"}),
        ("författare:ek", {"krig"}),
        ("datum:2022-03", {"krig", "fred", "bil"}),
        ("datum:2022", {"krig", "fred", "bil", "val"}),
        ("datum:2022-03-02..", {"fred", "andré"}),
        ("datum:..2022-03-01", {"krig", "english"}),
        ("foo:krig", set()),
    ],
)
def test_fields(searcher: Searcher, query: str, expected: set[str]) -> None:
    assert find(searcher, query) == expected


def test_too_few_hits_relax_the_words_and_say_so(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest(q="kriget bilar"))
    assert set(ids(results)) == {"krig", "fred", "bil"}
    assert (results.relaxed, results.total, results.total_all_words) == (True, 3, 0)


def test_a_part_of_a_compound_is_found_where_few_have_it(make_engine: MakeEngine) -> None:
    texts = {
        "whole": "En järnvägsstrejk.", "both": "Strejk på en järnväg.", "last": "En strejk.",
        "first": "En järnväg.", "within": "En väg av järn.", "19": "Den 19 maj.", "lars": "Lars.",
    }  # fmt: skip
    searcher = Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))
    results = searcher.search(SearchRequest(q="järnvägsstrejk"))
    assert set(ids(results)) == {"whole", "both", "last", "first"}
    assert ids(results)[:2] == ["whole", "both"]
    assert (results.relaxed, results.total_all_words) == (True, 1)
    assert find(searcher, "strejk-järnväg") == {"whole", "both"}  # cut in writing: all of it
    assert find(searcher, "covid-19 Lars-Erik") == set()


def test_a_part_does_only_where_few_have_all_of_them(make_engine: MakeEngine) -> None:
    articles = [an_article(str(n), "Strejk på en järnväg.") for n in range(RELAX_BELOW)]
    articles += [an_article("last", "En strejk."), an_article("whole", "En järnvägsstrejk.")]
    found = find(Searcher(make_engine(articles)), "järnvägsstrejk", size=100)
    assert found == {"whole", *map(str, range(RELAX_BELOW))}
    assert "last" in find(Searcher(make_engine(articles[2:])), "järnvägsstrejk", size=100)


def test_a_query_narrowed_by_what_it_says_is_not_relaxed(make_engine: MakeEngine) -> None:
    articles = [
        an_article(str(n), "krig bil", f"20{n + 10}", places=(f"P{n}",)) for n in range(RELAX_BELOW)
    ]
    articles += [an_article("x", "krig", "2010", places=("P0",))]
    searcher = Searcher(make_engine(articles))
    for query in ("krig bil datum:2010", "krig bil plats:p0", "bil krig INTE datum:2011.."):
        assert find(searcher, query) == {"0"}
    assert find(Searcher(make_engine(articles[1:])), "krig bil datum:2010") == {"x"}


def test_a_word_in_capitals_is_no_inflection(make_engine: MakeEngine) -> None:
    texts = {
        "sas": "SAS flyger.", "says": "Hon säger det.", "hund": "HUNDAR.", "ams": "Ams beslöt.",
        "nurse": "Hon ammar.", "fifa": "Fifa-bossen.", "run": "Sprang 100m i en V70.",
    }  # fmt: skip
    searcher = Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))
    for query, found in (("SAS", "sas"), ("AMS", "ams"), ("HUND", "hund"), ("FIFA", "fifa")):
        assert find(searcher, query) == {found}
    assert find(searcher, "Moderaterna") == find(searcher, "V") == set()
    texts = {"rules": "LAS-reglerna.", "laser": "En laser.", "lamp": "Nya LED.", "led": "Hon led."}
    searcher = Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))
    results = searcher.search(SearchRequest(q="LAS"))
    assert ids(results) == ["rules", "laser"]
    assert results.hits[0].matched == (MatchedWord("LAS", ("form", "part")),)
    assert find(searcher, "LED") == {"lamp"}


def test_the_word_itself_comes_before_any_number_of_others(make_engine: MakeEngine) -> None:
    long = "Förslaget gick vidare till senat. " + "Något helt annat hände sedan också där. " * 20
    articles = [
        an_article("senat", long),
        an_article("senaste", "Det senaste är senast. Senast, senaste, senaste."),
        an_article("vete", long.replace("senat", "vete")),
        an_article("veta", "Vet hon det? Hon vet vad vi vet, och vi vet att hon vet."),
    ]
    searcher = Searcher(make_engine(articles))
    for query, found in (("senat", ["senat", "senaste"]), ("vete", ["vete", "veta"])):
        assert ids(searcher.search(SearchRequest(q=query))) == found


def test_a_full_name_stands_together(make_engine: MakeEngine) -> None:
    names = "Jan Ek, Eva Andersson, Jan Ask, Bo Andersson"
    articles = [
        an_article("others", f"{names} kom."),
        an_article("he", "Förslaget kom från Jan Andersson. " + "Något annat hände också. " * 2),
        an_article("other", "Karlsson tog hans kappa."),
        an_article("hans", "Ministern heter Hans Karlsson."),
    ]
    searcher = Searcher(make_engine(articles))
    for query in ("Jan Andersson", "jan andersson"):
        assert ids(searcher.search(SearchRequest(q=query))) == ["he", "others"]
    assert ids(searcher.search(SearchRequest(q="Hans Karlsson")))[0] == "hans"
    assert find(searcher, "Hans Karlsson OCH (Hans Karlsson)") == {"hans"}
    assert not searcher.search(SearchRequest(q="Hans Kappa")).relaxed


def test_few_men_are_found_as_a_man(make_engine: MakeEngine) -> None:
    articles = [an_article("one", "En man häktades."), an_article("men", "Männen häktades.")]
    searcher = Searcher(make_engine(articles))
    for query in ("mannen", "män", "männens"):
        results = searcher.search(SearchRequest(q=query))
        assert ids(results) == ["men", "one"]
        assert results.hits[1].matched == (MatchedWord(query, ("stem",)),)
    articles += [an_article(str(n), "Männen häktades.") for n in range(20)]
    assert "one" not in find(Searcher(make_engine(articles)), "mannen", size=30)


def test_words_written_apart_are_found_together(make_engine: MakeEngine) -> None:
    texts = {"land": "Nordkorea hotar.", "quake": "Jordbävningen kom.", "two": "Nord om Korea."}
    searcher = Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))
    assert find(searcher, "nord korea") == {"land", "two"}
    assert find(searcher, "Nord Korea") == {"land", "two"}
    assert find(searcher, "jord bävning") == find(searcher, "Jord Bävning") == {"quake"}
    texts = {"both": "Moderaterna och Kristersson.", "country": "Den afghanska insatsen."}
    searcher = Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))
    for query, found in (("M Kristersson", "both"), ("afghanistan insatsen", "country")):
        results = searcher.search(SearchRequest(q=query))
        assert (ids(results), results.relaxed) == ([found], False)


def test_what_is_shouted_is_no_acronym(make_engine: MakeEngine) -> None:
    searcher = Searcher(make_engine([an_article("a", "Båten som sjönk."), an_article("b", "VAR.")]))
    results = searcher.search(SearchRequest(q="BÅTEN SOM SJÖNK"))
    assert (ids(results), results.relaxed) == (["a"], False)
    assert find(searcher, "VAR") == {"b"}


def test_a_stop_word_does_only_for_its_inflection_alone(make_engine: MakeEngine) -> None:
    articles = [an_article(str(n), "En mening om de två.") for n in range(5)]
    searcher = Searcher(make_engine([*articles, an_article("town", "Bilar i Hedemora.")]))
    for query in ("första Hedemora", "mannen Hedemora", "våren Hedemora"):
        assert find(searcher, query) == {"town"}


def test_a_letter_finds_what_it_begins(make_engine: MakeEngine) -> None:
    searcher = Searcher(make_engine([an_article("a", "F-skatt"), an_article("b", "Fartyg")]))
    assert find(searcher, "f") == find(searcher, "F") == {"a"}


def test_a_letter_with_dots_is_found(make_engine: MakeEngine) -> None:
    searcher = Searcher(make_engine([an_article("a", "ü ett"), an_article("b", "Ü två")]))
    assert find(searcher, "Ü") == {"a", "b"}


def test_a_letter_and_a_word_are_found_as_one(make_engine: MakeEngine) -> None:
    texts = {"one": "Skicka e-post.", "two": "Läs eposten.", "other": "En post.", "road": "E6."}
    searcher = Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))
    assert find(searcher, "e post") == {"one", "two", "other"}  # few have it: a post will do
    assert find(searcher, "(e post) OCH (e post)") == {"one", "two"}


def test_words_that_begin_alike_rank_what_others_list(make_engine: MakeEngine) -> None:
    texts = {"kin": "Kriminella minskar.", "other": "Bilarna minskar.", "alone": "Kriminella."}
    articles = [
        an_article(name, text, str(2020 + n)) for n, (name, text) in enumerate(texts.items())
    ]
    results = Searcher(make_engine(articles)).search(SearchRequest(q="kriminalitet minskar"))
    assert ids(results) == ["kin", "other"]
    assert [[word.word for word in hit.matched or ()] for hit in results.hits] == [["minskar"]] * 2
    strict = Searcher(make_engine(articles)).search(SearchRequest(q="kriminalitet OCH minskar"))
    assert strict.total == 0


def test_by_date_any_word_does_only_where_nothing_has_all(searcher: Searcher) -> None:
    for query, relaxed in (("krig putin", False), ("kriget bilar", True)):
        by_date = searcher.search(SearchRequest(q=query, sort="newest"))
        by_relevance = searcher.search(SearchRequest(q=query))
        assert (by_date.relaxed, by_relevance.relaxed) == (relaxed, True)
        assert by_date.total_all_words == by_relevance.total_all_words == int(not relaxed)


def test_relaxing_spares_phrases_exclusions_and_fields(searcher: Searcher) -> None:
    assert find(searcher, 'bilar kriget "går vidare"') == {"krig"}
    assert find(searcher, "bilar kriget -putin") == {"krig", "bil"}
    assert find(searcher, "bilar kriget titel:fredssamtal") == {"fred"}


def test_operators_are_not_relaxed(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest(q="kriget OCH bilar"))
    assert (results.total, results.relaxed) == (0, False)


def test_the_title_counts_most(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest(q="krig"))
    assert ids(results) == ["krig", "fred"]
    assert results.hits[0].score > results.hits[1].score > 0


def test_date_orders_put_undated_articles_last(searcher: Searcher) -> None:
    newest = ids(searcher.search(SearchRequest(sort="newest")))
    oldest = ids(searcher.search(SearchRequest(sort="oldest")))
    assert newest == ["andré", "fred", "bil", "krig", "val", "english", "it"]
    assert oldest == ["english", "val", "bil", "krig", "fred", "andré", "it"]


def test_pages_are_pieces_of_one_list(searcher: Searcher) -> None:
    whole = ids(searcher.search(SearchRequest(sort="newest")))
    pages = [
        ids(searcher.search(SearchRequest(sort="newest", size=3, page=n))) for n in (1, 2, 3, 4)
    ]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert sum(pages, []) == whole


def counts(results: SearchResults, facet: str) -> dict[str, int]:
    return {value.value: value.count for value in results.facets[facet]}


def test_facets_count_articles(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest())
    assert counts(results, "persons") == {"eva-ek": 2, "vladimir-putin": 2}
    assert counts(results, "source") == {"Kuriren": 3, "Bladet": 2, "Posten": 2}
    assert [value.value for value in results.facets["source"]] == ["Kuriren", "Bladet", "Posten"]


def test_choosing_a_value_does_not_shrink_its_own_facet(searcher: Searcher) -> None:
    chosen = {"source": Selection(frozenset({"Posten"}))}
    results = searcher.search(SearchRequest(selections=chosen))
    assert results.total == 2
    assert counts(results, "source") == {"Kuriren": 3, "Bladet": 2, "Posten": 2}
    assert counts(results, "persons") == {"vladimir-putin": 1}


def test_values_of_a_facet_are_alternatives_and_facets_are_conditions(searcher: Searcher) -> None:
    two_sources = {"source": Selection(frozenset({"Posten", "Bladet"}))}
    assert find(searcher, "", selections=two_sources) == {"krig", "fred", "bil", "val"}
    with_person = two_sources | {"persons": Selection(frozenset({"Eva Ek"}))}
    assert find(searcher, "", selections=with_person) == {"bil", "val"}


def check_counts(searcher: Searcher, request: SearchRequest) -> int:
    """Choose every value and bar that the answer offers; return how many there were."""
    results = searcher.search(request)
    offered = [(name, value) for name, values in results.facets.items() for value in values]
    for name, value in offered:
        if not value.excluded:
            old = request.selections.get(name, Selection())
            chosen = {**request.selections, name: replace(old, include=frozenset({value.value}))}
            assert searcher.search(replace(request, selections=chosen)).total == value.count
    buckets = results.timeline.buckets if results.timeline else ()
    for bucket in buckets:
        day = PartialDate.parse(bucket.key)
        narrowed = replace(request, dates=DateFilter(day, day), interval=None)
        assert searcher.search(narrowed).total == bucket.count
    return len(offered) + len(buckets)


def test_counts_say_what_a_choice_would_list(searcher: Searcher) -> None:
    chosen = {
        "source": Selection(frozenset({"Bladet"})),
        "persons": Selection(frozenset({"Eva Ek"})),
    }
    assert check_counts(searcher, SearchRequest()) > 10
    assert check_counts(searcher, SearchRequest(selections=chosen)) >= 5


def test_narrowing_does_not_relax(make_engine: MakeEngine) -> None:
    """Enough articles have all the words, each value fewer: a choice must list only those."""
    both = [
        an_article(str(n), "krig bil", f"20{n + 10}", persons=(f"P{n}",), places=("Lund",))
        for n in range(RELAX_BELOW)
    ]
    one = [an_article(f"x{n}", "krig", "2010", persons=(f"P{n}",)) for n in range(5)]
    searcher = Searcher(make_engine(both + one))
    results = searcher.search(SearchRequest(q="krig bil"))
    assert (results.total, results.relaxed) == (RELAX_BELOW, False)
    assert check_counts(searcher, SearchRequest(q="krig bil", interval="year")) >= 20
    fewer = Searcher(make_engine(both[1:] + one))
    results = fewer.search(SearchRequest(q="krig bil"))
    assert (results.total, results.total_all_words) == (RELAX_BELOW + 4, RELAX_BELOW - 1)
    assert results.relaxed
    assert check_counts(fewer, SearchRequest(q="krig bil", interval="year")) >= 15


def test_the_order_used_is_told(searcher: Searcher) -> None:
    for query, sort in (("", "newest"), ("*", "newest"), ("krig", "relevance")):
        assert searcher.search(SearchRequest(q=query)).sort == sort
    assert searcher.search(SearchRequest(q="krig", sort="oldest")).sort == "oldest"


def test_an_exclusion_holds_everywhere_and_stays_visible(searcher: Searcher) -> None:
    without = {"persons": Selection(exclude=frozenset({"Eva Ek"}))}
    results = searcher.search(SearchRequest(selections=without))
    assert "bil" not in ids(results)
    assert counts(results, "persons") == {"vladimir-putin": 1, "eva-ek": 0}
    excluded = [value.value for value in results.facets["persons"] if value.excluded]
    assert excluded == ["eva-ek"]


def test_a_chosen_value_stays_visible_at_zero(searcher: Searcher) -> None:
    chosen = {"persons": Selection(frozenset({"Ingen Alls", "Eva Ek"}))}
    results = searcher.search(SearchRequest(q="tromsö", selections=chosen))
    shown = {value.value: (value.count, value.selected) for value in results.facets["persons"]}
    assert shown == {"ingen-alls": (0, True), "eva-ek": (0, True)}


def test_a_date_filter_wants_the_whole_period(searcher: Searcher) -> None:
    day = DateFilter(PartialDate.parse("2022-03-01"), PartialDate.parse("2022-03-31"))
    assert find(searcher, "", dates=day) == {"krig", "fred", "bil"}
    assert find(searcher, "", dates=replace(day, last=PartialDate.parse("2022-03-15"))) == {
        "krig",
        "fred",
    }


@pytest.mark.parametrize(
    ("interval", "buckets", "outside"),
    [
        ("year", {"2021": 1, "2022": 4, "2023": 1}, 1),
        ("month", {"2021-12": 1, "2022-03": 3, "2023-01": 1}, 2),
        ("day", {"2021-12-31": 1, "2022-03-01": 1, "2022-03-02": 1, "2023-01-05": 1}, 3),
    ],
)
def test_the_timeline_counts_what_is_dated_exactly_enough(
    searcher: Searcher, interval: str, buckets: dict[str, int], outside: int
) -> None:
    timeline = searcher.search(SearchRequest(interval=interval)).timeline  # type: ignore[arg-type]
    assert timeline is not None
    assert {bucket.key: bucket.count for bucket in timeline.buckets} == buckets
    assert timeline.outside == outside


def test_an_article_comes_back_as_it_was(searcher: Searcher) -> None:
    for article in ARTICLES:
        page = searcher.article(article.id)
        assert page is not None
        assert page.article == article
    assert searcher.article("saknas") is None


def test_info_describes_the_articles(searcher: Searcher) -> None:
    info = searcher.info()
    assert info.articles == len(ARTICLES)
    assert [(value.value, value.count) for value in info.sources] == [
        ("Kuriren", 3), ("Bladet", 2), ("Posten", 2),
    ]  # fmt: skip
    assert (str(info.first), str(info.last)) == ("2021-12-31", "2023-01-05")


def test_no_articles_at_all(make_engine: MakeEngine) -> None:
    searcher = Searcher(make_engine([]))
    for query in (
        "",
        "krig",
        '"ett två"',
        "kr*",
        "person:ek",
        "datum:2022",
        "titel:krig",
        "INTE a",
    ):
        results = searcher.search(SearchRequest(q=query))
        assert (results.total, results.hits) == (0, ())
    assert searcher.info().articles == 0


def test_phrases_far_into_a_long_article(make_engine: MakeEngine) -> None:
    filler = "fyllning " * 15_000
    articles = [
        an_article("a", f"{filler}krig bil {filler}"),
        an_article("b", f"{filler}krig {filler}bil krig"),
        an_article("c", f"{filler}bil {filler}krig och bil"),
    ]
    searcher = Searcher(make_engine(articles))
    assert find(searcher, '"krig bil"') == {"a"}
    assert find(searcher, '"bil krig"') == {"b"}
    assert find(searcher, '"krig och bil"') == {"c"}
