"""Keeps a site up whose workers crash: each is started anew, however often, only not in a busy loop.

granian stops the whole server when the same worker ends twice within 5.5 seconds. For a newsroom that would make one
page that kills its worker, or one machine short of memory, an outage for every reader.
"""

import time
from collections import deque
from collections.abc import Callable

WINDOW = 60.0
"""How far back crashes count, in seconds."""
FREE = 20
"""So many crashes in that time are answered at once; each further one waits."""
PAUSE = 1.0
"""How long it waits, in seconds."""


class Restarts(dict[int, float]):
    """Stands in for granian's memory of when it started each worker anew: always says "long ago".

    granian asks it once for each worker that ended, before it starts another.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        """Take a clock and a way to wait, which tests hold."""
        super().__init__()
        self._now, self._sleep = now, sleep
        self._ended: deque[float] = deque()

    def get(self, _worker: int, _default: float | None = None) -> float:  # type: ignore[override]  # one use, one shape
        """Answer, after a pause when many workers ended of late."""
        moment = self._now()
        while self._ended and self._ended[0] < moment - WINDOW:
            self._ended.popleft()
        self._ended.append(moment)
        if len(self._ended) > FREE:
            self._sleep(PAUSE)
        return -WINDOW
