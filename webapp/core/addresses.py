"""Says which addresses prove nothing about where their user is. Owns that one table; refuses to parse text.

Only plain global unicast addresses can be located. Everything else (private, shared, tunnelled, reserved, bound to
a zone) becomes an UnknownPlace with its own words. Sources: the IANA special-purpose address registries for IPv4
and IPv6 (RFC 6890 and its updates), RFC 4291 for the shape of IPv6.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from webapp.core.model import Address, UnknownPlace, UnknownReason

_NOT_GLOBAL = UnknownReason.NOT_GLOBAL
_TUNNEL = UnknownReason.TUNNEL

SPECIAL_NETWORKS: tuple[tuple[str, UnknownReason, str], ...] = (
    ("0.0.0.0/8", _NOT_GLOBAL, "this network or unspecified (RFC 791)"),
    ("10.0.0.0/8", _NOT_GLOBAL, "private (RFC 1918)"),
    ("100.64.0.0/10", _NOT_GLOBAL, "shared by a carrier's NAT (RFC 6598)"),
    ("127.0.0.0/8", _NOT_GLOBAL, "loopback (RFC 1122)"),
    ("169.254.0.0/16", _NOT_GLOBAL, "link-local (RFC 3927)"),
    ("172.16.0.0/12", _NOT_GLOBAL, "private (RFC 1918)"),
    ("192.0.0.0/24", _NOT_GLOBAL, "reserved for protocols (RFC 6890)"),
    ("192.0.2.0/24", _NOT_GLOBAL, "documentation (RFC 5737)"),
    ("192.88.99.0/24", _TUNNEL, "6to4 relay (RFC 7526)"),
    ("192.168.0.0/16", _NOT_GLOBAL, "private (RFC 1918)"),
    ("198.18.0.0/15", _NOT_GLOBAL, "benchmarking (RFC 2544)"),
    ("198.51.100.0/24", _NOT_GLOBAL, "documentation (RFC 5737)"),
    ("203.0.113.0/24", _NOT_GLOBAL, "documentation (RFC 5737)"),
    ("224.0.0.0/4", _NOT_GLOBAL, "multicast (RFC 5771)"),
    ("240.0.0.0/4", _NOT_GLOBAL, "reserved or broadcast (RFC 1112)"),
    ("::/128", _NOT_GLOBAL, "unspecified (RFC 4291)"),
    ("::1/128", _NOT_GLOBAL, "loopback (RFC 4291)"),
    ("::ffff:0:0/96", _TUNNEL, "IPv4-mapped (RFC 4291)"),
    ("::ffff:0:0:0/96", _TUNNEL, "IPv4-translated (RFC 2765)"),
    ("64:ff9b::/96", _TUNNEL, "NAT64 (RFC 6052)"),
    ("64:ff9b:1::/48", _TUNNEL, "local NAT64 (RFC 8215)"),
    ("100::/64", _NOT_GLOBAL, "discarded (RFC 6666)"),
    ("2001::/32", _TUNNEL, "Teredo (RFC 4380)"),
    ("2001:2::/48", _NOT_GLOBAL, "benchmarking (RFC 5180)"),
    ("2001:db8::/32", _NOT_GLOBAL, "documentation (RFC 3849)"),
    ("2002::/16", _TUNNEL, "6to4 (RFC 3056)"),
    ("3fff::/20", _NOT_GLOBAL, "documentation (RFC 9637)"),
    ("fc00::/7", _NOT_GLOBAL, "unique local (RFC 4193)"),
    ("fe80::/10", _NOT_GLOBAL, "link-local (RFC 4291)"),
    ("fec0::/10", _NOT_GLOBAL, "site-local, abandoned (RFC 3879)"),
    ("ff00::/8", _NOT_GLOBAL, "multicast (RFC 4291)"),
)
"""Networks whose addresses cannot be located, with why."""

_GLOBAL_IPV6 = IPv6Network("2000::/3")
_PROTOCOL_IPV6 = IPv6Network("2001::/23")
_RESERVED_IPV6 = UnknownPlace(_NOT_GLOBAL, "not global unicast: reserved or abandoned IPv6 space (RFC 4291)")
_PROTOCOL = UnknownPlace(_NOT_GLOBAL, "not global unicast: reserved for protocols (RFC 2928)")
_ZONE = UnknownPlace(_NOT_GLOBAL, "not global unicast: bound to a zone of one machine (RFC 4007)")


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Sorted, disjoint address ranges of one family, with what to answer for each."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    answers: tuple[UnknownPlace, ...]

    def find(self, number: int) -> UnknownPlace | None:
        index = bisect_right(self.first, number) - 1
        return self.answers[index] if index >= 0 and number <= self.last[index] else None


def _build_ranges(version: int) -> _Ranges:
    rows = []
    for text, reason, words in SPECIAL_NETWORKS:
        network = ip_network(text)
        if network.version == version:
            lead = "arrives through a tunnel" if reason is _TUNNEL else "not global unicast"
            rows.append((int(network[0]), int(network[-1]), UnknownPlace(reason, f"{lead}: {words}")))
    rows.sort(key=lambda row: row[0])
    first, last, answers = zip(*rows, strict=True)
    return _Ranges(first, last, answers)


_IPV4 = _build_ranges(4)
_IPV6 = _build_ranges(6)


_GLOBAL_FIRST, _GLOBAL_LAST = int(_GLOBAL_IPV6[0]), int(_GLOBAL_IPV6[-1])
_PROTOCOL_LAST = int(_PROTOCOL_IPV6[-1])
_PROTOCOL_FIRST = int(_PROTOCOL_IPV6[0])


def _mark_plain(ranges: Iterable[tuple[int, int]], bits: int) -> bytes:
    """One byte for every block of the first 16 of an address's `bits`: 0 where one of the ranges touches the block."""
    marks, shift = bytearray(b"\1" * 65536), bits - 16
    for first, last in ranges:
        marks[first >> shift : (last >> shift) + 1] = bytes((last >> shift) - (first >> shift) + 1)
    return bytes(marks)


PLAIN_IPV4 = _mark_plain(zip(_IPV4.first, _IPV4.last, strict=True), 32)
"""For every /16 of IPv4, by its number: 1 when no special network touches it, which spares most addresses a search."""

PLAIN_IPV6 = _mark_plain(
    (
        *zip(_IPV6.first, _IPV6.last, strict=True),
        (0, _GLOBAL_FIRST - 1),
        (_GLOBAL_LAST + 1, (1 << 128) - 1),
        (_PROTOCOL_FIRST, _PROTOCOL_LAST),
    ),
    128,
)
"""The same for every /16 of IPv6. It says nothing of zones."""


def unmap(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped one (::ffff:a.b.c.d), any other address as it is."""
    if isinstance(address, IPv6Address) and address.scope_id is None and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def find_obstacle(address: Address) -> UnknownPlace | None:
    """Why this address cannot be located; None when it is plain global unicast.

    An IPv4-mapped address is judged as the IPv4 address it carries.
    """
    if isinstance(address, IPv4Address):
        number = int(address)
        return None if PLAIN_IPV4[number >> 16] else _IPV4.find(number)
    if address.scope_id is not None:
        return _ZONE
    if address.ipv4_mapped is not None:
        return _IPV4.find(int(address.ipv4_mapped))
    return _find_ipv6_obstacle(int(address))


def _find_ipv6_obstacle(number: int) -> UnknownPlace | None:
    known = _IPV6.find(number)
    if known is not None:
        return known
    if not _GLOBAL_FIRST <= number <= _GLOBAL_LAST:
        return _RESERVED_IPV6
    return _PROTOCOL if _PROTOCOL_FIRST <= number <= _PROTOCOL_LAST else None


def special_networks() -> tuple[IPv4Network | IPv6Network, ...]:
    """Every network that `find_obstacle` refuses, as disjoint blocks: a map must hold no record inside them."""
    ipv6 = IPv6Network("::/0")
    outside = tuple(ipv6.address_exclude(_GLOBAL_IPV6))
    inside = [network for network in _parsed(6) if network.subnet_of(_GLOBAL_IPV6)]  # type: ignore[arg-type]
    apart = [network for network in inside if not network.subnet_of(_PROTOCOL_IPV6)]  # type: ignore[arg-type]
    return (*_parsed(4), *outside, _PROTOCOL_IPV6, *apart)


def _parsed(version: int) -> list[IPv4Network | IPv6Network]:
    networks = (ip_network(text) for text, _, _ in SPECIAL_NETWORKS)
    return [network for network in networks if network.version == version]
