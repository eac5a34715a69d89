"""The chain from a text to its terms."""

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Final, Literal, NamedTuple

from index.articles import SWEDISH
from index.language.compounds import ENDINGS, Compound, hides_parts, parts, parts_across
from index.language.data import read_lines, read_sections, read_words
from index.language.lexicon import lexicon
from index.language.names import genitive_base, keeps_s
from index.language.stems import (
    known_terms_and_cut,
    main_terms,
    stem,
    terms_and_cut,
    terms_and_cut_of_part,
)
from index.language.tokens import normalise, tokenize

Kind = Literal["form", "stem", "part", "loose"]

CHAIN: Final = 7
"""Raised whenever the same text gives other terms than before."""

PART_WEIGHT: Final = 0.5
"""What a part of a compound counts beside the whole word.

nDCG@10 of SweQUAD, SweFAQ and press titles (`python -m bench.weights DATA`) with 0, .15, .3, .5 and
.7: .892 .893 .894 .896 .896, .729 .739 .740 .753 .753 and .749 .756 .756 .758 .759.
"""

MAX_ACRONYM: Final = 5
"""Letters of the longest word in capitals that is taken for an acronym and not for a shout."""

MAX_CAPITALS: Final = 4
"""Letters of the longest word in capitals that a query means as it is written."""

_LISTS: Final = (
    "acronyms.txt",
    "final_s.txt",
    "kept_names.txt",
    "parts.txt",
    "stopwords.txt",
)
_ACRONYMS: Final = read_words("acronyms.txt")
_LETTERED: Final = read_sections("parts.txt")["letters before words"]
_STOP_WORDS: Final = read_words("stopwords.txt")
_CUTS: Final = re.compile(r"[.@':]")
_PIECE: Final = re.compile(r"[^-\u2010\u2011.@'’ʼ:]+")
_U_UMLAUT: Final = re.compile("[üÜ]")
_NUMBER: Final = re.compile(r"[\d.,]+")
_LETTERS_OR_DIGITS: Final = re.compile(r"\d+|\D+")


class Term(NamedTuple):
    """What is looked up.

    A written form, a main term (`stem`), that of a part of a compound, or what the stemmer alone
    makes of a word (`loose`).
    """

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
    ['tromsös', 'tromsö', 'tromsö', 'tromsös']
    >>> [term.term for term in word_terms("Müller")]
    ['muller', 'myller', 'mull', 'muller', 'myller', 'myllra', 'myll']
    """
    return form_terms(base_forms(word), is_swedish)


class TokenTerms(NamedTuple):
    """Under what a token is looked up, beside its forms: none twice.

    `stems` are its main terms, `parts` those of the words that it is made of, and `loose` what the
    stemmer alone makes of it: by that two words may meet that the lexicon keeps apart.
    """

    stems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()


def form_terms(forms: tuple[str, ...], is_swedish: bool) -> tuple[Term, ...]:
    """List the terms of a token that `base_forms` writes like this, forms first."""
    stems, parts, loose = token_terms(forms, is_swedish)
    return (
        *(Term(form, 1.0, "form") for form in forms),
        *(Term(s, 1.0, "stem") for s in stems),
        *(Term(part, PART_WEIGHT, "part") for part in parts),
        *(Term(term, PART_WEIGHT, "loose") for term in loose),
    )


def token_terms(forms: tuple[str, ...], is_swedish: bool) -> TokenTerms:
    """Find the terms of a token that `base_forms` writes like this; a stop word has none.

    >>> token_terms(("it-bolagens", "it-bolagen"), True), token_terms(("och",), True)
    (TokenTerms(stems=('itbolag',), parts=('it', 'bolag'), loose=()), \
TokenTerms(stems=(), parts=(), loose=()))
    >>> token_terms(("ukrainakriget",), True), token_terms(("böcker",), True)
    (TokenTerms(stems=('ukrainakrig',), parts=('ukraina', 'krig'), loose=('ukrainakr',)), \
TokenTerms(stems=('bok',), parts=(), loose=('böck',)))
    """
    if len(forms) > 1 and forms[-1] in _ACRONYMS:  # in small letters it is another word
        return TokenTerms((forms[-1],))
    form = forms[0]
    if form in _STOP_WORDS:
        return TokenTerms()
    if not is_swedish:
        stems = tuple(dict.fromkeys(map(_joined, _as_wholes(forms))))
        pieces = _pieces(forms[-1])
        return TokenTerms(stems, tuple([p for p in dict.fromkeys(pieces) if p not in stems]))
    if not form.isalpha():
        wholes = map(_plain, _as_wholes(forms))
        stems = tuple(dict.fromkeys([term for whole in wholes for term in main_terms(whole)]))
        cut = _to_cut(forms)
        pieces = _pieces(cut)
        loose = (*loose_terms(forms), *map(stem, pieces))
        return _apart(stems, (*_terms_of_pieces(pieces), *_terms_across(cut)), loose)
    if len(forms) == 1:  # nearly always
        stems, compound = known_terms_and_cut(form)
        by_stemmer = (stem(form),)
        if compound is not None:
            return _apart(stems or by_stemmer, _terms_within(form, compound), by_stemmer)
        if not stems:
            return TokenTerms(by_stemmer)
        return TokenTerms(stems, (), () if by_stemmer[0] in stems else by_stemmer)
    found = {form: terms_and_cut(form) for form in forms}
    stems = tuple(dict.fromkeys([term for terms, _ in found.values() for term in terms]))
    within: tuple[str, ...] = ()
    if any(compound for _, compound in found.values()):
        cut = _to_cut(forms)
        if compound := found[cut][1]:
            within = _terms_within(cut, compound)
    return _apart(stems, within, tuple(map(stem, forms)))


def _apart(stems: tuple[str, ...], parts: Sequence[str], loose: Sequence[str]) -> TokenTerms:
    """Leave out what stands before, or comes again."""
    kept: list[str] = []  # few, so that a set would be slower
    for term in parts:
        if term not in stems and term not in kept:
            kept.append(term)
    left: list[str] = []
    for term in loose:
        if term not in stems and term not in kept and term not in left:
            left.append(term)
    return TokenTerms(stems, tuple(kept), tuple(left))


def _terms_within(word: str, compound: Compound) -> tuple[str, ...]:
    """List the main terms of the words that a compound is made of, of its two parts first."""
    if hides_parts(compound):
        return ()
    first, of_first, in_first = _terms_of_first(compound.first)
    last, of_last, in_last = _terms_of_last(compound.last)
    if not (in_first or in_last):
        return first + last
    terms = first + last + of_first + of_last
    for part, _ in parts_across(word, compound.at, in_first, in_last):
        terms += lexicon().main_terms(part)
    return terms


class _OfPart(NamedTuple):
    """The main terms of a part of a compound and of its own parts; where it is cut, or 0."""

    terms: tuple[str, ...]
    within: tuple[str, ...]
    at: int


@lru_cache(maxsize=50_000)  # the same parts come again and again
def _terms_of_first(word: str) -> _OfPart:
    """List the terms of a first part, which is no definite form: the kön of könsroll is none of kö.

    With a genitive -s it may be one: the livs of livslängd is of liv.
    """
    terms, cut = terms_and_cut_of_part(word)
    if len(terms) > 1 and word in terms:
        kept = (word, word.removesuffix("s"))
        terms = tuple([t for t in terms if t in kept or not word.startswith(t)])
    return _of_part(word, terms, cut)


@lru_cache(maxsize=50_000)
def _terms_of_last(word: str) -> _OfPart:
    """List the terms of a last part, but for those that are endings."""
    terms, cut = terms_and_cut_of_part(word)
    if not ENDINGS.isdisjoint(terms):
        terms = tuple([term for term in terms if term not in ENDINGS])
    return _of_part(word, terms, cut)


def _of_part(word: str, terms: tuple[str, ...], cut: Compound | None) -> _OfPart:
    if word in _STOP_WORDS:
        terms = ()
    within = () if cut is None else _terms_within(word, cut)
    return _OfPart(terms, within, cut.at if cut is not None and within else 0)


def _terms_of_pieces(pieces: Sequence[str]) -> tuple[str, ...]:
    """List the main terms of words between hyphens, then those of the parts that each has."""
    cut = [(piece, *terms_and_cut_of_part(piece)) for piece in pieces]
    terms = [term for _, found, _ in cut for term in found]
    terms += [term for word, _, within in cut if within for term in _terms_within(word, within)]
    return tuple(terms)


def _terms_across(form: str) -> tuple[str, ...]:
    """List the main terms of a letter with a word behind a hyphen that begin a compound.

    >>> _terms_across("e-postadress"), _terms_across("S-toppnamn"), _terms_across("e-post")
    (('epost',), (), ())
    """
    if form[1:2] != "-" or (compound := terms_and_cut_of_part(form[2:])[1]) is None:
        return ()
    terms = [f"{form[:2]}{term}" for term in terms_and_cut_of_part(compound.first)[0]]
    return tuple([_joined(term) for term in terms if term in _LETTERED])


def _pieces(form: str) -> list[str]:
    """Cut a form where it is cut in writing; empty when it is not.

    A letter beside a hyphen is a capital, as in S-ledaren.

    >>> _pieces("e-post"), _pieces("covid19"), _pieces("3,5"), _pieces("post")
    (['E', 'post'], ['covid', '19'], [], [])
    >>> _pieces("OS-guld"), _pieces("s.k"), _pieces("2023:25"), _pieces("v70")
    (['OS', 'guld'], ['s', 'k'], ['2023', '25'], ['v', '70'])
    """
    if form.isalpha() or _NUMBER.fullmatch(form):
        return []
    if form.isalnum():
        pieces = _LETTERS_OR_DIGITS.findall(form)
    else:
        between = [p.upper() if len(p) == 1 else p for p in _without_ending(form).split("-")]
        pieces = [piece for part in between for piece in _CUTS.split(part) if piece]
    if len(pieces) < 2:
        return []
    return pieces


def loose_terms(forms: tuple[str, ...]) -> tuple[str, ...]:
    """List what the stemmer alone makes of a token, which need not be one of its main terms."""
    return tuple(dict.fromkeys(stem(_joined(form)) for form in _as_wholes(forms)))


def _as_wholes(forms: tuple[str, ...]) -> list[str]:
    """Leave out the form with capitals in a part, which is there for its parts alone."""
    return [form for form in forms if form.isalnum() or form == form.lower()]


def words_within(forms: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """List what may stand for a token: each part of a compound, all of what is cut in writing.

    >>> words_within(("järnvägsstrejk",)), words_within(("it-bolagets", "it-bolaget"))
    ((('järnväg',), ('strejk',)), (('it', 'bolaget'),))
    """
    form = _to_cut(forms)
    if pieces := _pieces(form):
        return (tuple(dict.fromkeys(pieces)),)
    return tuple(dict.fromkeys([(part,) for part, _ in parts(form)[:2]]))


def _to_cut(forms: tuple[str, ...]) -> str:
    """Choose the form of a token that has its parts: without a genitive -s, but `Sjukhus`."""
    form = forms[-1]
    return form + "s" if form + "s" in forms and keeps_s(form + "s") else form


def part_span(word: str, wanted: Collection[str]) -> tuple[int, int]:
    r"""Find where in a token the part with one of some terms stands: (start, end) in it.

    >>> part_span("USA-baserade", {"baser"}), part_span("Ukrainakriget", {"krig"})
    ((4, 12), (7, 13))
    >>> part_span("Europa\u00adparla\u00adments\u00advalet", {"val"})
    (19, 24)
    >>> part_span("E-postadressen", {"epost"}), part_span("covid19", {"covid"})
    ((0, 6), (0, 5))
    """
    form = _to_cut(base_forms(word))
    if any(term in wanted for term in _terms_across(form)):
        (first, _), *_ = parts(form[2:])
        return 0, _place_in(word, len("e-") + len(first) - 1) + 1
    is_mixed = form.isalnum() and not form.isalpha()
    for piece in (_LETTERS_OR_DIGITS if is_mixed else _PIECE).finditer(word):
        forms = base_forms(piece[0])
        letter = {piece[0].upper()} if len(piece[0]) == 1 else set()
        if piece[0] != word and not (letter | _terms_of(forms)).isdisjoint(wanted):
            return piece.span()
        for part, at in parts(_to_cut(forms)):
            if not _terms_of((part,)).isdisjoint(wanted):
                last = _place_in(piece[0], at + len(part) - 1)
                return piece.start() + _place_in(piece[0], at), piece.start() + last + 1
    return 0, len(word)


def _place_in(word: str, at: int) -> int:
    r"""Find the character of a word that stands at a place in its normal form.

    >>> _place_in("kärnkraft", 4), _place_in("kärn\u00adkraft", 4)
    (4, 5)
    """
    if len(normalise(word)) == len(word):
        return at
    ends = range(1, len(word) + 1)
    return next((end - 1 for end in ends if len(normalise(word[:end])) > at), len(word) - 1)


def _terms_of(forms: tuple[str, ...]) -> set[str]:
    return {*forms, *(term for form in forms for term in (*main_terms(form), stem(form)))}


def base_forms(word: str) -> tuple[str, ...]:
    """Write a token as a term, then its other spellings: without genitive -s, ü as y.

    An acronym that is written like a word has a spelling in capitals, by which it is told from it.

    >>> base_forms("Regeringens"), base_forms("EU:s"), base_forms("tv:n"), base_forms("IS:s")
    (('regeringens', 'regeringen'), ('eu',), ('tv:n',), ('is', 'IS'))
    >>> base_forms("OS-guldets"), base_forms("os-guld")
    (('os-guldets', 'os-guldet', 'OS-guldet'), ('os-guld',))
    """
    if in_capitals := acronym(word):
        return normalise(in_capitals), in_capitals
    form = normalise(word)
    if form.endswith(":s"):
        return base_forms(word[:-2])
    if not (form.isalnum() or _ACRONYMS.isdisjoint(pieces := _PIECE.findall(word))):
        small = base_forms(_PIECE.sub(_capitalised, word))
        kept = (piece if piece in _ACRONYMS else None for piece in pieces)
        return (*small, _PIECE.sub(lambda piece: next(kept, None) or piece[0], small[-1]))
    if form[-1:] != "s" and "ü" not in word and "Ü" not in word:
        return (form,)
    forms = [form]
    if _U_UMLAUT.search(word):
        forms.append(normalise(_U_UMLAUT.sub("y", word)))
    if len(word) <= MAX_ACRONYM and word.isupper():
        return tuple(forms)  # NUS has no genitive but NUS:s
    bases = [genitive_base(written, is_name=word[0].isupper()) for written in forms]
    return (*forms, *filter(None, bases))


def _capitalised(piece: re.Match[str]) -> str:
    return piece[0].capitalize() if piece[0] in _ACRONYMS else piece[0]


def acronym(token: str) -> str:
    """The acronym that a token is, if that is another word in small letters; empty when it is none.

    >>> [acronym(token) for token in ("IS", "IS:s", "S", "NATO", "is", "SKOLAN")]
    ['IS', 'IS', 'S', '', '', '']
    """
    bare = token.removesuffix(":s")
    return bare if bare in _ACRONYMS or (len(bare) == 1 and bare.isupper()) else ""


def is_in_capitals(token: str) -> bool:
    """Whether a token is written as acronyms are, and so is no inflection of a word.

    >>> [is_in_capitals(token) for token in ("SAS", "OSSE:s", "Sas", "BILAR", "M", "112")]
    [True, True, False, False, False, False]
    """
    bare = token.removesuffix(":s")
    return 2 <= len(bare) <= MAX_CAPITALS and bare.isalpha() and bare.isupper()


def is_stop_word(word: str) -> bool:
    """Whether a token is searched in phrases only; an acronym in capitals is none: `VAR`."""
    return word_terms(word)[-1].kind == "form" and not (len(word) > 1 and acronym(word))


@cache
def analysis_version() -> str:
    """Name the chain: its number, the versions of stemmer and lexicon, a hash of the word lists."""
    lists = hashlib.blake2b(digest_size=4)
    for name in _LISTS:
        lists.update("\n".join(read_lines(name)).encode())
    stemmer = version("snowballstemmer")
    return f"{CHAIN}/snowball-{stemmer}/{lexicon().version}/{lists.hexdigest()}"


def _without_ending(form: str) -> str:
    """Leave out an ending behind a colon (`tv:n`); what is no letter is none (`2023:25`)."""
    word, _, ending = form.partition(":")
    return word if ending[:1].isalpha() else form


def _plain(form: str) -> str:
    """Leave out what no lexicon has: the ending behind a colon, a hyphen at either end."""
    return form if form.isalnum() else _without_ending(form).strip("-") or form


def _joined(form: str) -> str:
    # e-post and epost, covid-19 and covid19 are the same word; so are tv:n and tv.
    if form.isalnum():
        return form
    return _without_ending(form).replace("-", "") or form
