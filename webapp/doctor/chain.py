"""Judges how the site finds the reader's address: which proxies it believes, and whether a reader can lie to it.

The addresses that are forged are of documentation (RFC 5737, RFC 3849): nobody's.
"""

from collections.abc import Iterator

from webapp.core.model import UnknownReason
from webapp.doctor.asking import Asker, Seen
from webapp.doctor.findings import Finding
from webapp.doctor.words import found
from webapp.site.address import CLIENT_HEADERS
from webapp.site.sight import Sight

UNDERSCORED = ("X_Forwarded_For", "X-Forwarded_For", "X_Forwarded-For")
"""Names that are X-Forwarded-For to every WSGI application, and not to a proxy."""
FORGED = ("203.0.113.177", "2001:db8::77")


def examine_chain(asker: Asker, plain: Seen, address: str | None, country: str | None) -> Iterator[Finding]:
    """Judge the chain by what the site saw. `address` and `country` are the asker's own, as far as they are known."""
    sight = plain.sight
    if sight is None:
        return
    if sight.trusts_everybody:
        yield found("trusts-everybody")
    yield from _examine_plain(plain, sight)
    if address is not None and sight.address not in {None, address}:
        yield found("wrong-address", said=address, found=sight.address)
    if country is not None and sight.country not in {None, country}:
        yield found("wrong-place", said=country, found=sight.place)
    if not sight.direct:
        yield from _examine_forging(asker, sight)
        yield from _examine_names(asker)


def _examine_plain(plain: Seen, sight: Sight) -> Iterator[Finding]:
    strangers = [hop.text for hop in sight.hops if not hop.trusted]
    if sight.direct:
        yield _judge_direct(plain, sight)
    elif not sight.peer_trusted:
        yield found("proxy-not-trusted", peer=sight.peer)
    elif not sight.hops:
        yield found("no-forwarded-for")
    elif not strangers:
        if not sight.trusts_everybody:
            yield found("vantage-trusted", address=sight.hops[0].text)
    elif len(strangers) > 1:
        yield found("second-proxy", proxy=strangers[-1])
    elif sight.address is None:
        yield found("chain-doubt", detail=sight.detail)
    elif sight.reason == UnknownReason.UNTRUSTED_CHAIN:
        yield found("cdn-doubt", detail=sight.detail)


def _judge_direct(plain: Seen, sight: Sight) -> Finding:
    """The site itself names no server: whoever does stands in between."""
    signs = [*sight.marks, *(name for name in ("Server", "Via") if plain.answer.first(name))]
    if signs:
        return found("proxy-not-configured", signs=", ".join(signs[:3]), peer=sight.peer)
    return found("direct", peer=sight.peer)


def _examine_forging(asker: Asker, plain: Sight) -> Iterator[Finding]:
    believing = bool(plain.hops) and all(hop.trusted for hop in plain.hops) and not plain.trusts_everybody
    for forged in FORGED:
        sight = asker.ask(("X-Forwarded-For", forged)).sight
        if sight is not None:
            yield from _judge_forged(sight, forged, rightly=believing)
    numbered = {f"203.0.113.{index + 1}": name for index, name in enumerate(CLIENT_HEADERS)}
    sight = asker.ask(*((name, forged) for forged, name in numbered.items())).sight
    for hop in sight.hops if sight else ():
        if hop.text in numbered:
            yield found("real-ip-spoofable", name=numbered[hop.text])


def _judge_forged(sight: Sight, forged: str, rightly: bool) -> Iterator[Finding]:
    """`rightly`: the asker is one of the trusted proxies, whose word is meant to be believed."""
    texts = [hop.text for hop in sight.hops]
    if sight.address == forged:
        if not rightly:
            yield found("forged-believed")
    elif forged not in texts and texts:
        yield found("overwritten")
    elif len(texts) > 1 and texts[-1] == forged:
        yield found("real-ip-spoofable", name="X-Forwarded-For")


def _examine_names(asker: Asker) -> Iterator[Finding]:
    sight = asker.ask(*((name, FORGED[0]) for name in UNDERSCORED)).sight
    if sight is None:
        return
    if any("_" in mark for mark in sight.marks) or any(FORGED[0] in hop.text for hop in sight.hops):
        yield found("underscores")
