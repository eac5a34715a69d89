"""From labelled sentences to weights: a conditional random field, learnt by CRFsuite."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import pycrfsuite

from index.entities.building.labelled import Labelled, Span
from index.entities.features import traits, word_class
from index.entities.lexicon import load_lexicon
from index.entities.marks import rule_marks
from index.entities.model import LABELS, TAGS, Weights, weights_of
from index.entities.naming import named_features, sentences, value
from index.entities.rules import find_by_rules
from index.entities.vocabulary import Cut, Vocabulary

SETTINGS: Final = {"c1": 0.05, "c2": 1.2, "max_iterations": 80}
"""What the sum and the squares of the weights cost, chosen by folds; docs/entities.md has them."""


class Example(NamedTuple):
    """A labelled sentence with its features: one item a piece in both, in parts as it was cut."""

    items: list[Any]
    tags: list[list[str]]


def make_examples(sentences_: Iterable[Labelled]) -> list[Example]:
    """The features of each sentence."""
    lexicon = load_lexicon()
    vocabulary = Vocabulary(lexicon)
    word_traits = lru_cache(None)(lambda word: traits(word, lexicon))
    classes = lru_cache(None)(lambda word: word_class(word, lexicon))
    examples = []
    for labelled in sentences_:
        cut = vocabulary.cut(labelled.text)
        marks = rule_marks(cut, find_by_rules(labelled.text, lexicon))
        named = named_features(cut, marks, word_traits, classes)
        items = [{name: value(name) for name in names} for names in named]
        labels = _labels(cut, labelled.spans)
        parts = sentences(cut.begins)
        examples.append(
            Example(
                [pycrfsuite.ItemSequence(items[begin:end]) for begin, end in parts],
                [tags_of(labels[begin:end]) for begin, end in parts],
            )
        )
    return examples


def _labels(cut: Cut, spans: Sequence[Span]) -> list[str]:
    labels = ["O"] * len(cut)
    for start, end, kind in spans:
        for i in range(len(cut)):
            if cut.starts[i] < end and cut.ends[i] > start:
                labels[i] = kind if kind in LABELS else "O"
    return labels


def tags_of(labels: Sequence[str]) -> list[str]:
    """The tags of labelled pieces: where in its name each stands, if the label tells places.

    >>> tags_of(["PER", "PER", "O", "LOC", "ORG", "ORG", "ORG", "MISC"])
    ['PER-B', 'PER-E', 'O', 'LOC-S', 'ORG-B', 'ORG-I', 'ORG-E', 'MISC']
    """
    tags = []
    for before, label, behind in zip(["", *labels], labels, [*labels[1:], ""], strict=False):
        place = "IEBS"[2 * (before != label) + (behind != label)]
        tags.append(label if label in TAGS else f"{label}-{place}")
    return tags


def learn(sentences_: Iterable[Labelled], version: str) -> Weights:
    """The weights that CRFsuite finds for the sentences, by L-BFGS or OWL-QN."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for example in make_examples(sentences_):
        for items, tags in zip(example.items, example.tags, strict=True):
            trainer.append(items, tags)
    trainer.set_params({**SETTINGS, "feature.possible_transitions": True})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.crfsuite"
        trainer.train(str(path))
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        info = tagger.info()
        tagger.close()
    features = {
        (name, label): weight * value(name) for (name, label), weight in info.state_features.items()
    }
    return weights_of(features, dict(info.transitions), version)
