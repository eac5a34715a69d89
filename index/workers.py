"""The work of a run that several processes can share: from pieces of files to segments."""

import gc
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from traceback import format_exc
from types import TracebackType
from typing import Any, Final, NamedTuple

from index.articles import ENTITY_FIELDS, Article
from index.columnar.codec import ColumnarSegment
from index.entities import Recogniser, load_recogniser
from index.errors import ArticleError, StoreError
from index.readers import Piece, read_piece
from index.store import Store
from index.writer import MEMORY, Put, SegmentsWriter

Batch = list[Piece | ArticleError]


class Done(NamedTuple):
    """A piece whose article has been put: where it came from and what has become of it."""

    path: Path
    line: int | None
    put: Put


Worked = list[Done | ArticleError]
"""What has become of each piece of a batch, in its order."""

_AHEAD: Final = 2  # batches that wait for each worker


class Worker:
    """Reads pieces, finds entities, and writes segments."""

    def __init__(self, store: Store, memory: int = MEMORY) -> None:
        self._writer = SegmentsWriter(store.path, store.segments(), memory)
        self._recogniser = load_recogniser()
        self._was_collecting = False

    def __enter__(self) -> "Worker":
        # The work makes nothing that refers to itself, and looking for such things in all the words
        # that are kept would take a tenth of the time.
        self._was_collecting = gc.isenabled()
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        if self._was_collecting:
            gc.enable()

    def map(self, batches: Iterable[Batch]) -> Iterator[Worked]:
        """Work on the batches, one after another."""
        return map(self.work, batches)

    def work(self, batch: Batch) -> Worked:
        """Put the articles of a batch."""
        return [self._put(piece) for piece in batch]

    def finish(self) -> list[ColumnarSegment]:
        """Write what is left; the segments. Nothing can be put after it."""
        segments = self._writer.finish()
        del self._writer  # with all words, before segments are merged and Python looks for circles
        return segments

    def _put(self, piece: Piece | ArticleError) -> Done | ArticleError:
        article = piece if isinstance(piece, ArticleError) else read_piece(piece)
        if isinstance(article, ArticleError) or isinstance(piece, ArticleError):
            return article  # type: ignore[return-value]
        put = self._writer.put(article, lambda given: with_entities(given, self._recogniser))
        return Done(piece.path, piece.line, put)


class Crew:
    """Several workers, each in a process of its own."""

    def __init__(self, size: int, path: Path, memory: int = MEMORY) -> None:
        """Start `size` processes that work for the index at `path`."""
        context = get_context("spawn")  # a fork would copy locks that other threads hold
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._connections: list[Connection] = []
        self._processes: list[Any] = []
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, path, memory), daemon=True)
            process.start()
            theirs.close()
            self._idle.put(ours)
            self._connections.append(ours)
            self._processes.append(process)
        self._threads = ThreadPoolExecutor(size)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.terminate()
        self._threads.shutdown(cancel_futures=True)
        for process, connection in zip(self._processes, self._connections, strict=True):
            process.join()
            connection.close()

    def map(self, batches: Iterable[Batch]) -> Iterator[Worked]:
        """Work on the batches, several at once; what has become of them, in their order."""
        waiting: deque[Future[Worked]] = deque()
        for batch in batches:
            waiting.append(self._threads.submit(self._work, batch))
            if len(waiting) > _AHEAD * len(self._processes):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def finish(self) -> list[ColumnarSegment]:
        """Let all workers write what is left; the segments of all."""
        written = self._threads.map(lambda connection: _ask(connection, None), self._connections)
        return [segment for segments in written for segment in segments]

    def _work(self, batch: Batch) -> Worked:
        connection = self._idle.get()
        worked: Worked = _ask(connection, batch)
        self._idle.put(connection)
        return worked


def start_workers(count: int, store: Store) -> Worker | Crew:
    """Start as many workers: in this process when it is one."""
    return Worker(store) if count == 1 else Crew(count, store.path)


def with_entities(article: Article, recogniser: Recogniser) -> Article:
    """Fill in the kinds of entities that the article does not name itself."""
    missing = [name for name in ENTITY_FIELDS if getattr(article, name) is None]
    if not missing:
        return article
    found: dict[str, dict[str, None]] = {name: {} for name in ENTITY_FIELDS}
    for mentions in recogniser.recognise(article.texts):
        for mention in mentions:
            if mention.name:
                found[f"{mention.kind}s"][mention.name] = None
    values: dict[str, Any] = {name: tuple(found[name]) for name in missing}
    return replace(article, **values)


def _ask(connection: Connection, batch: Batch | None) -> Any:
    with suppress(ConnectionError):  # it may have left a message before it ended
        connection.send(batch)
    try:
        answer, fault = connection.recv()
    except (EOFError, ConnectionError) as error:
        raise StoreError("a worker was ended from outside, perhaps for want of memory") from error
    if fault:
        raise RuntimeError(f"a worker failed\n{fault}")
    return answer


def _serve(connection: Connection, path: Path, memory: int) -> None:
    """Work until the last batch, which is None; the life of a worker's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started us ends us
    with suppress(EOFError, ConnectionError):  # when that one has gone
        try:
            with Worker(Store(path), memory) as worker:
                while (batch := connection.recv()) is not None:
                    connection.send((worker.work(batch), None))
                connection.send((worker.finish(), None))
        except (EOFError, ConnectionError):
            raise
        except Exception:
            connection.send((None, format_exc()))
