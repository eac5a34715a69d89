"""From files to an index: the path of an article.

Read in this order: `articles` (what an article is) and `dates` (how exactly it is dated),
`readers` (files to articles), `language` (text to terms with positions), `entities` (persons,
places, organisations), `schema` (the fields as Whoosh sees them), `store` (writing and opening an
index) and `indexer` (all of it in one run). `errors` holds the family of what can go wrong.

The package never imports `search` or `web`, knows no queries and prints nothing.
"""
