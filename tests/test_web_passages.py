import pytest

from index.articles import Article
from index.entities import Mention
from search.results import ArticlePage, Highlight
from web.passages import Passage, body_paragraphs, link, mark


def texts(passages: tuple[Passage, ...]) -> list[str]:
    return ["".join(piece.text for piece in passage) for passage in passages]


def page(title: str, body: str, lead: str = "", mentions: tuple[Mention, ...] = ()) -> ArticlePage:
    return ArticlePage(Article(id="x", title=title, lead=lead, body=body), ((), (), mentions))


@pytest.mark.parametrize(
    "spans", [(), ((0, 2),), ((2, 4), (4, 5)), ((3, 2),), ((0, 3), (1, 4)), ((4, 99),), ((-1, 2),)]
)
def test_marks_lose_no_text(spans: tuple[tuple[int, int], ...]) -> None:
    assert texts((mark(Highlight("kriget", spans, tuple("form" for _ in spans))),)) == ["kriget"]


def test_mentions_become_links_wherever_they_stand() -> None:
    mentions = (
        Mention("Bo Ek", 8, 13, "person", "Bo Ek"),
        Mention("Lund", 0, 4, "place", "Lund"),
        Mention("Ek", 11, 13, "person", "Ek"),
        Mention("borta", 50, 55, "place", "borta"),
    )
    pieces = link("Lund såg Bo Ek.", mentions[1:2] + mentions[:1] + mentions[2:])
    assert [(piece.text, piece.mention and piece.mention.name) for piece in pieces] == [
        ("Lund", "Lund"),
        (" såg", None),
        (" Bo E", "Bo Ek"),
        ("k.", None),
    ]


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ("", []),
        ("ett", ["ett"]),
        ("ett\ntvå\n\ntre", ["ett\ntvå", "tre"]),
        ("ett\ntvå\n", ["ett", "två"]),
        ("\n\n ett \n \n\n två\n\n", ["ett ", "två"]),
    ],
)
def test_paragraphs_are_parted_by_blank_lines_or_else_by_lines(
    body: str, paragraphs: list[str]
) -> None:
    assert texts(body_paragraphs(page("", body))) == paragraphs


@pytest.mark.parametrize(
    ("title", "body", "paragraphs"),
    [
        ("Det regnar.", "Det regnar. Mycket.\n\nOch länge.", [" Mycket.", "Och länge."]),
        ("Det regnar.", "Det regnar.\n\nMycket.", ["Mycket."]),
        ("Det regnar", "Det regnar\nMycket.", ["Mycket."]),
        ("Det regnar.", "Det regnar.", []),
        ("Det", "Det regnar.", ["Det regnar."]),
        ("Regn", "Regnet öser ned.", ["Regnet öser ned."]),
        ("Annat.", "Det regnar.", ["Det regnar."]),
    ],
)
def test_a_first_sentence_shown_as_title_is_not_shown_again(
    title: str, body: str, paragraphs: list[str]
) -> None:
    assert texts(body_paragraphs(page(title, body))) == paragraphs


def test_a_body_below_a_lead_is_whole() -> None:
    shown = body_paragraphs(page("Det regnar.", "Det regnar. Mycket.", lead="Ingress"))
    assert texts(shown) == ["Det regnar. Mycket."]


def test_mentions_keep_their_place_when_the_title_goes() -> None:
    body = "Bo log.\n\nI Lund log Bo."
    mentions = (
        Mention("Bo", 0, 2, "person", "Bo"),
        Mention("Lund", 11, 15, "place", "Lund"),
        Mention("Bo", 20, 22, "person", "Bo"),
    )
    (passage,) = body_paragraphs(page("Bo log.", body, mentions=mentions))
    assert [piece.text for piece in passage if piece.mention] == ["Lund", "Bo"]
