"""Segments of the index as flat numpy arrays, one file a segment.

In the order in which to read: `arrays.py` is the container, named arrays that are mapped into
memory; `codec.py` is the door through which Whoosh writes and reads segments of it, and knows which
layout a segment has. `whoosh_*.py` are the layout that holds any Whoosh schema: `whoosh_writing.py`
writes it, `whoosh_documents.py`, `whoosh_terms.py` and `whoosh_matcher.py` read it, and
`whoosh_values.py` is what they share.

Nothing here knows what a term means: analysis stands in `index.language`, ranking in `search`.
"""
