"""Spares Python's search for garbage where much is made and next to nothing of it is garbage. Owns that switch."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Search for no garbage meanwhile: it looks through all that there is, again and again as that grows."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
