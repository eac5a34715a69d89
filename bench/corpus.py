"""Synthetic Swedish news articles with the word frequencies of real ones.

    python -m bench.corpus 100000 corpus.jsonl

The recipe: words are drawn from wordfreq's Swedish list by their frequency; a tenth of an article's
words come from eight topic words of its own, so that terms are bursty as they are in news; one to
six collocations (two rare words, always together) stand in each body, so that phrases recur. Bodies
are log-normal in length around 350 words, leads have 25 words, titles six to ten. Dates cover ten
years evenly; sources, sections and the names of persons, places and organisations follow Zipf laws.

All of it is seeded, and drawn in chunks that know only their own number: the first k articles of a
larger corpus are the corpus of k articles.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypedDict

import numpy as np
import orjson
from numpy.typing import NDArray

from bench import names

RECIPE: Final = 1
"""Raised when the recipe changes, so that cached corpora are made anew."""

CHUNK: Final = 2000
FIRST_DAY: Final = date(2015, 1, 1)
DAYS: Final = 3652
LEAD_WORDS: Final = 25
TOPIC_WORDS: Final = 8
TOPIC_SHARE: Final = 0.10
SENTENCE_WORDS: Final = 13
COLLOCATIONS: Final = 3000
COMMONEST: Final = 300
"""So many of the commonest words are never topic words."""

SOURCES: Final = (
    "Riksbladet", "Morgonposten", "Allehanda Nord", "Kuriren", "Västkustnytt", "Telegrambyrån",
    "Dagens Eko", "Länstidningen", "Aftonkuriren", "Norrskenet", "Skånebladet", "Östersjöposten",
)  # fmt: skip
SECTIONS: Final = (
    "inrikes",
    "utrikes",
    "ekonomi",
    "sport",
    "kultur",
    "ledare",
    "lokalt",
    "vetenskap",
)


class Article(TypedDict):
    """One line of the corpus; a dict, since 100,000 of them are parsed on the clock."""

    id: str
    title: str
    lead: str
    body: str
    published: str
    source: str
    section: str
    persons: list[str]
    places: list[str]
    organisations: list[str]


@dataclass(frozen=True)
class Vocabulary:
    """What articles are drawn from; every `*_cumulated` is a float64 that ends at 1.

    `words` (object) and `words_cumulated` have one element a word, commonest first; `collocations`
    is int64 of shape (COLLOCATIONS, 2) with numbers of words.
    """

    words: NDArray[Any]
    words_cumulated: NDArray[np.float64]
    collocations: NDArray[np.int64]
    collocations_cumulated: NDArray[np.float64]
    persons: list[str]
    places: list[str]
    organisations: list[str]

    @property
    def phrases(self) -> set[tuple[str, str]]:
        """The collocations as pairs of words."""
        return {(str(self.words[a]), str(self.words[b])) for a, b in self.collocations}


@dataclass(frozen=True)
class _Draws:
    """The random part of one chunk. Rows are articles; `words` and `ends` are flat.

    `starts` (CHUNK + 1) says where the words of each article begin. `ends` is true where a sentence
    ends.
    """

    words: NDArray[np.int64]
    ends: NDArray[np.bool_]
    starts: NDArray[np.int64]
    title_words: NDArray[np.int64]
    collocations: NDArray[np.int64]
    days: NDArray[np.int64]
    sources: NDArray[np.int64]
    sections: NDArray[np.int64]
    names: NDArray[np.int64]


def zipf(count: int, exponent: float) -> NDArray[np.float64]:
    """Cumulate the shares of `count` ranks under a Zipf law; the last is 1."""
    return _cumulate(1 / np.arange(1, count + 1) ** exponent)


def read_vocabulary() -> Vocabulary:
    """Take the words from wordfreq and make up the names."""
    from wordfreq import top_n_list, word_frequency  # type: ignore[import-not-found,unused-ignore]

    words = [w for w in top_n_list("sv", 200_000) if re.fullmatch("[a-zåäöéü]{2,}", w)]
    shares = np.array([word_frequency(w, "sv") for w in words])
    return make_vocabulary(words, shares)


def make_vocabulary(words: list[str], shares: NDArray[np.float64]) -> Vocabulary:
    """Make a vocabulary of given words, commonest first, and their frequencies."""
    rng = np.random.default_rng(20_221_219)
    middle = np.arange(min(400, len(words) // 4), min(20_000, len(words)))
    return Vocabulary(
        words=np.array(words, dtype=object),
        words_cumulated=_cumulate(shares),
        collocations=rng.choice(middle, (COLLOCATIONS, 2)),
        collocations_cumulated=zipf(COLLOCATIONS, 0.8),
        persons=names.persons(rng, 20_000),
        places=names.places(rng, 3000),
        organisations=names.organisations(rng, 5000),
    )


def articles(vocabulary: Vocabulary, count: int) -> Iterator[Article]:
    """Make the first `count` articles of the one endless corpus."""
    for first in range(0, count, CHUNK):
        draws = _draw(vocabulary, np.random.default_rng([CHUNK, first // CHUNK]))
        for row in range(min(CHUNK, count - first)):
            yield _article(vocabulary, draws, row, first + row)


def write_corpus(vocabulary: Vocabulary, count: int, path: Path) -> None:
    """Write JSON Lines; the file appears when it is complete."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        for article in articles(vocabulary, count):
            file.write(orjson.dumps(article, option=orjson.OPT_APPEND_NEWLINE))
    unfinished.replace(path)


def read_corpus(path: Path) -> Iterator[Article]:
    """Read the articles of a corpus one by one."""
    with path.open("rb") as file:
        for line in file:
            article: Article = orjson.loads(line)
            yield article


def _cumulate(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    cumulated = np.cumsum(shares / shares.sum())
    cumulated[-1] = 1.0
    return cumulated


def _draw(vocabulary: Vocabulary, rng: np.random.Generator) -> _Draws:
    cumulated = vocabulary.words_cumulated
    body = np.clip(np.exp(rng.normal(np.log(350), 0.5, CHUNK)).astype(np.int64), 40, 3000)
    title = rng.integers(6, 11, CHUNK)
    length = body + LEAD_WORDS + title
    starts = np.concatenate([[0], np.cumsum(length)])
    words = np.searchsorted(cumulated, rng.random(starts[-1]), side="right")

    common = cumulated[min(COMMONEST, len(cumulated) // 4)]
    topics = np.searchsorted(cumulated, common + rng.random((CHUNK, TOPIC_WORDS)) * (1 - common))
    is_topic = np.flatnonzero(rng.random(words.size) < TOPIC_SHARE)
    owner = np.repeat(np.arange(CHUNK), length)[is_topic]
    words[is_topic] = topics[owner, rng.integers(0, TOPIC_WORDS, is_topic.size)]
    words = np.minimum(words, len(cumulated) - 1)
    ends = rng.random(words.size) < 1 / SENTENCE_WORDS

    collocations = rng.integers(1, 7, CHUNK)
    for row in range(CHUNK):
        first, last = starts[row] + title[row] + LEAD_WORDS, starts[row + 1]
        for at in rng.integers(first, last - 1, collocations[row]):
            pair = np.searchsorted(vocabulary.collocations_cumulated, rng.random())
            words[at : at + 2] = vocabulary.collocations[pair]
            ends[at] = False
    return _Draws(
        words=words,
        ends=ends,
        starts=starts,
        title_words=title,
        collocations=collocations,
        days=rng.integers(0, DAYS, CHUNK),
        sources=np.searchsorted(zipf(len(SOURCES), 0.7), rng.random(CHUNK)),
        sections=np.searchsorted(zipf(len(SECTIONS), 0.5), rng.random(CHUNK)),
        names=_draw_names(vocabulary, rng),
    )


def _draw_names(vocabulary: Vocabulary, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw two to six persons, places and organisations an article.

    Returns int64 of shape (CHUNK, 3, 6) with numbers of names, -1 where there are fewer.
    """
    laws = (
        zipf(len(vocabulary.persons), 0.9),
        zipf(len(vocabulary.places), 1.0),
        zipf(len(vocabulary.organisations), 0.95),
    )
    drawn = np.stack([np.searchsorted(law, rng.random((CHUNK, 6))) for law in laws], axis=1)
    count = rng.integers(2, 7, (CHUNK, 3, 1))
    return np.where(np.arange(6) < count, drawn, -1)


def _article(vocabulary: Vocabulary, draws: _Draws, row: int, number: int) -> Article:
    span = slice(draws.starts[row], draws.starts[row + 1])
    words: list[str] = vocabulary.words[draws.words[span]].tolist()
    ends: list[bool] = draws.ends[span].tolist()
    lead = int(draws.title_words[row])
    body = lead + LEAD_WORDS
    return {
        "id": f"a{number:07}",
        "title": " ".join(words[:lead]).capitalize(),
        "lead": _sentences(words[lead:body], ends[lead:body]),
        "body": _sentences(words[body:], ends[body:]),
        "published": (FIRST_DAY + timedelta(days=int(draws.days[row]))).isoformat(),
        "source": SOURCES[draws.sources[row]],
        "section": SECTIONS[draws.sections[row]],
        "persons": _names(vocabulary.persons, draws.names[row, 0]),
        "places": _names(vocabulary.places, draws.names[row, 1]),
        "organisations": _names(vocabulary.organisations, draws.names[row, 2]),
    }


def _names(all_names: list[str], numbers: NDArray[np.int64]) -> list[str]:
    return sorted({all_names[number] for number in numbers.tolist() if number >= 0})


def _sentences(words: list[str], ends: list[bool]) -> str:
    """Join words, with a capital after every full stop and a full stop at the end."""
    parts: list[str] = []
    starts = True
    for word, is_end in zip(words, ends, strict=True):
        shown = word.capitalize() if starts else word
        parts.append(f"{shown}." if is_end else shown)
        starts = is_end
    text = " ".join(parts)
    return text if starts else f"{text}."


if __name__ == "__main__":
    write_corpus(read_vocabulary(), int(sys.argv[1]), Path(sys.argv[2]))
