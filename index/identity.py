"""What makes two written names of a person, place or organisation one and the same."""

import re
import unicodedata
from hashlib import blake2b
from typing import Final

from index.language.tokens import normalise

KEY_BYTES: Final = 8
"""Bytes of `id_key`."""

_LONGEST: Final = 150
"""Characters of the longest id; of a longer name its beginning and a sum of the rest."""

_WORD: Final = re.compile(r"[^\W_]+|[+#]+")  # Disney+ is not Disney
_PART: Final = re.compile(r"[^\s+#]+|[+#]+")
_LATIN: Final = re.compile("[\0-\u024f]*")


def entity_id(name: str) -> str:
    """Write a name as the id that stands in addresses; the id of an id is itself.

    Capitals, accents (not those of å ä ö), hyphens and other marks make no difference.

    >>> [entity_id(name) for name in ("André Önnerfors", "AL-QAIDA", "al Qaida", "Disney+")]
    ['andre-önnerfors', 'al-qaida', 'al-qaida', 'disney-+']
    >>> entity_id("?!")
    '?!'
    """
    words = _WORD.findall(name) if _LATIN.fullmatch(name) else _words(name)
    id_ = "-".join(filter(None, map(normalise, words))) or name
    if len(id_) > _LONGEST:
        begin = id_[: _LONGEST // 2].rstrip("-") + "-" if words else ""
        return f"{begin}{id_key(id_):016x}"
    return id_


def id_key(id: str) -> int:  # noqa: A002
    """Sum up an id in KEY_BYTES bytes: what a segment keeps of it."""
    text = id.encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=KEY_BYTES).digest(), "little")


def _words(name: str) -> list[str]:
    """The words of a name in any script, with the vowels that are marks in some of them."""
    composed = unicodedata.normalize("NFC", name).replace("ʼ", "'")
    kept = (
        c if c.isalnum() or c in "+#" or unicodedata.category(c).startswith("M") else " "
        for c in composed
    )
    return _PART.findall("".join(kept))
