"""The recogniser: the texts of one article in, mentions with canonical names out."""

from collections.abc import Sequence
from typing import Final

from index.entities.candidates import runs
from index.entities.canonical import Article, read_article
from index.entities.lexicon import Lexicon, load_lexicon
from index.entities.mentions import Mention
from index.entities.passage import Passage, lowered
from index.entities.plain import PlainText, plain_text
from index.entities.reading import Found
from index.entities.rules import classify

VERSION: Final = "1"
"""Changes with every change of rules or lists: an article recognised by another one is changed."""


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
        article = read_article([plain.text for plain in plains], finds, lexicon)
        mentions: list[list[Mention]] = []
        order = 0
        for raw, plain, found_here in zip(texts, plains, finds, strict=True):
            mentions.append(_mentions(raw, plain, found_here, article, order))
            order += len(found_here)
        return mentions


def _find(text: str, lexicon: Lexicon) -> list[Found]:
    passage = Passage(text, lowered(text), lexicon)
    abbreviations = lexicon.cues["abbreviation"]
    return [found for run in runs(text, abbreviations) for found in classify(passage, run)]


def _mentions(
    raw: str, plain: PlainText, finds: Sequence[Found], article: Article, order: int
) -> list[Mention]:
    mentions = []
    for place, found in enumerate(finds, start=order + 1):
        resolved = article.resolve(found, place)
        if resolved is not None:
            kind, name = resolved
            start, end = plain.raw_span(found.start, found.end)
            mentions.append(Mention(raw[start:end], start, end, kind, name))
    return mentions
