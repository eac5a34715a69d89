"""A composed copy of a text without invisible characters, and the way back to the raw offsets."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# What has to go or to be composed: an invisible character, or a base with its marks. A longer chain
# of marks is no language.
_ODD = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]|.[\u0300-\u036f]{1,8}", re.DOTALL)
_TRACE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\u0300-\u036f]")  # far faster to look for
_COMBINING = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class PlainText:
    """``text`` is what the rules read; ``starts[i]`` is the raw offset of its character ``i``.

    ``starts`` has one more item, the raw length, and is None where plain and raw offsets agree.
    """

    text: str
    starts: Sequence[int] | None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw start and end (exclusive) of ``text[start:end]``, which must not be empty."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end]


def plain_text(raw: str) -> PlainText:
    r"""Compose accents and drop soft hyphens and zero-width characters.

    >>> plain_text("Mal\u00admo\u0308").text
    'Malmö'
    >>> plain_text("i Mal\u00admo\u0308.").raw_span(2, 7)
    (2, 9)
    """
    if raw.isascii() or not _TRACE.search(raw):
        return PlainText(raw, None)
    pieces: list[str] = []
    starts: list[int] = []
    done = 0
    for odd in _ODD.finditer(raw):
        pieces.append(raw[done : odd.start()])
        starts += range(done, odd.start())
        if _COMBINING.search(odd[0]):
            composed = unicodedata.normalize("NFC", odd[0])
            pieces.append(composed)
            starts += [odd.start()] * len(composed)
        done = odd.end()
    pieces.append(raw[done:])
    starts += range(done, len(raw) + 1)
    return PlainText("".join(pieces), starts)
