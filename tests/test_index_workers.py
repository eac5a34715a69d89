"""Several processes do what one does."""

import os
import signal
from pathlib import Path

import orjson
import pytest

from index import indexer
from index.errors import ArticleError, StoreError
from index.indexer import IndexReport, index_sources
from index.store import Store
from index.workers import Crew


def write_sources(folder: Path) -> None:
    folder.mkdir()
    for name in "ab":
        lines = [
            orjson.dumps({"id": str(number % 70), "body": f"Statsminister Ek åkte till {name}."})
            for number in range(100 if name == "a" else 80)
        ]
        lines[7] = b"{bad"
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(lines))
    (folder / "c.txt").write_text("En egen text.")
    (folder / "d.txt").write_bytes(b"\0\1")


def run(path: Path, source: Path, workers: int) -> tuple[IndexReport, list[str], dict[str, bytes]]:
    errors: list[ArticleError] = []
    report = index_sources(path, [source], workers=workers, on_error=errors.append)
    articles = {
        live.segment.ids.string(document).decode(): live.segment.stored.json(document)
        for live in Store(path).segments()
        for document in range(live.segment.documents)
        if not live.is_deleted(document)
    }
    report.merge_seconds = 0
    return report, [str(error) for error in errors], articles


def test_two_workers_do_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "BATCH", 8)
    source = tmp_path / "source"
    write_sources(source)
    for _ in range(2):  # the second time nothing has changed
        one, two = (run(tmp_path / f"ix{count}", source, count) for count in (1, 2))
        assert one == two
    report, errors, articles = one
    assert (report.added, report.unchanged) == (0, 100)
    assert len(articles) == 71
    assert any("c.txt" not in error and "b.jsonl:1: another article" in error for error in errors)
    assert orjson.loads(articles["0"])["persons"] == ["Ek"]


def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "ix")
    with Crew(1, store.path) as crew:
        os.kill(crew._processes[0].pid, signal.SIGKILL)
        with pytest.raises(StoreError, match="ended from outside"):
            list(crew.map([[ArticleError("a", 1, "bad")]]))
    assert store.segments() == ()


def test_a_worker_that_fails_says_why(tmp_path: Path) -> None:
    with Crew(1, tmp_path / "missing") as crew, pytest.raises(RuntimeError, match="IndexMissing"):
        list(crew.map([[]]))
