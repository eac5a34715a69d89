"""What finds, ranks and counts: one protocol, several engines.

`base` defines the protocol; `local` answers from an index on disk, `memory` by brute force from
articles in memory, which is the reference that the tests hold the others to.
"""
