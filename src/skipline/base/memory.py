"""Asks the C library to hold on to less memory than it likes to. Where it is not glibc, nothing happens.

glibc gives each thread a heap of its own, and keeps what was freed in case it is wanted again. That pays for programs
that allocate in many threads at once; ours does so in one, and what start-up needed is not wanted again.
"""

import ctypes

_M_ARENA_MAX = -8  # malloc.h
_HEAPS = 2


def limit_heaps() -> None:
    """Let all threads share two heaps. To be called before there are threads."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _HEAPS)


def return_memory() -> None:
    """Give memory that is free back to the system; takes some milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
