"""The recogniser: the texts of one article in, mentions with canonical names out."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from index.entities.candidates import runs
from index.entities.canonical import Cast, read_cast, unified
from index.entities.lexicon import Lexicon, load_lexicon
from index.entities.mentions import Mention
from index.entities.passage import Passage, lowered
from index.entities.plain import PlainText, plain_text
from index.entities.reading import Found
from index.entities.rules import classify

VERSION: Final = "2"
"""The number of the rules, raised with every change of them; the lists count by their content."""


@cache
def recogniser_version() -> str:
    """The rules' number with a hash of all lists: an article recognised under another is changed.

    The lists are read on the first call and the answer kept for the process.
    """
    digest = sha256()
    folder = files("index.entities") / "data"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith((".txt", ".tsv")):
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return f"{VERSION}-{digest.hexdigest()[:16]}"


class Recogniser:
    """Finds persons, places and organisations. The lists are read on the first call."""

    def recognise(self, texts: Sequence[str]) -> list[list[Mention]]:
        """The mentions of each text, in order of start, never overlapping.

        ``texts`` are the parts of one article (title, lead, body), so that a surname in the title
        takes the full name from the body. Any string is accepted.

        >>> [m.name for m in Recogniser().recognise(["Putins tal", "Vladimir Putin i Minsk."])[1]]
        ['Vladimir Putin', 'Minsk']
        """
        lexicon = load_lexicon()
        plains = [plain_text(text) for text in texts]
        finds = [_find(plain.text, lexicon) for plain in plains]
        cast = read_cast([plain.text for plain in plains], finds, lexicon)
        mentions: list[list[Mention]] = []
        order = 0
        for raw, plain, found_here in zip(texts, plains, finds, strict=True):
            mentions.append(_mentions(raw, plain, found_here, cast, order))
            order += len(found_here)
        return unified(mentions)


def _find(text: str, lexicon: Lexicon) -> list[Found]:
    passage = Passage(text, lowered(text), lexicon)
    abbreviations = lexicon.cues["abbreviation"]
    return [found for run in runs(text, abbreviations) for found in classify(passage, run)]


def _mentions(
    raw: str, plain: PlainText, finds: Sequence[Found], cast: Cast, order: int
) -> list[Mention]:
    mentions = []
    for place, found in enumerate(finds, start=order + 1):
        resolved = cast.resolve(found, place)
        if resolved is not None:
            kind, name = resolved
            start, end = plain.raw_span(found.start, found.end)
            mentions.append(Mention(raw[start:end], start, end, kind, name))
    return mentions
