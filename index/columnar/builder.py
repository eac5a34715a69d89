"""From articles to the file of one segment, without a step of Python for each posting."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.articles import FACET_FIELDS, SWEDISH, Article
from index.columnar.arrays import ArrayWriter
from index.columnar.postings import Postings, group_tokens
from index.columnar.segment import (
    FORM,
    LAYOUT,
    MAX_DOCUMENTS,
    NO_DATE,
    NOT_SWEDISH,
    PART,
    STEM,
    TERM,
)
from index.columnar.stored import ArticleStorer
from index.columnar.strings import StringTable
from index.language.bulk import BulkAnalyser, Word
from index.language.collation import sort_key

BATCH: Final = 1000
"""Articles that are analysed together."""

_TOKEN_BYTES: Final = 10
"""Memory that a token takes while a segment is written: its number and its share of postings."""


@dataclass(slots=True)
class Columns:
    """What a segment holds of each document beside its words, in document order."""

    ids: list[bytes] = field(default_factory=list)
    titles: list[bytes] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    civil: list[int] = field(default_factory=list)
    facet_counts: list[int] = field(default_factory=list)
    facet_values: list[int] = field(default_factory=list)
    value_numbers: tuple[dict[str, int], ...] = field(
        default_factory=lambda: tuple({} for _ in FACET_FIELDS)
    )

    def add(self, article: Article, digest: bytes) -> None:
        """Add the next document."""
        self.ids.append(article.id.encode(errors="surrogatepass"))
        self.titles.append(article.title.encode(errors="surrogatepass"))
        self.digests.append(digest)
        date = article.published
        self.starts.append(date.start if date else NO_DATE)
        self.ends.append(date.end if date else NO_DATE)
        self.civil.append(date.civil if date else 0)
        before = len(self.facet_values)
        for kind, (name, numbers) in enumerate(zip(FACET_FIELDS, self.value_numbers, strict=True)):
            for value in article.facet_values(name):
                number = numbers.setdefault(value, len(numbers))
                self.facet_values.append(number * len(FACET_FIELDS) + kind)
        self.facet_counts.append(len(self.facet_values) - before)


class SegmentBuilder:
    """Collects the articles of one segment and writes them into one file.

    A builder lives through a whole run: `write` empties it for the next segment, and the words that
    its analyser has met stay known.
    """

    def __init__(self) -> None:
        self._analyser = BulkAnalyser()
        self._clear()

    def _clear(self) -> None:
        self._columns = Columns()
        self._storer = ArticleStorer()
        self._stored_bytes = 0
        self._waiting: list[str] = []
        self._swedish: list[bool] = []
        self._tokens: list[NDArray[np.uint32]] = []
        self._bounds: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]

    @property
    def documents(self) -> int:
        """How many articles the segment has so far."""
        return len(self._columns.ids)

    @property
    def is_full(self) -> bool:
        """Whether no further article fits."""
        return self.documents >= MAX_DOCUMENTS

    @property
    def memory(self) -> int:
        """Bytes that the articles so far take, about."""
        return int(self._bounds[-1][-1]) * _TOKEN_BYTES + self._stored_bytes

    def add(self, article: Article, digest: bytes, json: bytes) -> int:
        """Add an article, complete with entities, and what is stored of it; return its number."""
        self._columns.add(article, digest)
        self._storer.add(json)
        self._stored_bytes += len(json) // 2
        self._waiting += article.texts
        self._swedish += [article.language == SWEDISH] * 3
        if len(self._waiting) >= 3 * BATCH:
            self._analyse()
        return self.documents - 1

    def write(self, path: Path, meta: Mapping[str, Any]) -> None:
        """Write the segment to a new file that lasts, and begin the next; `meta` goes with it."""
        self._analyse()
        columns, tokens, bounds = self._columns, self._tokens, np.concatenate(self._bounds)
        joined = np.concatenate(tokens) if tokens else np.zeros(0, np.uint32)
        tokens.clear()
        numbers, words = sort_words(self._analyser.vocabulary.words, joined)
        joined = numbers[joined]
        is_content = np.array([word.terms[-1].kind != "form" for word in words], bool)
        lengths = count_content(is_content[joined], bounds)
        postings = group_tokens(joined, bounds, len(words))
        del joined
        text_lengths = np.diff(bounds).astype(np.uint32)
        with path.open("xb") as file:
            writer = ArrayWriter(file)
            write_words(writer, words)
            write_postings(writer, postings)
            writer.add("lengths", lengths)
            writer.add("title_lengths", text_lengths[0::3])
            writer.add("lead_lengths", text_lengths[1::3])
            write_columns(writer, columns)
            write_stored(writer, self._storer)
            writer.close({**meta, "layout": LAYOUT, "documents": len(columns.ids)})
        self._clear()

    def _analyse(self) -> None:
        if not self._waiting:
            return
        tokens, bounds = self._analyser.analyse(self._waiting, self._swedish)
        self._tokens.append(tokens)
        self._bounds.append(bounds[1:] + self._bounds[-1][-1])
        self._waiting, self._swedish = [], []


def word_key(word: Word) -> bytes:
    """The key by which a segment knows a word."""
    key = word.text.encode(errors="surrogatepass")
    return key if word.is_swedish else key + NOT_SWEDISH


def sort_words(
    known: Sequence[Word], tokens: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], list[Word]]:
    """Number the words that occur among the tokens in the order of their keys.

    Returns the new number of each known word, uint32[known], and the words in the new order.
    """
    used = np.flatnonzero(np.bincount(tokens, minlength=len(known))).tolist()
    keys = {number: word_key(known[number]) for number in used}
    used.sort(key=keys.__getitem__)
    numbers = np.zeros(len(known), np.uint32)
    numbers[used] = np.arange(len(used))
    return numbers, [known[number] for number in used]


def count_content(is_content: NDArray[np.bool_], bounds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Count the words of each document that are no stop words: uint32[documents]."""
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(is_content, dtype=np.int64)))
    return np.diff(before[bounds[::3]]).astype(np.uint32)


def write_words(writer: ArrayWriter, words: Sequence[Word]) -> None:
    """Write the words and the two vocabularies that lead to them."""
    keys = [word_key(word) for word in words]
    _write_strings(writer, "word", StringTable.of(keys))
    forms: dict[str, list[tuple[int, int]]] = {}
    terms: dict[str, list[tuple[int, int]]] = {}
    for number, word in enumerate(words):
        for term, _, kind in word.terms:
            if kind == "stem":
                terms.setdefault(term, []).append((number, STEM))
            elif kind == "part":
                terms.setdefault(term, []).append((number, PART))
            elif term != word.text:
                forms.setdefault(term, []).append((number, STEM))
    _write_term_index(writer, FORM, forms)
    _write_term_index(writer, TERM, terms)


def _write_term_index(
    writer: ArrayWriter, name: str, found: Mapping[str, list[tuple[int, int]]]
) -> None:
    in_order = sorted((term.encode(errors="surrogatepass"), pairs) for term, pairs in found.items())
    strings = StringTable.of(term for term, _ in in_order)
    writer.add(f"{name}_text", strings.text)
    writer.add(f"{name}_text_starts", strings.starts)
    writer.add(f"{name}_word_starts", starts_of(len(pairs) for _, pairs in in_order))
    writer.add(f"{name}_words", np.array([n for _, pairs in in_order for n, _ in pairs], np.uint32))
    writer.add(f"{name}_kinds", np.array([k for _, pairs in in_order for _, k in pairs], np.uint8))


def write_postings(writer: ArrayWriter, postings: Postings) -> None:
    """Write the arrays of the postings."""
    writer.add("posting_starts", postings.starts)
    writer.add("posting_documents", postings.documents)
    writer.add("posting_codes", postings.codes)
    writer.add("other_postings", postings.other_postings)
    writer.add("other_counts", postings.other_counts)
    writer.add("position_starts", postings.position_starts)
    writer.add("positions", postings.positions)


def write_columns(writer: ArrayWriter, columns: Columns) -> None:
    """Write what is known of each document beside its words."""
    ids = columns.ids
    id_order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    id_ranks = np.empty_like(id_order)
    id_ranks[id_order] = np.arange(len(ids))
    starts = np.array(columns.starts, np.int64)
    days, day_ordinals = np.unique(np.array(columns.civil, np.int32), return_inverse=True)
    _write_strings(writer, "id", StringTable.of(ids))
    writer.add("id_order", id_order.astype(np.uint16))
    _write_strings(writer, "title", StringTable.of(columns.titles))
    digests = np.frombuffer(b"".join(columns.digests), np.uint8)
    writer.add("digests", digests.reshape(len(ids), 16))
    writer.add("published_start", starts)
    writer.add("published_end", np.array(columns.ends, np.int64))
    writer.add("days", days)
    writer.add("day_ordinals", day_ordinals.astype(np.uint16))
    writer.add("newest_ranks", _ranks(-starts, id_ranks))
    writer.add("oldest_ranks", _ranks(np.where(starts == NO_DATE, -NO_DATE, starts), id_ranks))
    _write_facets(writer, columns)


def write_stored(writer: ArrayWriter, storer: ArticleStorer) -> None:
    """Write the articles themselves."""
    frames, starts, dictionary = storer.arrays()
    writer.add("stored", b"".join(frames))
    writer.add("stored_starts", starts)
    writer.add("stored_dictionary", dictionary)


def starts_of(counts: Iterable[int]) -> NDArray[np.uint32]:
    """Where each of several runs begins, and where the last ends: uint32[runs + 1]."""
    ends = np.cumsum(list(counts), dtype=np.int64)
    return np.concatenate((np.zeros(1, np.int64), ends)).astype(np.uint32)


def _write_strings(writer: ArrayWriter, name: str, strings: StringTable) -> None:
    writer.add(f"{name}_text", strings.text)
    writer.add(f"{name}_starts", strings.starts)


def _ranks(by: NDArray[np.int64], then_by: NDArray[np.int64]) -> NDArray[np.uint16]:
    order = np.lexsort((then_by, by))
    ranks = np.empty(len(order), np.uint16)
    ranks[order] = np.arange(len(order))
    return ranks


def _write_facets(writer: ArrayWriter, columns: Columns) -> None:
    """Number the values of all facets in one row, facet by facet and then by the alphabet."""
    sort: Callable[[str], Any] = sort_key
    values = [sorted(numbers, key=sort) for numbers in columns.value_numbers]
    bounds = starts_of(map(len, values))
    largest = max(map(len, values), default=0)
    ordinals = np.zeros((largest, len(FACET_FIELDS)), np.uint32)
    for kind, (names, numbers) in enumerate(zip(values, columns.value_numbers, strict=True)):
        of_kind = [numbers[name] for name in names]
        ordinals[of_kind, kind] = np.arange(len(names)) + bounds.item(kind)
    strings = StringTable.of(
        value.encode(errors="surrogatepass") for names in values for value in names
    )
    writer.add("facet_bounds", bounds)
    writer.add("facet_text", strings.text)
    writer.add("facet_text_starts", strings.starts)
    writer.add("facet_starts", starts_of(columns.facet_counts))
    writer.add("facet_ordinals", ordinals.reshape(-1)[np.array(columns.facet_values, np.int64)])
