"""Warming up uses every compiled loop that is called from Python; those call the others."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba", reason="numba is not installed")

ROOT = Path(__file__).parent.parent

PROGRAM = """
import re
from pathlib import Path
from search.engines.warm_up import warm_up
warm_up()
import index.columnar.kernels, index.language.splitting, search.engines.kernels, search.letters
sources = [path.read_text() for path in Path("search/engines").glob("*.py")]
called = set(re.findall(r"kernels\\.(\\w+)\\(", "".join(sources)))
assert called > {"search", "top_facets", "count_days"}
modules = index.columnar.kernels, index.language.splitting, search.engines.kernels, search.letters
for module in modules:
    for name, kernel in vars(module).items():
        is_called = name in called if module is search.engines.kernels else name[0] != "_"
        if hasattr(kernel, "signatures") and is_called and not kernel.signatures:
            print(module.__name__, name)
"""


def test_no_loop_is_left_out() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, check=True, timeout=300
    )
    assert done.stdout.decode() == ""
