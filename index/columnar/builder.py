"""From articles to the file of one segment, without a step of Python for each posting."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.articles import ENTITY_FIELDS, FACET_FIELDS, SWEDISH, Article
from index.columnar.arrays import ArrayWriter
from index.columnar.postings import Postings, group_tokens
from index.columnar.segment import LAYOUT, MAX_DOCUMENTS, NO_DATE
from index.columnar.stored import ArticleStorer
from index.columnar.strings import StringTable, starts_of
from index.columnar.words import WordTable, write_strings
from index.compiled import run_beside
from index.identity import entity_id, id_key
from index.language.bulk import BulkAnalyser
from index.language.collation import sort_key

BATCH: Final = 1000
"""Articles that are taken in together."""

DIGEST_BYTES: Final = 8
"""Bytes of the digest of an article, which is only ever compared with that of its predecessor."""

_TOKEN_BYTES: Final = 16
"""Memory that a token takes while a segment is written: its number, packed, its postings."""


class ValueNumbers(dict[str, int]):
    """Numbers the values of one of FACET_FIELDS in the order in which they are asked for."""

    def __init__(self, kind: int) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, value: str) -> int:
        number = self[value] = len(self) * len(FACET_FIELDS) + self._kind
        return number


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
    value_numbers: tuple[ValueNumbers, ...] = field(
        default_factory=lambda: tuple(map(ValueNumbers, range(len(FACET_FIELDS))))
    )

    def add(self, articles: Sequence[Article], digests: Sequence[bytes]) -> None:
        """Add the next documents."""
        self.ids += [article.id.encode(errors="surrogatepass") for article in articles]
        self.titles += [article.title.encode(errors="surrogatepass") for article in articles]
        self.digests += digests
        dates = [article.published for article in articles]
        self.starts += [date.start if date else NO_DATE for date in dates]
        self.ends += [date.end if date else NO_DATE for date in dates]
        self.civil += [date.civil if date else 0 for date in dates]
        for article in articles:
            before = len(self.facet_values)
            for name, numbers in zip(FACET_FIELDS, self.value_numbers, strict=True):
                self.facet_values += map(numbers.__getitem__, article.facet_values(name))
            self.facet_counts.append(len(self.facet_values) - before)


class SegmentBuilder:
    """Collects the articles of one segment and writes them into one file.

    A builder lives through a whole run: `write` empties it for the next segment, and the words that
    its analyser has met stay known.
    """

    def __init__(self) -> None:
        self._analyser = BulkAnalyser()
        self._words = WordTable(self._analyser.vocabulary.words)
        self._clear()

    def _clear(self) -> None:
        self._columns = Columns()
        self._storer = ArticleStorer()
        self._stored_bytes = 0
        self._waiting: list[Article] = []
        self._digests: list[bytes] = []
        self._tokens: list[NDArray[np.uint32]] = [np.zeros(0, np.uint32)]
        self._bounds: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]

    @property
    def documents(self) -> int:
        """How many articles the segment has so far."""
        return len(self._columns.ids) + len(self._waiting)

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
        self._waiting.append(article)
        self._digests.append(digest)
        self._storer.add(json)
        self._stored_bytes += len(json) // 2
        document = self.documents - 1
        if len(self._waiting) == BATCH:
            self._take_in()
        return document

    def write(self, path: Path, meta: Mapping[str, Any]) -> None:
        """Write the segment to a new file that lasts, and begin the next; `meta` goes with it."""
        self._take_in()
        columns, tokens, bounds = self._columns, self._tokens, np.concatenate(self._bounds)
        met = len(self._analyser.vocabulary.words)
        words = self._words.in_order(used_words(tokens, met))
        numbers = np.zeros(met, np.uint32)
        numbers[words] = np.arange(len(words))
        joined = np.concatenate([numbers[part] for part in tokens])  # numpy widens the indices
        tokens.clear()
        update = self._words.update
        postings = run_beside(partial(group_tokens, joined, bounds, len(words)), update)
        while update():
            pass
        lengths = count_content(self._words.are_content(words)[joined], bounds)
        del joined
        text_lengths = np.diff(bounds).astype(np.uint32)
        with path.open("xb") as file:
            writer = ArrayWriter(file)
            self._words.write(writer, words)
            write_postings(writer, postings)
            writer.add("lengths", lengths)
            writer.add("title_lengths", text_lengths[0::3])
            writer.add("lead_lengths", text_lengths[1::3])
            write_columns(writer, columns)
            write_stored(writer, self._storer)
            writer.close({**meta, "layout": LAYOUT, "documents": len(columns.ids)})
        self._clear()

    def _take_in(self) -> None:
        """Do for all articles that wait what is faster for many at once."""
        articles = self._waiting
        if not articles:
            return
        self._columns.add(articles, self._digests)
        texts = [text for article in articles for text in article.texts]
        is_swedish = np.repeat([article.language == SWEDISH for article in articles], 3)
        tokens, bounds = self._analyser.analyse(texts, is_swedish, self._words.update)
        self._tokens.append(tokens)
        self._bounds.append(bounds[1:] + self._bounds[-1][-1])
        self._waiting, self._digests = [], []


def used_words(tokens: Iterable[NDArray[np.uint32]], words: int) -> NDArray[np.int64]:
    """List the numbers, all below `words`, that stand in any of the arrays."""
    is_used = np.zeros(words, np.bool_)
    for part in tokens:
        is_used[part] = True
    return np.flatnonzero(is_used)


def count_content(is_content: NDArray[np.bool_], bounds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Count the words of each document that are no stop words: uint32[documents]."""
    documents = pairwise(bounds[::3].tolist())
    return np.array([np.count_nonzero(is_content[a:b]) for a, b in documents], np.uint32)


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
    write_strings(writer, "id", StringTable.of(ids))
    writer.add("id_order", id_order.astype(np.uint16))
    write_strings(writer, "title", StringTable.of(columns.titles))
    digests = np.frombuffer(b"".join(columns.digests), np.uint8)
    writer.add("digests", digests.reshape(len(ids), DIGEST_BYTES))
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


def _ranks(by: NDArray[np.int64], then_by: NDArray[np.int64]) -> NDArray[np.uint16]:
    order = np.lexsort((then_by, by))
    ranks = np.empty(len(order), np.uint16)
    ranks[order] = np.arange(len(order))
    return ranks


def _write_facets(writer: ArrayWriter, columns: Columns) -> None:
    """Number the values of all facets in one row, facet by facet and then by the alphabet."""
    sort: Callable[[str], Any] = sort_key
    values = [sorted(numbers, key=sort) for numbers in columns.value_numbers]
    bounds = starts_of([len(names) for names in values])
    largest = max(map(len, values), default=0)
    ordinals = np.zeros((largest, len(FACET_FIELDS)), np.uint32)
    for kind, (names, numbers) in enumerate(zip(values, columns.value_numbers, strict=True)):
        of_kind = [numbers[name] // len(FACET_FIELDS) for name in names]
        ordinals[of_kind, kind] = np.arange(len(names)) + bounds.item(kind)
    strings = StringTable.of(
        value.encode(errors="surrogatepass") for names in values for value in names
    )
    writer.add("facet_bounds", bounds.astype(np.uint32))
    ids = [entity_id(name) for names in values[: len(ENTITY_FIELDS)] for name in names]
    keys = [(id_key(id_), id_key(id_.rsplit("-", 1)[-1])) for id_ in ids]
    writer.add("entity_keys", np.array(keys, np.uint64).reshape(len(ids), 2))
    writer.add("facet_text", strings.text)
    writer.add("facet_text_starts", strings.starts)
    writer.add("facet_starts", starts_of(columns.facet_counts).astype(np.uint32))
    flat = ordinals.reshape(-1)[np.array(columns.facet_values, np.int64)]
    writer.add("facet_ordinals", flat.astype(np.uint16 if strings.size <= 65_536 else np.uint32))
