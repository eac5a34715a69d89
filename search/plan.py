"""From what a query says to what an engine looks up.

`plan` replaces the words, phrases and prefixes of a tree by leaves that name index terms; And, Or,
Not, Everything stay, All becomes And. This is the one place where a query is analysed, by the chain
that analysed the articles, so every engine looks up the same.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from index.articles import ENTITY_FIELDS
from index.language import base_forms
from index.language.analysis import acronym, is_stop_word
from index.language.data import read_words
from index.language.tokens import cut_words, normalise, tokenize
from search.leaves import FormPrefix, Named, Period, Region, Sequence, Terms
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
from search.variants import Variant, variants
from search.wording import Spelled, hints_of, stop_word_of, terms_of, units

RELAX_BELOW: Final = 20
"""Fewer articles than this with all the words relax the search: two pages.

nDCG@10 of SweQUAD, SweFAQ and press titles (`python -m bench.weights DATA`) with 1, 5, 10, 20 and
50: .869 .893 .894 .896 .896, .735 .749 .753 .753 .753 and .704 .757 .758 .758 .759.
"""


_AS_TYPED: Final[Spelled] = {}

_QUESTION_WORDS: Final = read_words("question_words.txt")


def is_question(query: str) -> bool:
    """Whether somebody asks: the query ends with a question mark or begins with a question word.

    >>> [is_question(query) for query in ("Vad är ett visum", "visum för studier?", "visum")]
    [True, True, False]
    """
    first, *_ = query.split(maxsplit=1) or [""]
    return query.rstrip().endswith("?") or first.casefold() in _QUESTION_WORDS


def plan(tree: Node, spelled: Spelled = _AS_TYPED) -> Node:
    """Make a tree ready for an engine; `spelled` has other spellings of its words.

    >>> from search.leaves import leaves
    >>> from search.parser import parse
    >>> [(leaf.word, leaf.stems, leaf.forms) for leaf in leaves(plan(parse("om Putins krig")))]
    [('Putins', (('putin', 1.0),), (('putins', 1.5), ('putin', 1.5))), \
('krig', (('krig', 1.0),), (('krig', 1.5),))]
    """
    return _Planner(spelled).plan(tree, None)


class Step(NamedTuple):
    """What is asked for, and its words without what is wanted beside them."""

    tree: Node
    words: Node


class Relaxed(NamedTuple):
    """What may be asked for in place of a tree, in `wider` steps that each ask for less.

    `all_words` asks for all its words and nothing else, which `is_narrowed` by the rest of it.
    `words` are what `words_in_order` lists, for a relaxed search.
    """

    all_words: Node
    is_narrowed: bool
    wider: tuple[Step, ...]
    words: tuple[Terms | None, ...] = ()


def relax(tree: Node, spelled: Spelled = _AS_TYPED) -> Relaxed:
    """Say what may be asked for where too little fits a tree.

    First any of its words, of a compound all its parts, then any of these too. Beside other words a
    place in the one that is named may stand for it. Words that begin like one of the query add to
    the score of what is found. Phrases, prefixes, fields, dates and what is joined by an operator
    stay required. There are no steps without two words or parts to choose from.
    """
    words, others = _words_and_others(tree)
    planner = _Planner(spelled)
    all_words = planner.plan(All(tuple(map(Word, words))), None)
    if all(map(is_stop_word, words)):
        return Relaxed(all_words, bool(others), ())
    required = tuple([planner.plan(child, None) for child in others])
    asked = list(units(words, spelled))
    if not _are_several(words):
        asked = [unit._replace(places=()) for unit in asked]
    written = [word for unit in asked for word in unit.respelled or unit.words]
    hints = [hint for word in written for hint in hints_of(word)]
    steps = []
    for any_part in (False, True):
        some = dict.fromkeys(node for unit in asked for node in unit.loosely(any_part=any_part))
        if len(words) == 1:
            some |= dict.fromkeys(stop_word_of(words[0]))
        if len(some) > 1:
            wanted = Or(tuple(dict.fromkeys([*some, *hints])))
            steps.append(Step(And((wanted, *required)) if required else wanted, wanted))
    has_places = any(unit.places for unit in asked) and not others
    in_order = words_in_order(tree, spelled, has_places=has_places) if steps else ()
    return Relaxed(all_words, bool(others), tuple(dict.fromkeys(steps)), in_order)


def _are_several(words: list[str]) -> bool:
    """Whether more than one thing is asked for.

    >>> [_are_several(query.split()) for query in ("krig i Sri Lanka", "i Sri Lanka", "Oslo Oslos")]
    [True, False, False]
    """
    content = list(dict.fromkeys(base_forms(w)[-1] for w in words if not is_stop_word(w)))
    return len(content) > 1 and variants().of(content)[0] < len(content)


def words_to_relax(tree: Node) -> int:
    """Count the words of which a relaxed search asks for any; stop words are not asked for.

    >>> from search.parser import parse
    >>> [words_to_relax(parse(q)) for q in ("en järnvägsstrejk datum:2022", "krig i Ukraina")]
    [1, 2]
    """
    asked = units(_words_and_others(tree)[0], _AS_TYPED)
    return sum(not is_stop_word(word) for unit in asked for word in unit.name[:1] or unit.words)


def words_in_order(
    tree: Node, spelled: Spelled = _AS_TYPED, *, has_places: bool = False
) -> tuple[Terms | None, ...]:
    """List what is looked up for the words of a query in their order, stop words too.

    None stands between words that are not side by side in it. With `has_places` a word may be there
    as a place in the one that it names, as in a relaxed search.

    >>> from search.parser import parse
    >>> [leaf and leaf.word for leaf in words_in_order(parse('om krig ELLER (i "hela" kriget nu)'))]
    ['om', 'krig', None, 'i', None, 'kriget', 'nu']
    """
    runs = [run for run in _runs(tree) if run]
    found: list[Terms | None] = []
    for run in runs:
        if found:
            found.append(None)
        for unit in units(run, spelled):
            others = unit.all_variants if has_places else unit.variants
            others = others if len(unit.words) == 1 else ()
            found += [_term_in_order(word, others) for word in unit.words]
    return tuple(found)


def _words_and_others(tree: Node) -> tuple[list[str], tuple[Node, ...]]:
    """Tell the words of which one may do from the nodes beside them that stay required."""
    wanted = tree.children if isinstance(tree, All) else (tree,)
    words = [child.text for child in wanted if isinstance(child, Word)]
    return words, tuple(child for child in wanted if not isinstance(child, Word))


def _as_written(word: str) -> tuple[str, ...]:
    """List the forms of a word in quotes: `IS` is not `is`."""
    in_capitals = acronym(word)
    return (in_capitals,) if in_capitals else base_forms(word)


def _or_named(wanted: Node) -> Node:
    """Take the other names too that a person, place or organisation is wanted by.

    >>> _or_named(Word("säpo")).children
    (Word(text='säpo'), Phrase(text='Säkerhetspolisen'))
    """
    match wanted:
        case Word(text) | Phrase(text):
            names = [Phrase(" ".join(name)) for name in variants().names_of(cut_words(text))]
            return Or((wanted, *names)) if names else wanted
        case Not(child):
            return Not(_or_named(child))
        case Group(children):
            return type(wanted)(tuple(map(_or_named, children)))
    return wanted


def _term_in_order(word: str, variants: tuple[Variant, ...]) -> Terms:
    if is_stop_word(word):
        return Terms((), tuple([(form, 1.0) for form in base_forms(word)]), word=word)
    return terms_of(word, None, variants)


def _runs(node: Node) -> Iterator[list[str]]:
    """Yield the words that stand side by side in a query; some are empty."""
    match node:
        case Word(text):
            yield [text]
        case All(children):
            words: list[str] = []
            for child in children:
                if isinstance(child, Word):
                    words.append(child.text)
                    continue
                yield words
                words = []
                yield from _runs(child)
            yield words
        case Group(children):
            for child in children:
                yield from _runs(child)


class _Planner:
    """Plans nodes, with other spellings of words."""

    def __init__(self, spelled: Spelled) -> None:
        self._spelled = spelled

    def plan(self, node: Node, region: Region) -> Node:
        """Plan a node and all below it."""
        match node:
            case Word(text):
                (unit,) = units([text], self._spelled)
                return unit.strictly(region)
            case Phrase(text):
                slots = tuple([_as_written(token.text) for token in tokenize(text)])
                return Sequence(slots, region, word=text)
            case Prefix(text):
                return FormPrefix(normalise(text), region)
            case DateRange(first, last):
                return Period(first.start if first else None, last.end if last else None)
            case Field(name, child):
                field = FIELDS[name]
                if field == "title" or field == "lead":
                    return self.plan(child, "title" if field == "title" else "lead")
                return Named(field, _or_named(child) if field in ENTITY_FIELDS else child)
            case Not(child):
                return Not(self.plan(child, region))
            case All(children):
                planned = tuple(self._side_by_side(children, region))
                return planned[0] if len(planned) == 1 else And(planned)
            case And(children) | Or(children):
                return type(node)(tuple([self.plan(child, region) for child in children]))
            case Everything():
                return node
        raise TypeError(f"no query node: {node!r}")

    def _side_by_side(self, children: tuple[Node, ...], region: Region) -> Iterator[Node]:
        """Plan nodes side by side; stop words are left out, unless nothing else is wanted."""
        words: list[str] = []
        kept = [
            child
            for child in children
            if not (isinstance(child, Word) and is_stop_word(child.text))
        ]
        keeps_all = all(isinstance(child, Not) for child in kept)
        for child in (*children, None):
            if isinstance(child, Word):
                words.append(child.text)
                continue
            for unit in units(words, self._spelled):
                is_left_out = len(unit.words) == 1 and is_stop_word(unit.words[0])
                if keeps_all or unit.name or not is_left_out:
                    yield unit.strictly(region)
            words = []
            if child is not None:
                yield self.plan(child, region)


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


@lru_cache(maxsize=1_000)
def _slots(text: str) -> tuple[frozenset[str], ...]:
    """The forms of each word of a phrase, which is asked of every value of a facet."""
    return tuple(frozenset(base_forms(token.text)) for token in tokenize(text))


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
            slots = _slots(text)
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
