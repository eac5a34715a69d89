"""From labelled sentences to weights."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from index.entities.building.descent import Examples, fit
from index.entities.building.labelled import Labelled, Span
from index.entities.features import traits, word_class
from index.entities.lexicon import load_lexicon
from index.entities.marks import rule_marks
from index.entities.model import LABELS, TAGS, Weights, weights_of
from index.entities.naming import named_features, sentences
from index.entities.rules import find_by_rules
from index.entities.vocabulary import Cut, Vocabulary


def make_examples(sentences_: Iterable[Labelled]) -> tuple[Examples, list[str]]:
    """The sentences as they were cut, and the names of their features in order of their numbers."""
    lexicon = load_lexicon()
    vocabulary = Vocabulary(lexicon)
    word_traits = lru_cache(None)(lambda word: traits(word, lexicon))
    classes = lru_cache(None)(lambda word: word_class(word, lexicon))
    numbers: dict[str, int] = {}
    starts, bounds = [0], [0]
    tags: list[int] = []
    features: list[int] = []
    for labelled in sentences_:
        cut = vocabulary.cut(labelled.text)
        marks = rule_marks(cut, find_by_rules(labelled.text, lexicon))
        for names in named_features(cut, marks, word_traits, classes):
            features += [numbers.setdefault(name, len(numbers)) for name in dict.fromkeys(names)]
            bounds.append(len(features))
        labels = _labels(cut, labelled.spans)
        for begin, end in sentences(cut.begins):
            tags += [TAGS.index(tag) for tag in tags_of(labels[begin:end])]
            starts.append(len(tags))
    examples = Examples(
        np.array(starts),
        np.array(tags, np.int8),
        np.array(bounds),
        np.array(features, np.int32),
        len(numbers),
    )
    return examples, list(numbers)


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


def mended(sentences_: Iterable[Labelled]) -> Iterator[Labelled]:
    """Sentences in which listed organisations are labelled, where their label was MISC or none.

    The news call an authority an organisation here and nothing there.
    """
    lexicon = load_lexicon()
    for labelled in sentences_:
        spans = list(labelled.spans)
        for found in find_by_rules(labelled.text, lexicon):
            if found.kind != "organisation" or not found.is_sure:
                continue
            start, end = found.start, found.end
            beside = [span for span in spans if span[0] < end and span[1] > start]
            is_listed = lexicon.is_listed(found.name, found.kind)
            if is_listed and beside in ([], [(start, end, "MISC")]):
                spans = [span for span in spans if span not in beside] + [(start, end, "ORG")]
        yield Labelled(labelled.text, sorted(spans))


def learn(sentences_: Iterable[Labelled], version: str) -> Weights:
    """The weights of the model, learnt from labelled sentences."""
    examples, names = make_examples(sentences_)
    weights, moves = fit(examples, len(TAGS))
    features = {
        (names[feature], TAGS[tag]): weights.item(feature, tag)
        for feature, tag in np.argwhere(weights).tolist()
    }
    transitions = {
        (before, after): moves.item(i, j)
        for i, before in enumerate(TAGS)
        for j, after in enumerate(TAGS)
    }
    return weights_of(features, transitions, version)
