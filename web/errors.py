"""Errors as statuses: a page in Swedish, or problem details (RFC 9457) below /api/."""

from http import HTTPStatus
from typing import Any, Final

import orjson
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from index.errors import StoreError
from search.errors import RequestError
from search.request import SearchRequest
from web.links import Links
from web.params import QueryTooLong, read_words
from web.swedish import PARAMETER_TITLES

PROBLEM_TYPE: Final = "application/problem+json"

_TITLES: Final = {
    400: "Sökningen gick inte att förstå",
    404: "Sidan finns inte",
    405: "Sidan går bara att läsa",
    414: "Adressen är för lång",
    500: "Något gick fel hos oss",
    503: "Arkivet går inte att nå just nu",
}
_DETAILS: Final = {
    404: "Artikeln eller sidan finns inte, eller så har den tagits bort ur arkivet.",
    405: "Adressen tar bara emot GET.",
    500: "Felet är antecknat. Försök igen om en stund.",
    503: "Indexet kan inte läsas. Försök igen om en stund.",
}


def register(app: Flask) -> None:
    """Let every error of the application be answered here."""
    app.register_error_handler(RequestError, answer_request_error)
    app.register_error_handler(StoreError, answer_store_error)
    app.register_error_handler(HTTPException, answer_http_error)


def answer_request_error(error: RequestError) -> Response:
    """Answer a parameter that cannot be: 414 for a query string too long, 400 otherwise."""
    status = 414 if isinstance(error, QueryTooLong) else 400
    facts = {"parameter": error.parameter, "reason": error.reason}
    name = PARAMETER_TITLES.get(error.parameter, error.parameter)
    return _answer(status, str(error) if _is_for_programs() else f"{name}: {error.reason}.", facts)


def answer_store_error(_: StoreError) -> Response:
    """Answer that the index cannot be used; why is for the log of whoever runs it."""
    return answer_http_error(ServiceUnavailable())


def answer_http_error(error: HTTPException) -> Response:
    """Answer what Flask and Werkzeug raise, keeping headers such as Allow."""
    status = error.code or 500
    answer = _answer(status, _DETAILS.get(status, ""), {})
    for name, value in error.get_headers(request.environ):
        answer.headers.setdefault(name, value)
    return answer


def _answer(status: int, detail: str, facts: dict[str, Any]) -> Response:
    if _is_for_programs():
        phrase = HTTPStatus(status).phrase
        problem = {"type": "about:blank", "title": phrase, "status": status, "detail": detail}
        return Response(orjson.dumps(problem | facts), status, content_type=PROBLEM_TYPE)
    page = render_template(
        "error.html",
        title=_TITLES.get(status, "Det gick inte"),
        detail=detail,
        status=status,
        asked=SearchRequest(q=read_words(request.query_string)),
        links=Links(request.script_root),
    )
    return Response(page, status)


def _is_for_programs() -> bool:
    return request.path.startswith("/api/") or request.path == "/healthz"
