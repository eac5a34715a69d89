"""What can go wrong between a question and its results.

SearchError
├── QuerySyntaxError    the query does not parse, with the position
└── RequestError        a parameter has an impossible value
"""


class SearchError(Exception):
    """Base of everything that `search` raises on purpose."""


class QuerySyntaxError(SearchError):
    """The query cannot be read; `message` says why in Swedish, `position` counts from 0."""

    def __init__(self, message: str, position: int) -> None:
        self.message = message
        self.position = position
        super().__init__(message, position)

    def __str__(self) -> str:
        return f"{self.message} (tecken {self.position + 1})"


class RequestError(SearchError):
    """A parameter of a request has a value that cannot be."""

    def __init__(self, parameter: str, reason: str) -> None:
        self.parameter = parameter
        self.reason = reason
        super().__init__(parameter, reason)

    def __str__(self) -> str:
        return f"{self.parameter}: {self.reason}"
