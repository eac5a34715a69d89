"""The JSON answers, for programs."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import NotFound

from search.searcher import Searcher
from web.envelope import article_envelope, search_envelope
from web.links import Links
from web.params import read_request


class Api:
    """Views over one searcher; bad parameters raise RequestError, unknown articles NotFound."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def search(self) -> Response:
        """Answer a search as its envelope."""
        results = self._searcher.search(read_request(request.query_string))
        return _json(search_envelope(results, Links(request.script_root)))

    def article(self, article_id: str) -> Response:
        """Answer one whole article."""
        page = self._searcher.article(article_id)
        if page is None:
            raise NotFound
        return _json(article_envelope(page, Links(request.script_root)))

    def health(self) -> Response:
        """Answer that the index can be read, and how much it holds."""
        info = self._searcher.info()
        facts = {"status": "ok", "articles": info.articles, "generation": info.generation}
        return _json(facts, {"Cache-Control": "no-store"})


def _json(value: object, headers: Mapping[str, Any] | None = None) -> Response:
    return Response(orjson.dumps(value), headers=headers, content_type="application/json")
