"""Sentences whose names are labelled, and how well others agree with the labels."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from statistics import mean
from typing import Final, NamedTuple

from index.articles import Article
from index.entities.mentions import Kind
from index.entities.plain import plain_text
from index.entities.recogniser import Recogniser

KINDS: Final[dict[str, Kind]] = {"PER": "person", "LOC": "place", "ORG": "organisation"}
"""The kinds that are measured, by their label; any other label is no name, but is learnt."""

_LABELS: Final = {kind: label for label, kind in KINDS.items()}
_NO_SPACE_BEFORE: Final = frozenset(",.:;?!)")

_MARKED: Final = re.compile(r"\[([^\]]+)\]\(([A-Z]+)\)")

Span = tuple[int, int, str]


class Labelled(NamedTuple):
    """A sentence as running text, and each labelled span of it: start, end, label."""

    text: str
    spans: list[Span]

    @property
    def names(self) -> set[Span]:
        """The spans of the kinds that are measured."""
        return {span for span in self.spans if span[2] in KINDS}


def read_labelled(path: Path) -> Iterator[Labelled]:
    """The sentences of a file: a token and its label a line, or ``.iob2`` with these in the
    second and third column. Neighbours of one label are one name, unless the second has ``B-``.
    """
    word, label = (1, 2) if path.suffix == ".iob2" else (0, 1)
    with path.open(encoding="utf-8") as lines:
        rows = (line.rstrip("\n") for line in lines if not line.startswith("# "))
        for is_blank, group in groupby(rows, key=lambda line: not line.strip()):
            if not is_blank:
                cells = [row for row in (row.split() for row in group) if len(row) > label]
                yield _joined([row[word] for row in cells], [row[label] for row in cells])


def read_demonstration(names: Path, articles: Iterable[Article]) -> Iterator[Labelled]:
    """The texts of the demonstration articles with their names, which a file of its own tells."""
    spans: dict[tuple[str, str], list[Span]] = {}
    for line in names.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            article, part, start, end, label, _ = line.split("\t")
            spans.setdefault((article, part), []).append((int(start), int(end), label))
    labelled = {article for article, _ in spans}
    for one in articles:
        for part, text in zip(("title", "lead", "body"), one.texts, strict=True):
            if text and one.id in labelled:
                yield Labelled(text, spans.get((one.id, part), []))


def read_sentences(path: Path) -> Iterator[Labelled]:
    """The sentences of a file, one a line, in which names stand as ``[name](LABEL)``."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text = ""
        spans: list[Span] = []
        done = 0
        for match in _MARKED.finditer(line):
            text += line[done : match.start()]
            spans.append((len(text), len(text) + len(match[1]), match[2]))
            text += match[1]
            done = match.end()
        yield Labelled(text + line[done:], spans)


def _joined(words: list[str], labels: list[str]) -> Labelled:
    text = ""
    spans: list[Span] = []
    before = ""
    for written, label in zip(words, labels, strict=True):
        word = plain_text(written).text
        if text and word not in _NO_SPACE_BEFORE and not text.endswith("("):
            text += " "
        kind = label.rpartition("-")[2]
        start = len(text)
        text += word
        if kind in (*KINDS, "MISC"):
            if kind == before and not label.startswith("B-"):
                start = spans.pop()[0]
            spans.append((start, len(text), kind))
        before = kind
    return Labelled(text, spans)


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

    def precision(self, kinds: Iterable[str] = KINDS) -> float:
        """The share of what was found that is labelled so."""
        return self._sum(self.both, kinds) / max(1, self._sum(self.found, kinds))

    def recall(self, kinds: Iterable[str] = KINDS) -> float:
        """The share of what is labelled that was found so."""
        return self._sum(self.both, kinds) / max(1, self._sum(self.labelled, kinds))

    def f1(self, kinds: Iterable[str] = KINDS) -> float:
        """The harmonic mean of precision and recall."""
        total = self._sum(self.found, kinds) + self._sum(self.labelled, kinds)
        return 2 * self._sum(self.both, kinds) / max(1, total)

    @staticmethod
    def _sum(counts: Counter[str], kinds: Iterable[str]) -> int:
        return sum(counts[kind] for kind in kinds)


def score_of(recogniser: Recogniser, sentences: Iterable[Labelled]) -> Score:
    """What a recogniser finds in sentences, each an article of its own, beside their labels."""
    score = Score()
    for labelled in sentences:
        (mentions,) = recogniser.recognise([labelled.text])
        found = {(mention.start, mention.end, _LABELS[mention.kind]) for mention in mentions}
        score.add(found, labelled.names)
    return score


def report(name: str, scores: Sequence[Score]) -> None:
    """Print a line in all and one for each kind, means over the scores with the range of F1."""
    for title, kinds in ((name, tuple(KINDS)), *((f"  {KINDS[kind]}", (kind,)) for kind in KINDS)):
        f1 = [score.f1(kinds) for score in scores]
        spread = f"  [{min(f1):.3f}, {max(f1):.3f}]" if len(f1) > 1 else ""
        sys.stdout.write(
            f"{title:36} precision {mean(score.precision(kinds) for score in scores):.3f}"
            f"  recall {mean(score.recall(kinds) for score in scores):.3f}"
            f"  F1 {mean(f1):.3f}{spread}\n"
        )
