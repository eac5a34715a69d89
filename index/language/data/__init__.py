"""Word lists of the Swedish chain, each with its source in the first lines."""

from functools import cache
from importlib.resources import files


@cache
def read_words(name: str) -> frozenset[str]:
    """Read a list of this folder: one word a line, lines that begin with # left out."""
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
