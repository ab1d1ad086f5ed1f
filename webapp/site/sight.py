"""How the site saw one request, told to whoever knows the operator's secret. Carries no article, keeps nothing.

There is no path for it. A request that brings the secret, to a path of an article's shape that no article has,
gets this answer in place of the 404 that everybody else gets there; so nothing tells that it exists. It is sent as
any page is, with a page's headers and compression, so that what a proxy or cache does to it, it does to pages.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from html import escape, unescape
from ipaddress import ip_address

from flask import Blueprint, Response, request
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.decide import Decision, decide, find_map_doubt
from webapp.core.locales import find_locale
from webapp.core.model import Edition, KnownPlace, Place
from webapp.settings import Network, Settings
from webapp.site.address import FORWARDED_FOR, PROXY_HEADERS, read_marks
from webapp.site.answers import without_article
from webapp.site.reader import Headers, read_reader
from webapp.site.state import current_edition, current_request, state

sights = Blueprint("sights", __name__)

TOKEN_HEADER = "Doctor-Token"  # noqa: S105 - the name of a header, not a secret
DIGEST_HEADER = "Doctor-Digest"
"""SHA-256 of the page before compression, in hexadecimal: whoever rewrites the page on its way is found out."""
WIDEST_TRUST = 7
"""Shortest prefix of a block of proxies that anybody could mean: fc00::/7, all unique local addresses."""

_PATH = re.compile(r"/([A-Za-z-]+)/doctor-[0-9a-f]{32}\Z")
_JSON = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Hop:
    """An entry of X-Forwarded-For as it arrived; `trusted` when it is one of our proxies."""

    text: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """How the site saw one request.

    nonce            fresh with every answer: one that comes twice comes from a cache
    peer             where the connection came from; `direct`: no proxy is trusted at all
    hops             X-Forwarded-For, left to right
    address          the reader's address as it was found; None, with `reason`, when it could not be
    steps            how it was found, in words
    country          where the map puts her; None when it does not know
    shown            the notices that she would see
    marks            names of the headers that only a proxy writes, and of those that resemble them
    map_doubt        why the map may not be believed today; None when it may
    unreviewed       legal texts that no lawyer, or no native speaker, has approved
    """

    nonce: str
    peer: str
    peer_trusted: bool
    direct: bool
    trusts_everybody: bool
    hops: tuple[Hop, ...]
    address: str | None
    reason: str | None
    detail: str
    steps: tuple[str, ...]
    country: str | None
    place: str
    shown: tuple[str, ...]
    marks: tuple[str, ...]
    accept_encoding: str
    edition: str
    map_date: str | None
    map_days_left: int | None
    map_doubt: str | None
    unreviewed: tuple[str, ...]
    hsts: bool
    base_url: str
    notice_mode: str


_READ = TypeAdapter(Sight)


def find_sight(page: str) -> Sight | None:
    """Read the Sight out of a page that the site sent; None when it is another page."""
    found = _JSON.search(page)
    try:
        return _READ.validate_json(unescape(found[1])) if found else None
    except ValidationError:
        return None


def write_page(sight: Sight) -> str:
    """Write a Sight as a page with all that proxies like to rewrite: a head, a body, an e-mail address, white space."""
    text = _READ.dump_json(sight, indent=1).decode()
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Doctor</title>\n</head>\n'
        f'<body>\n<h1>How the site saw this request</h1>\n<pre>{escape(text)}</pre>\n<!-- doctor -->\n'
        '<p><a href="mailto:doctor@example.org">doctor@example.org</a></p>\n</body>\n</html>\n'
    )  # fmt: skip


@sights.before_app_request
def look() -> BaseResponse | None:
    """Answer a request that brings the secret; leave every other one alone."""
    settings = state().settings
    found = _PATH.match(request.path)
    if found is None or not _may_know(request.headers.get(TOKEN_HEADER), settings.doctor_token):
        return None
    page = write_page(_see(current_edition(), settings, found[1])).encode()
    response = without_article(Response(page, content_type="text/html; charset=utf-8"))
    response.headers[DIGEST_HEADER] = hashlib.sha256(page).hexdigest()
    return response


def _may_know(given: str | None, secret: str | None) -> bool:
    """Compare in constant time. Without a secret nobody may."""
    return hmac.compare_digest((given or "").encode(), secret.encode()) if secret is not None else False


def _see(edition: Edition, settings: Settings, tag: str) -> Sight:
    headers, peer = current_request().headers, current_request().peer
    locale = find_locale(edition, tag) or edition.locales[edition.site.default_locale]
    trusted = settings.trusted_proxies
    reader, resolved = read_reader(edition, peer, headers, trusted, (locale.tag,), settings.cdn)
    now = state().clock.now()
    decision = decide(edition, reader, now)
    place = reader.place
    unknown = None if isinstance(place, KnownPlace) else place
    facts = edition.map
    return Sight(
        nonce=secrets.token_hex(16),
        peer=str(peer),
        peer_trusted=_is_trusted(str(peer), trusted),
        direct=not trusted,
        trusts_everybody=any(network.prefixlen < WIDEST_TRUST for network in trusted),
        hops=_hops(headers, trusted),
        address=str(resolved.address) if resolved.address else None,
        reason=unknown.reason.value if unknown else None,
        detail=unknown.detail if unknown else "",
        steps=resolved.steps,
        country=place.country if isinstance(place, KnownPlace) else None,
        place=_describe(place),
        shown=_shown(decision),
        marks=(
            *(name for name in PROXY_HEADERS if name in headers),
            *(name for name in headers if read_marks([name]).alike),
        ),
        accept_encoding=request.headers.get("Accept-Encoding", ""),
        edition=edition.digest,
        map_date=facts.data_date.isoformat() if facts else None,
        map_days_left=facts.max_age_days - (now.date() - facts.data_date).days if facts else None,
        map_doubt=find_map_doubt(facts, now),
        unreviewed=_unreviewed(edition),
        hsts=bool(settings.hsts),
        base_url=edition.site.base_url,
        notice_mode=edition.site.notice_mode.value,
    )


def _hops(headers: Headers, trusted: tuple[Network, ...]) -> tuple[Hop, ...]:
    entries = (entry.strip() for entry in ",".join(headers.get(FORWARDED_FOR, ())).split(","))
    return tuple(Hop(entry[:64], _is_trusted(entry, trusted)) for entry in entries if entry)


def _is_trusted(text: str, trusted: tuple[Network, ...]) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in trusted)


def _describe(place: Place) -> str:
    if not isinstance(place, KnownPlace):
        return f"unknown: {place.detail}"
    return f"{place.network} in {place.country or 'no known country'}"


def _shown(decision: Decision) -> tuple[str, ...]:
    return tuple(outcome.notice for outcome in decision.shown)


def _unreviewed(edition: Edition) -> tuple[str, ...]:
    found = []
    for notice in edition.notices:
        found += [] if notice.reviewed_on else [f"{notice.id} (no lawyer has reviewed it)"]
        translated = [tag for tag in notice.texts if tag != edition.site.default_locale]
        found += [
            f"{notice.id} in {tag} (nobody has approved it)" for tag in translated if not notice.texts[tag].approved
        ]
    return tuple(found)
