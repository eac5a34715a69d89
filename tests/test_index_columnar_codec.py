"""Whoosh writes and reads our segments as it does its own."""

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields, formats, query, scoring, sorting
from whoosh.analysis import SimpleAnalyzer
from whoosh.columns import VarBytesColumn
from whoosh.filedb.filestore import FileStorage, RamStorage, copy_to_ram
from whoosh.matching import ReadTooFar
from whoosh.multiproc import MpWriter, SerialMpWriter
from whoosh.reading import TermNotFound
from whoosh.writing import AsyncWriter, BufferedWriter

from index.columnar.arrays import ArrayFile, ArrayWriter
from index.columnar.codec import EXTENSION, ColumnarCodec, ColumnarSegment, open_arrays
from index.columnar.whoosh_matcher import BLOCK, PostingsMatcher
from index.columnar.whoosh_values import Values
from index.errors import SegmentError

WORDS = ("räntan", "höjs", "i", "dag", "av", "riksbanken", "å")
TAGS = ("ekonomi", "sport", "kultur")


def make_schema() -> Any:
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        text=fields.TEXT(analyzer=SimpleAnalyzer(), phrase=True, stored=True),
        tags=fields.KEYWORD(commas=True, stored=True),
        year=fields.NUMERIC(sortable=True),
        source=fields.COLUMN(VarBytesColumn()),
        note=fields.STORED(),
    )


@pytest.fixture(scope="module", autouse=True)
def a_temporary_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoosh's RamStorage puts files into one folder that all processes of a machine share."""
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path_factory.mktemp("whoosh"))
    yield
    tempfile.tempdir = before


@pytest.fixture(params=["file", "memory", "unmapped"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        return RamStorage()
    return FileStorage(str(tmp_path), supports_mmap=request.param == "file")


def writer(ix: Any, **options: Any) -> Any:
    return ix.writer(codec=ColumnarCodec(), **options)


def fill(ix: Any, texts: list[str], first: int = 0, **options: Any) -> None:
    w = writer(ix, **options)
    for number, text in enumerate(texts, first):
        w.add_document(id=str(number), text=text, year=2000 + number, source=b"s%d" % number)
    w.commit(merge=False)


def ids(ix: Any, q: Any, **options: Any) -> list[str]:
    with ix.searcher() as searcher:
        return [hit["id"] for hit in searcher.search(q, limit=None, **options)]


def segment_files(storage: Any) -> list[str]:
    return sorted(name for name in storage.list() if name.endswith(EXTENSION))


def test_what_is_written_comes_back(storage: Any) -> None:
    ix = storage.create_index(make_schema())
    w = writer(ix)
    w.add_document(id="a", text="Räntan höjs, höjs i dag", tags="ekonomi,sport", year=2001)
    w.add_document(id="b", source=b"DN", note={"any": ["object", 1.5, None]})
    w.add_document(id="c", text="i dag", year=1999)
    w.commit()
    with ix.reader() as reader:
        assert reader.stored_fields(0) == {
            "id": "a",
            "text": "Räntan höjs, höjs i dag",
            "tags": "ekonomi,sport",
        }
        assert reader.stored_fields(1) == {"id": "b", "note": {"any": ["object", 1.5, None]}}
        assert [reader.doc_field_length(n, "text") for n in range(3)] == [5, 0, 2]
        assert reader.doc_field_length(1, "text", 7) == 7
        assert reader.field_length("text") == 7
        assert reader.min_field_length("text") == 0
        assert reader.max_field_length("text") == 5
        assert reader.max_field_length("note") == 0
        assert list(reader.field_terms("text")) == ["dag", "höjs", "i", "räntan"]
        assert list(reader.column_reader("source")) == [b"", b"DN", b""]
        assert reader.column_reader("year")[0] == 2001
        assert not reader.has_column("text")
        assert set(reader.indexed_field_names()) == {"id", "text", "tags", "year"}
        postings = reader.postings("text", "höjs")
        assert (postings.id(), postings.weight()) == (0, 2.0)
        assert postings.value_as("positions") == [1, 2]
        with pytest.raises(TermNotFound):
            reader.postings("text", "finns ej")
        assert reader.frequency("text", "finns ej") == 0
        assert reader.doc_frequency("tags", "ekonomi") == 1
    assert len(segment_files(storage)) == 1


def test_a_term_has_true_bounds() -> None:
    ix = RamStorage().create_index(make_schema())
    fill(ix, ["x y", "y", "x x x y z", "x " * 300])
    with ix.reader() as reader:
        info = reader.term_info("text", "x")
        assert (info.weight(), info.doc_frequency(), info.max_weight()) == (304, 3, 300)
        assert (info.min_length(), info.max_length()) == (2, 300)
        assert (info.min_id(), info.max_id()) == (0, 3)


def test_terms_go_on_into_the_fields_behind() -> None:
    ix = RamStorage().create_index(make_schema())
    w = writer(ix)
    w.add_document(tags="sport", text="b c")
    w.commit()
    with ix.reader() as reader:
        assert list(reader.terms_from("text", "bb")) == [("text", b"c")]
        assert list(reader.terms_from("tags", "t")) == [("text", b"b"), ("text", b"c")]
        assert [term for term, _ in reader.iter_from("tags", "a")] == list(reader.all_terms())
        assert [term for term, _ in reader] == list(reader.all_terms())
        assert list(reader.terms_from("id", "")) == list(reader.all_terms())


def test_a_cursor_finds_and_walks() -> None:
    ix = RamStorage().create_index(make_schema())
    fill(ix, ["bil cykel tåg"])
    with ix.reader() as reader:
        cursor = reader.cursor("text")
        assert cursor.text() == "bil"
        assert cursor.next() == "cykel"
        assert cursor.find("d") == "tåg"
        assert cursor.term_info().doc_frequency() == 1
        assert cursor.next() is None
        assert (cursor.text(), cursor.term_info(), cursor.is_valid()) == (None, None, False)
        assert cursor.first() == "bil"
        assert cursor.find(b"cy") == "cykel"
        assert not reader.cursor("tags").is_valid()
        assert set(reader.terms_within("text", "bill", 1)) == {"bil"}


def test_vectors() -> None:
    vector = formats.Frequency()
    schema = fields.Schema(id=fields.STORED, text=fields.TEXT(vector=vector))
    ix = RamStorage().create_index(schema)
    w = writer(ix)
    w.add_document(id=0)
    w.add_document(id=1, text="åter bil bil")
    w.commit()
    w = writer(ix)
    w.add_document(id=2, text="cykel")
    w.commit(optimize=True)  # puts what is merged behind what is new
    with ix.reader() as reader:
        assert [reader.has_vector(n, "text") for n in range(3)] == [True, False, True]
        assert list(reader.vector_as("frequency", 2, "text")) == [("bil", 2), ("åter", 1)]
        walked = reader.vector(2, "text")
        walked.skip_to("c")
        assert walked.id() == "åter"
        assert not reader.has_vector(2, "id")
        with pytest.raises(KeyError):
            reader.vector(1, "text")


def test_segments_are_merged_and_cleaned_up(storage: Any) -> None:
    ix = storage.create_index(make_schema())
    fill(ix, ["ett två", "två tre", "tre"])
    fill(ix, ["två", "fyra"], first=3)
    assert len(segment_files(storage)) == 2
    w = writer(ix)
    w.delete_by_term("id", "1")
    w.update_document(id="4", text="fem två", note="ny")
    w.commit(merge=False)
    assert len(segment_files(storage)) == 3
    assert sorted(ids(ix, query.Term("text", "två"))) == ["0", "3", "4"]
    w = writer(ix)
    w.commit(optimize=True)
    assert len(segment_files(storage)) == 1
    assert sorted(ids(ix, query.Term("text", "två"))) == ["0", "3", "4"]
    with ix.reader() as reader:
        assert reader.doc_count_all() == reader.doc_count() == 4
        assert not reader.has_deletions()
        by_id = {fields["id"]: docnum for docnum, fields in reader.iter_docs()}
        assert reader.column_reader("source")[by_id["3"]] == b"s3"
        assert reader.column_reader("year")[by_id["2"]] == 2002
        assert open_arrays(storage, reader.segment()).damaged() == []


def test_a_cancelled_writer_leaves_the_index_alone(storage: Any) -> None:
    ix = storage.create_index(make_schema())
    fill(ix, ["ett"])
    w = writer(ix)
    w.add_document(id="9", text="nio")
    w.delete_document(0)
    w.cancel()
    assert ids(ix, query.Every()) == ["0"]
    writer(ix).commit()
    assert len(segment_files(storage)) == 1
    assert ids(ix, query.Every()) == ["0"]


def test_an_index_without_documents(storage: Any) -> None:
    ix = storage.create_index(make_schema())
    writer(ix).commit()
    assert ids(ix, query.Every()) == []
    fill(ix, ["ett"])
    w = writer(ix)
    w.delete_document(0)
    w.commit(optimize=True)
    assert ids(ix, query.Every()) == []


def test_a_reader_keeps_what_it_opened(storage: Any) -> None:
    ix = storage.create_index(make_schema())
    fill(ix, ["ett två"])
    reader = ix.reader()
    postings = reader.postings("text", "två")
    w = writer(ix)
    w.delete_document(0)
    w.commit(optimize=True)
    assert reader.doc_count() == 1
    assert reader.stored_fields(0)["text"] == "ett två"
    reader.close()
    assert postings.id() == 0


def test_a_folder_can_be_copied_to_memory(tmp_path: Path) -> None:
    on_disk = FileStorage(str(tmp_path))
    fill(on_disk.create_index(make_schema()), ["ett", "två"])
    assert ids(copy_to_ram(on_disk).open_index(), query.Term("text", "två")) == ["1"]


@pytest.mark.parametrize(
    ("kind", "options"),
    [(MpWriter, {}), (MpWriter, {"multisegment": True}), (SerialMpWriter, {})],
)
def test_writers_of_several_parts(tmp_path: Path, kind: Any, options: dict[str, bool]) -> None:
    ix = FileStorage(str(tmp_path)).create_index(make_schema())
    w = kind(ix, procs=2, batchsize=3, codec=ColumnarCodec(), **options)
    for number in range(20):
        w.add_document(id=str(number), text=f"ett {'jämn' if number % 2 else 'udda'}")
    w.commit()
    assert len(ids(ix, query.Term("text", "ett"))) == 20
    assert {int(n) % 2 for n in ids(ix, query.Term("text", "jämn"))} == {1}
    with ix.reader() as reader:
        assert all(reader.doc_field_length(n, "text") == 2 for n in range(20))


def test_buffered_and_asynchronous_writers() -> None:
    ix = RamStorage().create_index(make_schema())
    options = {"codec": ColumnarCodec()}
    buffered = BufferedWriter(ix, period=None, limit=2, writerargs=options)
    for number in range(5):
        buffered.add_document(id=str(number), text="ett")
    with buffered.searcher() as searcher:
        assert len(searcher.search(query.Term("text", "ett"), limit=None)) == 5
    buffered.close()
    asynchronous = AsyncWriter(ix, writerargs=options)
    asynchronous.add_document(id="5", text="ett")
    asynchronous.commit()
    assert sorted(ids(ix, query.Term("text", "ett"))) == ["0", "1", "2", "3", "4", "5"]


def test_a_column_can_be_added_later(storage: Any) -> None:
    ix = storage.create_index(make_schema())
    fill(ix, ["b", "a"])
    w = writer(ix)
    sorting.add_sortable(w, "id", sorting.StoredFieldFacet("text"))
    w.commit(merge=False)
    with ix.reader() as reader:
        assert list(reader.column_reader("id")) == ["b", "a"]
    writer(ix).commit(optimize=True)
    assert ids(ix, query.Every(), sortedby="id") == ["1", "0"]
    assert len(segment_files(storage)) == 1


def test_deleting_is_a_bitmap() -> None:
    segment = ColumnarSegment("MAIN", 10)
    assert (segment.deleted, segment.deleted_count(), segment.deleted_docs()) == (
        None,
        0,
        frozenset(),
    )
    for docnum in (0, 3, 9, 3):
        segment.delete_document(docnum)
    assert segment.deleted == b"\x09\x02"
    assert segment.deleted_docs() == {0, 3, 9}
    assert [n for n in range(10) if segment.is_deleted(n)] == [0, 3, 9]
    assert (segment.deleted_count(), segment.doc_count(), segment.doc_count_all()) == (3, 7, 10)
    for docnum in (-1, 10):
        with pytest.raises(IndexError):
            segment.delete_document(docnum)


def test_deleting_can_be_taken_back() -> None:
    segment = ColumnarSegment("MAIN", 10)
    for docnum in (0, 3, 9):
        segment.delete_document(docnum)
    segment.delete_document(3, delete=False)
    assert segment.deleted_docs() == {0, 9}
    for docnum in (0, 9):
        segment.delete_document(docnum, delete=False)
    assert segment.deleted is None
    assert not segment.has_deletions()


def test_what_whoosh_pickles_stays_as_it_is() -> None:
    segment = ColumnarSegment("MAIN", 10)
    segment.delete_document(3)
    assert (ColumnarSegment.__module__, ColumnarSegment.__qualname__) == (
        "index.columnar.codec",
        "ColumnarSegment",
    )
    assert segment.__getstate__() == {
        "indexname": "MAIN",
        "segid": segment.segid,
        "documents": 10,
        "deleted": b"\x08\x00",
    }
    back = pickle.loads(pickle.dumps(segment))
    assert back.__getstate__() == segment.__getstate__()
    assert back.is_deleted(3)
    assert isinstance(back.codec(), ColumnarCodec)


def test_damaged_segments_are_refused(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path))
    ix = storage.create_index(make_schema())
    fill(ix, ["ett"])
    (path,) = tmp_path.glob(f"*{EXTENSION}")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(SegmentError, match="is cut off"):
        ix.reader()
    with path.open("wb") as file:
        ArrayWriter(file).close({"layout": "other"})
    for read in (ColumnarCodec().terms_reader, ColumnarCodec().per_document_reader):
        with pytest.raises(SegmentError, match="unknown layout 'other'"):
            read(storage, ix._segments()[0])
    path.unlink()
    # Upon which Whoosh looks for a later commit.
    with pytest.raises(FileNotFoundError):
        open_arrays(storage, ix._segments()[0])
    with pytest.raises(FileNotFoundError):
        ix.reader()


def test_a_document_that_was_not_ended_does_not_count() -> None:
    codec, storage = ColumnarCodec(), RamStorage()
    segment = codec.new_segment(storage, "MAIN")
    documents = codec.per_document_writer(storage, segment)
    with pytest.raises(ValueError, match="no document is begun"):
        documents.finish_doc()
    documents.start_doc(0)
    with pytest.raises(ValueError, match="document 1 begins"):
        documents.start_doc(1)
    documents.add_field("id", fields.ID(), "x", 3)
    documents.cancel_doc()
    documents.start_doc(0)
    documents.finish_doc()
    documents.start_doc(1)
    documents.add_field("id", fields.ID(), "y", 3)
    documents.close()
    reader = codec.per_document_reader(storage, segment)
    assert reader.doc_count_all() == 1
    assert reader.stored_fields(0) == {}
    assert reader.list_columns() == []


def test_terms_come_inside_fields_and_have_postings() -> None:
    codec, storage = ColumnarCodec(), RamStorage()
    segment = codec.new_segment(storage, "MAIN")
    terms = codec.field_writer(storage, segment)
    with pytest.raises(ValueError, match="no field is begun"):
        terms.start_term(b"x")
    terms.start_field("empty", fields.TEXT())
    terms.start_term(b"x")
    terms.finish_term()
    terms.finish_field()
    terms.close()
    reader = codec.terms_reader(storage, segment)
    assert reader.indexed_field_names() == []
    assert list(reader.terms()) == []


@given(st.lists(st.binary(max_size=3)))
def test_values_come_back(values: list[bytes]) -> None:
    packed = Values.of(b"".join(values), [len(value) for value in values])
    assert [packed.value(number) for number in range(len(values))] == values
    if len({len(value) for value in values}) == 1:
        assert packed.starts is None


def long_index() -> Any:
    """One segment in which "x" has three blocks of postings, in every other document."""
    ix = RamStorage().create_index(make_schema())
    pairs = (("y", "x " * (n % 7 + 1) + "z " * (n % 11)) for n in range(5 * BLOCK // 2))
    fill(ix, [text for pair in pairs for text in pair])
    return ix


def test_a_matcher_skips() -> None:
    with long_index().reader() as reader:
        matcher = reader.postings("text", "x", scorer=scoring.WeightScorer(7))
        assert isinstance(matcher, PostingsMatcher)
        everything = list(matcher.all_ids())
        assert everything == list(range(1, 5 * BLOCK, 2))
        matcher.skip_to(100)
        assert matcher.id() == 101
        other = matcher.copy()
        assert other.next() is False
        assert (matcher.id(), other.id()) == (101, 103)
        matcher.skip_to(7)
        assert matcher.id() == 101
        assert (matcher.block_min_id(), matcher.block_max_id()) == (1, 2 * BLOCK - 1)
        assert matcher.block_max_weight() == 7
        assert matcher.block_min_length() == 1
        assert matcher.block_max_length() == 17
        assert matcher.skip_to_quality(6) == 0
        matcher.skip_to(10**12)
        assert not matcher.is_active()
        for move in (matcher.next, lambda: matcher.skip_to(1)):
            with pytest.raises(ReadTooFar):
                move()
        matcher.reset()
        assert matcher.skip_to_quality(7) == 3
        assert not matcher.is_active()
        matcher.reset()
        ends = [matcher.next() for _ in everything]
        assert [n + 1 for n, end in enumerate(ends) if end] == [BLOCK, 2 * BLOCK, len(everything)]


@pytest.mark.parametrize("weighting", [scoring.BM25F(), scoring.TF_IDF(), scoring.Frequency()])
def test_top_hits_are_those_of_the_whole_ranking(weighting: Any) -> None:
    with long_index().searcher(weighting=weighting) as searcher:
        for q in (query.Term("text", "x"), query.Or([query.Term("text", t) for t in "xyz"])):
            every = searcher.search(q, limit=None, optimize=False)
            top = searcher.search(q, limit=10, optimize=True)
            assert [hit.score for hit in top] == pytest.approx([h.score for h in every[:10]])
            best = {hit.docnum for hit in every if hit.score > every[9].score + 1e-9}
            assert best <= {hit.docnum for hit in top}


DOCUMENTS = st.fixed_dictionaries(
    {"text": st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join)},
    optional={
        "tags": st.lists(st.sampled_from(TAGS), min_size=1, unique=True).map(",".join),
        "year": st.integers(1990, 1995),
        "source": st.binary(max_size=4),
        "note": st.integers() | st.text(max_size=3),
    },
)
TERMS = st.builds(query.Term, st.just("text"), st.sampled_from(WORDS)) | st.builds(
    query.Term, st.just("tags"), st.sampled_from(TAGS)
)
QUERIES = st.recursive(
    TERMS
    | st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(
        lambda words: query.Phrase("text", words)
    )
    | st.sampled_from(("r", "h", "")).map(lambda prefix: query.Prefix("text", prefix))
    | st.tuples(st.integers(1990, 1995), st.integers(1990, 1995)).map(
        lambda years: query.NumericRange("year", min(years), max(years))
    ),
    lambda inner: (
        st.builds(query.And, st.lists(inner, min_size=2, max_size=3))
        | st.builds(query.Or, st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=4,
)
"""Without AndNot, in which Whoosh finds what it should exclude, in its own segments too."""


def built(batches: list[list[dict[str, Any]]], deleted: set[int], codec: Any) -> Any:
    """Write one segment a batch, then delete the documents with these ids."""
    ix = RamStorage().create_index(make_schema())
    number = 0
    for batch in batches:
        w = ix.writer(codec=codec)
        for document in batch:
            w.add_document(id=str(number), **document)
            number += 1
        w.commit(merge=False)
    w = ix.writer(codec=codec)
    for n in sorted(deleted):
        w.delete_by_term("id", str(n))
    w.commit(merge=False)
    return ix


def pairs(searcher: Any, q: Any, limit: int | None) -> Iterator[tuple[str, float]]:
    return ((hit["id"], hit.score) for hit in searcher.search(q, limit=limit))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(DOCUMENTS, min_size=1, max_size=8), min_size=1, max_size=3),
    st.sets(st.integers(0, 15), max_size=5),
    st.lists(QUERIES, min_size=1, max_size=5),
    st.booleans(),
)
def test_whoosh_finds_the_same_as_in_its_own_segments(
    batches: list[list[dict[str, Any]]], deleted: set[int], queries: list[Any], merged: bool
) -> None:
    ours, theirs = built(batches, deleted, ColumnarCodec()), built(batches, deleted, None)
    if merged:
        for ix, codec in ((ours, ColumnarCodec()), (theirs, None)):
            ix.writer(codec=codec).commit(optimize=True)
    # Lengths of up to 10 words are whole in Whoosh's one byte too, so that scores are the same.
    with ours.searcher() as mine, theirs.searcher() as other:
        for q in queries:
            found, wanted = dict(pairs(mine, q, None)), dict(pairs(other, q, None))
            assert found.keys() == wanted.keys()
            assert [found[key] for key in wanted] == pytest.approx(list(wanted.values()))
            top = list(pairs(mine, q, 10))
            assert len(top) == min(10, len(wanted))
            assert [score for _, score in top] == pytest.approx(
                sorted(wanted.values(), reverse=True)[:10]
            )
        mine, other = mine.reader(), other.reader()
        assert list(mine.all_terms()) == list(other.all_terms())
        # Whoosh's segments say None where they keep no value.
        wanted_postings = [(*posting, value or b"") for *posting, value in other.iter_postings()]
        assert list(mine.iter_postings()) == wanted_postings
        assert list(mine.all_stored_fields()) == list(other.all_stored_fields())
        for name in ("year", "source"):
            assert list(mine.column_reader(name)) == list(other.column_reader(name))


def test_postings_take_no_more_than_they_need() -> None:
    storage = RamStorage()
    ix = storage.create_index(fields.Schema(id=fields.ID))
    w = writer(ix)
    for _ in range(1000):
        w.add_document(id="same")
    w.commit()
    (name,) = segment_files(storage)
    file = ArrayFile.from_bytes(storage.files[name], name)
    assert file.nbytes("terms/id/postings/values") == 0
    assert file["terms/id/docs"].dtype == np.uint32
    assert len(storage.files[name]) < 10_000
