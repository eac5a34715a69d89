"""What matches in a text, against a matcher that analyses all of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import SWEDISH
from index.language import analyse, part_span
from search import matches
from search.leaves import FormPrefix, Leaf, Sequence, Terms, leaves
from search.matches import Matcher
from search.parser import parse
from search.plan import plan
from search.tree import Node

PIECES = (
    "krig", "Krigets", "kr", "bil", "it-bolag", "10", "000", "10 000", "1.500", "2022", "000-tal",
    "Müller", "kr-" * 50, "och", "EU:s", "eu", "kl", ".", ",", "–", "-", "”",
    "\u00ad", "\u00a0", "\n", "²",
)  # fmt: skip
"""What texts are made of, with spaces or nothing in between."""

QUERIES = (
    "krig bil", '"krig och"', "kr* bil*", "10000 ord", "000", '"10 000 krig"', "tal ELLER bolag",
    "muller eu", '"eu eu"', "2022 -krig", "1500", "10", "krigets ELLER titel:krig", '"kr krig bil"',
)  # fmt: skip

texts = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(("", " ", " ", "  "))), max_size=12
)


def expected(planned: Node, text: str) -> list[tuple[int, int, int]]:
    """Match every token of a text: start, end and leaf."""
    tokens = list(analyse(text))

    def spans(leaf: Leaf) -> list[tuple[int, int]]:
        found = []
        for at, token in enumerate(tokens):
            forms = {t.term for t in token.terms if t.kind == "form"}
            whole = {t.term for t in token.terms if t.kind == "stem"}
            parts = {t.term for t in token.terms if t.kind in ("part", "loose")}
            match leaf:
                case Terms(stems, written):
                    wanted = {stem for stem, _ in stems}
                    if forms & {form for form, _ in written} or whole & wanted:
                        found.append((token.start, token.end))
                    elif parts & wanted:
                        first, last = part_span(token.text, wanted)
                        found.append((token.start + first, token.start + last))
                case FormPrefix(prefix):
                    if any(form.startswith(prefix) for form in forms):
                        found.append((token.start, token.end))
                case Sequence(slots):
                    others = tokens[at : at + len(slots)]
                    if len(others) == len(slots) and all(
                        {t.term for t in other.terms if t.kind == "form"} & set(slot)
                        for other, slot in zip(others, slots, strict=True)
                    ):
                        found.append((token.start, others[-1].end))
        return found

    return sorted(
        (*span, number)
        for number, leaf in enumerate(dict.fromkeys(leaves(planned)))
        if leaf.region is None
        for span in spans(leaf)
    )


@settings(max_examples=1000)
@given(
    st.lists(texts.map(lambda pieces: "".join(map("".join, pieces))), max_size=3),
    st.sampled_from(QUERIES),
)
def test_all_that_matches_is_found(some: list[str], query: str) -> None:
    planned = plan(parse(query))
    matcher = Matcher(planned)
    for text in some:
        found = matcher.matches(text, SWEDISH, None)
        assert [match[:3] for match in found] == expected(planned, text), text


def test_a_language_is_kept_apart() -> None:
    matcher = Matcher(plan(parse("bil")))
    assert not matcher.matches("bilen", "en", None)
    assert matcher.matches("bilen", SWEDISH, None) == [(0, 5, 0, "stem")]
    assert not matcher.matches("bilen", "en", None)


def test_chunks_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matches, "MAX_CHUNKS", 3)
    monkeypatch.setattr(matches, "_chunks", (None, matches._Chunks(is_swedish=True)))
    matcher = Matcher(plan(parse("krig kri*")))
    for text in (
        "a b krigets",
        "a krigets",
        "c kris",
        "d e krigets krig",
        "krig",
        "a b c kris krig",
    ):
        found = matcher.matches(text, SWEDISH, None)
        assert [match[:3] for match in found] == expected(plan(parse("krig kri*")), text)


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("krig", "krig", ("krig", "form")),
        ("krig", "Krigets", ("Krigets", "stem")),
        ("böcker", "boken", ("boken", "stem")),
        ("krig", "Ukrainakriget", ("kriget", "part")),
        ("bolag", "it-bolagens", ("bolagens", "part")),
        ("Kiev", "Kyjivs", ("Kyjivs", "variant")),
        ("ISW", "Institute for the Study of War", ("Institute for the Study of War", "variant")),
        ("Institute for the Study of War", "ISW", ("ISW", "variant")),
        ("Ryssland", "ryssarna", ("ryssarna", "variant")),
        ("Socialdemokraterna", "S-ledaren", ("S", "variant")),
        ('"krig"', "krig", ("krig", "form")),
    ],
)
def test_reasons(query: str, text: str, found: tuple[str, str]) -> None:
    matcher = Matcher(plan(parse(query)))
    matches = matcher.matches(f"Om {text} här.", SWEDISH, None)
    assert [(f"Om {text} här."[m.start : m.end], m.reason) for m in matches] == [found]
    assert matcher.matched(matches) == ((query.strip('"'), (found[1],)),)
