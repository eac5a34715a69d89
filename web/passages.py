"""Texts in pieces: what matched in a hit, who is mentioned in an article."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from index.entities import Mention
from search.results import ArticlePage, Highlight, Reason

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_END = re.compile(r"\n+")
_SENTENCE_MARKS: Final = ".!?…”\"'’)"


class Piece(NamedTuple):
    """A stretch of text; why it matches, if it does, and the mention that it is, if any."""

    text: str
    reason: Reason | None = None
    mention: Mention | None = None


Passage = tuple[Piece, ...]


def mark(highlight: Highlight) -> Passage:
    """Cut a highlight at its spans.

    >>> [tuple(piece)[:2] for piece in mark(Highlight("Ukrainakriget", ((7, 13),), ("part",)))]
    [('Ukraina', None), ('kriget', 'part')]
    """
    pieces, position, text = [], 0, highlight.text
    for (start, end), reason in zip(highlight.spans, highlight.reasons, strict=True):
        if position <= start < end <= len(text):
            pieces += [Piece(text[position:start]), Piece(text[start:end], reason)]
            position = end
    pieces.append(Piece(text[position:]))
    return tuple(piece for piece in pieces if piece.text)


def link(
    text: str, mentions: tuple[Mention, ...], start: int = 0, end: int | None = None
) -> Passage:
    """Cut text[start:end] at the mentions in it; their offsets count from the start of `text`."""
    end = len(text) if end is None else end
    pieces, position = [], start
    for mention in sorted(mentions, key=lambda mention: mention.start):
        if position <= mention.start < mention.end <= end:
            name = text[mention.start : mention.end]
            pieces += [Piece(text[position : mention.start]), Piece(name, mention=mention)]
            position = mention.end
    pieces.append(Piece(text[position:end]))
    return tuple(piece for piece in pieces if piece.text)


def body_paragraphs(page: ArticlePage) -> tuple[Passage, ...]:
    """Cut the body of an article into paragraphs with its mentions.

    Blank lines part them, or every line end where there is no blank line. A title that is the
    body's own first sentence is left out, since it stands above as the title.
    """
    body, mentions = page.article.body, page.mentions[2]
    spans = _paragraph_spans(body, _after_title(page))
    return tuple(link(body, mentions, start, end) for start, end in spans)


def _after_title(page: ArticlePage) -> int:
    title, body = page.article.title, page.article.body
    if not title or page.article.lead or not body.startswith(title):
        return 0
    rest = body[len(title) :]
    is_sentence = title[-1] in _SENTENCE_MARKS and rest[:1].isspace()
    # A body of nothing but its title is still shown above, once.
    return len(title) if is_sentence or not rest.strip() or rest.startswith("\n") else 0


def _paragraph_spans(text: str, start: int) -> Iterator[tuple[int, int]]:
    break_at = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE_END
    for match in break_at.finditer(text, start):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)
