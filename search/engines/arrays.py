"""The arrays that the loops of a search work on, in groups: the loops and their callers agree here.

A *slot* is a set of words, and its postings are those of some lists.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

Bits = NDArray[np.uint64]
"""A set of documents: bit `d & 63` of word `d >> 6` is set for document d."""

KEEP_SET, CUT_SET, KEEP_SLOTS, KEEP_PHRASE = range(4)
COPY, CLEAR, MARK_SLOTS, JOIN, MEET, CUT, NOTE = range(4, 11)
"""What a step of a tree does to a stack of sets, at first of one with all live documents.

With the two numbers behind the name of a step, a and b: leave in the upper set what is in the set
number a (KEEP_SET) or not in it (CUT_SET), dated from a to b (KEEP_PERIOD), in all of the slots
from number a to b of those chosen (KEEP_SLOTS), in phrase a (KEEP_PHRASE). Lay a copy of the set a
below the upper one (COPY) or an empty set (CLEAR) on the stack. Put the documents of any of the
slots from a to b of those chosen into the upper set (MARK_SLOTS). Take the upper set off and join
it to that below (JOIN), leave there what is in both (MEET), or not in it (CUT). Note how many
documents the set has (NOTE).
"""


class Tree(NamedTuple):
    """A query without its words, the same for all segments.

    `steps` is int64[steps, 3], on a stack of at most `depth` sets; `chosen`, int64[chosen], are
    slots; `phrases`, int64[phrases, 3], the first slot of each, how many follow one another, and
    the row of its region; `scoring`, int64[leaves], the leaves that score, in order: a slot, or
    -1 - n for phrase n.
    """

    steps: Array
    depth: int
    chosen: Array
    phrases: Array
    scoring: Array


class Lists(NamedTuple):
    """The lists of postings of slots.

    Slot i has the lists `bounds[starts[i]:starts[i + 1]]`, where `starts` is int64[slots + 1] and
    `bounds` int64[lists, 2], and `weights`, float64[lists], is what each counts. `rows`,
    int64[slots], says where in an article a slot looks: a row of REGION_WEIGHTS.
    """

    starts: Array
    bounds: Array
    weights: Array
    rows: Array


class Postings(NamedTuple):
    """The postings of a segment, and what they weigh.

    `documents` uint16, `codes` uint8, `others` uint32 and `counts` uint32[others, 3] are those of
    the file. `tables`, float64[rows, 256], is what a posting with each code weighs in each region,
    and `fields`, float64[rows, 3], what an occurrence in title, lead and body does. In row 0 all
    weigh more than 0.
    """

    documents: Array
    codes: Array
    tables: Array
    fields: Array
    others: Array
    counts: Array


class Positions(NamedTuple):
    """Where in the documents the postings of a segment stand.

    `sizes`, int64[256], is how many positions a posting with each code has; `starts`, `positions`,
    `title_lengths` and `lead_lengths` are those of the file.
    """

    sizes: Array
    starts: Array
    positions: Array
    title_lengths: Array
    lead_lengths: Array


class Columns(NamedTuple):
    """What is known of each document of a segment.

    Its length, uint32[documents], and what BM25 adds to a frequency in a document of each length,
    `norms`, float64[longest + 1]; its rank, newest first, uint16[documents], and the documents in
    that order.
    """

    lengths: Array
    norms: Array
    ranks: Array
    order: Array


class Scratch(NamedTuple):
    """Room for a search: `scores` and `frequencies`, float64[documents], hold 0 before and after.

    `touched` and `members` are uint16[documents + 1].
    """

    scores: Array
    frequencies: Array
    touched: Array
    members: Array


class PhrasePlaces(NamedTuple):
    """Where the phrases of a query are.

    Those of phrase n, from `bounds[n, 0]` to `bounds[n, 1]`, are `documents`, uint16[found],
    ascending, and `frequencies`, float64[found]; a phrase that was not looked for begins at -1.
    """

    bounds: Array
    documents: Array
    frequencies: Array


TREE: Final = slice(0, len(Tree._fields))
LISTS: Final = slice(TREE.stop, TREE.stop + len(Lists._fields))
POSTINGS: Final = slice(LISTS.stop, LISTS.stop + len(Postings._fields))
POSITIONS: Final = slice(POSTINGS.stop, POSTINGS.stop + len(Positions._fields))
COLUMNS: Final = slice(POSITIONS.stop, POSITIONS.stop + len(Columns._fields))
SCRATCH: Final = slice(COLUMNS.stop, COLUMNS.stop + len(Scratch._fields))
"""Where each group stands among the arguments of `answer`: numba takes arrays one by one in a
third of the time that it takes for groups of them."""
