"""From text to terms: the one chain that serves indexing and searching alike.

Read in this order: `tokens` (where words begin and end, how they are written), `names` (genitives),
`stems`, `stopwords`, and `analysis`, which puts them together. The data files in `data/` say where
they come from. What the chain did when an index was written is stamped into it as
`analysis_version()`, because terms of another chain do not meet. `bulk` finds in a thousand
articles at a time what `analysis` finds in one; `splitting` and `plain_splitting` are its loops.
"""

from index.language.analysis import (
    AnalysedToken,
    Kind,
    Term,
    analyse,
    analysis_version,
    base_forms,
    part_span,
)

__all__ = [
    "AnalysedToken",
    "Kind",
    "Term",
    "analyse",
    "analysis_version",
    "base_forms",
    "part_span",
]
