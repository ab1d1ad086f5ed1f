"""The whole examination, one part after another. A part that gets no answer is told of, and hinders no other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import SplitResult

from webapp.doctor.asking import READER_AT_RISK, SAFE_READER, Asker, Seen, read_text
from webapp.doctor.caches import examine_nonces, examine_signs, examine_variants, examine_vary
from webapp.doctor.chain import FORGED, examine_chain
from webapp.doctor.findings import Finding, Report, sort_findings
from webapp.doctor.pages import MISSING_PAGE, examine_articles, examine_compression, examine_headers, find_articles
from webapp.doctor.state import examine_state
from webapp.doctor.transport import examine_hsts, examine_transport, is_private_line
from webapp.doctor.wire import CertificateError, Line, NoAnswerError, UndecodableError
from webapp.doctor.words import found

ROBOTS = "/robots.txt"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to examine. `plain` is the site's address without TLS; `address` and `country` are the asker's own."""

    line: Line
    token: str | None = None
    plain: SplitResult | None = None
    address: str | None = None
    country: str | None = None


@dataclass(slots=True)
class _Examination:
    plan: Plan
    findings: list[Finding] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def take(self, examine: Callable[[], Iterable[Finding]], path: str = "a page") -> None:
        try:
            for finding in examine():
                self.findings.append(finding)
        except (NoAnswerError, UndecodableError) as fault:
            self.findings.append(found("no-answer", path=path, reason=fault))


def examine(plan: Plan, at: datetime) -> Report:
    """Examine a site from outside. Never raises; what could not be looked at is in the report."""
    examination = _Examination(plan)
    try:
        answer = plan.line.get(ROBOTS)
    except CertificateError as fault:
        return _end(examination, found("certificate", reason=fault))
    except NoAnswerError as fault:
        return _end(examination, found("no-answer", path=ROBOTS, reason=fault))
    if answer.status != 200:
        return _end(examination, found("no-answer", path=ROBOTS, reason=f"the answer was {answer.status}"))
    examination.take(lambda: examine_transport(plan.line, plan.plain, answer, at))
    asker = _find_asker(examination)
    seen = _see(examination, asker)
    if seen is not None and seen.sight is not None:
        sight = seen.sight
        examination.take(lambda: examine_chain(asker, seen, plan.address, plan.country))
        examination.take(lambda: examine_nonces(asker))
        examination.take(lambda: examine_state(plan.line.base, sight))
    _examine_pages(examination, asker, seen)
    return _end(examination)


def _end(examination: _Examination, *last: Finding) -> Report:
    line = examination.plan.line
    findings = sort_findings([*examination.findings, *last])
    return Report(line.base.geturl(), findings, tuple(examination.unseen), line.requests)


def _find_asker(examination: _Examination) -> Asker:
    plan = examination.plan
    private = is_private_line(plan.line.base)
    lost = "how the site finds the reader's address, the nonces of caches, the map and the legal texts"
    if not plan.token:
        examination.unseen.append(f"Without DOCTOR_TOKEN (here, and where the site runs): {lost}.")
    elif not private:
        examination.unseen.append(f"The secret is not sent over a line that others hear: {lost}.")
    return Asker(plan.line, plan.token if private else None)


def _see(examination: _Examination, asker: Asker) -> Seen | None:
    """Ask the site how it sees a plain request; None when it cannot be asked."""
    seen: list[Seen] = []

    def look() -> Iterator[Finding]:
        seen.append(asker.ask(SAFE_READER))
        if seen[0].rewritten:
            yield found("rewritten")
        if seen[0].sight is None:
            yield found("token-refused")

    if asker.token:
        examination.take(look)
    return seen[0] if seen and seen[0].sight else None


def _examine_pages(examination: _Examination, asker: Asker, seen: Seen | None) -> None:
    line = examination.plan.line
    articles: tuple[str, ...] = ()
    try:
        articles = find_articles(line)
    except NoAnswerError as fault:
        examination.findings.append(found("no-answer", path="/sitemap.xml", reason=fault))
    if not articles:
        examination.unseen.append("Articles: the sitemap names none.")
    for path in (*articles[:1], "/", MISSING_PAGE):
        examination.take(lambda path=path: _examine_page(line, path, seen), path)  # type: ignore[misc]  # mypy infers no lambda with a default
    examination.take(lambda: examine_vary(line), "/sitemap.xml")
    sighted = seen.sight if seen else None
    examination.take(lambda: examine_articles(asker, articles, sighted is not None))
    for path in articles[:1]:
        examination.take(lambda path=path: examine_compression(line, path), path)  # type: ignore[misc]  # as above
        examination.take(lambda path=path: examine_signs(line, path), path)  # type: ignore[misc]  # as above
        if sighted is None:
            _examine_blind(examination, path)


def _examine_page(line: Line, path: str, seen: Seen | None) -> Iterator[Finding]:
    answer = line.get(path, (READER_AT_RISK,))
    yield from examine_headers(path, answer)
    if path != "/":
        yield from examine_hsts(line, answer, seen.sight if seen else None)


def _examine_blind(examination: _Examination, path: str) -> None:
    """Without the secret: let two readers ask, and one who brings a header of her own. Not where a cache was caught."""
    line = examination.plan.line
    if any(finding.code == "cache-ignores-headers" for finding in examination.findings):
        examination.unseen.append("Wrong variants: a cache was found, and it shall keep no page without the notice.")
        return
    examination.take(lambda: examine_variants(line, path), path)

    def forge() -> Iterator[Finding]:
        for forged in FORGED:
            answer = line.get(path, (SAFE_READER, ("X-Forwarded-For", forged)))
            if answer.status == 200 and "data-notice=" not in read_text(answer):
                yield found("forged-unseen", path=path)

    examination.take(forge, path)
