"""Writing to an index and opening it again."""

import re
import shutil
from pathlib import Path

import orjson
import pytest

from index import schema
from index.articles import Article
from index.columnar.arrays import FORMAT
from index.errors import (
    DuplicateId,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    SegmentError,
    StoreError,
)
from index.store import STAMP, Store
from index.writer import WRITING, StoreWriter
from search.engines.local import LocalEngine
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import an_article, fill_store


def found(store: Store, query: str = "") -> list[str]:
    results = Searcher(LocalEngine(store)).search(SearchRequest(q=query, size=100))
    return sorted(hit.article.id for hit in results.hits)


def put(writer: StoreWriter, article: Article) -> str:
    return writer.put(article, lambda given: given)


def test_articles_are_there_after_the_commit_and_after_opening_again(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räven åt.")])
    assert found(store, "räv") == ["a"]
    assert found(Store(tmp_path), "räv") == ["a"]


def test_the_same_article_changes_nothing(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räv")])
    commit = store.commit_id()
    with store.writer() as writer:
        assert put(writer, an_article("a", "Räv")) == "unchanged"
        writer.commit()
    assert store.commit_id() == commit


def test_a_changed_article_replaces_the_old(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räv"), an_article("b", "Hare")])
    with store.writer() as writer:
        assert put(writer, an_article("a", "Varg")) == "updated"
        assert put(writer, an_article("c", "Älg")) == "added"
        writer.commit()
    assert found(store) == ["a", "b", "c"]
    assert (found(store, "räv"), found(store, "varg")) == ([], ["a"])


def test_of_one_id_in_one_run_the_first_counts(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    for run in ("added", "unchanged"):
        with store.writer() as writer:
            assert put(writer, an_article("a", "Räv")) == run
            assert put(writer, an_article("a", "Räv")) == "unchanged"
            with pytest.raises(DuplicateId, match='has the id "a"'):
                put(writer, an_article("a", "Varg"))
            writer.commit()
    assert (found(store), found(store, "räv"), found(store, "varg")) == (["a"], ["a"], [])


def test_a_better_recogniser_reads_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räv")])
    monkeypatch.setattr("index.writer.recogniser_version", lambda: "another")
    with store.writer() as writer:
        assert put(writer, an_article("a", "Räv")) == "updated"


def test_a_commit_between_opening_and_writing_loses_nothing(tmp_path: Path) -> None:
    early = Store.create(tmp_path)
    fill_store(tmp_path, [an_article("a", "Räv"), an_article("b", "Räv")])
    with early.writer() as writer:
        assert put(writer, an_article("b", "Varg")) == "updated"
        writer.commit()
    assert (found(early, "räv"), found(early, "varg")) == (["a"], ["b"])


def test_an_error_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räv")])
    with pytest.raises(RuntimeError, match="avbrott"), store.writer() as writer:
        put(writer, an_article("a", "Varg"))
        put(writer, an_article("b", "Hare"))
        raise RuntimeError("avbrott")
    assert found(Store(tmp_path)) == ["a"]
    assert found(Store(tmp_path), "räv") == ["a"]
    fill_store(tmp_path, [an_article("c", "Älg")])  # the lock is free again


def test_many_commits_and_merges_lose_nothing(tmp_path: Path) -> None:
    groups = [[an_article(f"{n}-{i}", f"Räv nummer {n}") for i in range(3)] for n in range(12)]
    store = fill_store(tmp_path, *groups)
    assert len(found(store, "räv")) == 36
    assert found(store, "7") == ["7-0", "7-1", "7-2"]


def test_only_one_may_write(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    with store.writer(), pytest.raises(IndexLocked, match="another process is writing"):
        Store(tmp_path).writer()


def test_an_old_snapshot_goes_on_answering(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räv")])
    engine = LocalEngine(store)
    old = engine.snapshot()
    fill_store(tmp_path, [an_article("a", "Varg"), an_article("b", "Räv")])
    assert old.info().articles == 1
    found = old.find("a")
    assert found is not None
    assert old.load(found).body == "Räv"
    assert engine.snapshot().info().articles == 2


def test_a_rebuilt_index_is_taken_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ix"
    store = fill_store(path, [an_article("a", "Räv")])
    engine = LocalEngine(store)
    assert engine.snapshot().find("a") == 0
    shutil.rmtree(path)
    with pytest.raises(IndexMissing, match="has been removed"):
        engine.snapshot()
    fill_store(path, [an_article("b", "Varg")])
    assert engine.snapshot().find("a") is None
    assert engine.snapshot().find("b") == 0


def test_no_index_here(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="nyhetssok index"):
        Store(tmp_path / "saknas")


def test_a_folder_with_other_files_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "brev.txt").write_text("kära mor")
    with pytest.raises(StoreError, match="a folder of its own"):
        Store.create(tmp_path)
    with pytest.raises(StoreError, match="is a file"):
        Store.create(tmp_path / "brev.txt")


@pytest.mark.parametrize("name", ["format", "analysis"])
def test_an_index_of_another_version_is_refused(tmp_path: Path, name: str) -> None:
    Store.create(tmp_path)
    stamp = tmp_path / STAMP
    stamp.write_bytes(orjson.dumps(orjson.loads(stamp.read_bytes()) | {name: "0"}))
    with pytest.raises(IndexMismatch, match=f"written with {name} 0.*--rebuild"):
        Store(tmp_path)


def test_rebuilding_takes_nothing_but_the_index_away(tmp_path: Path) -> None:
    fill_store(tmp_path, [an_article("a", "Räv")])
    letter = tmp_path / "brev.txt"
    letter.write_text("kära mor")
    stamp = tmp_path / STAMP
    assert found(Store.create(tmp_path, rebuild=True)) == ["a"]
    stamp.write_bytes(orjson.dumps(orjson.loads(stamp.read_bytes()) | {"analysis": "0"}))
    with pytest.raises(StoreError, match="a folder of its own"):
        Store.create(tmp_path, rebuild=True)
    assert letter.read_text() == "kära mor"
    letter.unlink()
    assert found(Store.create(tmp_path, rebuild=True)) == []


def test_an_index_being_written_is_not_rebuilt(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    with store.writer():
        stamp = tmp_path / STAMP
        stamp.write_bytes(orjson.dumps(orjson.loads(stamp.read_bytes()) | {"analysis": "0"}))
        with pytest.raises(IndexLocked):
            Store.create(tmp_path, rebuild=True)
        assert stamp.exists()


def test_a_broken_stamp_is_an_error_of_ours(tmp_path: Path) -> None:
    Store.create(tmp_path)
    (tmp_path / STAMP).write_bytes(b"{")
    with pytest.raises(StoreError, match="cannot be read"):
        Store(tmp_path)


def test_the_pickled_names_are_frozen(tmp_path: Path) -> None:
    """An index can be opened only as long as these classes stay where they are."""
    fill_store(tmp_path, [an_article("a", "Räv")])
    (toc,) = tmp_path.glob("*.toc")
    data = toc.read_bytes()
    modules = set(re.findall(rb"index\.[a-z_.]+", data))
    assert modules == {b"index.columnar.codec", b"index.schema"}
    for name in (b"ColumnarSegment", b"PositionsFormat", b"TermsField"):
        assert name in data


def test_whoosh_reads_the_index(tmp_path: Path) -> None:
    from whoosh import query
    from whoosh.index import open_dir

    fill_store(tmp_path, [an_article("a", "Räv och hare"), an_article("b", "Räven sover")])
    with open_dir(str(tmp_path)).searcher() as searcher:
        (hit,) = searcher.search(query.Phrase(schema.FORM, ["räv", "och"]))
        assert (hit["id"], orjson.loads(hit["article"])["body"]) == ("a", "Räv och hare")
        assert len(searcher.search(query.Term(schema.TEXT, "räv"))) == 2


def test_whoosh_cannot_add_an_article(tmp_path: Path) -> None:
    from whoosh.index import open_dir

    store = fill_store(tmp_path, [an_article("a", "Räv")])
    ix = open_dir(str(tmp_path))
    writer = ix.writer()
    with pytest.raises(TypeError, match="with nyhetssok"):
        writer.add_document(id="b", text="Varg")
    writer.cancel()
    writer = ix.writer()
    writer.add_document(id="b")
    writer.commit(merge=False)
    with pytest.raises(IndexMismatch, match=r"Whoosh itself has written the segment.*--rebuild"):
        store.segments()


def test_a_segment_of_another_analysis_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_store(tmp_path, [an_article("a", "Räv")])
    monkeypatch.setattr("index.store.analysis_version", lambda: "another")
    (tmp_path / STAMP).write_bytes(orjson.dumps({"format": str(FORMAT), "analysis": "another"}))
    with pytest.raises(IndexMismatch, match=r"written by another version.*--rebuild"):
        Store(tmp_path).segments()


def test_damage_is_found_and_named(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("artikel", "Räv och hare", title="Rubrik")])
    assert store.check() == []
    (file,) = tmp_path.glob("*.col")
    whole = file.read_bytes()
    for name in ("title_text", "stored", "id_text"):
        (segment,) = store.segments()
        array = segment.segment.file[name]
        at = whole.index(array.tobytes(), 64)
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert Store(tmp_path).check() == [f"{file}: {name} is damaged"]
    file.write_bytes(whole[:-1])
    (line,) = Store(tmp_path).check()
    assert line.startswith(str(file))
    file.unlink()
    (line,) = Store(tmp_path).check()
    assert str(file) in line


def test_after_a_crash_the_index_is_checked(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räv")])
    (file,) = tmp_path.glob("*.col")
    (tmp_path / WRITING).touch()
    half = tmp_path / "MAIN_halvfardig.col"
    half.write_bytes(b"half")
    with store.writer() as writer:
        assert put(writer, an_article("b", "Varg")) == "added"
        assert not half.exists()
        writer.commit()
    assert not (tmp_path / WRITING).exists()
    assert found(store) == ["a", "b"]
    (tmp_path / WRITING).touch()
    data = bytearray(file.read_bytes())
    data[64] ^= 1
    file.write_bytes(data)
    with pytest.raises(SegmentError, match=r"(?s)is damaged.*--rebuild"):
        Store(tmp_path).writer()
