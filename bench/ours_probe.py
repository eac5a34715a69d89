"""Opens an index of ours in a fresh process and says what that takes; JSON on standard output.

    .venv/bin/python -P bench/ours_probe.py INDEX QUERIES.tsv

Run by the project's own Python with everything imported that a worker of the web server imports;
the one file of the bench that imports the product.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

from search.engines.warm_up import warm_up
from search.request import SearchRequest
from search.searcher import open_searcher
from web.app import create_app
from web.batch import FACETS, read_queries


def main(location: str, queries: Path) -> None:
    """Time opening and the first query, then ask all with facets and look at the memory."""
    requests = [
        SearchRequest(q=query, facets=FACETS, timeline=False, snippets=False)
        for _, query in read_queries(queries)
    ]
    warm_up()  # as `nyhetssok serve` does before it forks: this is part of importing
    began = perf_counter()
    searcher = open_searcher(location)
    searcher.search(requests[0])
    first = perf_counter()
    create_app(searcher)
    for request in requests:
        searcher.search(request)
    report = {"open_first_ms": (first - began) * 1000, "rss_anon_mb": _anonymous_megabytes()}
    sys.stdout.write(json.dumps(report))


def _anonymous_megabytes() -> float | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    sizes = [line.split()[1] for line in status.open() if line.startswith("RssAnon:")]
    return int(sizes[0]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
