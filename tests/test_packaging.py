"""The built wheel, installed alone: it carries what it needs and gives the command."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("index", "search", "web", "pyproject.toml", "README.md", "LICENSE", "NOTICE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that nothing lands in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in PARTS:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist"],
        cwd=folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (built,) = (folder / "dist").glob("*.whl")
    return built


def test_the_wheel_carries_every_file_of_the_packages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in ("index", "search", "web")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= names
    assert {name.split("/")[0] for name in names} == {
        "index", "search", "web", f"nyhetssok-{wheel.name.split('-')[1]}.dist-info",
    }  # fmt: skip


def test_the_command_works_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Our wheel goes in alone; the libraries are lent by a path file, as no network is needed.

    All but numba: compiling would take most of the time, and the product has to work without.
    """
    venv.create(tmp_path / "venv", with_pip=False)
    binaries = tmp_path / "venv" / "bin"
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python",
         binaries / "python", "install", "--no-deps", "--no-index", "-q", wheel],
        check=True, timeout=120,
    )  # fmt: skip
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "libraries.pth").write_text(libraries)
    (site / "numba.py").write_text("raise ImportError")
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def nyhetssok(*arguments: str) -> str:
        done = subprocess.run(
            [binaries / "nyhetssok", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tmp_path / "a.txt").write_text("Putin reste till Minsk. Han kom fram.", encoding="utf-8")
    nyhetssok("index", "--index", "ix", "a.txt")
    assert '"Vladimir Putin"' in nyhetssok("search", "--index", "ix", "--json", "putin")
    page = "from search.searcher import open_searcher as o; from web.app import create_app as c;"
    page += "r = c(o('ix')).test_client().get('/?q=putin'); print(r.status_code, len(r.data))"
    done = subprocess.run(
        [binaries / "python", "-c", page],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("200 ")
