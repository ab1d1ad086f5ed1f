"""Shares the reading of sources out among processes, and brings their progress home. Owns processes; reads nothing."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from typing import Generic, TypeVar

from webapp.errors import Problem, SourceError
from webapp.territories.progress import Step, Tell
from webapp.territories.reading import Input

WORTH_A_PROCESS = 20_000_000
"""Bytes of input below which one process is quicker."""

Result = TypeVar("Result")
Extra = TypeVar("Extra")
Work = Callable[[Input, Extra, Tell], Result]
"""A function of a module, which a process of its own can import."""

_wire: list["SimpleQueue[Step | None]"] = []
"""In a worker: where its steps go."""


def share_out(
    work: Work[Extra, Result], task: str, inputs: Sequence[Input], extra: Extra, tell: Tell
) -> Iterator[Result | tuple[Problem, ...]]:
    """What `work` makes of each file, or the file's Problems; in order. Raises SourceError when a worker dies.

    Told as the task "`task` FILE" for each.
    """
    jobs = [_Job(work, f"{task} {given.path.name}", given, extra) for given in inputs]
    if sum(given.path.stat().st_size for given in inputs) < WORTH_A_PROCESS or len(inputs) < 2:
        yield from (job.run(tell) for job in jobs)
        return
    context = get_context("spawn")
    queue: SimpleQueue[Step | None] = context.SimpleQueue()
    listener = threading.Thread(target=_pass_on, args=(queue, tell), daemon=True)
    listener.start()
    try:
        workers = min(len(inputs), os.cpu_count() or 1)
        with ProcessPoolExecutor(workers, context, _wire_up, (queue,)) as pool:
            yield from pool.map(_run_wired, jobs)
    except BrokenProcessPool:
        hint = "Nothing was changed. Most likely memory ran out: free some, or give fewer sources."
        names = ", ".join(given.path.name for given in inputs)
        raise SourceError([Problem("territories.worker", names, "a process that read them died", hint)]) from None
    finally:
        queue.put(None)
        listener.join()


@dataclass(frozen=True, slots=True)
class _Job(Generic[Extra, Result]):
    work: Work[Extra, Result]
    task: str
    given: Input
    extra: Extra

    def run(self, tell: Tell) -> Result | tuple[Problem, ...]:
        tell(Step(self.task))
        try:
            result = self.work(self.given, self.extra, lambda step: tell(Step(self.task, step.done, step.total)))
        except SourceError as fault:
            return fault.problems  # as a value, which crosses between processes
        finally:
            tell(Step(self.task, 1, 1))
        return result


def _run_wired(job: _Job[Extra, Result]) -> Result | tuple[Problem, ...]:
    return job.run(_wire[0].put)


def _wire_up(queue: "SimpleQueue[Step | None]") -> None:
    _wire.append(queue)


def _pass_on(queue: "SimpleQueue[Step | None]", tell: Tell) -> None:
    while (step := queue.get()) is not None:
        tell(step)
