"""Warming up uses every compiled loop."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba", reason="numba is not installed")

ROOT = Path(__file__).parent.parent

PROGRAM = """
from search.engines.warm_up import warm_up
warm_up()
import index.columnar.kernels, index.language.splitting, search.engines.kernels
for module in (index.columnar.kernels, index.language.splitting, search.engines.kernels):
    for name, kernel in vars(module).items():
        if hasattr(kernel, "signatures") and not name.startswith("_") and not kernel.signatures:
            print(module.__name__, name)
"""


def test_no_loop_is_left_out() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, check=True, timeout=300
    )
    assert done.stdout.decode() == ""
