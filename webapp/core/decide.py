"""The decision: which notices this reader sees, and for each one left out, the Proof. The only maker of Proof.

A notice is left out only if all of this holds, and is shown otherwise: the place is known; the map may be
believed at this moment; every rule of the notice is excluded; and nothing went wrong while finding out.
"""

from dataclasses import InitVar, dataclass, field
from datetime import UTC, date, datetime, timedelta

from webapp.core.model import Edition, KnownPlace, MapFacts, Notice, NoticeId, NoticeMode, Reader
from webapp.core.rules import Finding, Verdict, evaluate

CLOCK_SLACK = timedelta(days=2)
"""How far a clock may run behind the map's own date before we take the clock, and so every age, for wrong."""

_SEAL = object()


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence that `notice` may be left out for one reader and one edition. Cannot be made outside this module."""

    notice: NoticeId
    edition: str
    findings: tuple[Finding, ...]
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only decide() makes a Proof")


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice that this reader sees, and why. `faulty` marks a decision that failed and therefore shows it."""

    notice: NoticeId
    because: str
    findings: tuple[Finding, ...] = ()
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class Omitted:
    """A notice that is left out, with its Proof."""

    notice: NoticeId
    proof: Proof


@dataclass(frozen=True, slots=True)
class Decision:
    """One outcome for every notice of the edition, in the edition's order.

    `shown` are those to show, `shown_ids` their notices. `faulty`: a part of the decision failed, and so shows one.
    """

    edition: str
    outcomes: tuple[Shown | Omitted, ...]
    shown: tuple[Shown, ...] = field(init=False)
    shown_ids: tuple[NoticeId, ...] = field(init=False)
    faulty: bool = field(init=False)

    def __post_init__(self) -> None:
        shown = tuple([outcome for outcome in self.outcomes if isinstance(outcome, Shown)])
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "shown_ids", tuple([outcome.notice for outcome in shown]))
        object.__setattr__(self, "faulty", True in [outcome.faulty for outcome in shown])

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


def decide(edition: Edition, reader: Reader, at: datetime) -> Decision:
    """Decide for every notice of `edition` whether `reader` sees it. `at` is an aware time, now. Never raises."""
    return Decision(edition.digest, tuple([_judge(edition, notice, reader, at) for notice in edition.notices]))


def _judge(edition: Edition, notice: Notice, reader: Reader, at: datetime) -> Shown | Omitted:
    try:
        return _judge_soundly(edition, notice, reader, at)
    except Exception as fault:  # noqa: BLE001 - whatever failed, a failed decision shows the notice
        return Shown(notice.id, f"the decision failed ({type(fault).__name__})", faulty=True)


def _judge_soundly(edition: Edition, notice: Notice, reader: Reader, at: datetime) -> Shown | Omitted:
    findings = tuple([evaluate(rule, reader, edition.map, edition.language_aliases) for rule in notice.rules])
    unexcluded: Finding | None = None
    for finding in findings:
        if finding.verdict is Verdict.MATCHED:
            return Shown(notice.id, finding.because, findings)
        if finding.verdict is not Verdict.EXCLUDED and unexcluded is None:
            unexcluded = finding
    if unexcluded:
        return Shown(notice.id, unexcluded.because, findings)
    doubt = _find_doubt(edition, notice, reader, at)
    if doubt:
        return Shown(notice.id, doubt, findings)
    return Omitted(notice.id, Proof(notice.id, edition.digest, findings, _SEAL))


def _find_doubt(edition: Edition, notice: Notice, reader: Reader, at: datetime) -> str | None:
    if edition.site.notice_mode is not NoticeMode.DECIDED:
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
    if today > facts.data_date + timedelta(days=facts.max_age_days):
        return f"the territory map is older than {facts.max_age_days} days (data of {facts.data_date})"
    if _runs_behind(today, facts.data_date):
        return f"the clock says {today}, before the map's own date {facts.data_date}"
    return None


def _runs_behind(today: date, data_date: date) -> bool:
    return today < data_date - CLOCK_SLACK
