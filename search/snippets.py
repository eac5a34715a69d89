"""What to show of a hit: the matched spans, and the passage around most of them."""

from bisect import bisect_left
from typing import Final

from index.articles import Article
from search.matches import Match, Matcher, Span
from search.plan import Region
from search.results import Highlight
from search.tree import Node

LENGTH: Final = 240
"""Characters of a snippet, about three lines of the page."""


class Highlighter:
    """Shows in articles what a planned query looks up."""

    def __init__(self, planned: Node) -> None:
        self._matches = Matcher(planned).matches

    def title(self, article: Article) -> Highlight:
        """Mark the title."""
        matches = self._matches(article.title, article.language, "title")
        return Highlight(article.title, _merge(matches))

    def snippet(self, article: Article) -> Highlight:
        """Cut the passage of lead and body that matches most of the query, or the beginning."""
        best = Highlight("")
        most = 0
        texts: tuple[tuple[str, Region], ...] = (
            (article.lead, "lead"), (_after_title(article), None),
        )  # fmt: skip
        for text, region in texts:
            matches = self._matches(text, article.language, region)
            value, passage = _passage(text, matches)
            if text and (value > most or not best.text):
                best, most = passage, value
        return best if best.text else Highlight(article.title)


def _after_title(article: Article) -> str:
    """Leave out of the body a title that is its first sentence, unless it is all there is."""
    if not article.title or not article.body.startswith(article.title):
        return article.body
    return article.body[len(article.title) :].lstrip() or article.body


def _passage(text: str, matches: list[Match]) -> tuple[int, Highlight]:
    """Cut the window with the most different leaves, then the most matches; value it by those."""
    if len(text) <= LENGTH:
        return _value(matches), Highlight(text, _merge(matches))
    if not matches:
        return 0, Highlight(*_cut(text, 0, ()))
    starts = [match.start for match in matches]
    windows = (
        matches[i : bisect_left(starts, starts[i] + LENGTH * 3 // 4)] for i in range(len(matches))
    )
    window = max(windows, key=_value)
    lead_in = max(0, min(window[0].start - LENGTH // 4, len(text) - LENGTH))
    return _value(window), Highlight(*_cut(text, lead_in, tuple(matches)))


def _value(matches: list[Match]) -> int:
    return 100 * len({match.leaf for match in matches}) + min(len(matches), 99)


def _cut(text: str, at: int, matches: tuple[Match, ...]) -> tuple[str, tuple[Span, ...]]:
    """Cut LENGTH characters at word boundaries, from a sentence's start when one is near."""
    if at:
        sentence = max(text.rfind(mark, max(0, at - 80), at) for mark in (". ", "\n", "? ", "! "))
        at = sentence + 1 if sentence >= 0 else text.find(" ", at, at + 40)
        at = max(at, 0)
        while text[at : at + 1].isspace():
            at += 1
    end = min(at + LENGTH, len(text))
    if end < len(text):
        space = text.rfind(" ", at + LENGTH // 2, end + 1)
        end = space if space > 0 else end
    before, after = "… " if at else "", " …" if end < len(text) else ""
    inside = [m for m in matches if at <= m.start and m.end <= end]
    shift = len(before) - at
    spans = tuple((start + shift, stop + shift) for start, stop in _merge(inside))
    return before + text[at:end] + after, spans


def _merge(matches: list[Match]) -> tuple[Span, ...]:
    """Join spans that overlap."""
    merged: list[Span] = []
    for match in matches:
        if merged and match.start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], match.end)
        else:
            merged.append((match.start, match.end))
    return tuple(merged)
