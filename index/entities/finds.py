"""From labels to finds: what the model decided, named as the rules named it where both agree."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.entities.genitives import is_genitive, keeps_s
from index.entities.lexicon import LISTED, Lexicon, Sign
from index.entities.mentions import Kind
from index.entities.model import LABELS, Labels
from index.entities.reading import Found
from index.entities.vocabulary import Cut

_SURE: Final = 1.0
"""The margin from which a place or an organisation stands by itself."""

_KINDS: Final[tuple[Kind | None, ...]] = (None, "person", "place", "organisation", None)
_ROAD: Final = re.compile(r"[A-Z]{1,2}\d")
_MUNICIPALITY: Final = re.compile(r"(?<=\w) kommuns?$")
_OF_FAMILY: Final = re.compile(r"(?:von(?: der| dem)?|van(?: der| den| de)?|af|bin|de|al)\b[ -]")


def decide(labelled: Labels, ruled: Sequence[Found], lexicon: Lexicon) -> list[Found]:
    """The finds of a text in order, never overlapping.

    A find that the model leaves out stays as something of no kind, for the article to support.
    """
    return _merge(_label(labelled, ruled, lexicon), ruled)


def _label(labelled: Labels, ruled: Sequence[Found], lexicon: Lexicon) -> list[Found]:
    """The names that the model sees; `ruled` are in order and apart, as are those."""
    cut, margins = labelled.cut, labelled.margins
    starts, ends = cut.starts, cut.ends
    decided: list[Found] = []
    is_any_certain = any(found.is_certain for found in ruled)
    done = at = 0
    for first, last, label in _spans(cut, labelled.labels):
        kind = _KINDS[label]
        start, end = starts.item(first), ends.item(last)
        if kind is None or start < done:
            continue
        before = at
        while at < len(ruled) and ruled[at].end < end:
            at += 1
        beside = ruled[before : at + 1]
        if is_any_certain and any(
            found.is_certain and found.start < end and found.end > start for found in beside
        ):
            continue
        if first < last and (parts := _parts(beside, start, end, kind)):
            decided += parts
            done = end
            continue
        found = _alike(ruled[at], start, end, kind, done) if at < len(ruled) else None
        is_ruled = found is not None and found.is_sure
        if found is None:
            if kind == "organisation" and first == last and _is_no_name(cut.word(first), lexicon):
                continue
            if first < last and _is_no_phrase(cut.word(first), cut.text[start:end], lexicon):
                continue
            pieces = zip(
                starts[first : last + 1].tolist(), ends[first : last + 1].tolist(), strict=True
            )
            found = name_find(cut.text, list(pieces), kind, lexicon)
        elif found.kind is None:
            found.kind, found.name = kind, lexicon.canonical_name(found.name, kind)
        found.is_sure = is_ruled or found.is_person_full
        if not found.is_sure and kind != "person":
            margin = sum(margins[first : last + 1].tolist()) / (last + 1 - first)
            found.is_sure = margin > _SURE
        done = found.end
        if kind != "person" or not _ROAD.match(found.name):  # E45 Hökbäck
            decided.append(found)
    return decided


def _merge(decided: Sequence[Found], ruled: Sequence[Found]) -> list[Found]:
    """Both in order: what the model sees, and what the rules see beside it, of no kind yet."""
    merged: list[Found] = []
    at = 0
    for found in ruled:
        if not found.name:
            continue
        while at < len(decided) and decided[at].end <= found.start:
            merged.append(decided[at])
            at += 1
        if at < len(decided) and decided[at].start < found.end:
            continue
        if not found.is_certain:
            found.kind, found.is_sure, found.is_person_full = None, False, False
        merged.append(found)
    return [*merged, *decided[at:]]


def _alike(found: Found, start: int, end: int, kind: Kind, done: int) -> Found | None:
    """What the rules found, if it is at a span and of its kind, or wider and they are sure."""
    if not found.name or found.start > start:
        return None
    if (found.start, found.end) == (start, end):
        return found if found.kind in (kind, None) else None
    return found if found.is_sure and found.kind == kind and found.start >= done else None


def _parts(ruled: Sequence[Found], start: int, end: int, kind: Kind) -> list[Found]:
    """The names that the rules are sure of where the model sees but one: FN:s klimatpanel IPCC."""
    inside = [found for found in ruled if found.start >= start and found.end <= end]
    is_tiled = (
        len(inside) > 1
        and (inside[0].start, inside[-1].end) == (start, end)
        and all(found.name and found.is_sure and found.kind == kind for found in inside)
    )
    return inside if is_tiled else []


def _spans(cut: Cut, labels: NDArray[np.int8]) -> Iterator[tuple[int, int, int]]:
    """First piece, last piece and label of each labelled name."""
    begins = cut.begins
    known = labels.tolist()
    size = len(known)
    done = 0
    for i in np.flatnonzero(labels).tolist():
        if i < done:
            continue
        last = i
        while last + 1 < size and known[last + 1] == known[i] and not begins[last + 1]:
            last += 1
        done = last + 1
        yield i, last, known[i]


def name_find(text: str, pieces: list[tuple[int, int]], kind: Kind, lexicon: Lexicon) -> Found:
    """Name what stands at some pieces of a text, where each begins and ends.

    It is not sure of itself yet.
    """
    while kind == "person" and len(pieces) > 1 and _is_title(text[slice(*pieces[0])], lexicon):
        pieces = pieces[1:]
    start, (last, end) = pieces[0][0], pieces[-1]
    written = text[last:end]
    word = lexicon.word(written)
    base = word.base
    if kind == "person" and keeps_s(text, written, word, end):
        base = written
    name = " ".join((text[start:last] + base).split()).rstrip("-")
    is_full = False
    if kind == "person":
        is_full = " " in name and _OF_FAMILY.match(name) is None
    elif kind == "place":
        name = _MUNICIPALITY.sub("", name)
        while name[:1].islower() and " " in name:  # södra Stockholm
            name = name.partition(" ")[2]
    bare = name.removesuffix("s")
    if not lexicon.is_listed(name, kind) and lexicon.is_listed(bare, kind):
        name = bare  # Romas
    name = lexicon.canonical_name(name, kind)
    maybe = bool(word.signs & Sign.MAYBE_GENITIVE)
    return Found(
        *(start, end, name, kind, False, is_full),
        maybe_genitive=maybe,
        is_owner=maybe and is_genitive(text, name, end),
    )


def _is_no_name(word: str, lexicon: Lexicon) -> bool:
    """Whether the lists say that a word by itself is no name, whatever the model makes of it."""
    return lexicon.word(word).signs & (Sign.NOT_A_NAME | LISTED) == Sign.NOT_A_NAME


def _is_no_phrase(opening: str, written: str, lexicon: Lexicon) -> bool:
    """Whether the lists say that several words are no name."""
    listed = lexicon.phrases.get(opening.lower(), ())
    return any(phrase.kind is None and phrase.lower == written.lower() for phrase in listed)


def _is_title(word: str, lexicon: Lexicon) -> bool:
    """Whether a person's name only seems to begin with this word: Dr Horn, Wienarkitekten."""
    lower = word.lower().rstrip(".")
    return lower in _COURTESY or (
        lexicon.is_cue("role", lower) and not lexicon.word(word).signs & Sign.FIRST
    )


_COURTESY: Final = frozenset(
    ("dr", "doktor", "herr", "fru", "fröken", "professor", "prof", "mr", "mrs", "ms")
)


assert len(_KINDS) == len(LABELS)
