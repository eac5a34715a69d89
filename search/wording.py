"""How the words of a query are looked up: one by one, or as a name that several words make."""

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Sequence_
from functools import lru_cache
from typing import Final, NamedTuple

from index.entities.lexicon import Sign, load_lexicon
from index.language import base_forms
from index.language.analysis import (
    acronym,
    is_in_capitals,
    is_stop_word,
    loose_terms,
    token_terms,
    words_within,
)
from index.language.stems import main_terms
from index.language.tokens import normalise
from search.leaves import WEAK, FormPrefix, Hint, Region, Sequence, Terms, Weighted
from search.spelling import is_known
from search.tree import And, Node, Or
from search.variants import FAMILIES, SECTIONS, Variant, variants

EXACT: Final = 1.5
"""What a word counts that is written as in the query, beside 1 for another inflection.

nDCG@10 of SweQUAD, SweFAQ and press titles (`python -m bench.weights DATA`) with 1, 1.25, 1.5 and
2: .895 .896 .896 .896, .745 .746 .753 .752 and .758 .758 .758 .758.
"""

INFLECTED: Final = 0.5
"""What a word that is a lemma itself counts for what it is an inflection of: `borgen` for `borg`.

nDCG@10 as above with .3, .5, .75 and 1: .896 .896 .895 .895, .749 .753 .753 .753 and .758 .758
.758 .758.
"""

COMPOUND_PART: Final = 0.9
"""What the part of a compound in the query scores in a relaxed search, as a share of a whole word.

nDCG@10 as above with .25, .5, .75, .9 and .99: .897 .897 .896 .896 .896, .740 .742 .749 .753 .750
and .751 .755 .758 .758 .758. That one part of a compound is enough where few have all was
chosen by the own suite, whose queries of one word found too little with all: measured once, it had
.918 and has .946 by it. With one part enough at once the suite has the same and SweQUAD .001 more,
but a compound lists a third of a large archive: of 3,000 press releases `barnbidrag` 1,018, not 51
(measured once).
"""

KINDRED: Final = 0.3
"""What a word that begins like one of the query, or a part of it, scores in a relaxed search.

So of two articles that both lack `kriminalitet` the one with `kriminella` comes first. nDCG@10 as
above with 0, .15, .3 and .45: .894 .896 .896 .895, .742 .747 .753 .747 and .754 .757 .758 .759.
"""

BEGINNING: Final = 5
SHORTEST_KINDRED: Final = 7
"""So many letters are the beginning of a word that has at least so many.

nDCG@10 as above with beginnings of 4, 5, 6 and 7: .896 .896 .895 .895, .745 .753 .753 .750 and .759
.758 .759 .758; of words of 5, 6, 7 and 8 letters: .895 .896 .896 .896, .752 .753 .753 .751
and .758 .758 .758 .757.
"""

PHRASE_POWER: Final = 1.0
"""A variant of several words counts its weight divided by this power of their number.

A phrase has the idf of all its words, and should not outweigh what it stands for. nDCG@10 of press
titles with another name than the text has (`python -m bench.plateaus DATA`) with 0, .5, 1 and 2:
.722 .726 .727 .725.
"""

TOGETHER: Final = SECTIONS["stavningar"]
"""What `e-post` counts where the query has `e post`: as much as another spelling of it."""

FEW_WORDS: Final = 3
"""In queries of no more words a full name scores once more where it stands as it is written.

Of the first twenty articles for ten common names (`Jan Andersson`) 153 have the name so, of 155
that could; without it 95 (measured once, on 14,041 press releases and interpellations). In longer
queries names are not what decides: with any number of words press titles would have .750, not .758.
"""

Spelled = Mapping[str, tuple[Variant, ...]]
"""Other spellings of words of a query."""


class Unit(NamedTuple):
    """Words side by side in a query that make one name, or one word; with its variants.

    What was typed without dots has the parts of what it is `respelled` to: `varmland` has none.
    `places` are those of its variants that find articles in relaxed searches alone.
    """

    words: tuple[str, ...]
    variants: tuple[Variant, ...]
    respelled: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    places: tuple[Variant, ...] = ()

    @property
    def all_variants(self) -> tuple[Variant, ...]:
        """What a relaxed search takes for the words."""
        return self.variants + self.places

    def strictly(self, region: Region) -> Node:
        """Ask for all of the words, or for a variant."""
        others: tuple[Node, ...] = _variant_phrases(self.words, self.variants, region)
        if self.name:
            others += (_in_a_row(self.name, region),)
            if is_stop_word(self.words[0]):
                return others[-1]
        if len(self.words) == 1:
            word = word_of(self.words[0], region, self.variants)
        else:
            content = [w for w in self.words if not is_stop_word(w)] or self.words
            terms = tuple([Unit((one,), _spellings(one)).strictly(region) for one in content])
            word = terms[0] if len(terms) == 1 else And(terms)
            others = (*_variant_words(self.words, self.variants, region), *others)
        return Or((word, *others)) if others else word

    def loosely(self, *, any_part: bool) -> tuple[Node, ...]:
        """List what may stand for the words in a relaxed search.

        A compound may be there in all its parts, or with `any_part` in one of them, but for known
        names: Sverigedemokraterna are not in all that tells of Sverige.
        """
        in_a_row = (_in_a_row(self.name, None),) if self.name else ()
        if all(map(is_stop_word, self.words)):
            return in_a_row
        if len(self.words) == 1:
            (word,) = self.words
            found: tuple[Node, ...] = (word_of(word, None, self.all_variants),)
            for one in self.respelled or self.words:
                is_name = any_part and variants().of((one,))[1]
                if not (is_name or _may_be_surname(one)):
                    found += parts_of(one, any_part=any_part)
        else:
            content = [word for word in self.words if not (is_stop_word(word) or len(word) == 1)]
            found = tuple([word_of(word, None) for word in content])
            found += _variant_words(self.words, self.all_variants, None)
        return found + _variant_phrases(self.words, self.all_variants, None) + in_a_row


def units(words: Sequence_[str], spelled: Spelled) -> Iterator[Unit]:
    """Cut words into names that have variants and single words; `spelled` has variants of these."""
    at = 0
    while at < len(words):
        size, found = variants().of(words[at:])
        places: tuple[Variant, ...] = ()
        if size > 1 and _are_places(found):  # Västra Götaland: two words, for all searches
            places = found
            size, found = variants().of(words[at : at + 1])
        pair = tuple(words[at : at + 2]) if size <= 1 else ()
        name: tuple[str, ...] = ()
        if len(pair) == 2 and spelled.keys().isdisjoint(pair):
            if _are_places(found) and (together := _together(words[at:])):
                size, found = 2, (Variant((together,), TOGETHER), *variants().of((together,))[1])
            elif (len(words) <= FEW_WORDS or is_stop_word(pair[0])) and _is_full_name(*pair):
                name = pair
        others = spelled.get(words[at], ()) if size <= 1 else ()
        respelled = tuple([other.name[0] for other in others])
        others += tuple([name for other in respelled for name in variants().of((other,))[1]])
        places += tuple([variant for variant in found + others if variant.is_of_place])
        kept = tuple([variant for variant in found + others if not variant.is_of_place])
        yield Unit(tuple(words[at : at + max(size, 1)]), kept, respelled, name, places)
        at += max(size, 1)


def _are_places(found: tuple[Variant, ...]) -> bool:
    return all(variant.is_of_place for variant in found)


def _is_full_name(first: str, second: str) -> bool:
    """Whether two words are a given name and a surname, or two names that go together.

    >>> pairs = ("Jan Andersson", "jan andersson", "Svenska Dagbladet", "Hans Karlsson")
    >>> [_is_full_name(*pair.split()) for pair in pairs]
    [True, True, True, True]
    >>> pairs = ("jan i", "Vad Sverige", "EU Sverige", "ny lag", "hans Karlsson", "Hans Bil")
    >>> [_is_full_name(*pair.split()) for pair in pairs]
    [False, False, False, False, False, False]
    """
    are_capitalised = all(word[:1].isupper() and not word.isupper() for word in (first, second))
    are_listed = _is_listed(first, Sign.FIRST) and _is_listed(second, Sign.SURNAME)
    if is_stop_word(second) or is_stop_word(first):
        return are_capitalised and are_listed
    return are_capitalised or are_listed


def _may_be_surname(word: str) -> bool:
    """Whether an unknown word with a capital ends as surnames do, and may be made of no words.

    >>> [_may_be_surname(word) for word in ("Kristerson", "kristerson", "Vargattackerna")]
    [True, False, False]
    """
    is_name = word[:1].isupper() and not is_known(base_forms(word)[-1])
    return is_name and _is_listed(word, Sign.SURNAME)


def _is_listed(word: str, sign: int) -> bool:
    """Whether the lists of the recogniser give a word, written with a capital, a sign."""
    return bool(load_lexicon().word(word.capitalize()).signs & sign)


def _in_a_row(words: tuple[str, ...], region: Region) -> Sequence:
    """Look words up as they stand, so that articles that have them so come first."""
    return Sequence(tuple(map(base_forms, words)), region, word=words[0])


def _together(words: Sequence_[str]) -> str:
    """Write the first two words as one, behind a letter with a hyphen; empty if that is no word.

    >>> [_together(query.split()) for query in ("e post", "i posten", "b Islamiska staten")]
    ['e-post', '', '']
    >>> [_together(query.split()) for query in ("nord korea", "skol gården", "ny lag", "bil på")]
    ['nordkorea', 'skolgården', '', '']
    """
    first, second = words[:2]
    if len(second) == 1 or not (first.isalpha() and second.isalpha()):
        return ""
    is_letter = len(first) == 1
    together = f"{first}-{second}" if is_letter else normalise(first + second)
    is_word = is_letter or is_known(together) or variants().has(together)
    if not is_word or is_stop_word(first) or is_stop_word(second):
        return ""
    # No name begins with the second; behind a word it may be one by itself: nord Korea.
    return together if variants().of(words[1:])[0] <= (not is_letter) else ""


def _spellings(word: str) -> tuple[Variant, ...]:
    """List other spellings of a word of a name: Selenskyj, for one that is called Zelenskyj."""
    found = variants().of((word,))[1]
    return tuple(
        [
            variant
            for variant in found
            if len(variant.name) == 1
            and variant.weight >= SECTIONS[FAMILIES]
            and not variant.is_of_place
        ]
    )


def _variant_words(
    words: tuple[str, ...], others: tuple[Variant, ...], region: Region
) -> tuple[Terms, ...]:
    """Look up the variants of a name that are one word."""
    keys = _variant_keys(others)
    name = " ".join(words)
    return (Terms((), (), region, variants=keys, word=name),) if keys else ()


def _variant_phrases(
    words: tuple[str, ...], others: tuple[Variant, ...], region: Region
) -> tuple[Sequence, ...]:
    """Look up the variants of a name that are several words, or one in this form alone.

    One that has all words of the name is found by these: Telia Company by Telia.
    """
    own = {base_forms(word)[-1] for word in words}
    return tuple(
        Sequence(
            tuple(map(base_forms, name)),
            region,
            weight / len(name) ** PHRASE_POWER,
            " ".join(words),
        )
        for name, weight, as_written, _ in others
        if (len(name) > 1 or as_written) and not own.issubset(base_forms(word)[-1] for word in name)
    )


def _variant_keys(others: tuple[Variant, ...]) -> Weighted:
    """List the main terms of variants that are one word, and what each counts."""
    keys: dict[str, float] = {}
    for name, weight, as_written, _ in others:
        if len(name) == 1 and not as_written:
            (word,) = name
            in_capitals = acronym(word)
            terms = (in_capitals,) if in_capitals else token_terms(base_forms(word), True).stems
            for term in terms:
                keys[term] = max(weight, keys.get(term, 0.0))
    return tuple(keys.items())


@lru_cache(maxsize=10_000)
def terms_of(word: str, region: Region, others: tuple[Variant, ...] = ()) -> Terms:
    """Look a word up by its main terms, and as it stands for articles in other languages.

    What only the stemmer makes one with it is weak.
    """
    forms = base_forms(word)
    if is_stop_word(word):
        inflections = tuple([(term, WEAK) for term in main_terms(forms[0])])
        return Terms(inflections, tuple([(form, 1.0) for form in forms]), region, word=word)
    keys = _variant_keys(others)
    if (in_capitals := acronym(word)) and (others or len(in_capitals) > 1):
        own = ((in_capitals, 1.0),)
        return Terms(own, ((in_capitals, EXACT),), region, variants=keys, word=word)
    exact = tuple([(form, EXACT) for form in forms])
    if _is_no_inflection(word):
        return Terms(
            tuple([(form, WEAK) for form in forms]), exact, region, variants=keys, word=word
        )
    lemmas = token_terms(forms, True).stems
    is_lemma = any(term in forms for term in lemmas)
    stems = {term: INFLECTED if is_lemma and term not in forms else 1.0 for term in lemmas}
    for term in loose_terms(forms):
        stems.setdefault(term, WEAK)
    if in_capitals := acronym(word.upper()):
        # Who types small letters may mean it (`os`); beside a hyphen a letter is one: F-skatt.
        stems[in_capitals] = WEAK if len(word) == 1 else 1.0
    # In other languages a word is indexed as it is written, and so found by its forms.
    stems |= dict.fromkeys([t for t in token_terms(forms, False).stems if t not in forms], 1.0)
    return Terms(tuple(stems.items()), exact, region, variants=keys, word=word)


def _is_no_inflection(word: str) -> bool:
    """Whether a word is written in capitals that is another in small letters: LAS is no `las`."""
    return is_in_capitals(word) and is_known(base_forms(word)[0])


def word_of(word: str, region: Region, others: tuple[Variant, ...] = ()) -> Node:
    """Look a word up, and what is in capitals before a hyphen too: LAS-reglerna."""
    terms = terms_of(word, region, others)
    if acronym(word) or not _is_no_inflection(word):
        return terms
    return Or((terms, FormPrefix(f"{base_forms(word)[0]}-", region, of_word=word)))


def hints_of(word: str) -> Iterator[Hint]:
    """Look up words that begin as one of the query or a part of it, as `kriminalitet`, `kriminell`.

    >>> [hint.leaf.prefix for hint in hints_of("kriminalitetens")], list(hints_of("brott"))
    (['krimi'], [])
    >>> [hint.leaf.prefix for hint in hints_of("statsutredning")]
    ['stats', 'utred']
    """
    if is_stop_word(word):
        return
    forms = base_forms(word)
    for form in (forms[-1], *(part for words in words_within(forms) for part in words)):
        if len(form) >= SHORTEST_KINDRED and form.isalpha():
            yield Hint(FormPrefix(form[:BEGINNING], boost=KINDRED))


def stop_word_of(word: str) -> tuple[Terms, ...]:
    """Look up the stop word that a word is an inflection of and of nothing else: `man` of `mannen`.

    Nearly all articles have it, so only the relaxed search for such a word alone does.
    """
    terms = main_terms(base_forms(word)[0])
    if is_stop_word(word) or len(terms) != 1 or not is_stop_word(terms[0]):
        return ()
    return (Terms((), ((terms[0], 1.0),), boost=WEAK, word=word),)


@lru_cache(maxsize=10_000)
def parts_of(word: str, *, any_part: bool) -> tuple[Node, ...]:
    """List what may stand for a word that is made of others; empty when it is not.

    That is all its parts or, of a compound, with `any_part` each of them.
    """
    within = words_within(base_forms(word))
    if not any_part:
        within = (tuple(part for words in within for part in words),)
    found: dict[Node, None] = {}
    for words in within:
        leaves = [
            Terms(tuple([(term, 1.0) for term in stems]), (), boost=COMPOUND_PART, word=part)
            for part in words
            if (stems := token_terms((part,), True).stems)
        ]
        if leaves:
            found[leaves[0] if len(leaves) == 1 else And(tuple(leaves))] = None
    return tuple(found)
