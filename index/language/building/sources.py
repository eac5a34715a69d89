"""The word lists that the lexicon is made of."""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from index.language.tokens import normalise

Edit = tuple[str, str]
"""How one word is made of another: what is cut from its end, and what stands there instead."""

# Measured once with half and twice of each limit below, or less and more: of the forms of UD
# Talbanken (dev) .982 to .984 have a lemma of their own lemma's, and of its lemmas that begin alike
# .021 to .023 share one. With those in use it is .984 and .0225, before compounds are cut.

COMMON_PARADIGM: Final = 10
"""So many lemmas inflect alike in a pattern that may complete another."""

COMMON_EDIT: Final = 20
"""So many lemmas have a form that is made so, if analogy makes it and cuts letters for it."""

MAX_ODD: Final = 0.2
"""So much of a paradigm may be otherwise than in the one that it is compared with."""

OWN_WORD: Final = 20
"""A word that is so many times as frequent as all other forms of a lemma is none of them."""

OWN_TENSE: Final = 1.5
"""The same where it would be a genitive, or the present tense or the supine of a verb."""

OWN_COMPARATIVE: Final = 0.1
"""The same where it would be a comparative."""

RARE_READING: Final = 0.01
"""A lemma that is so much rarer than another of the same form is none of it."""

OTHER_WORD: Final = 5
"""A form that is so many times as frequent as all other forms of a lemma is none of it where it is
one of another lemma."""

DEFINITE: Final = ("en", "et", "an", "na", "ne")

_ENTITIES: Final = Path(__file__).parents[2] / "entities" / "data"
_NAME_LISTS: Final = (
    "first_names.txt",
    "surnames.txt",
    "places_sweden.txt",
    "places_world.txt",
    "places_other.txt",
    "people.txt",
)


def _read_pairs() -> dict[str, str]:
    """Read the list: of each form one lemma; names are written with capitals."""
    path = files("spacy_lookups_data") / "data" / "sv_lemma_lookup.json.gz"
    pairs: dict[str, str] = json.loads(gzip.decompress(path.read_bytes()))
    return pairs


def read_lemmas() -> dict[str, set[str]]:
    """Map each form to its lemmas: SALDO's, as spacy-lookups-data carries them.

    That list keeps one lemma of each form, so it has lost some 15,000 of 675,000 pairs, `beslutet`
    as a form of `beslut` among them. A lemma is a form of its own, and most of the lost pairs come
    back by analogy: see `lost_pairs`.
    """
    lemmas: dict[str, set[str]] = defaultdict(set)
    for form, lemma in _read_pairs().items():
        lemmas[normalise(form)].add(normalise(lemma))
        lemmas[normalise(lemma)].add(normalise(lemma))
    add_pairs(lemmas, list(lost_pairs(lemmas)))
    return dict(lemmas)


def add_pairs(lemmas: dict[str, set[str]], pairs: Iterable[tuple[str, str]]) -> None:
    """Add pairs of a form and its lemma."""
    for form, lemma in pairs:
        lemmas.setdefault(form, set()).add(lemma)


def lost_pairs(lemmas: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Find forms that a lemma should have, judged by the many that inflect like it otherwise.

    The forms of a lemma, as edits of it, are its paradigm. The common paradigm that is most like it
    says what is missing; the list gave away what is the form of another lemma.
    """
    forms: dict[str, set[str]] = defaultdict(set)
    for form, owners in lemmas.items():
        for lemma in owners:
            forms[lemma].add(form)
    paradigms = {lemma: frozenset(edit_of(lemma, f) for f in of) for lemma, of in forms.items()}
    count = Counter(paradigms.values())
    having: dict[Edit, list[frozenset[Edit]]] = defaultdict(list)
    times = Counter(edit for paradigm, n in count.items() for edit in [*paradigm] * n)
    for paradigm, lemmas_of_it in count.items():
        if lemmas_of_it >= COMMON_PARADIGM:
            for edit in paradigm:
                having[edit].append(paradigm)

    @cache
    def alike(paradigm: frozenset[Edit]) -> list[tuple[int, int, list[Edit]]]:
        """List what a paradigm lacks of each that has most of it: differences, count, edits."""
        telling = sorted(paradigm, key=lambda edit: len(having[edit]))[:3]
        cuts = {len(cut) for cut, _ in paradigm}
        found = {other for edit in telling for other in having[edit]}
        return [
            (len(paradigm - other), count[other], sorted(other - paradigm))
            for other in found
            if len(paradigm - other) <= MAX_ODD * len(paradigm)
            # Analogy does not invent an umlaut, nor what is rare.
            and all(len(cut) <= 1 or len(cut) in cuts for cut, _ in other - paradigm)
            and all(not edit[0] or times[edit] >= COMMON_EDIT for edit in other - paradigm)
        ]

    for lemma, paradigm in paradigms.items():
        if len(paradigm) < 2 or not lemma.isalpha():
            continue
        best: tuple[float, int, list[str]] | None = None
        for odd, lemmas_of_it, edits in alike(paradigm):
            if not all(lemma.endswith(cut) for cut, _ in edits):
                continue
            made = [
                lemma.removesuffix(cut) + end
                for cut, end in edits
                if cut or end != lemma[-1]  # no -s behind an s
            ]
            lost = [form for form in made if form in lemmas]
            absent = len(made) - len(lost)
            if odd + absent > MAX_ODD * len(paradigm) + absent * (len(lost) > 2) * 0.5:
                continue
            likeness = len(lost) - 2.0 * (odd + absent)
            if best is None or (likeness, lemmas_of_it) > best[:2]:
                best = likeness, lemmas_of_it, lost
        if best:
            yield from ((form, lemma) for form in best[2])


def keep_apart(lemmas: dict[str, set[str]], frequencies: dict[str, float]) -> None:
    """Leave a form that is a word of its own to itself where that is what it nearly always is.

    A participle or a noun that is the imperative of a verb meets its verb by the stemmer, not here;
    and a frequent word is no form of a rare one.
    """
    shares = Shares(lemmas, frequencies)
    presents = {
        lemma[:-1]
        for lemma in shares.of
        if lemma.endswith("ra")
        and lemma not in lemmas.get(lemma + "de", ())
        and lemma + "nde" in lemmas
    }
    for form, owners in lemmas.items():
        if form in owners and len(owners) > 1:
            frequency = frequencies.get(form, 0.0)
            is_noun = shares.without(form, form) * OWN_WORD > frequency and any(
                form in lemmas.get(form + end, ()) for end in ("en", "et")
            )
            lemmas[form] = {form} | {
                o
                for o in owners - {form}
                if (most := _most(form, o, is_present=form in presents, is_noun=is_noun))
                and frequency <= most * shares.without(o, form)
            }


def _most(form: str, lemma: str, *, is_present: bool, is_noun: bool) -> float:
    """How many times as frequent as all else of a lemma a form may be that is a word of its own.

    `is_present` says that it is what the present tense of verbs like `köra` is, which has no
    ending.
    """
    if form == lemma + "s":
        return OWN_TENSE
    if form == lemma + "are":  # friare is a comparative of fri, ledare none of led
        return OWN_COMPARATIVE
    if form == lemma + "g":  # bidrag is no imperative of bidraga any more
        return 0
    if lemma[-1] != "a" and form[-3:] != "nde":
        return OWN_WORD
    root = lemma[:-1] if lemma[-1] == "a" else lemma
    if form in [root + end for end in ("d", "ad", "ande", "ende", "nde", "en", "as", "s")]:
        return 0
    if form == root:
        return OWN_TENSE if is_present else 0
    if form in (root + "t", root + "at"):
        return 0 if is_noun else OWN_TENSE
    return OWN_WORD


class Shares:
    """How frequent lemmas are, when each form counts for those that its other forms speak for."""

    def __init__(
        self, lemmas: Mapping[str, Collection[str]], frequencies: Mapping[str, float]
    ) -> None:
        self.of: dict[str, float] = defaultdict(float)
        self._by_form = {
            form: dict.fromkeys(owners, frequencies[form] / len(owners))
            for form, owners in lemmas.items()
            if form in frequencies
        }
        for shares in self._by_form.values():
            for lemma, share in shares.items():
                self.of[lemma] += share
        for form, shares in self._by_form.items():
            if len(shares) > 1:
                self._divide(form, frequencies[form])

    def _divide(self, form: str, frequency: float) -> None:
        """Give each lemma of a form so much of its frequency as its other forms have."""
        shares = self._by_form[form]
        others = {lemma: max(self.without(lemma, form), 1e-12) for lemma in shares}
        for lemma, other in others.items():
            share = frequency * other / sum(others.values())
            self.of[lemma] += share - shares[lemma]
            shares[lemma] = share

    def without(self, lemma: str, form: str) -> float:
        """How frequent a lemma is in other forms than one."""
        return self.of[lemma] - self._by_form.get(form, {}).get(lemma, 0.0)


def add_participles(lemmas: dict[str, set[str]]) -> None:
    """Give participles that are words of their own their inflections, which the verb has too."""
    for word in [w for w, owners in lemmas.items() if w in owners and w[-1:] == "d"]:
        if not any(owner[-1] == "a" and owner[:-1] != word for owner in lemmas[word]):
            continue  # a noun
        for form in (word + "e", word + "a", word[:-1] + "t", word[:-2] + "tt"):
            if form in lemmas and form not in lemmas[form]:
                lemmas[form].add(word)


def add_presents(lemmas: dict[str, set[str]], frequencies: dict[str, float]) -> None:
    """Give verbs their present tense back that have too many odd forms for `lost_pairs`.

    `spelar` was a form of `spelare` only.
    """
    for lemma in [lemma for lemma, owners in lemmas.items() if lemma in owners]:
        root = lemma[:-1]
        past = [root + "ade", root + "at"]
        is_verb = all(form in frequencies and lemma in lemmas.get(form, ()) for form in past)
        if lemma[-1] == "a" and is_verb and f"{root}ar" in lemmas:
            lemmas[f"{root}ar"].add(lemma)


def add_actives(lemmas: dict[str, set[str]], frequencies: dict[str, float]) -> None:
    """Let the passive of a verb meet the verb where the list has it as a word of its own.

    `krävas` is a form of `kräva`; `hoppas`, which is more frequent than `hoppa`, another word.
    """
    shares = Shares(lemmas, frequencies)
    for owners in lemmas.values():
        actives = {owner[:-1] for owner in owners if owner.endswith("as")}
        owners |= {a for a in actives if a in lemmas and shares.of[a] > shares.of[a + "s"]}


def drop_rare_readings(lemmas: dict[str, set[str]], frequencies: dict[str, float]) -> None:
    """Take lemmas away from forms that are far more often forms of another lemma.

    `tog` is a form of `ta`, and would be one of `toga` if that were not so rare in other forms.
    """
    shares = Shares(lemmas, frequencies)
    for form, owners in lemmas.items():
        others = {o: shares.without(o, form) for o in owners if o != form}
        most = max(others.values(), default=0.0)
        least = max(RARE_READING * most, min(frequencies.get(form, 0.0) / OTHER_WORD, most))
        lemmas[form] = {o for o in owners if o == form or others[o] >= least}


def read_frequencies() -> dict[str, float]:
    """Say how frequent each word is, as a share of all: wordfreq's large Swedish list."""
    import wordfreq

    frequencies: dict[str, float] = defaultdict(float)
    for word, share in wordfreq.get_frequency_dict("sv", wordlist="large").items():
        if word.isalpha():
            frequencies[normalise(word)] += share
    return dict(frequencies)


def read_names() -> set[str]:
    """List the names of SALDO and those that the recogniser of entities knows, in small letters.

    Names of several words are listed word by word. A name that is another word too is left out, and
    so are definite ones: `Riksbanken` is a bank.
    """
    capitals = {lemma for lemma in _read_pairs().values() if lemma[:1].isupper()}
    small = {normalise(lemma) for lemma in _read_pairs().values() if lemma[:1].islower()}
    names = {normalise(name) for name in capitals if name.isalpha() and not name.endswith(DEFINITE)}
    for name in _NAME_LISTS:
        for line in read_lines(_ENTITIES / name):
            words = line.replace("\t", " ").split()
            names.update(normalise(word) for word in words if word.isalpha())
    return names - small


def read_lines(path: Path) -> Iterable[str]:
    """Read the lines of a list; those that begin with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def edit_of(lemma: str, form: str) -> Edit:
    """Say how a form is made of a lemma."""
    same = 0
    while same < min(len(lemma), len(form)) and lemma[same] == form[same]:
        same += 1
    return lemma[same:], form[same:]
