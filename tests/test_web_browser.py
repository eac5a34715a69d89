"""The pages in a real Chromium, over the articles in seeds/.

Without Chromium the tests are skipped and say so; NYHETSSOK_REQUIRE_BROWSER=1 makes that a failure.
Screenshots go to var/screenshots/.
"""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from index.articles import Article
from index.readers import find_files, read_articles
from search.engines.memory import MemoryEngine
from search.searcher import Searcher
from web.app import create_app

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "var" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
BAD_DATE = "/?q=president&places=Ukraina&from=19+dec+2022&to=2023"
EMPTY = "/?q=kvantfladdermus&places=Lund&not.source=Rikstidningen&from=2022&to=2022-06"

CONTRASTS = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = channels(colour).slice(0, 3).map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor, alpha = channels(colour)[3];
      if (alpha === undefined || alpha === 1) return colour;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  return [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => e.checkVisibility())
    .map(e => {
      const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return [ratio, e.className + ' ' + e.textContent.trim().slice(0, 40)];
    });
}"""


class SilentHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Keep requests out of the test report."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    files = [path for path in find_files([ROOT / "seeds"]) if isinstance(path, Path)]
    read = [read_articles(path) for path in files]
    articles = [article for each in read for article in each if isinstance(article, Article)]
    app = create_app(Searcher(MemoryEngine(articles)))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=SilentHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = f"no browser: none of {', '.join(BROWSERS)} is installed"
        if os.environ.get("NYHETSSOK_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """Open a wide page; what its console complains of, beside a mistyped date, is an error."""
    complaints: list[str] = []
    with browser.new_context(base_url=site, viewport=WIDE, locale="sv-SE") as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(5000)
        yield page
    assert [text for text in complaints if "status of 400" not in text] == []


def ask_json(page: Page) -> Any:
    """Fetch the JSON of the search that the page shows."""
    answer = page.request.get(f"/api/v1/search?{urlsplit(page.url).query}")
    assert answer.ok
    return answer.json()


def shown_total(page: Page) -> int:
    found = re.match(r"Nyhetssök · ([\d\s]+)artik", page.locator("footer p").inner_text())
    assert found
    return int(re.sub(r"\s", "", found[1]))


def shown_values(page: Page) -> list[tuple[str, int]]:
    rows = page.locator(".value:not(.excluded)").all()
    return [
        (
            row.locator(".label").text_content() or "",
            int(re.sub(r"\D", "", row.locator(".count").text_content() or "")),
        )
        for row in rows
    ]


def assert_page_agrees_with_json(page: Page) -> None:
    found = ask_json(page)
    assert shown_total(page) == found["total"]
    assert shown_values(page) == [
        (value["label"], value["count"]) for values in found["facets"].values() for value in values
    ]
    assert page.locator(".hit").count() == len(found["hits"])


def facet(page: Page, title: str) -> Any:
    return page.locator(".facet", has=page.get_by_role("heading", name=title))


def search(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("button", name="Sök").click()


def test_narrowing_by_person_and_place_agrees_with_the_json(page: Page) -> None:
    search(page, "president")
    assert_page_agrees_with_json(page)
    before = shown_total(page)
    for title, kind in (("Personer", "person"), ("Platser", "plats")):
        row = facet(page, title).locator(".value").first
        label = row.locator(".label").inner_text()
        count = int(re.sub(r"\D", "", row.locator(".count").text_content() or ""))
        row.locator(".choose").click()
        expect(page.get_by_role("link", name=f"Ta bort {kind} {label}")).to_be_visible()
        expect(facet(page, title).locator(".chosen .label")).to_have_text(label)
        assert shown_total(page) == count <= before
        assert_page_agrees_with_json(page)
        before = count


def test_a_chip_takes_its_part_away(page: Page) -> None:
    search(page, "president")
    before = shown_total(page)
    facet(page, "Platser").locator(".choose").first.click()
    page.locator(".chip", has_text="plats").click()
    assert shown_total(page) == before
    page.get_by_role("link", name="Ta bort ord president").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nyaste artiklarna")


def test_excluding_a_value(page: Page) -> None:
    search(page, "president")
    before = shown_total(page)
    row = facet(page, "Källor").locator(".value").first
    count = int(re.sub(r"\D", "", row.locator(".count").text_content() or ""))
    row.hover()
    row.locator(".exclude").click()
    assert shown_total(page) == before - count
    facet(page, "Källor").locator(".excluded .choose").click()
    assert shown_total(page) == before


def test_the_timeline_zooms_and_leads_back(page: Page) -> None:
    page.goto("/?interval=year")
    everything, way = shown_total(page), ["Alla år"]
    for shape in (r"\d{4}", r"\w+ \d{4}", r"\d+ \w+ \d{4}"):
        # The fullest bar, so that the next chart has more than one.
        bars = {bar.text_content() or "": bar for bar in page.locator(".bars a").all()}
        names = {name: int(re.sub(r"\D", "", name.partition(":")[2])) for name in bars}
        name = max(names, key=lambda name: names[name])
        bars[name].click()
        label = name.partition(":")[0].strip()
        assert re.fullmatch(shape, label)
        way.append(label)
        expect(page.locator(".crumbs li")).to_have_text(way)
        assert shown_total(page) == names[name] == ask_json(page)["total"]
        if page.locator(".bars").count() == 0:
            break
    page.locator(".crumbs a").first.click()
    assert shown_total(page) == everything


def test_dates_are_typed_in(page: Page) -> None:
    page.goto("/?q=president")
    page.get_by_label("Från").fill("2022")
    page.get_by_label("Till").fill("2022-06")
    page.get_by_label("Till").press("Enter")
    expect(page.locator(".chips")).to_contain_text("januari 2022 – juni 2022")
    assert_page_agrees_with_json(page)


def test_paging_keeps_the_search(page: Page) -> None:
    page.goto("/?q=president+ELLER+regering&size=3")
    first = page.locator(".hit h3").all_inner_texts()
    page.get_by_role("link", name="Nästa").click()
    expect(page.locator(".paging [aria-current]")).to_contain_text("2")
    assert not set(first) & set(page.locator(".hit h3").all_inner_texts())
    page.get_by_role("link", name="Föregående").click()
    assert page.locator(".hit h3").all_inner_texts() == first


def test_an_article_and_the_way_back(page: Page) -> None:
    page.goto("/?q=president&sort=newest")
    address, title = page.url, page.locator(".hit h3").first.inner_text()
    page.locator(".hit h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("link", name="Tillbaka till träffarna").click()
    assert page.url == address
    page.goto("/?persons=Vladimir+Putin")
    page.locator(".hit h3 a").first.click()
    page.locator(".facts .entity.person", has_text="Putin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vladimir Putin")
    expect(page.locator(".facts")).to_contain_text("Aleksandr Lukasjenko")
    page.get_by_role("link", name="Sök bland").click()
    expect(page.locator(".chip")).to_contain_text("Vladimir Putin")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.goto("/")
    focused = page.locator(":focus")
    page.keyboard.press("Tab")
    expect(focused).to_have_text("Hoppa till innehållet")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("president")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_contain_text("president")
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused.locator(".label").count():
            break
    label = focused.locator(".label").inner_text()
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_contain_text(label)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    page.keyboard.press("Tab")
    assert focused.evaluate("e => !!e.closest('main')")


def test_everything_works_without_javascript(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, viewport=NARROW, java_script_enabled=False) as context:
        page = context.new_page()
        search(page, "president")
        before = shown_total(page)
        expect(page.locator(".facet").first).to_be_hidden()
        page.locator(".filters > summary").click()
        facet(page, "Personer").locator(".choose").first.click()
        assert 0 < shown_total(page) < before
        page.locator(".bars a").first.click()
        page.locator(".hit h3 a").first.click()
        expect(page.locator("article .body")).to_be_visible()


def test_the_panel_stays_open_on_a_phone(page: Page) -> None:
    page.set_viewport_size(NARROW)
    page.goto("/?q=president")
    value = facet(page, "Personer").locator(".choose").first
    expect(value).to_be_hidden()
    page.locator(".filters > summary").click()
    value.click()
    expect(page.locator(".chips")).to_contain_text("person")
    expect(value).to_be_visible()
    facet(page, "Platser").locator(".exclude").last.click()
    expect(value).to_be_visible()
    page.get_by_label("Från").fill("2019")
    page.get_by_label("Från").press("Enter")
    expect(page.locator(".chips")).to_contain_text("från 2019")
    expect(value).to_be_visible()
    page.locator(".filters > summary").click()
    expect(value).to_be_hidden()


def test_more_and_fewer_values(page: Page) -> None:
    page.goto("/")
    values = facet(page, "Personer").locator(".value")
    expect(values).to_have_count(10)
    page.get_by_role("link", name="Visa fler personer").click()
    assert 10 < values.count() <= 100
    expect(facet(page, "Platser").locator(".value")).to_have_count(10)
    page.get_by_role("link", name="Visa färre personer").click()
    expect(values).to_have_count(10)


def test_a_mistyped_date_stays_in_its_field(page: Page) -> None:
    page.goto("/?q=president&not.source=Rikstidningen")
    page.get_by_label("Från").fill("19 dec 2022")
    page.get_by_label("Från").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Från: ”19 dec 2022” är inget datum")
    expect(page.get_by_label("Från")).to_have_value("19 dec 2022")
    expect(page.locator(".chips")).to_contain_text("Rikstidningen")
    page.get_by_label("Från").fill("2022")
    page.get_by_label("Från").press("Enter")
    expect(page.locator(".chips")).to_contain_text("från 2022")


def test_filters_stand_open_where_there_is_room(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".filters > summary")).to_be_hidden()
    expect(facet(page, "Personer").locator(".choose").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 1024])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for url in (
        "/",
        "/?q=president&persons=Vladimir+Putin&panel=persons",
        EMPTY,
        BAD_DATE,
        f"/?q={'x' * 900}",
    ):
        page.goto(url)
        if width < 900 and not page.locator(".filters[open]").count():
            page.locator(".filters > summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
    page.goto("/person/Vladimir%20Putin")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("/?q=president")
    page.locator(".hit h3 a").first.click()
    expect(page.locator("article .body")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_both_schemes(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/?q=president")
    article = page.locator(".hit h3 a").first.get_attribute("href") or ""
    for url in (
        "/",
        "/?q=president&persons=Vladimir+Putin&interval=month",
        EMPTY,
        BAD_DATE,
        article,
    ):
        page.goto(url)
        faint = [found for found in page.evaluate(CONTRASTS) if found[0] < 4.5]
        assert faint == []
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(re.findall(r"\d+", background)[0])
    assert (red < 60) == (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_screenshots(page: Page, size: ViewportSize, scheme: Any) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.goto("/?persons=Vladimir+Putin")
    article = page.locator(".hit h3 a").first.get_attribute("href")
    assert article
    shots = {
        "start": "/",
        "search": "/?q=president&places=Ukraina&not.source=Skånsk+Morgon&interval=month",
        "article": article,
        "person": "/person/Vladimir%20Putin",
        "empty": EMPTY,
        "narrowed": "/?q=president&persons=Vladimir+Putin&panel=open",
        "bad-date": BAD_DATE,
    }
    for name, url in shots.items():
        page.goto(url)
        path = SCREENSHOTS / f"{name}-{size['width']}-{scheme}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > 5000
