"""The fields of an article as Whoosh keeps them.

Terms come ready from `index.language`, so the schema holds no analyzer: a document hands each text
field its `Postings`. Whoosh pickles these classes into the index by their names, which a test
therefore keeps as they are.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, STORED, FieldType, Schema
from whoosh.formats import Format

from index.articles import FACET_FIELDS

FORMAT: Final = 1
"""Raised whenever an older index cannot be read any more."""

ID_FIELD: Final = "id"
TEXT: Final = "text"
"""Stems and parts of compounds, with positions and weights."""
FORM: Final = "form"
"""Written forms, stop words too, with positions."""
ARTICLE: Final = "article"
TITLE: Final = "title"
DIGEST: Final = "digest"
START, END, CIVIL = "published_start", "published_end", "published_civil"
LENGTH, TITLE_LENGTH, LEAD_LENGTH = "length", "title_length", "lead_length"
VALUE_SEPARATOR: Final = "\x1f"

NO_DATE: Final = -(2**62)
"""`published_start` of an article without a date."""

Postings = Mapping[str, tuple[float, list[int]]]
"""Term → its weight in the document, the positions where it stands (ascending)."""


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
    """A field whose terms, weights and positions are given."""

    def __init__(self) -> None:
        # Scorable: without a column of lengths Whoosh asks the file system for one at each posting.
        super().__init__(PositionsFormat(), None, scorable=True)

    def index(self, value: Postings, **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield Whoosh's (term, frequency, weight, encoded positions) of each term."""
        for term, (weight, positions) in value.items():
            encoded = np.array(positions, "<u4").tobytes()
            yield term.encode(), len(positions), weight, encoded


def make_schema() -> Schema:
    """Build the schema that every index of this version has."""
    number = NumericColumn("q", default=NO_DATE)
    count = NumericColumn("i", default=0)
    fields: dict[str, Any] = {
        ID_FIELD: ID(unique=True, sortable=True),
        TEXT: TermsField(),
        FORM: TermsField(),
        ARTICLE: STORED(),
        TITLE: COLUMN(VarBytesColumn()),
        DIGEST: COLUMN(VarBytesColumn()),
        START: COLUMN(number),
        END: COLUMN(number),
        CIVIL: COLUMN(count),
        LENGTH: COLUMN(count),
        TITLE_LENGTH: COLUMN(count),
        LEAD_LENGTH: COLUMN(count),
    }
    fields |= {name: COLUMN(VarBytesColumn()) for name in FACET_FIELDS}
    return Schema(**fields)
