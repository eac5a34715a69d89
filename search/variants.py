"""Names that stand for one another: other spellings, acronyms, parties, nationalities, places.

They act when a query is planned, so whoever edits the file of them need not index anything anew.
`data/variants.txt` says how it is written; NYHETSSOK_VARIANTS names another file, or `none`.
"""

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from index.errors import SourceError
from index.language import base_forms
from index.language.analysis import acronym, token_terms
from index.language.tokens import cut_words

FAMILIES: Final = "efternamn"
PARTIES: Final = "partier"
SAME: Final = ("namn", FAMILIES, "förkortningar")
"""The sections whose groups are names of one person, place or organisation."""

CAPITALS: Final = "huvudstäder"
TOWNS: Final = "orter"
PLACES: Final = (CAPITALS, TOWNS)
"""The sections whose groups are a place and places in it, which stand for it in relaxed searches.

A capital stands for its country and its country for it.
"""

SECTIONS: Final = {
    **dict.fromkeys(SAME, 0.8),
    "stavningar": 0.8,
    PARTIES: 0.5,
    "nationaliteter": 0.35,
    CAPITALS: 0.8,
    TOWNS: 0.35,
}
"""What each section of the file makes a variant count, beside 1 for the name of the query itself.

A nationality is another thing than its country and counts little; the letter of a party stands for
other things too. nDCG@10 of press titles with another name than the text has, by `python -m
bench.plateaus`, where variants count .001, .1, .2, .35, .5, .8 and 1: .662 .686 .703 .712 .719 .727
.729 for names of one thing, .655 .667 .676 .682 .685 .692 .692 for nationalities. Titles as they
are gain .001 by either. Interpellations that tell the letters of a party, sought by a beginning of
their title and a name of the party: .836 .835 .834 .832 .831 .830 .827; letters decide little
there, and half says that they are of the party. Press titles as they are and titles of
interpellations where places count .001, .2, .35, .5, .8 and 1: .787 .788 .789 .789 .790 .790 and
.671 .671 .671 .671 .671 .671 by capitals, .789 .790 .790 .790 .790 .790 and .671 .671 .671 .671
.671 .671 by towns, which the own suite does not tell apart. Of spellings there are 109 titles, too
few to tell: .773 .771 .767 .763 .765 .766 .763; another spelling is the same thing, as a name is.
"""

SETTING: Final = "NYHETSSOK_VARIANTS"
NONE: Final = "none"
_IN_QUOTES: Final = re.compile('"[^"=]*"')

Name = tuple[str, ...]
"""The words of a name as they are written."""


class Variant(NamedTuple):
    """Another name, what it counts, and whether it is found in this form alone.

    What `is_of_place` is a place in the one that is named, or around it, and finds articles in
    relaxed searches alone.
    """

    name: Name
    weight: float
    as_written: bool = False
    is_of_place: bool = False


class Variants:
    """The groups of a file."""

    def __init__(
        self, groups: Iterable[tuple[str, Sequence[Name]]] = (), as_written: Collection[Name] = ()
    ) -> None:
        """Take groups, each with its section, and those names that have no other forms."""
        groups = list(groups)
        self.same = [names for section, names in groups if section in SAME]
        """The groups that are names of one thing, the usual one first."""
        self.families = [names for section, names in groups if section == FAMILIES]
        """Those of them that are surnames."""
        self._in_quotes = frozenset(as_written)
        self._others: dict[Name, dict[Name, Variant]] = defaultdict(dict)
        self._names: dict[Name, dict[Name, None]] = defaultdict(dict)
        """Those of `_others` that a value of a facet may be called."""
        self._longest: dict[str, int] = {}
        called = {name: names for names in self.same for name in names}
        for section, names in groups:
            if section in PLACES:
                place, within = (
                    [other for name in some for other in called.get(name, (name,))]
                    for some in (names[:1], names[1:])
                )
                for name in place:
                    self._add(name, section, within)
                for name in within if section == CAPITALS else ():
                    self._add(name, section, place)
            else:
                for name in names:
                    self._add(name, section, names)

    def _add(self, name: Name, section: str, names: Sequence[Name]) -> None:
        weight = SECTIONS[section]
        others = [other for other in names if other != name]
        for key in [_key_in_quotes(name)] if name in self._in_quotes else _keys(name):
            known = self._others[key]
            for other in others:
                variant = Variant(other, weight, other in self._in_quotes, section in PLACES)
                known[other] = max(variant, known.get(other, variant), key=_strength)
                if section in (*SAME, PARTIES) and _is_told_apart(other):
                    self._names[key][other] = None
            self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    def of(self, words: Sequence[str]) -> tuple[int, tuple[Variant, ...]]:
        r"""Find the longest name with which some words begin: how many these are, and its variants.

        An acronym that is a word too, as IS or LO, must be written in capitals.

        >>> variants = read_variants("[förkortningar]\nIS = Isis = Islamiska staten")
        >>> size, others = variants.of(["Islamiska", "statens", "krig"])
        >>> size, [other.name for other in others]
        (2, [('IS',), ('Isis',)])
        >>> variants.of(["is"])
        (0, ())
        """
        if not words:
            return 0, ()
        longest = max(self._longest.get(key[0], 0) for key in _keys_of_asked(words[:1]))
        for size in range(min(longest, len(words)), 0, -1):
            for key in _keys_of_asked(words[:size]):
                if found := self._others.get(key):
                    return size, tuple(found.values())
        return 0, ()

    def has(self, word: str) -> bool:
        """Whether a word in normal form is a name that has variants."""
        return (word,) in self._others

    def names_of(self, words: Sequence[str]) -> tuple[Name, ...]:
        r"""List the other names of the one person, place or organisation that words name.

        Letters and words that are other words too are left out: any value may have them.

        >>> read_variants("[partier]\nC = Centerpartiet = Centern = centerpartist").names_of(["C"])
        (('Centerpartiet',), ('Centern',))
        """
        keys = _keys_of_asked(words) if words else []
        return next((tuple(found) for key in keys if (found := self._names.get(key))), ())


def read_variants(text: str, name: str = "") -> Variants:
    """Read groups. Raises SourceError that names the line that is none."""
    section = ""
    groups: list[tuple[str, list[Name]]] = []
    as_written: set[Name] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        if content.startswith("["):
            section = content.strip("[]").strip().lower()
            if section not in SECTIONS:
                known = ", ".join(f"[{one}]" for one in SECTIONS)
                raise SourceError(f"{name}:{number}: no section {content}; there are {known}")
            continue
        names = [tuple(cut_words(one)) for one in content.split("=")]
        if not section:
            raise SourceError(f"{name}:{number}: a section such as [namn] must come first")
        if len(names) < 2 or not all(names):
            raise SourceError(f"{name}:{number}: expected two names or more with = between them")
        groups.append((section, names))
        quoted = {tuple(cut_words(name)) for name in _IN_QUOTES.findall(content)}
        as_written |= {name for name in quoted if len(name) == 1}
    return Variants(groups, as_written)


@cache
def variants() -> Variants:
    """The variants of this process: those that are shipped, or those of NYHETSSOK_VARIANTS."""
    chosen = os.environ.get(SETTING, "")
    if chosen == NONE:
        return Variants()
    if chosen:
        try:
            return read_variants(Path(chosen).read_text(encoding="utf-8-sig"), chosen)
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"{SETTING}: cannot read {chosen}: {error}") from error
    return read_variants(shipped_variants(), "variants.txt")


def shipped_variants() -> str:
    """The text of the file that is shipped."""
    return (files("search.data") / "variants.txt").read_text(encoding="utf-8")


def _keys(name: Sequence[str]) -> list[Name]:
    """List what a name is found by: the forms of its words without a genitive -s.

    A single word in small letters, as of a nationality, has other inflections too; one that is an
    acronym only if in capitals is found by these.
    """
    if len(name) == 1:
        return list(_keys_of_word(name[0]))
    return [tuple([base_forms(word)[-1].lower() for word in name])]


@lru_cache(maxsize=10_000)
def _keys_of_word(word: str) -> tuple[Name, ...]:
    if in_capitals := acronym(word):
        return ((in_capitals,),)
    forms = base_forms(word)
    key = (forms[-1].lower(),)
    return (
        (key, *((term,) for term in token_terms(forms, True).stems))
        if word[:1].islower()
        else (key,)
    )


def _strength(variant: Variant) -> tuple[bool, float]:
    """What finds articles in all searches is stronger than what does in relaxed ones."""
    return not variant.is_of_place, variant.weight


def _is_told_apart(name: Name) -> bool:
    """Whether a name is no letter, no acronym that is a word too, and no common noun."""
    return len(name) > 1 or not (len(name[0]) == 1 or acronym(name[0]) or name[0][0].islower())


def _key_in_quotes(name: Sequence[str]) -> Name:
    """What a single word in quotes is found by, which none of its inflections is."""
    return (f'"{base_forms(name[0])[-1].lower()}"',)


def _keys_of_asked(name: Sequence[str]) -> list[Name]:
    """List what may find words of a query."""
    return [*_keys(name), _key_in_quotes(name)] if len(name) == 1 else _keys(name)
