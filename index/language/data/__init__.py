"""Word lists of the Swedish chain, each with its source in the first lines."""

from functools import cache
from importlib.resources import files


def read_lines(name: str) -> list[str]:
    """Read the lines of a list of this folder, without those that begin with # or are empty."""
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def read_words(name: str) -> frozenset[str]:
    """Read a list of this folder: one word a line."""
    return frozenset(read_lines(name))


@cache
def read_sections(name: str) -> dict[str, frozenset[str]]:
    """Read a list of this folder that is in sections, each with its name in brackets above it."""
    sections: dict[str, set[str]] = {}
    for line in read_lines(name):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), set())
        else:
            words.add(line)
    return {section: frozenset(words) for section, words in sections.items()}
