"""The lexicon: inflections that meet, compounds that are cut, and words that are left whole."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from index.language.analysis import base_forms, is_stop_word, token_terms, word_terms
from index.language.compounds import parts, split
from index.language.lexicon import lexicon
from index.language.stems import main_terms, stem
from search.engines.local import LocalEngine
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import an_article, fill_store

SHARED = Path(__file__).parents[2] / "shared" / "data" / "morphology"
needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="needs the development data, which no clone has"
)
ENTITIES = Path(__file__).parents[1] / "index" / "entities" / "data"
SIMPLE = Path(__file__).parent / "relevance" / "simple_words.txt"


def terms(word: str) -> set[str]:
    return set(token_terms(base_forms(word), True).stems)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("skola", "skolornas"), ("bok", "böckerna"), ("män", "männen"), ("skriva", "skrev"),
        ("beslut", "beslutet"), ("beslut", "besluten"), ("bana", "banan"), ("banan", "bananen"),
        ("stor", "större"), ("land", "ländernas"), ("barnbok", "barnböckerna"),
        ("e-post", "eposten"), ("30-åring", "30-åringarna"), ("kräva", "krävs"),
        ("spela", "spelar"), ("köra", "kör"), ("begära", "begär"), ("läsa", "läst"),
        ("söka", "sökt"), ("kalla", "kallas"), ("befinna", "befann"), ("vända", "vänt"),
        ("podcast", "podcasten"), ("gäng", "gängens"), ("försvarsbeslut", "försvarsbeslutets"),
        ("ö", "ön"), ("å", "åarna"), ("stödja", "stött"), ("binda", "bundna"), ("bära", "buren"),
        ("citytunnel", "citytunneln"), ("rike", "riket"), ("kejsarrike", "kejsarriket"),
    ],
)  # fmt: skip
def test_inflections_share_a_main_term(one: str, other: str) -> None:
    assert terms(one) & terms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vanlig", "ovanlig"), ("general", "generation"), ("utveckla", "utvecklad"),
        ("han", "hand"), ("låt", "låta"), ("växt", "växa"), ("hoppas", "hoppa"), ("far", "fara"),
        ("bro", "brons"), ("blanda", "bland"), ("säga", "sas"), ("minsk", "minskas"),
        ("anna", "annan"), ("data", "dator"), ("vete", "veta"),
    ],
)  # fmt: skip
def test_other_words_share_none(one: str, other: str) -> None:
    assert not terms(one) & terms(other)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ukrainakriget", ["ukraina", "kriget"]),
        ("skolgård", ["skol", "gård"]),
        ("gatukorsning", ["gatu", "korsning"]),
        ("kvinnofängelse", ["kvinno", "fängelse"]),
        ("tullagen", ["tull", "lagen"]),
        ("glassbilsförare", ["glassbil", "förare", "glass", "bil"]),
        ("riksdagsvalet", ["riksdag", "valet", "riks", "dag"]),
        ("vindkraftspark", ["vindkraft", "park", "vind", "kraft"]),
        ("bolåneräntor", ["bolåne", "räntor", "bo", "låne"]),
        ("jordskalv", ["jord", "skalv"]),
        ("medborgarskapslagen", ["medborgarskap", "lagen"]),
        ("kärnkraftverken", ["kärn", "kraftverken", "kraft", "verken", "kärnkraft"]),
        ("nobelpristagare", ["nobel", "pristagare", "pris", "tagare", "nobelpris"]),
        ("börsfall", ["börs", "fall"]), ("gåshud", ["gås", "hud"]), ("riksbank", ["riks", "bank"]),
        ("jordbävning", ["jord", "bävning"]), ("havsisen", ["hav", "isen"]),
        ("ansökningar", []), ("anslutning", []), ("försvaret", []), ("skildring", []),
        ("vigselring", ["vigsel", "ring"]), ("likvidering", []), ("reparerbar", []),
        ("natomedlemskapet", ["nato", "medlemskapet"]), ("författarskap", []),
        ("ovanlig", []), ("uppleva", []), ("kristoffer", []), ("regeringen", []), ("tonåring", []),
        ("wallström", []), ("åkesson", []), ("texas", []), ("a", []), ("", []), ("2022", []),
    ],
)  # fmt: skip
def test_compounds(word: str, expected: list[str]) -> None:
    assert [part for part, _ in parts(word)] == expected
    for part, start in parts(word):
        assert word.startswith(part, start)


def test_few_simple_words_are_cut() -> None:
    words = [line for line in SIMPLE.read_text().splitlines() if not line.startswith("#")]
    cut = [word for word in words if split(word)]
    assert len(words) > 1300
    assert len(cut) / len(words) <= 0.01, cut


def test_few_names_are_cut() -> None:
    names = [
        line.split("\t")[0].lower()
        for name in ("surnames.txt", "first_names.txt", "places_sweden.txt")
        for line in (ENTITIES / name).read_text(encoding="utf-8").splitlines()
        if line[:1].isupper() and line.split("\t")[0].isalpha()
    ]
    cut = [name for name in names if split(name)]
    assert len(names) > 10_000
    assert len(cut) / len(names) <= 0.01, cut[:50]


@needs_shared
def test_compounds_of_wikidata_are_cut_rightly() -> None:
    from index.language.building.fitting import read_compounds

    def key(word: str) -> set[str]:
        return {stem(word), *lexicon().main_terms(word)}

    rows = read_compounds(SHARED / "compounds-wikidata-dev.tsv")
    right = 0
    for word, words in rows:
        cut = split(word)
        if cut and len(words) == 2:
            right += bool(key(cut.first) & key(words[0]) and key(cut.last) & key(words[1]))
    assert right / len(rows) >= 0.955


@needs_shared
def test_forms_meet_their_lemmas_and_no_others() -> None:
    pairs = {
        (columns[1].lower(), columns[2].lower())
        for line in (SHARED / "ud-talbanken-dev.conllu").read_text(encoding="utf-8").splitlines()
        if len(columns := line.split("\t")) > 5
        and columns[0].isdigit()
        and columns[3] not in ("PUNCT", "SYM")
    }
    meet = [pair for pair in pairs if _main(pair[0]) & _main(pair[1])]
    assert len(meet) / len(pairs) >= 0.985
    lemmas = sorted({lemma for _, lemma in pairs if lemma.isalpha() and len(lemma) >= 4})
    alike = [(a, b) for a, b in combinations(lemmas, 2) if a[:4] == b[:4]]
    assert len(alike) > 2000
    assert sum(bool(_main(a) & _main(b)) for a, b in alike) / len(alike) <= 0.03


def _main(word: str) -> set[str]:
    return {term for form in base_forms(word) for term in main_terms(form.strip("-.") or form)}


def test_whatever_the_stemmer_joins_can_be_found() -> None:
    """The old chain had stems alone: what it found must be found still."""
    words = "regeringen regerar regering bilarna bil husets skolor unga Putins skrivelser skriver"
    for one in words.split():
        terms_of = token_terms(base_forms(one), True)
        everything = {*terms_of.stems, *terms_of.parts, *terms_of.loose}
        assert is_stop_word(one) or {stem(form) for form in base_forms(one)} <= everything


def test_no_article_is_lost_that_the_stemmer_found(tmp_path: Path) -> None:
    """A search for any of a thousand words finds all that Snowball makes one with it."""
    words = [line for line in SIMPLE.read_text().splitlines() if not line.startswith("#")]
    joined: dict[str, set[str]] = {}
    for word in words:
        joined.setdefault(stem(word), set()).add(word)
    store = fill_store(tmp_path / "index", [an_article(word, word) for word in words])
    searcher = Searcher(LocalEngine(store))
    checked = 0
    for group in joined.values():
        for word in group if len(group) > 1 else ():
            asked = SearchRequest(q=word, size=1000, facets=(), timeline=False, snippets=False)
            found = {hit.article.id for hit in searcher.search(asked).hits}
            assert is_stop_word(word) or {w for w in group if not is_stop_word(w)} <= found
            checked += 1
    assert checked > 500


def test_the_lexicon_says_what_it_is_made_of() -> None:
    folder = Path(__file__).parents[1] / "index" / "language" / "data"
    meta = json.loads((folder / "lexicon.json").read_text(encoding="utf-8"))
    assert set(meta["sources"]) == {"spacy-lookups-data", "wordfreq"}
    assert lexicon().version == meta["version"]
    assert (folder / "lemmas.marisa").stat().st_size < 2_000_000
    notice = (folder.parents[2] / "NOTICE").read_text(encoding="utf-8")
    for path in folder.glob("*.marisa"):
        assert path.name in notice


@pytest.mark.parametrize(
    ("name", "other"),
    [("Paula", "Paul"), ("Marie", "Maria"), ("Diana", "Dian"), ("Kajsa", "kajs"), ("Micke", "mick"),
     ("Madagaskar", "madagask")],
)  # fmt: skip
def test_a_name_is_not_what_the_stemmer_makes_of_it(name: str, other: str) -> None:
    assert terms(name) == terms(f"{name}s") == {name.lower()}
    assert name.lower() not in terms(other)


@pytest.mark.parametrize("word", ["hakan", "goran"])
def test_a_name_without_dots_is_none_that_the_lexicon_has(word: str) -> None:
    assert word not in lexicon().main_terms(word)


@pytest.mark.parametrize("word", ["OS-guldet", "vinter-OS", "LO-ordförandens", "IS:s", "S:s"])
def test_an_acronym_keeps_its_capitals(word: str) -> None:
    acronym = next(piece for piece in ("OS", "LO", "IS", "S") if piece in word)
    found = [term.term for term in word_terms(word)]
    assert acronym in found
    assert acronym not in [term.term for term in word_terms(word.lower())]


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("Sjukhus", "hus"), ("Elpris", "pris"), ("Bankkris", "kris"), ("TV-licens", "licens"),
        ("presskonferens", "konferens"), ("Polisinsats", "insats"), ("Östersjöns", "sjö"),
        ("Bolagens", ""), ("Perssons", ""),
    ],
)  # fmt: skip
def test_a_part_that_ends_in_s_is_found(word: str, part: str) -> None:
    assert part in [*token_terms(base_forms(word), True).parts, ""]


def test_a_name_is_found_in_its_genitive() -> None:
    for name in ("Hanko", "Sean", "Navalny", "Minna", "OS-Sollefteå"):
        assert base_forms(name)[0] in base_forms(f"{name}s")
