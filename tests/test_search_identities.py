"""Names that are one person, place or organisation, and what corrections make of them."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import ENTITY_FIELDS, Article
from index.errors import SourceError
from index.identity import entity_id
from search import corrections
from search.corrections import Entity, explained_corrections, read_lines
from search.engines.local import LocalEngine
from search.engines.memory import MemoryEngine
from search.identities import Identities, identities
from search.request import SearchRequest, Selection
from search.searcher import Searcher
from search.variants import read_variants, variants
from tests.conftest import an_article, fill_store

VARIANTS = """
[efternamn]
Zelenskyj = Zelensky
[namn]
Kiev = Kyjiv
[förkortningar]
ISW = Institute for the Study of War
[partier]
S = Socialdemokraterna
"""


@pytest.fixture(params=["local", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> "Make":
    return Make(tmp_path if request.param == "local" else None)


class Make:
    """Makes searchers over articles, in memory or in two segments."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def __call__(self, articles: Iterable[Article], text: str = "") -> Searcher:
        identities = Identities(read_variants(VARIANTS), (text, "corrections"))
        articles = list(articles)
        if self._path is None:
            return Searcher(MemoryEngine(articles, identities))
        if not (self._path / "ix").exists():
            fill_store(self._path / "ix", articles[:2], articles[2:])
        return Searcher(LocalEngine(fill_store(self._path / "ix"), identities))


def shown(searcher: Searcher, facet: str, **asked: object) -> list[tuple[str, str, int]]:
    results = searcher.search(SearchRequest(**asked))  # type: ignore[arg-type]
    return [(value.value, value.label, value.count) for value in results.facets[facet]]


def found(searcher: Searcher, facet: str, value: str) -> set[str]:
    asked = SearchRequest(selections={facet: Selection(frozenset((value,)))})
    return {hit.article.id for hit in searcher.search(asked).hits}


@given(st.text())
def test_the_id_of_an_id_is_itself(name: str) -> None:
    assert entity_id(entity_id(name)) == entity_id(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ek", "Ék"), ("AL-QAIDA", "al Qaida"), ("Jan-Erik  Ek", "Jan Erik Ek"), ("H & M", "H&M")],
)
def test_names_with_one_id(one: str, other: str) -> None:
    assert entity_id(one) == entity_id(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Åre", "Are"), ("Disney", "Disney+"), ("!", "?"), ("राम", "रोम"), ("C", "C#")],
)
def test_names_with_other_ids(one: str, other: str) -> None:
    assert entity_id(one) != entity_id(other)


def test_the_label_is_the_majority_spelling_and_the_id_stays(make: Make) -> None:
    names = ["NATO", "Nato", "NATO", "NATO", "nato"]
    articles = [an_article(str(n), organisations=(name,)) for n, name in enumerate(names)]
    assert shown(make(articles), "organisations") == [("nato", "NATO", 5)]
    more = [*articles, an_article("x", organisations=("Nato", "NATO"))]
    more += [an_article(id, organisations=("Nato",)) for id in "abc"]
    searcher = Make(None)(more)
    assert shown(searcher, "organisations") == [("nato", "Nato", 9)]
    assert found(searcher, "organisations", "NATO") == {*"01234xabc"}


def test_what_nobody_has_is_called_as_it_was_asked_and_nothing_else_is(make: Make) -> None:
    articles = [an_article("1", persons=("bo",), places=("bo",), source="bo")]
    chosen = {
        "persons": Selection(frozenset(("BO", "Ann Ek"))),
        "source": Selection(frozenset(("bo",))),
    }
    results = make(articles).search(SearchRequest(selections=chosen))
    labels = {facet: [v.label for v in values] for facet, values in results.facets.items()}
    assert labels["persons"] == ["bo", "Ann Ek"]
    assert (labels["source"], labels["places"]) == (["bo"], ["bo"])


def test_variants_are_one(make: Make) -> None:
    articles = [
        an_article("1", persons=("Volodymyr Zelensky", "S"), places=("Kyjiv",)),
        an_article("2", persons=("Volodymyr Zelenskyj",), places=("Kiev", "Kyjiv")),
        an_article("3", persons=("Volodymyr Zelensky",), organisations=("ISW",)),
        an_article(
            "4",
            persons=("Socialdemokraterna",),
            organisations=("Institute for the Study of War", "ISW"),
        ),
    ]
    searcher = make(articles)
    assert shown(searcher, "persons") == [
        ("volodymyr-zelenskyj", "Volodymyr Zelensky", 3),
        ("s", "S", 1),
        ("socialdemokraterna", "Socialdemokraterna", 1),
    ]
    assert shown(searcher, "places") == [("kiev", "Kyjiv", 2)]
    assert shown(searcher, "organisations") == [("isw", "ISW", 2)]
    assert found(searcher, "persons", "Volodymyr Zelensky") == {"1", "2", "3"}
    page = searcher.article("2")
    assert page is not None
    assert page.article.persons == ("Volodymyr Zelensky",)
    assert page.article.places == ("Kyjiv",)
    # By all of its spellings.
    for query in ("person:zelensky", "person:zelenskyj", "org:study"):
        assert searcher.search(SearchRequest(q=query)).total == (2 if "org" in query else 3)


CROWD = [
    an_article("1", "Anders Ek åkte skidor i landslaget.", persons=("Anders Ek", "Fredagsmys")),
    an_article("2", "Anders Ek motionerade i riksdagen.", persons=("Anders Ek", "Bladet")),
    an_article("3", "Anders Ek badade.", persons=("Anders Ek",), organisations=("Bladet",)),
    an_article("4", "Folkpartiet.", organisations=("Folkpartiet",), persons=("Isabella Lovin",)),
    an_article("5", "Liberalerna.", organisations=("Liberalerna", "Folkpartiet")),
]


def test_two_names_become_one(make: Make) -> None:
    lines = "organisation: Liberalerna = Folkpartiet\nperson: Isabella Lövin = Isabella Lovin"
    searcher = make(CROWD, lines)
    assert shown(searcher, "organisations")[0] == ("liberalerna", "Liberalerna", 2)
    assert shown(searcher, "persons", q="folkpartiet") == [("isabella-lövin", "Isabella Lövin", 1)]
    assert found(searcher, "organisations", "folkpartiet") == {"4", "5"}
    assert searcher.search(SearchRequest(q="org:folkpartiet")).total == 2
    assert searcher.entity("organisations", "Folkpartiet") == ("organisations", "liberalerna")


def test_a_wrong_kind_and_no_entity(make: Make) -> None:
    searcher = make(CROWD, "organisation: Bladet = person: Bladet\ninget = person: Fredagsmys")
    assert shown(searcher, "organisations", facets=("organisations",))[0] == ("bladet", "Bladet", 2)
    assert {label for _, label, _ in shown(searcher, "persons")} == {"Anders Ek", "Isabella Lovin"}
    assert found(searcher, "persons", "bladet") == {"2", "3"}
    assert found(searcher, "persons", "fredagsmys") == set()
    page = searcher.article("2")
    assert page is not None
    assert (page.article.persons, page.article.organisations) == (("Anders Ek",), ("Bladet",))


def test_two_people_of_one_name(make: Make) -> None:
    lines = """
        person: Anders Ek (skidor) = Anders Ek | landslag, ny skidvalla
        person: Anders Ek (politiker) = Anders Ek | motion, riksdagen
    """
    searcher = make(CROWD, lines)
    persons = [one for one in shown(searcher, "persons") if "Ek" in one[1]]
    assert sorted(persons) == [
        ("anders-ek", "Anders Ek", 1),
        ("anders-ek-politiker", "Anders Ek (politiker)", 1),
        ("anders-ek-skidor", "Anders Ek (skidor)", 1),
    ]
    assert found(searcher, "persons", "Anders Ek") == {"3"}
    page = searcher.article("1")
    assert page is not None
    assert {mention.name for mention in page.mentions[2]} == {"Anders Ek (skidor)"}


def test_corrections_follow_one_another(make: Make) -> None:
    lines = "person: Bo Ek = Anders Ek\nperson: Bo Al = Bo Ek\nperson: Bo Ask = Bo Ek | badade"
    with pytest.raises(SourceError, match="corrections:3: line 2 already says what becomes of Bo"):
        make(CROWD, lines)
    lines = "person: Bo Ek = Anders Ek\nperson: Bo Ask = Bo Ek | badade\nperson: Bo Al = Bo Ek"
    searcher = make(CROWD, lines)
    assert [one for one in shown(searcher, "persons") if one[1].startswith("Bo")] == [
        ("bo-al", "Bo Al", 2),
        ("bo-ask", "Bo Ask", 1),
    ]
    assert searcher.entity("persons", "Anders Ek").id == "bo-al"


def test_who_keeps_the_name_in_some_articles_keeps_the_address(make: Make) -> None:
    lines = "person: Anders Ek = Anders Ek | riksdagen\nplats: Ek = person: Anders Ek"
    searcher = make(CROWD, lines)
    assert shown(searcher, "places") == [("ek", "Ek", 2)]
    assert found(searcher, "persons", "Anders Ek") == {"2"}
    assert searcher.entity("persons", "anders-ek") == ("persons", "anders-ek")
    assert searcher.told_apart(Entity("persons", "anders-ek")) == [("places", "ek")]


def test_an_article_that_has_both_names_is_counted_once(make: Make) -> None:
    both = an_article("0", "häst", persons=("Bladet", "Bo Ek"), organisations=("Bladet",))
    others = [an_article(str(n), organisations=("Bladet",)) for n in range(1, 10)]
    searcher = make([both, *others], "organisation: Bladet = person: Bladet")
    assert shown(searcher, "organisations", q="häst") == [("bladet", "Bladet", 1)]


def test_names_of_the_text_need_not_be_written_as_the_article_lists_them(make: Make) -> None:
    articles = [
        an_article(
            "1",
            "Miljöministern Isabella Lovin sade att Vladimir Putin är i Malmö.",
            persons=("Isabella Lövin", "Vladimir PUTIN"),
            places=("malmö",),
        )
    ]
    page = make(articles, "person: Isabella Lövin = Isabella Lovin").article("1")
    assert page is not None
    assert [mention.name for mention in page.mentions[2]] == [
        "Isabella Lövin",
        "Vladimir PUTIN",
        "malmö",
    ]


def test_of_equals_the_spelling_that_does_not_shout_is_shown(make: Make) -> None:
    articles = [
        an_article("1", persons=("Vladimir PUTIN",), organisations=("AL-QAIDA",)),
        an_article("2", persons=("Vladimir Putin",), organisations=("al-Qaida",)),
    ]
    searcher = make(articles)
    assert shown(searcher, "persons") == [("vladimir-putin", "Vladimir Putin", 2)]
    assert shown(searcher, "organisations") == [("al-qaida", "al-Qaida", 2)]


def test_every_variant_that_is_shipped_is_one_thing_whatever_stands_before_it() -> None:
    known = identities()
    for names in variants().same:
        for name in names:
            for facet in ENTITY_FIELDS:
                for written in (" ".join(name), f"Anna {' '.join(name)}"):
                    entity = known.entity(facet, written)
                    assert known.entity(facet, entity.id) == entity
    # Only surnames are one at the end of a person's name.
    assert known.entity("persons", "Ilham Aliyev").id == "ilham-alijev"
    assert known.entity("persons", "Walter Lemberg").id == "walter-lemberg"
    assert known.entity("persons", "Ayman al-Zawahiri").id == "ayman-al-zawahiri"
    assert known.entity("persons", "Suu Kyi") == known.entity("persons", "Aung San Suu Kyi")


def test_groups_of_variants_in_any_order_are_one() -> None:
    for text in ("[namn]\nA = B\nC = A", "[namn]\nC = A\nA = B"):
        known = Identities(read_variants(text))
        assert {known.entity("places", name).id for name in "ABC"} == {"c"}
    known = Identities(read_variants("[namn]\nA = B\nB = A"))
    assert known.entity("places", "A").id == "a"


def test_long_chains_of_corrections_are_read() -> None:
    lines = "\n".join(f"person: A{n + 1} = A{n}" for n in range(3000))
    assert Identities(corrections=(lines, "")).resolve("persons", "A0").id == "a3000"
    lines = "\n".join(
        f"person: P{n + 1} = P{n} | {word}{n}" for n in range(12) for word in ("x", "y")
    )
    with pytest.raises(SourceError, match="becomes more than 200 things"):
        Identities(corrections=(lines, "corrections"))


def test_kinds_and_comments() -> None:
    text = "organisation: Bladet = person: Avisen = DN # samma\nINGET = plats : Tack = Hej"
    first, second = read_lines(text)
    assert [source[:2] for source in first.sources] == [
        ("persons", "Avisen"),
        ("organisations", "DN"),
    ]
    assert [source[:2] for source in second.sources] == [("places", "Tack"), ("places", "Hej")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Bo Ek = Bo Al",
            "corrections:1: expected person:, plats:, organisation: or inget = first",
        ),
        ("3:16 = Bo Al", "corrections:1: expected person:, plats:, organisation: or inget"),
        ("\n# x\nperson: Bo Ek", "corrections:3: expected = between the right name and what"),
        ("person: Bo Ek =", "corrections:1: a name is missing"),
        ("persno: Bo Ek = Bo Al", "corrections:1: no kind persno:; there are person:, plats:"),
        ("inget = Bo Ek", "corrections:1: expected person:"),
        ("person: Bo Ek = Bo Al |", "corrections:1: expected words with commas between them"),
        ("person: Bo Ek = Bo Al | a | b", "corrections:1: expected one | between"),
        ("person: A = B\nperson: B = A", "corrections:1: B would become itself"),
        ("person: Bo Ek * = Bo Ek | hockey", "corrections:1: Bo Ek * is the same name as Bo Ek"),
        ("person: A = B\nperson: C = b", "corrections:2: line 1 already says what becomes of b"),
    ],
)
def test_a_bad_line_is_named(text: str, message: str) -> None:
    with pytest.raises(SourceError) as error:
        Identities(corrections=(text, "corrections"))
    assert str(error.value).startswith(message)


def test_the_examples_of_the_file_that_explains_them_can_be_read() -> None:
    lines = explained_corrections().splitlines()
    examples = (line for line in lines if line.startswith(("# person:", "# organisation:")))
    text = "\n".join(line.removeprefix("# ") for line in examples)
    known = Identities(corrections=(text, ""))
    assert known.resolve("persons", "Isabella Lovin") == Entity("persons", "isabella-lövin")
    assert known.resolve("persons", "Aftonbladet") == Entity("organisations", "aftonbladet")


def test_the_file_is_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "corrections.txt"
    monkeypatch.setenv(corrections.SETTING, str(file))
    forget()
    with pytest.raises(SourceError, match=r"NYHETSSOK_CORRECTIONS: cannot read .*corrections\.txt"):
        identities()
    file.write_text("person: Bo Ek = Bo Eek\n", encoding="utf-8")
    assert identities().resolve("persons", "Bo Eek").id == "bo-ek"
    monkeypatch.delenv(corrections.SETTING)
    forget()
    assert identities().resolve("persons", "Bo Eek").id == "bo-eek"
    # The table of variants that is shipped counts too.
    assert identities().resolve("places", "Kyjiv").id == identities().resolve("places", "Kiev").id


def forget() -> None:
    for remembered in (identities, variants):
        remembered.cache_clear()
