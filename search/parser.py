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
from dataclasses import dataclass
from typing import Final

from index.dates import PartialDate
from index.errors import DateError
from index.language.tokens import tokenize
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
_STAR: Final = re.compile(r"\s*\*\s*")
QUOTES: Final = '"“”„«»'
# What an operator, a date or the name of a field is not when a query is read as plain words.
_NO_WORDS: Final = re.compile(
    rf"(?<!\w)(?i:(?:datum|date):\S*|(?:{'|'.join((*FIELDS, *_ALIASES))}):)"
    rf"|(?<!\S)(?:{'|'.join(_OPERATORS)})(?!\S)"
)
_LEXEME: Final = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<bracket>[()])
  | (?P<quote>[{QUOTES}])
  | (?P<minus>(?<![^\s(])[-−–](?=[^\s\-−–]))
  | (?P<field>(?<![^\s(\-−–{QUOTES})]) [^\W\d_]+ :(?=[^\s):]))
  | (?P<operator>(?<![^\s()])(?:OCH|AND|ELLER|OR|INTE|NOT)(?![^\s()]))
  | (?P<text>[^\s(){QUOTES}]+)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Lexeme:
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
    return _Parser(query).parse()


def parse_words(query: str) -> Node:
    """Read a query as nothing but words, which always succeeds; the first 400 of them count."""
    plain = _NO_WORDS.sub(" ", query[:MAX_QUERY])
    words = [Word(token.text) for token in tokenize(plain)]
    return _join(All, list[Node](words[:MAX_ATOMS]))


class _Parser:
    def __init__(self, query: str) -> None:
        self._query = query
        self._lexemes = _lex(query)
        self._next = 0
        self._depth = 0
        self._atoms = 0

    def parse(self) -> Node:
        if not self._lexemes:
            return Everything()
        tree = self._or()
        if rest := self._peek():
            raise QuerySyntaxError("här stängs en parentes som aldrig öppnats", rest.position)
        if self._atoms > MAX_ATOMS:
            raise QuerySyntaxError(f"frågan har fler än {MAX_ATOMS} ord", 0)
        if sum(isinstance(node, Prefix) for node in walk(tree)) > MAX_PREFIXES:
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
        while (lexeme := self._peek()) and lexeme.kind not in ("and", "or", ")"):
            children += self._unary()
        if not children:
            self._fail_operand()
        return _join(All, children)

    def _unary(self) -> list[Node]:
        if not self._accept("not"):
            return self._atom()
        if (lexeme := self._peek()) is None or lexeme.kind in ("and", "or", ")"):
            self._fail_operand()
        self._enter()
        children = self._unary()
        self._depth -= 1
        return [Not(_join(All, children))]

    def _atom(self) -> list[Node]:
        lexeme = self._lexemes[self._next]
        self._next += 1
        self._atoms += 1
        match lexeme.kind:
            case "(":
                return [self._group(lexeme)]
            case "phrase":
                return [Phrase(lexeme.text)]
            case "field":
                return self._field(lexeme)
            case "datum":
                return [_date_range(lexeme)]
        nodes = _words(lexeme)
        self._atoms += len(nodes) - 1
        return nodes

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
        following = self._peek()
        if following is None or following.kind not in ("(", "phrase", "words"):
            raise QuerySyntaxError(f"ett ord saknas efter {lexeme.text}:", lexeme.position)
        children = self._atom()
        for node in children:
            if _holds_field(node):
                raise QuerySyntaxError(f"{lexeme.text}: kan inte hålla andra fält", lexeme.position)
        return [Field(lexeme.text, _join(All, children))]

    def _peek(self) -> _Lexeme | None:
        return self._lexemes[self._next] if self._next < len(self._lexemes) else None

    def _accept(self, kind: str) -> bool:
        lexeme = self._peek()
        if lexeme is None or lexeme.kind != kind:
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
    """Cut a query into pieces; neighbouring plain words make one, so `10 000` stays a number."""
    lexemes: list[_Lexeme] = []
    at = 0
    while at < len(query):
        match = _LEXEME.match(query, at)
        assert match is not None, "the lexer knows every character"
        text, kind, start = match[0], match.lastgroup, at
        at = match.end()
        if kind == "quote":
            end = _closing_quote(query, at)
            if end < 0:
                raise QuerySyntaxError("citattecknet stängs aldrig", start)
            if any(True for _ in tokenize(query[at:end])):
                lexemes.append(_Lexeme("phrase", query[at:end].strip(), start))
            at = end + 1
        elif kind == "bracket":
            lexemes.append(_Lexeme(text, text, start))
        elif kind == "minus":
            lexemes.append(_Lexeme("not", text, start))
        elif kind == "operator":
            lexemes.append(_Lexeme(_OPERATORS[text], text, start))
        elif kind == "field":
            at = _lex_field(query, text, start, at, lexemes)
        elif kind == "text":
            _lex_text(query, text, start, lexemes)
    return lexemes


def _lex_field(query: str, text: str, start: int, at: int, lexemes: list[_Lexeme]) -> int:
    """Add the lexeme of `ord:`; return where to go on."""
    name = text[:-1].lower()
    name = _ALIASES.get(name, name)
    if name in FIELDS:
        lexemes.append(_Lexeme("field", name, start))
        return at
    end = _end(r"[^\s()]*", query, at)
    if name == "datum":
        lexemes.append(_Lexeme("datum", query[at:end], start))
    else:
        end = _end(rf"[^\s(){QUOTES}]*", query, at)
        _lex_text(query, query[start:end], start, lexemes)
    return end


def _lex_text(query: str, text: str, start: int, lexemes: list[_Lexeme]) -> None:
    """Add a plain word, to the words before it when only spaces stand between."""
    if not _STAR.fullmatch(text) and not any(True for _ in tokenize(text)):
        return
    before = lexemes[-1] if lexemes else None
    alone = before is None or before.kind != "words" or "*" in before.text or "*" in text[:-1]
    alone = alone or text == "*"
    # A field or a minus takes one word only, so the words after it stand apart.
    bound = len(lexemes) > 1 and lexemes[-2].kind in ("field", "not")
    if alone or bound:
        lexemes.append(_Lexeme("words", text, start))
    else:
        assert before is not None
        joined = query[before.position : start] + text
        lexemes[-1] = _Lexeme("words", joined, before.position)


def _end(pattern: str, query: str, at: int) -> int:
    match = re.compile(pattern).match(query, at)
    return match.end() if match else at


def _closing_quote(query: str, at: int) -> int:
    return next((i for i in range(at, len(query)) if query[i] in QUOTES), -1)


def _words(lexeme: _Lexeme) -> list[Node]:
    """Make the nodes of a run of plain words, the last of which may end in an asterisk."""
    if _STAR.fullmatch(lexeme.text):
        return [Everything()]
    tokens = list(tokenize(lexeme.text))
    nodes: list[Node] = [Word(text) for token in tokens for text in _plain(token.text)]
    if lexeme.text[tokens[-1].end :].startswith("*"):
        prefix = _plain(tokens[-1].text)[-1]
        if len(prefix) < MIN_PREFIX:
            position = lexeme.position + tokens[-1].start
            raise QuerySyntaxError(f"minst {MIN_PREFIX} tecken behövs före *", position)
        nodes[-1] = Prefix(prefix)
    return nodes


def _plain(word: str) -> list[str]:
    """Write a token so that, printed, it reads as a word: no spaces, no operator, no field."""
    word = "".join(word.split())
    name = word.partition(":")[0].lower()
    if _ALIASES.get(name, name) in (*FIELDS, "datum"):
        return word.split(":")
    return [word.lower() if word in _OPERATORS else word]


def _date_range(lexeme: _Lexeme) -> DateRange:
    first, dots, last = lexeme.text.partition("..")
    try:
        start = PartialDate.parse(first) if first else None
        if not dots:
            return DateRange(start, start)
        return DateRange(start, PartialDate.parse(last) if last else None)
    except DateError as error:
        message = f"{lexeme.text} är inget datum; skriv 2022, 2022-12 eller 2022-12-19..2023-01"
        raise QuerySyntaxError(message, lexeme.position) from error


def _holds_field(node: Node) -> bool:
    return any(isinstance(n, Field | DateRange | Everything) for n in walk(node))


def _join(kind: type[All | And | Or], children: list[Node]) -> Node:
    """Join nodes, without a group around a single one or around a group of the same kind."""
    flat: list[Node] = []
    for child in children:
        flat += child.children if type(child) is kind else [child]
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
