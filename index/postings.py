"""An article as terms at positions: what is indexed of its texts."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from index.articles import Article
from index.language import Term, analyse

FIELD_WEIGHTS: Final = (3.0, 1.5, 1.0)
"""What a word counts in title, lead and body: the usual ratio for news.

nDCG@10 of first sentences of press releases, asked of title and the rest, and of the own suite with
1 and 1, 2 and 1.5, 3 and 1.5, 4 and 1.5, 7 and 1.5, by `python -m bench.plateaus`: .502 .509 .512
.513 .516 and .941 .945 .946 .946 .946. Leads of 1 and 2 give the suite .942 and .947.
"""

FIELD_GAP: Final = 100
"""Positions left free between two fields, so that no phrase runs from one into the next."""


class Occurrence(NamedTuple):
    """A word of an article: where it stands, the weight of its field, its terms."""

    position: int
    weight: float
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class ArticleTerms:
    """All words of an article, in order.

    Positions begin at 0 in the title, `title_length + FIELD_GAP` in the lead, and as far again
    behind it in the body. `length` counts the words that are no stop words, which is the length
    that ranking knows.
    """

    occurrences: tuple[Occurrence, ...]
    length: int
    title_length: int
    lead_length: int

    @property
    def lead_start(self) -> int:
        """Position of the first word of the lead."""
        return self.title_length + FIELD_GAP

    @property
    def body_start(self) -> int:
        """Position of the first word of the body."""
        return self.lead_start + self.lead_length + FIELD_GAP


def article_terms(article: Article) -> ArticleTerms:
    """Analyse title, lead and body into one row of positions."""
    occurrences: list[Occurrence] = []
    lengths: list[int] = []
    start = 0
    for text, weight in zip(article.texts, FIELD_WEIGHTS, strict=True):
        before = len(occurrences)
        occurrences += [
            Occurrence(start + token.position, weight, token.terms)
            for token in analyse(text, article.language)
        ]
        lengths.append(len(occurrences) - before)
        start += lengths[-1] + FIELD_GAP
    length = sum(word.terms[-1].kind != "form" for word in occurrences)
    return ArticleTerms(tuple(occurrences), length, lengths[0], lengths[1])


def group_postings(
    occurrences: tuple[Occurrence, ...],
) -> tuple[dict[str, tuple[float, list[int]]], dict[str, tuple[float, list[int]]]]:
    """Gather the occurrences by term: (stems and parts, written forms).

    A posting is the sum of field weight times term weight over the places where the term stands,
    and those positions in ascending order.
    """
    stems: dict[str, tuple[float, list[int]]] = {}
    forms: dict[str, tuple[float, list[int]]] = {}
    for position, field_weight, terms in occurrences:
        for term, weight, kind in terms:
            postings = forms if kind == "form" else stems
            sofar, positions = postings.get(term) or (0.0, [])
            positions.append(position)
            postings[term] = (sofar + field_weight * weight, positions)
    return stems, forms
