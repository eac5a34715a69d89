"""Which written names are one person, place or organisation, and what it is called.

Names with one id are one; so are those that the variants say stand for one another, and what the
corrections say. Ids are made of names, variants and corrections, whatever an index holds, and stand
in addresses. The label is what the corrections call it, or else the spelling that most articles
have.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.articles import ENTITY_FIELDS, Article
from index.identity import entity_id, id_key
from index.language.collation import sort_key
from search.corrections import (
    Corrections,
    Entity,
    Rule,
    corrections_text,
    is_certain,
    read_corrections,
)
from search.tree import Everything, Node
from search.variants import Name, Variants, variants

Value = tuple[str, str]
"""A facet of ENTITY_FIELDS and a value there as it is written or shown."""

Fate = tuple[Node, Value | None]
"""What a value is shown as in articles that fit a condition; None is not at all."""

_KNOWN: Final = 100_000
"""Names whose entities are remembered."""

_STEPS: Final = 4
"""How often an id may lead to another by the variants, which none of ours does twice."""

_SHOUTED: Final = re.compile("[A-ZÅÄÖ]{4}")


@dataclass(frozen=True, slots=True)
class Relabelling:
    """What is shown in the place of the values of one index.

    `fates` has by facet the values that are not shown as they are, or not always, `rules` the same
    of all entities that any of the values it was made of are; the first that fits counts.
    `entities` says what each entity is shown as that any of them is or becomes, None where nothing
    becomes it; `spellings` as what else a value that is shown was written.
    """

    fates: Mapping[str, Mapping[str, tuple[Fate, ...]]]
    rules: Mapping[Entity, tuple[Fate, ...]]
    entities: Mapping[Entity, Value | None]
    spellings: Mapping[Value, tuple[str, ...]]

    def article(self, article: Article, fits: Callable[[Node], bool]) -> Article:
        """Put what is shown in the place of an article's values."""
        values = {facet: getattr(article, facet) or () for facet in ENTITY_FIELDS}
        if all(self.fates[facet].keys().isdisjoint(names) for facet, names in values.items()):
            return article
        found: dict[str, dict[str, None]] = {facet: {} for facet in ENTITY_FIELDS}
        for facet, names in values.items():
            for name in names:
                fates = self.fates[facet].get(name)
                shown = first_fitting(fates, fits) if fates else (facet, name)
                if shown:
                    found[shown[0]][shown[1]] = None
        shown_values: dict[str, Any] = {facet: tuple(names) for facet, names in found.items()}
        return replace(article, **shown_values)


class Identities:
    """What is one by the variants and the corrections, whatever an index holds."""

    def __init__(
        self, known: Variants | None = None, corrections: tuple[str, str] = ("", "")
    ) -> None:
        """Take variants and the text of corrections with its name. Raises SourceError."""
        self._same = _first_of_group(known.same if known else ())
        """The id of a group of variants by that of each of the others."""
        self._families = _first_of_group(known.families if known else ())
        self._firsts = frozenset(self._families.values())
        self.entity = lru_cache(_KNOWN)(self._entity)
        self._corrections: Corrections = read_corrections(
            corrections[0], self.entity, corrections[1]
        )

    def _entity(self, facet: str, value: str) -> Entity:
        """The entity that a value of a facet is, before it is corrected; `value` may be its id."""
        whole = entity_id(value)
        for _ in range(_STEPS):
            named = self._same.get(whole, whole)
            if facet == "persons":
                named = self._with_family(named)
            if named == whole:
                break
            whole = named
        return Entity(facet, whole)

    def _with_family(self, person: str) -> str:
        """The id of a person with the first of the spellings of the surname that it ends with."""
        words = person.split("-")
        for n in range(1, len(words)):
            family = "-".join(words[n:])
            if family in self._firsts:
                return person
            if family in self._families:
                return "-".join((*words[:n], self._families[family]))
        return person

    def ids(self, facet: str, labels: list[str]) -> list[str]:
        """What stands in addresses for the values of a facet that are shown."""
        if facet not in ENTITY_FIELDS:
            return labels
        return [self.entity(facet, label).id for label in labels]

    def resolve(self, facet: str, value: str) -> Entity:
        """The entity that is meant by an id or a name, be it an old one.

        One that keeps its name in some articles is itself.
        """
        entity = self.entity(facet, value)
        rules = self._corrections.rules.get(entity, ())
        if any(rule.becomes == entity for rule in rules):
            return entity
        return next((rule.becomes for rule in rules if is_certain(rule)), None) or entity

    def told_apart(self, entity: Entity) -> list[Entity]:
        """What an entity becomes in some articles or in all, if it is not itself."""
        rules = self._corrections.rules.get(entity, ())
        found = (rule.becomes for rule in rules if rule.becomes != entity)
        return list(dict.fromkeys(filter(None, found)))

    def concerned(self, facet: str) -> NDArray[np.uint64]:
        """The keys of the ids that variants or corrections name: uint64[ids], ascending."""
        named = {*self._corrections.rules, *self._corrections.labels}
        ids = {entity.id for entity in named if entity.facet == facet}
        return np.union1d(_keys(ids), self._variant_keys)

    @cached_property
    def _variant_keys(self) -> NDArray[np.uint64]:
        return _keys({*self._same, *self._same.values()})

    @cached_property
    def concerned_families(self) -> NDArray[np.uint64]:
        """The keys of the last words of surnames that a person's name may end with."""
        families = {*self._families, *self._firsts}
        return _keys({one.rsplit("-", 1)[-1] for one in families})

    def relabel(self, values: Mapping[Value, int]) -> Relabelling:
        """Decide what is shown in the place of values, given in how many articles each is.

        Values may be missing that neither variants nor corrections concern and whose id no other
        value of their facet has.
        """
        names: dict[Entity, list[str]] = defaultdict(list)
        for facet, name in values:
            names[self.entity(facet, name)].append(name)
        fates: dict[str, dict[str, tuple[Fate, ...]]] = {facet: {} for facet in ENTITY_FIELDS}
        entities: dict[Entity, Value | None] = dict.fromkeys(names)
        spellings: dict[Value, set[str]] = defaultdict(set)
        usual = {
            entity: min(spelled, key=lambda name: _rank(values[entity.facet, name], name))
            for entity, spelled in names.items()
        }
        labels = usual | self._corrections.labels
        by_entity: dict[Entity, tuple[Fate, ...]] = {}
        for entity in {**names, **self._corrections.rules}:
            spelled = names.get(entity, [])
            rules = self._corrections.rules.get(entity, ())
            if not any(map(is_certain, rules)):
                rules = (*rules, Rule(Everything(), entity))
            shown = [
                (condition, (to.facet, labels[to]) if to in labels and to else None)
                for condition, to in rules
            ]
            for (_, to), (_, value) in zip(rules, shown, strict=True):
                if spelled and to and value:
                    entities[to] = value
                    # Of articles that are deleted nobody may find a trace.
                    spellings[value].update(n for n in spelled if values[entity.facet, n])
            by_entity[entity] = tuple(shown)
            for name in spelled:
                if shown != [(Everything(), (entity.facet, name))]:
                    fates[entity.facet][name] = tuple(shown)
        return Relabelling(
            fates,
            by_entity,
            entities,
            {value: tuple(sorted(names - {value[1]})) for value, names in spellings.items()},
        )


@cache
def identities() -> Identities:
    """Those of this process: its variants and corrections. Raises SourceError."""
    return Identities(variants(), corrections_text())


def first_fitting(fates: tuple[Fate, ...], fits: Callable[[Node], bool]) -> Value | None:
    """What is shown in an article, of which `fits` tells what conditions it fits."""
    return next(shown for condition, shown in fates if fits(condition))


def _rank(articles: int, name: str) -> tuple[int, bool, tuple[str, str]]:
    """What to choose a spelling by, the least first: one that does not shout is better."""
    return -articles, _SHOUTED.search(name) is not None, sort_key(name)


def _first_of_group(groups: Iterable[Sequence[Name]]) -> dict[str, str]:
    """The id of the first name of its group by that of each of the others.

    Of a name in two groups the first group counts; where the first of one is another of a second,
    all of the one belong to the second.
    """
    first: dict[str, str] = {}
    for names in groups:
        head, *others = (entity_id(" ".join(name)) for name in names)
        for other in others:
            if other != head:
                first.setdefault(other, head)
    found = {}
    for other in first:
        met, head = {other}, first[other]
        while head in first and head not in met:
            met.add(head)
            head = first[head]
        if head != other:
            found[other] = head
    return found


def _keys(ids: Iterable[str]) -> NDArray[np.uint64]:
    return np.array(sorted(map(id_key, ids)), np.uint64)
