"""Several segments made into one, without what is deleted in them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.columnar.arrays import ArrayWriter
from index.columnar.builder import Columns, write_columns, write_postings, write_stored
from index.columnar.codes import COUNTS
from index.columnar.postings import Postings, load_kernels, sort_others
from index.columnar.segment import (
    FORM,
    LAYOUT,
    POSITION_BLOCK,
    TERM,
    ArticleSegment,
    LiveSegment,
    TermIndex,
)
from index.columnar.stored import ArticleStorer
from index.columnar.strings import StringTable
from index.columnar.words import Pairs, write_strings, write_term_index

Numbers = NDArray[np.int64]

_CODE_SIZES: Final = COUNTS.sum(axis=1, dtype=np.int64)


def merge_segments(
    path: Path, sources: Sequence[LiveSegment], meta: Mapping[str, Any], kernels: Any = None
) -> int:
    """Write the live documents of the sources, in their order, to a new file that lasts.

    Articles are compressed anew with a dictionary of their own, so nothing of a deleted one is
    left. Returns how many documents there are.
    """
    segments = [source.segment for source in sources]
    kept = [_live_documents(source) for source in sources]
    postings, keys, new_words = _merge_postings(segments, kept, kernels or load_kernels())
    columns = Columns()
    storer = ArticleStorer()
    for segment, documents in zip(segments, kept, strict=True):
        _add_columns(columns, segment, documents)
        for document in documents.tolist():
            storer.add(segment.stored.json(document))
    with path.open("xb") as file:
        writer = ArrayWriter(file)
        write_strings(writer, "word", StringTable.of(keys))
        for name in (FORM, TERM):
            indexes = [segment.term_index(name) for segment in segments]
            _write_term_index(writer, name, indexes, new_words)
        write_postings(writer, postings)
        for name in ("lengths", "title_lengths", "lead_lengths"):
            parts = [s.file[name][docs] for s, docs in zip(segments, kept, strict=True)]
            writer.add(name, np.concatenate(parts))
        write_columns(writer, columns)
        write_stored(writer, storer)
        writer.close({**meta, "layout": LAYOUT, "documents": len(columns.ids)})
    return len(columns.ids)


def _live_documents(source: LiveSegment) -> Numbers:
    """The documents that are not deleted, ascending."""
    return np.flatnonzero(np.unpackbits(source.live().view(np.uint8), bitorder="little"))


def _merge_postings(
    segments: list[ArticleSegment], kept: list[Numbers], kernels: Any
) -> tuple[Postings, list[bytes], list[Numbers]]:
    """Join postings; also the keys of the words, and each segment's words in the new numbering."""
    arrays = [_posting_arrays(segment) for segment in segments]
    counts = [
        kernels.measure_postings(*source, _mask(docs, segment.documents))
        for source, docs, segment in zip(arrays, kept, segments, strict=True)
    ]
    keys, new_words = _merge_words(segments, [postings for postings, _, _ in counts])
    posting_ends, byte_ends = np.zeros((2, len(keys) + 1), np.int64)
    for (postings, sizes, _), numbers in zip(counts, new_words, strict=True):
        used = numbers >= 0
        posting_ends[numbers[used] + 1] += postings[used]
        byte_ends[numbers[used] + 1] += sizes[used]
    posting_ends, byte_ends = np.cumsum(posting_ends), np.cumsum(byte_ends)
    size, others = int(posting_ends[-1]), sum(number for _, _, number in counts)
    merged = Postings(
        posting_ends.astype(np.uint32),
        np.empty(size, np.uint16),
        np.empty(size, np.uint8),
        np.empty(int(byte_ends[-1]), np.uint8),
        np.empty(-(-size // POSITION_BLOCK), np.uint32),
        np.empty(others, np.uint32),
        np.empty((others, 3), np.uint32),
    )
    first_document = done = 0
    for source, docs, segment, numbers in zip(arrays, kept, segments, new_words, strict=True):
        new_documents = np.full(segment.documents, -1, np.int64)
        new_documents[docs] = np.arange(len(docs)) + first_document
        first_document += len(docs)
        done = kernels.copy_postings(
            *source, new_documents, numbers, posting_ends, byte_ends, done,
            merged.documents, merged.codes, merged.positions, merged.position_starts,
            POSITION_BLOCK, merged.other_postings, merged.other_counts,
        )  # fmt: skip
    return sort_others(merged), keys, new_words


def _posting_arrays(segment: ArticleSegment) -> tuple[NDArray[Any], ...]:
    return (
        segment.posting_starts, segment.posting_documents, segment.posting_codes,
        segment.positions, segment.other_counts, _CODE_SIZES,
    )  # fmt: skip


def _mask(documents: Numbers, size: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, bool)
    mask[documents] = True
    return mask


def _merge_words(
    segments: list[ArticleSegment], postings: list[Numbers]
) -> tuple[list[bytes], list[Numbers]]:
    """Number the words that still have postings in the order of their keys, -1 the others."""
    keys = [list(segment.words.strings()) for segment in segments]
    used = [np.flatnonzero(counts).tolist() for counts in postings]
    merged = sorted({own[n] for own, numbers in zip(keys, used, strict=True) for n in numbers})
    number_of = {key: number for number, key in enumerate(merged)}
    new_words = []
    for own, counts in zip(keys, postings, strict=True):
        numbers = np.array([number_of.get(key, -1) for key in own], np.int64)
        numbers[counts == 0] = -1
        new_words.append(numbers)
    return merged, new_words


def _write_term_index(
    writer: ArrayWriter, name: str, sources: Iterable[TermIndex], new_words: Iterable[Numbers]
) -> None:
    """Join the vocabularies of the sources; words that several of them know are named once."""
    numbers: dict[bytes, int] = {}
    rows = [np.zeros((0, 3), np.int64)]
    for source, numbering in zip(sources, new_words, strict=True):
        own = [numbers.setdefault(string, len(numbers)) for string in source.strings.strings()]
        strings = np.repeat(np.array(own, np.int64), np.diff(source.starts))
        words = numbering[source.words]
        pairs = np.column_stack((strings, words, source.kinds.astype(np.int64)))
        rows.append(pairs[words >= 0])
    pairs = np.unique(np.concatenate(rows), axis=0)
    write_term_index(writer, name, list(numbers), Pairs(*pairs.T))


def _add_columns(columns: Columns, segment: ArticleSegment, documents: Numbers) -> None:
    docs = documents.tolist()
    columns.ids += [segment.ids.string(document) for document in docs]
    columns.titles += [segment.titles.string(document) for document in docs]
    columns.digests += [segment.digests[document].tobytes() for document in docs]
    columns.starts += segment.published_start[documents].tolist()
    columns.ends += segment.published_end[documents].tolist()
    columns.civil += segment.days[segment.day_ordinals[documents]].tolist()
    starts = segment.facet_starts.astype(np.int64)
    sizes = np.diff(starts)[documents]
    steps = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    ordinals = segment.facet_ordinals[np.repeat(starts[documents], sizes) + steps]
    columns.facet_counts += sizes.tolist()
    columns.facet_values += _value_numbers(columns, segment, ordinals)[ordinals].tolist()


def _value_numbers(columns: Columns, segment: ArticleSegment, used: NDArray[Any]) -> Numbers:
    """What `columns` calls the facet values of a segment, -1 those not used: int64[values]."""
    numbers = np.full(segment.facet_values.size, -1, np.int64)
    values = np.unique(used)
    kinds = np.searchsorted(segment.facet_bounds, values, "right") - 1
    for value, kind in zip(values.tolist(), kinds.tolist(), strict=True):
        text = segment.facet_values.string(value).decode(errors="surrogatepass")
        numbers[value] = columns.value_numbers[kind][text]
    return numbers
