"""Who may import whom, and that what is documented is there."""

import ast
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("index", "search", "web")
ALLOWED = {"index": {"index"}, "search": {"index", "search"}, "web": {"index", "search", "web"}}
WHOOSH = ("index/schema.py", "index/columnar/")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    package = name.split("/")[0]
    roots = {module.split(".")[0] for module in imports(path)}
    assert roots & set(PACKAGES) <= ALLOWED[package]
    assert "tests" not in roots
    if package != "web":
        assert not roots & {"flask", "werkzeug", "gunicorn", "click", "jinja2"}
    if not name.startswith(WHOOSH):
        assert "whoosh" not in roots


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = re.search(r"^dependencies = \[(.*?)\]", project, re.DOTALL | re.MULTILINE)
    assert declared
    names = re.findall(r'"([A-Za-z0-9_-]+)', declared[1])
    assert len(names) >= 8
    missing = [name for name in names if f"**{name}**" not in text]
    assert not missing


def test_every_command_and_exit_code_stands_in_the_readme() -> None:
    from web.cli import FAULT, INTERRUPTED, NO_INDEX, SKIPPED, USAGE, cli

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in cli.commands if f"nyhetssok {name}" not in text]
    codes = (SKIPPED, USAGE, NO_INDEX, FAULT, INTERRUPTED)
    assert not [code for code in codes if f"| {code} |" not in text]


def test_every_list_says_under_which_licence_it_is_or_points_to_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    heads = {
        path.name: "".join(takewhile(_is_comment, path.read_text(encoding="utf-8").splitlines()))
        for package in PACKAGES
        for path in (ROOT / package).rglob("data/*.t*")
    }
    pointing = [name for name, head in heads.items() if "NOTICE" in head]
    assert len(heads) > 30
    assert pointing
    assert not [name for name in pointing if name not in notice]
    assert not [n for n, head in heads.items() if "NOTICE" not in head and "MIT" not in head]


def _is_comment(line: str) -> bool:
    return line.startswith("#") or not line.strip()
