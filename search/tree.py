"""The query tree: what a query means, in nodes that print themselves.

    Node
    ├── Everything          all articles
    ├── Word, Phrase, Prefix        what is looked up in the text
    ├── DateRange           when it was published
    ├── Field               a word, phrase, prefix or group in one field
    ├── Not
    └── Group
        ├── All             words side by side: all of them, relaxed when too few have them
        ├── And             OCH
        └── Or              ELLER

Nodes hold data and print themselves as a query that parses to the same tree. Whatever is done with
a tree stands elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from index.dates import PartialDate


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes."""


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """All articles."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Word(Node):
    """One word, found in all its inflections."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Written forms side by side in this order."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Prefix(Node):
    """All written forms that begin so."""

    text: str

    def __str__(self) -> str:
        return f"{self.text}*"


@dataclass(frozen=True, slots=True)
class DateRange(Node):
    """Published from the start of `first` to the end of `last`; None is open."""

    first: PartialDate | None
    last: PartialDate | None

    def __str__(self) -> str:
        if self.first and self.last and self.first.text == self.last.text:
            return f"datum:{self.first}"
        return f"datum:{self.first or ''}..{self.last or ''}"


@dataclass(frozen=True, slots=True)
class Field(Node):
    """Something in one field; `name` is a key of `search.parser.FIELDS`."""

    name: str
    child: Node

    def __str__(self) -> str:
        return f"{self.name}:{_bracket(self.child, ATOMS)}"


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Everything that does not match `child`."""

    child: Node

    def __str__(self) -> str:
        return f"INTE {_bracket(self.child, ATOMS)}"


@dataclass(frozen=True, slots=True)
class Group(Node):
    """Two or more nodes joined in one way."""

    children: tuple[Node, ...]
    joint: ClassVar[str]
    inside: ClassVar[tuple[type[Node], ...]]

    def __str__(self) -> str:
        return self.joint.join(_bracket(child, self.inside) for child in self.children)


@dataclass(frozen=True, slots=True)
class All(Group):
    """Nodes side by side: all are wanted, the words among them may be relaxed."""

    def __str__(self) -> str:
        text = ""
        for child in self.children:
            piece = _bracket(child, self.inside)
            # 10 (000) are two words, 10 000 is one number.
            text += f" ({piece})" if text[-1:].isdigit() and piece[:3].isdigit() else f" {piece}"
        return text[1:]


@dataclass(frozen=True, slots=True)
class And(Group):
    """All of the nodes."""

    __str__ = Group.__str__


@dataclass(frozen=True, slots=True)
class Or(Group):
    """At least one of the nodes."""

    __str__ = Group.__str__


ATOMS = (Everything, Word, Phrase, Prefix, DateRange, Field)
All.joint, All.inside = " ", (*ATOMS, Not)
And.joint, And.inside = " OCH ", (*All.inside, All)
Or.joint, Or.inside = " ELLER ", (*And.inside, And)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, each before what it holds."""
    yield node
    match node:
        case Group():
            for child in node.children:
                yield from walk(child)
        case Not() | Field():
            yield from walk(node.child)


def _bracket(node: Node, bare: tuple[type[Node], ...]) -> str:
    return str(node) if isinstance(node, bare) else f"({node})"
