"""A text with what stands around a span: the word before, the person's cues after, quotes."""

import re
from dataclasses import dataclass

from index.entities.lexicon import Lexicon

_LAST_WORD = re.compile(r"(?<![\w:-])[\w:-]+$")
_AFTER = re.compile(
    r"(?P<party>,? ?\((?:[SMCLVsmclv]|SD|KD|MP|FP|sd|kd|mp|fp|[Ff]p|-)\))"
    r"|(?P<age>(?:, | \()\d{1,2}(?= ?(?:[,.)]|år\b)))"
    r"|(?P<comma>,)? (?P<word>[a-zåäö]+(?:[:-][a-zåäö]+)*)"
)
_WORD = re.compile(r"[a-zåäöé]+")
_SCORE = re.compile(r"\b\d{1,2} ?[–-] ?\d{1,2}\b(?!-)")
_WINDOW = 40
_NEAR = 150
_OPENING = "\"”“»'’("
_QUOTES = "\"”“„»«'’‘‚›‹"


def lowered(text: str) -> str:
    """``text`` in lower case with every offset kept (``İ`` would become two characters)."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


@dataclass(slots=True)
class Passage:
    """One text and the questions the rules put to the surroundings of ``text[start:end]``."""

    text: str
    lower: str
    lexicon: Lexicon

    def before(self, start: int) -> str:
        """The lower-case word right before ``start`` in the same phrase, or an empty string."""
        end = start - 1
        if end > 0 and self.lower[end] in _OPENING:
            end -= 1
        if end < 1 or self.lower[end] not in " \u00a0":
            return ""
        space = self.lower.rfind(" ", max(0, end - _WINDOW), end)
        word = self.lower[max(space + 1, end - _WINDOW) : end]
        if word.isalpha() or not word:
            return word
        match = _LAST_WORD.search(word)
        return match[0] if match else ""

    def is_sport(self, start: int, end: int) -> bool:
        """Whether a score (2–1), a club or a word such as match stands within a few sentences."""
        around = self._around(start, end)
        if _SCORE.search(around):
            return True
        return any(self.lexicon.is_cue("near-club", word) for word in _WORD.findall(around))

    def is_business(self, start: int, end: int) -> bool:
        """Whether a word of shares and orders stands within a few sentences."""
        words = _WORD.findall(self._around(start, end))
        return not self.lexicon.cues["near-company"].isdisjoint(words)

    def _around(self, start: int, end: int) -> str:
        return self.lower[max(0, start - _NEAR) : start] + " " + self.lower[end : end + _NEAR]

    def is_person_after(self, end: int) -> bool:
        """Whether what follows fits a person: a party, an age, a title, ``säger``."""
        match = _AFTER.match(self.text, end)
        if match is None:
            return False
        word = match["word"]
        if word is None:
            return True
        if match["comma"]:
            return self.lexicon.is_cue("role", word)
        return word in self.lexicon.cues["after-person"]

    def is_titled_after(self, end: int) -> bool:
        """Whether a party, an age or a title follows, which only a person has."""
        match = _AFTER.match(self.text, end)
        if match is None:
            return False
        if match["word"] is None:
            return True
        return bool(match["comma"]) and self.lexicon.is_cue("role", match["word"])

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether the span stands alone within quotation marks, as titles of works do."""
        return (
            start > 0
            and self.text[start - 1] in _QUOTES
            and self.text[end : end + 1] in tuple(_QUOTES)
        )
