"""The arrays that the loops of a search work on, in groups: the loops and their callers agree here.

A *slot* is a set of words, and its postings are those of some lists. The documents of all segments
have one numbering in sets: those of a segment begin at a new word behind those of the one before.
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
number a (KEEP_SET) or not in it (CUT_SET), in all of the slots from number a to b of those chosen
(KEEP_SLOTS), in phrase a (KEEP_PHRASE). Lay a copy of the set a below the upper one (COPY) or an
empty set (CLEAR) on the stack. Put the documents of any of the slots from a to b of those chosen
into the upper set (MARK_SLOTS). Take the upper set off and join it to that below (JOIN), leave
there what is in both (MEET), or not in it (CUT). Note how many documents the set has (NOTE).
"""

RELEVANCE, NEWEST, OLDEST = range(3)
"""The orders of hits."""

SCORE, SEGMENT, DOCUMENT, START, ID, TITLE, END = range(7)
"""What stands in a row of ranked documents: the scaled score, the number of the segment, that of
the document in it, and when its date starts; and of those on the page, where in its text their ids
and titles begin and the latter end, counted in characters."""


class Tree(NamedTuple):
    """A query without its words, the same for all segments.

    `steps` is int64[steps, 3], on a stack of at most `depth` sets; `chosen`, int64[chosen], are
    slots; `phrases`, int64[phrases, 3], the first slot of each, how many follow one another, and
    the row of its region; `scoring`, int64[leaves], the leaves that score, in order: a slot, or
    -1 - n for phrase n; `boosts`, float64[leaves], what the score of each is multiplied by.

    The second look reads where the words of the slots `read`, int64[read], stand. First come those
    of the leaves `near`, int64[near], which may stand together; `words`, int64[words], has the
    words of the query in their order, as places in `read`, and -1 between those that are not side
    by side.
    """

    steps: Array
    depth: int
    chosen: Array
    phrases: Array
    scoring: Array
    boosts: Array
    near: Array
    read: Array
    words: Array


class Keys(NamedTuple):
    """The words that slots ask for.

    `text`, uint8[bytes], and `starts`, int64[keys + 1], are what is looked up, and `weights`,
    float64[keys], what a word counts that is found by it. Slot i, a row of
    `slots`, int64[slots, 4], asks for the words with the keys [0] to [1] as stem or part, and for
    those with the keys [1] to [2] as written form or, if [3], beginning of one. `rows`,
    int64[slots], says where in an article a slot looks: a row of REGION_WEIGHTS.
    """

    text: Array
    starts: Array
    weights: Array
    slots: Array
    rows: Array


PACKED: Final = 10
"""Numbers before Keys and Tree in one array: how many keys, slots and steps there are, the depth,
and how many are chosen, phrases, scoring, near, read and words. The text of the keys stands behind
them."""


class Lists(NamedTuple):
    """The lists of postings of slots.

    Slot i has the lists `bounds[starts[i]:starts[i + 1]]`, where `starts` is int64[slots + 1] and
    `bounds` int64[lists, 2], and `weights`, float64[lists], is what each counts. `rows`,
    int64[slots], says where in an article a slot looks: a row of REGION_WEIGHTS. Those of all
    segments stand one segment behind the other.
    """

    starts: Array
    bounds: Array
    weights: Array
    rows: Array


class Strings(NamedTuple):
    """Strings in ascending order: those of a StringTable, and its `heads`."""

    text: Array
    starts: Array
    heads: Array


class Vocabulary(NamedTuple):
    """The words of a segment and what leads to them, as docs/index-format.md has it."""

    words: Strings
    forms: Strings
    form_word_starts: Array
    form_words: Array
    terms: Strings
    term_word_starts: Array
    term_words: Array
    term_kinds: Array
    posting_starts: Array


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
    that order and oldest first. When its date starts, int64[documents], its id and its title.
    """

    lengths: Array
    norms: Array
    ranks: Array
    newest: Array
    oldest: Array
    published: Array
    id_text: Array
    id_starts: Array
    title_text: Array
    title_starts: Array


class Segment(NamedTuple):
    """A segment as a search reads it; `deleted` is a set of documents or empty."""

    vocabulary: Vocabulary
    postings: Postings
    positions: Positions
    columns: Columns
    deleted: Array


class Scratch(NamedTuple):
    """Room for a search: `scores` and `frequencies`, float64[documents], hold 0 before and after.

    `touched` and `members` are uint16[documents + 3 and more].
    """

    scores: Array
    frequencies: Array
    touched: Array
    members: Array


class Marks(NamedTuple):
    """The documents of some slots, uint64[slots, words]; `is_known`, bool[slots], says of which."""

    bits: Array
    is_known: Array


class PhrasePlaces(NamedTuple):
    """Where the phrases of a query are.

    Those of phrase n, from `bounds[n, 0]` to `bounds[n, 1]`, are `documents`, uint16[found],
    ascending, and `frequencies`, float64[found]; a phrase that was not looked for begins at -1.
    """

    bounds: Array
    documents: Array
    frequencies: Array


class Scale(NamedTuple):
    """The numbers of ranking.

    K1 + 1, SCORE_SCALE, PART_WEIGHT and WEAK; IN_A_ROW and COMPANY times SCORE_SCALE, and
    COMPANY_WIDTH; TITLE times SCORE_SCALE; and PASSAGE times SCORE_SCALE, or 0 where nothing is
    asked, and PASSAGE_WIDTH.
    """

    saturation: float
    score: float
    part: float
    weak: float
    in_a_row: float
    company: float
    company_width: int
    title: float
    passage: float
    passage_width: int


class Found(NamedTuple):
    """What a search finds.

    How many documents the tree noted and how many there are at its end; who these are, a set of the
    documents of all segments; the best of them in order, int64[best, 7], in the columns SCORE to
    END; and ids and titles of those on the page, one behind the other, uint8[bytes].
    """

    noted: int
    listed: int
    bits: Bits
    best: Array
    text: Array


ROW_WIDTH: Final = 16
"""How many values stand in a row. None lies across two lines of the processor's caches."""


class Values(NamedTuple):
    """Who has which facet values in a segment, in the numbering of the FacetTable.

    The values of the first tier as `sets`, uint64[values, words], and all values as `rows`,
    unsigned[documents and more, ROW_WIDTH]. Row d is of document d. What is left of it names
    numbers from `unused` on, which are no values; a document with more values than that has in the
    last place of its row `unused` + ROW_WIDTH and the number of another row, counted from
    `documents`.

    For all segments the same: `unused`, and how values are numbered. Those of facet i in tier t are
    from `bounds[i, t, 0]` to `bounds[i, t, 1]`, int64[facets, tiers, 2], the most frequent of all
    documents first, and `totals`, int64[values], says how many have each at most. Of equals that
    with the least of `places`, int64[values], comes first; `ordinals` is its inverse.
    """

    documents: int
    sets: Array
    rows: Array
    unused: int
    bounds: Array
    totals: Array
    places: Array
    ordinals: Array
