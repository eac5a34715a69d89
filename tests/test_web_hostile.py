"""Ten thousand random and hostile queries on an index on disk: a result or a clear answer."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.searcher import open_searcher
from tests.conftest import an_article, fill_store
from web.app import create_app

pieces = st.sampled_from(
    ["krig", "Putins", '"', "”", "(", ")", "OCH", "ELLER", "INTE", "-", "*", "kr*", "a*", " ", "  ",
     "titel:", "person:", "plats:", "datum:", "2022-13", "2022..", "..", ":", "10 000", "och", "är",
     "\\", "\n", "\u202e", "\ufeff", "\u00ad", "😀", "a\u0301", "%", "&", "<script>", "'; --",
     "x" * 90]
)  # fmt: skip
queries = st.one_of(
    st.text(max_size=80),
    st.lists(pieces, max_size=15).map("".join),
    st.lists(pieces, max_size=15).map(" ".join),
    st.tuples(pieces, st.integers(1, 400)).map(lambda repeated: repeated[0] * repeated[1]),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    path = tmp_path_factory.mktemp("hostile")
    return open_client(path)


def open_client(path: Path) -> FlaskClient:
    texts = (
        "Kriget är här, Putins krig.",
        "10 000 kronor och en räv.",
        "<script>alert(1)</script>",
    )
    fill_store(path, [an_article(str(n), text, "2022-03-01") for n, text in enumerate(texts)])
    return create_app(open_searcher(str(path))).test_client()


@settings(max_examples=10_000, suppress_health_check=[HealthCheck.too_slow])
@given(queries)
def test_ten_thousand_queries(client: FlaskClient, query: str) -> None:
    answer = client.get("/api/v1/search", query_string={"q": query.encode("utf-8", "replace")})
    if answer.status_code == 200:
        found = answer.json
        assert found is not None
        assert found["total"] >= len(found["hits"])
        assert found["problem"] is None or found["problem"]["message"]
    else:
        assert answer.status_code in {400, 414}
        assert answer.content_type == "application/problem+json"
        assert answer.json is not None
        assert answer.json["parameter"] in {"q", "adressen"}
