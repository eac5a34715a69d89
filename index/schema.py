"""What Whoosh knows of an index: its fields.

Articles are written and searched without Whoosh's help; the schema is for whoever opens the index
with Whoosh. Whoosh pickles these classes into the index by their names, which a test therefore
keeps as they are.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.formats import Format

ID_FIELD: Final = "id"
TEXT: Final = "text"
"""Stems and parts of compounds, with positions and weights."""
FORM: Final = "form"
"""Written forms, stop words too, with positions."""
TITLE: Final = "title"
ARTICLE: Final = "article"
"""The whole article as JSON."""


class PositionsFormat(Format):  # type: ignore[misc]
    """Positions of a term in a document as unsigned 32-bit numbers, little-endian."""

    def decode_positions(self, value: bytes) -> list[int]:
        """List the positions of one posting."""
        return [int(position) for position in np.frombuffer(value, "<u4")]

    def decode_frequency(self, value: bytes) -> int:
        """Count the positions of one posting."""
        return len(value) // 4

    def decode_weight(self, value: bytes) -> float:
        """Weigh a posting where Whoosh does not store its weight."""
        return float(self.decode_frequency(value))


class TermsField(FieldType):  # type: ignore[misc]
    """A field that has its terms from elsewhere; Whoosh itself writes nothing into it."""

    def __init__(self) -> None:
        super().__init__(PositionsFormat(), None, scorable=True)

    def index(self, *_value: object, **_options: Any) -> Iterable[Any]:
        """Refuse: articles are written by `index.store`."""
        raise TypeError("articles are added with nyhetssok, not with Whoosh's writer")


def make_schema() -> Schema:
    """Build the schema that every index of this version has."""
    return Schema(
        **{
            ID_FIELD: ID(unique=True, stored=True),
            TEXT: TermsField(),
            FORM: TermsField(),
            TITLE: STORED(),
            ARTICLE: STORED(),
        }
    )
