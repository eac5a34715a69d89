"""The query language: from what a user types to a query tree.

    query   = or
    or      = and ("ELLER" and)*
    and     = all ("OCH" all)*
    all     = unary+
    unary   = ("INTE" | "-") unary | atom
    atom    = "(" or ")" | '"' text '"' | word | word "*" | field ":" atom | "datum:" range

Operators count in capitals only (AND, OR, NOT do as well); an unknown `ord:` is a word. Words are
cut by the tokenizer that cuts the articles.
"""

import re
from typing import Final, NamedTuple

from index.dates import PartialDate
from index.errors import DateError
from index.language.tokens import cut_words, tokenize
from search.errors import QuerySyntaxError
from search.tree import (
    All,
    And,
    DateRange,
    Everything,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    walk,
)

FIELDS: Final = {
    "titel": "title",
    "ingress": "lead",
    "person": "persons",
    "plats": "places",
    "org": "organisations",
    "källa": "source",
    "avdelning": "section",
    "författare": "authors",
}
"""Names of fields in a query and what they are called in an article."""

_ALIASES: Final = {
    "title": "titel", "lead": "ingress", "place": "plats", "organisation": "org", "source": "källa",
    "kalla": "källa", "section": "avdelning", "sektion": "avdelning", "author": "författare",
    "forfattare": "författare", "skribent": "författare", "date": "datum",
}  # fmt: skip
MAX_QUERY: Final = 4000
MAX_NESTING: Final = 40
MAX_ATOMS: Final = 400
MIN_PREFIX: Final = 2
MAX_PREFIXES: Final = 10
"""Words with an asterisk in one query; each may stand for thousands of words."""

_OPERATORS: Final = {
    "OCH": "and", "AND": "and", "ELLER": "or", "OR": "or", "INTE": "not", "NOT": "not",
}  # fmt: skip
_ENDS: Final = frozenset(("and", "or", ")", "end"))
"""Kinds of lexemes that words side by side end at."""
QUOTES: Final = '"“”„«»'
# What an operator, a date or the name of a field is not when a query is read as plain words.
_NO_WORDS: Final = re.compile(
    rf"(?<!\w)(?i:(?:datum|date):\S*|(?:{'|'.join((*FIELDS, *_ALIASES))}):)"
    rf"|(?<!\S)(?:{'|'.join(_OPERATORS)})(?!\S)"
)
_LEXEME: Final = re.compile(
    rf"""
    \s* (?:
        (?P<bracket>[()])
      | (?P<quote>[{QUOTES}])
      | (?P<not>(?<![^\s(])[-−–](?=[^\s\-−–]))
      | (?P<field>(?<![^\s(\-−–{QUOTES})]) [^\W\d_]+ :(?=[^\s):]))
      | (?P<operator>(?<![^\s()])(?:OCH|AND|ELLER|OR|INTE|NOT)(?![^\s()]))
      | (?P<words>[^\s(){QUOTES}]+)
      | (?P<end>\Z)
    )
    """,
    re.VERBOSE,
)
_NOT_IN_FIELD: Final = (Field, DateRange, Everything)
_QUOTE: Final = re.compile(f"[{QUOTES}]")
_REST_OF_DATE: Final = re.compile(r"[^\s()]*")
_REST_OF_WORD: Final = re.compile(rf"[^\s(){QUOTES}]*")
_HAS_WORD: Final = re.compile(r"\w")  # where the tokenizer finds a word


class _Lexeme(NamedTuple):
    """A piece of the query: what kind, what it says, where it begins."""

    kind: str
    text: str
    position: int


def parse(query: str) -> Node:
    """Read a query.

    >>> print(parse("putin  minsk -moskva"))
    putin minsk INTE moskva
    >>> parse('"Vladimir Putin" ELLER titel:krig*').children
    (Phrase(text='Vladimir Putin'), Field(name='titel', child=Prefix(text='krig')))
    >>> parse("putin OCH (minsk")
    Traceback (most recent call last):
        ...
    search.errors.QuerySyntaxError: parentesen stängs aldrig (tecken 11)

    Raises QuerySyntaxError.
    """
    if len(query) > MAX_QUERY:
        raise QuerySyntaxError(f"frågan är längre än {MAX_QUERY} tecken", MAX_QUERY)
    return _letters(query) or _Parser(query).parse()


def _letters(query: str) -> Node | None:
    """Read what most people type, words of nothing but letters, which need no cutting."""
    words = query.split()
    if len(words) > MAX_ATOMS or not all(map(str.isalpha, words)) or _OPERATORS.keys() & words:
        return None
    return _join(All, [Word(word) for word in words])


def parse_words(query: str) -> Node:
    """Read a query as nothing but words, which always succeeds; the first 400 of them count."""
    plain = _NO_WORDS.sub(" ", query[:MAX_QUERY])
    words = [Word(token.text) for token in tokenize(plain)]
    return _join(All, list[Node](words[:MAX_ATOMS]))


class _Parser:
    def __init__(self, query: str) -> None:
        self._lexemes = _lex(query)
        self._next = 0
        self._depth = 0
        self._atoms = 0
        self._prefixes = 0

    def parse(self) -> Node:
        if self._lexemes[0].kind == "end":
            return Everything()
        tree = self._or()
        rest = self._lexemes[self._next]
        if rest.kind != "end":
            raise QuerySyntaxError("här stängs en parentes som aldrig öppnats", rest.position)
        if self._atoms > MAX_ATOMS:
            raise QuerySyntaxError(f"frågan har fler än {MAX_ATOMS} ord", 0)
        if self._prefixes > MAX_PREFIXES:
            raise QuerySyntaxError(f"frågan har fler än {MAX_PREFIXES} ord med *", 0)
        return tree

    def _or(self) -> Node:
        children = [self._and()]
        while self._accept("or"):
            children.append(self._and())
        return _join(Or, children)

    def _and(self) -> Node:
        children = [self._all()]
        while self._accept("and"):
            children.append(self._all())
        return _join(And, children)

    def _all(self) -> Node:
        children: list[Node] = []
        while (kind := self._lexemes[self._next].kind) not in _ENDS:
            children += self._not() if kind == "not" else self._atom()
        if not children:
            self._fail_operand()
        return _join(All, children)

    def _not(self) -> list[Node]:
        self._next += 1
        kind = self._lexemes[self._next].kind
        if kind in _ENDS:
            self._fail_operand()
        self._enter()
        children = self._not() if kind == "not" else self._atom()
        self._depth -= 1
        return [Not(_join(All, children))]

    def _atom(self) -> list[Node]:
        lexeme = self._lexemes[self._next]
        self._next += 1
        self._atoms += 1
        match lexeme.kind:
            case "words":
                nodes = _words(lexeme)
                self._atoms += len(nodes) - 1
                self._prefixes += isinstance(nodes[-1], Prefix)
                return nodes
            case "phrase":
                return [Phrase(lexeme.text)]
            case "field":
                return self._field(lexeme)
            case "datum":
                return [_date_range(lexeme)]
        return [self._group(lexeme)]

    def _group(self, opening: _Lexeme) -> Node:
        self._enter()
        if self._accept(")"):
            raise QuerySyntaxError("parentesen är tom", opening.position)
        tree = self._or()
        if not self._accept(")"):
            raise QuerySyntaxError("parentesen stängs aldrig", opening.position)
        self._depth -= 1
        return tree

    def _field(self, lexeme: _Lexeme) -> list[Node]:
        if self._lexemes[self._next].kind not in ("(", "phrase", "words"):
            raise QuerySyntaxError(f"ett ord saknas efter {lexeme.text}:", lexeme.position)
        children = self._atom()
        for node in children:
            if _holds_field(node):
                raise QuerySyntaxError(f"{lexeme.text}: kan inte hålla andra fält", lexeme.position)
        return [Field(lexeme.text, _join(All, children))]

    def _accept(self, kind: str) -> bool:
        if self._lexemes[self._next].kind != kind:
            return False
        self._next += 1
        return True

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            position = self._lexemes[self._next - 1].position
            raise QuerySyntaxError(f"fler än {MAX_NESTING} nivåer i varandra", position)

    def _fail_operand(self) -> None:
        if self._next:
            before = self._lexemes[self._next - 1]
            message = f"något saknas efter {before.text}"
        else:
            before = self._lexemes[0]
            message = f"något saknas före {before.text}"
        raise QuerySyntaxError(message, before.position)


def _lex(query: str) -> list[_Lexeme]:
    """Cut a query into pieces, the last of which is its end.

    Neighbouring plain words make one, so `10 000` stays a number.
    """
    lexemes: list[_Lexeme] = []
    at = 0
    while True:
        match = _LEXEME.match(query, at)
        assert match is not None, "the lexer knows every character"
        kind = str(match.lastgroup)
        text, start, at = match[kind], match.start(kind), match.end()
        if kind == "words":
            _lex_words(query, text, start, lexemes)
        elif kind == "operator":
            lexemes.append(_Lexeme(_OPERATORS[text], text, start))
        elif kind == "quote":
            closing = _QUOTE.search(query, at)
            if closing is None:
                raise QuerySyntaxError("citattecknet stängs aldrig", start)
            if _HAS_WORD.search(query, at, closing.start()):
                lexemes.append(_Lexeme("phrase", query[at : closing.start()].strip(), start))
            at = closing.end()
        elif kind == "field":
            at = _lex_field(query, text, start, at, lexemes)
        elif kind == "bracket":
            lexemes.append(_Lexeme(text, text, start))
        else:
            lexemes.append(_Lexeme(kind, text, start))
            if kind == "end":
                return lexemes


def _lex_field(query: str, text: str, start: int, at: int, lexemes: list[_Lexeme]) -> int:
    """Add the lexeme of `ord:`; return where to go on."""
    name = _canonical(text[:-1])
    if name in FIELDS:
        lexemes.append(_Lexeme("field", name, start))
        return at
    if name == "datum":
        end = _end(_REST_OF_DATE, query, at)
        lexemes.append(_Lexeme("datum", query[at:end], start))
    else:
        end = _end(_REST_OF_WORD, query, at)
        _lex_words(query, query[start:end], start, lexemes)
    return end


def _lex_words(query: str, text: str, start: int, lexemes: list[_Lexeme]) -> None:
    """Add a plain word, to the words before it when only spaces stand between."""
    if text != "*" and not _HAS_WORD.search(text):
        return
    if lexemes and text != "*" and "*" not in text[:-1]:
        before = lexemes[-1]
        # A field or a minus takes one word only, so the words after it stand apart.
        bound = len(lexemes) > 1 and lexemes[-2].kind in ("field", "not")
        if before.kind == "words" and "*" not in before.text and not bound:
            joined = query[before.position : start + len(text)]
            lexemes[-1] = _Lexeme("words", joined, before.position)
            return
    lexemes.append(_Lexeme("words", text, start))


def _end(pattern: re.Pattern[str], query: str, at: int) -> int:
    match = pattern.match(query, at)
    return match.end() if match else at


def _words(lexeme: _Lexeme) -> list[Node]:
    """Make the nodes of a run of plain words, the last of which may end in an asterisk."""
    text = lexeme.text
    if text == "*":
        return [Everything()]
    nodes: list[Node] = [Word(plain) for word in cut_words(text) for plain in _plain(word)]
    if "*" in text:
        *_, last = tokenize(text)
        if text.startswith("*", last.end):
            prefix = _plain(last.text)[-1]
            if len(prefix) < MIN_PREFIX:
                position = lexeme.position + last.start
                raise QuerySyntaxError(f"minst {MIN_PREFIX} tecken behövs före *", position)
            nodes[-1] = Prefix(prefix)
    return nodes


def _plain(word: str) -> list[str]:
    """Write a token so that, printed, it reads as a word: no spaces, no operator, no field."""
    if not word.isalpha():
        word = "".join(word.split())
        name, colon, _ = word.partition(":")
        if colon and _canonical(name) in (*FIELDS, "datum"):
            return word.split(":")
    return [word.lower() if word in _OPERATORS else word]


def _canonical(name: str) -> str:
    """Write the name of a field the way FIELDS does, whichever way it was typed."""
    name = name.lower()
    return _ALIASES.get(name, name)


def _date_range(lexeme: _Lexeme) -> DateRange:
    first, dots, last = lexeme.text.partition("..")
    try:
        start = PartialDate.parse(first) if first else None
        end = (PartialDate.parse(last) if last else None) if dots else start
    except DateError as error:
        message = (
            f"{lexeme.text} är inget datum och lämnas utanför; "
            "skriv 2022, 2022-12 eller 2022-12-19..2023-01"
        )
        raise QuerySyntaxError(message, lexeme.position) from error
    if start and end and end.end <= start.start:
        message = f"{last} ligger före {first} och perioden lämnas utanför"
        raise QuerySyntaxError(message, lexeme.position)
    return DateRange(start, end)


def _holds_field(node: Node) -> bool:
    return any(isinstance(n, _NOT_IN_FIELD) for n in walk(node))


def _join(kind: type[All | And | Or], children: list[Node]) -> Node:
    """Join nodes, without a group around a single one or around a group of the same kind."""
    if len(children) == 1:
        return children[0]
    flat: list[Node] = []
    for child in children:
        flat += child.children if type(child) is kind else [child]
    return kind(tuple(flat)) if flat else Everything()
