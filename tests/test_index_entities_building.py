from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from index.articles import Article
from index.entities.building.descent import Examples, fit, gradients
from index.entities.building.labelled import (
    KINDS,
    Labelled,
    Score,
    read_demonstration,
    read_labelled,
    read_sentences,
    score_of,
)
from index.entities.building.learning import learn, mended
from index.entities.building.tables import capital_shares, first_names
from index.entities.lexicon import load_lexicon
from index.entities.model import Labeller
from index.entities.recogniser import Recogniser
from index.readers import find_files, read_articles

ROOT = Path(__file__).parent.parent
DATA = ROOT / "index" / "entities" / "building" / "data"
NEWS = ROOT.parent / "shared" / "data" / "ner" / "webbnyheter2012-train.txt"


def test_sentences_with_a_token_a_line(tmp_path: Path) -> None:
    path = tmp_path / "news.txt"
    path.write_text("Anna PER\nEk\tPER\n, 0\ni 0\nMal\u00admö LOC\n\nHej 0\n", encoding="utf-8")
    assert list(read_labelled(path)) == [
        Labelled("Anna Ek, i Malmö", [(0, 7, "PER"), (11, 16, "LOC")]),
        Labelled("Hej", []),
    ]


def test_sentences_in_iob2(tmp_path: Path) -> None:
    path = tmp_path / "news.iob2"
    path.write_text("# text\n1\tAnna\tB-PER\n2\tEk\tB-PER\n3\tEk\tI-PER\n", encoding="utf-8")
    assert list(read_labelled(path)) == [Labelled("Anna Ek Ek", [(0, 4, "PER"), (5, 10, "PER")])]


def test_sentences_with_names_marked(tmp_path: Path) -> None:
    path = tmp_path / "sentences.txt"
    path.write_text("# about\nPå [Olof Palmes gata](LOC) igår.\n", encoding="utf-8")
    assert list(read_sentences(path)) == [Labelled("På Olof Palmes gata igår.", [(3, 19, "LOC")])]


def demonstration_articles() -> dict[str, Article]:
    return {
        article.id: article
        for file in find_files([ROOT / "seeds"])
        if isinstance(file, Path)
        for article in read_articles(file)
        if isinstance(article, Article)
    }


def test_labelled_demonstration_articles_are_those_of_the_seeds() -> None:
    articles = demonstration_articles()
    for line in (DATA / "demonstration.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        article, part, start, end, label, name = line.split("\t")
        assert getattr(articles[article], part)[int(start) : int(end)] == name
        assert label in ("PER", "LOC", "ORG")


def test_scores() -> None:
    score = Score()
    score.add({(0, 4, "PER"), (5, 9, "LOC")}, {(0, 4, "PER"), (5, 9, "ORG")})
    assert (score.precision(), score.recall(), score.f1()) == (0.5, 0.5, 0.5)
    assert score.f1(["PER"]) == 1


def test_what_is_learnt_is_found_in_new_sentences() -> None:
    names = ("Zorbel", "Mirpal", "Tundra", "Veltor", "Kaspun", "Ombrel")
    told = [
        *(Labelled(f"Vi bor i {name} nu.", [(9, 15, "LOC")]) for name in names),
        *(Labelled(f"Det säger {name} nu.", [(10, 16, "PER")]) for name in names),
        *(Labelled(f"Nu köper firman {name}.", [(16, 22, "ORG")]) for name in names),
        Labelled("Nu är det slut.", []),
    ]
    weights = learn(told, "a test")
    recogniser = Recogniser(Labeller(weights, load_lexicon()))
    new = [
        Labelled("Vi bor i Drelta nu.", [(9, 15, "LOC")]),
        Labelled("Nu köper firman Drelta.", [(16, 22, "ORG")]),
    ]
    assert score_of(recogniser, new).f1() == 1


def test_labels_that_deny_a_listed_organisation_are_mended() -> None:
    spans = [
        ("Skatteverket säger nej.", [], [(0, 12, "ORG")]),
        ("Skatteverket säger nej.", [(0, 12, "MISC")], [(0, 12, "ORG")]),
        ("Skatteverket säger nej.", [(0, 12, "LOC")], [(0, 12, "LOC")]),
        ("Filmen Skatteverket är ny.", [(0, 19, "MISC")], [(0, 19, "MISC")]),
        ("Anna säger nej.", [], []),
    ]
    found = list(mended(Labelled(text, labelled) for text, labelled, _ in spans))
    assert found == [Labelled(text, expected) for text, _, expected in spans]


def test_tables(tmp_path: Path) -> None:
    for name in ("tilltalsnamn-kvinnor.csv", "tilltalsnamn-man.csv"):
        (tmp_path / name).write_text('Kim,"1 023"\nAda,3\n', encoding="utf-8")
    bearers = first_names(tmp_path)
    assert (bearers["Kim"], bearers["Ada"]) == ([(5,)], [(1,)])
    shares = capital_shares(["Nu är Malmö i fokus och Per är i malmen."] * 19 + ["en Malmö"])
    assert shares["malmö"] == [(6,)]
    assert "är" not in shares  # of 19 articles


def test_gradients_are_those_of_all_sequences_of_tags() -> None:
    random = np.random.default_rng(7)
    scores, moves = random.normal(size=(4, 3)), random.normal(size=(3, 3))
    known = np.array([2, 0, 0, 1], np.int8)

    def odds(tags: tuple[int, ...]) -> float:
        own = sum(scores[i, tag] for i, tag in enumerate(tags))
        return float(np.exp(own + sum(moves[pair] for pair in pairwise(tags))))

    every = list(product(range(3), repeat=4))
    total = sum(map(odds, every))
    of_pieces, of_pairs = -np.eye(3)[known], np.zeros((3, 3))
    for pair in pairwise(known):
        of_pairs[pair] -= 1
    for tags in every:
        of_pieces[range(4), tags] += odds(tags) / total
        for pair in pairwise(tags):
            of_pairs[pair] += odds(tags) / total
    found, found_pairs = gradients(scores, moves, known)
    np.testing.assert_allclose(found, of_pieces, atol=1e-12)
    np.testing.assert_allclose(found_pairs, of_pairs, atol=1e-12)


def test_weights_tell_tags_by_features_and_by_what_stands_before() -> None:
    # Feature 0 is of tag 0, feature 1 of tag 1, feature 2 of the tag before it.
    pieces = [0, 2, 1, 2] * 30
    examples = Examples(
        starts=np.arange(0, 121, 2),
        tags=np.array([0, 0, 1, 1] * 30, np.int8),
        bounds=np.arange(121),
        features=np.array(pieces, np.int32),
        size=3,
    )
    weights, moves = fit(examples, 2)
    assert weights[0, 0] > 1
    assert weights[1, 1] > 1
    assert (weights[0, 1], weights[1, 0]) == (0, 0)
    assert abs(weights[2, 0] - weights[2, 1]) < 0.3
    assert moves[0, 0] - moves[0, 1] > 1
    assert moves[1, 1] - moves[1, 0] > 1


@pytest.mark.skipif(not NEWS.exists(), reason="needs the labelled news beside the project")
def test_learning_reaches_its_floor() -> None:
    sentences = list(read_labelled(NEWS))[:1500]
    weights = learn(sentences[:1000], "a test")
    recogniser = Recogniser(Labeller(weights, load_lexicon()))
    assert score_of(recogniser, sentences[1000:]).f1() > 0.77


def test_only_articles_with_labels_are_learnt_from(tmp_path: Path) -> None:
    names = tmp_path / "names.tsv"
    names.write_text("# about\na\ttitle\t0\t4\tPER\tAnna\n", encoding="utf-8")
    articles = [Article(id="a", title="Anna log.", body="Hon gick."), Article(id="b", body="Nej.")]
    assert list(read_demonstration(names, articles)) == [
        Labelled("Anna log.", [(0, 4, "PER")]),
        Labelled("Hon gick.", []),
    ]


def test_every_facet_value_of_the_demonstration_articles_is_right() -> None:
    labelled: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for line in (DATA / "demonstration.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            article, part, start, end, label, _ = line.split("\t")
            labelled.setdefault((article, part), []).append((int(start), int(end), KINDS[label]))
    wrong = []
    recogniser = Recogniser()
    for one in demonstration_articles().values():
        if not any(article == one.id for article, _ in labelled):
            continue
        found = recogniser.recognise(one.texts)
        for part, mentions in zip(("title", "lead", "body"), found, strict=True):
            spans = labelled.get((one.id, part), [])
            for m in mentions:
                inside = [kind for s, e, kind in spans if m.start <= s and e <= m.end]
                if m.name and inside != [m.kind] and m.text not in ("Polisen", "polisen"):
                    wrong.append(f"{one.id} {part} {m.text} {m.kind}")
    assert wrong == []


def test_every_other_name_in_the_demonstration_articles_was_read_and_is_right() -> None:
    """What is called otherwise than it is written there, but for genitives and surnames."""
    rows = (DATA / "demonstration_names.tsv").read_text(encoding="utf-8").splitlines()
    read = {tuple(row.split("\t")) for row in rows if not row.startswith("#")}
    recogniser = Recogniser()
    found = {
        (m.kind, m.text, m.name)
        for one in demonstration_articles().values()
        for mentions in recogniser.recognise(one.texts)
        for m in mentions
        if m.name not in ("", m.text, m.text[:-1])
        and not (m.kind == "person" and _last_word(m.name) == _last_word(m.text))
    }
    assert found == read


def _last_word(name: str) -> str:
    return name.rpartition(" ")[2].removesuffix("s")
