"""Runs what is measured, one process at a time, and leaves none behind."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
"""The folder of the project; everything runs there."""

_GRACE: Final = 5.0
"""Seconds from asking a process to end to ending it."""


class CommandFailed(Exception):
    """A process ended badly; the message is the last line that it wrote."""


def run(command: Sequence[str], log: Path, *, pin: int | None = None) -> bytes:
    """Run a command and return its standard output; the rest goes to `log`.

    With `pin` the process and its children stay on that core. Whatever interrupts the wait, Ctrl-C
    included, ends the process and its children first. Raises CommandFailed.
    """
    with log.open("ab") as errors, _on_core(pin):
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    try:
        output, _ = process.communicate()
    except BaseException:
        _end(process)
        raise
    if process.returncode != 0:
        raise CommandFailed(f"{_last_line(log)} (exit code {process.returncode}, see {log})")
    return output


def end_on_signals() -> None:
    """Let SIGTERM and SIGHUP do what Ctrl-C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


@contextmanager
def _on_core(pin: int | None) -> Iterator[None]:
    """Start what is started within on one core: children inherit it."""
    if pin is None:
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {pin})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(_GRACE)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if line), "nothing was written")
