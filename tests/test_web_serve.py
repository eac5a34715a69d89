"""The server as a user starts it: gunicorn on a port, and a port that is taken."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import orjson
import pytest

from tests.conftest import an_article, fill_store

ROOT = Path(__file__).parent.parent


def command(path: Path, port: int) -> list[str]:
    program = "from web.cli import main; main()"
    return [sys.executable, "-c", program, "serve", "--index", str(path), "--port", str(port)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(path: Path, port: int) -> Iterator[str]:
    """Start the server and yield the line that it prints when it is ready."""
    server = subprocess.Popen(command(path, port), cwd=ROOT, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().decode()
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stdout.close()


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def total(port: int) -> int:
    status, body = get(port, "/api/v1/search?q=r%C3%A4v")
    assert status == 200
    return int(orjson.loads(body)["total"])


def test_page_and_json_are_served_and_follow_the_index(tmp_path: Path) -> None:
    fill_store(tmp_path, [an_article("a", "Räven åt.", title="Räv")])
    port = free_port()
    with serving(tmp_path, port) as ready:
        assert f"http://127.0.0.1:{port}/" in ready
        status, page = get(port, "/?q=r%C3%A4v")
        assert status == 200
        assert "Räv".encode() in page
        assert total(port) == 1
        fill_store(tmp_path, [an_article("b", "En räv till.")])
        # Each of the two workers takes the new commit at its next request.
        assert [total(port) for _ in range(6)] == [2] * 6


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    fill_store(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        began = time.monotonic()
        done = subprocess.run(
            command(tmp_path, port), cwd=ROOT, capture_output=True, timeout=60, check=False
        )
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "--port" in line
    assert time.monotonic() - began < 15


@pytest.mark.skipif(os.name != "posix", reason="the Makefile needs a POSIX shell")
@pytest.mark.parametrize(
    ("stub", "message"),
    [
        ("exit 1", "needs Python 3.11 or later"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "lacks its venv module"),
    ],
)
def test_make_says_what_is_missing(tmp_path: Path, stub: str, message: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{stub}\n")
    python.chmod(0o755)
    done = subprocess.run(
        ["make", "run", f"PYTHON={python}", f"VENV={tmp_path}/venv"],
        cwd=ROOT, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    lines = [line for line in done.stderr.decode().splitlines() if not line.startswith("make")]
    assert len(lines) == 1
    assert message in lines[0]
