"""From a question to results: the path of a query.

Read in this order: `request` (what is asked), `parser` and `tree` (the query language), `searcher`
(`Searcher.search`, the only door), `plan` (query words as index terms), `engines` (matching,
ranking, counting), `rereading` and `recency` (the best in another order), `identities` (which names
are one, with `corrections`), `snippets` (what to show of a hit) and `results` (what comes back).
`errors` holds the family of what can go wrong.

The package never imports `web`, knows no HTTP and writes no HTML.
"""
