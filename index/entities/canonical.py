"""Canonical names across the parts of one article.

``Putins`` becomes ``Vladimir Putin``, ``ISW`` becomes ``Institute for the Study of War``, and what
the rules were not sure of stays only where the article names it in full.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.entities.lexicon import TITLES, Lexicon, Sign
from index.entities.mentions import Kind, Mention
from index.entities.reading import Found

_INTRODUCED = re.compile(r" \(([A-ZÅÄÖ][\w&-]{1,8})\)")
_LAST_NAME = re.compile(r"(?:(?:von der|van der|van den|von|van|af|de|bin|al) )?\S+$")
_SMALL_WORDS = frozenset(
    ("of", "for", "the", "and", "on", "in", "och", "för", "i", "av", "de", "la", "&")
)


@dataclass(slots=True)
class Cast:
    """What the article says in full: persons by surname and by first name, acronyms, sure names."""

    lexicon: Lexicon
    surnames: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    first_names: dict[str, set[str]] = field(default_factory=dict)
    acronyms: dict[str, str] = field(default_factory=dict)
    sure: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    singles: set[str] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)
    seen: set[tuple[Kind, str]] = field(default_factory=set)
    heads: dict[str, set[str]] = field(default_factory=dict)

    def resolve(self, found: Found, written: str, order: int) -> tuple[Kind, str] | None:
        """Kind and canonical name of one find, or None where the article does not support it.

        The name is empty where nothing says whom a single name means. An acronym is what the
        article says, as it is written: a find has the name that the lists know by then.
        """
        name = found.name
        if found.kind is not None and name.endswith("s") and (found.kind, name[:-1]) in self.seen:
            name = name[:-1]  # Kaseyas, where Kaseya is named too
        if found.kind == "organisation" and len(full := self._ending_so(name)) == 1:
            (name,) = full  # Akademien, where Svenska Akademien is
        if found.kind == "person" and found.is_person_full:
            bearer = self.sure.get(name)
            if bearer is not None and bearer[0] != "person":
                return bearer
            is_known = self.is_supported(found) or name in self.sure
            return ("person", self._full(found)) if is_known else None
        if found.kind in ("organisation", None):
            for form in (written.partition(":")[0], name):
                if form in self.acronyms:
                    return "organisation", self.acronyms[form]
        if self._may_be_person(found):
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
        for form in (name, name[:-1]) if name.endswith("s") else (name,):
            if form in self.sure and not self._is_shared(form):
                kind, known = self.sure[form]
                return kind, self.acronyms.get(form, known) if kind == "organisation" else known
        if found.kind is None:
            return None
        canonical = self.lexicon.canonical[found.kind].get(name.lower(), "")
        return found.kind, canonical if found.kind == "person" else canonical or name

    def _ending_so(self, name: str) -> set[str]:
        """The organisations of several words that the article names and that end with a word.

        Or, if that is no listed name, with a compound of it: Kungliga Vetenskapsakademien.
        """
        known = self.heads.get(name, set())
        if known or " " in name or self.lexicon.names.get(name, 0) & Sign.ORGANISATION:
            return known
        tail = name.lower()
        return {full for last, of in self.heads.items() if last.endswith(tail) for full in of}

    def _may_be_person(self, found: Found) -> bool:
        """Whether a surname would be read here: Ford, where Harrison Ford is named first."""
        if found.kind == "organisation" and found.is_sure:
            return found.name in self.surnames and found.name not in self.claimed
        return found.kind != "place" or not found.is_sure

    def _is_shared(self, name: str) -> bool:
        return len(self.first_names.get(name, ())) > 1

    def is_supported(self, found: Found) -> bool:
        """Whether a find stands by itself, or as a full name whose surname comes back alone."""
        return found.is_sure or (
            found.is_person_full and found.name.rpartition(" ")[2] in self.singles
        )

    def _full(self, found: Found) -> str:
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


def read_cast(texts: Sequence[str], finds: Sequence[Sequence[Found]], lexicon: Lexicon) -> Cast:
    """Collect what the article names in full; orders count the finds through all texts.

    Full names in ``finds`` lose their genitive here, where the article shows that it is one.
    """
    cast = Cast(lexicon)
    for found_here in finds:
        cast.singles.update(found.name for found in found_here if " " not in found.name)
        for found in found_here:
            if found.kind is not None:
                cast.seen.add((found.kind, found.name))
            if found.kind == "organisation" and " " in found.name:
                cast.heads.setdefault(found.name.rpartition(" ")[2], set()).add(found.name)
    _drop_genitives(finds, lexicon)
    _note_others(cast, finds)
    order = 0
    for part, (text, found_here) in enumerate(zip(texts, finds, strict=True)):
        for found in found_here:
            order += 1
            if found.kind is None or not cast.is_supported(found):
                continue
            if found.is_person_full:
                _note_person(cast, found, order)
            else:
                name = lexicon.canonical_name(found.name, found.kind)
                cast.sure.setdefault(found.name, (found.kind, name))
                _note_titled(cast, found.kind, name)
            if found.kind == "organisation":
                if found.name not in cast.surnames and (part or len(texts) == 1):
                    cast.claimed.add(found.name)
                _note_organisation(cast, found, text)
    return cast


def _drop_genitives(finds: Sequence[Sequence[Found]], lexicon: Lexicon) -> None:
    """Full names without their genitive: the bare form occurs, or each time they own something."""
    doubtful = [f for found in finds for f in found if f.maybe_genitive and " " in f.name]
    if not doubtful:
        return
    forms = {f.name for found in finds for f in found if not f.maybe_genitive or " " not in f.name}
    kept = {f.name for f in doubtful if not f.is_owner}
    for found in doubtful:
        bare = found.name[:-1]
        last = found.name.rpartition(" ")[2]
        if (
            bare in forms
            or last[:-1] in forms
            or (found.name not in kept and last not in forms and found.kind is not None)
        ):
            found.name = bare if found.kind is None else lexicon.canonical_name(bare, found.kind)
            found.maybe_genitive = False


def _note_others(cast: Cast, finds: Sequence[Sequence[Found]]) -> None:
    """Places and organisations that bear a person's name: fyndigheten Per Geijer."""
    for found_here in finds:
        for found in found_here:
            kind = found.kind
            if kind is not None and kind != "person" and found.is_sure and " " in found.name:
                cast.sure[found.name] = (kind, cast.lexicon.canonical_name(found.name, kind))


def _note_titled(cast: Cast, kind: Kind, name: str) -> None:
    """Drottning Silvia is one of those whom Silvia may mean."""
    title, _, rest = name.partition(" ")
    if kind == "person" and title in TITLES and rest:
        cast.first_names.setdefault(rest, set()).add(name)


def _note_person(cast: Cast, found: Found, order: int) -> None:
    if cast.sure.get(found.name, ("person",))[0] != "person":
        return
    name = cast.lexicon.canonical_name(found.name, "person")
    cast.sure.setdefault(found.name, ("person", name))
    for full in {name, found.name}:
        last = _LAST_NAME.search(full)
        if last is not None and " " in full:
            tails = {last[0], full.rsplit(" ", 1)[1], full.split(" ", 1)[1]}
            for surname in tails:
                cast.surnames.setdefault(surname, []).append((order, name))
            cast.first_names.setdefault(full.split(" ", 1)[0], set()).add(name)


def _note_organisation(cast: Cast, found: Found, text: str) -> None:
    introduced = _INTRODUCED.match(text, found.end)
    if introduced is not None and introduced[1][:2].upper() == introduced[1][:2]:
        lexicon = cast.lexicon
        known = lexicon.canonical_name(introduced[1], "organisation")
        # A name that the lists know says better what it is than letters that may mean others too
        # (DI is Dramatiska institutet as well as Dagens Industri).
        is_listed = lexicon.is_listed(found.name, "organisation")
        is_other = _initials(found.name) == introduced[1] and not (
            set(found.name.lower().split()) & set(known.lower().split())
        )
        if is_listed or is_other or known == introduced[1]:
            name = lexicon.canonical_name(found.name, "organisation")
        else:
            name = known
        cast.acronyms[introduced[1]] = name
        cast.acronyms[found.name] = name
    elif " " in found.name:
        initials = _initials(found.name)
        if len(initials) > 2 and not cast.lexicon.names.get(initials):
            cast.acronyms.setdefault(initials, found.name)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word not in _SMALL_WORDS).upper()


def unified(mentions: Sequence[Sequence[Mention]]) -> list[list[Mention]]:
    """The mentions with one spelling for names that differ in hyphens and capitals only.

    The most frequent spelling of the article stands, of equals the first.
    """
    names = {(mention.kind, mention.name) for here in mentions for mention in here}
    if len({(kind, _plainest(name)) for kind, name in names}) == len(names):
        return [list(here) for here in mentions]
    spellings: dict[tuple[str, str], Counter[str]] = {}
    for here in mentions:
        for mention in here:
            key = mention.kind, _plainest(mention.name)
            spellings.setdefault(key, Counter())[mention.name] += 1
    chosen = {
        (kind, name): max(counts, key=counts.__getitem__)
        for (kind, _), counts in spellings.items()
        if len(counts) > 1
        for name in counts
    }
    return [
        [m._replace(name=chosen.get((m.kind, m.name), m.name)) for m in here] for here in mentions
    ]


def _plainest(name: str) -> str:
    return name.casefold().replace("-", " ")
