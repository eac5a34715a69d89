"""How words behave as the first and the last part of compounds."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from math import log1p, log10
from typing import Final, NamedTuple

from index.language.building.sources import Shares
from index.language.compounds import (
    PARTICLES,
    cuts,
    looks_like_surname,
    may_be_first,
    may_be_last,
)

KNOWN: Final = 1e-7
"""A word with this share of all words is one, whether or not the lexicon has it."""

COUNTED: Final = 3e-8
"""Words with this share, and all lemmas, are searched for families."""

COMMON: Final = 20
"""A word that is the first or the last part of so many is a common one."""

FEATURES: Final = (
    # of a word that may be whole
    "whole", "whole_frequency", "whole_in_lexicon", "whole_name", "whole_length",
    # of a first part
    "linking_s", "linking_s_behind_long", "linking_s_behind_compound", "form_for_compounds",
    "first_not_in_lexicon", "first_family", "first_ratio", "first_length_1", "first_length_2",
    "first_length_3", "first_particle",
    # of a last part
    "last_not_in_lexicon", "last_family", "last_ratio", "last_length_2", "last_length_3",
    "last_length_4", "last_lemma",
    # of both
    "rarer", "shared_consonant",
)  # fmt: skip


class Candidate(NamedTuple):
    """A way to cut a word: its first part with or without a linking -s-, and its last."""

    first: str
    linked: bool
    last: str


class Words:
    """The known words and what is counted of them."""

    def __init__(
        self,
        lemmas: Mapping[str, Collection[str]],
        frequencies: Mapping[str, float],
        names: Collection[str],
    ) -> None:
        self.lemmas = lemmas
        self.names = names
        self.frequencies = frequencies
        self._shares = Shares(lemmas, frequencies)
        frequent = (word for word, share in frequencies.items() if share >= KNOWN)
        self.known = {w for w in (*lemmas, *frequent, *self.names) if w.isalpha()}
        self.firsts: Counter[str] = Counter()
        self.lasts: Counter[str] = Counter()
        self._count_families()

    def is_name(self, word: str) -> bool:
        """Whether a word is no compound because it is a name."""
        return word in self.names or (word not in self.lemmas and looks_like_surname(word))

    @cached_property
    def vocabulary(self) -> list[str]:
        """The words in which families are counted, in order."""
        frequent = (word for word, share in self.frequencies.items() if share >= COUNTED)
        own = (word for word, owners in self.lemmas.items() if word in owners)
        return sorted({w for w in (*own, *frequent) if w.isalpha() and len(w) >= 5})

    @cached_property
    def _reversed(self) -> list[str]:
        return sorted(word[::-1] for word in self.vocabulary)

    def _count_families(self) -> None:
        for word in self.vocabulary:
            for candidate in self.candidates(word):
                if len(candidate.last) >= 3 and candidate.last in self.lemmas:
                    self.firsts[self.surface(candidate)] += 1
                    self.lasts[candidate.last] += 1

    @staticmethod
    def surface(candidate: Candidate) -> str:
        """The first part as it is written."""
        return candidate.first + "s" if candidate.linked else candidate.first

    def candidates(self, word: str) -> Iterator[Candidate]:
        """List the ways to cut a word into two known ones."""
        for first, last in cuts(word):
            if last not in self.known or not may_be_last(first, last):
                continue
            if first in self.known and may_be_first(first):
                yield Candidate(first, False, last)
            if first[-1:] == "s" and first[:-1] in self.known and may_be_first(first[:-1]):
                yield Candidate(first[:-1], True, last)

    def may_be_compound(self, word: str) -> bool:
        """Whether a word looks like one that is made of two common ones."""
        return any(
            min(len(cut.first), len(cut.last)) >= 3
            and min(self.firsts[self.surface(cut)], self.lasts[cut.last]) >= COMMON
            for cut in self.candidates(word)
        )

    def frequency(self, word: str) -> float:
        """The logarithm of a word's share with all its inflections, from 0 (10⁻⁹) upwards."""
        owners = self.lemmas.get(word)
        shares = [self._shares.of[owner] for owner in owners] if owners else []
        return max(0.0, log10(max(1e-9, self.frequencies.get(word, 0.0), *shares)) + 9)

    def whole_features(self, word: str) -> dict[str, float]:
        """What speaks for a word being no compound."""
        share = self.frequencies.get(word, 0)
        return {
            "whole": 1,
            "whole_frequency": max(0.0, log10(max(1e-9, share)) + 9),
            "whole_in_lexicon": word in self.lemmas,
            "whole_name": self.is_name(word),
            "whole_length": len(word),
        }

    def first_features(self, word: str, *, linked: bool) -> dict[str, float]:
        """What speaks for a word as a first part."""
        surface = word + "s" if linked else word
        owners = self.lemmas.get(word)
        family = self.firsts[surface]
        return {
            "linking_s": linked,
            "linking_s_behind_long": linked and len(word) >= 7,
            "linking_s_behind_compound": linked and self.may_be_compound(word),
            "form_for_compounds": not linked and owners is not None and word not in owners,
            "first_not_in_lexicon": owners is None,
            "first_family": log1p(family),
            "first_ratio": family / (_beginning(self.vocabulary, surface) + 3),
            "first_length_1": len(word) == 1,
            "first_length_2": len(word) == 2,
            "first_length_3": len(word) == 3,
            "first_particle": word in PARTICLES,
        }

    def last_features(self, word: str) -> dict[str, float]:
        """What speaks for a word as a last part."""
        owners = self.lemmas.get(word)
        family = self.lasts[word]
        return {
            "last_not_in_lexicon": owners is None,
            "last_family": log1p(max(family, *(self.lasts[o] for o in owners or (word,)), 0)),
            "last_ratio": family / (_beginning(self._reversed, word[::-1]) + 3),
            "last_length_2": len(word) <= 2,
            "last_length_3": len(word) == 3,
            "last_length_4": len(word) == 4,
            "last_lemma": owners is not None and word in owners,
        }

    def features(self, word: str, candidate: Candidate) -> list[float]:
        """What speaks for a cut, in the order of FEATURES."""
        first, linked, last = candidate
        of = self.first_features(first, linked=linked) | self.last_features(last)
        of["rarer"] = min(self.frequency(first), self.frequency(last))
        of["shared_consonant"] = len(first) + linked + len(last) > len(word)
        return [float(of.get(name, 0)) for name in FEATURES]


def _beginning(words: list[str], start: str) -> int:
    """Count the words, of some in order, that begin so."""
    return bisect_left(words, start + "\U0010ffff") - bisect_left(words, start)
