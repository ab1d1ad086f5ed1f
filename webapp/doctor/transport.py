"""Looks at TLS: is there any, does its certificate last, is http led to https, is the browser told to remember."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from webapp.doctor.findings import Finding
from webapp.doctor.wire import Answer, Line, NoAnswerError
from webapp.doctor.words import found
from webapp.site.sight import Sight

RENEW = timedelta(days=14)
LONG_ENOUGH = 180 * 24 * 3600
"""Seconds for which a browser should remember to use TLS: half a year."""


def is_private_line(base: SplitResult) -> bool:
    """Tell whether nobody can listen on the way: TLS, this machine itself, or an onion service."""
    host = base.hostname or ""
    return base.scheme == "https" or host == "localhost" or host.endswith(".onion") or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def examine_transport(line: Line, plain: SplitResult | None, answer: Answer, at: datetime) -> Iterator[Finding]:
    """Judge the certificate and where http leads. `plain` is the site's address without TLS, None not to look."""
    if line.base.scheme != "https":
        yield found("no-tls-here" if is_private_line(line.base) else "no-tls")
        return
    ends = answer.certificate_ends
    if ends is not None and ends - at < RENEW:
        yield found("certificate-ends", day=f"{ends:%d %B %Y}")
    if plain is not None:
        yield from _examine_redirect(line, plain)


def _examine_redirect(line: Line, plain: SplitResult) -> Iterator[Finding]:
    try:
        answer = line.get("/", base=plain)
    except NoAnswerError:
        return  # nobody listens without TLS, which is as good
    target = urlsplit(answer.first("Location") or "")
    if answer.status not in {301, 302, 307, 308} or target.scheme != "https":
        yield found("http-not-redirected", status=answer.status)
    elif target.hostname != line.base.hostname:
        yield found("http-leads-elsewhere", host=target.hostname)


def examine_hsts(line: Line, answer: Answer, sight: Sight | None) -> Iterator[Finding]:
    """Judge Strict-Transport-Security of a page that came over TLS."""
    if line.base.scheme != "https":
        return
    value = answer.first("Strict-Transport-Security")
    age = re.search(r"max-age\s*=\s*\"?(\d{1,12})", value or "", re.IGNORECASE)
    if value is None:
        sent = sight is not None and sight.hsts
        yield found("hsts-missing", who=" The site sends it, so something on the way strips it." if sent else "")
    elif age is None or int(age[1]) < LONG_ENOUGH:
        yield found("hsts-short", value=value)
