"""Another recogniser in the place of rules and model: pipelines of spaCy, made here."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import spacy

from index.entities import Recogniser, load_recogniser
from index.entities.finder import SETTING, Span, chosen_finder
from index.entities.recogniser import recogniser_version
from index.entities.spacy_finder import SpacyFinder
from index.errors import ArticleError, SourceError
from index.indexer import index_sources
from index.store import Store
from search.engines.local import LocalEngine
from search.request import SearchRequest
from search.searcher import Searcher

PATTERNS = [
    {"label": "PRS", "pattern": "Xyla Qvarn"},
    {"label": "PRS", "pattern": "Qvarns"},
    {"label": "GPE", "pattern": "Blåby"},
    {"label": "ORG", "pattern": "Grus & Co"},
    {"label": "TME", "pattern": "i går"},
]
TEXT = "I går talade Xyla Qvarn i Blå\u00adby om Grus & Co. Anna Ek log åt Qvarns ord \ud800."


def make_pipeline(path: Path, patterns: list[dict[str, str]]) -> Path:
    pipeline: Any = spacy.blank("sv")
    pipeline.add_pipe("entity_ruler").add_patterns(patterns)
    pipeline.to_disk(path)
    return path


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[object], None]]:
    """Choose a recogniser as the environment of a process does."""

    def choose(value: object) -> None:
        monkeypatch.setenv(SETTING, str(value))
        forget()

    yield choose
    monkeypatch.undo()
    forget()


def complain(error: ArticleError) -> None:
    raise AssertionError(error)


def forget() -> None:
    for remembered in (chosen_finder, load_recogniser, recogniser_version):
        remembered.cache_clear()


def test_a_pipeline_finds_and_we_name(tmp_path: Path, choose: Callable[[object], None]) -> None:
    choose(f"spacy:{make_pipeline(tmp_path / 'pipeline', PATTERNS)}")
    (mentions,) = load_recogniser().recognise([TEXT])
    assert [(m.text, m.kind, m.name) for m in mentions] == [
        ("Xyla Qvarn", "person", "Xyla Qvarn"),
        ("Blå\u00adby", "place", "Blåby"),
        ("Grus & Co", "organisation", "Grus & Co"),
        ("Qvarns", "person", "Xyla Qvarn"),
    ]
    assert all(m.text == TEXT[m.start : m.end] for m in mentions)
    explained = load_recogniser().explain(TEXT)
    assert [one.mention for one in explained] == mentions


def test_an_index_is_made_and_read_with_it(
    tmp_path: Path, choose: Callable[[object], None]
) -> None:
    source = tmp_path / "a.jsonl"
    source.write_bytes(orjson.dumps({"id": "1", "body": "Xyla Qvarn bor i Blåby, sade Ulf Ek."}))

    def index() -> tuple[int, int, int]:
        report = index_sources(tmp_path / "ix", [source], on_error=complain)
        return report.added, report.updated, report.unchanged

    assert index() == (1, 0, 0)
    path = make_pipeline(tmp_path / "pipeline", PATTERNS)
    choose(f"spacy:{path}")
    # What another recogniser has read has changed, and again when the pipeline has.
    assert (index(), index()) == ((0, 1, 0), (0, 0, 1))
    searcher = Searcher(LocalEngine(Store(tmp_path / "ix")))
    facets = searcher.search(SearchRequest()).facets
    assert [value.label for value in facets["persons"]] == ["Xyla Qvarn"]
    page = searcher.article("1")
    assert page is not None
    assert [mention.text for mention in page.mentions[2]] == ["Xyla Qvarn", "Blåby"]
    make_pipeline(path, [*PATTERNS, {"label": "PER", "pattern": "Ulf Ek"}])
    choose(f"spacy:{path}")
    assert index() == (0, 1, 0)


def test_what_a_pipeline_cannot_read_is_left_out(
    tmp_path: Path, choose: Callable[[object], None]
) -> None:
    choose(f"spacy:{make_pipeline(tmp_path / 'pipeline', PATTERNS)}")
    finder = chosen_finder()
    assert isinstance(finder, SpacyFinder)
    finder._pipeline.max_length = 20
    assert finder.find("Xyla Qvarn sov. " * 10) == [Span(0, 10, "person")]


def test_any_object_that_finds_will_do() -> None:
    class Capitals:
        version = "1"

        def find(self, text: str) -> list[Span]:
            return [Span(0, 6, "person"), Span(9, 9, "place")] if text else []

    recogniser = Recogniser(finder=Capitals())
    found = recogniser.recognise(["Eva Ek", "", "Bo Eks sak."])
    assert [[(m.text, m.name) for m in mentions] for mentions in found] == [
        [("Eva Ek", "Eva Ek")],
        [],
        [("Bo Eks", "Bo Eks")],
    ]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ("nltk:sv", "NYHETSSOK_RECOGNISER: expected spacy:NAME or spacy:PATH, not nltk:sv"),
        ("spacy:", "NYHETSSOK_RECOGNISER: expected spacy:NAME or spacy:PATH, not spacy:"),
        ("spacy:no_such", "NYHETSSOK_RECOGNISER: cannot load the pipeline no_such: "),
    ],
)
def test_what_cannot_be_chosen_is_said(
    tmp_path: Path, choose: Callable[[object], None], chosen: str, message: str
) -> None:
    choose(chosen)
    with pytest.raises(SourceError) as error:
        index_sources(tmp_path / "ix", [tmp_path], on_error=complain)
    assert str(error.value).startswith(message)
    assert not (tmp_path / "ix").exists()


def test_a_pipeline_without_names(tmp_path: Path, choose: Callable[[object], None]) -> None:
    pattern = {"label": "TME", "pattern": "i går"}
    choose(f"spacy:{make_pipeline(tmp_path / 'pipeline', [pattern])}")
    with pytest.raises(SourceError, match="labels no persons, places or organisations"):
        chosen_finder()


def test_without_the_library_it_says_how_to_get_it(
    choose: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose("spacy:sv_core_news_sm")
    monkeypatch.setitem(sys.modules, "spacy", None)
    monkeypatch.delitem(sys.modules, "index.entities.spacy_finder", raising=False)
    with pytest.raises(
        SourceError, match=r"spacy is not installed; pip install 'nyhetssok\[spacy\]'"
    ):
        chosen_finder()
