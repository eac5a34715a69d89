"""The 300 queries, fifty of each of six classes, as neutral values and in Nyhetssök's language."""

import random
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Final, Literal

import orjson

from bench.corpus import DAYS, FIRST_DAY, Article

Operator = Literal["and", "or", "phrase"]

CLASSES: Final = {
    "a": "one term",
    "b": "two terms AND",
    "c": "three terms OR",
    "d": "OR with a frequent term",
    "e": "phrase",
    "f": "AND + dates + place",
}
EACH: Final = 50
SAMPLE: Final = 20_000
"""Words and phrases are chosen by how often they occur in so many articles at the beginning, so
that corpora of that size and more are asked the same."""

STOP_WORDS: Final = Path(__file__).parent.parent / "index/language/data/stopwords.txt"
"""The product's own list. Stop words are never asked for, and the peers do not index them."""

PLACES: Final = 15
"""Class f asks for one of so many of the commonest places."""


@dataclass(frozen=True)
class Query:
    """One question that every engine puts in its own words.

    `first` and `last` are ISO dates, both included; `place` is a value of the facet of places.
    """

    qid: str
    operator: Operator
    terms: tuple[str, ...]
    first: str | None = None
    last: str | None = None
    place: str | None = None

    @property
    def kind(self) -> str:
        """The class, a key of CLASSES."""
        return self.qid[0]

    def __str__(self) -> str:
        """The query in the language of Nyhetssök.

        >>> print(Query("b01", "and", ("räntan", "höjs")))
        räntan OCH höjs
        >>> print(Query("e01", "phrase", ("vem", "är")))
        "vem är"
        >>> print(Query("f01", "and", ("a", "b"), "2016-01-01", "2017-05-31", "Halrifors"))
        a OCH b datum:2016-01-01..2017-05-31 plats:Halrifors
        """
        if self.operator == "phrase":
            return f'"{" ".join(self.terms)}"'
        text = {"and": " OCH ", "or": " ELLER "}[self.operator].join(self.terms)
        if self.first is not None and self.last is not None:
            text += f" datum:{self.first}..{self.last}"
        if self.place is not None:
            text += f" plats:{self.place}"
        return text


@dataclass(frozen=True)
class Counts:
    """In how many of `articles` each word stands, and how often each collocation occurs."""

    articles: int
    words: Counter[str]
    phrases: Counter[tuple[str, str]]

    def band(self, low: float, high: float, stop_words: Collection[str]) -> list[str]:
        """Words of three letters and more in a share of articles from `low` to below `high`."""
        return sorted(
            word
            for word, count in self.words.items()
            if low <= count / self.articles < high and word not in stop_words and len(word) > 2
        )


def read_stop_words(path: Path = STOP_WORDS) -> frozenset[str]:
    """Read one word a line; lines with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def count_words(articles: Iterable[Article], phrases: Collection[tuple[str, str]]) -> Counts:
    """Count words and the given pairs of words in the first SAMPLE articles."""
    counts = Counts(0, Counter(), Counter())
    number = 0
    for article in islice(articles, SAMPLE):
        text = f"{article['title']} {article['lead']} {article['body']}".lower()
        words = re.findall(r"\w+", text)
        counts.words.update(set(words))
        counts.phrases.update(pair for pair in pairwise(words) if pair in phrases)
        number += 1
    return Counts(number, counts.words, counts.phrases)


def make_queries(
    counts: Counts, places: list[str], stop_words: frozenset[str], *, each: int = EACH
) -> list[Query]:
    """Choose `each` queries of every class; `places` begins with the commonest."""
    rng = random.Random(3)
    rare = counts.band(0.002, 0.02, stop_words)
    usual = counts.band(0.02, 0.10, stop_words)
    frequent = counts.band(0.30, 0.80, stop_words)
    dated = counts.band(0.05, 0.25, stop_words)
    phrases = sorted(
        pair
        for pair, count in counts.phrases.items()
        if count >= 3 and not stop_words & set(pair) and min(map(len, pair)) > 2
    )

    queries: list[Query] = []

    def add(kind: str, operator: Operator, terms: Iterable[str], **narrowed: str) -> None:
        number = len(queries) % each + 1
        queries.append(Query(f"{kind}{number:02}", operator, tuple(terms), **narrowed))

    for _ in range(each):
        add("a", "or", [rng.choice(rare)])
    for _ in range(each):
        add("b", "and", rng.sample(usual, 2))
    for _ in range(each):
        add("c", "or", [*rng.sample(rare, 2), rng.choice(usual)])
    for _ in range(each):
        add("d", "or", [rng.choice(rare), rng.choice(usual), rng.choice(frequent)])
    for phrase in rng.sample(phrases, each):
        add("e", "phrase", phrase)
    for _ in range(each):
        first, last = _period(rng)
        place = rng.choice(places[:PLACES])
        add("f", "and", rng.sample(dated, 2), first=first, last=last, place=place)
    return queries


def write_queries(queries: Iterable[Query], neutral: Path, own: Path) -> None:
    """Write JSON Lines for the peers and `qid<TAB>query` for `nyhetssok search --queries`."""
    queries = list(queries)
    lines = [orjson.dumps(asdict(query), option=orjson.OPT_APPEND_NEWLINE) for query in queries]
    neutral.write_bytes(b"".join(lines))
    own.write_text("".join(f"{query.qid}\t{query}\n" for query in queries), encoding="utf-8")


def read_queries(path: Path) -> list[Query]:
    """Read the neutral form."""
    return list(_read(path))


def _read(path: Path) -> Iterator[Query]:
    for line in path.read_bytes().splitlines():
        fields = orjson.loads(line)
        yield Query(**fields | {"terms": tuple(fields["terms"])})


def _period(rng: random.Random) -> tuple[str, str]:
    """A period of one to three years within the corpus."""
    first = FIRST_DAY + timedelta(days=rng.randrange(DAYS - 1100))
    last: date = first + timedelta(days=rng.randrange(365, 1095))
    return first.isoformat(), last.isoformat()
