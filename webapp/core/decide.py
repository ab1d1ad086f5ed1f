"""The decision: which notices this reader sees, and for each one left out, the Proof. The only maker of Proof.

A notice is left out only if all of this holds, and is shown otherwise: the place is known; the map may be
believed at this moment; every rule of the notice is excluded; and nothing went wrong while finding out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from webapp.core.model import Edition, KnownPlace, MapFacts, Notice, NoticeId, NoticeMode, Reader
from webapp.core.rules import EXCLUDED, MATCHED, Finding, evaluate
from webapp.core.slots import find_setters

CLOCK_SLACK = timedelta(days=2)
"""How far a clock may run behind the map's own date before we take the clock, and so every age, for wrong."""

_SEAL = object()
_DECIDED = NoticeMode.DECIDED


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence that `notice` may be left out for one reader and one edition. Cannot be made outside this module."""

    notice: NoticeId
    edition: str
    findings: tuple[Finding, ...]

    def __init__(self, notice: NoticeId, edition: str, findings: tuple[Finding, ...], seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only decide() makes a Proof")
        _set_notice(self, notice)
        _set_proven_in(self, edition)
        _set_findings(self, findings)


_set_notice, _set_proven_in, _set_findings = find_setters(Proof)


class Shown(NamedTuple):
    """A notice that this reader sees, and why. `faulty` marks a decision that failed and therefore shows it.

    `cause` is the finding that shows it, or any other cause in words.
    """

    notice: NoticeId
    cause: Finding | str
    findings: tuple[Finding, ...] = ()
    faulty: bool = False

    @property
    def because(self) -> str:
        """Why it is shown, in words."""
        return self.cause if isinstance(self.cause, str) else self.cause.because


class Omitted(NamedTuple):
    """A notice that is left out, with its Proof."""

    notice: NoticeId
    proof: Proof


_shown: Callable[[tuple[NoticeId, Finding | str, tuple[Finding, ...], bool]], Shown] = partial(tuple.__new__, Shown)
_omitted: Callable[[tuple[NoticeId, Proof]], Omitted] = partial(tuple.__new__, Omitted)
"""Make outcomes of their parts, as `rules` makes a Finding."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One outcome for every notice of the edition, in the edition's order.

    `shown_ids` are those to show. `faulty`: a part of the decision failed, and so shows one.
    """

    edition: str
    outcomes: tuple[Shown | Omitted, ...]
    shown_ids: tuple[NoticeId, ...] = field(init=False)
    faulty: bool = field(init=False)

    def __init__(self, edition: str, outcomes: tuple[Shown | Omitted, ...]) -> None:
        shown_ids, faulty = [], False
        for outcome in outcomes:
            if isinstance(outcome, Shown):
                shown_ids.append(outcome.notice)
                faulty = faulty or outcome.faulty
        _set_edition(self, edition)
        _set_outcomes(self, outcomes)
        _set_shown_ids(self, tuple(shown_ids))
        _set_faulty(self, faulty)

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The notices to show, each with the reason."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Shown))

    @property
    def omitted(self) -> tuple[Omitted, ...]:
        """The notices left out, each with its Proof."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Omitted))

    def find_proof(self, notice: NoticeId) -> Proof | None:
        """Return the Proof that `notice` may be left out, or None when it must be shown."""
        found: Proof | None = None
        for outcome in self.outcomes:
            if outcome.notice == notice:
                if isinstance(outcome, Shown):
                    return None
                proof = outcome.proof
                if found is None and proof.notice == notice and proof.edition == self.edition:
                    found = proof
        return found


_set_edition, _set_outcomes, _set_shown_ids, _set_faulty = find_setters(Decision)


def decide(edition: Edition, reader: Reader, at: datetime) -> Decision:
    """Decide for every notice of `edition` whether `reader` sees it. `at` is an aware time, now. Never raises."""
    outcomes: list[Shown | Omitted] = []
    for notice in edition.notices:
        try:
            outcomes.append(_judge(edition, notice, reader, at))
        except Exception as fault:  # noqa: BLE001 - whatever failed, a failed decision shows the notice
            outcomes.append(Shown(notice.id, f"the decision failed ({type(fault).__name__})", faulty=True))
    return Decision(edition.digest, tuple(outcomes))


def _judge(edition: Edition, notice: Notice, reader: Reader, at: datetime) -> Shown | Omitted:
    """Judge one notice. What shows it is the first rule that matches, else the first in doubt, else another doubt.

    Without any of them it is left out, and only then.
    """
    found: list[Finding] = []
    matched = unproven = None
    for rule in notice.rules:
        finding = evaluate(rule, reader, edition)
        found.append(finding)
        if finding.verdict is MATCHED:
            matched = matched or finding
        elif finding.verdict is not EXCLUDED:
            unproven = unproven or finding
    cause = matched or unproven or _find_doubt(edition, notice, reader, at)
    if cause:
        return _shown((notice.id, cause, tuple(found), False))
    return _omitted((notice.id, Proof(notice.id, edition.digest, tuple(found), _SEAL)))


def _find_doubt(edition: Edition, notice: Notice, reader: Reader, at: datetime) -> str | None:
    if edition.site.notice_mode is not _DECIDED:
        return "the site shows every notice to everybody (notice_mode)"
    if not notice.rules:
        return "the notice has no rule that could exclude anybody"
    if not isinstance(reader.place, KnownPlace):
        return f"the place is unknown: {reader.place.detail}"
    if not reader.accepted.readable:
        return "the languages of the browser could not be read"
    return find_map_doubt(edition.map, at)


def find_map_doubt(facts: MapFacts | None, at: datetime) -> str | None:
    """Say why the map may not be believed at the time `at`, or None when it may."""
    if facts is None:
        return "there is no territory map that can be believed"
    if at.utcoffset() is None:
        return "the clock has no time zone"
    today = at.astimezone(UTC).date()
    if facts.last_day is None or today > facts.last_day:
        return f"the territory map is older than {facts.max_age_days} days (data of {facts.data_date})"
    if today < facts.data_date - CLOCK_SLACK:
        return f"the clock says {today}, before the map's own date {facts.data_date}"
    return None
