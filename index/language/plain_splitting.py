"""Texts cut into words without numba: the twin of `splitting`, by the expression itself.

It needs no chunks: each text is cut as a whole, and each token is looked up.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.language.tokens import cut_words


def number_words(
    texts: Sequence[str], is_swedish: Iterable[bool], number: Callable[[str, bool], int]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Number the tokens of all texts with `number(token, is_swedish)`.

    Returned: uint32[tokens], and where each text begins among them, int64[texts + 1].
    """
    numbers: list[int] = []
    bounds = [0]
    for text, swedish in zip(texts, is_swedish, strict=True):
        numbers += [number(token, swedish) for token in cut_words(text)]
        bounds.append(len(numbers))
    return np.array(numbers, np.uint32), np.array(bounds, np.int64)
