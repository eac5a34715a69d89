"""What the people who run an archive correct about its persons, places and organisations.

A file of lines, named by NYHETSSOK_CORRECTIONS, that acts when an index is opened, so whoever edits
it need not index anything anew. `data/corrections.txt` explains it line by line.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from index.errors import SourceError
from index.language.tokens import cut_words
from search.plan import plan
from search.tree import And, Everything, Node, Or, Phrase, Word

SETTING: Final = "NYHETSSOK_CORRECTIONS"

NOTHING: Final = "inget"
"""What stands on the left where a name is of no person, place or organisation."""

KINDS: Final = {"person": "persons", "plats": "places", "organisation": "organisations"}
"""What stands before a name, and the facet that it means."""

_PREFIX: Final = re.compile(rf"({'|'.join(KINDS)}):|([^\W\d_]+):\s", re.IGNORECASE)


class Entity(NamedTuple):
    """A person, place or organisation: a facet of ENTITY_FIELDS and the id there."""

    facet: str
    id: str


class Rule(NamedTuple):
    """What becomes of an entity in the articles that fit a condition, a planned query.

    `becomes` is None where it is none at all.
    """

    condition: Node
    becomes: Entity | None


@dataclass(slots=True)
class Corrections:
    """The rules for each entity that has some, the first that fits counts; and given labels."""

    rules: dict[Entity, tuple[Rule, ...]] = field(default_factory=dict)
    labels: dict[Entity, str] = field(default_factory=dict)


Identify = Callable[[str, str], Entity]
"""Makes an entity of a facet and a name."""


class Line(NamedTuple):
    """A line: the name that counts, None for none at all, and what it corrects."""

    number: int
    target: tuple[str, str] | None
    sources: tuple["Source", ...]


class Source(NamedTuple):
    """A facet, a name there, and words of which an article must have one, if there are any."""

    facet: str
    name: str
    words: tuple[str, ...]


def read_corrections(text: str, identify: Identify, name: str = "") -> Corrections:
    r"""Read corrections. Raises SourceError that names the line that is none.

    >>> from index.identity import entity_id
    >>> found = read_corrections(
    ...     "organisation: Bladet = person: Bladet",
    ...     lambda facet, name: Entity(facet, entity_id(name)),
    ... )
    >>> found.rules[Entity("persons", "bladet")][0].becomes
    Entity(facet='organisations', id='bladet')
    """
    rules: dict[Entity, list[Rule]] = {}
    closed: dict[Entity, int] = {}
    corrections = Corrections()
    for line in read_lines(text, name):
        target = identify(*line.target) if line.target else None
        if target and line.target:
            corrections.labels.setdefault(target, line.target[1])
        for source in line.sources:
            entity = identify(source.facet, source.name)
            if entity in closed:
                raise SourceError(
                    f"{name}:{line.number}: line {closed[entity]} already says what becomes of "
                    f"{source.name}"
                )
            if not source.words:
                closed[entity] = line.number
            if entity != target or source.words:
                rules.setdefault(entity, []).append(Rule(_condition(source.words), target))
                _follow(entity, rules, f"{name}:{line.number}", source.name)
    for entity in rules:
        corrections.rules[entity] = tuple(_resolved(entity, rules))
    return corrections


def read_lines(text: str, name: str = "") -> Iterator[Line]:
    """Yield the lines that are no comments. Raises SourceError that names one that cannot be read.

    >>> next(read_lines("person: Ann Ek (poet) = Ann Ek | dikt, ny bok"))
    Line(number=1, target=('persons', 'Ann Ek (poet)'), \
sources=(Source(facet='persons', name='Ann Ek', words=('dikt', 'ny bok')),))
    """
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        try:
            first, *others = content.split("=")
            target = None if first.strip() == NOTHING else _read_name(first, "")
            facet = target[0] if target else ""
            sources = []
            for other in others:
                source = _read_source(other, facet)
                facet = source.facet
                sources.append(source)
            if not sources:
                raise ValueError("expected = between the right name and what it corrects")
        except ValueError as error:
            raise SourceError(f"{name}:{number}: {error}") from error
        yield Line(number, target, tuple(sources))


@cache
def corrections_text() -> tuple[str, str]:
    """What NYHETSSOK_CORRECTIONS names: the text and the name of the file, empty without one.

    Raises SourceError when it cannot be read.
    """
    chosen = os.environ.get(SETTING, "")
    return (read_file(Path(chosen), f"{SETTING}: "), chosen) if chosen else ("", "")


def read_file(path: Path, setting: str = "") -> str:
    """Read a file of corrections. Raises SourceError, which begins with the setting."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{setting}cannot read {path}: {error}") from error


def explained_corrections() -> str:
    """The file that explains the lines, to begin one's own with."""
    return (files("search.data") / "corrections.txt").read_text(encoding="utf-8")


def _read_source(text: str, facet: str) -> Source:
    name, *words = text.split("|")
    if len(words) > 1:
        raise ValueError("expected one | between a name and the words that tell it apart")
    facet, name = _read_name(name, facet)
    found = tuple(word.strip() for one in words for word in one.split(","))
    if not all(map(cut_words, found)):
        raise ValueError("expected words with commas between them behind |")
    return Source(facet, name, found)


def _read_name(text: str, facet: str) -> tuple[str, str]:
    """Read a name with its kind before it, which may be missing where the facet is known."""
    known = ", ".join(f"{kind}:" for kind in KINDS)
    name = text.strip()
    prefix = _PREFIX.match(name)
    if prefix:
        if prefix[2]:
            raise ValueError(f"no kind {prefix[2]}:; there are {known}")
        facet, name = KINDS[prefix[1].lower()], name[prefix.end() :].lstrip()
    if not facet:
        raise ValueError(f"expected {known} or {NOTHING} = first")
    if not name:
        raise ValueError("a name is missing")
    return facet, name


def _condition(words: Sequence[str]) -> Node:
    """Make a planned query of words of which an article must have one."""
    if not words:
        return Everything()
    nodes = [Word(word) if len(cut_words(word)) == 1 else Phrase(word) for word in words]
    return plan(nodes[0] if len(nodes) == 1 else Or(tuple(nodes)))


def _follow(entity: Entity, rules: dict[Entity, list[Rule]], place: str, name: str) -> None:
    """Make sure that nothing becomes itself by way of others. Raises SourceError."""
    waiting, met = [entity], set[Entity]()
    while waiting:
        one = waiting.pop()
        for rule in rules.get(one, ()):
            if rule.becomes == entity != one:
                raise SourceError(f"{place}: {name} would become itself by way of other lines")
            if rule.becomes and rule.becomes not in met:
                met.add(rule.becomes)
                waiting.append(rule.becomes)


def _resolved(entity: Entity, rules: dict[Entity, list[Rule]]) -> Iterator[Rule]:
    """Yield the rules of an entity with those of what it becomes put in their place."""
    for rule in rules[entity]:
        if rule.becomes in rules and rule.becomes not in (None, entity):
            for further in _resolved(rule.becomes, rules):
                yield Rule(_both(rule.condition, further.condition), further.becomes)
        yield rule


def _both(one: Node, other: Node) -> Node:
    needed = [node for node in (one, other) if node != Everything()]
    if not needed:
        return Everything()
    return needed[0] if len(needed) == 1 else And(tuple(needed))
