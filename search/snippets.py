"""What to show of a hit: the matched spans, and the passage around most of them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from index.articles import Article
from search.leaves import Region
from search.matches import REASONS, Match, Matcher, Span
from search.results import Highlight, MatchedWord, Reason
from search.tree import Node

_Value = tuple[int, float, int]
"""What matches are worth: how many words of the query they are of, how rare these are in the
article, and how many matches there are."""

_NOTHING: Final[_Value] = (0, 0.0, 0)

LENGTH: Final = 240
"""Characters of a snippet, about three lines of the page."""


class Shown(NamedTuple):
    """What is shown of an article: see `search.results.Hit`."""

    title: Highlight
    snippet: Highlight
    matched: tuple[MatchedWord, ...]


class Highlighter:
    """Shows in articles what a planned query looks up."""

    def __init__(self, planned: Node) -> None:
        self._matcher = Matcher(planned)

    def show(self, article: Article) -> Shown:
        """Mark the title, and cut the passage of lead and body that matches most of the query.

        Without any match that is the beginning.
        """
        in_title = self._matcher.matches(article.title, article.language, "title")
        title = Highlight(article.title, *_merge(in_title))
        best, most, everything = Highlight(""), _NOTHING, in_title
        texts: tuple[tuple[str, Region], ...] = (
            (article.lead, "lead"), (_after_title(article), None),
        )  # fmt: skip
        found = [self._matcher.matches(text, article.language, region) for text, region in texts]
        often = Counter(match.leaf for matches in found for match in matches)
        for (text, _), matches in zip(texts, found, strict=True):
            everything = everything + matches
            value, passage = _passage(text, matches, often)
            if text and (value > most or not best.text):
                best, most = passage, value
        snippet = best if best.text else Highlight(article.title)
        return Shown(title, snippet, self._matcher.matched(everything))


def _after_title(article: Article) -> str:
    """Leave out of the body a title that is its first sentence, unless it is all there is."""
    if not article.title or not article.body.startswith(article.title):
        return article.body
    return article.body[len(article.title) :].lstrip() or article.body


def _passage(text: str, matches: list[Match], often: Mapping[int, int]) -> tuple[_Value, Highlight]:
    """Cut the window that is worth most, and say what it is worth."""
    if len(text) <= LENGTH:
        return _value(matches, often), Highlight(text, *_merge(matches))
    if not matches:
        return _NOTHING, Highlight(*_cut(text, 0, 0, ()))
    starts = [match.start for match in matches]
    windows = (
        matches[i : bisect_left(starts, starts[i] + LENGTH * 3 // 4)] for i in range(len(matches))
    )
    window = max(windows, key=lambda window: _value(window, often))
    lead_in = max(0, min(window[0].start - LENGTH // 4, len(text) - LENGTH))
    last = max(match.end for match in window)
    return _value(window, often), Highlight(*_cut(text, lead_in, last, tuple(matches)))


def _value(matches: list[Match], often: Mapping[int, int]) -> _Value:
    """Value some matches in an article in which the words of the query are so `often`."""
    leaves = {match.leaf for match in matches}
    return len(leaves), sum(1 / often[leaf] for leaf in leaves), len(matches)


def _cut(
    text: str, at: int, last: int, matches: tuple[Match, ...]
) -> tuple[str, tuple[Span, ...], tuple[Reason, ...]]:
    """Cut LENGTH characters at word boundaries, from a sentence's start when one is near.

    Where it fits what comes before `last` stays.
    """
    if at:
        near = max(0, at - 80, min(last - LENGTH, at))
        sentence = max(text.rfind(mark, near, at) for mark in (". ", "\n", "? ", "! "))
        at = sentence + 1 if sentence >= 0 else max(at, text.find(" ", at, at + 40))
        while text[at : at + 1].isspace():
            at += 1
    end = min(at + LENGTH, len(text))
    if end < len(text):
        space = text.rfind(" ", max(at + LENGTH // 2, min(last, end)), end + 1)
        if space < 0:  # in the word of the last match
            space = max(text.find(" ", end, end + 40), text.rfind(" ", at + LENGTH // 2, end))
        end = space if space > 0 else end
    before, after = "… " if at else "", " …" if end < len(text) else ""
    inside = [m for m in matches if at <= m.start and m.end <= end]
    shift = len(before) - at
    merged, reasons = _merge(inside)
    spans = tuple((start + shift, stop + shift) for start, stop in merged)
    return before + text[at:end] + after, spans, reasons


def _merge(matches: list[Match]) -> tuple[tuple[Span, ...], tuple[Reason, ...]]:
    """Join spans that overlap; the closest reason counts."""
    merged: list[tuple[int, int, int]] = []
    for match in matches:
        rank = REASONS.index(match.reason)
        if merged and match.start < merged[-1][1]:
            start, end, best = merged[-1]
            merged[-1] = start, max(end, match.end), min(best, rank)
        else:
            merged.append((match.start, match.end, rank))
    return tuple((s, e) for s, e, _ in merged), tuple(REASONS[rank] for *_, rank in merged)
