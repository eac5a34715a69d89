"""One run from sources to a commit."""

from pathlib import Path

import orjson
import pytest

from index.articles import Article
from index.entities import Recogniser
from index.errors import ArticleError, SourceError
from index.indexer import IndexReport, index_sources
from index.store import Store
from index.workers import with_entities
from search.engines.local import LocalEngine
from search.searcher import Searcher

SEEDS = Path(__file__).parent.parent / "seeds"


def run(path: Path, *sources: Path) -> tuple[IndexReport, list[str]]:
    errors: list[ArticleError] = []
    report = index_sources(path, sources, on_error=errors.append)
    return report, [str(error) for error in errors]


def test_counts_of_a_run_and_of_the_next(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"id": "1", "title": "a"}\n{bad\n{"id": "2", "title": "b"}\n')
    report, errors = run(tmp_path / "ix", source)
    assert (report.added, report.skipped, report.seen) == (2, 1, 3)
    assert len(errors) == 1
    assert errors[0].startswith(f"{source}:2: not JSON")
    source.write_text('{"id": "1", "title": "a"}\n{"id": "2", "title": "c"}\n')
    report, _ = run(tmp_path / "ix", source)
    assert (report.added, report.updated, report.unchanged, report.skipped) == (0, 1, 1, 0)


def test_a_missing_source_stops_before_anything_is_written(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("En text.")
    with pytest.raises(SourceError):
        run(tmp_path / "ix", source, tmp_path / "saknas")
    assert not (tmp_path / "ix").exists()


def test_a_second_article_with_an_id_is_named_and_skipped(tmp_path: Path) -> None:
    for name, title in (("a", "Räv"), ("b", "Varg")):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"id": "1", "title": "{title}"}}\n')
    for _ in range(2):
        report, errors = run(tmp_path / "ix", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
        assert (report.seen, report.skipped) == (2, 1)
        assert errors == [f'{tmp_path}/b.jsonl:1: another article of this run has the id "1"']
    page = Searcher(LocalEngine(Store(tmp_path / "ix"))).article("1")
    assert page is not None
    assert page.article.title == "Räv"


def test_given_entities_are_taken_over_and_the_rest_is_found() -> None:
    article = Article(
        id="a",
        body="Statsminister Ulf Kristersson reste till Kiruna.",
        persons=("X Y",),
        organisations=(),
    )
    complete = with_entities(article, Recogniser())
    assert (complete.persons, complete.organisations) == (("X Y",), ())
    assert complete.places == ("Kiruna",)


def test_the_users_article_has_its_facets(tmp_path: Path) -> None:
    (text,) = SEEDS.glob("*.txt")
    run(tmp_path / "ix", text)
    snapshot = LocalEngine(Store(tmp_path / "ix")).snapshot()
    article = snapshot.load(0)
    assert set(article.persons or ()) == {
        "Vladimir Putin",
        "Aleksandr Lukasjenko",
        "Steve Rosenberg",
    }
    assert set(article.places or ()) >= {"Ryssland", "Belarus", "Minsk", "Moskva", "Ukraina"}
    assert set(article.organisations or ()) >= {
        "BBC", "Institute for the Study of War", "Interfax", "Belta", "Twitter",
    }  # fmt: skip
    assert article.title.startswith("Rysslands president Vladimir Putin reser i dag till Belarus")
    assert article.title.endswith("Aleksandr Lukasjenko.")


def test_the_seeds_are_what_their_readme_says(tmp_path: Path) -> None:
    report, errors = run(tmp_path / "ix", SEEDS)
    assert not errors
    assert report.added >= 121
    sections = {"inrikes", "utrikes", "ekonomi", "sport", "kultur", "vetenskap", "klimat", "lokalt"}
    assert {path.stem for path in SEEDS.glob("*.jsonl")} == sections
    sources, years = set(), set()
    for path in SEEDS.glob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            record = orjson.loads(line)
            assert not record.keys() & {"persons", "places", "organisations"}
            assert record["section"] == path.stem
            assert 80 <= len(f"{record['lead']} {record['body']}".split()) <= 300, record["id"]
            sources.add(record["source"])
            years.add(record["published"][:4])
    assert len(sources) >= 5
    assert years == {"2019", "2020", "2021", "2022", "2023", "2024"}
