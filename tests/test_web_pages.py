import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from index.articles import Article
from index.dates import PartialDate
from index.readers import find_files, read_articles
from search.engines.memory import MemoryEngine
from search.identities import Identities
from search.request import SearchRequest
from search.searcher import Searcher
from web.app import create_app
from web.pages import heading, original_host, page_numbers

HOSTILE = "<script>alert('x')</script> \u202e\"vänd\""

ARTICLES = (
    Article(
        id="regn",
        title="Regn i Malmö",
        lead="Det regnar.",
        body="Kommunen varnar.\n\nAnna Ek i Malmö är orolig.",
        published=PartialDate.parse("2022-12-19"),
        updated=PartialDate.parse("2022-12-20T08:15:00+01:00"),
        source="Sydposten",
        section="lokalt",
        authors=("Åsa Öst",),
        url="https://example.org/regn",
        persons=("Anna Ek",),
        places=("Malmö",),
        organisations=(),
    ),
    Article(
        id="a/b?c#d%/ å",
        title="Regn och sol i Lund",
        body="Kommunen lovar sol.",
        published=PartialDate.parse("2022-03"),
        source="Nordposten",
        section="lokalt",
        persons=("Bo Ek",),
        places=("Lund", "Malmö"),
        organisations=("SMHI",),
    ),
    Article(
        id="text",
        title="Det snöar i Lund.",
        body="Det snöar i Lund. Mycket.",
        published=PartialDate.parse("2021"),
        places=("Lund",),
    ),
    Article(
        id="hostile",
        title=HOSTILE,
        lead=HOSTILE,
        body=HOSTILE,
        source=HOSTILE,
        section=HOSTILE,
        authors=(HOSTILE,),
        url="javascript:alert(1)",
        language='sv" onload="alert(1)',
        persons=(HOSTILE,),
        places=(HOSTILE,),
        organisations=(HOSTILE,),
    ),
    Article(id="nameless", body="En text utan rubrik om hagel.", persons=(), places=()),
    *(
        Article(id=f"serie-{n}", title=f"Avsnitt {n}", body="Serie om hav.", persons=(), places=())
        for n in range(25)
    ),
)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Searcher(MemoryEngine(ARTICLES))).test_client()


def get(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.text


def main_heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]*>", "", found[1])).replace("\xa0", " ").strip()


def addresses(page: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'<a [^>]*href="([^"]*)"', page)]


def titles(page: str) -> list[str]:
    found = re.findall(r"<h3 dir=\"auto\"><a [^>]*>(.*?)</a></h3>", page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "", title)) for title in found]


def test_the_start_shows_the_newest_and_examples(client: FlaskClient) -> None:
    page = get(client, "/")
    assert main_heading(page) == "Nyaste artiklarna"
    assert "30\xa0artiklar från 2021 till 19 december 2022" in page
    assert titles(page)[0] == "Regn i Malmö"
    assert 'lang="sv"' in page
    assert "<code>titel:nato</code>" in page


@pytest.mark.parametrize(
    ("query", "title", "order"),
    [
        ("", "Nyaste artiklarna", "Nyast"),
        ("?sort=oldest", "Äldsta artiklarna", "Äldst"),
        ("?sort=relevance", "Nyaste artiklarna", "Nyast"),
        ("?q=*", "30 artiklar", "Nyast"),
        ("?q=regn", "2 artiklar", "Relevans"),
        ("?q=regn&sort=newest", "2 artiklar", "Nyast"),
    ],
)
def test_the_order_is_the_one_used(client: FlaskClient, query: str, title: str, order: str) -> None:
    page = get(client, "/" + query)
    assert main_heading(page) == title
    sorting = page.partition('class="sorting"')[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="true">(\w+)<', sorting) == [order]
    assert ("Relevans" in sorting) == ("regn" in query)


def test_every_example_finds_something(client: FlaskClient) -> None:
    seeds = Path(__file__).parents[1] / "seeds"
    files = [path for path in find_files([seeds]) if isinstance(path, Path)]
    read = [article for path in files for article in read_articles(path)]
    articles = [article for article in read if isinstance(article, Article)]
    searcher = Searcher(MemoryEngine(articles))
    intro = get(client, "/").partition('class="tips"')[2].partition("</ul>")[0]
    examples = [parse_qs(urlsplit(href).query)["q"][0] for href in addresses(intro)]
    assert len(examples) == 9
    found = {words: searcher.search(SearchRequest(q=words)) for words in examples}
    assert [words for words in found if not found[words].total_all_words] == []
    assert [words for words in found if found[words].problem] == []


def test_a_mistyped_date_costs_nothing_else(client: FlaskClient) -> None:
    page = get(client, "/?q=regn&places=Malmö&from=19+dec+2022&to=2022&sort=oldest", 400)
    assert main_heading(page) == "2 artiklar"
    assert "Från: ”19 dec 2022” är inget datum; skriv 2022, 2022-12 eller 2022-12-19." in page
    assert re.search(r'name="from" value="19 dec 2022"[^>]*aria-invalid="true"', page)
    assert re.search(r'name="to" value="2022"', page)
    assert '<details class="filters" id="filter" open>' in page
    assert "/?q=regn&to=2022&sort=oldest" in addresses(page)
    assert not [href for href in addresses(page) if "19" in href]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("page=x", "Sidan"),
        ("size=101", "Antalet träffar"),
        ("sort=bäst", "Ordningen"),
        ("interval=week", "Intervallet"),
        ("from=2023&to=2022", "Till"),
    ],
)
def test_what_cannot_be_is_named_and_passed_over(
    client: FlaskClient, query: str, title: str
) -> None:
    page = get(client, f"/?places=Lund&{query}", 400)
    assert re.search(rf'class="notice" role="alert"[^>]*>{title}: ', page)
    assert 'Ta bort </span><span class="kind">plats' in page


def test_a_facet_shows_more_and_fewer() -> None:
    def more(page: str) -> list[tuple[str, str]]:
        return re.findall(r'class="more"><a [^>]*href="([^"]*)">(Visa \w+)', page)

    def values(page: str) -> int:
        return page.count('class="label"')

    def site(persons: int) -> FlaskClient:
        names = tuple(f"Person {n:03}" for n in range(persons))
        article = Article(id="x", title="Regn", persons=names, places=tuple("abcdefghij"))
        return create_app(Searcher(MemoryEngine([article]))).test_client()

    assert more(get(site(10), "/")) == []
    assert more(get(site(11), "/?persons=Person+010")) == []
    small = site(12)
    page = get(small, "/?persons=Person+010")
    assert values(page) == 10 + 1 + 10
    ((href, label),) = more(page)
    assert (href, label) == ("/?persons=person-010&amp;panel=persons", "Visa fler")
    page = get(small, unescape(href))
    assert values(page) == 12 + 10
    assert more(page) == [("/?persons=person-010&amp;panel=open", "Visa färre")]
    assert "/?persons=person-000&persons=person-010&panel=persons" in addresses(page)
    page = get(site(120), "/?panel=persons&persons=Person+119")
    assert values(page) == 100 + 1 + 10
    assert [label for _, label in more(page)] == ["Visa färre"]
    assert "Fler finns" in page


def test_the_panel_stays_open_after_a_choice_in_it(client: FlaskClient) -> None:
    opened = '<details class="filters" id="filter" open>'
    page = get(client, "/?q=regn")
    assert opened not in page
    panel = page.partition('id="filter"')[2].partition('<div class="list">')[0]
    assert addresses(panel)
    for href in addresses(panel):
        assert opened in get(client, href)
    assert opened not in get(client, "/?q=regn&panel=okänt")
    assert "panel=" not in page.partition('<div class="list">')[2]


def test_an_id_of_dots_has_an_address() -> None:
    articles = [Article(id=id, title=f"Rubrik {id}") for id in (".", "..", "..~", "a/../b")]
    dots = create_app(Searcher(MemoryEngine(articles))).test_client()
    hrefs = [href for href in addresses(get(dots, "/")) if href.startswith("/artikel/")]
    assert {main_heading(get(dots, href)) for href in hrefs} == {a.title for a in articles}
    found = dots.get("/api/v1/articles/..~").json
    assert found
    assert found["id"] == ".."


def test_a_hit_says_what_when_and_where(client: FlaskClient) -> None:
    page = get(client, "/?q=regn")
    assert main_heading(page) == "2 artiklar"
    assert '<time datetime="2022-12-19">19 december 2022</time>' in page
    assert '<time datetime="2022-03">mars 2022</time>' in page
    assert '<mark title="står så i frågan">Regn</mark> i Malmö' in page
    assert "Åsa Öst" in page


def test_an_article_without_a_title_is_named_by_its_text(client: FlaskClient) -> None:
    assert titles(get(client, "/?q=hagel")) == ["En text utan rubrik om hagel."]
    assert "<title>En text utan rubrik om hagel. – Nyhetssök" in get(client, "/artikel/nameless")
    assert heading(Article(id="x")) == "Utan rubrik"
    assert len(heading(Article(id="x", body="ord " * 900))) < 200


def test_dates_narrow_to_whole_periods(client: FlaskClient) -> None:
    assert main_heading(get(client, "/?from=2022&to=2022")) == "2 artiklar"
    assert main_heading(get(client, "/?from=2021&to=2022-11")) == "2 artiklar"
    assert main_heading(get(client, "/?from=2022-12")) == "1 artikel"


def test_a_chosen_value_stays_at_zero(client: FlaskClient) -> None:
    page = get(client, "/?q=regn&persons=Ingen+Alls")
    assert main_heading(page) == "Inga artiklar"
    assert re.search(r'class="value chosen">.*?Ingen Alls.*?class="count">0<', page, re.DOTALL)
    assert "/?q=regn" in addresses(page)


def test_nothing_found_says_what_to_remove(client: FlaskClient) -> None:
    page = get(client, "/?q=regn&places=Lund&not.source=Nordposten")
    assert "Ta bort ord: <bdi>regn</bdi>" in page
    assert "Ta bort plats: <bdi>Lund</bdi>" in page
    assert "Ta med källa: <bdi>Nordposten</bdi>" in page
    assert "<code>kommun*</code>" in page


def test_nothing_is_advised_that_does_not_help(client: FlaskClient) -> None:
    page = get(client, "/?q=regn&places=Ingen+Ort&persons=Ingen+Alls")
    assert "Ta bort ord:" not in page
    assert "Pröva att" not in page
    page = get(client, "/?q=kvantfladdermus&places=Lund")
    assert "Ta bort ord: <bdi>kvantfladdermus</bdi>" in page
    assert "Ta bort plats:" not in page


def test_a_relaxed_search_says_so(client: FlaskClient) -> None:
    page = get(client, "/?q=regn+varnar")
    assert "Bara 1\xa0artikel har alla orden; visar även artiklar med några av dem." in page
    page = get(client, "/?q=en+regnkatastrof+datum:2022..")
    assert "Ingen artikel har hela ordet; visar artiklar med delar av det." in page


def test_a_query_that_does_not_parse_says_so(client: FlaskClient) -> None:
    assert "Frågan söktes som vanliga ord:" in get(client, "/?q=%22regn")


def test_pages_of_hits_hold_every_article_once(client: FlaskClient) -> None:
    seen, url = [], "/?q=serie&size=7"
    while url:
        page = get(client, url)
        seen += titles(page)
        following = re.search(r'<a rel="next" href="([^"]*)"', page)
        url = unescape(following[1]) if following else ""
    assert len(seen) == 25 == len(set(seen))


def test_a_page_beyond_the_last_leads_back(client: FlaskClient) -> None:
    page = get(client, "/?q=serie&page=9")
    assert "inga fler träffar" in page
    assert {"/?q=serie", "/?q=serie&page=3"} <= set(addresses(page))


def test_every_link_of_the_site_answers(client: FlaskClient) -> None:
    """Follow links from page to page until 400 are seen: none is broken, all carry on the state."""
    seen, queue = {"/"}, ["/"]
    while queue and len(seen) < 400:
        for href in addresses(get(client, queue.pop(0))):
            if href.startswith("/") and href not in seen:
                seen.add(href)
                queue.append(href)
    for href in queue:
        get(client, href)
    assert any(href.startswith("/artikel/") for href in seen)


def test_forms_carry_along_what_they_do_not_ask(client: FlaskClient) -> None:
    page = get(client, "/?q=regn&places=Lund&not.persons=Bo&from=2022&sort=oldest&interval=day")
    search, dates = re.findall(r"<form.*?</form>", page, re.DOTALL)
    hidden = re.compile(r'type="hidden" name="([^"]*)" value="([^"]*)"')
    assert hidden.findall(search) == [
        ("not.persons", "bo"),
        ("places", "lund"),
        ("from", "2022"),
        ("sort", "oldest"),
        ("interval", "day"),
    ]
    assert hidden.findall(dates) == [
        ("q", "regn"),
        ("not.persons", "bo"),
        ("places", "lund"),
        ("sort", "oldest"),
        ("panel", "open"),
    ]


@pytest.mark.parametrize("url", ["/", "/?q=alert", "/artikel/hostile", "/artikel/finns-inte"])
def test_articles_cannot_write_html(client: FlaskClient, url: str) -> None:
    page = client.get(url).text
    assert "<script" not in page
    assert "javascript:" not in page
    assert 'onload="' not in page
    assert "style=" not in page


@pytest.mark.parametrize("name", ["q", "persons", "not.source", "from", "sort", "page", "okänd"])
def test_addresses_cannot_write_html(client: FlaskClient, name: str) -> None:
    page = client.get("/", query_string={name: "\"'><script>alert(1)</script>"}).text
    assert "<script" not in page


def test_an_article_shows_all_that_it_says(client: FlaskClient) -> None:
    page = get(client, "/artikel/regn?q=regn+hav&places=Lund&page=2")
    assert main_heading(page) == "Regn i Malmö"
    for text in ("Det regnar.", "Kommunen varnar.", "lokalt", "Sydposten", "Åsa Öst"):
        assert text in page
    assert "20 december 2022 kl. 08.15" in page
    assert '<a href="https://example.org/regn" rel="external noreferrer"' in page
    assert {"/person/anna-ek", "/plats/malm%C3%B6"} <= set(addresses(page))
    assert "/?q=regn+hav&places=Lund&page=2" in addresses(page)


def test_an_article_forgives_what_it_cannot_remember(client: FlaskClient) -> None:
    assert "/" in addresses(get(client, "/artikel/regn?page=x"))


def test_a_first_sentence_as_title_stands_once(client: FlaskClient) -> None:
    page = get(client, "/artikel/text")
    assert main_heading(page) == "Det snöar i Lund."
    body = page.partition('class="body"')[2]
    assert "Det snöar" not in body
    assert "Mycket." in body


def test_an_id_may_hold_anything(client: FlaskClient) -> None:
    (href,) = (a for a in addresses(get(client, "/?q=sol")) if a.startswith("/artikel/"))
    assert main_heading(get(client, href)) == "Regn och sol i Lund"
    assert parse_qs(urlsplit(href).query) == {"q": ["sol"]}


def test_the_site_can_stand_below_a_path(client: FlaskClient) -> None:
    page = client.get("/?q=regn", environ_overrides={"SCRIPT_NAME": "/arkiv"}).text
    assert all(href.startswith(("/arkiv/", "#")) for href in addresses(page))
    assert 'href="/arkiv/static/style.css"' in page


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org/x", "example.org"),
        ("HTTP://example.org", "example.org"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org/x", ""),
        ("http://[", ""),
        ("https:///x", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_linked(url: str, host: str) -> None:
    assert original_host(url) == host


@pytest.mark.parametrize(
    ("page", "last", "numbers"),
    [
        (1, 0, []),
        (1, 1, [1]),
        (2, 5, [1, 2, 3, 4, 5]),
        (10, 10, [1, None, 9, 10]),
        (99, 3, [1, 2, 3]),
    ],
)
def test_page_numbers(page: int, last: int, numbers: list[int | None]) -> None:
    assert page_numbers(page, last) == numbers


def test_the_page_of_a_place(client: FlaskClient) -> None:
    page = get(client, "/plats/malm%C3%B6")
    assert '<h1 dir="auto">Malmö</h1>' in page
    assert "/?places=malm%C3%B6" in addresses(page)
    assert "/person/anna-ek" in addresses(page)
    assert "Regn i Malmö" in page


@pytest.mark.parametrize("path", ["/plats/nowhere", "/person/malm%C3%B6", "/person/", "/bolag/X"])
def test_no_page_for_what_no_article_has(client: FlaskClient, path: str) -> None:
    get(client, path, 404)


def test_a_name_and_the_old_address_of_what_was_corrected_lead_to_it() -> None:
    articles = [
        Article(id="1", title="Regn", persons=("Anna Eek",), places=("Malmö",)),
        Article(id="2", title="Snö", persons=("Bladet", "Bo Ek"), body="Bo Ek åker skidor."),
    ]
    text = (
        "person: Anna Ek = Anna Eek\norganisation: Bladet = person: Bladet\ninget = person: Bo Ek"
    )
    identities = Identities(corrections=(text, ""))
    site = create_app(Searcher(MemoryEngine(articles, identities))).test_client()
    for old, new in (
        ("/plats/MALM%C3%96", "/plats/malm%C3%B6"),
        ("/person/Anna%20Eek", "/person/anna-ek"),
        ("/person/anna-eek", "/person/anna-ek"),
        ("/person/bladet", "/organisation/bladet"),
    ):
        answer = site.get(old)
        assert (answer.status_code, answer.location) == (302, new)
        get(site, new)
    assert '<h1 dir="auto">Anna Ek</h1>' in get(site, "/person/anna-ek")
    get(site, "/person/bo-ek", 404)
    assert main_heading(get(site, "/?persons=Anna+Eek")) == "1 artikel"


def test_the_address_of_a_name_that_nobody_keeps_leads_to_all_who_had_it() -> None:
    articles = [
        Article(id="1", body="Bo Ek åkte skidor.", persons=("Bo Ek",)),
        Article(id="2", body="Bo Ek motionerade.", persons=("Bo Ek",)),
    ]
    text = "person: Bo Ek (skidor) = Bo Ek | skidor\nperson: Bo Ek (politik) = Bo Ek | motionera"
    searcher = Searcher(MemoryEngine(articles, Identities(corrections=(text, ""))))
    site = create_app(searcher).test_client()
    answer = site.get("/person/bo-ek")
    assert answer.status_code == 302
    assert answer.location == "/?persons=bo-ek-politik&persons=bo-ek-skidor"
    assert main_heading(get(site, answer.location)) == "2 artiklar"


def test_who_is_none_has_no_link() -> None:
    articles = [Article(id="2", title="Snö", persons=("Bo Ek",), body="Bo Ek åker skidor.")]
    identities = Identities(corrections=("inget = person: Bo Ek", ""))
    site = create_app(Searcher(MemoryEngine(articles, identities))).test_client()
    assert 'class="entity person"' not in get(site, "/artikel/2")
