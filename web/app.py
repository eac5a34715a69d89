"""The application: which address is answered by what."""

from functools import partial

from flask import Flask
from werkzeug.routing import PathConverter

from search.request import SearchRequest
from search.searcher import Searcher
from web import errors, pages, passages, swedish
from web.api import Api
from web.links import (
    API_ARTICLE_PATH,
    API_SEARCH_PATH,
    ARTICLE_PATH,
    ENTITY_PATHS,
    SEARCH_PATH,
    panel_pairs,
    read_id,
)
from web.pages import Pages
from web.security import add_headers


class IdConverter(PathConverter):
    """An article's id, whatever it holds: Werkzeug's own path may not begin with a slash."""

    regex = r"[\s\S]+?"
    part_isolating = False

    def to_python(self, value: str) -> str:
        """Read the id from the path."""
        return read_id(value)


def create_app(searcher: Searcher) -> Flask:
    """Make the application that answers from one searcher."""
    app = Flask("web")
    app.url_map.merge_slashes = False  # an id may hold two in a row
    app.url_map.converters["id"] = IdConverter

    page, api = Pages(searcher), Api(searcher)
    app.add_url_rule(SEARCH_PATH, "search", page.search)
    app.add_url_rule(f"{ARTICLE_PATH}<id:article_id>", "article", page.article)
    for facet, path in ENTITY_PATHS.items():
        show = partial(page.entity, facet)
        app.add_url_rule(f"{path}<id:name>", facet, show)
    app.add_url_rule(API_SEARCH_PATH, "api_search", api.search)
    app.add_url_rule(f"{API_ARTICLE_PATH}<id:article_id>", "api_article", api.article)
    app.add_url_rule("/healthz", "health", api.health)

    app.after_request(add_headers)
    errors.register(app)

    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        number=swedish.number,
        articles=swedish.articles,
        relaxed=swedish.relaxed,
        day=swedish.day,
        moment=swedish.moment,
        machine_date=swedish.machine_date,
        mark=passages.mark,
        heading=pages.heading,
        hidden_pairs=pages.hidden_pairs,
    )
    app.jinja_env.globals.update(
        facet_titles=swedish.FACET_TITLES,
        facet_names=swedish.FACET_NAMES,
        reasons=swedish.REASONS,
        sort_titles=swedish.SORT_TITLES,
        interval_titles=swedish.INTERVAL_TITLES,
        parameter_titles=swedish.PARAMETER_TITLES,
        start_titles=swedish.START_TITLES,
        panel_pairs=panel_pairs,
        SearchRequest=SearchRequest,
    )
    return app
