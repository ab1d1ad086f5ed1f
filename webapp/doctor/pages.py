"""Judges pages as they arrive: headers, compression, length, and the notice. Asks only as a reader who must get it."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from webapp.doctor.asking import READER_AT_RISK, Asker, read_text
from webapp.doctor.findings import Finding
from webapp.doctor.wire import Answer, Line, UndecodableError
from webapp.doctor.words import found
from webapp.site.headers import Kind, page_policy, set_headers
from webapp.site.sight import DIGEST_HEADER

MOST_ARTICLES = 8
CUT = 16 * 1024
"""Bytes after which many connections into Russia are cut."""
MISSING_PAGE = "/en/doctor-asks-for-a-page-that-is-not-there"

POLICY = "Content-Security-Policy"

_DIGEST = re.compile(r"'sha256-[^']*'")
_CSS = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_LOCATION = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")
_NOTICE = re.compile(r'\sdata-notice="([^"]*)"')

_EATEN = {"CDN-Cache-Control", "Surrogate-Control"}
"""Meant for caches, which take them out."""
_TRACES = {
    "set-cookie", "report-to", "nel", "reporting-endpoints", "etag", "last-modified", "refresh", "link",
    "access-control-allow-origin", "content-security-policy-report-only", "clear-site-data",
}  # fmt: skip
_USUAL = {
    "date", "connection", "keep-alive", "content-length", "content-type", "content-encoding", "content-language",
    "transfer-encoding", "vary", "alt-svc", "onion-location", "allow", "location", "strict-transport-security",
    "accept-ranges", "via", "age", DIGEST_HEADER.lower(),
}  # fmt: skip
_EDGE = re.compile(r"(?:cf-|x-amz-|x-served-by|x-timer|fastly-|x-cache|x-varnish)")
"""Headers by which CDNs and Varnish speak of themselves: good to hide, and not always possible."""


def find_articles(line: Line) -> tuple[str, ...]:
    """Return the paths of some articles that the sitemap names, of every language in turn, at most MOST_ARTICLES."""
    text = read_text(line.get("/sitemap.xml", (("Accept-Encoding", "gzip"),)))
    paths = [urlsplit(it).path for it in _LOCATION.findall(text)]
    articles = [path for path in dict.fromkeys(paths) if re.fullmatch(r"/[A-Za-z-]+/[^/]+", path)]
    by_language: dict[str, list[str]] = {}
    for path in articles:
        by_language.setdefault(path.split("/")[1], []).append(path)
    most = max(map(len, by_language.values()), default=0)
    turns = [paths[turn] for turn in range(most) for paths in by_language.values() if turn < len(paths)]
    return tuple(turns[:MOST_ARTICLES])


def examine_headers(path: str, answer: Answer) -> Iterator[Finding]:
    """Compare the headers of a page with those that the site sends."""
    expected = Headers()
    set_headers(expected, Kind.PAGE, page_policy(), hsts=False, onion=None, path=path)
    for name, value in expected.items():
        if name == POLICY:
            yield from _judge_header(
                path, name, _spaced(value), [_spaced(_DIGEST.sub("", it)) for it in answer.all(name)]
            )
        elif name not in {"Server", "Vary", *_EATEN}:
            yield from _judge_header(path, name, value, answer.all(name))
    css = _CSS.search(read_text(answer))
    if css and page_policy(css[1]).split("'sha256-")[1].split("'")[0] not in (answer.first(POLICY) or ""):
        yield found("rewritten")  # the browser would show the page without its style
    vary = ", ".join(answer.all("Vary"))
    if not _named(expected["Vary"]) <= _named(vary) and "*" not in _named(vary):
        yield found("header-altered", path=path, name="Vary", value=vary or "none")
    yield from _examine_added({name.lower() for name in expected.keys()}, answer)  # noqa: SIM118 - werkzeug's Headers iterate over pairs


def _spaced(value: str) -> str:
    return " ".join(value.split()).replace(" ;", ";")


def _judge_header(path: str, name: str, expected: str, given: Sequence[str]) -> Iterator[Finding]:
    if not given:
        yield found("header-missing", path=path, name=name)
    elif len(given) > 1:
        yield found("header-repeated", path=path, name=name)
    elif given[0].strip() != expected:
        yield found("header-altered", path=path, name=name, value=given[0][:80])


def _named(value: str) -> set[str]:
    return {part.strip().lower() for part in value.split(",")}


def _examine_added(expected: set[str], answer: Answer) -> Iterator[Finding]:
    for name, value in dict(answer.fields).items():
        low = name.lower()
        if low in _TRACES:
            yield found("header-traces", name=name)
        elif low == "server":
            if re.search(r"\d", value):
                yield found("header-added", name=name, value=value[:80])
        elif low not in expected | _USUAL and not _EDGE.match(low):
            yield found("header-added", name=name, value=value[:80])


def examine_compression(line: Line, path: str) -> Iterator[Finding]:
    """Ask for a page in every encoding: each must be what was asked for, decodable, and say the same."""
    texts = set()
    for asked in ("identity", "gzip", "br", "zstd"):
        answer = line.get(path, (READER_AT_RISK, ("Accept-Encoding", asked)))
        given = (answer.first("Content-Encoding") or "identity").strip().lower()
        if given not in {asked, "identity"}:
            yield found("encoding-unasked", path=path, given=given, asked=asked)
        try:
            texts.add(answer.text)
        except UndecodableError as fault:
            yield found("encoding-broken", path=path, asked=asked, reason=fault)
    if len(texts) > 1:
        yield found("rewritten")


def examine_articles(asker: Asker, paths: Sequence[str], sighted: bool) -> Iterator[Finding]:
    """Ask for articles as a browser of a reader at risk does: whole in 16 KB, compressed, with their notices.

    `sighted`: the site tells which notices she must see; otherwise there must be one of any kind.
    """
    sight = asker.ask(READER_AT_RISK).sight if sighted else None
    due = sight.shown if sight else None
    for path in paths:
        answer = asker.line.get(path, (READER_AT_RISK, ("Accept-Encoding", "gzip, deflate, br, zstd")))
        if answer.status != 200:
            yield found("no-answer", path=path, reason=f"the answer was {answer.status}")
            continue
        if not answer.first("Content-Encoding"):
            yield found("not-compressed", path=path)
        elif answer.size > CUT:
            yield found("page-too-long", path=path, size=answer.size)
        notices = set(_NOTICE.findall(read_text(answer)))
        missing = set(due) - notices if due is not None else set() if notices else {"of any kind"}
        for notice in sorted(missing):
            yield found("notice-missing", path=path, notice=notice)
