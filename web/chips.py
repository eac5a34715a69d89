"""What narrows a search, piece by piece, each with the search that does without it."""

import re
from dataclasses import dataclass, replace
from typing import Final

from index.articles import FACET_FIELDS
from search.parser import QUOTES
from search.request import DateFilter, SearchRequest, Selection
from search.results import FacetValue
from web.links import choose, exclude, with_dates, with_words
from web.swedish import FACET_NAMES, period

MAX_WORD_CHIPS: Final = 12
"""Words that have a chip each; of a pasted text the whole is one."""

_WORD: Final = re.compile(rf"(?:[{QUOTES}][^{QUOTES}]*[{QUOTES}]|\S)+")
# Where these stand, what is left when one word goes may mean something else.
_JOINED: Final = re.compile(r"(?:^|\s)(?:OCH|AND|ELLER|OR|INTE|NOT|NÄRA|NEAR)\b|[()]")


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing asked for: its kind in Swedish, its label, and the request without it."""

    kind: str
    label: str
    request: SearchRequest
    is_excluded: bool = False


def list_chips(
    request: SearchRequest, facets: dict[str, tuple[FacetValue, ...]]
) -> tuple[Chip, ...]:
    """List the words, values, exclusions and dates of a request, in that order."""
    chips = [Chip("ord", word, with_words(request, rest)) for word, rest in _words(request.q)]
    for name in FACET_FIELDS:
        labels = {value.value: value.label for value in facets.get(name, ())}
        chosen, kind = request.selections.get(name, Selection()), FACET_NAMES[name]
        chips += [
            Chip(kind, labels.get(value, value), choose(request, name, value))
            for value in sorted(chosen.include)
        ]
        chips += [
            Chip(kind, labels.get(value, value), exclude(request, name, value), is_excluded=True)
            for value in sorted(chosen.exclude)
        ]
    if request.dates:
        label = period(request.dates.first, request.dates.last)
        chips.append(Chip("tid", label, with_dates(request, DateFilter())))
    return tuple(chips)


def clear(request: SearchRequest) -> SearchRequest:
    """Ask for everything, in the size and order of before."""
    return replace(SearchRequest(), sort=request.sort, size=request.size)


def _words(query: str) -> list[tuple[str, str]]:
    words = _WORD.findall(query)
    if _JOINED.search(query) or len(words) > MAX_WORD_CHIPS:
        words = [query]
    return [(word, " ".join(words[:i] + words[i + 1 :])) for i, word in enumerate(words)]
