"""Which words of a text a query looks up: what is found by the index, found in one text again."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final, NamedTuple

from index.articles import SWEDISH
from index.language import Term, part_span
from index.language.analysis import base_forms, token_terms, word_terms
from index.language.tokens import cut_words, tokenize
from search.leaves import FormPrefix, Leaf, Region, Sequence, Terms, leaves
from search.results import MatchedWord, Reason
from search.tree import Node

MAX_CHUNKS: Final = 1 << 16
"""Chunks in one language after which all are forgotten and met anew: some 20 MB."""

MAX_LENGTH: Final = 100
"""Characters of a chunk that is remembered; longer ones are addresses, or no words at all."""

_LETTER: Final = re.compile(r"\w")
_NUMBER: Final = "\n"
"""Stands among the terms of a chunk that may be the end of a number in groups of three digits."""

Span = tuple[int, int]

REASONS: Final[tuple[Reason, ...]] = ("form", "stem", "part", "variant")
"""The closest first."""


class Match(NamedTuple):
    """A matched span of a text, in code points; the number of the leaf that it matches, and why."""

    start: int
    end: int
    leaf: int
    reason: Reason


class _Token(NamedTuple):
    """A word of a text with its terms; `start` and `end` in code points."""

    text: str
    start: int
    end: int
    terms: tuple[Term, ...]


class _Kinds(NamedTuple):
    """What each kind of terms of a leaf that looks up a word must be among.

    Those of the forms that the word is written as are `written`.
    """

    forms: frozenset[str]
    written: frozenset[str]
    stems: frozenset[str]
    variants: frozenset[str]


@lru_cache(maxsize=1_000)
def _kinds(leaf: Terms) -> _Kinds:
    forms, stems, variants = (
        frozenset(term for term, _ in wanted) for wanted in (leaf.forms, leaf.stems, leaf.variants)
    )
    return _Kinds(forms, forms.intersection(base_forms(leaf.word)), stems, variants)


class Matcher:
    """Finds in texts what a planned query looks up.

    A text has hundreds of words and few that matter. No token goes on behind white space but a
    number in groups of three digits, so a text is split at white space into *chunks*, which come
    again and again, and only around those with a term of the query is it cut into tokens.
    """

    def __init__(self, planned: Node) -> None:
        self._leaves: tuple[Leaf, ...] = tuple(dict.fromkeys(leaves(planned)))
        terms = {_NUMBER, *(term for leaf in self._leaves for term in _looked_up(leaf))}
        prefixes = tuple(leaf.prefix for leaf in self._leaves if isinstance(leaf, FormPrefix))
        self._wanted = tuple(_Wanted(chunks, terms, prefixes) for chunks in _chunks)

    def matches(self, text: str, language: str, region: Region) -> list[Match]:
        """List what matches in a text of an article, in order; leaves of other regions do not."""
        tokens = self._tokens(text, language == SWEDISH)
        return sorted(
            Match(*span, number, reason)
            for number, leaf in enumerate(self._leaves)
            if leaf.region in (None, region)
            for span, reason in _spans(leaf, text, tokens)
        )

    def matched(self, matches: Iterable[Match]) -> tuple[MatchedWord, ...]:
        """Say which words of the query matches are of, in the order of the query."""
        found: dict[str, set[Reason]] = {}
        for match in sorted(matches, key=lambda match: match.leaf):
            found.setdefault(self._leaves[match.leaf].word, set()).add(match.reason)
        return tuple(
            MatchedWord(word, tuple(reason for reason in REASONS if reason in reasons))
            for word, reasons in found.items()
        )

    def _tokens(self, text: str, is_swedish: bool) -> list[_Token]:
        """List all tokens that match, and some beside them, in order."""
        wanted = self._wanted[is_swedish].among(set(text.split()))
        stretches = {stretch for chunk in wanted for stretch in _stretches(text, chunk)}
        return [
            _Token(word, first + start, first + end, word_terms(word, is_swedish))
            for first, last in sorted(stretches)
            for word, start, end in tokenize(text[first:last])
        ]


class _Met(NamedTuple):
    """Chunks that have been met, and by their terms; `terms` in the order in which these came."""

    chunks: set[str]
    terms: list[str]
    by_term: dict[str, list[str]]


class _Chunks:
    """The chunks met so far in texts that are Swedish, or in others."""

    def __init__(self, *, is_swedish: bool) -> None:
        self._is_swedish = is_swedish
        self._met = _Met(set(), [], {})

    def meet(self, chunks: set[str]) -> tuple[_Met, set[str]]:
        """Get to know chunks: what has them now, and who is too long for that.

        Safe to share between threads.
        """
        met = self._met
        new = chunks - met.chunks
        if len(met.chunks) + len(new) > MAX_CHUNKS:
            # Another thread may still read the old ones.
            met = self._met = _Met(set(), [], {})
            new = chunks
        long = {chunk for chunk in new if len(chunk) > MAX_LENGTH}
        for chunk in new - long:
            for term in self._analyse(chunk):
                if term not in met.by_term:
                    met.terms.append(term)
                met.by_term.setdefault(term, []).append(chunk)
            met.chunks.add(chunk)  # last: whoever finds it there finds it by its terms
        return met, long

    def _analyse(self, chunk: str) -> set[str]:
        terms = {_NUMBER} if chunk[:3].isdigit() else set()
        for word in cut_words(chunk):
            forms = base_forms(word)
            terms.update(forms, *token_terms(forms, self._is_swedish))
        return terms


_chunks: Final = _Chunks(is_swedish=False), _Chunks(is_swedish=True)


class _Wanted:
    """The chunks with one of some terms, or with one that begins so."""

    def __init__(self, chunks: _Chunks, terms: set[str], prefixes: tuple[str, ...]) -> None:
        self._chunks = chunks
        self._given = terms
        self._prefixes = prefixes
        self._start(_Met(set(), [], {}))

    def _start(self, met: _Met) -> None:
        self._met = met
        self._seen_chunks = self._seen_terms = 0
        self._terms = list(self._given)
        self._wanted: set[str] = set()

    def among(self, chunks: set[str]) -> set[str]:
        """Choose the wanted ones, and those that may be."""
        met, long = self._chunks.meet(chunks)
        if met is not self._met:
            self._start(met)
        if (seen := len(met.chunks)) != self._seen_chunks:
            if self._prefixes:
                new = met.terms[self._seen_terms :]
                self._seen_terms += len(new)
                self._terms += [term for term in new if term.startswith(self._prefixes)]
            self._wanted = set(chain(*(met.by_term.get(term, ()) for term in self._terms)))
            self._seen_chunks = seen
        return chunks & self._wanted | long


def _looked_up(leaf: Leaf) -> Iterable[str]:
    """List the terms that a leaf looks up; not those of which it has the beginning only."""
    match leaf:
        case Terms(stems, forms):
            return [term for term, _ in stems + forms + leaf.variants]
        case FormPrefix():
            return ()
        case Sequence(slots):
            return chain(*slots)


def _stretches(text: str, chunk: str) -> Iterator[Span]:
    """List where a chunk stands between white space, with the digits of the same number."""
    at = text.find(chunk)
    while at >= 0:
        end = at + len(chunk)
        if (at == 0 or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield _with_digits(text, at, end)
        at = text.find(chunk, end)


def _with_digits(text: str, first: int, last: int) -> Span:
    """Extend a stretch to the white space around it that is not inside a number."""
    while _joins_digits(text, first - 1):
        first -= 1
        while first and not text[first - 1].isspace():
            first -= 1
    while _joins_digits(text, last):
        last += 1
        while last < len(text) and not text[last].isspace():
            last += 1
    return first, last


def _joins_digits(text: str, at: int) -> bool:
    """Whether a number may go on behind the white space at a place."""
    return 0 < at < len(text) and text[at - 1].isdigit() and text[at + 1 : at + 4].isdigit()


def _spans(leaf: Leaf, text: str, tokens: list[_Token]) -> list[tuple[Span, Reason]]:
    """List the spans of a leaf in a text, in order, and why they match."""
    match leaf:
        case Terms():
            return [found for token in tokens if (found := _word_span(token, leaf))]
        case FormPrefix(prefix):
            # What ends with a hyphen is a word before it: the LAS of LAS-reglerna.
            length = len(prefix) - 1 if prefix.endswith("-") else None
            return [
                ((token.start, token.start + length if length else token.end), "form")
                for token in tokens
                if any(kind == "form" and term.startswith(prefix) for term, _, kind in token.terms)
            ]
        case Sequence(slots):
            forms_at = [{t.term for t in token.terms if t.kind == "form"} for token in tokens]
            size = len(slots)
            reason: Reason = "form" if leaf.boost == 1.0 else "variant"
            return [
                ((tokens[at].start, tokens[at + size - 1].end), reason)
                for at in range(len(tokens) - size + 1)
                if all(not forms_at[at + i].isdisjoint(slots[i]) for i in range(size))
                and _are_neighbours(text, tokens[at : at + size])
            ]


def _are_neighbours(text: str, tokens: list[_Token]) -> bool:
    """Whether no other token stands between some that are in order."""
    return not any(_LETTER.search(text, a.end, b.start) for a, b in pairwise(tokens))


def _word_span(token: _Token, leaf: Terms) -> tuple[Span, Reason] | None:
    """Find what of a token matches, all of it or the part of a compound that does, and why."""
    forms, written, stems, variants = _kinds(leaf)
    whole = token.start, token.end
    if found := {term for term, _, kind in token.terms if kind == "form" and term in forms}:
        return whole, "form" if found & written else "stem"
    # Of parts and what the stemmer alone makes of a word the same is looked up as of the word.
    others = [(term, kind) for term, _, kind in token.terms if kind != "form"]
    if found := {kind for term, kind in others if term in stems}:
        span = whole if "stem" in found else _part(token, stems)
        return span, "stem" if span == whole else "part"
    if found := {kind for term, kind in others if term in variants}:
        return whole if "stem" in found else _part(token, variants), "variant"
    return None


def _part(token: _Token, wanted: frozenset[str]) -> Span:
    """Where in a text the part of a token with one of some terms stands."""
    start, end = part_span(token.text, wanted)
    return token.start + start, token.start + end
