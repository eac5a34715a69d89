"""Made-up names of persons, places and organisations, as many as asked for."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

_STARTS: Final = (
    "al", "an", "ar", "bal", "bir", "bo", "dan", "ed", "el", "en", "fa", "fin", "ger", "gu", "hal",
    "hed", "il", "ing", "jo", "ka", "kar", "li", "lun", "ma", "mo", "ny", "ol", "pal", "ru", "sa",
    "sol", "sve", "ti", "tor", "ul", "va", "ve", "vin", "åk", "äl", "öd",
)  # fmt: skip
_MIDDLES: Final = ("a", "be", "da", "do", "e", "ga", "i", "la", "le", "li", "mi", "na", "ne", "ri",
                   "ro", "se", "ta", "te", "vi", "o")  # fmt: skip
_FIRST_ENDS: Final = ("", "n", "na", "rik", "s", "sa", "ta", "tin", "r", "da")
_LAST_ENDS: Final = ("sson", "berg", "lund", "ström", "gren", "kvist", "mark", "dahl", "man", "ell")
_PLACE_ENDS: Final = ("by", "köping", "stad", "torp", "vik", "sund", "hamn", "ås", "fors", "ryd")
_ORGANISATION_ENDS: Final = ("AB", "Förbundet", "Verket", "Kommun", "Partiet", "Gruppen",
                             "Stiftelsen", "Institutet")  # fmt: skip


def persons(rng: np.random.Generator, count: int) -> list[str]:
    """Make `count` different names such as `Torbena Lunlaström`."""
    return _distinct(_persons(rng), count)


def places(rng: np.random.Generator, count: int) -> list[str]:
    """Make `count` different names of one word such as `Halrifors`."""
    return _distinct(_places(rng), count)


def organisations(rng: np.random.Generator, count: int) -> list[str]:
    """Make `count` different names such as `Vinlidala Förbundet`."""
    return _distinct(_organisations(rng), count)


def _distinct(names: Iterator[str], count: int) -> list[str]:
    seen: dict[str, None] = {}
    for name in names:
        seen[name] = None
        if len(seen) == count:
            break
    return list(islice(seen, count))


def _persons(rng: np.random.Generator) -> Iterator[str]:
    while True:
        first = _pick(rng, _STARTS) + _pick(rng, _MIDDLES) + _pick(rng, _FIRST_ENDS)
        last = _pick(rng, _STARTS) + _pick(rng, _MIDDLES) + _pick(rng, _LAST_ENDS)
        yield f"{first.capitalize()} {last.capitalize()}"


def _places(rng: np.random.Generator) -> Iterator[str]:
    while True:
        yield (_pick(rng, _STARTS) + _pick(rng, _MIDDLES) + _pick(rng, _PLACE_ENDS)).capitalize()


def _organisations(rng: np.random.Generator) -> Iterator[str]:
    while True:
        word = _pick(rng, _STARTS) + _pick(rng, _MIDDLES) + _pick(rng, _MIDDLES)
        yield f"{word.capitalize()} {_pick(rng, _ORGANISATION_ENDS)}"


def _pick(rng: np.random.Generator, parts: tuple[str, ...]) -> str:
    return parts[int(rng.integers(len(parts)))]
