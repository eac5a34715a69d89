"""Results as text for a terminal."""

import click

from search.results import Highlight, SearchResults
from web import swedish

FACETS_SHOWN = 5


def print_results(results: SearchResults) -> None:
    """Print hits with marked matches, then the most frequent facet values."""
    if results.problem:
        click.echo(f"Sökt som vanliga ord: {results.problem.message}.", err=True)
    for typed, found in results.spelled.items():
        click.echo(f"Visar även {', '.join(found)} för {typed}.", err=True)
    if results.relaxed and results.total:
        click.echo(_plain(swedish.relaxed(results.total_all_words, results.words)), err=True)
    click.echo(_plain(swedish.articles(results.total)))
    for number, hit in enumerate(results.hits, start=results.request.offset + 1):
        article = hit.article
        facts = (article.published, article.source, article.section, article.id)
        title = _marked(hit.title) if hit.title else ""
        click.echo(f"\n{number:>3}. {title or click.style('(utan rubrik)', dim=True)}")
        click.echo("     " + " · ".join(str(fact) for fact in facts if fact))
        if hit.snippet:
            click.echo("     " + " ".join(_marked(hit.snippet).split()))
    for name, values in results.facets.items():
        if values:
            shown = ", ".join(f"{value.label} {value.count}" for value in values[:FACETS_SHOWN])
            click.echo(f"\n{name}: {shown}" if name == "persons" else f"{name}: {shown}")


def _plain(text: str) -> str:
    return text.replace("\xa0", " ")


def _marked(text: Highlight) -> str:
    pieces, at = [], 0
    for start, end in text.spans:
        pieces += [text.text[at:start], click.style(text.text[start:end], bold=True, fg="yellow")]
        at = end
    return "".join((*pieces, text.text[at:]))
