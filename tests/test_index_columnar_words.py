"""The table of words: when they are analysed changes nothing."""

from pathlib import Path

import numpy as np
import pytest

from index.columnar import words as columnar_words
from index.columnar.arrays import ArrayWriter
from index.columnar.words import WordTable
from index.language.bulk import Vocabulary
from index.language.tokens import tokenize

DEMONSTRATION = sorted((Path(__file__).parent.parent / "seeds").rglob("*.json*"))


def tokens() -> list[str]:
    text = " ".join(path.read_text(encoding="utf-8") for path in DEMONSTRATION)
    return [token.text for token in tokenize(text)][:20_000]


def written(table: WordTable, words: int, path: Path) -> bytes:
    with path.open("xb") as file:
        writer = ArrayWriter(file)
        table.write(writer, table.in_order(np.arange(words)))
        writer.close({})
    return path.read_bytes()


def test_words_may_be_analysed_as_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = Vocabulary()
    as_they_come, at_last = WordTable(vocabulary.words), WordTable(vocabulary.words)
    monkeypatch.setattr(columnar_words, "_SLICE", 7)
    for number, token in enumerate(tokens()):
        vocabulary.number(token, number % 3 > 0)
        if number % 50 == 0:
            as_they_come.update()
    count = len(vocabulary.words)
    assert count > 2000
    while as_they_come.update():
        pass
    monkeypatch.setattr(columnar_words, "_SLICE", count)
    assert not at_last.update()
    one, other = (
        written(table, count, tmp_path / name)
        for name, table in (("one", as_they_come), ("other", at_last))
    )
    assert one == other
    everything = np.arange(count)
    is_content = at_last.are_content(everything)
    assert np.array_equal(as_they_come.are_content(everything), is_content)
    assert 0 < np.count_nonzero(~is_content) < 200


def test_update_says_whether_words_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar_words, "_SLICE", 2)
    vocabulary = Vocabulary()
    table = WordTable(vocabulary.words)
    assert not table.update()
    for token in ("bilen", "vägen", "huset", "båten", "tåget"):
        vocabulary.number(token, True)
    assert [table.update() for _ in range(4)] == [True, True, False, False]
