"""What finds, ranks and counts: one protocol, several engines.

`base` defines the protocol; `local` answers from an index on disk, `memory` by brute force from
articles in memory, which is the reference that the tests hold the others to.

A query on disk passes `program` (the tree as steps over numbered slots) and `local`, which asks the
loops who fits and who is best in the arrays of all segments (`segment_search`), counts facets
(`facet_table`: the values of all segments under one numbering; `shown_values`: which of them are
one) and takes a second look at the best. The loops stand in `kernels`, compiled, and again in
`plain`, without numba; `arrays` says on what they work.
"""
