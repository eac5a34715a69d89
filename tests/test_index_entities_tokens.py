import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.entities.tokens import LINE_END, SPACE, cut, cut_hashed, space_kinds

LETTERS = "aB.:-,'’& \n1é²_½Ω٣@Å\U0001d400·\u2028\ud800"


def pieces(text: str, *, is_compiled: bool) -> list[str]:
    starts, ends = cut(text, is_compiled=is_compiled)
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EU:s it-chef på H&M.", ["EU:s", "it-chef", "på", "H&M", "."]),
        ("Väst- och Östtyskland", ["Väst-", "och", "Östtyskland"]),
        ("J. R. Ek, J.K. Rowling", ["J.", "R.", "Ek", ",", "J.", "K.", "Rowling"]),
        ("kl. 14.30 på svt.se", ["kl", ".", "14.30", "på", "svt.se"]),
        ("Bodø/Glimt 3–1", ["Bodø", "/", "Glimt", "3", "–", "1"]),
        ("", []),
        (" \n", []),
    ],
)
@pytest.mark.parametrize("is_compiled", [True, False])
def test_pieces(text: str, expected: list[str], is_compiled: bool) -> None:
    assert pieces(text, is_compiled=is_compiled) == expected


@given(st.text(alphabet=st.sampled_from(LETTERS), max_size=20) | st.text(max_size=20))
def test_the_loop_cuts_like_its_twin(text: str) -> None:
    assert pieces(text, is_compiled=True) == pieces(text, is_compiled=False)


@given(st.text(alphabet=st.sampled_from(LETTERS), max_size=20))
def test_white_space_is_noted_alike(text: str) -> None:
    starts, ends, _, spaces = cut_hashed(text)
    kinds = SPACE | LINE_END
    assert (spaces & kinds).tolist() == space_kinds(text, starts, ends).tolist()


def test_equal_words_have_equal_hashes() -> None:
    _, _, hashes, _ = cut_hashed("Anna såg Anna och anna")
    assert hashes[0] == hashes[2] != hashes[4]
