"""The chain from a text to its terms."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Final, Literal, NamedTuple

from index.articles import SWEDISH
from index.language.data import read_words
from index.language.names import genitive_base
from index.language.stems import stem
from index.language.tokens import normalise, tokenize

Kind = Literal["form", "stem", "part"]

CHAIN: Final = 1
"""Raised whenever the same text gives other terms than before."""

PART_WEIGHT: Final = 0.5
"""What a part of a compound counts beside the whole word; not yet measured."""

_STOP_WORDS: Final = read_words("stopwords.txt")
_CUTS: Final = re.compile(r"[-.@']")
_PIECE: Final = re.compile(r"[^-\u2010\u2011.@'’ʼ:]+")
_U_UMLAUT: Final = re.compile("[üÜ]")
_NUMBER: Final = re.compile(r"[\d.,]+")


class Term(NamedTuple):
    """What is looked up: a written form, a stem, or the stem of a part of a compound."""

    term: str
    weight: float
    kind: Kind


class AnalysedToken(NamedTuple):
    """A word of a text with its terms; `start` and `end` in code points, `position` in words."""

    text: str
    start: int
    end: int
    position: int
    terms: tuple[Term, ...]


def analyse(text: str, language: str = SWEDISH) -> Iterator[AnalysedToken]:
    """Analyse a text word by word, positions from 0.

    >>> for token in analyse("Putins it-bolag och EU:s"):
    ...     print(token.position, [f"{term.kind}:{term.term}" for term in token.terms])
    0 ['form:putins', 'form:putin', 'stem:putin']
    1 ['form:it-bolag', 'stem:itbolag', 'part:it', 'part:bolag']
    2 ['form:och']
    3 ['form:eu', 'stem:eu']
    """
    is_swedish = language == SWEDISH
    for position, token in enumerate(tokenize(text)):
        yield AnalysedToken(*token, position, word_terms(token.text, is_swedish))


@lru_cache(maxsize=50_000)
def word_terms(word: str, is_swedish: bool = True) -> tuple[Term, ...]:
    """List the terms of one token, forms first; a stop word has its form alone.

    >>> [term.term for term in word_terms("Tromsøs")]
    ['tromsös', 'tromsö', 'tromsös', 'tromsö']
    >>> [term.term for term in word_terms("Müller")]
    ['muller', 'myller', 'mull', 'myll']
    """
    return form_terms(base_forms(word), is_swedish)


def form_terms(forms: tuple[str, ...], is_swedish: bool) -> tuple[Term, ...]:
    """List the terms of a token that `base_forms` writes like this, forms first."""
    stems, parts = stems_and_parts(forms, is_swedish)
    return (
        *(Term(form, 1.0, "form") for form in forms),
        *(Term(s, 1.0, "stem") for s in stems),
        *(Term(part, PART_WEIGHT, "part") for part in parts),
    )


def stems_and_parts(
    forms: tuple[str, ...], is_swedish: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the stems of a token that `base_forms` writes like this, and the stems of its parts.

    >>> stems_and_parts(("it-bolagens", "it-bolagen"), True), stems_and_parts(("och",), True)
    ((('itbolag',), ('it', 'bolag')), ((), ()))
    """
    form = forms[0]
    if form in _STOP_WORDS:
        return (), ()
    if len(forms) == 1 and form.isalnum():  # nearly always
        return (stem(form) if is_swedish else form,), ()
    stems = tuple(dict.fromkeys(map(_joined_stem if is_swedish else _joined, forms)))
    if forms[-1].isalnum():
        return stems, ()
    parts = [part for part in _CUTS.split(forms[-1].partition(":")[0]) if part]
    if len(parts) < 2 or _NUMBER.fullmatch(form):
        return stems, ()
    cut = dict.fromkeys(stem(part) if is_swedish else part for part in parts)
    return stems, tuple(part for part in cut if part not in stems)


def part_span(word: str, part: str) -> tuple[int, int]:
    """Find where in a token the part with this term stands: (start, end) in it.

    >>> part_span("USA-baserade", "baser")
    (4, 12)
    """
    for piece in _PIECE.finditer(word):
        forms = base_forms(piece[0])
        if part in forms or part in map(stem, forms):
            return piece.span()
    return 0, len(word)


def base_forms(word: str) -> tuple[str, ...]:
    """Write a token as a term, then its other spellings: without genitive -s, ü as y.

    >>> base_forms("Regeringens"), base_forms("EU:s"), base_forms("tv:n")
    (('regeringens', 'regeringen'), ('eu',), ('tv:n',))
    """
    form = normalise(word)
    if form[-1:] != "s" and "ü" not in word and "Ü" not in word:
        return (form,)
    if form.endswith(":s"):
        return (form[:-2],)
    forms = [form]
    if _U_UMLAUT.search(word):
        forms.append(normalise(_U_UMLAUT.sub("y", word)))
    bases = [genitive_base(written, is_name=word[0].isupper()) for written in forms]
    return (*forms, *filter(None, bases))


def is_stop_word(word: str) -> bool:
    """Whether a token is searched in phrases only."""
    return word_terms(word)[-1].kind == "form"


@cache
def analysis_version() -> str:
    """Name the chain: its number, the stemmer's version and a hash of the word lists."""
    lists = hashlib.blake2b(digest_size=4)
    for name in ("final_s.txt", "kept_names.txt", "stopwords.txt"):
        lists.update("\n".join(sorted(read_words(name))).encode())
    return f"{CHAIN}/snowball-{version('snowballstemmer')}/{lists.hexdigest()}"


def _joined(form: str) -> str:
    # e-post and epost, covid-19 and covid19 are the same word; so are tv:n and tv.
    if form.isalnum():
        return form
    return form.partition(":")[0].replace("-", "") or form


def _joined_stem(form: str) -> str:
    return stem(_joined(form))
