"""The model that is shipped: weights by feature, and the labels of the pieces of a text.

`make recogniser` learns it and writes its files; docs/entities.md says of what. A weight belongs to
a feature and a tag, which is a label and a place in a name. Weights of traits are summed for each
word once, when it is first met, so that a text costs some sums a piece.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from threading import Lock
from typing import Any, Final, NamedTuple

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from index.compiled import HAS_NUMBA
from index.entities import kernels, plain_kernels
from index.entities.features import (
    BOUNDARY,
    SLOT,
    SLOTS,
    SMALL_SLOTS,
    edge_traits,
    whole_traits,
    word_class,
)
from index.entities.lexicon import Lexicon, load_lexicon
from index.entities.marks import MARKS, rule_marks
from index.entities.naming import MARK_OFFSETS, OPENING, TEMPLATES
from index.entities.reading import Found
from index.entities.vocabulary import MAX_WORDS, Cut, Vocabulary

LABELS: Final = ("O", "PER", "LOC", "ORG", "MISC")

TAGS: Final = ("O", "MISC", *(f"{label}-{at}" for label in LABELS[1:4] for at in "SBIE"))
"""A label, and where in a name it stands: alone (S), first (B), within (I) or last (E)."""

LABEL_OF: Final = np.array([LABELS.index(tag.partition("-")[0]) for tag in TAGS], np.int8)
"""int8[tags]: the number of each tag's label."""

TRAITS_FILE, WEIGHTS_FILE, FACTS_FILE = "traits.marisa", "weights.npz", "recogniser.json"

assert len(TAGS) == kernels.TAG_COUNT

_ROOM: Final = MAX_WORDS + 10_000
"""Words for which there is room from the start; a page of it takes memory when it is first used."""

_MASK: Final = (1 << 64) - 1


class Weights(NamedTuple):
    """What has been learnt.

    traits: a trie of the traits. places, int32[traits, slots]: the row of what each says there in
    trait_rows, int16[rows, tags], in steps of `kernels.STEP`; row 0 says nothing.
    classes: the classes by number. keys, rows: the features of several classes, a hash table
    uint64[2^n] of `class_key`s, 0 where free, and float32[2^n, tags].
    mark_rows: float32[3, marks, tags]; length_rows: float32[5, tags];
    place_rows: float32[4, 4, tags]; transitions: float32[tags, tags].
    """

    traits: Any
    places: NDArray[np.int32]
    trait_rows: NDArray[np.int16]
    classes: dict[str, int]
    keys: NDArray[np.uint64]
    rows: NDArray[np.float32]
    mark_rows: NDArray[np.float32]
    length_rows: NDArray[np.float32]
    place_rows: NDArray[np.float32]
    transitions: NDArray[np.float32]
    version: str


def class_key(name: str, classes: dict[str, int]) -> int:
    """The key of a feature of several classes; `kernels.emissions` makes the same.

    A class that was not met in learning has the number 0, which is in no feature that was learnt.
    """
    template, *parts = name.split("\t")
    numbers = [TEMPLATES.index(template)]
    place: list[int] = []
    if template == "run":
        place = [int(parts.pop())]
    if TEMPLATES.index(template) <= kernels.BEHIND:
        numbers.append(OPENING.index(parts.pop(0)))
    key = 1
    for number in (*numbers, *(classes.get(part, 0) for part in parts), *place):
        key = ((key ^ (number + 1)) * int(kernels.MIX)) & _MASK
        key ^= key >> int(kernels.SHIFT)
    return key


def weights_of(
    features: dict[tuple[str, str], float], transitions: dict[tuple[str, str], float], version: str
) -> Weights:
    """Arrange the weights of named features; `features` has (name, tag) as keys."""
    number_of = {tag: number for number, tag in enumerate(TAGS)}
    names = sorted({name for name, _ in features})
    slotted = [name.split("\t", 1) for name in names]
    traits = sorted({trait for slot, trait in slotted if slot in SLOT})
    trie = marisa_trie.Trie(traits, num_tries=1, cache_size=marisa_trie.HUGE_CACHE)
    vectors = np.zeros((len(trie) * len(SLOTS), len(TAGS)), np.float32)
    mark_rows = np.zeros((3, len(MARKS), len(TAGS)), np.float32)
    length_rows = np.zeros((5, len(TAGS)), np.float32)
    place_rows = np.zeros((4, 4, len(TAGS)), np.float32)
    class_names = [name for name in names if name.split("\t")[0] in TEMPLATES]
    classes = {name: number for number, name in enumerate(_classes(class_names))}
    by_name: dict[str, NDArray[np.float32]] = {}
    for slot, trait in slotted:
        if slot in SLOT:
            row = vectors[trie[trait] * len(SLOTS) + SLOT[slot]]
        elif slot in MARK_OFFSETS:
            row = mark_rows[MARK_OFFSETS.index(slot), MARKS.index(trait)]
        elif slot == "length":
            row = length_rows[int(trait)]
        elif slot == "place":
            since, until = map(int, trait.split("\t"))
            row = place_rows[since, until]
        else:
            row = np.zeros(len(TAGS), np.float32)
        by_name[f"{slot}\t{trait}"] = row
    for (name, tag), weight in features.items():
        by_name[name][number_of[tag]] = weight
    keys, rows = _hash_table({class_key(name, classes): by_name[name] for name in class_names})
    moves = np.zeros((len(TAGS), len(TAGS)), np.float32)
    for (before, after), weight in transitions.items():
        moves[number_of[before], number_of[after]] = weight
    steps = np.rint(vectors / kernels.STEP).clip(-kernels.HIGHEST, kernels.HIGHEST)
    filled = np.flatnonzero(steps.any(axis=1))
    return Weights(
        *(trie, *_sparse(len(trie), filled, steps[filled].astype(np.int16)), classes, keys, rows),
        *(mark_rows, length_rows, place_rows, moves, version),
    )


def gains_of(transitions: NDArray[np.float32]) -> NDArray[np.float32]:
    """By how much a transition from one tag can be better than from another: float32[tags, tags].

    The row is the other tag, the column the one; see `kernels.best_tags`.
    """
    gains: NDArray[np.float32] = (transitions[None, :] - transitions[:, None]).max(axis=2)
    return gains


def _sparse(
    traits: int, filled: NDArray[np.int64], rows: NDArray[np.int16]
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """What `Weights` has of traits: places and rows, of the rows that say something."""
    places = np.zeros(traits * len(SLOTS), np.int32)
    places[filled] = np.arange(1, len(filled) + 1)
    return places.reshape(traits, len(SLOTS)), np.concatenate([np.zeros_like(rows[:1]), rows])


def _classes(names: list[str]) -> list[str]:
    found: set[str] = set()
    for name in names:
        template, *parts = name.split("\t")
        if template == "run":
            parts.pop()
        if TEMPLATES.index(template) <= kernels.BEHIND:
            parts.pop(0)
        found.update(parts)
    return ["", *sorted(found)]  # 0 is any class that was not met in learning


def find_row(key: int, weights: Weights) -> NDArray[np.float32] | None:
    """The row of a feature of several classes, or None."""
    mask = len(weights.keys) - 1
    at = key & mask
    while weights.keys[at]:
        if int(weights.keys[at]) == key:
            row: NDArray[np.float32] = weights.rows[at]
            return row
        at = (at + 1) & mask
    return None


def _hash_table(
    items: dict[int, NDArray[np.float32]],
) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
    size = 1 << max(4, (2 * len(items)).bit_length())
    keys = np.zeros(size, np.uint64)
    rows = np.zeros((size, len(TAGS)), np.float32)
    for key, row in items.items():
        at = key & (size - 1)
        while keys[at]:
            at = (at + 1) & (size - 1)
        keys[at], rows[at] = key, row
    return keys, rows


class Labels(NamedTuple):
    """What the model says of a text.

    marks: int8[pieces], see `marks`; scores: float32[pieces, tags]; tags, labels: int8[pieces],
    numbers of TAGS and LABELS; margins: float32[pieces], by how much a tag's own score is above
    that of any of another label, 0 where there is no name.
    """

    cut: Cut
    marks: NDArray[np.int8]
    scores: NDArray[np.float32]
    tags: NDArray[np.int8]
    labels: NDArray[np.int8]
    margins: NDArray[np.float32]


class Labeller:
    """Labels the pieces of texts."""

    def __init__(
        self, weights: Weights, lexicon: Lexicon, *, is_compiled: bool = HAS_NUMBA
    ) -> None:
        self.weights = weights
        self.lexicon = lexicon
        self.vocabulary = Vocabulary(lexicon, is_compiled=is_compiled)
        self._lock = Lock()
        self._loops = kernels if is_compiled else plain_kernels
        self._gains = gains_of(weights.transitions)
        self._make_room()
        self._forget()

    def _make_room(self) -> None:
        self._rows = np.empty((_ROOM, 2), np.int32)
        self._vectors = np.zeros((_ROOM * len(SLOTS), len(TAGS)), np.int16)
        self._classes = np.zeros(_ROOM * len(SLOTS), np.int16)

    def _forget(self) -> None:
        self.vocabulary.forget()
        if len(self._rows) > _ROOM:  # there was a very long text
            self._make_room()
        self._rows[:] = kernels.NEW
        self._count = kernels.FAR + SMALL_SLOTS
        self._rows[0] = kernels.BOUNDARY_ROW
        self._weigh(kernels.BOUNDARY_ROW, len(SLOTS), BOUNDARY)

    def label(self, text: str, finds: Sequence[Found]) -> Labels:
        """Cut a text into pieces and label them; `finds` are what the rules see in it.

        Threads may share a labeller: they take turns, as each may meet new words.
        """
        with self._lock:
            return self._label(text, finds)

    def _label(self, text: str, finds: Sequence[Found]) -> Labels:
        if self.vocabulary.is_full:
            self._forget()
        cut = self.vocabulary.cut(text)
        marks = rule_marks(cut, finds)
        rows = self._find_rows(cut)
        size = len(cut)
        scores = np.empty((size, len(TAGS)), np.float32)
        w = self.weights
        self._loops.emissions(
            *(rows, cut.flags, marks, cut.begins, cut.opens, cut.first, cut.last),
            *(self._classes, self._vectors, w.keys, w.rows),
            *(w.mark_rows, w.length_rows, w.place_rows, scores),
        )
        tags = np.empty(size, np.int8)
        margins = np.empty(size, np.float32)
        self._loops.best_tags(
            *(scores, cut.begins, w.transitions, self._gains, LABEL_OF, tags, margins)
        )
        return Labels(cut, marks, scores, tags, LABEL_OF[tags], margins)

    def _find_rows(self, cut: Cut) -> NDArray[np.int32]:
        """The first row of each piece's word; of words that are new, the weights are summed.

        A small word far from capitals is of no weight unless it was met in learning: what a text is
        labelled does not depend on the texts before it.
        """
        if self.vocabulary.size > len(self._rows):
            grown = np.full((2 * self.vocabulary.size, 2), kernels.NEW, np.int32)
            grown[: len(self._rows)] = self._rows
            self._rows = grown
        near, found = np.empty(len(cut), np.bool_), np.empty(len(cut), np.int32)
        if not self._loops.find_rows(cut.words, cut.flags, self._rows, near, found):
            return found
        for piece in np.flatnonzero(found == kernels.NEW).tolist():
            rows = self._rows[cut.words.item(piece)]
            if rows.item(int(near[piece])) == kernels.NEW:
                word = cut.word(piece)
                is_learnt = word.isprintable() and f"form:{word.lower()}" in self.weights.traits
                if near[piece] or is_learnt:
                    rows[1] = self._add_row(word)
                rows[0] = rows[1] if is_learnt else kernels.FAR
            found[piece] = rows[int(near[piece])]
        return found

    def _add_row(self, word: str) -> int:
        first, size = self._count, len(SLOTS) if word[0].isupper() else SMALL_SLOTS
        if first + size > len(self._classes):
            self._vectors, self._classes = _doubled(self._vectors), _doubled(self._classes)
        self._weigh(first, size, word)
        self._count += size
        return first

    def _weigh(self, first: int, size: int, word: str) -> None:
        known = self.weights.traits
        weighed = [known.get(trait) for trait in whole_traits(word, self.lexicon)]
        weighed = [number for number in weighed if number is not None]
        for longest, _ in edge_traits(word):  # one walk finds all that begin alike
            weighed += [number for _, number in known.iter_prefixes_with_ids(longest)]
        numbers, w = np.array(weighed, np.int64), self.weights
        rows = self._vectors[first : first + size]
        self._loops.sum_rows(numbers, w.places, w.trait_rows, rows)
        self._classes[first] = self.weights.classes.get(word_class(word, self.lexicon), 0)


def _doubled(array: NDArray[Any]) -> NDArray[Any]:
    """An array with as much room again, of which no page is in memory before it is used."""
    grown = np.zeros((2 * len(array), *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown


def save_weights(weights: Weights, folder: Any) -> None:
    """Write the files of a model into a folder."""
    weights.traits.save(str(folder / TRAITS_FILE))
    slots = np.flatnonzero(weights.places)
    filled = np.flatnonzero(weights.keys)
    np.savez_compressed(
        folder / WEIGHTS_FILE,
        slots=np.diff(slots, prepend=0).astype(np.uint32),
        vectors=weights.trait_rows[1:],
        keys=weights.keys[filled],
        rows=weights.rows[filled].astype(np.float16),
        marks=weights.mark_rows,
        lengths=weights.length_rows,
        places=weights.place_rows,
        transitions=weights.transitions,
    )
    facts = {"version": weights.version, "classes": list(weights.classes)}
    (folder / FACTS_FILE).write_text(
        json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


@cache
def load_weights() -> Weights:
    """Read the model that is shipped, on the first call, and keep it for the process."""
    folder = files("index.entities") / "data"
    facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    with as_file(folder / TRAITS_FILE) as path:
        known = marisa_trie.Trie()
        known.mmap(str(path))
    with as_file(folder / WEIGHTS_FILE) as path, np.load(path) as arrays:
        places, trait_rows = _sparse(len(known), np.cumsum(arrays["slots"]), arrays["vectors"])
        items = dict(zip(arrays["keys"].tolist(), arrays["rows"].astype(np.float32), strict=True))
        keys, rows = _hash_table(items)
        return Weights(
            known,
            places,
            trait_rows,
            {name: number for number, name in enumerate(facts["classes"])},
            keys,
            rows,
            arrays["marks"],
            arrays["lengths"],
            arrays["places"],
            arrays["transitions"],
            facts["version"],
        )


@cache
def load_labeller() -> Labeller:
    """The labeller of this process."""
    return Labeller(load_weights(), load_lexicon())
