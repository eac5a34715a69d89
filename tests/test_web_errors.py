from typing import cast
from urllib.parse import quote_from_bytes

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article
from index.errors import IndexMismatch
from search.engines.memory import MemoryEngine
from search.searcher import Searcher
from web.app import create_app
from web.security import HEADERS

CLIENT = create_app(
    Searcher(MemoryEngine([Article(id="x", title="Regn i Lund", body="Det regnar.")]))
).test_client()

NAMES = ("q", "persons", "not.places", "from", "to", "sort", "page", "size", "interval", "x")
VALUES = st.one_of(
    st.text().map(lambda text: quote_from_bytes(text.encode("utf-8", "surrogatepass"))),
    st.binary().map(quote_from_bytes),
    st.sampled_from(["2022", "0", "-1", "1" * 5000, "%", "%0", "%00", "%FF", '"', "(((", "*"]),
    st.lists(st.sampled_from(['"', "(", ")", "OCH", "INTE", "-", "*", "titel:", "a"])).map(
        "+".join
    ),
)
QUERIES = st.one_of(
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=12).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
    ),
    st.binary(max_size=200).map(lambda data: data.decode("latin-1")),
)


class BrokenSearcher:
    """Raises what it is given, whatever is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, _: str) -> object:
        raise self.error


def broken(error: Exception) -> FlaskClient:
    return create_app(cast(Searcher, BrokenSearcher(error))).test_client()


@given(QUERIES, st.sampled_from(["/", "/api/v1/search", "/artikel/x"]))
def test_no_query_string_breaks_anything(query: str, path: str) -> None:
    answer = CLIENT.get(path, environ_overrides={"QUERY_STRING": query})
    assert answer.status_code in {200, 400, 414}
    if answer.status_code != 200 and path.startswith("/api"):
        assert answer.content_type == "application/problem+json"


@given(st.text(min_size=1))
def test_no_path_breaks_anything(text: str) -> None:
    path = quote_from_bytes(text.encode("utf-8", "surrogatepass"))
    for prefix in ("/", "/artikel/", "/api/v1/articles/", "/static/"):
        # With a base, what begins with // is a path and not a host.
        answer = CLIENT.get(prefix + path, base_url="http://localhost")
        assert answer.status_code in {200, 301, 308, 400, 404}


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("page=0", 400, "page"),
        ("from=2022-13", 400, "from"),
        ("q=%FF", 400, "adressen"),
        ("q=a%00", 400, "q"),
        ("&".join(["persons=x"] * 800), 400, "adressen"),
        ("&".join(["persons=x"] * 5000), 414, "adressen"),
        ("q=" + "x" * 100_000, 414, "adressen"),
    ],
)
def test_bad_parameters_are_answered_clearly(query: str, status: int, parameter: str) -> None:
    answer = CLIENT.get("/api/v1/search?" + query)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem
    assert (problem["status"], problem["parameter"]) == (status, parameter)
    assert {"type", "title", "detail", "reason"} <= set(problem)
    assert CLIENT.get("/?" + query).status_code == status


def test_a_refused_search_keeps_its_words() -> None:
    page = CLIENT.get("/?q=regn&from=2022-13").text
    assert 'value="regn"' in page
    assert "Från: ”2022-13” är inget datum" in page


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/finns/inte", 404),
        ("GET", "/artikel/finns-inte", 404),
        ("GET", "/artikel/", 404),
        ("POST", "/", 405),
        ("GET", "/static/finns-inte.css", 404),
    ],
)
def test_errors_are_swedish_pages(method: str, url: str, status: int) -> None:
    answer = CLIENT.open(url, method=method)
    assert answer.status_code == status
    assert f"Fel {status}" in answer.text
    assert 'role="search"' in answer.text


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/api/v1/articles/finns-inte", 404),
        ("GET", "/api/finns-inte", 404),
        ("POST", "/api/v1/search", 405),
    ],
)
def test_errors_below_api_are_problems(method: str, url: str, status: int) -> None:
    answer = CLIENT.open(url, method=method)
    assert answer.content_type == "application/problem+json"
    assert answer.json
    assert answer.json["status"] == answer.status_code == status


def test_what_is_allowed_is_told() -> None:
    assert set(CLIENT.post("/").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("url", ["/", "/artikel/x", "/api/v1/search", "/healthz"])
def test_an_unusable_index_is_no_fault_of_the_reader(url: str) -> None:
    answer = broken(IndexMismatch("/srv/hemlig")).get(url)
    assert answer.status_code == 503
    assert "hemlig" not in answer.text


@pytest.mark.parametrize("url", ["/", "/api/v1/search"])
def test_a_bug_is_logged_and_not_shown(url: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = broken(ZeroDivisionError("hemlig")).get(url)
    assert answer.status_code == 500
    assert "hemlig" not in answer.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "url", ["/", "/?page=0", "/finns-inte", "/api/v1/search", "/static/style.css", "/healthz"]
)
def test_every_answer_is_guarded(url: str) -> None:
    answer = CLIENT.get(url)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    answer.close()
