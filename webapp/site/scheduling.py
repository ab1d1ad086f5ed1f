"""How the threads of a worker take turns. Owns two settings of the process, and what they were measured to be worth."""

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
