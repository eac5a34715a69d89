"""What another recogniser must do to take the place of rules and model, and which one is chosen.

It finds names and their kinds; what they are called in the facets is decided here all the same
(`canonical`). NYHETSSOK_RECOGNISER chooses it: `spacy:` and the name or path of a pipeline.
"""

import os
import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple, Protocol

from index.entities.finds import name_find
from index.entities.lexicon import Lexicon
from index.entities.mentions import Kind
from index.entities.reading import Found
from index.errors import SourceError

SETTING: Final = "NYHETSSOK_RECOGNISER"

_PIECE: Final = re.compile(r"\S+")


class Span(NamedTuple):
    """A name in a text: where it begins and ends, in code points, and its kind."""

    start: int
    end: int
    kind: Kind


class Finder(Protocol):
    """Finds the names of a text. Threads may share it."""

    @property
    def version(self) -> str:
        """What tells it from every other: articles that another has read count as changed."""

    def find(self, text: str) -> Sequence[Span]:
        """The names of a text in order, never overlapping."""


@cache
def chosen_finder() -> Finder | None:
    """The finder of NYHETSSOK_RECOGNISER; None where that is empty, for rules and model.

    Raises SourceError when it cannot be had.
    """
    chosen = os.environ.get(SETTING, "")
    if not chosen:
        return None
    library, _, name = chosen.partition(":")
    if library != "spacy" or not name:
        raise SourceError(f"{SETTING}: expected spacy:NAME or spacy:PATH, not {chosen}")
    try:
        from index.entities.spacy_finder import SpacyFinder
    except ModuleNotFoundError as error:
        raise SourceError(
            f"{SETTING}: {error.name} is not installed; pip install 'nyhetssok[spacy]'"
        ) from error
    return SpacyFinder(name)


def found_at(text: str, spans: Sequence[Span], lexicon: Lexicon) -> list[Found]:
    """Name what another recogniser has found."""
    finds = []
    for start, end, kind in spans:
        pieces = [(m.start() + start, m.end() + start) for m in _PIECE.finditer(text[start:end])]
        if pieces:
            found = name_find(text, pieces, kind, lexicon)
            found.is_sure = found.is_person_full or kind != "person"
            finds.append(found)
    return finds
