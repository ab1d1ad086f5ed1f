"""Where requests wait that no kept page answers: a few threads, and a bound on how many wait for them.

Owns who may come in and how many are worked on at once; never what is made.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from webapp.site.outgoing import Answer
from webapp.site.scheduling import step_behind


class Lane:
    """Threads that render, and how many requests are in them or wait for them. Any thread may enter and leave."""

    def __init__(self, name: str, threads: int, most: int) -> None:
        """Let `most` requests in at once, `threads` of which are worked on."""
        self.pool = ThreadPoolExecutor(threads, f"render-{name}", step_behind)
        self._threads = threads
        self._most = most
        self._inside = 0
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Say whether somebody waits."""
        return self._inside > self._threads

    def work(self, make: Callable[..., Answer], *given: Any) -> Answer:
        """Make an answer: together with another while nobody waits for them, else one at a time.

        Python runs one thread at a time anyhow, and has those wait that send kept pages while others change over.
        """
        if not self.is_busy:
            return make(*given)
        with self._turn:
            return make(*given)

    def enter(self) -> bool:
        """Take a place, to be left again. False: there is none."""
        with self._lock:
            if self._inside >= self._most:
                return False
            self._inside += 1
            return True

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._inside -= 1
