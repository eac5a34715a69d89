"""Gunicorn, started from our own command."""

import socket
import sys
from typing import Any, Final

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from index.entities.lexicon import load_lexicon
from search.engines.warm_up import warm_up
from search.searcher import Searcher
from web.app import create_app

THREADS: Final = 4
"""Requests that a worker answers at once; they share its caches."""


def serve(searcher: Searcher, host: str, port: int, workers: int) -> None:
    """Serve until interrupted. Raises OSError when the address cannot be had."""
    _check_free(host, port)
    # Done before the workers fork, so that they share the pages of the index, loops and lists.
    warm_up()
    load_lexicon()
    searcher.info()
    _Server(create_app(searcher), host, port, workers).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings and no configuration file."""

    def __init__(self, app: Flask, host: str, port: int, workers: int) -> None:
        self._app = app
        self._settings: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "preload_app": True,
            "loglevel": "warning",
            "when_ready": lambda _server: _announce(host, port),
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _announce(host: str, port: int) -> None:
    click.echo(f"Nyhetssök: http://{host}:{port}/  (Ctrl-C stops it)")
    sys.stdout.flush()


def _check_free(host: str, port: int) -> None:
    """Fail at once on a taken port, where gunicorn would try for seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise OSError(
                f"{host}:{port}: {reason}; choose another with --port (make: PORT=)"
            ) from error
