"""Many texts to word numbers at once: what `analysis.analyse` finds in them, a thousand at a time.

Nearly every word of a collection has been met before. So texts are cut and looked up by compiled
loops (`splitting`), and Python analyses each new stretch of text once. `plain_splitting` serves
where numba is missing.
"""

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.compiled import HAS_NUMBA, run_beside
from index.language.analysis import Term, base_forms, form_terms, token_terms
from index.language.plain_splitting import number_words
from index.language.splitting import (
    PADDING,
    ChunkTable,
    expand_chunks,
    open_table,
    split_texts,
    with_room,
)
from index.language.tokens import cut_words

MAX_CHUNKS: Final = 1_000_000
"""Chunks after which all are forgotten and met anew: some 100 MB."""

MAX_ARENA: Final = 64 << 20
"""Bytes of chunks after which all are forgotten, in case they are long."""

MAX_TOKENS: Final = 500_000
"""Tokens whose word a vocabulary remembers without analysing them."""


class Word(NamedTuple):
    """A distinct result of analysis.

    `base_forms(text)` are the `forms`, and `word_terms(text, is_swedish)` the terms, of every token
    that it stands for.
    """

    text: str
    is_swedish: bool
    forms: tuple[str, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Terms of every token that this word stands for, forms first."""
        return form_terms(self.forms, self.is_swedish)


class Vocabulary:
    """The words met so far: a word's number is its place in `words`.

    >>> words = Vocabulary()
    >>> [words.number(token, True) for token in ("Bilen", "bilen", "Putins", "putins", "EU:s")]
    [0, 0, 1, 2, 3]
    >>> [word.text for word in words.words]
    ['bilen', 'Putins', 'putins', 'eu']
    """

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._by_forms: tuple[dict[tuple[str, ...], int], ...] = ({}, {})
        self._by_token: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def number(self, token: str, is_swedish: bool) -> int:
        """Number the word of a token as `tokenize` cuts it; a new one comes last."""
        known = self._by_token[is_swedish]
        number = known.get(token)
        if number is None:
            if len(known) >= MAX_TOKENS:
                known.clear()
            number = known[token] = self.number_of_new(token, is_swedish)
        return number

    def number_of_new(self, token: str, is_swedish: bool) -> int:
        """Number the word of a token that `number` need not remember, as it will not come again."""
        # Terms depend on the forms and the language alone, and hold all forms: equal forms are
        # equal terms, and no terms need be made to tell words apart.
        forms = base_forms(token)
        by_forms = self._by_forms[is_swedish]
        number = by_forms.get(forms)
        if number is None:
            if is_swedish or token_terms(forms, True) != token_terms(forms, False):
                number = len(self.words)
                self.words.append(Word(_shortest_text(token, forms), is_swedish, forms))
            else:
                number = self.number_of_new(token, True)
            by_forms[forms] = number
        return number


def _shortest_text(token: str, forms: tuple[str, ...]) -> str:
    """Choose the text whose forms are these: the first of them, capitalised, or the token."""
    form = forms[0]
    if form == token or base_forms(form) == forms:
        return form
    name = form.capitalize()
    return name if base_forms(name) == forms else token


class BulkAnalyser:
    """Turns texts into word numbers.

    >>> analyser = BulkAnalyser()
    >>> analyser.analyse(["Bilen och EU:s bilar.", "", "Och bilen!"], [True, True, True])
    (array([0, 1, 2, 3, 1, 0], dtype=uint32), array([0, 4, 4, 6]))
    >>> [[term.term for term in word.terms] for word in analyser.vocabulary.words]
    [['bilen', 'bil'], ['och'], ['eu', 'eu'], ['bilar', 'bil', 'bila']]
    """

    def __init__(
        self, vocabulary: Vocabulary | None = None, *, is_compiled: bool = HAS_NUMBA
    ) -> None:
        self.vocabulary = Vocabulary() if vocabulary is None else vocabulary
        self._chunks = _ChunkWords(self.vocabulary) if is_compiled else None

    def analyse(
        self,
        texts: Sequence[str],
        is_swedish: NDArray[np.bool_] | Sequence[bool],
        meanwhile: Callable[[], bool] = lambda: False,
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Number the words of all texts, one text after another, as `analyse` would find them.

        `meanwhile` is what can be done while compiled loops cut the texts: see `run_beside`. It may
        read the vocabulary.

        Returned: uint32[tokens], indices into the vocabulary's words; and where each text begins
        among them, int64[texts + 1].
        """
        languages = np.asarray(is_swedish, np.bool_)
        if len(languages) != len(texts):
            raise ValueError(f"{len(texts)} texts, but {len(languages)} languages")
        if self._chunks is None:
            return number_words(texts, languages.tolist(), self.vocabulary.number)
        return self._chunks.analyse(texts, languages, meanwhile)


class _ChunkWords:
    """The chunks met so far and the words of each."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._forget()

    def _forget(self) -> None:
        self._table: ChunkTable = open_table()
        self._count = 0
        self._words = array("I")
        self._starts = array("q", [0])

    def analyse(
        self, texts: Sequence[str], is_swedish: NDArray[np.bool_], meanwhile: Callable[[], bool]
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        if self._count > MAX_CHUNKS or self._table.starts[self._count] > MAX_ARENA:
            self._forget()
        # Half a surrogate pair is no character that UTF-8 knows; it passes as three bytes.
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        data = np.frombuffer(b"".join([*encoded, bytes(PADDING)]), np.uint8)
        text_starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) for text in encoded], out=text_starts[1:])
        # A chunk ends where a byte or a text does, so there is a newline more for each at most.
        coming = len(data) + len(texts)
        table = with_room(self._table, int(self._table.starts[self._count]), coming)
        slots = len(table.slots)
        table, count, chunks, bounds = run_beside(
            partial(split_texts, data, text_starts, is_swedish, table, self._count), meanwhile
        )
        if len(table.slots) > slots:
            # numpy's copy lies on huge pages, numba's array does not: a third faster to look up.
            table = table._replace(slots=table.slots.copy())
        self._table = table
        self._analyse_chunks(count)
        words, word_starts = np.array(self._words), np.array(self._starts)
        return expand_chunks(chunks, bounds, words.astype(np.uint32), word_starts)

    def _analyse_chunks(self, count: int) -> None:
        """Number the words of the chunks that are new, up to the table's count."""
        first, last = self._table.starts[self._count], self._table.starts[count]
        new = self._table.arena[first:last].tobytes().decode("utf-8", "surrogatepass")
        languages = self._table.is_swedish[self._count : count].tolist()
        number, number_of_new = self._vocabulary.number, self._vocabulary.number_of_new
        words, word_starts = self._words, self._starts
        for chunk, is_swedish in zip(new.split("\n"), languages, strict=False):
            if chunk.isalpha():  # one token, and the chunk is remembered
                words.append(number_of_new(chunk, is_swedish))
            else:
                words.extend([number(token, is_swedish) for token in cut_words(chunk)])
            word_starts.append(len(words))
        self._count = count
