"""Canonical names across the parts of one article.

``Putins`` becomes ``Vladimir Putin``, ``ISW`` becomes ``Institute for the Study of War``, and what
the rules were not sure of stays only where the article names it in full.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.entities.lexicon import Lexicon
from index.entities.mentions import Kind
from index.entities.reading import Found

_INTRODUCED = re.compile(r" \(([A-ZÅÄÖ][\w&-]{1,8})\)")
_LAST_NAME = re.compile(r"(?:(?:von der|van der|van den|von|van|af|de|bin|al) )?\S+$")
_SMALL_WORDS = frozenset(
    ("of", "for", "the", "and", "on", "in", "och", "för", "i", "av", "de", "la", "&")
)


@dataclass(slots=True)
class Article:
    """What the article says in full: persons by surname and by first name, acronyms, sure names."""

    lexicon: Lexicon
    surnames: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    first_names: dict[str, set[str]] = field(default_factory=dict)
    acronyms: dict[str, str] = field(default_factory=dict)
    sure: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    singles: set[str] = field(default_factory=set)

    def resolve(self, found: Found, order: int) -> tuple[Kind, str] | None:
        """Kind and canonical name of one find, or None where the article does not support it."""
        name = found.name
        if found.kind == "person" and found.is_person_full:
            is_known = self.is_supported(found) or name in self.sure
            return ("person", self._full(found)) if is_known else None
        if found.kind == "organisation" and name in self.acronyms:
            return "organisation", self.acronyms[name]
        if found.kind in ("person", None) or (found.kind == "place" and not found.is_sure):
            person = self._person(name, order)
            if person is None and found.maybe_genitive:
                person = self._person(name[:-1], order)
            if person is not None:
                return "person", person
        if found.is_sure and found.kind is not None:
            bare = self.sure.get(name[:-1]) if found.maybe_genitive else None
            if bare is not None and bare[0] == found.kind:
                return bare
            known_kind, known = self.sure.get(name, (None, ""))
            if known_kind == found.kind:
                return known_kind, known
            return found.kind, self.lexicon.canonical_name(name, found.kind)
        for form in (name, name[:-1]) if found.maybe_genitive else (name,):
            if form in self.sure:
                return self.sure[form]
        return None

    def is_supported(self, found: Found) -> bool:
        """Whether a find stands by itself, or as a full name whose surname comes back alone."""
        return found.is_sure or (
            found.is_person_full and found.name.rpartition(" ")[2] in self.singles
        )

    def _full(self, found: Found) -> str:
        if found.maybe_genitive and found.name[:-1] in self.sure:
            return self.sure[found.name[:-1]][1]
        if found.name in self.surnames:
            return self.surnames[found.name][0][1]
        return self.lexicon.canonical_name(found.name, "person")

    def _person(self, name: str, order: int) -> str | None:
        """The latest person of this surname before ``order``, else the only one of a first name."""
        bearers = self.surnames.get(name)
        if bearers:
            position = bisect_right(bearers, (order, "\U0010ffff"))
            return bearers[max(0, position - 1)][1]
        namesakes = self.first_names.get(name)
        return next(iter(namesakes)) if namesakes is not None and len(namesakes) == 1 else None


def read_article(
    texts: Sequence[str], finds: Sequence[Sequence[Found]], lexicon: Lexicon
) -> Article:
    """Collect what the article names in full; orders count the finds through all texts."""
    article = Article(lexicon)
    for found_here in finds:
        article.singles.update(found.name for found in found_here if " " not in found.name)
    order = 0
    for text, found_here in zip(texts, finds, strict=True):
        for found in found_here:
            order += 1
            if found.kind is None or not article.is_supported(found):
                continue
            if found.is_person_full:
                _note_person(article, found, order)
            else:
                name = lexicon.canonical_name(found.name, found.kind)
                article.sure.setdefault(found.name, (found.kind, name))
            if found.kind == "organisation":
                _note_organisation(article, found, text)
    return article


def _note_person(article: Article, found: Found, order: int) -> None:
    name = article.lexicon.canonical_name(found.name, "person")
    article.sure.setdefault(found.name, ("person", name))
    for full in {name, found.name}:
        last = _LAST_NAME.search(full)
        if last is not None and " " in full:
            tails = {last[0], full.rsplit(" ", 1)[1], full.split(" ", 1)[1]}
            for surname in tails:
                article.surnames.setdefault(surname, []).append((order, name))
            article.first_names.setdefault(full.split(" ", 1)[0], set()).add(name)


def _note_organisation(article: Article, found: Found, text: str) -> None:
    introduced = _INTRODUCED.match(text, found.end)
    if introduced is not None and introduced[1][:2].upper() == introduced[1][:2]:
        known = article.lexicon.canonical_name(introduced[1], "organisation")
        name = found.name if known == introduced[1] else known
        article.acronyms[introduced[1]] = name
        article.acronyms[found.name] = name
    elif " " in found.name:
        initials = "".join(w[0] for w in found.name.split() if w not in _SMALL_WORDS).upper()
        if len(initials) > 2 and not article.lexicon.names.get(initials):
            article.acronyms.setdefault(initials, found.name)
