"""What the doctor found, as values: a stable code, how much it weighs, what is wrong, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Weight(IntEnum):
    """How much a finding weighs; the heaviest one is the exit code."""

    NOTE = 0
    WARNING = 1
    FAULT = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in words for whoever can mend it. `code` is stable, for monitoring."""

    code: str
    weight: Weight
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole examination. `unseen` says in words what could not be looked at; `requests` were sent."""

    url: str
    findings: tuple[Finding, ...]
    unseen: tuple[str, ...]
    requests: int

    @property
    def exit_code(self) -> int:
        """0: fine. 1: warnings. 2: faults."""
        return max((finding.weight.value for finding in self.findings), default=0)


def sort_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Sort the heaviest first, and keep one of those that say the same."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: -finding.weight))
