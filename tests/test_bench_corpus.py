"""The benchmark, without its engines: corpus, queries, agreement of answers, tables, processes."""

import doctest
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from types import ModuleType

import numpy as np
import pytest

from bench import environment, queries, report, results
from bench.agreement import compare
from bench.corpus import CHUNK, Vocabulary, articles, make_vocabulary, read_corpus, write_corpus
from bench.environment import LOCK, split_lock
from bench.ours import read_run, read_timings
from bench.processes import CommandFailed, run
from bench.queries import (
    CLASSES,
    Query,
    count_words,
    make_queries,
    read_queries,
    read_stop_words,
    write_queries,
)
from bench.report import Run, describe, table, write_between_marks
from bench.results import Answered, EngineResult, Indexing, Timing
from search.parser import parse


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """Words that look like words, with the frequencies of a Zipf law."""
    letters = "abdefgiklmnoprstuvåäö"
    rng = np.random.default_rng(0)
    words = list(dict.fromkeys("".join(rng.choice(list(letters), 5)) for _ in range(12_000)))
    return make_vocabulary(words, 1 / np.arange(3, len(words) + 3))


def test_a_smaller_corpus_is_the_beginning_of_a_larger_one(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    small, large = tmp_path / "small.jsonl", tmp_path / "large.jsonl"
    write_corpus(vocabulary, 30, small)
    write_corpus(vocabulary, CHUNK + 20, large)
    assert large.read_bytes().startswith(small.read_bytes())
    assert [article["id"] for article in read_corpus(large)][-1] == f"a{CHUNK + 19:07}"


def test_articles_have_every_field_and_the_length_of_news(vocabulary: Vocabulary) -> None:
    made = list(articles(vocabulary, 300))
    words = [len(f"{a['title']} {a['lead']} {a['body']}".split()) for a in made]
    assert 400 < sum(words) / len(words) < 460
    for article in made:
        assert re.fullmatch(r"20(1[5-9]|2[0-4])-\d\d-\d\d", article["published"])
        assert 6 <= len(article["title"].split()) <= 10
        assert len(article["lead"].split()) == 25
        assert article["body"].endswith(".")
        assert article["source"]
        assert article["section"]
        for names in (article["persons"], article["places"], article["organisations"]):
            assert 1 <= len(names) <= 6
            assert len(set(names)) == len(names)
    assert len({place for a in made for place in a["places"] if " " in place}) == 0


def test_the_real_vocabulary_is_swedish() -> None:
    pytest.importorskip("wordfreq", reason="wordfreq is in the bench's environment only")
    from bench.corpus import read_vocabulary

    assert {"och", "att", "är"} <= set(read_vocabulary().words[:20])


def test_queries_are_fifty_of_each_class_and_survive_their_files(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    made = list(articles(vocabulary, 2000))
    counts = count_words(made, vocabulary.phrases)
    common = frozenset(word for word, count in counts.words.items() if count > 1600)
    chosen = make_queries(counts, vocabulary.places, common)
    assert Counter(query.kind for query in chosen) == dict.fromkeys(CLASSES, 50)
    assert len({query.qid for query in chosen}) == 300
    assert not {term for query in chosen for term in query.terms} & common
    assert chosen == make_queries(counts, vocabulary.places, common)

    neutral, own = tmp_path / "queries.jsonl", tmp_path / "queries.tsv"
    write_queries(chosen, neutral, own)
    assert read_queries(neutral) == chosen
    lines = [line.split("\t") for line in own.read_text("utf-8").splitlines()]
    assert lines == [[query.qid, str(query)] for query in chosen]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (Query("a01", "or", ("ränta",)), "ränta"),
        (Query("b01", "and", ("ränta", "höjs")), "ränta OCH höjs"),
        (Query("c01", "or", ("ränta", "höjs", "val")), "ränta ELLER höjs ELLER val"),
        (Query("e01", "phrase", ("höjd", "ränta")), '"höjd ränta"'),
        (
            Query("f01", "and", ("ränta", "val"), "2016-01-02", "2018-03-04", "Halrifors"),
            "ränta OCH val datum:2016-01-02..2018-03-04 plats:Halrifors",
        ),
    ],
)
def test_queries_in_our_own_language(query: Query, text: str) -> None:
    assert str(query) == text
    assert parse(text) == parse(str(parse(text)))


def test_stop_words_are_those_of_the_product() -> None:
    words = read_stop_words()
    assert {"och", "att", "inte"} <= words
    assert not [word for word in words if word.startswith("#")]


@pytest.mark.parametrize("module", [environment, queries, report, results])
def test_examples_in_the_documentation(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed


def test_table_is_aligned() -> None:
    assert table(["", "ours"], [["a one term", "1"], ["b", "2.50"]]).splitlines() == [
        "|            | ours |",
        "|------------|-----:|",
        "| a one term |    1 |",
        "| b          | 2.50 |",
    ]


def engine(name: str, ms: float, *, total: int = 7, facets: bool = True) -> EngineResult:
    timings = [Timing(f"{kind}{n:02}", ms * n, total) for kind in "abcdef" for n in range(1, 51)]
    counts = {"persons": [3, 1]} if facets else {}
    return EngineResult(
        name=name,
        version="1.0",
        indexing=[Indexing(1, 1000, 2.0, 0.5, 400, 1000)],
        open_first_ms=12.0,
        rss_anon_mb=80.0,
        timings={"top": timings, "facets": timings},
        answers={timing.qid: Answered(["x"], total, counts) for timing in timings},
    )


def a_run(*results: EngineResult) -> Run:
    when = datetime(2026, 11, 22, tzinfo=UTC)
    return Run(1000, 1000, pin=0, results=list(results), load=0.5, when=when)


def test_report_tells_how_far_ahead_we_are_of_the_best_peer() -> None:
    text = describe(a_run(engine("ours", 0.01), engine("tantivy", 0.04), engine("sqlite", 0.5)))
    row = next(line for line in text.splitlines() if line.startswith("| a one term"))
    cells = [cell.strip() for cell in row.split("|")[1:-1]]
    assert cells[1] == "0.26 / 0.48 / 0.50"
    assert cells[-3:] == ["4.00×", "4.00×", "tantivy-py"]
    assert re.search(r"\| Nyhetssök +\| +500 \| +– \| +0.5 \| +0.400 \| +0.600 \|", text)


def test_report_names_what_is_missing_and_needs_no_peer() -> None:
    text = describe(a_run(engine("ours", 0.01), EngineResult("lucene", missing="no java")))
    assert "- Lucene 8: no java" in text
    assert "ahead |" not in text


def test_report_without_ours() -> None:
    assert "| bm25s + arrays |" in describe(a_run(engine("bm25s", 0.01)))


def test_differing_totals_are_told() -> None:
    engines = [engine("sqlite", 1), engine("bm25s", 1, total=8), engine("tantivy", 1, total=9)]
    same, own = compare(engines)
    assert (same.engine, same.reference, same.is_expected) == ("bm25s", "sqlite", False)
    assert same.differing == dict.fromkeys("abcdef", 50)
    assert own.is_expected
    text = describe(a_run(*engines))
    assert text.count("**MISMATCH**") == 1
    assert "300 of 300 totals differ" in text


def test_differing_facets_are_told_where_they_are_known() -> None:
    other = engine("bm25s", 1)
    answers = {qid: Answered(["x"], 7, {"persons": [4]}) for qid in other.answers}
    (agreement,) = compare([engine("sqlite", 1), EngineResult("bm25s", answers=answers)])
    assert agreement.facets_differing == 300
    assert not agreement.is_expected
    (unknown,) = compare([engine("sqlite", 1), engine("ours", 1, facets=False)])
    assert unknown.facets_differing is None


def test_results_survive_their_file(tmp_path: Path) -> None:
    result = engine("tantivy", 0.3)
    result.save(tmp_path / "tantivy.json")
    assert EngineResult.load(tmp_path / "tantivy.json") == result


def test_tables_are_put_between_the_marks_of_their_size(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    path.write_text("# T\n\n<!-- bench:1000 -->\nold\n<!-- /bench:1000 -->\n\nafter\n", "utf-8")
    run_ = a_run(engine("ours", 0.01))
    write_between_marks(path, run_)
    once = path.read_text("utf-8")
    assert "old" not in once
    assert once.startswith("# T\n")
    assert once.endswith("<!-- /bench:1000 -->\n\nafter\n")
    write_between_marks(path, run_)
    assert path.read_text("utf-8") == once


def test_tables_are_appended_where_there_are_no_marks(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    write_between_marks(path, a_run(engine("ours", 0.01)))
    assert path.read_text("utf-8").startswith("# Benchmarks\n\n<!-- bench:1000 -->\n## 1,000")


def test_our_files_are_read(tmp_path: Path) -> None:
    text = b'{"qid":"a01","engine_ms":0.2,"ms":0.5,"total":3}\n'
    assert read_timings(text) == [Timing("a01", 0.2, 3, 0.5)]
    path = tmp_path / "run"
    path.write_text("a01 Q0 x 1 2.5 nyhetssok\na01 Q0 y 2 2.0 nyhetssok\n", "utf-8")
    assert read_run(path) == {"a01": ["x", "y"]}


def test_the_lock_is_split_by_package() -> None:
    parts = split_lock(LOCK.read_text("utf-8"))
    assert {"tantivy", "whoosh", "bm25s"} <= {part.partition("==")[0] for part in parts}
    assert all("--hash=sha256:" in part for part in parts)


def test_a_command_that_fails_is_told_with_its_last_line(tmp_path: Path) -> None:
    code = "import sys; print('why', file=sys.stderr); sys.exit(3)"
    with pytest.raises(CommandFailed, match=r"^why \(exit code 3"):
        run([sys.executable, "-c", code], tmp_path / "log")


def test_a_command_gives_its_output(tmp_path: Path) -> None:
    assert run([sys.executable, "-c", "print(1)"], tmp_path / "log").strip() == b"1"


def test_an_interrupt_ends_the_command_and_its_children(tmp_path: Path) -> None:
    child = "import time; time.sleep(60)"
    parent = (
        "import os, pathlib, signal, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"pathlib.Path({str(tmp_path / 'child')!r}).write_text(str(child.pid))\n"
        "os.kill(os.getppid(), signal.SIGTERM)\n"
        "time.sleep(60)\n"
    )
    bench = (
        "import sys; from pathlib import Path\n"
        "from bench.processes import end_on_signals, run\n"
        "end_on_signals()\n"
        f"try: run([sys.executable, '-c', {parent!r}], Path({str(tmp_path / 'log')!r}))\n"
        "except KeyboardInterrupt: sys.exit(130)\n"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", bench], cwd=root, timeout=30, check=False)
    assert done.returncode == 130
    state = Path(f"/proc/{(tmp_path / 'child').read_text()}/stat")
    until = monotonic() + 10  # a child that was killed takes a moment to be gone
    while not (has_ended := _has_ended(state)) and monotonic() < until:
        sleep(0.05)
    assert has_ended


def _has_ended(state: Path) -> bool:
    try:
        return state.read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
