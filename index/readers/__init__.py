"""From files to articles, one module a format.

`sources` finds the files under what the user named and hands each to its reader: `text` (plain
text files) or `jsonlines` (`.jsonl`, `.jsonl.gz`); `record` turns a decoded JSON object into an
`Article`. A reader first cuts a file into pieces (`piece`), then reads each; an `ArticleError`
stands in the place of whatever is unusable. It never stops at one and never prints.
"""

from index.readers.piece import Piece
from index.readers.sources import cut_file, find_files, read_articles, read_piece

__all__ = ["Piece", "cut_file", "find_files", "read_articles", "read_piece"]
