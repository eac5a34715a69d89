"""An article segment as it is read: the arrays of one file, by their names.

`docs/index-format.md` says what each array holds.
"""

from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.columnar.arrays import ArrayFile
from index.columnar.stored import StoredArticles
from index.columnar.strings import StringTable

LAYOUT: Final = "article"
"""What `meta["layout"]` of such a file says."""

MAX_DOCUMENTS: Final = 65_536
"""Documents of a segment at most, so that a document number takes two bytes."""

POSITION_BLOCK: Final = 64
"""Postings from one entry of `position_starts` to the next."""

NO_DATE: Final = -(2**62)
"""`published_start` and `published_end` of an article without a date."""

NOT_SWEDISH: Final = b"\0"
"""Ends the key of a word that was analysed as a word of another language."""

STEM, PART = 0, 1
"""Kinds of a term of a word."""

FORM, TERM = "form", "term"
"""The two vocabularies that lead to words."""


class TermIndex(NamedTuple):
    """Strings and the words that each leads to.

    `words` is uint32[pairs], ascending for each string, those of string n in
    `words[starts[n]:starts[n + 1]]`; `kinds` uint8[pairs] says how the string stands for the word.
    """

    strings: StringTable
    starts: NDArray[np.uint32]
    words: NDArray[np.uint32]
    kinds: NDArray[np.uint8]


class ArticleSegment:
    """One file of articles. All arrays are read-only views of the mapped file."""

    def __init__(self, file: ArrayFile) -> None:
        self.file = file
        self.id: str = file.meta["id"]
        self.name = file.name
        self.documents: int = file.meta["documents"]
        self.words = StringTable(file["word_text"], file["word_starts"])
        """Keys of words, ascending."""
        self.posting_starts = file["posting_starts"]
        self.posting_documents = file["posting_documents"]
        self.posting_codes = file["posting_codes"]
        self.other_postings = file["other_postings"]
        self.other_counts = file["other_counts"]
        self.position_starts = file["position_starts"]
        self.positions = file["positions"]
        self.lengths = file["lengths"]
        self.title_lengths = file["title_lengths"]
        self.lead_lengths = file["lead_lengths"]
        self.published_start = file["published_start"]
        self.published_end = file["published_end"]
        self.days = file["days"]
        self.day_ordinals = file["day_ordinals"]
        self.newest_ranks = file["newest_ranks"]
        self.oldest_ranks = file["oldest_ranks"]
        self.facet_bounds = file["facet_bounds"]
        self.facet_starts = file["facet_starts"]
        self.facet_ordinals = file["facet_ordinals"]
        self.entity_keys = file["entity_keys"]
        self.facet_values = StringTable(file["facet_text"], file["facet_text_starts"])
        self.ids = StringTable(file["id_text"], file["id_starts"])
        self.id_order = file["id_order"]
        self.titles = StringTable(file["title_text"], file["title_starts"])
        self.digests = file["digests"]

    @cached_property
    def forms(self) -> TermIndex:
        """Written forms that are not the key of their word."""
        return self.term_index(FORM)

    @cached_property
    def terms(self) -> TermIndex:
        """Stems and parts."""
        return self.term_index(TERM)

    @cached_property
    def stored(self) -> StoredArticles:
        """The articles themselves."""
        return StoredArticles(
            self.file["stored"], self.file["stored_starts"], self.file["stored_dictionary"]
        )

    def words_with_term(self, term: str) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """The words with a stem or part: their numbers, ascending, and STEM or PART of each."""
        number = self.terms.strings.find(term.encode())
        if number < 0:
            return self.terms.words[:0], self.terms.kinds[:0]
        first, last = self.terms.starts.item(number), self.terms.starts.item(number + 1)
        return self.terms.words[first:last], self.terms.kinds[first:last]

    def words_with_form(self, form: str) -> NDArray[np.uint32]:
        """The words that are written so, ascending uint32[words]."""
        key = form.encode()
        own = [number for number in map(self.words.find, (key, key + NOT_SWEDISH)) if number >= 0]
        number = self.forms.strings.find(key)
        if number < 0:
            return np.array(own, np.uint32)
        first, last = self.forms.starts.item(number), self.forms.starts.item(number + 1)
        others = self.forms.words[first:last]
        return np.union1d(others, np.array(own, np.uint32)) if own else others

    def has_prefix(self, prefix: str) -> bool:
        """Whether any written form begins so."""
        key = prefix.encode()
        return self.words.has_prefix(key) or self.forms.strings.has_prefix(key)

    def words_with_prefix(self, prefix: str) -> NDArray[np.uint32]:
        """The words with a written form that begins so, ascending uint32[words]."""
        key = prefix.encode()
        own = self.words.prefix(key)
        other = self.forms.strings.prefix(key)
        first = self.forms.starts.item(other.start)
        last = self.forms.starts.item(other.stop)
        own_words = np.arange(own.start, own.stop, dtype=np.uint32)
        return np.union1d(own_words, self.forms.words[first:last])

    def document(self, id: str) -> int:  # noqa: A002
        """The number of the document with an id, deleted or not; -1 when there is none."""
        wanted = id.encode()
        low, high = 0, self.documents
        while low < high:
            middle = (low + high) // 2
            if self.ids.string(self.id_order.item(middle)) < wanted:
                low = middle + 1
            else:
                high = middle
        if low == self.documents:
            return -1
        number = self.id_order.item(low)
        return number if self.ids.string(number) == wanted else -1

    def term_index(self, kind: str) -> TermIndex:
        """The vocabulary of FORM or TERM."""
        file = self.file
        return TermIndex(
            StringTable(file[f"{kind}_text"], file[f"{kind}_text_starts"]),
            file[f"{kind}_word_starts"],
            file[f"{kind}_words"],
            file[f"{kind}_kinds"],
        )


class LiveSegment(NamedTuple):
    """A segment as one commit knows it.

    `deleted` is uint64[documents / 64, rounded up]: bit `d & 63` of word `d >> 6` is set when
    document d is deleted; None when none is.
    """

    segment: ArticleSegment
    deleted: NDArray[np.uint64] | None

    @classmethod
    def of(cls, segment: ArticleSegment, deleted: bytes | None) -> "LiveSegment":
        """Join a segment and its deletions as the table of contents keeps them, a bit each."""
        if deleted is None:
            return cls(segment, None)
        padded = deleted.ljust(-(-segment.documents // 64) * 8, b"\0")
        return cls(segment, np.frombuffer(padded, "<u8"))

    def live(self) -> NDArray[np.uint64]:
        """The documents that are not deleted, a bit each as in `deleted`."""
        size = self.segment.documents
        bits = np.full(-(-size // 64), 2**64 - 1, np.uint64)
        if size % 64:
            bits[-1] >>= np.uint64(64 - size % 64)
        return bits if self.deleted is None else bits & ~self.deleted

    def is_deleted(self, document: int) -> bool:
        """Whether a document is."""
        if self.deleted is None:
            return False
        return self.deleted.item(document >> 6) >> (document & 63) & 1 == 1
