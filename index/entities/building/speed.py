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


def measure_speed(folder: Path) -> None:
    """Print how many articles of ARTICLE_WORDS words a process recognises in a second, and memory.

    To be called in a process that has not learnt anything. As when articles are indexed, Python
    does not look for circles of objects on the way.
    """
    recogniser = Recogniser()
    fitting = (text for text in read_texts(folder) if len(text.split()) in LENGTHS)
    texts = list(islice(fitting, TEXTS_FOR_SPEED))
    articles = sum(len(text.split()) for text in texts) / ARTICLE_WORDS
    cut("Vi mötte Anna Ek.")  # loads what numba needs, as index and search do
    memory = [_private()]
    recogniser.recognise(["Vi mötte Anna Ek."])
    memory.append(_private())
    gc.disable()
    for title in ("words met for the first time", "words met before"):
        started = perf_counter()
        for text in texts:
            recogniser.recognise([text])
        speed = articles / (perf_counter() - started)
        sys.stdout.write(f"{speed:.0f} articles of {ARTICLE_WORDS} words a second, {title}\n")
    memory.append(_private())
    sys.stdout.write(
        "memory of a process, without what it shares: {} MB with numba's first loop, {} with "
        "lists, model and all loops, {} in the end\n".format(*memory)
    )
    sys.stdout.flush()


def _private() -> int:
    """The memory of this process in MB that is no part of a file, as Linux tells it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) // 1024
