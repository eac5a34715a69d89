"""Other names: the file, what it makes a search find, and how it is replaced or switched off."""

from pathlib import Path

import pytest

from index.errors import SourceError
from search import variants
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
    assert "ice" in ids(searcher, "is")


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
            for name in names:
                key = ("" if section != "[nationaliteter]" else section), name
                seen[key] = seen.get(key, 0) + 1
    assert groups >= 150
    assert [name for name, count in seen.items() if count > 1 and name[0] == ""] == []
