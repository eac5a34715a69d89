"""What makes two written names of a person, place or organisation one and the same."""

import re
import unicodedata
from hashlib import blake2b
from typing import Final

from index.language.tokens import normalise

KEY_BYTES: Final = 8
"""Bytes of `id_key`."""

_WORD: Final = re.compile(r"[^\W_]+|\++")  # Disney+ is not Disney


def entity_id(name: str) -> str:
    """Write a name as the id that stands in addresses; the id of an id is itself.

    Capitals, accents (not those of å ä ö), hyphens and other marks make no difference.

    >>> [entity_id(name) for name in ("André Önnerfors", "AL-QAIDA", "al Qaida", "Disney+")]
    ['andre-önnerfors', 'al-qaida', 'al-qaida', 'disney-+']
    >>> entity_id("?!")
    '?!'
    """
    words = _WORD.findall(name if name.isascii() else unicodedata.normalize("NFC", name))
    return "-".join(map(normalise, words)) or name


def id_key(id: str) -> int:  # noqa: A002
    """Sum up an id in KEY_BYTES bytes: what a segment keeps of it."""
    text = id.encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=KEY_BYTES).digest(), "little")
