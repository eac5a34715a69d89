"""From files to articles, one module a format.

`sources` finds the files under what the user named and hands each to its reader: `text` (plain
text files) or `jsonlines` (`.jsonl`, `.jsonl.gz`); `record` turns a decoded JSON object into an
`Article`. A reader yields articles and, in between, an `ArticleError` for each that is unusable; it
never stops at one and never prints.
"""

from index.readers.sources import find_files, read_articles

__all__ = ["find_files", "read_articles"]
