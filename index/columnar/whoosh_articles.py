"""A segment of articles as Whoosh's searcher sees it: fields with terms and postings.

`form` and `text` are views: what Whoosh asks of a term is gathered from the words that the term
leads to, each time it asks. That is slow, exact, and what our own searching is tested against.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import TermInfo

from index import schema
from index.columnar.arrays import ArrayFile
from index.columnar.positions import word_postings
from index.columnar.segment import NOT_SWEDISH, PART, ArticleSegment
from index.columnar.strings import StringTable, starts_of
from index.columnar.whoosh_documents import DocumentsReader
from index.columnar.whoosh_matcher import Postings
from index.columnar.whoosh_terms import Field, WhooshTermsReader
from index.columnar.whoosh_values import Values
from index.language.analysis import PART_WEIGHT, base_forms
from index.postings import FIELD_GAP, FIELD_WEIGHTS

_WORDS_FIELDS: Final = (schema.TEXT, schema.FORM)
_WEIGHTS: Final = np.array(FIELD_WEIGHTS)


class ArticleDocumentsReader(DocumentsReader):
    """Reads the articles of a segment; `segment` knows which are deleted."""

    def __init__(self, arrays: ArrayFile, segment: Any) -> None:
        super().__init__(arrays, segment)
        self._articles = ArticleSegment(arrays)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return id, title and the whole article as JSON."""
        return {
            schema.ID_FIELD: self._articles.ids.string(docnum).decode(),
            schema.TITLE: self._articles.titles.string(docnum).decode(errors="surrogatepass"),
            schema.ARTICLE: self._articles.stored.json(docnum),
        }

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Words of an article that are no stop words, for both fields of words."""
        length = self._articles.lengths.item(docnum) if fieldname in _WORDS_FIELDS else 0
        return int(length) or default

    def field_length(self, fieldname: str) -> int:
        """Words of all articles."""
        return int(self._articles.lengths.sum()) if fieldname in _WORDS_FIELDS else 0

    def min_field_length(self, fieldname: str) -> int:
        """Fewest words of an article."""
        lengths = self._articles.lengths
        return int(lengths.min(initial=2**31)) if fieldname in _WORDS_FIELDS else 0

    def max_field_length(self, fieldname: str) -> int:
        """Most words of an article."""
        return int(self._articles.lengths.max(initial=0)) if fieldname in _WORDS_FIELDS else 0

    def supports_columns(self) -> bool:
        """No: Whoosh sorts these segments by what is stored."""
        return False

    def has_column(self, fieldname: str) -> bool:  # noqa: ARG002
        """No."""
        return False

    def has_vector(self, docnum: int, fieldname: str) -> bool:  # noqa: ARG002
        """No."""
        return False


def read_terms(arrays: ArrayFile) -> WhooshTermsReader:
    """Read the fields of a segment."""
    segment = ArticleSegment(arrays)
    fields: dict[str, Field] = {
        schema.FORM: FormField(segment),
        schema.ID_FIELD: IdField(segment),
        schema.TEXT: TextField(segment),
    }
    return WhooshTermsReader(fields, arrays.close)


class ArticleField(ABC):
    """The terms of one field."""

    def __init__(self, segment: ArticleSegment) -> None:
        self._segment = segment

    @property
    @abstractmethod
    def texts(self) -> StringTable:
        """The terms, ascending."""

    @abstractmethod
    def postings(self, number: int) -> Postings:
        """The posting list of a term."""

    def info(self, number: int) -> Any:
        """Whoosh's statistics of a term."""
        found = self.postings(number)
        lengths = np.zeros(1, int) if found.lengths is None else found.lengths[np.array(found.ids)]
        return TermInfo(
            weight=float(found.weights.sum()),
            df=len(found.ids),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(found.weights.max()),
            minid=found.ids[0],
            maxid=found.ids[-1],
        )


class IdField(ArticleField):
    """Ids of articles."""

    @cached_property
    def texts(self) -> StringTable:
        """The ids, ascending."""
        return StringTable.of(map(self._segment.ids.string, self._segment.id_order.tolist()))

    def postings(self, number: int) -> Postings:
        """The one document with an id."""
        values = Values(np.zeros((1, 0), np.uint8), None)
        return Postings([self._segment.id_order.item(number)], np.ones(1, np.float32), values)


class WordsField(ArticleField):
    """A field whose terms lead to words."""

    @abstractmethod
    def words(self, number: int) -> Iterator[tuple[int, float]]:
        """Yield the words of a term and what each weighs."""

    def postings(self, number: int) -> Postings:
        """Gather the postings of the words of a term."""
        rows: list[NDArray[Any]] = []
        for word, weight in self.words(number):
            found = word_postings(self._segment, word)
            sizes = found.counts.sum(axis=1)
            fields = np.tile(np.arange(3), len(sizes)).repeat(found.counts.ravel())
            places = found.positions + fields * FIELD_GAP
            owners = np.repeat(found.documents, sizes)
            rows.append(np.column_stack((owners, places, weight * _WEIGHTS[fields])))
        joined = np.concatenate(rows)
        joined = joined[np.lexsort((joined[:, 1], joined[:, 0]))]
        ids, first = np.unique(joined[:, 0].astype(np.int64), return_index=True)
        sizes = np.diff(first, append=len(joined))
        positions = joined[:, 1].astype("<u4")
        return Postings(
            ids.tolist(),
            np.add.reduceat(joined[:, 2], first).astype(np.float32),
            Values(positions.view(np.uint8), starts_of(sizes * 4).astype(np.uint64)),
            lengths=self._segment.lengths.astype(np.int32),
        )


class TextField(WordsField):
    """Stems, and parts of compounds at less weight."""

    @property
    def texts(self) -> StringTable:
        """The stems and parts, ascending."""
        return self._segment.terms.strings

    def words(self, number: int) -> Iterator[tuple[int, float]]:
        """Yield the words of a term, each once."""
        terms = self._segment.terms
        first, last = terms.starts.item(number), terms.starts.item(number + 1)
        weights: dict[int, float] = {}
        for pair in range(first, last):
            weight = PART_WEIGHT if terms.kinds[pair] == PART else 1.0
            word = terms.words.item(pair)
            weights[word] = max(weight, weights.get(word, 0.0))
        yield from weights.items()


class FormField(WordsField):
    """Written forms."""

    @cached_property
    def texts(self) -> StringTable:
        """The written forms, ascending."""
        own = {key.removesuffix(NOT_SWEDISH) for key in self._segment.words.strings()}
        written = (key for key in own if self._is_form(key))
        return StringTable.of(sorted({*written, *self._segment.forms.strings.strings()}))

    def words(self, number: int) -> Iterator[tuple[int, float]]:
        """Yield the words of a form."""
        form = self.texts.string(number).decode(errors="surrogatepass")
        for word in self._segment.words_with_form(form).tolist():
            yield word, 1.0

    def _is_form(self, key: bytes) -> bool:
        text = key.decode(errors="surrogatepass")
        return text in base_forms(text)  # and not, say, `Putins`, which is written `putins`
