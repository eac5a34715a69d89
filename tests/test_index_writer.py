"""Commits: what is on the disk afterwards, and in which order it came there."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article
from index.columnar.segment import MAX_DOCUMENTS
from index.store import Store
from index.writer import MERGED_AT_ONCE, choose_merge
from tests.conftest import an_article, fill_store


def commit(store: Store, *articles: Article, memory: int = 2**20) -> None:
    with store.writer(memory) as writer:
        for article in articles:
            writer.put(article, lambda given: given)
        writer.commit()


def articles_of(store: Store) -> dict[str, str]:
    """Text by id, of what is live."""
    found = {}
    for live in store.segments():
        for document in range(live.segment.documents):
            if not live.is_deleted(document):
                record = orjson.loads(live.segment.stored.json(document))
                found[record["id"]] = record["body"]
    return found


def test_small_segments_are_merged(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    for number in range(20):
        commit(store, an_article(str(number), f"Räv {number}"))
    assert articles_of(store) == {str(number): f"Räv {number}" for number in range(20)}
    assert len(store.segments()) < MERGED_AT_ONCE
    assert len(list(tmp_path.glob("*.col"))) == len(store.segments())


def test_a_segment_is_written_when_memory_is_full(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    texts = {str(number): f"Räv {number} " * 200 for number in range(40)}
    commit(store, *(an_article(id, text) for id, text in texts.items()), memory=5000)
    assert len(store.segments()) > 1
    assert (
        articles_of(store) == {id: text.strip() for id, text in texts.items()}
        or articles_of(store) == texts
    )


def test_deleting(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article("a", "Räv"), an_article("b", "Varg")])
    with store.writer() as writer:
        assert writer.delete("a")
        assert not writer.delete("c")
        writer.commit()
    assert articles_of(store) == {"b": "Varg"}
    with store.writer() as writer:
        assert not writer.delete("a")
        writer.commit()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_purge_leaves_no_text(tmp_path: Path, replaced: bool) -> None:
    secret: dict[str, Any] = {
        "title": "Xylofonmannen",
        "persons": ("Xylo Fonsson",),
        "source": "Xyloposten",
    }
    others = [an_article(str(number), f"Räv {number}") for number in range(300)]
    store = fill_store(tmp_path, [*others, an_article("x", "xylofonens ljud", **secret)])
    if replaced:
        commit(store, an_article("x", "Tyst"))
    else:
        with store.writer() as writer:
            assert writer.delete("x")
            writer.commit()

    def holds_it() -> bool:
        data = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        dictionaries = [live.segment.file["stored_dictionary"] for live in store.segments()]
        stored = [
            live.segment.stored.json(document)
            for live in store.segments()
            for document in range(live.segment.documents)
        ]
        return b"xylo" in b"".join([data, *map(bytes, dictionaries), *stored]).lower()

    assert holds_it()
    with store.writer() as writer:
        writer.commit(purge=True)
    assert not holds_it()
    assert len(articles_of(store)) == 300 + replaced
    before = store.commit_id()
    with store.writer() as writer:
        writer.commit(purge=True)
    assert store.commit_id() == before


def test_a_segment_of_which_most_is_deleted_is_rewritten(tmp_path: Path) -> None:
    store = fill_store(tmp_path, [an_article(str(number), "Räv") for number in range(5)])
    for number in range(2):
        with store.writer() as writer:
            writer.delete(str(number))
            writer.commit()
        assert [live.segment.documents for live in store.segments()] == [5]
    with store.writer() as writer:
        writer.delete("2")
        writer.commit()
    assert [live.segment.documents for live in store.segments()] == [2]


def test_files_are_on_the_disk_before_the_commit_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create(tmp_path)
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(handle: int) -> None:
        steps.append(f"sync {Path(f'/proc/self/fd/{handle}').readlink().suffix}")
        fsync(handle)

    def note_replace(path: Path, target: Path) -> Path:
        steps.append(f"rename {target.suffix}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_replace)
    commit(store, an_article("a", "Räv"))
    assert steps[0] == "sync .col"
    assert steps[-3:] == ["sync ", "rename .toc", "sync "]


@given(st.lists(st.integers(1, MAX_DOCUMENTS), max_size=40))
def test_merging_ends_and_leaves_few_segments(sizes: list[int]) -> None:
    total = sum(sizes)
    for _ in range(100):
        chosen = choose_merge(sizes)
        if not chosen:
            break
        merged = sum(sizes[place] for place in chosen)
        assert merged <= MAX_DOCUMENTS
        assert len(set(chosen)) == len(chosen) >= 2
        sizes = [size for place, size in enumerate(sizes) if place not in chosen] + [merged]
    assert not choose_merge(sizes)
    assert sum(sizes) == total
    assert sum(size < 4096 for size in sizes) < 4 * MERGED_AT_ONCE
