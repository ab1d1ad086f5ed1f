"""Shows how far long work has come: bars with the remaining time on a terminal, plain lines anywhere else.

Owns standard error while it is open. Standard output stays free for results.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as Remaining

from webapp.territories.progress import Step, Tell

WHOLE = "all"
EVERY_SECONDS = 10.0
"""Between two lines on how far the whole has come, where there is no terminal: a log is read later, not watched."""


@contextmanager
def show_progress(weights: Mapping[str, float]) -> Iterator[Tell]:
    """What the work calls with each Step. `weights` tell how long the tasks take, compared with one another."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console, weights).tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), Remaining())
    with Progress(*columns, console=console) as progress:
        yield _Bars(progress, weights).tell


class _Whole:
    """How far all tasks together have come, from 0 to 1."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = dict(weights)
        self._done: dict[str, float] = {}

    def take(self, step: Step) -> float:
        self._weights.setdefault(step.task, 0.0)
        self._done[step.task] = min(1.0, step.done / step.total) if step.total else 0.0
        total = sum(self._weights.values()) or 1.0
        return sum(self._weights[task] * share for task, share in self._done.items()) / total


class _Bars:
    def __init__(self, progress: Progress, weights: Mapping[str, float]) -> None:
        self._progress = progress
        self._whole = _Whole(weights)
        self._bar = progress.add_task(WHOLE, total=1.0)
        self._bars: dict[str, TaskID] = {}

    def tell(self, step: Step) -> None:
        if step.task not in self._bars:
            self._bars[step.task] = self._progress.add_task(step.task, total=None)
        self._progress.update(self._bars[step.task], completed=step.done, total=step.total or None)
        self._progress.update(self._bar, completed=self._whole.take(step))


class _Lines:
    def __init__(self, console: Console, weights: Mapping[str, float]) -> None:
        self._console = console
        self._whole = _Whole(weights)
        self._begun = self._spoke = monotonic()
        self._since: dict[str, float] = {}

    def tell(self, step: Step) -> None:
        now = monotonic()
        begun = self._since.setdefault(step.task, now)
        share = self._whole.take(step)
        if step.is_over and begun >= 0:
            self._since[step.task] = -1.0  # told: a task may report its end twice
            self._say(f"{step.task}: done in {now - begun:.0f} s", now)
        elif now - self._spoke >= EVERY_SECONDS and 0 < share < 1:
            left = (now - self._begun) * (1 - share) / share
            self._say(f"{share:.0%}, about {left:.0f} s left", now)

    def _say(self, words: str, now: float) -> None:
        self._spoke = now
        self._console.print(words, highlight=False, markup=False, soft_wrap=True)
