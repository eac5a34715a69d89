"""Runs Whoosh's own tests with our codec in the place of Whoosh's.

    python -m bench.whoosh_tests

The tests come with Whoosh's source distribution, which is fetched once and compared with its hash
in `requirements.lock`. Tests that name a codec themselves run with that one. The exit code is 0
when at least 95 in 100 of the 241 tests pass.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import whoosh.codec

from bench.environment import split_lock
from index.columnar.codec import ColumnarCodec

FOLDER: Final = Path("var/whoosh-tests")
LOCK: Final = Path(__file__).parent.parent / "requirements.lock"
REQUIREMENT: Final = "Whoosh==2.7.4"
FILES: Final = (
    "codecs", "queries", "searching", "indexing", "columns", "spans", "sorting", "writing",
    "results",
)  # fmt: skip
TESTS: Final = 241
"""How many tests these files have."""
NEEDED: Final = 0.95
"""Share of them that must pass."""

_EXACT: Final = "compares with lengths rounded to one byte; ours are exact"
KNOWN: Final = {
    "test_indexing.py::test_lengths": _EXACT,
    "test_indexing.py::test_many_lengths": _EXACT,
}
"""Tests that fail, and why they will."""


def main() -> int:
    """Run the tests and tell how they went; returns the exit code."""
    tests = _unpack(_fetch()) / "tests"
    outcomes = _run([tests / f"test_{name}.py" for name in FILES])
    failed = [name for name, has_passed in outcomes.items() if not has_passed]
    passed = len(outcomes) - len(failed)
    for name in failed:
        sys.stdout.write(f"failed  {name}: {KNOWN.get(name, 'not known to fail')}\n")
    sys.stdout.write(f"{passed} passed, {len(failed)} failed, {len(outcomes)} of {TESTS} run\n")
    return 0 if passed >= NEEDED * TESTS else 1


class Outcomes:
    """A plugin of pytest that notes which tests passed."""

    def __init__(self) -> None:
        self.has_passed: dict[str, bool] = {}
        """Name of the test, as `test_file.py::test`, and whether all of it passed."""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note setting up, running or tearing down a test; a test that is skipped did not pass."""
        name = Path(report.nodeid).name
        self.has_passed[name] = self.has_passed.get(name, True) and report.passed


def _run(files: list[Path]) -> dict[str, bool]:
    """Run test files with our codec; what they import afterwards finds it too."""
    # Of its own, as Whoosh's setup.cfg stops a pytest of today.
    configuration = FOLDER / "pytest.ini"
    configuration.write_text("[pytest]\n", encoding="ascii")
    options = ["-q", "-c", str(configuration), "-p", "no:cacheprovider", "--tb=short"]
    theirs, outcomes = whoosh.codec.default_codec, Outcomes()
    whoosh.codec.default_codec = lambda *_args, **_options: ColumnarCodec()
    try:
        pytest.main([*options, *map(str, files)], plugins=[outcomes])
    finally:
        whoosh.codec.default_codec = theirs
    return outcomes.has_passed


def _fetch() -> Path:
    """Return the source distribution, fetched unless it is there. Exits when it is another one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not _archives():
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        source = ["--no-binary", ":all:", "--no-build-isolation", "--no-deps"]
        subprocess.run([*pip, "download", *source, "-d", str(FOLDER), REQUIREMENT], check=True)
    (archive,) = _archives()
    if hashlib.sha256(archive.read_bytes()).hexdigest() not in _locked_hashes():
        sys.exit(f"{archive}: is not the one that {LOCK.name} names; remove it and try again")
    return archive


def _archives() -> list[Path]:
    return [*FOLDER.glob("[Ww]hoosh-*.zip"), *FOLDER.glob("[Ww]hoosh-*.tar.gz")]


def _locked_hashes() -> set[str]:
    (locked,) = (
        part
        for part in split_lock(LOCK.read_text(encoding="utf-8"))
        if part.startswith(REQUIREMENT.lower())
    )
    return set(re.findall(r"sha256:(\w+)", locked))


def _unpack(archive: Path) -> Path:
    """Unpack the source distribution beside itself, anew each time."""
    folder = FOLDER / "source"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.unpack_archive(archive, folder)
    (unpacked,) = folder.iterdir()
    return unpacked


if __name__ == "__main__":
    sys.exit(main())
