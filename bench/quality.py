"""How well analyses of Swedish and our ranking find what is wanted: `make evaluate`.

    python -m bench.quality [DATA]

DATA is a folder with sets of questions and words (`ir/`, `text/`, `morphology/`, as described
there); without it the project's own are measured alone. Each analysis is measured by the same plain
BM25 (k1 1.2, b 0.75, any word may match) and by our ranking, the last of which is the product as
users meet it.
"""

import gzip
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from math import log1p
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import numpy as np
import orjson
from whoosh.analysis import LanguageAnalyzer

from bench import words
from index.articles import Article
from index.columnar import words as columnar_words
from index.errors import ArticleError
from index.indexer import index_sources
from index.language import bulk
from index.language.analysis import PART_WEIGHT, TokenTerms, base_forms, is_stop_word, token_terms
from index.language.building.sources import read_lines
from index.language.stems import stem
from index.language.tokens import cut_words, normalise
from index.readers.record import stable_id
from index.readers.sources import find_files, read_articles
from search import plan, wording
from search import searcher as searching
from search.engines.base import K1, B
from search.request import SearchRequest
from search.searcher import Searcher, open_searcher
from search.variants import Variants, variants
from search.wording import COMPOUND_PART
from web.batch import read_queries
from web.evaluation import DEPTH, Judgements, Measure, Ranking, evaluate, rank, read_judgements

ROOT: Final = Path(__file__).resolve().parents[1]
SUITE: Final = ROOT / "tests" / "relevance"

Weighted = dict[str, float]
"""Terms, and what each counts."""


class Collection(NamedTuple):
    """Texts by id, queries by id, and who fits what."""

    name: str
    texts: dict[str, str]
    queries: list[tuple[str, str]]
    judgements: Judgements


class Analysis(NamedTuple):
    """How texts and queries become terms: of each word, what it counts for which."""

    name: str
    of_text: Callable[[str], Iterable[Weighted]]
    of_query: Callable[[str], Iterable[Weighted]]


def raw(text: str) -> Iterator[Weighted]:
    """Words as they are written."""
    return ({normalise(word): 1.0} for word in cut_words(text) if not is_stop_word(word))


def snowball(text: str) -> Iterator[Weighted]:
    """Stems of Snowball alone."""
    return ({stem(normalise(word)): 1.0} for word in cut_words(text) if not is_stop_word(word))


@cache
def _whoosh() -> Any:
    return LanguageAnalyzer("sv")


def stock(text: str) -> Iterator[Weighted]:
    """What Whoosh's own Swedish analyzer makes of a text."""
    return ({token.text: 1.0} for token in _whoosh()(text))


def ours(text: str) -> Iterator[Weighted]:
    """Main terms, and parts of compounds and loose terms for what they count."""
    return (_terms(word, PART_WEIGHT) for word in cut_words(text) if not is_stop_word(word))


def ours_asked(text: str) -> Iterator[Weighted]:
    """The same of a query, without what the stemmer alone makes."""
    for word in cut_words(text):
        if not is_stop_word(word):
            terms = token_terms(base_forms(word), True)
            yield dict.fromkeys(terms.stems, 1.0)
            yield from ({part: COMPOUND_PART} for part in terms.parts)


@cache
def _terms(word: str, weight: float) -> Weighted:
    stems, parts, loose = token_terms(base_forms(word), True)
    return dict.fromkeys((*parts, *loose), weight) | dict.fromkeys(stems, 1.0)


ANALYSES: Final = (
    Analysis("raw", raw, raw),
    Analysis("stock Whoosh", stock, stock),
    Analysis("Snowball 3", snowball, snowball),
    Analysis("ours", ours, ours_asked),
)


@contextmanager
def changed(module: Any, **values: Any) -> Iterator[None]:
    """Search with other values of the constants of a module."""
    kept = {name: getattr(module, name) for name in values}
    try:
        vars(module).update(values)
        _forget()
        yield
    finally:
        vars(module).update(kept)
        _forget()


def _forget() -> None:
    """Forget what was planned with other values."""
    for remembered in (
        searching._understand,
        searching._relaxed,
        wording.terms_of,
        wording.parts_of,
        variants,
    ):
        remembered.cache_clear()


@contextmanager
def in_place_of_ours(analysis: Analysis) -> Iterator[None]:
    """Index and search by the terms of an analysis.

    Unless it is ours, without compounds, variants, loose terms and hints.
    """
    if analysis.of_text is ours:
        yield
        return

    def terms(forms: tuple[str, ...], is_swedish: bool) -> TokenTerms:  # noqa: ARG001
        return TokenTerms(tuple([term for word in analysis.of_text(forms[0]) for term in word]))

    def none(_: object) -> tuple[str, ...]:
        return ()

    with (
        changed(columnar_words, token_terms=terms),
        changed(bulk, token_terms=terms),
        changed(wording, token_terms=terms, loose_terms=none, words_within=none, main_terms=none),
        changed(wording, variants=Variants),  # of none
        changed(plan, hints_of=none),
    ):
        yield


class PlainBM25:
    """BM25 over texts, any word of a query may match."""

    def __init__(self, texts: dict[str, str], analysis: Analysis) -> None:
        self._ids = list(texts)
        self._analysis = analysis
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        lengths = []
        for number, text in enumerate(texts.values()):
            found: dict[str, float] = defaultdict(float)
            words = list(analysis.of_text(text))
            for word in words:
                for term, weight in word.items():
                    found[term] += weight
            for term, frequency in found.items():
                postings[term].append((number, frequency))
            lengths.append(len(words))
        self._postings = {
            term: (np.array([n for n, _ in of]), np.array([f for _, f in of]))
            for term, of in postings.items()
        }
        self._norms = K1 * (1 - B + B * np.array(lengths) / np.mean(lengths))

    def rank(self, queries: Iterable[tuple[str, str]]) -> Ranking:
        """Rank for (qid, query) pairs."""
        return {qid: self._best(text) for qid, text in queries}

    def _best(self, query: str) -> list[str]:
        scores = np.zeros(len(self._ids))
        asked = {tuple(word.items()): word for word in self._analysis.of_query(query)}
        for word in asked.values():
            frequencies = np.zeros(len(self._ids))
            for term in word:
                if term in self._postings:
                    where, counts = self._postings[term]
                    frequencies[where] = np.maximum(frequencies[where], counts)
            found = np.count_nonzero(frequencies)
            idf = log1p((len(self._ids) - found + 0.5) / (found + 0.5))
            scores += (
                max(word.values(), default=0.0)
                * idf
                * frequencies
                * (K1 + 1)
                / (frequencies + self._norms)
            )
        order = np.argsort(-scores, kind="stable")[:DEPTH]
        return [self._ids[n] for n in order if scores[n] > 0]


def collections(data: Path | None) -> Iterator[Collection]:
    """Open the sets of questions that are there."""
    if (SUITE / "queries.tsv").exists():
        texts = {article.id: "\n".join(article.texts) for article in _demonstration()}
        queries = read_queries(SUITE / "queries.tsv")
        yield Collection("own suite", texts, queries, own_judgements())
    if data is not None:
        yield _squad(data / "ir")
        yield _faq(data / "ir" / "swefaq-dev.jsonl")
        yield _press(data)


def own_judgements() -> Judgements:
    """Read the judgements of the own suite.

    An article that is a text file is named there by the file, as its id is made of where it lies.
    """
    ids = {path.name: stable_id("", str(path)) for path in (ROOT / "seeds").glob("*.txt")}
    return {
        qid: {ids.get(name, name): grade for name, grade in grades.items()}
        for qid, grades in read_judgements(SUITE / "qrels.txt").items()
    }


def _demonstration() -> list[Article]:
    files = [path for path in find_files([ROOT / "seeds"]) if isinstance(path, Path)]
    return [a for file in files for a in read_articles(file) if isinstance(a, Article)]


def _one_each(name: str, texts: list[str], pairs: list[tuple[str, int]]) -> Collection:
    """Make a collection where each query has one right text."""
    ids = {f"d{n}": text for n, text in enumerate(texts)}
    queries = [(f"q{n}", " ".join(query.split())) for n, (query, _) in enumerate(pairs)]
    return Collection(
        name, ids, queries, {f"q{n}": {f"d{right}": 1} for n, (_, right) in enumerate(pairs)}
    )


def _squad(folder: Path) -> Collection:
    texts: dict[str, int] = {}
    pairs = []
    for part in ("training", "dev"):
        read = json.loads((folder / f"swequad-{part}.json").read_text(encoding="utf-8"))
        for row in read["data"]:
            number = texts.setdefault(row["context"], len(texts))
            pairs.append((row["question"], number))
    return _one_each("SweQUAD", list(texts), pairs)


def _faq(path: Path) -> Collection:
    texts: dict[str, int] = {}
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        answer = row["candidate_answers"][row["label"]]
        pairs.append((row["question"], texts.setdefault(answer, len(texts))))
    return _one_each("SweFAQ", list(texts), pairs)


def read_press(data: Path) -> list[dict[str, Any]]:
    """The press releases of the folder of the data."""
    return read_rows(data / "text" / "pressmeddelanden-till-2024.jsonl.gz")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The articles of a compressed file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _press(data: Path) -> Collection:
    rows = read_press(data)
    pairs = [(row["title"], n) for n, row in enumerate(rows)]
    return _one_each("press titles", [row["body"] or "" for row in rows], pairs)


def index_texts(collection: Collection, folder: Path) -> Searcher:
    """Index a collection in a folder that is not there yet, and open it as a user would."""
    if collection.name == "own suite":
        folder.mkdir()
        index_sources(folder / "index", [ROOT / "seeds"], on_error=_fail)
        return open_searcher(str(folder / "index"))
    lines = (orjson.dumps({"id": i, "body": text}) for i, text in collection.texts.items())
    return open_searcher(str(index_lines(lines, folder)))


def index_lines(lines: Iterable[bytes], folder: Path) -> Path:
    """Index articles, each a line of JSON, in a folder that is not there yet; the index's path."""
    folder.mkdir()
    source = folder / "articles.jsonl"
    source.write_bytes(b"\n".join(lines))
    index_sources(folder / "index", [source], on_error=_fail)
    return folder / "index"


PAIRS: Final = (
    "pairs.tsv",
    "pairs_held_out.tsv",
    "pairs_second.tsv",
    "pairs_third.tsv",
    "pairs_fourth.tsv",
)
"""The files of pairs, in the order in which they were written."""


def wrong_pairs(path: Path) -> tuple[Counter[str], dict[str, list[str]]]:
    """Count the pairs of words of a file by verdict, and list those that are otherwise.

    `meet` wants that a search for the first finds an article of the second alone; `apart`, that it
    does not.
    """
    pairs = [tuple(line.split("\t")) for line in read_lines(path)]
    counts = Counter(verdict for verdict, *_ in pairs)
    wrong: dict[str, list[str]] = {verdict: [] for verdict in counts}
    texts = list(dict.fromkeys(word for *_, word in pairs))
    with tempfile.TemporaryDirectory() as folder:
        lines = (orjson.dumps({"id": word, "body": word}) for word in texts)
        searcher = open_searcher(str(index_lines(lines, Path(folder) / "pairs")))
        for verdict, _, query, word in pairs:
            asked = SearchRequest(
                q=query, size=len(texts), facets=(), timeline=False, snippets=False
            )
            found = {hit.article.body for hit in searcher.search(asked).hits}
            if (word in found) is not (verdict == "meet"):
                wrong[verdict].append(f"{query}/{word}")
    return counts, wrong


def as_one(collection: Collection, ranking: Ranking) -> tuple[Ranking, Judgements] | None:
    """A ranking and judgements that take texts with the same words for one; None without such.

    Which of them comes first is a matter of chance, and only one is judged.
    """
    first: dict[str, str] = {}
    of = {
        id_: first.setdefault(" ".join(text.split()), id_) for id_, text in collection.texts.items()
    }
    if len(first) == len(of):
        return None
    ranked = {qid: list(dict.fromkeys(map(of.__getitem__, ids))) for qid, ids in ranking.items()}
    judged = {
        qid: {of[id_]: grade for id_, grade in grades.items()}
        for qid, grades in collection.judgements.items()
    }
    return ranked, judged


def _fail(error: ArticleError) -> None:
    raise error


def main(data: Path | None) -> None:
    """Print what the chain knows, then a table for each collection."""
    texts = [text for article in _demonstration() for text in article.texts]
    names = ROOT / "index" / "entities" / "data" / "first_names.txt"
    morphology = None if data is None else data / "morphology"
    for line in words.report(SUITE, names, morphology, texts):
        click.echo(line)
    for name in PAIRS:
        counts, wrong = wrong_pairs(SUITE / name)
        shares = (f"{v} {1 - len(wrong[v]) / n:.4f} of {n}" for v, n in counts.items())
        click.echo(f"{name}: {', '.join(shares)}")
    for collection in collections(data):
        sizes = f"{len(collection.texts)} texts, {len(collection.queries)} queries"
        click.echo(f"\n{collection.name}: {sizes}")
        for analysis in ANALYSES:
            ranking = PlainBM25(collection.texts, analysis).rank(collection.queries)
            _print(f"{analysis.name}, BM25", evaluate(ranking, collection.judgements))
        for analysis in ANALYSES:
            with tempfile.TemporaryDirectory() as folder, in_place_of_ours(analysis):
                searcher = index_texts(collection, Path(folder) / "set")
                ranking = rank(searcher, collection.queries)
            _print(f"{analysis.name}, our ranking", evaluate(ranking, collection.judgements))
        if united := as_one(collection, ranking):
            _print("…, copies as one", evaluate(*united))
    if data is None:
        click.echo("\nSweQUAD, SweFAQ and press titles are left out: name the folder of the data.")


def _print(name: str, measures: list[Measure]) -> None:
    row = "  ".join(f"{m.name} {m.mean:.3f} [{m.low:.3f}, {m.high:.3f}]" for m in measures)
    click.echo(f"  {name:27}{row}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
