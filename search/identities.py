"""Which written names are one person, place or organisation, and what it is called.

Names with one id are one; so are those that the variants say stand for one another, and what the
corrections say. Ids are fixed by the names alone and stand in addresses. The label is what the
corrections call it, or else the spelling that most articles have.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.articles import ENTITY_FIELDS, Article
from index.identity import entity_id, id_key
from index.language.collation import sort_key
from search.corrections import Corrections, Entity, Rule, corrections_text, read_corrections
from search.tree import Everything, Node
from search.variants import Variants, variants

Value = tuple[str, str]
"""A facet of ENTITY_FIELDS and a value there as it is written or shown."""

Fate = tuple[Node, Value | None]
"""What a value is shown as in articles that fit a condition; None is not at all."""

_KNOWN: Final = 100_000
"""Names whose entities are remembered."""


@dataclass(frozen=True, slots=True)
class Relabelling:
    """What is shown in the place of the values of one index.

    `fates` has by facet the values that are not shown as they are, or not always; the first fate
    that fits counts. `entities` says what each entity is shown as that any of them is or becomes,
    None where nothing becomes it; `spellings` as what else a value that is shown was written.
    """

    fates: Mapping[str, Mapping[str, tuple[Fate, ...]]]
    entities: Mapping[Entity, Value | None]
    spellings: Mapping[Value, tuple[str, ...]]

    def shown(self, facet: str, name: str, fits: Callable[[Node], bool]) -> Value | None:
        """What a value is shown as in an article, of which `fits` tells what conditions it fits."""
        fates = self.fates[facet].get(name)
        if fates is None:
            return facet, name
        return next(shown for condition, shown in fates if fits(condition))

    def article(self, article: Article, fits: Callable[[Node], bool]) -> Article:
        """Put what is shown in the place of an article's values."""
        values = {facet: getattr(article, facet) or () for facet in ENTITY_FIELDS}
        if all(self.fates[facet].keys().isdisjoint(names) for facet, names in values.items()):
            return article
        found: dict[str, dict[str, None]] = {facet: {} for facet in ENTITY_FIELDS}
        for facet, names in values.items():
            for name in names:
                shown = self.shown(facet, name, fits)
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
        self._same: dict[str, str] = {}
        """The first id of a group of variants by each of the others."""
        for names in known.same if known else ():
            first, *others = (entity_id(" ".join(name)) for name in names)
            for other in others:
                if other != first:
                    self._same.setdefault(other, self._same.get(first, first))
        self.entity = lru_cache(_KNOWN)(self._entity)
        self._corrections: Corrections = read_corrections(
            corrections[0], self.entity, corrections[1]
        )

    def _entity(self, facet: str, value: str) -> Entity:
        """The entity that a value of a facet is, before it is corrected; `value` may be its id."""
        whole = entity_id(value)
        if whole in self._same or facet != "persons":
            return Entity(facet, self._same.get(whole, whole))
        words = whole.split("-")
        for n in range(1, len(words)):
            family = self._same.get("-".join(words[n:]))
            if family:
                return Entity(facet, "-".join((*words[:n], family)))
        return Entity(facet, whole)

    def ids(self, facet: str, labels: list[str]) -> list[str]:
        """What stands in addresses for the values of a facet that are shown."""
        if facet not in ENTITY_FIELDS:
            return labels
        return [self.entity(facet, label).id for label in labels]

    def resolve(self, facet: str, value: str) -> Entity:
        """The entity that is meant by an id or a name, be it an old one."""
        entity = self.entity(facet, value)
        rules = self._corrections.rules.get(entity, ())
        certain = (rule.becomes for rule in rules if _is_certain(rule))
        return next(certain, None) or entity

    def concerned(self, facet: str) -> NDArray[np.uint64]:
        """The keys of the ids that variants or corrections name: uint64[ids], ascending."""
        named = {*self._corrections.rules, *self._corrections.labels}
        ids = {entity.id for entity in named if entity.facet == facet}
        return _keys({*ids, *self._same, *self._same.values()})

    def concerned_families(self) -> NDArray[np.uint64]:
        """The keys of the last words with which a person's name may end: as `concerned`."""
        return _keys(one.rsplit("-", 1)[-1] for one in {*self._same, *self._same.values()})

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
            entity: min(spelled, key=lambda name: (-values[entity.facet, name], sort_key(name)))
            for entity, spelled in names.items()
        }
        for entity, spelled in names.items():
            rules = self._corrections.rules.get(entity, ())
            if not any(_is_certain(rule) for rule in rules):
                rules = (*rules, Rule(Everything(), entity))
            shown = [
                (condition, to and (to.facet, self._corrections.labels.get(to) or usual[to]))
                for condition, to in rules
            ]
            for (_, to), (_, value) in zip(rules, shown, strict=True):
                if to and value:
                    entities[to] = value
                    # Of articles that are deleted nobody may find a trace.
                    spellings[value].update(n for n in spelled if values[entity.facet, n])
            for name in spelled:
                if shown != [(Everything(), (entity.facet, name))]:
                    fates[entity.facet][name] = tuple(shown)
        return Relabelling(
            fates,
            entities,
            {value: tuple(sorted(names - {value[1]})) for value, names in spellings.items()},
        )


@cache
def identities() -> Identities:
    """Those of this process: its variants and corrections. Raises SourceError."""
    return Identities(variants(), corrections_text())


def _is_certain(rule: Rule) -> bool:
    return isinstance(rule.condition, Everything)


def _keys(ids: Iterable[str]) -> NDArray[np.uint64]:
    return np.array(sorted(map(id_key, ids)), np.uint64)
