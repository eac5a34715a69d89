"""Precision and recall on labelled text: ``python -m index.entities.evaluate DATA``.

``DATA`` holds ``webbnyheter2012-train.txt`` (CC BY 4.0) and ``uner-talbanken-{train,dev}.iob2``
(CC BY-SA 4.0); a missing file is skipped with a message. A find counts if span and kind are exact.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

from index.entities.recogniser import Recogniser

_KIND_OF_LABEL: Final = {"PER": "person", "LOC": "place", "ORG": "organisation"}
_FILES: Final = (
    ("webbnyheter2012-train.txt", 0, 1),
    ("uner-talbanken-train.iob2", 1, 2),
    ("uner-talbanken-dev.iob2", 1, 2),
)
_NO_SPACE_BEFORE = frozenset(",.:;?!)")

Span = tuple[int, int, str]


@dataclass(slots=True)
class Score:
    """Counts by kind of what was found, what is labelled and what is both."""

    found: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)

    def add(self, found: set[Span], labelled: set[Span]) -> None:
        """Count one sentence."""
        self.found.update(kind for _, _, kind in found)
        self.labelled.update(kind for _, _, kind in labelled)
        self.both.update(kind for _, _, kind in found & labelled)

    def line(self, kinds: tuple[str, ...]) -> str:
        """Precision, recall and F1, micro-averaged over ``kinds``."""
        found = sum(self.found[kind] for kind in kinds)
        labelled = sum(self.labelled[kind] for kind in kinds)
        both = sum(self.both[kind] for kind in kinds)
        return (
            f"precision {both / max(1, found):.3f}  recall {both / max(1, labelled):.3f}"
            f"  F1 {2 * both / max(1, found + labelled):.3f}"
        )


def read_sentences(path: Path, word: int, label: int) -> Iterator[tuple[list[str], list[str]]]:
    """The words and labels of each sentence; neighbours of one label count as one name."""
    with path.open(encoding="utf-8") as lines:
        rows = (line.rstrip("\n") for line in lines if not line.startswith("# "))
        for is_blank, group in groupby(rows, key=lambda line: not line.strip()):
            if not is_blank:
                cells = [row.split() for row in group]
                cells = [row for row in cells if len(row) > label]
                yield [row[word] for row in cells], [row[label] for row in cells]


def join_words(words: list[str], labels: list[str]) -> tuple[str, set[Span]]:
    """The sentence as running text and its labelled spans."""
    text = ""
    spans: set[Span] = set()
    open_label, open_start, end = "", 0, 0
    for word, label in zip(words, labels, strict=True):
        if text and word not in _NO_SPACE_BEFORE and not text.endswith("("):
            text += " "
        kind = _KIND_OF_LABEL.get(label.rpartition("-")[2], "")
        if open_label and (kind != open_label or label.startswith("B-")):
            spans.add((open_start, end, open_label))
            open_label = ""
        if kind and not open_label:
            open_label, open_start = kind, len(text)
        text += word
        end = len(text)
    if open_label:
        spans.add((open_start, end, open_label))
    return text, spans


def evaluate(path: Path, word: int, label: int) -> Score:
    """The recogniser against one file, each sentence an article of its own."""
    recogniser = Recogniser()
    score = Score()
    for words, labels in read_sentences(path, word, label):
        text, labelled = join_words(words, labels)
        (mentions,) = recogniser.recognise([text])
        score.add({(m.start, m.end, m.kind) for m in mentions}, labelled)
    return score


def main(folder: Path) -> None:
    """Print a line for each file and kind."""
    kinds = tuple(_KIND_OF_LABEL.values())
    for name, word, label in _FILES:
        path = folder / name
        if not path.exists():
            sys.stdout.write(f"{name}: not here, skipped\n")
            continue
        score = evaluate(path, word, label)
        sys.stdout.write(f"{name}: {score.line(kinds)}\n")
        for kind in kinds:
            sys.stdout.write(f"  {kind:13} {score.line((kind,))}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
