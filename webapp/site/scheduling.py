"""How a worker shares its time among requests. Owns settings of its process, and what they were measured to bring."""

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path

TURN = 0.001
"""Longest time, in seconds, that a thread which renders keeps a kept page waiting; Python's own is five times that."""

TASKS = Path("/proc/self/task")


def share_worker() -> None:
    """Set this process up to serve: short turns of rendering, and no thread interrupted by another that wakes up.

    The latter is Linux's SCHED_BATCH (sched(7)). Without it each request is cut short by the thread that sends the
    answer before, and much of the time goes into changing over: docs/performance.md has the figure. Threads that start
    later inherit it. Where there is no such thing, or it is forbidden, all stays as it was.
    """
    sys.setswitchinterval(TURN)
    if not hasattr(os, "SCHED_BATCH"):
        return
    for thread in TASKS.iterdir():
        with suppress(OSError):
            os.sched_setscheduler(int(thread.name), os.SCHED_BATCH, os.sched_param(0))


def end_start() -> None:
    """Take what the start has made out of every later search for garbage; it lives as long as the worker.

    A flood of headers that are all different has Python search through everything now and then: with the program and
    the edition in it that stopped all readers for 55 ms, without them for 0.3 ms. An edition that is replaced is freed
    all the same: nothing in it refers back to itself, and its renderer, which does, is made later.
    """
    gc.collect()
    gc.freeze()
