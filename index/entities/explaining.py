"""Why the model sees a name: the features that speak most for its label."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.entities.features import SLOT, traits, word_class
from index.entities.kernels import STEP
from index.entities.marks import MARKS
from index.entities.mentions import Mention
from index.entities.model import (
    LABEL_OF,
    LABELS,
    TAGS,
    Labeller,
    Labels,
    Weights,
    class_key,
    find_row,
)
from index.entities.naming import MARK_OFFSETS, TEMPLATES, named_features

_MOST: Final = 5


class Reason(NamedTuple):
    """A feature, and how much more it adds to the tags than to the best ones of other labels."""

    feature: str
    weight: float


class Explained(NamedTuple):
    """A mention with the features that speak most for its kind, best first."""

    mention: Mention
    reasons: tuple[Reason, ...]


def weights_of_feature(name: str, weights: Weights) -> NDArray[np.float32]:
    """What a feature adds to each tag, float32[tags]; zeros if learning had no use for it."""
    slot, _, rest = name.partition("\t")
    row: NDArray[np.float32] | None = None
    if slot in SLOT:
        number = weights.traits.get(rest)
        if number is not None:
            row = STEP * weights.trait_rows[weights.places[number, SLOT[slot]]]
    elif slot in MARK_OFFSETS:
        row = weights.mark_rows[MARK_OFFSETS.index(slot), MARKS.index(rest)]
    elif slot == "length":
        row = weights.length_rows[int(rest)]
    elif slot == "place":
        since, until = map(int, rest.split("\t"))
        row = weights.place_rows[since, until]
    elif slot in TEMPLATES:
        row = find_row(class_key(name, weights.classes), weights)
    return np.zeros(len(TAGS), np.float32) if row is None else row


def features_by_name(labelled: Labels, labeller: Labeller) -> list[list[str]]:
    """The names of the features of each piece."""
    lexicon = labeller.lexicon
    return named_features(
        labelled.cut,
        labelled.marks,
        lambda word: traits(word, lexicon),
        lambda word: word_class(word, lexicon),
    )


def explain(mentions: Sequence[Mention], labelled: Labels, labeller: Labeller) -> list[Explained]:
    """Give each mention of a text its reasons; the text is one without invisible characters."""
    named = features_by_name(labelled, labeller)
    cut = labelled.cut
    explained = []
    for mention in mentions:
        first = int(np.searchsorted(cut.ends, mention.start, "right"))
        behind = int(np.searchsorted(cut.starts, mention.end, "left"))
        is_kind = _LABEL_OF[mention.kind] == LABEL_OF
        sums: dict[str, float] = {}
        for scores, names in zip(labelled.scores[first:behind], named[first:behind], strict=True):
            tag = int(np.where(is_kind, scores, -np.inf).argmax())
            other = int(np.where(is_kind, -np.inf, scores).argmax())
            for name in names:
                row = weights_of_feature(name, labeller.weights)
                sums[name] = sums.get(name, 0) + float(row[tag] - row[other])
        best = sorted(sums.items(), key=lambda item: -item[1])[:_MOST]
        reasons = [
            Reason(" ".join(name.split("\t")), weight) for name, weight in best if weight > 0
        ]
        explained.append(Explained(mention, tuple(reasons)))
    return explained


_LABEL_OF: Final = {
    "person": LABELS.index("PER"),
    "place": LABELS.index("LOC"),
    "organisation": LABELS.index("ORG"),
}
