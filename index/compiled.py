"""Compiled loops: numba's `njit` with the types kept, and whether numba is there at all.

A module of kernels has a twin without numba beside it; whoever calls the kernels asks HAS_NUMBA
and takes the twin where it is False.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

_njit: Any
try:
    from numba import njit as _njit
except ImportError:  # no wheel for this Python or this processor, or a numpy too new for it
    _njit = None

HAS_NUMBA: Final = _njit is not None
"""Whether `compiled` compiles; if not, a kernel would run, but slower than its twin."""

_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T")


def compiled(function: _F) -> _F:
    """Compile a function at its first call, without the GIL, and keep the machine code on disk.

    Where no folder can be written, the code is compiled anew in each process. Without numba the
    function is returned as it is.
    """
    if not HAS_NUMBA:
        return function
    try:
        kernel: _F = _njit(cache=True, nogil=True)(function)
    except RuntimeError:  # "cannot cache function": neither beside the source nor for the user
        kernel = _njit(nogil=True)(function)
    return kernel


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_beside(kernel: Callable[[], _T], work: Callable[[], bool]) -> _T:
    """Run a kernel in a thread and work meanwhile: it needs no GIL, so that both go on at once.

    `work` does a little of what is to be done in Python, and says whether there is more. When the
    kernel ends before that, the rest is left. On a single processor, where each would only take the
    cache from the other, no work is done.
    """
    if _processors() == 1:
        return kernel()
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(kernel)
        while not running.done() and work():
            pass
        return running.result()
