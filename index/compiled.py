"""Compiled loops: numba's `njit` with the types kept, and whether numba is there at all.

A module of kernels has a twin without numba beside it; whoever calls the kernels asks HAS_NUMBA
and takes the twin where it is False.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

_njit: Any
try:
    from numba import njit as _njit
except ImportError:  # no wheel for this Python or this processor, or a numpy too new for it
    _njit = None

HAS_NUMBA: Final = _njit is not None
"""Whether `compiled` compiles; if not, a kernel would run, but slower than its twin."""

_F = TypeVar("_F", bound=Callable[..., Any])


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
