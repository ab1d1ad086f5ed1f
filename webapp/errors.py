"""What can go wrong, as values: `Problem` for a fault in the sources, the `WebappError` tree for the rest.

This module imports nothing of ours, and holds no rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a Problem weighs.

    An error keeps an Edition from being served. A fault must be mended too, but takes only a part out of the
    Edition, which has something to put in its place: a word, a catalog, a legal text. A warning is worth a look.
    """

    ERROR = "error"
    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in the sources, written so that the person who made it can mend it.

    `code` is stable and dotted ("config.unknown-key"); `path` is relative to the site's root;
    `line` counts from 1; `key` is the dotted path of a TOML key or a gettext msgctxt.
    """

    code: str
    path: str
    message: str
    hint: str
    line: int | None = None
    key: str | None = None
    severity: Severity = Severity.ERROR

    @property
    def where(self) -> str:
        """File, line and key, as far as they are known: `config/site.toml:12 [site.name]`."""
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return place if self.key is None else f"{place} [{self.key}]"

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message} ({self.code})\n    {self.hint}"


def must_be_mended(problems: Iterable[Problem]) -> bool:
    """True when at least one Problem is more than a warning."""
    return any(problem.severity is not Severity.WARNING for problem in problems)


def has_errors(problems: Iterable[Problem]) -> bool:
    """True when at least one Problem keeps the sources from being served."""
    return any(problem.severity is Severity.ERROR for problem in problems)


class WebappError(Exception):
    """Root of every error that we raise on purpose."""


class SourceError(WebappError):
    """The sources cannot become an Edition. Carries every Problem found, never just the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SettingsError(WebappError):
    """The environment asks for something that cannot be done; the message names the variable."""


class MapError(WebappError):
    """A territory map that must not be believed: missing, corrupt, of another type, or contradicting itself."""

    def __init__(self, path: str, reason: str, hint: str) -> None:
        self.path = path
        self.reason = reason
        self.hint = hint
        super().__init__(f"{path}: {reason} ({hint})")


class GateRefusedError(WebappError):
    """Article text was about to leave with neither the notice's marker nor a Proof."""
