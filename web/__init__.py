"""From a URL to a page, JSON or an error: how people and programs reach the search.

Read in this order: `app` (the routes, and nothing else), `params` (a query string becomes a
`SearchRequest` and back), `links` (the addresses of what changes one thing in a request), `api`
with `envelope` (results as JSON, the same for the command line) and `pages` with what it shows:
`chips` (what narrows the search), `timeline` (the bars), `passages` (texts with marks and links)
and `swedish` (numbers, dates and names of things). `errors` alone turns errors into statuses,
`security` sets the headers. `cli` is the command line, with `terminal` (results as text), `batch`
(a file of queries) and `serve` (gunicorn).

Every state stands in the URL and nothing needs JavaScript; no page loads anything from elsewhere.
Page and JSON never touch an engine or an index: `Searcher` is their only door.
"""
