"""Weights of a conditional random field, by stochastic gradient descent with dropout.

In each epoch every sentence is met once, in a new order, and of the features of its pieces a share
is left out at random, so that no word is trusted for what endings, lists and neighbours say as well
(docs/entities.md has what this gives over learning from all features at once).
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled

EPOCHS: Final = 40
AVERAGED: Final = 10
"""So many of the last epochs give the weights, in their mean."""

KEPT: Final = 0.7
"""The chance of a feature to count; it counts for 1 / KEPT then."""

RATE: Final = 0.1
"""How far a step goes along the gradient of a sentence; half as far after SLOWING epochs."""

SLOWING: Final = 5
PENALTY: Final = 0.4
"""What the square of a weight costs, beside the log-likelihood of all sentences."""

LEAST: Final = 0.03
"""A weight of less is none: a fifth of them is left."""

_SMALLEST: Final = 1e-3


class Examples(NamedTuple):
    """Labelled sentences.

    starts: int64[sentences + 1], the first piece of each and behind the last; tags: int8[pieces];
    bounds: int64[pieces + 1], where the features of each begin and end in `features`,
    int32[entries]; size: how many features there are.
    """

    starts: NDArray[np.int64]
    tags: NDArray[np.int8]
    bounds: NDArray[np.int64]
    features: NDArray[np.int32]
    size: int


def fit(examples: Examples, tags: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The weights of features, float32[features, tags], and of transitions, float64[tags, tags].

    A feature has weights for the tags with which it was met alone.
    """
    starts, known, bounds, features, size = examples
    met = np.zeros((size, tags), np.bool_)
    met[features, np.repeat(known, np.diff(bounds))] = True
    weights, moves = np.zeros((size, tags), np.float32), np.zeros((tags, tags))
    mean_weights, mean_moves = np.zeros_like(weights), np.zeros_like(moves)
    sentences = len(starts) - 1
    decay = 2 * PENALTY / sentences
    random = np.random.default_rng(1)
    for epoch in range(EPOCHS):
        order = random.permutation(sentences)
        rates = RATE / (1 + (epoch + np.arange(sentences) / sentences) / SLOWING)
        kept = random.random(len(features), np.float32) < KEPT
        descend(order, rates, starts, known, bounds, features, kept, met, decay, weights, moves)
        if epoch >= EPOCHS - AVERAGED:
            mean_weights += weights / np.float32(AVERAGED)
            mean_moves += moves / AVERAGED
    mean_weights[np.abs(mean_weights) < LEAST] = 0
    return mean_weights, mean_moves


@compiled
def descend(
    order: NDArray[np.int64],
    rates: NDArray[np.float64],
    starts: NDArray[np.int64],
    tags: NDArray[np.int8],
    bounds: NDArray[np.int64],
    features: NDArray[np.int32],
    kept: NDArray[np.bool_],
    met: NDArray[np.bool_],
    decay: float,
    weights: NDArray[np.float32],
    moves: NDArray[np.float64],
) -> None:
    """Meet each sentence once, in an order and at a rate each; `weights` and `moves` change.

    kept: bool[entries], the `features` that count; met: bool[features, tags], what may have weight.
    The weights are held divided by `scale`, as all of them shrink by `decay` with every sentence.
    """
    count, scale = weights.shape[1], 1.0
    factor = 1 / KEPT
    for number in range(len(order)):
        start = starts[order[number]]
        size = starts[order[number] + 1] - start
        scores = np.zeros((size, count))
        for i in range(size):
            for at in range(bounds[start + i], bounds[start + i + 1]):
                if kept[at]:
                    for tag in range(count):
                        scores[i, tag] += weights[features[at], tag]
        known = tags[start : start + size]
        gradient, pairs = gradients(scores * (factor * scale), moves * scale, known)
        scale *= 1 - rates[number] * decay
        step = rates[number] / scale
        moves -= step * pairs
        gradient *= step * factor
        for i in range(size):
            for at in range(bounds[start + i], bounds[start + i + 1]):
                if kept[at]:
                    feature = features[at]
                    for tag in range(count):
                        if met[feature, tag]:
                            weights[feature, tag] -= gradient[i, tag]
        if scale < _SMALLEST or number == len(order) - 1:
            for feature in range(len(weights)):
                for tag in range(count):
                    weights[feature, tag] *= scale
            moves *= scale
            scale = 1.0


@compiled
def gradients(
    scores: NDArray[np.float64], moves: NDArray[np.float64], tags: NDArray[np.int8]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By how much tags and pairs of them are likelier than they ought to be.

    scores: float64[pieces, tags]; moves: float64[tags, tags], from the tag of the row to that of
    the column. Returned are the gradients of the negative log-likelihood of `tags`, shaped alike.
    """
    size, count = scores.shape
    ways = np.exp(moves)
    chances, pairs = np.empty((size, count)), np.zeros((count, count))
    forward, backward = np.empty((size, count)), np.ones((size, count))
    sums = np.empty(size)
    for i in range(size):
        chances[i] = np.exp(scores[i] - scores[i].max())
        for tag in range(count):
            reached = 1.0
            if i:
                reached = 0.0
                for before in range(count):
                    reached += forward[i - 1, before] * ways[before, tag]
            forward[i, tag] = reached * chances[i, tag]
        sums[i] = forward[i].sum()
        forward[i] /= sums[i]
    for i in range(size - 2, -1, -1):
        for tag in range(count):
            left = 0.0
            for behind in range(count):
                left += ways[tag, behind] * chances[i + 1, behind] * backward[i + 1, behind]
            backward[i, tag] = left / sums[i + 1]
    for i in range(1, size):
        for before in range(count):
            for tag in range(count):
                way = forward[i - 1, before] * ways[before, tag] * chances[i, tag]
                pairs[before, tag] += way * backward[i, tag] / sums[i]
        pairs[tags[i - 1], tags[i]] -= 1
    gradient = forward * backward
    for i in range(size):
        gradient[i, tags[i]] -= 1
    return gradient, pairs
