"""How fast the recogniser that is shipped is, and how much memory it takes."""

import gc
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from index.entities.building.tables import read_texts
from index.entities.recogniser import Recogniser
from index.entities.tokens import cut

ARTICLE_WORDS: Final = 350
LENGTHS: Final = range(300, 401)
"""Words of the texts that are articles here."""

TEXTS_FOR_SPEED: Final = 2000

BETWEEN: Final = 100
"""Texts between two looks at the memory."""


def measure_speed(folder: Path) -> None:
    """Print how many articles of ARTICLE_WORDS words a process recognises in a second.

    To be called in a process that has not learnt anything. As when articles are indexed, Python
    does not look for circles of objects on the way.
    """
    fitting = (text for text in read_texts(folder) if len(text.split()) in LENGTHS)
    texts = list(islice(fitting, TEXTS_FOR_SPEED))
    articles = sum(len(text.split()) for text in texts) / ARTICLE_WORDS
    recogniser = Recogniser()
    recogniser.recognise(["Vi mötte Anna Ek."])
    gc.disable()
    for title in ("words met for the first time", "words met before"):
        started = perf_counter()
        for text in texts:
            recogniser.recognise([text])
        speed = articles / (perf_counter() - started)
        sys.stdout.write(f"{speed:.0f} articles of {ARTICLE_WORDS} words a second, {title}\n")
    sys.stdout.flush()


def measure_memory(folder: Path) -> None:
    """Print the memory of a process that recognises all texts, in one of its own as well."""
    gc.disable()
    cut("Vi mötte Anna Ek.")  # loads what numba needs, as index and search do
    bare = _private()
    recogniser = Recogniser()
    recogniser.recognise(["Vi mötte Anna Ek."])
    ready = highest = _private()
    for number, text in enumerate(read_texts(folder)):
        recogniser.recognise([text])
        if number % BETWEEN == 0:
            highest = max(highest, _private())
    sys.stdout.write(
        f"memory of a process, without what it shares: {bare} MB with numba's first loop, {ready} "
        f"with lists, model and all loops, {highest} at most in {number + 1} texts\n"
    )
    sys.stdout.flush()


def _private() -> int:
    """The memory of this process in MB that is no part of a file, as Linux tells it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) // 1024
