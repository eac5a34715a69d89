"""What other values would do of the weights that the sets of questions do not reach.

    python -m bench.plateaus DATA

DATA is the folder of `bench.quality`. Weights of fields, of what the title has together, of other
names, of words with dots and of recency act where texts have titles and dates, and queries other
names than the texts. So the press releases are asked for by their first sentences, which are sought
in titles and what follows; by their titles with another name in the place of one; by titles without
dots and rings; and by titles in the order that mixes relevance with age. Interpellations, which
tell the letters of a party, are asked for by the beginning of their titles with a name of the
party; and, as they had little say in how the best are read and none in what places and dots count,
by their titles where these are blanked, with dots and without. The own suite is asked too. Printed
is the nDCG@10 with each value, and how many days newer the ten best are.
"""

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import numpy as np
import orjson

from bench.quality import changed, collections, index_lines, index_texts, read_press, read_rows
from bench.weights import OF_READING, TRIED
from index.columnar.codes import COUNTS
from index.language.tokens import cut_words
from search import recency, rereading, variants, wording
from search import searcher as searching
from search.engines import local, program, segment_search
from search.engines.base import SCORE_SCALE
from search.request import SearchRequest
from search.searcher import open_searcher
from web.evaluation import Judgements, Ranking, evaluate, rank

FIELDS: Final = ((1, 1), (2, 1.5), (3, 1), (3, 1.5), (3, 2), (4, 1.5), (7, 1.5))
"""Weights of title and lead beside 1 of the body."""

SECTIONS: Final[Mapping[str, Sequence[str]]] = {
    "names of one thing": ("namn", "efternamn", "förkortningar"),
    "nationalities": ("nationaliteter",),
    "spellings": ("stavningar",),
}
"""Sections of the variants of which many titles of press releases have a name."""

PARTIES: Final = "partier"

OF_TITLE: Final = (0, 0.5, 1, 1.5, 2)
OF_PHRASES: Final = (0, 0.5, 1, 2)
OF_NAMES: Final = (0.001, 0.1, 0.2, 0.35, 0.5, 0.8, 1)
OF_PLACES: Final = (0.001, 0.2, 0.35, 0.5, 0.8, 1)
OF_DOTS: Final[Mapping[str, Sequence[float]]] = {
    "DOTTED": (0.001, 0.25, 0.5, 0.75, 1),
    "OFTEN": (5, 20, 50, 1_000_000),
    "MORE_OFTEN": (3, 10, 30),
}
OF_MIXED: Final = (50, 100, 200, 400)
OF_RECENCY: Final = ((0, 1), (0.25, 30), (0.25, 90), (0.25, 365), (0.5, 30), (0.5, 90), (0.5, 365))
"""RECENCY, and HALF_LIFE in days."""

FEWER: Final = 1500
"""Titles that are asked in the mixed order, which fetches two hundred articles for each."""

_DAY: Final = 24 * 3600
_SENTENCE: Final = re.compile(r"\s*(.{40,400}?[.!?])\s+(?=[A-ZÅÄÖ])(.{100,})", re.DOTALL)
_OF_PARTY: Final = re.compile(r".{0,300}?\((\w{1,3})\)\s+till\s", re.DOTALL)
"""Until where an interpellation tells the letters of the party of its author."""

_BEGINNING: Final = 4
_DOTS: Final = str.maketrans("åäöÅÄÖ", "aaoAAO")

Row = Mapping[str, Any]
Queries = Sequence[tuple[str, int]]
"""Queries, each with the number of the press release that it is made of."""


class Asked(NamedTuple):
    """Queries by id, what is right for each, and the folder of the index that is asked."""

    folder: Path
    queries: list[tuple[str, str]]
    judgements: Judgements

    @classmethod
    def of(cls, folder: Path, queries: Queries) -> "Asked":
        """Queries that have one right article each, `d` and its number."""
        named = [(f"q{n}", " ".join(query.split())) for n, (query, _) in enumerate(queries)]
        return cls(folder, named, {f"q{n}": {f"d{of}": 1} for n, (_, of) in enumerate(queries)})

    def ndcg(self) -> float:
        """The nDCG@10 by relevance."""
        return self._measure(rank(open_searcher(str(self.folder)), self.queries))

    def mixed(self) -> tuple[float, float]:
        """The nDCG@10 in the mixed order, and the mean day of the ten best since 1970."""
        searcher = open_searcher(str(self.folder))
        ranking: Ranking = {}
        days = []
        for qid, query in self.queries:
            hits = searcher.search(SearchRequest(q=query, sort="mixed")).hits
            ranking[qid] = [hit.article.id for hit in hits]
            days += [hit.article.published.start / _DAY for hit in hits if hit.article.published]
        return self._measure(ranking), float(np.mean(days))

    def _measure(self, ranking: Ranking) -> float:
        return evaluate(ranking, self.judgements)[0].mean


def main(data: Path) -> None:
    """Print a table for each kind of weight."""
    rows = read_press(data)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (suite,) = collections(None)
        index_texts(suite, folder / "suite")
        own = Asked(folder / "suite" / "index", suite.queries, suite.judgements)
        press = _bodies(rows, folder / "press")
        asked_for = [(row["title"], n) for n, row in enumerate(rows)]
        titles = Asked.of(press, asked_for)
        sentences = _first_sentences(rows, folder / "sentences")
        _print_fields(sentences, own)
        _print_title(sentences, own)
        for section, names in SECTIONS.items():
            others = Asked.of(press, with_other_names(rows, names))
            _print_names(section, names, others, titles, own)
            _print_phrases(section, others, own)
        parliament = read_rows(data / "text" / "interpellationer-1994-2014.jsonl.gz")
        asked = with_parties(parliament)
        told = _bodies(parliament, folder / "parliament")
        bare = [(_beginning(parliament[n]), n) for _, n in asked]
        _print_names(PARTIES, (PARTIES,), Asked.of(told, asked), Asked.of(told, bare), own)
        _print_recency(titles._replace(queries=titles.queries[:FEWER]), own)
        blanked = _bodies(without_titles(parliament), folder / "blanked")
        asked_for_blanked = unlike_titles(parliament)[:FEWER]
        unlike = Asked.of(blanked, asked_for_blanked)
        others_bare = Asked.of(blanked, without_dots(asked_for_blanked))
        _print_dots(Asked.of(press, without_dots(asked_for)), others_bare, titles)
        _print_places(titles, unlike, own)
        _print_reading(unlike, own)


def _line(number: int, fields: Mapping[str, str | None]) -> bytes:
    return orjson.dumps({"id": f"d{number}", **{k: v for k, v in fields.items() if v is not None}})


def _bodies(rows: Sequence[Row], folder: Path) -> Path:
    texts = ({"body": row["body"] or "", "published": row.get("published")} for row in rows)
    return index_lines(map(_line, range(len(rows)), texts), folder)


def _first_sentences(rows: Sequence[Row], folder: Path) -> Asked:
    cut = {n: found for n, row in enumerate(rows) if (found := _SENTENCE.match(row["body"] or ""))}
    lines = (_line(n, {"title": rows[n]["title"], "body": found[2]}) for n, found in cut.items())
    return Asked.of(index_lines(lines, folder), [(found[1], n) for n, found in cut.items()])


def with_other_names(rows: Sequence[Row], sections: Sequence[str]) -> Queries:
    """Titles with the first name of some sections replaced by another one of its group, by chance.

    >>> titles = [{"title": "Nya hus i Allahabad och i Allahabads förorter"}, {"title": "Nej"}]
    >>> with_other_names(titles, ["namn"])
    [('Nya hus i Prayagraj och i Allahabads förorter', 0)]
    """
    chance = random.Random(len(rows))
    known = variants.read_variants(_only(sections))
    queries = []
    for number, row in enumerate(rows):
        words = list(cut_words(row["title"]))
        for at in range(len(words)):
            size, others = known.of(words[at:])
            if others:
                words[at : at + size] = chance.choice(others).name
                queries.append((" ".join(words), number))
                break
    return queries


def with_parties(rows: Sequence[Row]) -> Queries:
    """Beginnings of titles, each with a name of the party whose letters the article tells.

    >>> with_parties([{"title": "Rätt till vård i hela landet", "body": "av Bo Ek (m) till X"}])
    [('Rätt till vård i Moderaterna', 0)]
    """
    chance = random.Random(len(rows))
    known = variants.read_variants(_only([PARTIES]))
    queries = []
    for number, row in enumerate(rows):
        of_party = _OF_PARTY.match(row["body"] or "")
        _, others = known.of([of_party[1].upper()]) if of_party else (0, ())
        names = [name for name in (" ".join(other.name) for other in others) if len(name) > 3]
        if names:
            queries.append((f"{_beginning(row)} {chance.choice(names)}", number))
    return queries


def _beginning(row: Row) -> str:
    return " ".join(row["title"].split()[:_BEGINNING])


def _only(sections: Sequence[str]) -> str:
    """The variants that are shipped, without other sections."""
    parts = re.split(r"^(?=\[)", variants.shipped_variants(), flags=re.MULTILINE)
    return "".join(part for part in parts if part.startswith(tuple(f"[{s}]" for s in sections)))


def without_dots(queries: Queries) -> Queries:
    """Queries as they are typed where no key has å, ä and ö, if they have any of these."""
    return [(bare, n) for query, n in queries if (bare := query.translate(_DOTS)) != query]


def without_titles(rows: Sequence[Row]) -> Sequence[Row]:
    """Texts that do not have their own title."""
    return [{**row, "body": _without(row["title"].strip(". "), row["body"] or "")} for row in rows]


def _without(title: str, text: str) -> str:
    """Blank a title in a text, wherever it stands as such."""
    written = r"\s+".join(map(re.escape, title.split()))
    return re.sub(rf"(?<!\w){written}(?!\w)", " ", text, flags=re.IGNORECASE) if title else text


def unlike_titles(rows: Sequence[Row]) -> Queries:
    """Titles that no other text has and that are more than a number, in no particular order."""
    count = Counter(row["title"] for row in rows)
    titles = [(row["title"], n) for n, row in enumerate(rows) if count[row["title"]] == 1]
    titles = [(title, n) for title, n in titles if not title.startswith("Interpellation ")]
    random.Random(1).shuffle(titles)
    return titles


@contextmanager
def fields(title: float, lead: float) -> Iterator[None]:
    """Search indexes that are opened now with other weights of fields."""
    tables = (program.REGION_WEIGHTS, segment_search.FIELD_TABLES)
    before = [table.copy() for table in tables]
    tables[0][:] = [(title, lead, 1), (title, 0, 0), (0, lead, 0)]
    tables[1][:] = tables[0] @ COUNTS.T
    try:
        yield
    finally:
        for table, old in zip(tables, before, strict=True):
            table[:] = old


def _print_fields(sentences: Asked, own: Asked) -> None:
    click.echo("title, lead: first sentences; own suite")
    for title, lead in FIELDS:
        with fields(title, lead):
            click.echo(f"  {title:g}, {lead:g}: {sentences.ndcg():.4f}; {own.ndcg():.4f}")


def _print_title(sentences: Asked, own: Asked) -> None:
    click.echo("words together in the title: first sentences; own suite")
    for value in OF_TITLE:
        scales = {name: getattr(local, name) for name in ("_SCALE", "_OF_QUESTIONS")}
        title = value * SCORE_SCALE
        with changed(local, **{name: of._replace(title=title) for name, of in scales.items()}):
            click.echo(f"  {value:g}: {sentences.ndcg():.4f}; {own.ndcg():.4f}")


def _print_names(
    section: str, names: Sequence[str], other: Asked, titles: Asked, own: Asked
) -> None:
    click.echo(f"{section}: {len(other.queries)} queries with another; as they are; own suite")
    for value in OF_NAMES:
        with changed(variants, SECTIONS={**variants.SECTIONS, **dict.fromkeys(names, value)}):
            figures = (f"{asked.ndcg():.4f}" for asked in (other, titles, own))
            click.echo(f"  {value:g}: {'; '.join(figures)}")


def _print_places(titles: Asked, unlike: Asked, own: Asked) -> None:
    for section in variants.PLACES:
        click.echo(f"{section}: titles; titles of interpellations; own suite")
        for value in OF_PLACES:
            with changed(variants, SECTIONS={**variants.SECTIONS, section: value}):
                figures = (f"{asked.ndcg():.4f}" for asked in (titles, unlike, own))
                click.echo(f"  {value:g}: {'; '.join(figures)}")


def _print_phrases(section: str, other: Asked, own: Asked) -> None:
    click.echo(f"{section}, power of the words of a phrase: queries with another; own suite")
    for value in OF_PHRASES:
        with changed(wording, PHRASE_POWER=value):
            click.echo(f"  {value:g}: {other.ndcg():.4f}; {own.ndcg():.4f}")


def _print_dots(titles_without: Asked, others_without: Asked, titles: Asked) -> None:
    click.echo("words with dots: titles without; of interpellations; titles as they are")
    for name, values in OF_DOTS.items():
        for value in values:
            with changed(searching, **{name: value}):
                told = [f"{of.ndcg():.4f}" for of in (titles_without, others_without, titles)]
                click.echo(f"  {name} {value:g}: {'; '.join(told)}")


def _print_recency(titles: Asked, own: Asked) -> None:
    click.echo("recency, half-life in days: titles, days newer; own suite, days newer")
    first: dict[int, float] = {}

    def measure() -> str:
        told = []
        for number, asked in enumerate((titles, own)):
            found, day = asked.mixed()
            told.append(f"{found:.4f}, {day - first.setdefault(number, day):.0f}")
        return "; ".join(told)

    for share, days in OF_RECENCY:
        with changed(recency, RECENCY=share, HALF_LIFE=days * _DAY):
            click.echo(f"  {share:g}, {days:g}: {measure()}")
    click.echo("how many are mixed: the same")
    for count in OF_MIXED:
        with changed(recency, MIXED=count), changed(searching, MIXED=count):
            click.echo(f"  {count}: {measure()}")


def _print_reading(titles: Asked, own: Asked) -> None:
    click.echo("how the best are read: titles of interpellations; own suite")
    for name in ("REREAD", *OF_READING):
        module = searching if name == "REREAD" else rereading
        for value in TRIED[name]:
            with changed(module, **{name: value}):
                click.echo(f"  {name} {value:g}: {titles.ndcg():.4f}; {own.ndcg():.4f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder of the data: python -m bench.plateaus DATA")
    main(Path(sys.argv[1]))
