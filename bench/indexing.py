"""How much longer indexing takes with the whole Swedish chain than with stems alone.

    python -m bench.indexing [--rounds 3] FILES...

Both index the same files in turn, in processes of their own, one first in one round and the other
in the next; what is told is the median of the rounds' ratios. Stems alone means that a word leads
to what the stemmer makes of it, and to nothing else.
"""

import multiprocessing
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import click

from index.columnar import words
from index.errors import ArticleError
from index.indexer import index_sources
from index.language import bulk
from index.language.analysis import TokenTerms
from index.language.data import read_words
from index.language.stems import stem

_STOP_WORDS: Final = read_words("stopwords.txt")


def _stem_alone(forms: tuple[str, ...], is_swedish: bool) -> TokenTerms:  # noqa: ARG001
    return TokenTerms() if forms[0] in _STOP_WORDS else TokenTerms((stem(forms[0]),))


def _seconds(files: tuple[Path, ...], has_chain: bool) -> float:
    if not has_chain:
        for module in (words, bulk):
            vars(module)["token_terms"] = _stem_alone
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        index_sources(Path(folder) / "index", files, on_error=_fail)
        return time.perf_counter() - began


def _fail(error: ArticleError) -> None:
    raise error


@click.command(context_settings={"max_content_width": 100})
@click.option("--rounds", default=3, show_default=True, help="How often both index the files.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(files: tuple[Path, ...], rounds: int) -> None:
    """Index FILES with the whole chain and with stems alone, and compare."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds):
        for has_chain in (False, True) if number % 2 else (True, False):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                taken[has_chain].append(pool.apply(_seconds, (files, has_chain)))
    ratio = median(chain / alone for alone, chain in zip(taken[False], taken[True], strict=True))
    alone, chain = median(taken[False]), median(taken[True])
    click.echo(f"stems alone {alone:.2f} s, the chain {chain:.2f} s: {ratio - 1:+.0%}")


if __name__ == "__main__":
    main()
