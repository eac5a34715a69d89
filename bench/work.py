"""The work folder of one size of corpus: what is in it, and the corpus and queries themselves."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.corpus import RECIPE, read_corpus, read_vocabulary, write_corpus
from bench.queries import count_words, make_queries, read_stop_words, write_queries


@dataclass(frozen=True)
class Work:
    """Paths under one folder.

    `queries` is the neutral form of the questions, `own_queries` the form for our command.
    """

    folder: Path
    articles: int

    @property
    def corpus(self) -> Path:
        """The articles as JSON Lines."""
        return self.folder / "corpus.jsonl"

    @property
    def queries(self) -> Path:
        """The queries as JSON Lines."""
        return self.folder / "queries.jsonl"

    @property
    def own_queries(self) -> Path:
        """The queries in our language as TSV."""
        return self.folder / "queries.tsv"

    def index(self, engine: str) -> Path:
        """The folder of an engine's index."""
        return self.folder / "index" / engine

    def results(self, engine: str) -> Path:
        """The file of an engine's figures."""
        return self.folder / "results" / f"{engine}.json"

    def log(self, engine: str) -> Path:
        """The file of what an engine's processes said."""
        return self.folder / "results" / f"{engine}.log"

    def scratch(self, name: str) -> Path:
        """A file that passes something from a process to us."""
        return self.folder / "scratch" / name

    def fresh_index(self, engine: str) -> Path:
        """An engine's index folder, emptied."""
        folder = self.index(engine)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def prepare(self) -> None:
        """Make the folders, and the corpus and queries unless they are there and of this recipe."""
        for name in ("index", "results", "scratch"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        stamp = self.folder / "corpus.json"
        stop_words = sorted(read_stop_words())
        wanted = {"recipe": RECIPE, "articles": self.articles, "stop_words": stop_words}
        if stamp.exists() and orjson.loads(stamp.read_bytes()) == wanted:
            return
        vocabulary = read_vocabulary()
        write_corpus(vocabulary, self.articles, self.corpus)
        counts = count_words(read_corpus(self.corpus), vocabulary.phrases)
        queries = make_queries(counts, vocabulary.places, frozenset(stop_words))
        write_queries(queries, self.queries, self.own_queries)
        for left_over in self.folder.glob("lucene.*.tsv"):
            left_over.unlink()
        stamp.write_bytes(orjson.dumps(wanted))


def folder_bytes(folder: Path) -> int:
    """The bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
