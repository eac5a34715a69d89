"""From what a query says to what an engine looks up.

`plan` replaces the words, phrases and prefixes of a tree by leaves that name index terms; And, Or,
Not, Everything stay, All becomes And. This is the one place where a query is analysed, by the chain
that analysed the articles, so every engine looks up the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from index.language import base_forms
from index.language.analysis import inner_words, is_stop_word, loose_terms, token_terms
from index.language.tokens import normalise, tokenize
from search.parser import FIELDS
from search.tree import (
    All,
    And,
    DateRange,
    Everything,
    Field,
    Group,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
)

Region = Literal["title", "lead"] | None
"""The part of an article in which a leaf must match; None is all of it."""

EXACT: Final = 1.5
"""What a word counts that is written as in the query, beside 1 for another inflection.

Chosen among 1 to 2 by nDCG@10: SweQUAD .859 to .870, SweFAQ .717 to .715, press titles .742 to
.738; more helps questions and harms titles.
"""

LOOSE: Final = 0.3
"""What a word counts that only the stemmer makes one with that of the query: nothing is lost that
it would find, and 0 to .5 gave the same nDCG@10 within .002."""

COMPOUND_PART: Final = 0.5
"""What the part of a compound in the query scores in a relaxed search, as a share of a whole word.

Chosen among 0 to .9 by nDCG@10: SweQUAD .853 to .860, SweFAQ .703 to .718, press titles .719 to
.746, all of them best at .4 to .6.
"""

Weighted = tuple[tuple[str, float], ...]
"""What is looked up, and what each counts that is found by it."""

RELAX_BELOW: Final = 10
"""Fewer articles than this with all the words relax the search: less than one page."""


@dataclass(frozen=True, slots=True)
class Terms(Node):
    """Articles with any of the stems or of the written forms.

    `boost` is what the score counts. A leaf that is no word of the query itself, but a part of one,
    does not matter to how near words are.
    """

    stems: Weighted
    forms: Weighted
    region: Region = None
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """Articles with written forms at neighbouring positions; a slot lists what may stand there."""

    slots: tuple[tuple[str, ...], ...]
    region: Region = None


@dataclass(frozen=True, slots=True)
class FormPrefix(Node):
    """Articles with any written form that begins so."""

    prefix: str
    region: Region = None


@dataclass(frozen=True, slots=True)
class Period(Node):
    """Articles whose whole period lies in [start, end), seconds since 1970; None is open."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Named(Node):
    """Articles with a value of the facet that `value_matches` the query."""

    facet: str
    query: Node


Leaf = Terms | Sequence | FormPrefix
"""The leaves that rank an article; the others only let it in."""


def plan(tree: Node) -> Node:
    """Make a tree ready for an engine.

    >>> from search.parser import parse
    >>> plan(parse("om Putins krig"))
    And(children=(Terms(stems=(('putin', 1.0), ('putins', 1.0)), \
forms=(('putins', 1.5), ('putin', 1.5)), region=None, boost=1.0), \
Terms(stems=(('krig', 1.0),), forms=(('krig', 1.5),), region=None, boost=1.0)))
    """
    return _plan(tree, None)


def relax(tree: Node) -> Node | None:
    """Make a tree ready that asks for any of the words where `tree` asks for all.

    A compound may also be there in its parts, all of them. Phrases, prefixes, fields, dates and
    what is joined by an operator stay required. None when there are not two words to choose from,
    or only stop words.
    """
    wanted = _content(tree.children) if isinstance(tree, All) else (tree,)
    words = tuple(child for child in wanted if isinstance(child, Word))
    some = tuple(dict.fromkeys(found for word in words for found in _loosely(word.text)))
    if len(some) < 2 or all(is_stop_word(word.text) for word in words):
        return None
    required = tuple(child for child in wanted if not isinstance(child, Word))
    return And((Or(some), *(_plan(child, None) for child in required))) if required else Or(some)


def _loosely(word: str) -> tuple[Node, ...]:
    """List what may stand for a word in a relaxed search: the word, or all its parts."""
    parts = _parts(word)
    if not parts:
        return (_terms(word, None),)
    return _terms(word, None), parts[0] if len(parts) == 1 else And(parts)


def leaves(planned: Node, *, scoring: bool = True) -> Iterator[Leaf]:
    """Yield the leaves that look something up; with `scoring` not those below a Not."""
    match planned:
        case Terms() | Sequence() | FormPrefix():
            yield planned
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child, scoring=scoring)
        case Not(child) if not scoring:
            yield from leaves(child, scoring=scoring)


def is_near(leaf: Leaf) -> bool:
    """Whether it matters to the second look how close a leaf stands to its neighbour."""
    return isinstance(leaf, Terms) and leaf.region is None and leaf.boost == 1.0


def boost_of(leaf: Leaf) -> float:
    """What the score of a leaf counts."""
    return leaf.boost if isinstance(leaf, Terms) else 1.0


def _plan(node: Node, region: Region) -> Node:
    match node:
        case Word(text):
            return _terms(text, region)
        case Phrase(text):
            return Sequence(tuple(base_forms(token.text) for token in tokenize(text)), region)
        case Prefix(text):
            return FormPrefix(normalise(text), region)
        case DateRange(first, last):
            return Period(first.start if first else None, last.end if last else None)
        case Field(name, child):
            field = FIELDS[name]
            if field == "title" or field == "lead":
                return _plan(child, "title" if field == "title" else "lead")
            return Named(field, child)
        case Not(child):
            return Not(_plan(child, region))
        case All(children):
            planned = tuple([_plan(child, region) for child in _content(children)])
            return planned[0] if len(planned) == 1 else And(planned)
        case And(children) | Or(children):
            return type(node)(tuple([_plan(child, region) for child in children]))
        case Everything():
            return node
    raise TypeError(f"no query node: {node!r}")


def _content(children: tuple[Node, ...]) -> tuple[Node, ...]:
    """Leave the stop words out, unless nothing else is wanted."""
    kept = tuple(c for c in children if not (isinstance(c, Word) and is_stop_word(c.text)))
    return kept if any(not isinstance(child, Not) for child in kept) else children


@lru_cache(maxsize=10_000)
def _terms(word: str, region: Region) -> Terms:
    """Look a word up by its main terms, and as it stands for articles in other languages."""
    forms = base_forms(word)
    if is_stop_word(word):
        return Terms((), tuple([(form, 1.0) for form in forms]), region)
    stems = dict.fromkeys((*token_terms(forms, True).stems, *token_terms(forms, False).stems), 1.0)
    for term in loose_terms(forms):
        stems.setdefault(term, LOOSE)
    return Terms(tuple(stems.items()), tuple([(form, EXACT) for form in forms]), region)


@lru_cache(maxsize=10_000)
def _parts(word: str) -> tuple[Terms, ...]:
    """Look up the words that a compound is made of; empty when it is none."""
    leaves = []
    for part in inner_words(base_forms(word)):
        stems = tuple([(term, 1.0) for term in token_terms((part,), True).stems])
        if stems:
            leaves.append(Terms(stems, (), boost=COMPOUND_PART))
    return tuple(dict.fromkeys(leaves))


@lru_cache(maxsize=100_000)
def value_words(value: str) -> tuple[frozenset[str], ...]:
    """Write the words of a facet value the ways a query may name them.

    >>> [sorted(words) for words in value_words("Lars-Erik Müller")]
    [['erik', 'lars', 'lars-erik'], ['muller', 'myller']]
    """
    words = []
    for token in tokenize(value):
        forms = base_forms(token.text)
        words.append(frozenset((*forms, *(part for form in forms for part in form.split("-")))))
    return tuple(words)


def value_matches(query: Node, value: str) -> bool:
    """Tell whether the child of a `Named` fits a facet value, word by word without regard to case.

    >>> value_matches(Phrase("vladimir putin"), "Vladimir Putin")
    True
    >>> value_matches(Word("put"), "Vladimir Putin")
    False
    """
    words = value_words(value)
    match query:
        case Word(text):
            wanted = set(base_forms(text))
            return any(not wanted.isdisjoint(word) for word in words)
        case Prefix(text):
            prefix = normalise(text)
            return any(form.startswith(prefix) for word in words for form in word)
        case Phrase(text):
            slots = [set(base_forms(token.text)) for token in tokenize(text)]
            return any(
                all(not s.isdisjoint(w) for s, w in zip(slots, words[at:], strict=False))
                for at in range(len(words) - len(slots) + 1)
            )
        case Not(child):
            return not value_matches(child, value)
        case Group(children):
            fits: Callable[[list[bool]], bool] = any if isinstance(query, Or) else all
            return fits([value_matches(child, value) for child in children])
    raise TypeError(f"no query for a value: {query!r}")
