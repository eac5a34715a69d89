"""The terms and postings of the layout for any Whoosh schema, as they are read.

Arrays of each indexed field, all under `terms/FIELD/`: its terms in ascending order, `text`
uint8[bytes] and `text_starts` uint32[terms + 1]; where the postings of each begin, `starts`
uint64[terms + 1]; their bounds, `weight` float64[terms], `max_weight` float32[terms], `min_length`
and `max_length` int32[terms]; and the postings, `docs` uint32, `weights` float32 and the values
`postings`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound

from index.columnar.strings import StringTable
from index.columnar.whoosh_matcher import Postings, PostingsMatcher
from index.columnar.whoosh_values import Arrays, Values


class Field(Protocol):
    """The terms of one field, numbered in ascending order."""

    @property
    def texts(self) -> StringTable:
        """The terms."""

    def info(self, number: int) -> Any:
        """Whoosh's statistics of a term."""

    def postings(self, number: int) -> Postings:
        """The posting list of a term."""


class FieldTerms(NamedTuple):
    """The arrays of one field (see the module)."""

    texts: StringTable
    starts: NDArray[np.uint64]
    weight: NDArray[np.float64]
    max_weight: NDArray[np.float32]
    min_length: NDArray[np.int32]
    max_length: NDArray[np.int32]
    docs: NDArray[np.uint32]
    weights: NDArray[np.float32]
    values: Values
    lengths: NDArray[np.int32] | None

    @classmethod
    def read(cls, arrays: Arrays, fieldname: str) -> "FieldTerms":
        """Take the arrays of a field from a file."""
        prefix, lengths = f"terms/{fieldname}", f"lengths/{fieldname}"
        has_lengths = lengths in arrays
        return cls(
            texts=StringTable(arrays[f"{prefix}/text"], arrays[f"{prefix}/text_starts"]),
            starts=arrays[f"{prefix}/starts"],
            weight=arrays[f"{prefix}/weight"],
            max_weight=arrays[f"{prefix}/max_weight"],
            min_length=arrays[f"{prefix}/min_length"],
            max_length=arrays[f"{prefix}/max_length"],
            docs=arrays[f"{prefix}/docs"],
            weights=arrays[f"{prefix}/weights"],
            values=Values.read(arrays, f"{prefix}/postings"),
            lengths=arrays[lengths] if has_lengths else None,
        )

    def info(self, number: int) -> Any:
        """Whoosh's statistics of a term; lengths are 0 where the field keeps none."""
        first, last = self.starts.item(number), self.starts.item(number + 1)
        return TermInfo(
            weight=self.weight.item(number),
            df=last - first,
            minlength=self.min_length.item(number),
            maxlength=self.max_length.item(number),
            maxweight=self.max_weight.item(number),
            minid=self.docs.item(first),
            maxid=self.docs.item(last - 1),
        )

    def postings(self, number: int) -> Postings:
        """The posting list of a term."""
        first, last = self.starts.item(number), self.starts.item(number + 1)
        return Postings(
            ids=memoryview(self.docs[first:last].data),
            weights=self.weights[first:last],
            values=self.values,
            first=first,
            lengths=self.lengths,
        )


class WhooshTermsReader(base.TermsReader):  # type: ignore[misc]
    """Looks up terms; texts are bytes throughout, as Whoosh's fields encode them."""

    def __init__(self, fields: Mapping[str, Field], close: Callable[[], None]) -> None:
        """Read the fields, which are in ascending order of their names; `close` lets go of them."""
        self._fields = dict(fields)
        self._close = close

    @classmethod
    def read(cls, arrays: Arrays) -> "WhooshTermsReader":
        """Read the fields of a file."""
        fields = {name: FieldTerms.read(arrays, name) for name in arrays.meta["fields"]}
        return cls(fields, arrays.close)

    def close(self) -> None:
        """Let go of the file."""
        self._close()

    def indexed_field_names(self) -> list[str]:
        """List the fields that have terms, in ascending order."""
        return list(self._fields)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        fieldname, text = term
        return fieldname in self._fields and self._fields[fieldname].texts.find(text) >= 0

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:
        """Return a cursor over the terms of a field, on the first of them."""
        field = self._fields.get(fieldname)
        return WhooshCursor(field, fieldobj) if field else base.EmptyCursor()

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield (field, term) in ascending order."""
        for fieldname, field in self._fields.items():
            for text in field.texts.strings():
                yield fieldname, text

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield (field, term) from a term on, through the fields behind it too."""
        for name, number in self._numbers_from(fieldname, prefix):
            yield name, self._fields[name].texts.string(number)

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Yield ((field, term), statistics) in ascending order."""
        for fieldname, field in self._fields.items():
            for number, text in enumerate(field.texts.strings()):
                yield (fieldname, text), field.info(number)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Yield ((field, term), statistics) as `terms_from` does."""
        for name, number in self._numbers_from(fieldname, prefix):
            field = self._fields[name]
            yield (name, field.texts.string(number)), field.info(number)

    def term_info(self, fieldname: str, text: bytes) -> Any:
        """Return the statistics of a term. Raises TermNotFound."""
        field, number = self._find(fieldname, text)
        return field.info(number)

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return the sum of the weights of a term, 0 for one that is not there."""
        if (fieldname, text) not in self:
            return 0
        field, number = self._find(fieldname, text)
        weight: float = field.info(number).weight()
        return weight

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Count the postings of a term, deleted documents too; 0 for one that is not there."""
        if (fieldname, text) not in self:
            return 0
        field, number = self._find(fieldname, text)
        count: int = field.info(number).doc_frequency()
        return count

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> PostingsMatcher:
        """Walk the postings of a term. Raises TermNotFound."""
        field, number = self._find(fieldname, text)
        term = (fieldname, text)
        return PostingsMatcher(field.postings(number), format_, term=term, scorer=scorer)

    def _find(self, fieldname: str, text: bytes) -> tuple[Field, int]:
        field = self._fields.get(fieldname)
        number = field.texts.find(text) if field else -1
        if field is None or number < 0:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        return field, number

    def _numbers_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, int]]:
        for name, field in self._fields.items():
            if name >= fieldname:
                first = field.texts.prefix(prefix).start if name == fieldname else 0
                for number in range(first, field.texts.size):
                    yield name, number


class WhooshCursor(base.FieldCursor):  # type: ignore[misc]
    """Stands on a term of a field; the terms come as the field decodes them."""

    def __init__(self, field: Field, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._number = 0

    def first(self) -> Any:
        """Go to the first term and return it."""
        self._number = 0
        return self.text()

    def find(self, text: Any) -> Any:
        """Go to the first term that is not below and return it; None when there is none."""
        wanted = text if isinstance(text, bytes) else self._fieldobj.to_bytes(text)
        self._number = self._field.texts.prefix(wanted).start
        return self.text()

    def next(self) -> Any:
        """Go to the next term and return it; None behind the last."""
        self._number += 1
        return self.text()

    def text(self) -> Any:
        """The term, or None behind the last."""
        if not self.is_valid():
            return None
        return self._fieldobj.from_bytes(self._field.texts.string(self._number))

    def term_info(self) -> Any:
        """The statistics of the term, or None behind the last."""
        return self._field.info(self._number) if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether it stands on a term."""
        return self._number < self._field.texts.size
