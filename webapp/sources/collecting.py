"""Collects Problems of several sources, so that all are told at once. Owns no source."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from webapp.errors import Problem, SourceError

Part = TypeVar("Part")


class Collector:
    """Reads one source after another, keeping every Problem, so that a fault in one hides none in the next."""

    def __init__(self) -> None:
        """Begin without a Problem."""
        self.problems: list[Problem] = []

    def read(self, read: Callable[[], Part]) -> Part | None:
        """Read a source; return nothing when it is faulty."""
        try:
            return read()
        except SourceError as fault:
            self.problems += fault.problems
        except OSError as fault:  # what `sources.files` did not foresee still becomes words, without a path of ours
            hint = "Check the files, their permissions, and the disk."
            name = Path(str(fault.filename)).name if fault.filename else "."
            self.problems.append(Problem("file.unreadable", name, f"cannot be read: {fault.strerror}", hint))
        return None
