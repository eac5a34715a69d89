"""Segments of the index as flat numpy arrays, one file a segment.

In the order in which to read: `arrays.py` is the container, named arrays that are mapped into
memory. `segment.py` is a segment of articles as it is read, with `codes.py`, `strings.py`,
`stored.py` and `positions.py` for its parts; `builder.py` writes one, with `words.py` and
`postings.py`; `merge.py` makes one of several. `kernels.py` holds the compiled loops of both and
`plain.py` their twins in numpy. `toc.py` is the table of contents, which makes segments an index.

`codec.py` is the door through which Whoosh reads all this, and through which it can write segments
of any schema. `whoosh_articles.py` shows it a segment of articles; the other `whoosh_*.py` are the
layout for any schema.

Nothing here knows how a hit is ranked: that stands in `search`.
"""
