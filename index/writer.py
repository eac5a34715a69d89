"""Writing to an index.

StoreWriter     one run of writing: puts articles, deletes, commits
SegmentsWriter  the part of it that can work alone in a process: turns articles into segments
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from index.articles import Article, to_json
from index.columnar.builder import DIGEST_BYTES, SegmentBuilder
from index.columnar.codec import ColumnarSegment
from index.columnar.merge import merge_segments
from index.columnar.segment import MAX_DOCUMENTS, LiveSegment
from index.columnar.toc import (
    Contents,
    lock_for_writing,
    new_entry,
    read_contents,
    remove_unnamed,
    segment_file,
    write_contents,
)
from index.entities.recogniser import recogniser_version
from index.errors import DuplicateId, SegmentError
from index.language import analysis_version

if TYPE_CHECKING:
    from index.store import Store

WRITING: Final = "writing"
"""A file that is there while somebody writes: found by the next writer, it tells of a crash."""

MEMORY: Final = 512 * 2**20
"""Bytes of articles after which a segment is written, for each process; words take some more."""

MERGED_AT_ONCE: Final = 8
"""Segments of about one size that are made into one; also the ratio from one size to the next."""

Outcome = Literal["added", "updated", "unchanged"]


class Place(NamedTuple):
    """Where an article stands: the id of a segment and the number of a document in it."""

    segment: str
    document: int


class Put(NamedTuple):
    """What has become of an article: where it stands now and where its predecessor stood."""

    id: str
    digest: bytes
    outcome: Outcome
    place: Place
    replaced: Place | None = None


class SegmentsWriter:
    """Turns articles into segments that nobody sees before a commit names them."""

    def __init__(self, folder: Path, committed: Sequence[LiveSegment], memory: int) -> None:
        self._folder = folder
        self._committed = committed
        self._memory = memory
        self._builder = SegmentBuilder()
        self._entry = new_entry()
        self._written: list[ColumnarSegment] = []

    def put(self, given: Article, complete: Callable[[Article], Article]) -> Put:
        """Add an article unless the last commit holds the same."""
        json = to_json(given)
        digest = _digest(json)
        known = self.find(given.id)
        if known and known[1] == digest:
            return Put(given.id, digest, "unchanged", known[0])
        article = complete(given)
        if article is not given:
            json = to_json(article)
        document = self._builder.add(article, digest, json)
        place = Place(self._entry.segment_id(), document)
        if self._builder.is_full or self._builder.memory > self._memory:
            self._write()
        if known:
            return Put(given.id, digest, "updated", place, known[0])
        return Put(given.id, digest, "added", place)

    def find(self, id: str) -> tuple[Place, bytes] | None:  # noqa: A002
        """Find an article of the last commit: its place and digest."""
        for live in self._committed:
            document = live.segment.document(id)
            if document >= 0 and not live.is_deleted(document):
                digest = live.segment.digests[document].tobytes()
                return Place(live.segment.id, document), digest
        return None

    def finish(self) -> list[ColumnarSegment]:
        """Write what is left; all segments in the order in which they were begun."""
        if self._builder.documents:
            self._write()
        return self._written

    def _write(self) -> None:
        self._entry.set_doc_count(self._builder.documents)
        self._builder.write(segment_file(self._folder, self._entry), _meta(self._entry))
        self._written.append(self._entry)
        self._entry = new_entry()


class StoreWriter:
    """Collects articles and commits them at once; an error inside the `with` adds nothing.

    Within one run the first article with an id counts.
    """

    def __init__(self, store: "Store", memory: int = MEMORY) -> None:
        """Begin to write. Raises IndexLocked when another process does, and StoreError."""
        self._store = store
        self._lock: Any = lock_for_writing(store.path)
        try:
            self._contents = read_contents(store.path)
            committed = store.segments()  # the lock is ours, so this stays true
            self._look_for_a_crash()
        except BaseException:
            self._lock.release()
            raise
        self._own = SegmentsWriter(store.path, committed, memory)
        self._dropped: dict[str, list[int]] = {}
        self._seen: dict[str, bytes] = {}
        self._is_closed = False
        self.merge_seconds = 0.0
        """What merging took in the commit."""

    def __enter__(self) -> "StoreWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._is_closed:
            self._close()

    def put(self, given: Article, complete: Callable[[Article], Article]) -> Outcome:
        """Add an article or replace the one with its id; leave alone what has not changed.

        `given` is the article as its source gives it, which decides whether it has changed;
        `complete` fills in its entities when it has. Raises DuplicateId when another article of
        this run has the id.
        """
        return self.accept(self._own.put(given, complete))

    def accept(self, put: Put) -> Outcome:
        """Take over what a SegmentsWriter has put, in the order of the run.

        Raises DuplicateId as `put` does.
        """
        before = self._seen.get(put.id)
        if before is not None:
            if put.outcome != "unchanged":
                self._drop(put.place)
            if before != put.digest:
                raise DuplicateId(put.id)
            return "unchanged"
        self._seen[put.id] = put.digest
        if put.replaced:
            self._drop(put.replaced)
        return put.outcome

    def delete(self, id: str) -> bool:  # noqa: A002
        """Delete the article with an id from the last commit; whether there is one."""
        found = self._own.find(id)
        if found:
            self._drop(found[0])
        return found is not None

    def commit(self, more: Iterable[ColumnarSegment] = (), *, purge: bool = False) -> None:
        """Make everything that was put visible, with the segments of other SegmentsWriters.

        With `purge` nothing is left on disk of articles that were deleted or replaced. Nothing is
        written when nothing changed.
        """
        added = [*self._own.finish(), *more]
        entries = {e.segment_id(): e for e in (*self._contents.entries, *added)}
        for name, documents in self._dropped.items():
            for document in documents:
                entries[name].delete_document(document)
        is_unclean = purge and any(entry.has_deletions() for entry in entries.values())
        if added or self._dropped or is_unclean:
            began = perf_counter()
            kept = self._merge(list(entries.values()), purge=purge)
            self.merge_seconds = perf_counter() - began
            self._contents = Contents(self._contents.generation + 1, kept)
            write_contents(self._store.path, self._contents)
        self._close()

    def _drop(self, place: Place) -> None:
        self._dropped.setdefault(place.segment, []).append(place.document)

    def _merge(self, entries: list[ColumnarSegment], *, purge: bool) -> list[ColumnarSegment]:
        """Make small segments into larger ones, and rewrite those of which much is deleted."""
        entries = [entry for entry in entries if _live(entry)]
        while group := choose_merge([_live(entry) for entry in entries]):
            merged = self._rewrite([entries[place] for place in group])
            entries = [e for place, e in enumerate(entries) if place not in group] + [merged]
        return [
            self._rewrite([entry])
            if entry.has_deletions() and (purge or _live(entry) * 2 < entry.doc_count_all())
            else entry
            for entry in entries
        ]

    def _rewrite(self, entries: list[ColumnarSegment]) -> ColumnarSegment:
        merged = new_entry(sum(map(_live, entries)))
        sources = [self._store.open_segment(entry) for entry in entries]
        merge_segments(segment_file(self._store.path, merged), sources, _meta(merged))
        return merged

    def _look_for_a_crash(self) -> None:
        """Check an index that the last writer has not left properly; say that one is at work."""
        writing = self._store.path / WRITING
        if writing.exists():
            wrong = self._store.check()
            if wrong:
                raise SegmentError("\n".join((*wrong, "index the sources again with --rebuild")))
        writing.touch()
        remove_unnamed(self._store.path, self._contents)

    def _close(self) -> None:
        self._is_closed = True
        remove_unnamed(self._store.path, self._contents)
        (self._store.path / WRITING).unlink(missing_ok=True)
        self._lock.release()


def choose_merge(sizes: Sequence[int]) -> list[int]:
    """Choose segments to merge by their live documents: their places, none when all is well.

    Segments are of one tier when their sizes lie between the same powers of MERGED_AT_ONCE. A tier
    with so many is merged, as far as one segment holds it.

    >>> choose_merge([40_000, 3, 2, 7, 5, 4, 1, 6]), choose_merge([40_000, 3, 2, 7, 5, 4, 1, 6, 5])
    ([], [6, 2, 1, 5, 4, 8, 7, 3])
    """
    tiers: dict[int, list[int]] = {}
    for place in sorted(range(len(sizes)), key=sizes.__getitem__):
        tier = (sizes[place].bit_length() - 1) // (MERGED_AT_ONCE.bit_length() - 1)
        tiers.setdefault(tier, []).append(place)
    for places in tiers.values():
        chosen, documents = list[int](), 0
        for place in places if len(places) >= MERGED_AT_ONCE else ():
            if documents + sizes[place] <= MAX_DOCUMENTS:
                chosen.append(place)
                documents += sizes[place]
        if len(chosen) >= MERGED_AT_ONCE // 2:
            return chosen
    return []


def _digest(json: bytes) -> bytes:
    """Sum up what an article holds and which recogniser reads it, in DIGEST_BYTES bytes."""
    content = json + recogniser_version().encode()
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()


def _live(entry: ColumnarSegment) -> int:
    return int(entry.doc_count_all()) - entry.deleted_count()


def _meta(entry: ColumnarSegment) -> dict[str, str]:
    return {"id": entry.segment_id(), "analysis": analysis_version()}
