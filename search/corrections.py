"""What the people who run an archive correct about its persons, places and organisations.

A file of lines, named by NYHETSSOK_CORRECTIONS, that acts when an index is opened, so whoever edits
it need not index anything anew. `data/corrections.txt` explains it line by line.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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

_PREFIX: Final = re.compile(rf"({'|'.join(KINDS)})\s*:|([^\W\d_]+)\s*:\s", re.IGNORECASE)
_COMMENT: Final = re.compile(r"(?:^|\s)#.*")
_MOST: Final = 200
"""Rules of one entity at most, with those of what it becomes."""


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
    first: dict[Entity, str] = {}
    closed: dict[Entity, int] = {}
    labels: dict[Entity, str] = {}
    for line in read_lines(text, name):
        place = f"{name}:{line.number}"
        target = identify(*line.target) if line.target else None
        for source in line.sources:
            entity = identify(source.facet, source.name)
            if entity in closed:
                raise SourceError(
                    f"{place}: line {closed[entity]} already says what becomes of {source.name}"
                )
            if source.words and line.target and entity == target and source.name != line.target[1]:
                raise SourceError(
                    f"{place}: {line.target[1]} is the same name as {source.name}; "
                    "tell it apart by a word"
                )
            if not source.words:
                closed[entity] = line.number
            if entity != target or source.words:
                rules.setdefault(entity, []).append(Rule(condition(source.words), target))
                first.setdefault(entity, f"{place}: {source.name}")
        if target and line.target:
            labels.setdefault(target, line.target[1])
    return Corrections(_resolved(rules, first), labels)


def read_lines(text: str, name: str = "") -> Iterator[Line]:
    """Yield the lines that are no comments. Raises SourceError that names one that cannot be read.

    >>> next(read_lines("person: Ann Ek (poet) = Ann Ek | dikt, ny bok"))
    Line(number=1, target=('persons', 'Ann Ek (poet)'), \
sources=(Source(facet='persons', name='Ann Ek', words=('dikt', 'ny bok')),))
    """
    for number, line in enumerate(text.splitlines(), start=1):
        content = _COMMENT.sub("", line).strip()
        if not content:
            continue
        try:
            first, *others = content.split("=")
            target = None if first.strip().lower() == NOTHING else _read_name(first, "")
            facet = target[0] if target else ""
            sources = []
            for other in others:
                source = _read_source(other, facet)
                facet = target[0] if target else source.facet
                sources.append(source)
            if not sources:
                raise ValueError("expected = between the right name and what it corrects")
        except ValueError as error:
            raise SourceError(f"{name}:{number}: {error}") from error
        yield Line(number, target, tuple(sources))


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


def condition(words: Sequence[str]) -> Node:
    """Make a planned query of words of which an article must have one; of none, of everything."""
    if not words:
        return Everything()
    cut = [cut_words(word) for word in words]
    nodes = [Word(of[0]) if len(of) == 1 else Phrase(" ".join(of)) for of in cut]
    return plan(nodes[0] if len(nodes) == 1 else Or(tuple(nodes)))


def is_certain(rule: Rule) -> bool:
    """Whether a rule holds for all articles."""
    return isinstance(rule.condition, Everything)


def _resolved(
    rules: dict[Entity, list[Rule]], places: dict[Entity, str]
) -> dict[Entity, tuple[Rule, ...]]:
    """Put the rules of what an entity becomes in the place of it; none stands behind a certain one.

    Raises SourceError where that has no end. `places` says where the first rule of each stands.
    """
    resolved: dict[Entity, tuple[Rule, ...]] = {}
    for start in rules:
        path: list[Entity] = [start]
        while path:
            entity = path[-1]
            following = {rule.becomes for rule in rules[entity]} - {entity, None}
            needed = [to for to in following if to in rules and to not in resolved]
            if to := next((to for to in needed if to in path), None):
                raise SourceError(f"{places[to]} would become itself by way of other lines")
            if needed:
                path.append(needed[0])
                continue
            resolved[entity] = tuple(_joined(entity, rules[entity], resolved))
            if len(resolved[entity]) > _MOST:
                raise SourceError(f"{places[entity]}: becomes more than {_MOST} things")
            path.pop()
    return resolved


def _joined(
    entity: Entity, rules: Sequence[Rule], resolved: dict[Entity, tuple[Rule, ...]]
) -> Iterator[Rule]:
    for rule in rules:
        further: tuple[Rule, ...] = ()
        if rule.becomes is not None and rule.becomes != entity:
            further = resolved.get(rule.becomes, ())
        for one in further:
            yield Rule(_both(rule.condition, one.condition), one.becomes)
        if not any(map(is_certain, further)):
            yield rule
        if is_certain(rule):
            return


def _both(one: Node, other: Node) -> Node:
    needed = [node for node in (one, other) if node != Everything()]
    if not needed:
        return Everything()
    return needed[0] if len(needed) == 1 else And(tuple(needed))
