"""The recogniser: the texts of one article in, mentions with canonical names out."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from index.entities.canonical import Cast, read_cast, unified
from index.entities.explaining import Explained, explain
from index.entities.finder import Finder, chosen_finder, found_at
from index.entities.finds import decide
from index.entities.lexicon import load_lexicon
from index.entities.mentions import Mention
from index.entities.model import Labeller, load_labeller
from index.entities.plain import PlainText, plain_text
from index.entities.reading import Found
from index.entities.rules import find_by_rules

VERSION: Final = "7"
"""The number of the code, raised with every change of it; lists and model count by content."""


@cache
def recogniser_version() -> str:
    """The number of the code with a hash of lists and model, and the finder where one is chosen.

    Under another, an article is changed. The files are read on the first call and the answer kept
    for the process. Raises SourceError as `chosen_finder` does.
    """
    digest = sha256()
    folder = files("index.entities") / "data"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith((".txt", ".tsv", ".marisa", ".npz", ".json")):
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)}\n".encode() + content)
    finder = chosen_finder()
    return f"{VERSION}-{digest.hexdigest()[:16]}{f'-{finder.version}' if finder else ''}"


class Recogniser:
    """Finds persons, places and organisations; lists and model are read on the first call."""

    def __init__(self, labeller: Labeller | None = None, finder: Finder | None = None) -> None:
        """Use the model that is shipped, that of another labeller, or another finder."""
        self._labeller = labeller
        self._finder = finder

    def recognise(self, texts: Sequence[str]) -> list[list[Mention]]:
        """The mentions of each text, in order of start, never overlapping.

        ``texts`` are the parts of one article (title, lead, body), so that a surname in the title
        takes the full name from the body. Any string is accepted.

        >>> [m.name for m in Recogniser().recognise(["Putins tal", "Vladimir Putin i Minsk."])[1]]
        ['Vladimir Putin', 'Minsk']
        """
        plains = [plain_text(text) for text in texts]
        finds = [self._find(plain.text) for plain in plains]
        cast = read_cast([plain.text for plain in plains], finds, load_lexicon())
        mentions: list[list[Mention]] = []
        order = 0
        for raw, plain, found_here in zip(texts, plains, finds, strict=True):
            mentions.append(_mentions(raw, plain, found_here, cast, order))
            order += len(found_here)
        return unified(mentions)

    def explain(self, text: str) -> list[Explained]:
        """The mentions of a text as `recognise([text])` finds them, each with its reasons.

        Another finder tells none.
        """
        (mentions,) = self.recognise([text])
        if self._finder:
            return [Explained(mention, ()) for mention in mentions]
        labeller = self._labeller or load_labeller()
        plain = plain_text(text)
        labelled = labeller.label(plain.text, find_by_rules(plain.text, labeller.lexicon))
        places = range(len(text) + 1) if plain.starts is None else plain.starts
        moved = [
            m._replace(start=bisect_left(places, m.start), end=bisect_left(places, m.end))
            for m in mentions
        ]
        reasons = explain(moved, labelled, labeller)
        return [Explained(m, one.reasons) for m, one in zip(mentions, reasons, strict=True)]

    def _find(self, text: str) -> list[Found]:
        if not text:  # many articles have no lead
            return []
        if self._finder:
            return found_at(text, self._finder.find(text), load_lexicon())
        labeller = self._labeller = self._labeller or load_labeller()
        ruled = find_by_rules(text, labeller.lexicon)
        return decide(labeller.label(text, ruled), ruled, labeller.lexicon)


@cache
def load_recogniser() -> Recogniser:
    """The recogniser of this process, shared by its threads; NYHETSSOK_RECOGNISER may choose it.

    Raises SourceError as `chosen_finder` does.
    """
    return Recogniser(finder=chosen_finder())


def _mentions(
    raw: str, plain: PlainText, finds: Sequence[Found], cast: Cast, order: int
) -> list[Mention]:
    mentions = []
    for place, found in enumerate(finds, start=order + 1):
        resolved = cast.resolve(found, plain.text[found.start : found.end], place)
        if resolved is not None:
            kind, name = resolved
            start, end = plain.raw_span(found.start, found.end)
            mentions.append(Mention(raw[start:end], start, end, kind, name))
    return mentions
