"""What is shown of a hit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.parser import parse
from search.plan import plan, relax
from search.results import Highlight
from search.snippets import LENGTH, Highlighter
from tests.conftest import an_article


def marked(text: Highlight) -> list[str]:
    return [text.text[start:end] for start, end in text.spans]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("putin", "Putins möte. Putin for.", ["Putins", "Putin"]),
        ("bilen", "Bilarna och en bil.", ["Bilarna", "bil"]),
        ('"Putin möte"', "Putins möte med Putin.", ["Putins möte"]),
        ("kri*", "Krig, kris och krona.", ["Krig", "kris"]),
        ("krig -putin", "Putin i krig.", ["krig"]),
        ("krig titel:putin", "Putin i krig.", ["krig"]),
        ("baserade", "Det USA-baserade bolaget.", ["baserade"]),
        ("usa baserade", "Det USA-baserade bolaget.", ["USA", "baserade"]),
        ("usa-baserade", "Det USA-baserade bolaget.", ["USA-baserade"]),
        ("bolag", "Ett it-bolags vd.", ["bolags"]),
        ("för krig", "Det är för ett krig.", ["krig"]),
        ("är", "Det är sant.", ["är"]),
        ('"krig krig"', "krig krig krig", ["krig krig krig"]),
        ("person:putin", "Putin kom.", []),
        ("", "Putin kom.", []),
    ],
)
def test_spans(query: str, text: str, expected: list[str]) -> None:
    snippet = Highlighter(plan(parse(query))).show(an_article("a", text)).snippet
    assert marked(snippet) == expected


def test_titles_are_marked_too() -> None:
    article = an_article("a", "Brödtext", title="Krig i Europa")
    assert marked(Highlighter(plan(parse("krig titel:europa"))).show(article).title) == [
        "Krig",
        "Europa",
    ]


def test_the_passage_with_most_of_the_words_is_cut() -> None:
    padding = "Ett stycke som inte handlar om saken alls. " * 20
    text = f"{padding}Bara putin här. {padding}Putin och Lukasjenko i Minsk. {padding}"
    snippet = Highlighter(plan(parse("putin lukasjenko minsk"))).show(an_article("a", text)).snippet
    assert marked(snippet) == ["Putin", "Lukasjenko", "Minsk"]
    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")
    assert len(snippet.text) <= LENGTH + 4


def test_the_passage_with_the_rarer_word_is_cut() -> None:
    text = "Tio kronor och elva kronor. " * 20 + "Det gällde 100 000 i bidrag. " + "Något. " * 80
    snippet = Highlighter(plan(parse("100 000 kronor"))).show(an_article("a", text)).snippet
    assert "100 000" in marked(snippet)


def test_a_passage_is_not_worth_more_for_having_less() -> None:
    article = an_article("a", "Se även: Nato.", lead="Nato växer. Natos chef är nöjd.")
    assert Highlighter(plan(parse("nato"))).show(article).snippet.text == article.lead


def test_the_lead_is_shown_when_it_matches_as_well() -> None:
    article = an_article("a", "Krig i brödtexten.", lead="Krig i ingressen.")
    assert Highlighter(plan(parse("krig"))).show(article).snippet.text == "Krig i ingressen."
    article = an_article("a", "Krig i brödtexten.", lead="Fred i ingressen.")
    assert Highlighter(plan(parse("krig"))).show(article).snippet.text == "Krig i brödtexten."


def test_without_a_match_the_beginning_is_shown() -> None:
    snippet = (
        Highlighter(plan(parse("saknas"))).show(an_article("a", "Början av texten. " * 50)).snippet
    )
    assert snippet.text.startswith("Början av texten.")
    assert snippet.spans == ()


def test_a_match_at_the_end_of_a_text_is_shown() -> None:
    for before in range(400, 480):
        text = f"{'Ord och ord. ' * (before // 13)}{'långa ' * 40}och så krig."
        shown = Highlighter(plan(parse("krig"))).show(an_article("a", text[-before:]))
        assert marked(shown.snippet) == ["krig"]
    text = f"{'ord ' * 70}krigsmaterielexport och {'mer ' * 60}"
    for before in range(40):
        shown = Highlighter(plan(parse("krig"))).show(an_article("a", text[before:]))
        assert shown.snippet.text.strip(" …").split()[-1] in ("och", "mer", "krigsmaterielexport")
    text = f"{'långa ' * 99}{'x' * 60}krig {'och ' * 99}"
    shown = Highlighter(plan(parse("krig"))).show(an_article("a", text.replace("xk", "x k")))
    assert marked(shown.snippet) == ["krig"]


def test_relaxed_queries_mark_what_is_there() -> None:
    relaxed = relax(parse("krig fred")).wider[0].tree
    assert marked(Highlighter(relaxed).show(an_article("a", "Bara fred.")).snippet) == ["fred"]


words = st.sampled_from(["krig", "Putin", "och", "bil.", "\n", "ord", "10 000", "x" * 90])


queries = st.sampled_from(["krig bil", '"krig och"', "kr*", "10000 ord"])


@given(st.lists(words, max_size=200).map(" ".join), queries)
def test_spans_lie_in_the_text_in_order(text: str, query: str) -> None:
    planned = plan(parse(query))
    snippet = Highlighter(planned).show(an_article("a", text, title="t")).snippet
    ends = [0]
    for start, end in snippet.spans:
        assert ends[-1] <= start < end <= len(snippet.text)
        assert snippet.text[start:end].strip() == snippet.text[start:end]
        ends.append(end)
