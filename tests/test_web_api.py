import re
import subprocess
import sys
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.articles import FACET_FIELDS, Article
from index.dates import PartialDate
from search.engines.memory import MemoryEngine
from search.request import SearchRequest
from search.searcher import Searcher
from web.app import create_app
from web.envelope import search_envelope
from web.links import Links

ARTICLES = tuple(
    Article(
        id=f"{n}",
        title=f"{weather} i {place}",
        body=f"{person} talar om {weather.lower()}.",
        published=PartialDate.parse(date),
        source="Sydposten" if n % 2 else "Nordposten",
        section="väder",
        persons=(person,),
        places=(place,),
        organisations=(),
    )
    for n, (weather, place, person, date) in enumerate(
        product(
            ("Regn", "Snö"),
            ("Lund", "Malmö", "Åre"),
            ("Anna Ek", "Bo & <Ek>"),
            ("2021-12-30", "2022"),
        )
    )
)
SEARCHER = Searcher(MemoryEngine(ARTICLES))


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(SEARCHER).test_client()


def fetch(client: FlaskClient, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    return answer.json


def test_the_envelope_of_a_search(client: FlaskClient) -> None:
    found = fetch(client, "/api/v1/search?q=regn&places=Lund&size=3&interval=year&okänd=1")
    assert list(found) == [
        *(
            "query",
            "total",
            "total_all_words",
            "relaxed",
            "spelled",
            "problem",
            "page",
            "size",
            "hits",
        ),
        *("facets", "timeline", "links", "took_ms", "engine_ms"),
    ]
    assert (found["total"], found["page"], found["size"]) == (4, 1, 3)
    assert (found["relaxed"], found["problem"]) == (False, None)
    assert tuple(found["facets"]) == FACET_FIELDS
    assert found["facets"]["places"][0] == {
        "value": "lund",
        "label": "Lund",
        "count": 4,
        "selected": True,
        "excluded": False,
    }
    assert found["timeline"] == {
        "interval": "year",
        "buckets": [{"key": "2021", "count": 2}, {"key": "2022", "count": 2}],
        "outside": 0,
    }
    assert found["links"] == {
        "self": "/api/v1/search?q=regn&places=lund&interval=year&size=3",
        "next": "/api/v1/search?q=regn&places=lund&interval=year&page=2&size=3",
        "prev": None,
        "first": "/api/v1/search?q=regn&places=lund&interval=year&size=3",
        "last": "/api/v1/search?q=regn&places=lund&interval=year&page=2&size=3",
        "page": "/?q=regn&places=lund&interval=year&size=3",
    }


def test_a_hit_of_a_search(client: FlaskClient) -> None:
    (hit,) = fetch(client, "/api/v1/search?q=snö&places=Åre&persons=Anna+Ek&to=2021")["hits"]
    assert hit["score"] > 0
    assert hit["snippet"]["text"][slice(*hit["snippet"]["spans"][0])].lower() == "snö"
    assert hit["title"][slice(*hit["title_spans"][0])] == "Snö"
    assert {name: hit[name] for name in hit if name not in ("score", "snippet", "id")} == {
        "title": "Snö i Åre",
        "lead": None,
        "published": "2021-12-30",
        "updated": None,
        "source": "Nordposten",
        "section": "väder",
        "authors": [],
        "url": None,
        "language": "sv",
        "persons": ["Anna Ek"],
        "places": ["Åre"],
        "organisations": [],
        "title_spans": [[0, 3]],
        "title_reasons": ["form"],
        "matched_because": [{"word": "snö", "reasons": ["form"]}],
        "links": {
            "self": f"/api/v1/articles/{hit['id']}",
            "page": f"/artikel/{hit['id']}",
        },
    }


def test_an_article(client: FlaskClient) -> None:
    article = fetch(client, "/api/v1/articles/0")
    assert article["title"] == "Regn i Lund"
    assert article["body"] == "Anna Ek talar om regn."
    assert article["story"] is None
    mention = {"start": 0, "end": 7, "text": "Anna Ek", "kind": "person", "name": "Anna Ek"}
    assert mention in article["mentions"]["body"]


def test_following_next_finds_every_article_once(client: FlaskClient) -> None:
    seen, url = [], "/api/v1/search?size=5"
    while url:
        found = fetch(client, url)
        assert found["links"]["self"] == url
        seen += [hit["id"] for hit in found["hits"]]
        url = found["links"]["next"]
    assert sorted(seen) == sorted(article.id for article in ARTICLES)


def test_no_hits_asked_for(client: FlaskClient) -> None:
    found = fetch(client, "/api/v1/search?size=0")
    assert (found["total"], found["hits"], found["links"]["last"]) == (len(ARTICLES), [], None)
    assert client.get("/?size=0").status_code == 200


def test_health(client: FlaskClient) -> None:
    assert fetch(client, "/healthz") == {"status": "ok", "articles": 24, "generation": 0}


def test_the_envelope_needs_no_web_server() -> None:
    code = "import sys, web.envelope; sys.exit('flask' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], check=True)
    found = search_envelope(SEARCHER.search(SearchRequest(q="regn")), Links())
    assert found["total"] == 12
    assert found["links"]["self"] == "/api/v1/search?q=regn"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=regn",
        "q=regn&places=Lund&places=Malmö",
        "q=regn&not.places=Lund",
        "q=snö&persons=Bo+%26+<Ek>&from=2022&to=2022",
        "q=regn+snö",
        "places=Ystad",
    ],
)
def test_the_page_agrees_with_the_json(client: FlaskClient, query: str) -> None:
    found, page = fetch(client, f"/api/v1/search?{query}"), client.get(f"/?{query}").text
    count = re.search(r"(\d+)\xa0artik\w+ på ", page)
    assert count
    assert int(count[1]) == found["total"]
    rows = re.findall(
        r'<bdi class="label">(.*?)</bdi>[^<]*(?:<span class="unseen">[^<]*</span>\s*)?'
        r'<span class="count">(\d+)<',
        page,
    )
    assert [(unescape(label), int(number)) for label, number in rows] == [
        (value["label"], value["count"])
        for values in found["facets"].values()
        for value in values
        if not value["excluded"]
    ]


def test_a_facet_counts_what_choosing_it_lists(client: FlaskClient) -> None:
    before = fetch(client, "/api/v1/search?q=regn&places=Lund")
    for name, values in before["facets"].items():
        for value in values:
            if not value["selected"] and name != "places":
                chosen = {"q": "regn", "places": "Lund", name: value["value"]}
                after = client.get("/api/v1/search", query_string=chosen).json
                assert after
                assert after["total"] == value["count"]
