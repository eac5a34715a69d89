"""Results as JSON values: what the API answers and the command line prints."""

from collections.abc import Container
from typing import Any

from index.articles import ENTITY_FIELDS, Article
from index.entities import Mention
from search.results import ArticlePage, Hit, SearchResults, Timeline
from web.links import Links, last_page, with_page

Json = dict[str, Any]


def search_envelope(results: SearchResults, links: Links) -> Json:
    """Describe results as the JSON object that the API documents; what is missing is None.

    Spans are [start, end] in code points. Times are milliseconds.
    """
    problem, request = results.problem, results.request
    return {
        "query": results.query,
        "total": results.total,
        "total_all_words": results.total_all_words,
        "relaxed": results.relaxed,
        "spelled": results.spelled,
        "problem": problem and {"message": problem.message, "position": problem.position},
        "page": request.page,
        "size": request.size,
        "hits": [_hit(hit, links) for hit in results.hits],
        "facets": {
            name: [
                {
                    "value": value.value,
                    "label": value.label,
                    "count": value.count,
                    "selected": value.selected,
                    "excluded": value.excluded,
                }
                for value in values
            ]
            for name, values in results.facets.items()
        },
        "timeline": results.timeline and _timeline(results.timeline),
        "links": _page_links(results, links),
        "took_ms": round(results.took_ms, 3),
        "engine_ms": round(results.engine_ms, 3),
    }


def article_envelope(page: ArticlePage, links: Links) -> Json:
    """Describe a whole article with its mentions in title, lead and body."""
    article = page.article
    return {
        **_article(article),
        "body": article.body or None,
        "story": article.story or None,
        "mentions": {
            name: [_mention(mention) for mention in mentions]
            for name, mentions in zip(("title", "lead", "body"), page.mentions, strict=False)
        },
        "links": _article_links(article, links),
    }


def _hit(hit: Hit, links: Links) -> Json:
    title, snippet = hit.title, hit.snippet
    return {
        **_article(hit.article),
        "score": hit.score,
        "snippet": snippet
        and {"text": snippet.text, "spans": snippet.spans, "reasons": snippet.reasons},
        "title_spans": title and title.spans,
        "title_reasons": title and title.reasons,
        "matched_because": hit.matched and [word._asdict() for word in hit.matched],
        "links": _article_links(hit.article, links),
    }


def _article(article: Article) -> Json:
    return {
        "id": article.id,
        "title": article.title or None,
        "lead": article.lead or None,
        "published": article.published and article.published.text,
        "updated": article.updated and article.updated.text,
        "source": article.source or None,
        "section": article.section or None,
        "authors": article.authors,
        "url": article.url or None,
        "language": article.language or None,
        **{name: article.facet_values(name) for name in ENTITY_FIELDS},
    }


def _mention(mention: Mention) -> Json:
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "kind": mention.kind,
        "name": mention.name,
    }


def _timeline(timeline: Timeline) -> Json:
    return {
        "interval": timeline.interval,
        "buckets": [{"key": b.key, "count": b.count} for b in timeline.buckets],
        "outside": timeline.outside,
    }


def _article_links(article: Article, links: Links) -> Json:
    return {"self": links.api_article(article.id), "page": links.article(article.id)}


def _page_links(results: SearchResults, links: Links) -> Json:
    request, last = results.request, last_page(results)

    def address(page: int, pages: Container[int]) -> str | None:
        return links.api_search(with_page(request, page)) if page in pages else None

    return {
        "self": links.api_search(request),
        "next": address(request.page + 1, range(1, last + 1)),
        "prev": address(request.page - 1, range(1, last + 1)),
        "first": links.api_search(with_page(request, 1)),
        "last": address(last, range(1, last + 1)),
        "page": links.search(request),
    }
