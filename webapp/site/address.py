"""From a connection to the reader's address, or to the reason why it is unknown. Believes nobody but our proxies.

Direct mode (no trusted proxies): the peer is the reader, unless a header betrays a proxy in between; then the
peer proves nothing. Proxy mode: the peer must be one of our proxies, and X-Forwarded-For, read from right to
left, must hold nothing but our proxies and then exactly one address. Every anomaly ends in *unknown*, which
shows the notice. An entry to the left of the reader's address is an anomaly too: it is what a proxy outside
our knowledge leaves behind, and the reader may be anywhere behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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

_KNOWN_HEADERS = frozenset((*PROXY_HEADERS, *FOREIGN_HEADERS, *CLIENT_HEADERS))
_REMEMBERED_HEADERS = frozenset((*_KNOWN_HEADERS, "accept-language", "accept-encoding"))

MOST_MARKS = 256
"""Most sets of names whose marks are remembered."""
MAX_FORWARDED = 2048
"""Longest X-Forwarded-For that is read, in characters."""


Step = tuple[str | Address, ...]


class Resolved(NamedTuple):
    """The reader's address, or None with the reason. `trail` is how we came to it, in parts that are not written out
    for every page. A named tuple, since every request makes one, and a frozen dataclass takes twice the time."""

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
    proxy = ours.recall(peer or "")
    peer_address = proxy or parse_address(peer or "")
    if peer_address is None:
        return _unknown(UnknownReason.NO_ADDRESS, "the connection has no IP address", steps)
    steps.append(("the connection comes from ", peer_address))
    marks = read_marks(headers)
    if marks.alike:
        why = (
            f"a header is spelled almost as {marks.alike}, so what a proxy wrote cannot be told from what a reader did"
        )
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, why, steps)
    if not ours:
        return _resolve_direct(peer_address, marks, steps)
    if proxy is None:
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, "the connection does not come from a trusted proxy", steps)
    steps.append((peer_address, " is a trusted proxy"))
    return _resolve_forwarded(headers, marks, ours, steps)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the names of a request's headers tell: the first that only a proxy writes, the first of a foreign proxy, and
    all that name a reader; "" where there is none.

    `alike` is a proxy's header that another one resembles but for an underscore: servers of the CGI family give both
    one name, and the later wins. No proxy and no browser sends such a one.
    """

    proxy: str
    foreign: str
    naming: tuple[str, ...]
    alike: str


def read_marks(headers: Iterable[str]) -> Marks:
    """Look at the names of headers, in lower case. Most requests bring the same few, whose marks are remembered."""
    names = tuple(headers)
    return _marks.get(names) or _find_marks(names)


_marks: dict[tuple[str, ...], Marks] = {}


def _find_marks(names: tuple[str, ...]) -> Marks:
    alike = (name.replace("_", "-") for name in names if "_" in name)
    marks = Marks(
        next((name for name in PROXY_HEADERS if name in names), ""),
        next((name for name in FOREIGN_HEADERS if name in names), ""),
        tuple(name for name in CLIENT_HEADERS if name in names),
        next((name for name in alike if name in _KNOWN_HEADERS), ""),
    )
    if len(_marks) < MOST_MARKS and _REMEMBERED_HEADERS.issuperset(names):
        _marks[names] = marks
    return marks


def _resolve_direct(peer: Address, marks: Marks, steps: list[Step]) -> Resolved:
    steps.append(("no proxy is trusted, so the reader should be connected directly",))
    if marks.proxy:
        detail = f"a proxy that is not configured left its mark ({marks.proxy})"
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, detail, steps)
    return _judge(peer, steps)


def _resolve_forwarded(
    headers: Mapping[str, Sequence[str]], marks: Marks, ours: NetworkSet, steps: list[Step]
) -> Resolved:
    if marks.foreign:
        detail = f"a proxy outside our own chain left its mark ({marks.foreign})"
        return _unknown(UnknownReason.UNTRUSTED_CHAIN, detail, steps)
    value = ",".join(headers.get(FORWARDED_FOR, ()))
    if not value or value.isspace():
        return _unknown(UnknownReason.NO_ADDRESS, "the proxy sent no X-Forwarded-For", steps)
    if len(value) > MAX_FORWARDED:
        return _unknown(UnknownReason.MALFORMED, "X-Forwarded-For is too long to be true", steps)
    before, comma = value, ","
    while comma:
        before, comma, entry = before.rpartition(",")
        address = parse_address(entry.strip(" \t"))
        if address is None:
            return _unknown(UnknownReason.MALFORMED, "X-Forwarded-For holds something other than an address", steps)
        if ours.holds(address):
            steps.append(("X-Forwarded-For, from the right: ", address, " is a trusted proxy"))
            continue
        steps.append(("X-Forwarded-For, from the right: ", address, " is the first address that is not ours"))
        if comma:
            detail = "X-Forwarded-For names a further address behind the reader's, so another proxy may stand there"
            return _unknown(UnknownReason.UNTRUSTED_CHAIN, detail, steps)
        for name in marks.naming:
            if _disagrees(headers.get(name, ()), address):
                return _unknown(UnknownReason.UNTRUSTED_CHAIN, f"{name} contradicts X-Forwarded-For", steps)
        return _judge(address, steps)
    return _unknown(UnknownReason.NO_ADDRESS, "X-Forwarded-For names only our own proxies", steps)


def _disagrees(values: Sequence[str], address: Address) -> bool:
    return any(parse_address(value.strip()) != address for value in values)


def _judge(address: Address, steps: list[Step]) -> Resolved:
    obstacle = find_obstacle(address)
    if obstacle is not None:
        return Resolved(address, obstacle, (*steps, ("so the place is unknown: ", obstacle.detail)))
    return Resolved(address, None, (*steps, ("so the reader's address is ", address)))


def _unknown(reason: UnknownReason, detail: str, steps: list[Step]) -> Resolved:
    return Resolved(None, UnknownPlace(reason, detail), (*steps, ("so the place is unknown: ", detail)))
