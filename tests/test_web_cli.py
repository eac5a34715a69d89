"""The command line as a user meets it: output, files, exit codes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from index.writer import WRITING
from web.batch import TAG

ROOT = Path(__file__).parent.parent
(USERS_ARTICLE,) = (ROOT / "seeds").glob("*.txt")


def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = "from web.cli import main; main()"
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {key: value for key, value in os.environ.items() if key != "NYHETSSOK_INDEX"}
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env=environment,
        timeout=120,
        check=False,
    )


def run_json(*arguments: object, stdin: bytes = b"") -> Any:
    done = run(*arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr.decode()
    return orjson.loads(done.stdout)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "index"
    assert run("index", "--index", path, "seeds").returncode == 0
    return path


def test_index_counts_and_its_exit_code_tells_of_skipped_articles(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"id": "1", "title": "Räv"}\n{"id": "2"}\n')
    done = run("index", "--index", tmp_path / "ix", "--json", source)
    assert done.returncode == 1
    assert orjson.loads(done.stdout).items() >= {"added": 1, "skipped": 1}.items()
    assert done.stderr.decode() == f"skipped: {source}:2: no text in title, lead or body\n"
    source.write_text('{"id": "1", "title": "Räv"}\n')
    done = run("index", "--index", tmp_path / "ix", source)
    assert done.returncode == 0
    assert "0 added, 0 updated, 1 unchanged, 0 skipped" in done.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["index", "--index", "{tmp}/ix", "{tmp}/saknas"], 2, "no such file or folder"),
        (["index", "--index", "pyproject.toml", "seeds"], 3, "is a file"),
        (["index", "seeds"], 2, "--index"),
        (["search", "--index", "{tmp}/ix", "putin"], 3, "there is no index here"),
        (["search", "--index", "{path}", "--from", "igår", "putin"], 2, '"igår" is no date'),
        (["search", "--index", "{path}", "--queries", "x.tsv"], 2, "--queries needs --run"),
        (
            ["search", "--index", "{path}", "--queries", "{tmp}/x.tsv", "--run", "{tmp}/r"],
            2,
            "x.tsv",
        ),
        (["search", "--index", "{path}", "--run", "{tmp}/r", "a"], 2, "go with --queries"),
        (["search", "--index", "{path}", "--size", "-1", "a"], 2, "--size"),
        (
            ["search", "--index", "{path}", "--from", "2023", "--to", "2022"],
            2,
            "2022 ligger före 2023",
        ),
        (["entities", "{tmp}/saknas.txt"], 2, "saknas.txt"),
        (["nonsens"], 2, "No such command"),
    ],
)
def test_mistakes_give_one_clear_line(
    tmp_path: Path, path: Path, arguments: list[str], code: int, message: str
) -> None:
    done = run(*(argument.format(tmp=tmp_path, path=path) for argument in arguments))
    assert done.returncode == code
    assert message in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_search_prints_the_envelope(path: Path) -> None:
    found = run_json("search", "--index", path, "--json", "--size", 3, "putin")
    assert found["total"] >= 1
    assert len(found["hits"]) == min(3, found["total"])
    assert {
        "total",
        "total_all_words",
        "relaxed",
        "facets",
        "timeline",
        "links",
        "took_ms",
    } <= found.keys()
    keys = {"id", "title", "published", "source", "section", "url", "score", "snippet"}
    assert keys <= found["hits"][0].keys()
    persons = {value["label"]: value for value in found["facets"]["persons"]}
    assert persons["Vladimir Putin"]["value"] == "vladimir-putin"
    assert persons["Vladimir Putin"]["count"] >= 1


def test_search_narrows_by_options(path: Path) -> None:
    options = ["--places", "Minsk", "--persons", "Steve Rosenberg"]
    found = run_json("search", "--index", path, "--json", *options, "putin")
    assert found["total"] == 1
    found = run_json("search", "--index", path, "--json", "--from", "2022", "--to", "2022")
    assert {hit["published"][:4] for hit in found["hits"]} == {"2022"}


def test_search_for_people(path: Path) -> None:
    done = run("search", "--index", path, "putin OCH")
    assert done.returncode == 0
    assert "Vladimir Putin" in done.stdout.decode()
    assert "något saknas efter OCH" in done.stderr.decode()


@pytest.mark.parametrize("extra", [[], ["--facets"]])
def test_a_file_of_queries_makes_a_run_and_timings(
    path: Path, tmp_path: Path, extra: list[str]
) -> None:
    queries, run_file, timings = (tmp_path / name for name in ("q.tsv", "run", "t.jsonl"))
    queries.write_text('q1\tputin minsk\nq2\tsaknasheltochhållet\n\nq3\tär det "putin\n')
    done = run("search", "--index", path, "--queries", queries, "--run", run_file, "--size", 3,
               "--timings", timings, *extra)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    rows = [line.split(" ") for line in run_file.read_text().splitlines()]
    assert {len(row) for row in rows} == {6}
    assert {row[0] for row in rows} == {"q1", "q3"}
    assert [row[3] for row in rows if row[0] == "q1"] == ["1", "2", "3"]
    assert {(row[1], row[5]) for row in rows} == {("Q0", TAG)}
    scores = [float(row[4]) for row in rows if row[0] == "q1"]
    assert scores == sorted(scores, reverse=True)
    times = [orjson.loads(line) for line in timings.read_bytes().splitlines()]
    assert [time["qid"] for time in times] == ["q1", "q2", "q3"]
    assert all(time["engine_ms"] > 0 and time["ms"] > 0 for time in times)
    # Both are measured by themselves, and of so few articles take about as long.
    assert sum(time["engine_ms"] for time in times) <= 2 * sum(time["ms"] for time in times)
    assert times[1]["total"] == 0


def test_a_bad_line_of_queries_is_named(path: Path, tmp_path: Path) -> None:
    queries = tmp_path / "q.tsv"
    queries.write_text("q1\tputin\nq2 utan tabb\n")
    done = run("search", "--index", path, "--queries", queries, "--run", tmp_path / "r")
    assert done.returncode == 2
    assert f"{queries}:2: expected qid<TAB>query" in done.stderr.decode()


def test_info(path: Path) -> None:
    info = run_json("info", "--index", path, "--json")
    assert info["articles"] >= 121
    assert info["sources"]["Rikstidningen"] > 1
    assert info["first"].startswith("2019")
    assert b"articles" in run("info", "--index", path).stdout


def test_analyze() -> None:
    tokens = run_json("analyze", "--json", "Putins it-bolag")
    assert [(t["text"], t["start"], t["end"], t["position"]) for t in tokens] == [
        ("Putins", 0, 6, 0), ("it-bolag", 7, 15, 1),
    ]  # fmt: skip
    assert {"term": "putin", "weight": 1.0, "kind": "stem"} in tokens[0]["terms"]
    assert b"stem:putin" in run("analyze", "Putins").stdout
    found = run_json("analyze", "--json", "i Saudiarabien och Kiev")
    assert {"name": "Kyjiv", "weight": 0.8} in found[3]["variants"]
    assert found[0]["variants"] == []
    assert {"name": "Ukraina", "weight": 0.8} in found[3]["places"]
    shown = run("analyze", "Kiev").stdout.decode()
    assert "variant:Kyjiv" in shown
    assert "place:Ukraina" in shown


def test_entities_of_the_users_article() -> None:
    text = USERS_ARTICLE.read_text(encoding="utf-8")
    mentions = run_json("entities", "--json", USERS_ARTICLE)
    for mention in mentions:
        assert text[mention["start"] : mention["end"]] == mention["text"]
        assert mention["kind"] in {"person", "place", "organisation"}
    names = {mention["name"] for mention in mentions if mention["kind"] == "person"}
    assert names == {"Vladimir Putin", "Aleksandr Lukasjenko", "Steve Rosenberg"}


def test_entities_line_by_line_from_standard_input() -> None:
    done = run("entities", "--json", "--lines", "-", stdin="Putin i Minsk.\n\ningen här\n".encode())
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [[m["name"] for m in line] for line in lines] == [["Vladimir Putin", "Minsk"], [], []]
    assert b"Minsk" in run("entities", "-", stdin=b"Putin i Minsk.").stdout


def test_an_interrupted_run_says_so_and_changes_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"title": "Räven i Kiruna"}\n' * 400_000)
    program = "from web.cli import main; main()"
    index = tmp_path / "ix"
    command = [sys.executable, "-c", program, "index", "--index", str(index), str(source)]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    while not (index / WRITING).exists():
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted" in errors.decode()
    assert run_json("info", "--index", index, "--json")["articles"] == 0


def test_an_interruption_is_not_lost_in_a_callback() -> None:
    """As those of LLVM are, which loads the loops."""
    program = """
import ctypes, time
from web.cli import cli, main
@ctypes.CFUNCTYPE(None)
def interrupted():
    raise KeyboardInterrupt
@cli.command()
def wait():
    interrupted()
    time.sleep(60)
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, "wait"], cwd=ROOT, capture_output=True, timeout=30
    )
    assert (done.returncode, done.stderr.decode().strip()) == (130, "nyhetssok: interrupted")


def test_workers_check_and_delete(tmp_path: Path) -> None:
    index = tmp_path / "ix"
    report = run_json("index", "--index", index, "--json", "--workers", 2, "seeds")
    assert (report["added"], report["skipped"]) == (209, 0)
    assert "all is well" in run("check", "--index", index).stdout.decode()
    first = run_json("search", "--index", index, "--json", "putin")["hits"][0]["id"]
    done = run("delete", "--index", index, first, "saknas")
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "skipped: no article has the id 'saknas'\n",
    )
    assert "1 deleted" in done.stdout.decode()
    assert run_json("info", "--index", index, "--json")["deleted"] == 1
    assert run("delete", "--index", index).returncode == 2
    assert run("delete", "--index", index, "--purge").returncode == 0
    info = run_json("info", "--index", index, "--json")
    assert (info["articles"], info["deleted"]) == (208, 0)
    assert 0 < info["stored_bytes"] < info["size_bytes"]
    file = next(index.glob("*.col"))
    data = bytearray(file.read_bytes())
    data[64] ^= 1
    file.write_bytes(data)
    done = run("check", "--index", index)
    assert (done.returncode, done.stdout.decode()) == (3, f"{file}: word_text is damaged\n")
    assert "--rebuild" in done.stderr.decode()


def test_bytes_that_are_no_utf8_are_no_fault(path: Path, tmp_path: Path) -> None:
    for arguments in (["search", "--index", path, "--json", "\udce5r"], ["analyze", "\udce5r"]):
        assert run(*arguments).returncode == 0
    queries = tmp_path / "q.tsv"
    queries.write_bytes(b"q1\tputin\nq2\t\xe5r\n")
    done = run("search", "--index", path, "--queries", queries, "--run", tmp_path / "r")
    assert (done.returncode, f"{queries}:2: not UTF-8" in done.stderr.decode()) == (2, True)
    (tmp_path / "bild.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    assert run("entities", tmp_path / "bild.txt").returncode == 2
    assert run("entities", "--json", "--lines", "-").stdout == b""


def test_the_examples_of_the_readme_find_something(path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = text[text.index("; try `") :].split(".\n")[0].split("`")[1::2]
    assert len(examples) >= 5
    for example in examples:
        found = run_json("search", "--index", path, "--json", "--", example)
        assert (found["total_all_words"] > 0, found["problem"]) == (True, None), example


def test_corrections_are_checked_and_counted(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "rättelser.txt"
    file.write_text("plats: Minsk (stad) = Minsk | lukasjenko\ninget = person: Ingen Alls\n")
    done = run("corrections", "--index", path, file)
    assert done.returncode == 0
    first, second = done.stdout.decode().splitlines()
    begins = f"{file}:1: plats Minsk | lukasjenko → plats Minsk (stad): "
    assert int(first.removeprefix(begins).removesuffix(" articles")) > 0
    assert second == f"{file}:2: person Ingen Alls → none at all: 0 articles"
    listed = [orjson.loads(one) for one in run("corrections", "--json", file).stdout.splitlines()]
    assert [(one["line"], one["articles"]) for one in listed] == [(1, None), (2, None)]
    # Words are words here, not a query: neither an operator nor a star means anything.
    file.write_text("plats: Minsk (x) = Minsk | ~zzz*\n")
    assert run("corrections", "--index", path, file).stdout.decode().endswith(": 0 articles\n")
    file.write_text("inget = Minsk\n")
    done = run("corrections", file)
    assert done.returncode == 2
    assert f"{file}:1: expected person:" in done.stderr.decode()
    assert run("corrections", tmp_path / "none").returncode == 2


def test_corrections_act_when_an_index_is_opened(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rättelser.txt"
    file.write_bytes(run("corrections").stdout + b"person: V. V. Putin = Vladimir Putin\n")
    monkeypatch.setenv("NYHETSSOK_CORRECTIONS", str(file))
    found = run_json("search", "--index", path, "--json", "--persons", "Vladimir Putin", "putin")
    (chosen,) = [value for value in found["facets"]["persons"] if value["selected"]]
    assert (chosen["value"], chosen["label"]) == ("v-v-putin", "V. V. Putin")
    assert "V. V. Putin" in found["hits"][0]["persons"]
    file.write_text("person: = x")
    done = run("search", "--index", path, "putin")
    assert done.returncode == 2
    assert f"{file}:1: a name is missing" in done.stderr.decode()
