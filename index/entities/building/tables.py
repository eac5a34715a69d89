"""Tables that the traits look words up in, made of statistics and of unlabelled text."""

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import marisa_trie
import numpy as np
import orjson

from index.entities import kernels
from index.entities.features import CAPITAL_STEPS, name_bin
from index.entities.lexicon import load_lexicon
from index.entities.vocabulary import Vocabulary

NAMES: Final = ("tilltalsnamn-kvinnor.csv", "tilltalsnamn-man.csv")
TEXTS: Final = ("pressmeddelanden-till-2024.jsonl.gz", "interpellationer-1994-2014.jsonl.gz")
FEWEST_ARTICLES: Final = 20
"""Articles in which a word must stand to be in a table: nobody can be told from it."""

_NOT_DIGITS: Final = re.compile(r"\D")


def first_names(folder: Path) -> Any:
    """A trie of the first names in use in Sweden: the bin of how many bear each."""
    bearers: Counter[str] = Counter()
    for name in NAMES:
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                number = _NOT_DIGITS.sub("", row[-1])
                if number:
                    bearers[row[0]] += int(number)
    return marisa_trie.RecordTrie(
        "<B", [(name, (name_bin(count),)) for name, count in bearers.items()]
    )


def capital_shares(texts: Iterable[str]) -> Any:
    """A trie of the words of many articles: how often each is capitalised inside a sentence.

    The share is in steps from 0 to CAPITAL_STEPS.
    """
    vocabulary = Vocabulary(load_lexicon())
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    for text in texts:
        if vocabulary.is_full:
            vocabulary.forget()
        cut = vocabulary.cut(text)
        counted = (cut.flags & kernels.ALPHANUMERIC != 0) & ~cut.opens & ~cut.begins
        seen = set()
        for piece in np.flatnonzero(counted).tolist():
            word = cut.word(piece)
            lower = word.lower()
            seen.add(lower)
            (capital if word[0].isupper() else small)[lower] += 1
        articles.update(seen)
    return marisa_trie.RecordTrie(
        "<B",
        [
            (word, (round(CAPITAL_STEPS * capital[word] / (capital[word] + small[word])),))
            for word, count in articles.items()
            if count >= FEWEST_ARTICLES and word[0].isalpha()
        ],
    )


def read_texts(folder: Path) -> Iterator[str]:
    """The texts of press releases and interpellations."""
    for name in TEXTS:
        with gzip.open(folder / name) as lines:
            for line in lines:
                record = orjson.loads(line)
                parts = (record.get("title"), record.get("lead"), record.get("body"))
                yield "\n".join(filter(None, parts))
