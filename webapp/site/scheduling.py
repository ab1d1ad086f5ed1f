"""How a worker shares its time among requests. Owns settings of its process, and what they were measured to bring."""

import gc
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

TURN = 0.001
"""Longest time, in seconds, that a thread which renders keeps a kept page waiting; Python's own is five times that."""

TASKS = Path("/proc/self/task")

BEHIND = 3
"""How much nicer (nice(2)) a thread is that renders. Ten would let another busy worker of the same core keep it from
going on, and with it all that wait for Python's lock."""

LOOK = 0.2
"""Seconds between two looks at what the threads do."""
FULL, SLACK = 0.8, 0.5
"""Parts of one core: from the former on a worker is full, below the latter no more."""
ASIDE = 0.05
"""Part of one core that threads may use which do not serve, without the others having to cut them short."""


def share_worker() -> "Turns | None":
    """Set this process up to serve: short turns of rendering, and threads that are told how to take them.

    Returns what tells them, begun; None where the system has no such thing.
    """
    sys.setswitchinterval(TURN)
    if not hasattr(os, "SCHED_BATCH") or not (TASKS / str(threading.get_native_id()) / "schedstat").exists():
        return None
    turns = Turns()
    turns.start()
    return turns


def step_behind() -> None:
    """Let the calling thread, which renders, come after those that send kept pages."""
    with suppress(OSError):  # Linux gives each thread a priority of its own; elsewhere this is the process's
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + BEHIND)


def is_better_batch(used: float, aside: float, *, is_batch: bool) -> bool:
    """Say whether threads should not be cut short. `used` and `aside` are parts of one core: what all threads of the
    worker use, and those that do not serve; `is_batch` is how it was up to now."""
    return used >= (SLACK if is_batch else FULL) and aside <= ASIDE


class Turns(threading.Thread):
    """Says whether a thread that wakes up may cut another one short. Usually it may: who sends a kept page need not
    wait until another thread, or another program on the core, has used up its time.

    A worker that is full and does nothing but send kept pages is better off with Linux's SCHED_BATCH (sched(7)), under
    which none is cut short: the thread that takes a request and the one that sends its answer then change over once for
    many requests instead of for each. docs/performance.md has the figures.
    """

    def __init__(self) -> None:
        super().__init__(name="turns", daemon=True)
        self.is_batch = False
        self._stop_looking = threading.Event()
        self._seen = (time.monotonic(), time.process_time(), _sum_aside())

    def close(self) -> None:
        """Stop looking."""
        self._stop_looking.set()

    def run(self) -> None:
        """Look now and then."""
        while not self._stop_looking.wait(LOOK):
            self.look()

    def look(self) -> None:
        """Hold what the threads used since the last look against the limits."""
        now = (time.monotonic(), time.process_time(), _sum_aside())
        elapsed, used, aside = (after - before for after, before in zip(now, self._seen, strict=True))
        self._seen = now
        self.set(batch=is_better_batch(used / elapsed, aside / elapsed, is_batch=self.is_batch))

    def set(self, *, batch: bool) -> None:
        """Set the policy of every thread. One that is forbidden it, or has just ended, stays as it is."""
        if batch == self.is_batch:
            return
        self.is_batch = batch
        for task in TASKS.iterdir():
            with suppress(OSError):
                os.sched_setscheduler(int(task.name), os.SCHED_BATCH if batch else os.SCHED_OTHER, os.sched_param(0))


def _sum_aside() -> float:
    """Return the seconds of processor time of the threads that Python began: all but those that serve."""
    return sum(map(_read_time, [it for it in threading.enumerate() if not it.name.startswith("Dummy-")]))


def _read_time(thread: threading.Thread) -> float:
    try:
        return int((TASKS / str(thread.native_id) / "schedstat").read_text("ascii").split()[0]) / 1e9
    except (OSError, ValueError):  # it has just ended
        return 0.0


def end_start() -> None:
    """Take what the start has made out of every later search for garbage; it lives as long as the worker.

    A flood of headers that are all different has Python search through everything now and then: with the program and
    the edition in it that stopped all readers for 55 ms, without them for 0.3 ms. An edition that is replaced is freed
    all the same: nothing in it refers back to itself, and its renderer, which does, is made later.
    """
    gc.collect()
    gc.freeze()
