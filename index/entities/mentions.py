"""What the recogniser hands back: a mention, its place in the text and its canonical name."""

from typing import Literal, NamedTuple

Kind = Literal["person", "place", "organisation"]


class Mention(NamedTuple):
    """One name in one text.

    ``start`` and ``end`` count code points of the raw text, ``end`` exclusive; a genitive ``-s``
    belongs to the span (``Putins``, ``BBC:s``). ``name`` is the canonical name that the facets
    count: ``Vladimir Putin``. It is empty where nothing says which person a single name means.
    """

    text: str
    start: int
    end: int
    kind: Kind
    name: str
