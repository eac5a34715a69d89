"""How well the whole finds what is wanted, measured on the project's own sets, with floors."""

from collections import Counter
from pathlib import Path

import pytest

from bench.quality import own_judgements, wrong_pairs
from index.indexer import index_sources
from search.searcher import open_searcher
from web.batch import read_queries
from web.evaluation import evaluate, rank

FOLDER = Path(__file__).parent / "relevance"
SEEDS = Path(__file__).parent.parent / "seeds"
FLOORS = {
    "pairs.tsv": {"meet": 0.995, "apart": 0.98},
    "pairs_held_out.tsv": {"meet": 0.99, "apart": 0.98},
    "pairs_second.tsv": {"meet": 0.995, "apart": 0.93},
    "pairs_third.tsv": {"meet": 0.978, "apart": 0.97},
    "pairs_fourth.tsv": {"meet": 0.985, "apart": 0.955},
}
"""Shares of the pairs of each file and verdict that are right."""


def pairs_of(name: str) -> list[tuple[str, ...]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]


def test_there_are_pairs_of_all_kinds() -> None:
    pairs = pairs_of("pairs.tsv")
    verdicts = Counter(verdict for verdict, *_ in pairs)
    assert verdicts.keys() == FLOORS["pairs.tsv"].keys()
    assert len(set(pairs)) == len(pairs) >= 600
    assert verdicts["apart"] >= 200
    assert len({kind for _, kind, *_ in pairs}) >= 20


@pytest.mark.parametrize("name", FLOORS)
def test_words_meet_or_stay_apart(name: str) -> None:
    counts, wrong = wrong_pairs(FOLDER / name)
    for verdict, floor in FLOORS[name].items():
        assert 1 - len(wrong[verdict]) / counts[verdict] >= floor, wrong[verdict]


QUALITY = {"nDCG@10": 0.945, "MRR@10": 0.98, "recall@10": 0.945}
"""What the queries over seeds/ reach at least."""


def test_the_best_articles_come_first(tmp_path: Path) -> None:
    queries = read_queries(FOLDER / "queries.tsv")
    judgements = own_judgements()
    assert judgements.keys() == dict(queries).keys()
    assert len(judgements) >= 150
    wrong: list[Exception] = []
    index_sources(tmp_path / "index", [SEEDS], on_error=wrong.append)
    assert not wrong
    searcher = open_searcher(str(tmp_path / "index"))
    judged = {id_ for grades in judgements.values() for id_ in grades}
    assert all(map(searcher.article, judged))
    measures = evaluate(rank(searcher, queries), judgements)
    found = {measure.name: measure.mean for measure in measures}
    assert all(found[name] >= floor for name, floor in QUALITY.items()), found
