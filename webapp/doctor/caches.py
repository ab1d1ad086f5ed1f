"""Looks for caches that hand an answer to somebody else than it was made for. Never trusts one that it has caught."""

import secrets
from collections.abc import Iterator

from webapp.doctor.asking import READER_AT_RISK, SAFE_READER, Asker, read_text
from webapp.doctor.findings import Finding
from webapp.doctor.wire import Answer, Line
from webapp.doctor.words import found

HIT = ("x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache", "x-drupal-cache", "x-nginx-cache")
"""Headers in which caches say that they answered by themselves."""
KEPT_FILE = "/sitemap.xml"
"""A file that caches may keep, and that is compressed."""
ORDERS = ((SAFE_READER, READER_AT_RISK), (READER_AT_RISK, SAFE_READER))


def examine_nonces(asker: Asker) -> Iterator[Finding]:
    """Ask for one page as two readers, twice, in both orders: every answer must have been made for that one."""
    for first, second in ORDERS:
        path = asker.new_path()
        sights = [asker.ask(reader, path=path).sight for reader in (first, second, first, second)]
        nonces = [sight.nonce for sight in sights if sight]
        if len(nonces) == len(sights) and {nonces[0], nonces[2]} & {nonces[1], nonces[3]}:
            yield found("wrong-variant")
        if len(set(nonces)) < len(nonces):
            yield found("cache-ignores-headers", sign="the same answer, with the same nonce, came twice")


def find_sign(answer: Answer) -> str | None:
    """Say by which header an answer betrays that a cache kept it; None when by none."""
    age = (answer.first("Age") or "0").strip()
    if age.isascii() and age.isdigit() and int(age) > 0:
        return f"Age: {age}"
    words = ((name, answer.first(name) or "") for name in HIT)
    return next((f"{name}: {value}" for name, value in words if "hit" in value.lower()), None)


def examine_signs(line: Line, path: str) -> Iterator[Finding]:
    """Ask three times, as a reader at risk, for an article under a query of its own, and look for marks of a cache."""
    query = _never_asked(path)
    signs = [find_sign(line.get(query, (READER_AT_RISK,))) for _ in range(3)]
    sign = next(filter(None, signs), None)
    if sign:
        yield found("cache-ignores-headers", sign=sign)


def examine_variants(line: Line, path: str) -> Iterator[Finding]:
    """Ask for an article in both orders without the secret. Only where no cache was found: it could keep the page."""
    for order in ORDERS:
        query = _never_asked(path)
        pages = {reader: read_text(line.get(query, (reader,))) for reader in order}
        if "data-notice=" not in pages[READER_AT_RISK]:
            yield found("wrong-variant")


def examine_vary(line: Line) -> Iterator[Finding]:
    """Ask for a file that caches may keep, compressed and then plain: the second answer must be plain."""
    query = _never_asked(KEPT_FILE)
    line.get(query, (("Accept-Encoding", "gzip"),))
    second = line.get(query, (("Accept-Encoding", "identity"),))
    if (second.first("Content-Encoding") or "identity").strip().lower() != "identity":
        yield found("vary-ignored")


def _never_asked(path: str) -> str:
    return f"{path}?doctor={secrets.token_hex(8)}"
