"""The loops of the recogniser: where sentences and runs begin, and which pieces are names.

They walk once over the pieces of a text. `plain_kernels` has the same in plain numpy; what
`emissions` sums stands by name in `naming`. The tests compare all three.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from index.entities.features import SLOT, SLOTS

# What a piece is, as bits; see `vocabulary`.
CAPITAL: Final = 1
BREAK: Final = 2  # a line ends behind it
STOP: Final = 4
OPENS: Final = 8  # a quotation mark, a dash or a bullet: what follows it is capitalised anyway
CLOSES: Final = 16
ABBREVIATION: Final = 32
JOINER: Final = 64  # of, von: goes on with a run when a capitalised word follows
SPORT: Final = 128
BUSINESS: Final = 256
SHORT_NUMBER: Final = 512
DASH: Final = 1024
SPACED: Final = 2048
ALPHANUMERIC: Final = 4096
DIGIT: Final = 16384
SCORE: Final = 32768  # 3-1 in one word

TAG_COUNT: Final = 14
"""How many tags there are: loops of a known length are quicker."""

HIGHEST: Final = 2**15 - 1

STEP: Final = np.float32(1 / 2048)
"""What 1 is in vectors, which are int16: half the memory of float32, and sums without rounding."""

MAX_JOINERS: Final = 2
_SPORTS: Final = 2
REACH: Final = 2  # pieces to either side; those beside a run are among them

NEW, BOUNDARY_ROW, FAR = -1, 0, len(SLOTS)
"""First rows of words: none yet, that of BOUNDARY, that of all words met far from capitals only."""

# Templates of features of several classes.
CLASS, BEFORE, BEHIND, AROUND, RUN_BEFORE, RUN_BEHIND, RUN_LAST, RUN_FIRST, RUN = range(9)
RUN_CLASSES: Final = 4
"""Classes of a run that count in RUN."""

MIX: Final = np.uint64(0x9E3779B97F4A7C15)
SHIFT: Final = np.uint64(29)
_ONE: Final = np.uint64(1)

_W: Final = SLOT["w"]
_OPENS: Final = SLOT["opens"]
_BEFORE: Final = SLOT["before"]
_BEHIND: Final = SLOT["behind"]
_FIRST: Final = SLOT["first"]
_LAST: Final = SLOT["last"]
_SPORT_SLOT: Final = SLOT["sport"]
_BUSINESS_SLOT: Final = SLOT["business"]


@compiled
def _slot(keys: NDArray[np.uint64], key: np.uint64) -> np.uint64:
    """Where a key is in a hash table, uint64[2^n] with a free one, or where it would be put."""
    mask = np.uint64(len(keys) - 1)
    at = key & mask
    while keys[at] != 0 and keys[at] != key:
        at = (at + _ONE) & mask
    return at


@compiled
def look_up(
    hashes: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    values: NDArray[np.int64],
    found: NDArray[np.int64],
) -> int:
    """Find the value of each hash, -1 where it has none; how many have none.

    keys, values: uint64[2^n] and int64[2^n], a hash table; 0 is a free key.
    """
    missing = 0
    for i in range(len(hashes)):
        at = _slot(keys, hashes[i])
        if keys[at] == hashes[i]:
            found[i] = values[at]
        else:
            found[i] = -1
            missing += 1
    return missing


@compiled
def put(
    hashes: NDArray[np.uint64],
    given: NDArray[np.int64],
    keys: NDArray[np.uint64],
    values: NDArray[np.int64],
) -> None:
    """Put values into the hash table of `look_up`, which has room for them."""
    for i in range(len(hashes)):
        at = _slot(keys, hashes[i])
        keys[at] = hashes[i]
        values[at] = given[i]


@compiled
def structure(
    flags: NDArray[np.int32],
    begins: NDArray[np.bool_],
    opens: NDArray[np.bool_],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
) -> None:
    """Find where sentences begin, which pieces open one, and the run of each capitalised piece.

    All arrays are of the pieces. `first[i]` and `last[i]` are the first and last piece of the run
    that piece i is in; -1 where it is in none.
    """
    size = len(flags)
    fresh = True
    for i in range(size):
        begins[i] = i == 0 or flags[i - 1] & BREAK != 0
        if not begins[i] and flags[i - 1] & SPACED and flags[i] & (CAPITAL | OPENS | DIGIT):
            if flags[i - 1] & STOP:
                begins[i] = i == 1 or not flags[i - 2] & ABBREVIATION
            elif flags[i - 1] & CLOSES and i > 1:
                begins[i] = flags[i - 2] & STOP != 0
        fresh = fresh or begins[i]
        opens[i] = flags[i] & CAPITAL != 0 and (fresh or flags[i - 1] & OPENS != 0)
        if flags[i] & ALPHANUMERIC:
            fresh = False
        first[i] = last[i] = -1
    i = 0
    while i < size:
        if not flags[i] & CAPITAL:
            i += 1
            continue
        end = i + 1
        while end < size:
            following = end
            while (
                following < size
                and flags[following] & JOINER
                and not begins[following]
                and following - end < MAX_JOINERS
            ):
                following += 1
            if following == size or not flags[following] & CAPITAL or begins[following]:
                break
            end = following + 1
        for j in range(i, end):
            first[j] = i
            last[j] = end - 1
        i = end


@compiled
def sum_rows(
    numbers: NDArray[np.int64],
    places: NDArray[np.int32],
    trait_rows: NDArray[np.int16],
    total: NDArray[np.int16],
) -> None:
    """Sum what the traits of these numbers say into `total`, int16[first slots, tags].

    places: int32[traits, slots], a row of trait_rows, int16[rows, tags]; row 0 is all zeros.
    """
    summed = np.zeros(total.shape, np.int32)
    for number in numbers:
        for slot in range(total.shape[0]):
            row = places[number, slot]
            if row:
                for tag in range(TAG_COUNT):
                    summed[slot, tag] += trait_rows[row, tag]
    for slot in range(total.shape[0]):
        for tag in range(TAG_COUNT):
            total[slot, tag] = min(max(summed[slot, tag], -HIGHEST), HIGHEST)


@compiled
def find_rows(
    words: NDArray[np.int32],
    flags: NDArray[np.int32],
    rows: NDArray[np.int32],
    near: NDArray[np.bool_],
    found: NDArray[np.int32],
) -> int:
    """Find the row of each piece, int32[pieces], NEW where there is none yet; how many have none.

    rows: int32[words, 2], the row of each word far from capitals and near them. near: bool[pieces],
    whether the word of a piece says something of a capitalised piece.
    """
    size = len(words)
    for i in range(size):
        near[i] = False
    for i in range(size):
        if flags[i] & CAPITAL:
            for j in range(max(0, i - REACH), min(size, i + REACH + 1)):
                near[j] = True
    count = 0
    for i in range(size):
        found[i] = rows[words[i], int(near[i])]
        count += found[i] == NEW
    return count


@compiled
def mix(key: np.uint64, value: int) -> np.uint64:
    """Go on with a key by one more number."""
    mixed = (key ^ np.uint64(value + 1)) * MIX
    return mixed ^ (mixed >> SHIFT)


@compiled
def _add(
    scores: NDArray[np.float32],
    key: np.uint64,
    keys: NDArray[np.uint64],
    rows: NDArray[np.float32],
) -> None:
    """Add the row of a key, if there is one; keys: uint64[2^n], 0 where free."""
    at = _slot(keys, key)
    if keys[at] == key:
        for tag in range(TAG_COUNT):
            scores[tag] += rows[at, tag]


@compiled
def _is_score(flags: NDArray[np.int32], at: int, end: int) -> bool:
    if flags[at] & SCORE:
        return True
    return (
        at + 2 < end
        and flags[at] & SHORT_NUMBER != 0
        and flags[at + 1] & DASH != 0
        and flags[at + 2] & SHORT_NUMBER != 0
    )


@compiled
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
    """Sum the weights of all features of each piece into `scores`, float32[pieces, tags].

    words: int32[pieces], the first row of each one's word; 0 is the boundary of a sentence.
    marks: int8[pieces], what the listed phrases say of each; 0 is nothing.
    classes: int16[rows], of words at their first row; vectors: int16[rows, tags], in steps of STEP:
    a row for each slot of a word, SMALL_SLOTS of one in small letters.
    keys, rows: the features of several classes, a hash table and its weights.
    mark_rows: float32[3, marks, tags], of the mark before, here and behind.
    length_rows, place_rows: float32[5, tags] and float32[4, 4, tags], of runs.
    """
    size = len(words)
    begin = 0
    while begin < size:
        end = begin + 1
        while end < size and not begins[end]:
            end += 1
        sport = 0
        business = False
        has_score = False
        for i in range(begin, end):
            sport += flags[i] & SPORT != 0
            business = business or flags[i] & BUSINESS != 0
            has_score = has_score or _is_score(flags, i, end)
        sport = min(_SPORTS, sport + 2 * has_score)
        for i in range(begin, end):
            score = scores[i]
            left_2 = vectors[(words[i - 2] if i - 2 >= begin else 0) + _W - 2]
            left_1 = vectors[(words[i - 1] if i - 1 >= begin else 0) + _W - 1]
            own = vectors[words[i] + _W]
            right_1 = vectors[(words[i + 1] if i + 1 < end else 0) + _W + 1]
            right_2 = vectors[(words[i + 2] if i + 2 < end else 0) + _W + 2]
            for tag in range(TAG_COUNT):
                near = np.int32(left_2[tag]) + np.int32(left_1[tag]) + np.int32(own[tag])
                near += np.int32(right_1[tag]) + np.int32(right_2[tag])
                score[tag] = STEP * np.float32(near)
            for offset in range(3):
                at = i + offset - 1
                if begin <= at < end and marks[at]:
                    for tag in range(TAG_COUNT):
                        score[tag] += mark_rows[offset, marks[at], tag]
            if not flags[i] & CAPITAL:
                continue
            word = words[i]
            run_first, run_last = first[i], last[i]
            before = words[run_first - 1] if run_first > begin else 0
            behind = words[run_last + 1] if run_last + 1 < end else 0
            length = min(4, run_last - run_first + 1)
            since, until = min(3, i - run_first), min(3, run_last - i)
            for tag in range(TAG_COUNT):
                summed = np.int64(vectors[before + _BEFORE, tag])
                summed += vectors[behind + _BEHIND, tag]
                if opens[i]:
                    summed += vectors[word + _OPENS, tag]
                if sport:
                    summed += vectors[word + _SPORT_SLOT + sport - 1, tag]
                if business:
                    summed += vectors[word + _BUSINESS_SLOT, tag]
                if i != run_first:
                    summed += vectors[words[run_first] + _FIRST, tag]
                if i != run_last:
                    summed += vectors[words[run_last] + _LAST, tag]
                score[tag] += STEP * summed
                score[tag] += length_rows[length, tag] + place_rows[since, until, tag]
            here = classes[word]
            left = classes[words[i - 1] if i > begin else 0]
            right = classes[words[i + 1] if i + 1 < end else 0]
            opening = int(opens[i])
            _add(score, mix(mix(mix(_ONE, CLASS), opening), here), keys, rows)
            _add(score, mix(mix(mix(mix(_ONE, BEFORE), opening), left), here), keys, rows)
            _add(score, mix(mix(mix(mix(_ONE, BEHIND), opening), here), right), keys, rows)
            _add(score, mix(mix(mix(mix(_ONE, AROUND), left), here), right), keys, rows)
            if length > 1:
                outer, ahead = classes[before], classes[behind]
                run_key = mix(mix(_ONE, RUN), outer)
                for j in range(run_first, min(run_first + RUN_CLASSES, run_last + 1)):
                    run_key = mix(run_key, classes[words[j]])
                _add(score, mix(run_key, i - run_first), keys, rows)
                _add(score, mix(mix(mix(_ONE, RUN_BEFORE), outer), here), keys, rows)
                _add(score, mix(mix(mix(_ONE, RUN_BEHIND), here), ahead), keys, rows)
                _add(
                    score, mix(mix(mix(_ONE, RUN_LAST), here), classes[words[run_last]]), keys, rows
                )
                _add(
                    score,
                    mix(mix(mix(_ONE, RUN_FIRST), classes[words[run_first]]), here),
                    keys,
                    rows,
                )
        begin = end


@compiled
def best_tags(
    scores: NDArray[np.float32],
    begins: NDArray[np.bool_],
    transitions: NDArray[np.float32],
    gains: NDArray[np.float32],
    label_of: NDArray[np.int8],
    tags: NDArray[np.int8],
    margins: NDArray[np.float32],
) -> None:
    """Find the tags of each sentence that score best together (Viterbi).

    scores: float32[pieces, tags]; transitions: float32[tags, tags], from row to column; gains:
    float32[tags, tags], by how much a transition from the column can be better than the same from
    the row; label_of: int8[tags]; tags: int8[pieces], the answer; margins: float32[pieces], by how
    much a tag's own score is above that of any of another label, 0 for tag 0.
    """
    size = len(scores)
    sums = scores.copy()
    back = np.empty(scores.shape, np.int8)
    for i in range(size):
        if begins[i]:
            continue
        best, top = 0, sums[i - 1, 0]
        for before in range(1, TAG_COUNT):
            if sums[i - 1, before] > top:
                best, top = before, sums[i - 1, before]
        for tag in range(TAG_COUNT):
            sums[i, tag] += top + transitions[best, tag]
            back[i, tag] = best
        for before in range(TAG_COUNT):
            score = sums[i - 1, before]
            if before == best or score + gains[best, before] < top:
                continue  # so it is with all but one or two
            for tag in range(TAG_COUNT):
                summed = scores[i, tag] + (score + transitions[before, tag])
                if summed > sums[i, tag]:
                    sums[i, tag] = summed
                    back[i, tag] = before
    at = 0
    for i in range(size - 1, -1, -1):
        if i == size - 1 or begins[i + 1]:
            at = 0
            for tag in range(1, TAG_COUNT):
                if sums[i, tag] > sums[i, at]:
                    at = tag
        else:
            at = back[i + 1, at]
        tags[i] = at
        margins[i] = 0
        if at:
            other = np.float32(-np.inf)
            for tag in range(TAG_COUNT):
                if label_of[tag] != label_of[at]:
                    other = max(other, scores[i, tag])
            margins[i] = scores[i, at] - other
