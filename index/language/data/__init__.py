"""Word lists of the Swedish chain, each with its source in the first lines."""

from functools import cache
from importlib.resources import files


@cache
def read_words(name: str) -> frozenset[str]:
    """Read a list of this folder: one word a line, lines that begin with # left out."""
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def read_sections(name: str) -> dict[str, frozenset[str]]:
    """Read a list of this folder that is in sections, each with its name in brackets above it."""
    sections: dict[str, set[str]] = {}
    for line in (files(__name__) / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), set())
        elif line and not line.startswith("#"):
            words.add(line)
    return {section: frozenset(words) for section, words in sections.items()}
