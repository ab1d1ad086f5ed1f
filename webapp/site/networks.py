"""Text to an address, and an address among networks: quick for what nearly every request brings, strict for all.

`ipaddress` is right and slow. Here the system's own functions read an address that is written in the one canonical
way (RFC 5952 for IPv6), and whatever they would write otherwise goes to `ipaddress`, which has the last word.
"""

from bisect import bisect_right
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, collapse_addresses, ip_address
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Self, cast

from webapp.core.model import Address
from webapp.settings import Network

MOST_HELD = 256
"""Most addresses of proxies that are remembered."""

WIDE = 1 / 64
"""Part of all addresses of a version above which blocks can hardly be those of proxies alone."""

_MAPPED = 0xFFFF
"""What stands before the last 32 bits of an IPv4-mapped address."""


def parse_address(text: str) -> Address | None:
    """Read an address strictly: no port, brackets, zone or leading zeros, only ASCII. A mapped one is unmapped.

    None is the answer to everything else. Never raises.
    """
    family = AF_INET6 if ":" in text else AF_INET
    try:
        packed = inet_pton(family, text)
        canonical = inet_ntop(family, packed) == text
    except (OSError, ValueError):
        return None if not text else _parse_slowly(text)
    if not canonical:
        return _parse_slowly(text)
    number = int.from_bytes(packed, "big")
    if family is AF_INET:
        return IPv4Address(number)
    return IPv4Address(number & 0xFFFFFFFF) if number >> 32 == _MAPPED else IPv6Address(number)


def _parse_slowly(text: str) -> Address | None:
    if not text.isascii() or "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


class NetworkSet(tuple[Network, ...]):
    """CIDR blocks that can be asked quickly whether one of them holds an address. Otherwise a tuple of them."""

    _bounds: dict[type, tuple[tuple[int, ...], tuple[int, ...]]]
    _held: dict[str, Address]
    _most_held: int

    def __new__(cls, networks: Iterable[Network] = ()) -> Self:
        """Take blocks in any order; they may overlap."""
        made = super().__new__(cls, networks)
        made._held = {}
        made._bounds = {IPv4Address: _find_bounds(made, 4), IPv6Address: _find_bounds(made, 6)}
        made._most_held = 0 if _are_wide(made) else MOST_HELD
        return made

    def recall(self, text: str) -> Address | None:
        """Return the address that a text is, if one of the blocks holds it; remembered, for a proxy asks often.

        None for all else, of which nothing is remembered: it may be a reader's. So may one of blocks that are WIDE.
        """
        known = self._held.get(text)
        if known is None and self:
            address = parse_address(text)
            if address is None or not self.holds(address):
                return None
            known = address
            if len(self._held) < self._most_held:
                self._held[text] = address
        return known

    def holds(self, address: Address) -> bool:
        """Say whether one of the blocks holds `address`, whatever its zone."""
        first, last = self._bounds[type(address)]
        number = int(address)
        index = bisect_right(first, number) - 1
        return index >= 0 and number <= last[index]


def _are_wide(networks: Iterable[Network]) -> bool:
    """Say whether blocks hold more than WIDE of all addresses of a version; overlapping ones count twice."""
    covered = {4: 0.0, 6: 0.0}
    for network in networks:
        covered[network.version] += 0.5**network.prefixlen
    return max(covered.values()) > WIDE


def _find_bounds(networks: Iterable[Network], version: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """First and last addresses of the blocks of one version, merged and sorted."""
    blocks = list(collapse_addresses(cast(list[IPv4Network], [one for one in networks if one.version == version])))
    return (
        tuple(int(block.network_address) for block in blocks),
        tuple(int(block.broadcast_address) for block in blocks),
    )
