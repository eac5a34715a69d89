"""The twin of `kernels` in plain numpy: the same answers where numba is missing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.entities import kernels
from index.entities.features import SLOT

_OFFSETS = ((-2, "w-2"), (-1, "w-1"), (0, "w"), (1, "w+1"), (2, "w+2"))


def structure(
    flags: NDArray[np.int32],
    begins: NDArray[np.bool_],
    opens: NDArray[np.bool_],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
) -> None:
    """As `kernels.structure`."""
    known = flags.tolist()
    size = len(known)
    begin, opening = [False] * size, [False] * size
    fresh = True
    before = before_that = kernels.BREAK
    for i, flag in enumerate(known):
        is_begin = bool(before & kernels.BREAK)
        if not is_begin and before & kernels.SPACED and flag & _OPENERS:
            if before & kernels.STOP:
                is_begin = i == 1 or not before_that & kernels.ABBREVIATION
            elif before & kernels.CLOSES and i > 1:
                is_begin = bool(before_that & kernels.STOP)
        fresh = fresh or is_begin
        begin[i] = is_begin
        opening[i] = bool(flag & kernels.CAPITAL) and (fresh or bool(before & kernels.OPENS))
        if flag & kernels.ALPHANUMERIC:
            fresh = False
        before_that, before = before, flag
    begins[:], opens[:] = begin, opening
    first[:] = last[:] = -1
    i = 0
    for start in np.flatnonzero(flags & kernels.CAPITAL).tolist():
        if start < i:
            continue
        end = start + 1
        while end < size:
            following = end
            while (
                following < size
                and known[following] & kernels.JOINER
                and not begin[following]
                and following - end < kernels.MAX_JOINERS
            ):
                following += 1
            if following == size or not known[following] & kernels.CAPITAL or begin[following]:
                break
            end = following + 1
        first[start:end] = start
        last[start:end] = end - 1
        i = end


_OPENERS = kernels.CAPITAL | kernels.OPENS | kernels.DIGIT


def find_rows(
    words: NDArray[np.int32],
    flags: NDArray[np.int32],
    rows: NDArray[np.int32],
    near: NDArray[np.bool_],
    found: NDArray[np.int32],
) -> int:
    """As `kernels.find_rows`."""
    capital = flags & kernels.CAPITAL != 0
    near[:] = capital
    for distance in range(1, kernels.REACH + 1):
        near[distance:] |= capital[:-distance]
        near[:-distance] |= capital[distance:]
    found[:] = rows[words, near.astype(np.int64)]
    return int((found == kernels.NEW).sum())


def sum_rows(
    numbers: NDArray[np.int64],
    places: NDArray[np.int32],
    trait_rows: NDArray[np.int16],
    total: NDArray[np.int16],
) -> None:
    """As `kernels.sum_rows`."""
    summed = trait_rows[places[numbers]].sum(axis=0, dtype=np.int64)
    total[:] = summed[: len(total)].clip(-kernels.HIGHEST, kernels.HIGHEST)


def emissions(
    words: NDArray[np.int32],
    flags: NDArray[np.int32],
    marks: NDArray[np.int8],
    begins: NDArray[np.bool_],
    opens: NDArray[np.bool_],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    classes: NDArray[np.int16],
    vectors: NDArray[np.int16],
    keys: NDArray[np.uint64],
    rows: NDArray[np.float32],
    mark_rows: NDArray[np.float32],
    length_rows: NDArray[np.float32],
    place_rows: NDArray[np.float32],
    scores: NDArray[np.float32],
) -> None:
    """As `kernels.emissions`."""
    size = len(words)
    if not size:
        return
    sentence = np.cumsum(begins) - 1
    begin = np.flatnonzero(begins)
    end = np.append(begin[1:], size)

    def within(at: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether places are in the sentences of others."""
        inside: NDArray[np.bool_] = (at >= begin[sentence[of]]) & (at < end[sentence[of]])
        return inside

    def word_at(at: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.int32]:
        return np.where(within(at, of), words[np.clip(at, 0, size - 1)], 0)

    pieces = np.arange(size)
    scores[:] = 0
    for offset, slot in _OFFSETS:
        scores += kernels.STEP * vectors[word_at(pieces + offset, pieces) + SLOT[slot]]
    for offset in range(3):
        at = pieces + offset - 1
        here = np.where(within(at, pieces), marks[np.clip(at, 0, size - 1)], 0)
        scores += np.where(here[:, None] > 0, mark_rows[offset, here], 0)
    found = np.flatnonzero(flags & kernels.CAPITAL)
    if not len(found):
        return
    sport, business = _topics(flags, begin, sentence)
    word, start, stop = words[found], first[found].astype(np.int64), last[found].astype(np.int64)
    before, behind = word_at(start - 1, found), word_at(stop + 1, found)
    summed = vectors[before + SLOT["before"]].astype(np.int64)
    summed += vectors[behind + SLOT["behind"]]
    topic = sport[sentence[found]]
    for chosen, slot, of in (
        (opens[found], "opens", word),
        (topic == 1, "sport", word),
        (topic == 2, "sports", word),
        (business[sentence[found]], "business", word),
        (found != start, "first", words[start]),
        (found != stop, "last", words[stop]),
    ):
        summed[chosen] += vectors[of[chosen] + SLOT[slot]]
    added = kernels.STEP * summed.astype(np.float32)
    added += length_rows[np.minimum(4, stop - start + 1)]
    added += place_rows[np.minimum(3, found - start), np.minimum(3, stop - found)]
    here = classes[word]
    left, right = classes[word_at(found - 1, found)], classes[word_at(found + 1, found)]
    opening = opens[found].astype(np.int64)
    for parts in (
        (kernels.CLASS, opening, here),
        (kernels.BEFORE, opening, left, here),
        (kernels.BEHIND, opening, here, right),
        (kernels.AROUND, left, here, right),
    ):
        added += _rows_of(_keys(len(found), *parts), keys, rows)
    long = np.flatnonzero(stop > start)
    if len(long):
        here, outer, ahead = here[long], classes[before][long], classes[behind][long]
        start, stop = start[long], stop[long]
        run = _keys(len(long), kernels.RUN, outer)
        for j in range(kernels.RUN_CLASSES):
            inside = start + j <= stop
            run[inside] = _mixed(run[inside], classes[words[start[inside] + j]])
        for key in (
            _mixed(run, found[long] - start),
            _keys(len(long), kernels.RUN_BEFORE, outer, here),
            _keys(len(long), kernels.RUN_BEHIND, here, ahead),
            _keys(len(long), kernels.RUN_LAST, here, classes[words[stop]]),
            _keys(len(long), kernels.RUN_FIRST, classes[words[start]], here),
        ):
            added[long] += _rows_of(key, keys, rows)
    scores[found] += added


def _topics(
    flags: NDArray[np.int32], begin: NDArray[np.int64], sentence: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How much each sentence is of sport, 0 to 2, and whether it is of business."""
    sport = np.add.reduceat((flags & kernels.SPORT != 0).astype(np.int64), begin)
    is_score = flags & kernels.SCORE != 0
    number = flags & kernels.SHORT_NUMBER != 0
    dash = flags & kernels.DASH != 0
    same = sentence[:-2] == sentence[2:]
    is_score[:-2] |= number[:-2] & dash[1:-1] & number[2:] & same
    sport += 2 * np.logical_or.reduceat(is_score, begin)
    return np.minimum(2, sport), np.logical_or.reduceat(flags & kernels.BUSINESS != 0, begin)


def _mixed(key: NDArray[np.uint64], value: NDArray[Any] | int) -> NDArray[np.uint64]:
    mixed = (key ^ (np.asarray(value) + 1).astype(np.uint64)) * kernels.MIX
    return mixed ^ (mixed >> kernels.SHIFT)


def _keys(size: int, *parts: NDArray[Any] | int) -> NDArray[np.uint64]:
    key = np.ones(size, np.uint64)
    for part in parts:
        key = _mixed(key, np.asarray(part, np.int64))
    return key


def _rows_of(
    wanted: NDArray[np.uint64], keys: NDArray[np.uint64], rows: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The row of each key, zeros where there is none."""
    found = np.zeros((len(wanted), rows.shape[1]), np.float32)
    mask = np.uint64(len(keys) - 1)
    places = wanted & mask
    left = np.arange(len(wanted))
    while len(left):
        here = keys[places[left]]
        hit = here == wanted[left]
        found[left[hit]] = rows[places[left[hit]]]
        left = left[~hit & (here != 0)]
        places[left] = (places[left] + np.uint64(1)) & mask
    return found


def best_tags(
    scores: NDArray[np.float32],
    begins: NDArray[np.bool_],
    transitions: NDArray[np.float32],
    gains: NDArray[np.float32],  # noqa: ARG001
    label_of: NDArray[np.int8],
    tags: NDArray[np.int8],
    margins: NDArray[np.float32],
) -> None:
    """As `kernels.best_tags`."""
    size = len(scores)
    total = scores.copy()
    for i in np.flatnonzero(~begins).tolist():
        total[i] += (total[i - 1][:, None] + transitions).max(axis=0)
    at = 0
    for i in range(size - 1, -1, -1):
        is_end = i == size - 1 or begins[i + 1]
        at = int((total[i] if is_end else total[i] + transitions[:, at]).argmax())
        tags[i] = at
    is_alike = label_of == label_of[tags][:, None]
    others = np.where(is_alike, np.float32(-np.inf), scores)
    margins[:] = np.where(tags > 0, scores[np.arange(size), tags] - others.max(axis=1), 0)
