"""The headers that keep a page from loading or running anything that is not ours."""

from typing import Final

from flask import Response

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # An address holds what somebody searched for: a newspaper followed from a hit must not see it.
    "Referrer-Policy": "same-origin",
}


def add_headers(response: Response) -> Response:
    """Set the headers on every answer, errors and files too."""
    response.headers.update(HEADERS)
    return response
