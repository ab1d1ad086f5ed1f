"""From a connection to the reader's address, or to the reason why it is unknown. Believes nobody but our proxies.

Direct mode (no trusted proxies): the peer is the reader, unless a header betrays a proxy in between; then the
peer proves nothing. Proxy mode: the peer must be one of our proxies, and X-Forwarded-For, read from right to
left, must hold nothing but our proxies and then exactly one address. Every anomaly ends in *unknown*, which
shows the notice. An entry to the left of the reader's address is an anomaly too: it is what a proxy outside
our knowledge leaves behind, and the reader may be anywhere behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from webapp.core.addresses import find_obstacle
from webapp.core.model import Address, UnknownPlace, UnknownReason
from webapp.settings import Network
from webapp.site.networks import NetworkSet, parse_address

FORWARDED_FOR = "x-forwarded-for"
PROXY_HEADERS = (
    FORWARDED_FOR,
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-originating-ip",
    "client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-ray",
    "fastly-client-ip",
    "cloudfront-viewer-address",
    "x-forwarded",
    "x-forwarded-host",
    "forwarded-for",
    "x-proxyuser-ip",
    "x-original-forwarded-for",
    "x-azure-clientip",
    "fly-client-ip",
    "x-envoy-external-address",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-server",
    "cdn-loop",
    "proxy-connection",
    "cf-ipcountry",
    "cf-region-code",
    "cf-visitor",
    "cloudfront-viewer-country",
    "cloudfront-viewer-country-region",
    "fastly-geo-country",
    "fastly-geo-region",
    "x-amzn-trace-id",
)
"""Headers that only a proxy writes. In direct mode one of them is enough to doubt the peer."""

FOREIGN_HEADERS = ("forwarded", "client-ip", "forwarded-for", "x-forwarded", "x-originating-ip", "x-proxyuser-ip")
"""Headers that none of our proxies writes, so that behind them somebody else's proxy must have."""

CLIENT_HEADERS = (
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "fastly-client-ip",
    "cloudfront-viewer-address",
    "x-original-forwarded-for",
    "x-azure-clientip",
    "fly-client-ip",
    "x-envoy-external-address",
)
"""Headers in which a proxy or CDN names the reader. One that names another address than X-Forwarded-For shows that
a proxy we do not know stands in between, and that ours has overwritten what it said."""

_PROXY_HEADERS = frozenset(PROXY_HEADERS)
_FOREIGN_HEADERS = frozenset(FOREIGN_HEADERS)
_CLIENT_HEADERS = frozenset(CLIENT_HEADERS)

MAX_FORWARDED = 2048
"""Longest X-Forwarded-For that is read, in characters."""


Step = tuple[str | Address, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The reader's address, or None with the reason. `trail` is how we came to it, in parts that are not written out
    for every page."""

    address: Address | None
    unknown: UnknownPlace | None
    trail: tuple[Step, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """How we came to it, in words."""
        return tuple("".join(map(str, parts)) for parts in self.trail)


def resolve(peer: str | None, headers: Mapping[str, Sequence[str]], trusted: Sequence[Network]) -> Resolved:
    """Find the reader's address. `headers` has lower-case names; values are those of repeated headers, in order."""
    steps: list[Step] = []
    ours = trusted if isinstance(trusted, NetworkSet) else NetworkSet(trusted)
    peer_address = parse_address(peer or "")
    if peer_address is None:
        return _unknown(UnknownReason.NO_ADDRESS, "the connection has no IP address", steps)
    steps.append(("the connection comes from ", peer_address))
    alike = find_lookalike(headers)
    if alike is not None:
        detail = f"a header is spelled almost as {alike}, so what a proxy wrote cannot be told from what a reader did"
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, detail, steps)
    if not ours:
        return _resolve_direct(peer_address, headers, steps)
    if not ours.holds(peer_address):
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, "the connection does not come from a trusted proxy", steps)
    steps.append((peer_address, " is a trusted proxy"))
    return _resolve_forwarded(headers, ours, steps)


def find_lookalike(headers: Iterable[str]) -> str | None:
    """Return the proxy's header that another one resembles but for an underscore: servers of the CGI family give both
    one name, and the later wins. No proxy and no browser sends such a one."""
    if "_" not in "".join(headers):
        return None
    alike = (name.replace("_", "-") for name in headers if "_" in name)
    return next((name for name in alike if name in _PROXY_HEADERS or name in _FOREIGN_HEADERS), None)


def _resolve_direct(peer: Address, headers: Mapping[str, Sequence[str]], steps: list[Step]) -> Resolved:
    steps.append(("no proxy is trusted, so the reader should be connected directly",))
    signs = () if _PROXY_HEADERS.isdisjoint(headers) else [name for name in PROXY_HEADERS if name in headers]
    if signs:
        detail = f"a proxy that is not configured left its mark ({signs[0]})"
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, detail, steps)
    return _judge(peer, steps)


def _resolve_forwarded(headers: Mapping[str, Sequence[str]], ours: NetworkSet, steps: list[Step]) -> Resolved:
    signs = () if _FOREIGN_HEADERS.isdisjoint(headers) else [name for name in FOREIGN_HEADERS if name in headers]
    if signs:
        detail = f"a proxy outside our own chain left its mark ({signs[0]})"
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, detail, steps)
    value = ",".join(headers.get(FORWARDED_FOR, ()))
    if not value.strip():
        return _unknown(UnknownReason.NO_ADDRESS, "the proxy sent no X-Forwarded-For", steps)
    if len(value) > MAX_FORWARDED:
        return _unknown(UnknownReason.MALFORMED, "X-Forwarded-For is too long to be true", steps)
    entries = [entry.strip(" \t") for entry in value.split(",")]
    while entries:
        address = parse_address(entries.pop())
        if address is None:
            return _unknown(UnknownReason.MALFORMED, "X-Forwarded-For holds something other than an address", steps)
        if ours.holds(address):
            steps.append(("X-Forwarded-For, from the right: ", address, " is a trusted proxy"))
            continue
        steps.append(("X-Forwarded-For, from the right: ", address, " is the first address that is not ours"))
        if entries:
            detail = "X-Forwarded-For names a further address behind the reader's, so another proxy may stand there"
            return _unknown(UnknownReason.UNTRUSTED_CHAIN, detail, steps)
        named = () if _CLIENT_HEADERS.isdisjoint(headers) else CLIENT_HEADERS
        contradicting = [name for name in named if _disagrees(headers.get(name, ()), address)]
        if contradicting:
            return _unknown(UnknownReason.UNTRUSTED_CHAIN, f"{contradicting[0]} contradicts X-Forwarded-For", steps)
        return _judge(address, steps)
    return _unknown(UnknownReason.NO_ADDRESS, "X-Forwarded-For names only our own proxies", steps)


def _disagrees(values: Sequence[str], address: Address) -> bool:
    return any(parse_address(value.strip()) != address for value in values)


def _judge(address: Address, steps: list[Step]) -> Resolved:
    obstacle = find_obstacle(address)
    if obstacle is not None:
        steps.append(("so the place is unknown: ", obstacle.detail))
        return Resolved(address, obstacle, tuple(steps))
    steps.append(("so the reader's address is ", address))
    return Resolved(address, None, tuple(steps))


def _unknown(reason: UnknownReason, detail: str, steps: list[Step]) -> Resolved:
    return Resolved(None, UnknownPlace(reason, detail), (*steps, ("so the place is unknown: ", detail)))
