"""The engines that Nyhetssök is measured beside, one file each.

`base.py` is the protocol: index a corpus, open the index, answer a query with or without facets.
`worker.py` is the process that one engine runs in and the clock it is timed by. `tokens.py` is the
analysis for the engines that bring none for Swedish. Lucene runs in Java and keeps the same clock
in `LuceneDriver.java`; `lucene.py` compiles and starts it.

Every peer stores the ids and titles of articles and no more, drops stop words, has Swedish stems,
one field of text, BM25, and a field a facet. What was chosen for one beyond its defaults stands in
its docstring. These files import nothing of the bench but `corpus`, `queries` and `results`.
"""
