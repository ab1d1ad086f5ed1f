"""How the C library hands out memory to the processes of `webapp serve`. Owns that setting, and nothing of Python's.

glibc gives threads that ask at once a heap each (mallopt(3), M_ARENA_MAX), and what is freed in one serves no other: a
worker that kept as many pages as ever grew by a third. Python's threads ask one at a time, so one heap is enough.
"""

import ctypes

_ARENA_MAX = -8
"""M_ARENA_MAX in glibc's malloc.h."""


def use_one_heap() -> bool:
    """Let all threads of this process and of its copies use one heap. False where the C library knows no such thing."""
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, 1))
    except (AttributeError, OSError, TypeError):  # no glibc: musl or macOS has no mallopt, Windows no such handle
        return False


def give_back() -> bool:
    """Give memory that is free inside the heap back to the machine, as malloc_trim(3). False where that cannot be."""
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (AttributeError, OSError, TypeError):
        return False
