"""Other names: the file, what it makes a search find, and how it is replaced or switched off."""

from pathlib import Path

import pytest

from index.errors import SourceError
from search import variants
from search.parser import parse
from search.plan import RELAX_BELOW, plan
from search.request import SearchRequest
from search.searcher import Searcher
from search.variants import read_variants, shipped_variants
from search.wording import parts_of, terms_of
from tests.conftest import MakeEngine, an_article

TEXTS = {
    "kyjiv": "Kyjivs borgmästare talade.",
    "isw": "Tankesmedjan Institute for the Study of War skriver.",
    "acronym": "ISW skriver.",
    "ice": "Det är is på sjön.",
    "terror": "Terrorgruppen IS tog på sig dådet.",
    "group": "Islamiska statens ledare dog.",
    "party": "S-ledaren svarade.",
    "letter": "Hon (M) svarade inte.",
    "russian": "Ryska soldater sköt.",
    "russia": "Ryssland sköt.",
    "britons": "Britterna röstade.",
    "britta": "Britta röstade.",
    "mail": "Hon mailade ministern.",
    "centre": "Ett center öppnar.",
    "president": "Volodymyr Selenskyj talade.",
    "video": "VAR användes i matchen.",
    "assistant": "Var är bollen, frågar en video assistant referee.",
    "agency": "Arbetsförmedlingen varnar.",
}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variants.SETTING, raising=False)
    forget()


def forget() -> None:
    from search import searcher

    variants.variants.cache_clear()
    searcher._understand.cache_clear()
    searcher._relaxed.cache_clear()
    terms_of.cache_clear()
    parts_of.cache_clear()


@pytest.fixture
def searcher(make_engine: MakeEngine) -> Searcher:
    return Searcher(make_engine([an_article(name, text) for name, text in TEXTS.items()]))


def ids(searcher: Searcher, query: str) -> list[str]:
    return [hit.article.id for hit in searcher.search(SearchRequest(q=query)).hits]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Kiev", {"kyjiv"}),
        ("kiev", {"kyjiv"}),
        ("ISW", {"isw", "acronym"}),
        ("isw", {"isw", "acronym"}),
        ("Institute for the Study of War", {"isw", "acronym"}),
        ("IS", {"terror", "group"}),
        ("Islamiska staten", {"terror", "group"}),
        ("Socialdemokraterna", {"party"}),
        ("Moderaternas", {"letter"}),
        ("Ryssland", {"russia", "russian"}),
        ("ryssarna", {"russia", "russian"}),
        ("Storbritannien", {"britons"}),
        ("britters", {"britons", "britta"}),
        ("mejlar", {"mail"}),
        ("C", set()),
        ('"Kiev"', set()),
        ("titel:kiev", set()),
        ("Volodymyr Zelenskyj", {"president"}),
        ("VAR", {"video", "assistant"}),
        ("AF", {"agency"}),
    ],
)
def test_names_find_each_other(searcher: Searcher, query: str, found: set[str]) -> None:
    assert set(ids(searcher, query)) == found


def test_more_of_a_name_does_not_come_first(make_engine: MakeEngine) -> None:
    telia = "Telia växer, säger Telia. Mer om Telia i dag, och mer i morgon."
    longer = f"Ett bolag bland flera heter Telia Company. {telia}"
    articles = [an_article("much", telia), an_article("longer", longer)]
    for query in ("Telia", "Telias"):
        assert ids(Searcher(make_engine(articles)), query) == ["much", "longer"]


def test_fields_know_other_names(make_engine: MakeEngine) -> None:
    articles = [
        an_article("kyjiv", "x", places=("Kyjiv",), organisations=("Säkerhetspolisen",)),
        an_article("gulf", "x", places=("Finska viken",), organisations=("H & M", "SEB")),
    ]
    searcher = Searcher(make_engine(articles))
    for query in ("plats:kiev", 'plats:"Kyiv"', "org:(säpo ELLER fbi)"):
        assert ids(searcher, query) == ["kyjiv"]
    assert ids(searcher, "org:moderaterna") == []  # any value may have an M
    assert ids(searcher, "plats:Finland") == []  # a nationality is another thing
    assert ids(searcher, "org:(INTE säpo)") == ["gulf"]


def test_a_name_in_quotes_is_found_in_this_form_alone(
    searcher: Searcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "names.txt"
    monkeypatch.setenv(variants.SETTING, str(path))
    for name, found in (("soldat", {"ice", "russian"}), ('"soldat"', {"ice"})):
        path.write_text(f"[nationaliteter]\nsjö = {name}\n", encoding="utf-8")
        forget()
        assert set(ids(searcher, "sjö")) == found
        assert set(ids(searcher, "soldat")) == {"ice", "russian"}
    assert set(ids(searcher, "soldater")) == {"russian"}


def test_the_name_as_asked_comes_first(searcher: Searcher) -> None:
    assert ids(searcher, "Ryssland") == ["russia", "russian"]
    assert ids(searcher, "ISW")[0] == "acronym"


def test_ice_is_no_terror(searcher: Searcher) -> None:
    assert "ice" not in ids(searcher, "IS")
    assert ids(searcher, "isarna") == ["ice"]


def test_small_letters_mean_an_acronym_too(searcher: Searcher) -> None:
    assert set(ids(searcher, "is")) == {"ice", "terror"}


def test_another_file_acts_at_once(
    searcher: Searcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "names.txt"
    path.write_text("[namn]\nborgmästare = terrorgruppen\n", encoding="utf-8")
    monkeypatch.setenv(variants.SETTING, str(path))
    forget()
    assert set(ids(searcher, "borgmästaren")) == {"kyjiv", "terror"}
    assert ids(searcher, "Kiev") == []
    monkeypatch.setenv(variants.SETTING, variants.NONE)
    forget()
    assert ids(searcher, "borgmästaren") == ["kyjiv"]


def test_a_known_name_is_not_cut(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        "party": "SD svarade.",
        "apart": "Sverige demokraterna svarade.",
        "country": "Sverige röstade.",
        "part": "Demokrater röstade.",
    }
    searcher = Searcher(make_engine([an_article(name, text) for name, text in texts.items()]))
    assert set(ids(searcher, "Sverigedemokraterna")) == {"party", "apart"}
    assert set(ids(searcher, "Sverigevänner")) == {"country", "apart"}  # no name that is known
    monkeypatch.setenv(variants.SETTING, variants.NONE)
    forget()
    assert set(ids(searcher, "Sverigedemokraterna")) == {"apart", "country", "part"}


PLACES = {
    "athens": "Ambassadören i Aten svarade.",
    "greece": "Grekland röstade.",
    "buenos": "Ambassadören i Buenos Aires svarade.",
    "kyiv": "Ambassadören i Kyiv svarade.",
    "lund": "En älg sprang genom Lund.",
    "skåne": "Hela Skåne badar.",
    "gothenburg": "Det regnar i Göteborg.",
    "west": "Där badar Västra Götaland.",
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rösta i Aten", {"athens", "greece"}),
        ("badande i Grekland", {"athens", "greece", "skåne", "west"}),
        ("badande i Argentina", {"buenos", "skåne", "west"}),
        ("badande i Ukraina", {"kyiv", "skåne", "west"}),  # by another name of Kyjiv
        ("röstande i Skåne", {"lund", "greece", "skåne"}),
        ("röstande i Lund", {"lund", "greece"}),  # a town finds no county
        ("Aten", {"athens"}),
        ("i Aten", {"athens"}),
        ("Grekland", {"greece"}),
        ("Argentina", set()),
        ('röstande "Grekland"', {"greece"}),
        ("i Greklands Grekland", {"greece"}),
        ("Västra Götaland", {"west"}),
        ("älg i Västra Götaland", {"gothenburg", "lund", "west"}),
        ("ambassadör titel:grekland", set()),
    ],
)
def test_places_stand_for_one_another_beside_other_words(
    make_engine: MakeEngine, query: str, found: set[str]
) -> None:
    searcher = Searcher(make_engine([an_article(name, text) for name, text in PLACES.items()]))
    assert set(ids(searcher, query)) == found


def test_a_place_counts_as_the_one_around_it(make_engine: MakeEngine) -> None:
    searcher = Searcher(make_engine([an_article(name, text) for name, text in PLACES.items()]))
    for query, first in (("ambassadören i Grekland", "athens"), ("älg i Skåne", "lund")):
        hit = searcher.search(SearchRequest(q=query)).hits[0]
        assert hit.article.id == first
        assert hit.matched
        assert [word.reasons[0] for word in hit.matched] == ["form", "variant"]


def test_places_are_left_out_where_enough_has_all_words(make_engine: MakeEngine) -> None:
    enough = [an_article(f"a{n}", "Ambassadören i Grekland svarade.") for n in range(RELAX_BELOW)]
    searcher = Searcher(make_engine([*enough, an_article("athens", PLACES["athens"])]))
    found = ids(searcher, "ambassadör i Grekland")
    assert found
    assert "athens" not in found


def test_places_change_no_strict_search() -> None:
    for query in ("Västra Götaland", "Stockholms län", "Grekland", "Paris Hilton", "nord korea"):
        planned = plan(parse(query))
        variants.variants.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(variants, "shipped_variants", _without_places)
            forget()
            assert plan(parse(query)) == planned
        forget()


def _without_places() -> str:
    return shipped_variants().partition("[huvudstäder]")[0]


def test_another_name_is_stronger_than_a_place() -> None:
    known = read_variants("[huvudstäder]\nUkraina = Kyjiv\n[namn]\nKyjiv = Kiev\n")
    _, others = known.of(["Kiev"])
    assert {(*other.name, other.is_of_place) for other in others} == {
        ("Kyjiv", False), ("Ukraina", True),
    }  # fmt: skip
    of_both = read_variants("[huvudstäder]\nLuxemburg = Lux\n[stavningar]\nLuxemburg = Lux\n")
    assert [other.is_of_place for other in of_both.of(["Lux"])[1]] == [False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = b", "names:1: a section such as [namn] must come first"),
        ("[namn]\na", "names:2: expected two names or more with = between them"),
        ("[namn]\na = ", "names:2: expected two names or more with = between them"),
        ("# x\n\n[andra]", "names:3: no section [andra]; there are [namn]"),
    ],
)
def test_a_bad_line_is_named(text: str, message: str) -> None:
    with pytest.raises(SourceError) as error:
        read_variants(text, "names")
    assert str(error.value).startswith(message)


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variants.SETTING, "/nowhere/names.txt")
    forget()
    with pytest.raises(SourceError, match=r"cannot read /nowhere/names\.txt"):
        variants.variants()
    monkeypatch.delenv(variants.SETTING)
    forget()


def test_the_shipped_file_has_each_name_once() -> None:
    section, seen = "", dict[tuple[str, str], int]()
    groups = 0
    for line in shipped_variants().splitlines():
        if line.startswith("["):
            section = line
        elif line.strip() and not line.startswith("#"):
            names = [name.strip() for name in line.split("=")]
            assert len(set(names)) == len(names) >= 2, line
            groups += section == "[namn]"
            apart = [f"[{one}]" for one in ("nationaliteter", *variants.PLACES)]
            for name in names:
                key = (section if section in apart else ""), name
                seen[key] = seen.get(key, 0) + 1
    assert groups >= 150
    assert [name for name, n in seen.items() if n > 1 and name[0] != "[nationaliteter]"] == []
