import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.entities.plain import plain_text


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Malmö", "Malmö"),
        ("Malmo\u0308", "Malmö"),
        ("Skå\u00adne", "Skåne"),
        ("\u200bA\u030as\ufeff", "Ås"),
        ("", ""),
        ("\ud800\u0308", "\ud800\u0308"),
    ],
)
def test_plain_text(raw: str, plain: str) -> None:
    assert plain_text(raw).text == plain


@given(st.text(alphabet="aåo\u0308\u030a\u00ad\u200b \ud800Z", max_size=30))
def test_raw_spans_cover_the_text_in_order(raw: str) -> None:
    plain = plain_text(raw)
    end = 0
    for position in range(len(plain.text)):
        start, after = plain.raw_span(position, position + 1)
        assert end <= after
        assert 0 <= start <= after <= len(raw)
        end = after
