"""Measures of relevance, and the command that prints them."""

from pathlib import Path

import orjson
import pytest

from tests.test_web_cli import run
from web.evaluation import evaluate


def test_measures_are_what_the_literature_says() -> None:
    ranking = {"a": ["x", "y"], "b": ["y", "x"], "c": [], "d": ["x"]}
    judged = {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}, "d": {"x": 0}}
    measures = {m.name: m for m in evaluate(ranking, judged)}
    assert measures["MRR@10"].mean == pytest.approx((1 + 0.5 + 0) / 3)
    assert measures["recall@10"].mean == pytest.approx(2 / 3)
    assert measures["nDCG@10"].mean == pytest.approx((1 + 0.6309 + 0) / 3, abs=1e-3)
    assert all(m.low <= m.mean <= m.high for m in measures.values())
    assert measures["recall@10"].low < measures["recall@10"].high


@pytest.fixture
def index(tmp_path: Path) -> Path:
    source = tmp_path / "a.jsonl"
    source.write_text(
        '{"id": "a 1", "body": "Räven sover."}\n{"id": "2", "body": "Björnen sover."}\n'
    )
    assert run("index", "--index", tmp_path / "ix", source).returncode == 0
    return tmp_path / "ix"


def test_the_command(index: Path, tmp_path: Path) -> None:
    queries, qrels = tmp_path / "q.tsv", tmp_path / "qrels.txt"
    queries.write_text("q1\träv\nq2\tsova björn\n")
    qrels.write_text("q1 0 a%201 2\nq2 0 2 1\nq2 0 a%201 0\n")
    arguments = ("--index", index, "--queries", queries, "--qrels", qrels)
    done = run("evaluate", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["nDCG@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    told = run("evaluate", *arguments)
    assert b"MRR@10      1.0000  [1.0000, 1.0000]" in told.stdout
    assert told.stderr == b""


def test_judged_articles_that_are_not_there_are_told(index: Path, tmp_path: Path) -> None:
    queries, qrels = tmp_path / "q.tsv", tmp_path / "qrels.txt"
    queries.write_text("q1\träv\n")
    qrels.write_text("q1 0 a%201 2\nq1 0 gone 1\nq1 0 never 0\n")
    done = run("evaluate", "--index", index, "--queries", queries, "--qrels", qrels)
    assert done.returncode == 0
    assert b"recall@10   0.5000" in done.stdout
    warning = "1 of 2 articles that should be found are not in the index: 'gone'"
    assert warning in done.stderr.decode()


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        ("q1 0 a\n", "qrels.txt:1: expected qid 0 docid grade"),
        ("q9 0 a 1\n", "no query has an article that is judged to matter"),
    ],
)
def test_what_cannot_be_used_is_named(
    index: Path, tmp_path: Path, qrels: str, message: str
) -> None:
    (tmp_path / "q.tsv").write_text("q1\träv\n")
    (tmp_path / "qrels.txt").write_text(qrels)
    done = run(
        "evaluate", "--index", index, "--queries", tmp_path / "q.tsv", "--qrels",
        tmp_path / "qrels.txt",
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr.decode()
