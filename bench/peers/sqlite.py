"""SQLite's FTS5, contentless, on text that is stemmed beforehand.

Better than its defaults: no journal while writing, large pages and cache, `optimize` into one
b-tree, memory-mapped reading, facets counted over a table without rowids, and one pass over the
matches for both the count and the facets.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from bench.corpus import Article
from bench.peers.base import (
    FACETS,
    TOP,
    Answer,
    Facets,
    Written,
    day_number,
    facet_values,
    full_text,
)
from bench.peers.tokens import Analyser
from bench.queries import Query

_BATCH: Final = 1000
_SCHEMA: Final = """
pragma page_size = 8192;
pragma journal_mode = off;
pragma synchronous = off;
pragma cache_size = -200000;
create virtual table fts using fts5(
    text, content = '', tokenize = "unicode61 remove_diacritics 0");
create table article (
    number integer primary key, id text, title text, published integer);
create table value (
    number integer primary key, facet integer, value text, unique (facet, value));
create table has (
    article integer, value integer, primary key (article, value)) without rowid;
"""
_AFTER: Final = """
create index has_value on has (value, article);
analyze;
"""
_MATCHES: Final = "from fts where fts match :match"
_NARROWED: Final = """
    and +fts.rowid in (
        select has.article from has join value on value.number = has.value
        where value.facet = :facet and value.value = :place)
    and (select published from article where number = fts.rowid) between :first and :last
"""
_FACETS: Final = """
with
    matches (article) as materialized (select rowid {matches}),
    counts (value, count) as (
        select has.value, count(*) from matches cross join has on has.article = matches.article
        group by has.value),
    ranked (facet, value, count, rank) as (
        select facet, value.value, count, row_number() over (
            partition by facet order by count desc, value.value)
        from counts join value on value.number = counts.value)
select facet, value, count from ranked where rank <= {top}
union all select -1, '', (select count(*) from matches)
"""


class Sqlite:
    """FTS5 in one file; the module of the Python that runs the bench."""

    workers = 1

    def version(self) -> str:
        """See Peer."""
        return sqlite3.sqlite_version

    def index(self, articles: Iterable[Article], folder: Path) -> Written:
        """See Peer."""
        connection = sqlite3.connect(folder / "fts.db", isolation_level=None)
        connection.executescript(_SCHEMA)
        connection.execute("begin")
        _insert(connection, articles)
        connection.execute("commit")
        began = perf_counter()
        connection.execute("insert into fts (fts) values ('optimize')")
        connection.executescript(_AFTER)
        merged = perf_counter() - began
        stored = _table_bytes(connection, "article")
        connection.close()
        return Written(merged, stored)

    def open(self, folder: Path) -> None:
        """See Peer."""
        path = folder / "fts.db"
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        self._connection.execute("pragma cache_size = -300000")
        self._connection.execute("pragma mmap_size = 8000000000")
        self._analyser = Analyser()

    def prepare(self, query: Query) -> dict[str, Any]:
        """See Peer; the values for the statements."""
        stems = [stem for term in query.terms for stem in self._analyser.stems(term)]
        if query.operator == "phrase":
            match = f'"{" ".join(stems)}"'
        else:
            match = f" {query.operator.upper()} ".join(f'"{stem}"' for stem in stems)
        values: dict[str, Any] = {"match": match}
        if query.first and query.last:
            values |= {
                "first": day_number(query.first),
                "last": day_number(query.last),
                "facet": FACETS.index("places"),
                "place": query.place,
            }
        return values

    def answer(self, prepared: dict[str, Any], *, facets: bool) -> Answer:
        """See Peer."""
        run = self._connection.execute
        if "place" in prepared:
            matches, rank = _MATCHES + _NARROWED, "bm25(fts)"
        else:
            matches, rank = _MATCHES, "rank"  # ordering by `rank` is the faster way without more
        ranked = f"select rowid {matches} order by {rank} limit {TOP}"
        best = run(ranked, prepared).fetchall()
        shown = [
            run("select id, title from article where number = ?", row).fetchone() for row in best
        ]
        found: Facets = {}
        if facets:
            found = {name: [] for name in FACETS}
            total = 0
            for facet, value, count in run(_FACETS.format(matches=matches, top=TOP), prepared):
                if facet < 0:
                    total = count
                else:
                    found[FACETS[facet]].append((value, count))
        else:
            (total,) = run(f"select count(*) {matches}", prepared).fetchone()
        return Answer([id_ for id_, _ in shown], [title for _, title in shown], total, found)


def _insert(connection: sqlite3.Connection, articles: Iterable[Article]) -> None:
    analyser = Analyser()
    numbers: dict[tuple[int, str], int] = {}
    texts: list[tuple[int, str]] = []
    rows: list[tuple[int, str, str, int]] = []
    has: list[tuple[int, int]] = []

    def flush() -> None:
        connection.executemany("insert into fts (rowid, text) values (?, ?)", texts)
        connection.executemany("insert into article values (?, ?, ?, ?)", rows)
        connection.executemany("insert or ignore into has values (?, ?)", has)
        for batch in (texts, rows, has):
            batch.clear()

    for number, article in enumerate(articles, start=1):
        texts.append((number, " ".join(analyser.stems(full_text(article)))))
        published = day_number(article["published"])
        rows.append((number, article["id"], article["title"], published))
        for facet, name in enumerate(FACETS):
            for value in facet_values(article, name):
                key = (facet, value)
                has.append((number, numbers.setdefault(key, len(numbers) + 1)))
        if number % _BATCH == 0:
            flush()
    flush()
    values = [(number, facet, value) for (facet, value), number in numbers.items()]
    connection.executemany("insert into value values (?, ?, ?)", values)


def _table_bytes(connection: sqlite3.Connection, table: str) -> int | None:
    """The bytes of a table's pages; None when this SQLite cannot tell."""
    try:
        row = connection.execute("select sum(pgsize) from dbstat where name = ?", (table,))
        size: int | None = row.fetchone()[0]
    except sqlite3.OperationalError:
        return None
    return size
