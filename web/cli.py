"""The command line: `nyhetssok index|search|info|check|delete|evaluate|serve|analyze|…`.

Exit codes: 0 all is well; 1 done, but some articles were skipped; 2 the command was wrong, or a
file or address cannot be used; 3 the index is missing, locked, damaged or of another version; 70 a
fault of the program; 130 interrupted.
"""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from signal import SIGINT, pthread_kill
from threading import Timer, main_thread
from time import monotonic
from typing import Any, Final

import click
import orjson

from index.articles import FACET_FIELDS
from index.errors import ArticleError, DateError, SourceError, StoreError
from search.errors import SearchError

SKIPPED: Final = 1
USAGE: Final = 2
NO_INDEX: Final = 3
FAULT: Final = 70
INTERRUPTED: Final = 130

_index_option: Final = click.option(
    "--index",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    envvar="NYHETSSOK_INDEX",
    show_envvar=True,
    help="Folder of the index.",
)
_json_option: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nyhetssok")
def cli() -> None:
    """Search Swedish news articles."""


@cli.command("index")
@_index_option
@_json_option
@click.option("--rebuild", is_flag=True, help="Make the index anew if another version wrote it.")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to use."
)
@click.argument("sources", type=click.Path(path_type=Path), nargs=-1, required=True)
def index_command(
    path: Path, as_json: bool, rebuild: bool, workers: int, sources: tuple[Path, ...]
) -> None:
    """Index the articles of SOURCES: text files, .jsonl, .jsonl.gz, or folders of them.

    What is in the index already and has not changed is left alone. Articles that cannot be used are
    named on standard error and skipped; then the exit code is 1.
    """
    from index.indexer import index_sources

    is_new = not path.exists()
    began = monotonic()
    progress = _Progress(began)
    report = index_sources(
        path,
        sources,
        rebuild=rebuild,
        workers=workers,
        on_error=progress.error,
        on_progress=progress.show,
    )
    progress.clear()
    seconds = monotonic() - began
    counts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": report.skipped,
    }
    if as_json:
        merging = round(report.merge_seconds, 2)
        _print_json(counts | {"seconds": round(seconds, 2), "merge_seconds": merging})
    else:
        numbers = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"{path}: {numbers} in {seconds:.1f} s")
    if is_new:
        from search.engines.warm_up import warm_up

        warm_up()  # the first search of an index should not be the slow one
    if report.skipped:
        sys.exit(SKIPPED)


def _facet_options(command: Callable[..., None]) -> Callable[..., None]:
    for name in reversed(FACET_FIELDS):
        option = click.option(
            f"--{name}", multiple=True, metavar="VALUE", help=f"Only these {name}."
        )
        command = option(command)
    return command


@cli.command("search")
@_index_option
@_json_option
@click.option("--size", type=click.IntRange(0), default=10, show_default=True, help="Hits.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--sort", type=click.Choice(["relevance", "mixed", "newest", "oldest"]))
@click.option("--from", "first", metavar="DATE", help="Published then or later.")
@click.option("--to", "last", metavar="DATE", help="Published then or earlier.")
@click.option("--queries", type=click.Path(path_type=Path), help="TSV file: qid<TAB>query.")
@click.option("--run", type=click.Path(path_type=Path), help="TREC run to write for --queries.")
@click.option("--timings", type=click.Path(path_type=Path), help="JSON Lines of times to write.")
@click.option("--rounds", type=click.IntRange(1), default=5, help="Searches that --timings takes.")
@click.option("--facets", is_flag=True, help="Count five facets for each of --queries.")
@_facet_options
@click.argument("query", nargs=-1)
def search_command(
    path: Path,
    as_json: bool,
    size: int,
    page: int,
    sort: Any,
    first: str | None,
    last: str | None,
    queries: Path | None,
    run: Path | None,
    timings: Path | None,
    rounds: int,
    facets: bool,
    query: tuple[str, ...],
    **chosen: tuple[str, ...],
) -> None:
    """Search for QUERY, or for each line of a file with --queries."""
    from index.dates import PartialDate
    from search.request import DateFilter, SearchRequest, Selection
    from search.searcher import open_searcher

    searcher = open_searcher(str(path))
    if queries is not None:
        from web.batch import run_queries

        if query or run is None:
            raise click.UsageError("--queries needs --run and takes no QUERY")
        run_queries(
            searcher, queries, run, size=size, facets=facets, timings=timings, rounds=rounds
        )
        return
    if run or timings or facets:
        raise click.UsageError("--run, --timings and --facets go with --queries")
    request = SearchRequest(
        q=_clean(" ".join(query)),
        selections={n: Selection(frozenset(values)) for n, values in chosen.items() if values},
        dates=DateFilter.asked(
            PartialDate.parse(first) if first else None, PartialDate.parse(last) if last else None
        ),
        sort=sort,
        page=page,
        size=size,
    )
    results = searcher.search(request)
    if as_json:
        from web.envelope import search_envelope
        from web.links import Links

        _print_json(search_envelope(results, Links()))
    else:
        from web.terminal import print_results

        print_results(results)


@cli.command("info")
@_index_option
@_json_option
def info_command(path: Path, as_json: bool) -> None:
    """Show what an index holds."""
    from search.searcher import open_searcher

    info = open_searcher(str(path)).info()
    fields = {
        "location": info.location,
        "articles": info.articles,
        "generation": info.generation,
        "segments": info.segments,
        "deleted": info.deleted,
        "first": info.first and info.first.text,
        "last": info.last and info.last.text,
        "size_bytes": info.size_bytes,
        "stored_bytes": info.stored_bytes,
        "versions": info.versions,
        "sources": {value.value: value.count for value in info.sources},
    }
    if as_json:
        _print_json(fields)
        return
    for name, value in fields.items():
        shown = (
            ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        click.echo(f"{name:14}{'–' if shown is None else shown}")


@cli.command("check")
@_index_option
def check_command(path: Path) -> None:
    """Read the whole index and compare its checksums; exit code 3 when something is damaged."""
    from index.store import Store

    wrong = Store(path).check()
    for line in wrong:
        click.echo(line)
    if wrong:
        _fail("the index is damaged: index its sources again with --rebuild", NO_INDEX)
    click.echo(f"{path}: all is well")


@cli.command("delete")
@_index_option
@click.option("--purge", is_flag=True, help="Leave nothing of any deleted article on the disk.")
@click.argument("ids", nargs=-1)
def delete_command(path: Path, purge: bool, ids: tuple[str, ...]) -> None:
    """Take the articles with these IDS out of the index.

    Without --purge they are no longer found, but their text stays in the files until those are
    rewritten. --purge rewrites at once; alone, it does so for what was deleted or replaced before.
    Ids that are not in the index are named; then the exit code is 1.
    """
    from index.store import Store

    if not ids and not purge:
        raise click.UsageError("name the ids of articles, or --purge")
    with Store(path).writer() as writer:
        missing = [one for one in dict.fromkeys(ids) if not writer.delete(_clean(one))]
        writer.commit(purge=purge)
    for one in missing:
        click.echo(f"skipped: no article has the id {one!r}", err=True)
    click.echo(f"{path}: {len(set(ids)) - len(missing)} deleted")
    if missing:
        sys.exit(SKIPPED)


@cli.command("evaluate")
@_index_option
@_json_option
@click.option(
    "--queries", type=click.Path(path_type=Path), required=True, help="TSV file: qid<TAB>query."
)
@click.option(
    "--qrels", type=click.Path(path_type=Path), required=True, help="Judgements: qid 0 docid grade."
)
def evaluate_command(path: Path, as_json: bool, queries: Path, qrels: Path) -> None:
    """Measure how well an index answers judged queries, with 95 % confidence intervals."""
    from search.searcher import open_searcher
    from web.batch import read_queries
    from web.evaluation import evaluate, rank, read_judgements

    judgements = read_judgements(qrels)
    searcher = open_searcher(str(path))
    measures = evaluate(rank(searcher, read_queries(queries)), judgements)
    wanted = dict.fromkeys(i for of in judgements.values() for i, grade in of.items() if grade > 0)
    if missing := [article_id for article_id in wanted if searcher.article(article_id) is None]:
        told = f"{len(missing)} of {len(wanted)} articles that should be found are not in the index"
        click.echo(f"warning: {qrels}: {told}: {missing[0]!r}", err=True)
    if as_json:
        _print_json({name: {"mean": mean, "low": a, "high": b} for name, mean, a, b in measures})
        return
    for name, mean, low, high in measures:
        click.echo(f"{name:12}{mean:.4f}  [{low:.4f}, {high:.4f}]")


@cli.command("variants")
def variants_command() -> None:
    """Print the variants of names that searches use, to be edited.

    Save them to a file and name it in NYHETSSOK_VARIANTS; `none` there switches them off.
    """
    from search.variants import shipped_variants

    click.echo(shipped_variants(), nl=False)


@cli.command("corrections")
@click.option(
    "--index",
    "path",
    type=click.Path(path_type=Path),
    envvar="NYHETSSOK_INDEX",
    show_envvar=True,
    help="Folder of an index: say how many of its articles each name meets.",
)
@_json_option
@click.argument("file", type=click.Path(path_type=Path), required=False)
def corrections_command(path: Path | None, as_json: bool, file: Path | None) -> None:
    """Check FILE, corrections of persons, places and organisations; without it, explain them.

    Name the file in NYHETSSOK_CORRECTIONS, and what opens an index after that follows it. Each name
    is counted as if the other lines were not there.
    """
    from search.corrections import explained_corrections, read_file
    from search.identities import Identities
    from search.variants import variants
    from web.corrections import count_articles

    if file is None:
        click.echo(explained_corrections(), nl=False)
        return
    text = read_file(file)
    Identities(variants(), (text, str(file)))
    for counted in count_articles(text, path):
        if as_json:
            _print_json(counted._asdict(), pretty=False)
            continue
        words = f" | {', '.join(counted.words)}" if counted.words else ""
        number = "" if counted.articles is None else f": {counted.articles} articles"
        click.echo(
            f"{file}:{counted.line}: {counted.kind} {counted.name}{words} "
            f"→ {counted.becomes or 'none at all'}{number}"
        )


@cli.command("serve")
@_index_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True)
def serve_command(path: Path, host: str, port: int, workers: int) -> None:
    """Serve the page and the JSON endpoint."""
    from search.searcher import open_searcher
    from web.serve import serve

    serve(open_searcher(str(path)), host, port, workers)


@cli.command("analyze")
@_json_option
@click.argument("text")
def analyze_command(as_json: bool, text: str) -> None:
    """Show the words of TEXT, the terms they are found by, and names that are searched for too.

    Places are looked for beside other words, where few articles have all of these.
    """
    from index.language import analyse
    from search.wording import units

    tokens = list(analyse(_clean(text)))
    names: list[dict[str, list[dict[str, Any]]]] = [{"variants": [], "places": []} for _ in tokens]
    at = 0
    for unit in units([token.text for token in tokens], {}):
        names[at] = {
            key: [{"name": " ".join(other.name), "weight": other.weight} for other in others]
            for key, others in (("variants", unit.variants), ("places", unit.places))
        }
        at += len(unit.words)
    if as_json:
        terms = [[term._asdict() for term in token.terms] for token in tokens]
        rows = zip(tokens, terms, names, strict=True)
        _print_json([token._asdict() | {"terms": of} | others for token, of, others in rows])
        return
    for token, others in zip(tokens, names, strict=True):
        found = [f"{term.kind}:{term.term}" for term in token.terms]
        found += [f"variant:{other['name']}" for other in others["variants"]]
        found += [f"place:{other['name']}" for other in others["places"]]
        click.echo(f"{token.position:>4}  {token.text:24}{'  '.join(found)}")


@cli.command("entities")
@_json_option
@click.option("--lines", is_flag=True, help="Every line is a text of its own.")
@click.option("--why", is_flag=True, help="Show what speaks most for each kind.")
@click.argument("file", type=click.File("rb"))
def entities_command(as_json: bool, lines: bool, why: bool, file: Any) -> None:
    """Show the persons, places and organisations in FILE (- for standard input)."""
    from index.entities import load_recogniser
    from index.entities.explaining import Explained
    from index.readers.text import decode

    try:
        text = decode(file.read())
    except ValueError as error:
        raise click.UsageError(f"{file.name}: {error}") from error
    recogniser = load_recogniser()
    texts = [text]
    if lines:
        texts = text.removesuffix("\n").split("\n") if text else []
    for one in texts:
        if why:
            explained = recogniser.explain(one)
        else:
            (mentions,) = recogniser.recognise([one])
            explained = [Explained(mention, ()) for mention in mentions]
        if as_json:
            found = [
                mention._asdict()
                | ({"why": [reason._asdict() for reason in reasons]} if why else {})
                for mention, reasons in explained
            ]
            _print_json(found, pretty=not lines)
            continue
        for mention, reasons in explained:
            place = f"{mention.start}–{mention.end}"
            name = mention.name or "(not said who)"
            click.echo(f"{place:12}{mention.kind:14}{mention.text}  →  {name}")
            for reason in reasons:
                click.echo(f"{'':12}{reason.weight:+6.2f}  {reason.feature}")


def main() -> None:
    """Run the command line; every error becomes a message and an exit code."""
    sys.unraisablehook = _interrupt_again
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.Abort:
        _fail("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (SourceError, SearchError, DateError, OSError) as error:
        _fail(str(error), USAGE)
    except StoreError as error:
        _fail(str(error), NO_INDEX)
    except Exception:
        # Not 1, which is what the interpreter would say: that means skipped articles.
        traceback.print_exc()
        sys.exit(FAULT)


def _interrupt_again(lost: "sys.UnraisableHookArgs") -> None:
    """Send a Ctrl-C again that came where nobody can catch it, as in LLVM while it loads a loop."""
    if isinstance(lost.exc_value, KeyboardInterrupt):
        # To the main thread itself: only so does it leave a system call that waits.
        again = Timer(0.1, pthread_kill, (main_thread().ident, SIGINT))
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(lost)


class _Progress:
    """Counts on a terminal's last line; in a pipe only the errors are printed."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._shown = began
        self._is_live = sys.stderr.isatty()

    def show(self, report: Any) -> None:
        now = monotonic()
        if self._is_live and now - self._shown > 0.2:
            self._shown = now
            rate = report.seen / (now - self._began)
            click.echo(f"\r\033[K{report.seen} articles, {rate:.0f} a second", nl=False, err=True)

    def error(self, error: ArticleError) -> None:
        self.clear()
        click.echo(f"skipped: {error}", err=True)

    def clear(self) -> None:
        if self._is_live:
            click.echo("\r\033[K", nl=False, err=True)


def _print_json(value: object, *, pretty: bool = True) -> None:
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if pretty else 0)
    sys.stdout.buffer.write(orjson.dumps(value, option=option))
    sys.stdout.flush()


def _clean(argument: str) -> str:
    """Put a replacement character for bytes of an argument that are no UTF-8."""
    return argument.encode(errors="surrogateescape").decode(errors="replace")


def _fail(message: str, code: int) -> None:
    click.echo(f"nyhetssok: {message}", err=True)
    sys.exit(code)
