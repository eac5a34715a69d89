"""How counts and positions are written in few bytes.

One byte says how often a word stands in title, lead and body of an article. It numbers the likely
triples of counts; the rare others have the code OTHER and their counts in a list of their own. One
byte thus gives the weight of a posting under any weights of the fields, in one region or in all,
and how many positions it has.

Positions are varints: bytes from LEAD on carry six bits each, the highest first, and the last byte
of a number, which is below LEAD, counts units, so a number is `digits * LEAD + last`. With LEAD at
192 more than half of all positions take one byte (at 128, the usual one, under a third).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

OTHER: Final = 255
"""The code of counts that no other code stands for."""

FEWEST_OTHER: Final = 3
"""How often a word stands at least in an article where its counts have no other code."""

LEAD: Final = 192
"""Bytes of a position from here on are followed by more."""

WORD_SHIFT: Final = 44
DOCUMENT_SHIFT: Final = 28
FIELD_SHIFT: Final = 26
"""A token that is yet to be sorted, in 64 bits: low bits of its word, document, field, position."""

# Title and lead, then how often at most in the body; what real articles hold most often.
_LARGEST: Final = {
    (0, 0): 80, (0, 1): 35, (0, 2): 25, (0, 3): 20,
    (1, 0): 35, (1, 1): 25, (1, 2): 15,
    (2, 0): 12,
}  # fmt: skip


def _counts() -> NDArray[np.uint8]:
    triples = [
        (title, lead, body)
        for (title, lead), largest in _LARGEST.items()
        for body in range(largest + 1)
        if title or lead or body
    ]
    assert len(triples) <= OTHER, "codes are bytes"
    return np.array(triples + [(0, 0, 0)] * (256 - len(triples)), np.uint8)


def _codes(counts: NDArray[np.uint8]) -> NDArray[np.uint8]:
    codes = np.full(counts.max(axis=0).astype(int) + 1, OTHER, np.uint8)
    for code, (title, lead, body) in enumerate(counts):
        if title or lead or body:
            codes[title, lead, body] = code
    return codes


COUNTS: Final = _counts()
"""uint8[256, 3]: of each code the counts in title, lead and body; unused codes are all zero."""

CODES: Final = _codes(COUNTS)
"""uint8[title + 1, lead + 1, body + 1]: the code of counts up to its shape, or OTHER."""
