"""Words, stop words and Snowball stems for the engines without Swedish of their own."""

import re
from typing import Final

import Stemmer  # type: ignore[import-not-found,unused-ignore]

from bench.queries import read_stop_words

_WORD: Final = re.compile(r"\w+")


class Analyser:
    """Splits text into stems; each distinct word is stemmed once."""

    def __init__(self) -> None:
        self._stem = Stemmer.Stemmer("swedish", 0).stemWord  # 0: the cache is ours
        self._stems: dict[str, str] = dict.fromkeys(read_stop_words(), "")

    def stems(self, text: str) -> list[str]:
        """List the stems in order, without stop words and words of one letter."""
        known = self._stems
        stems = []
        for word in _WORD.findall(text.lower()):
            stem = known.get(word)
            if stem is None:
                stem = known[word] = self._stem(word) if len(word) > 1 else ""
            if stem:
                stems.append(stem)
        return stems
