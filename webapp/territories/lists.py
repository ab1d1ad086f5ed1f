"""Reads lists of networks: one CIDR block, address or range a line, `#` and `;` begin a comment. Guesses nothing.

A line that is neither is a fault with its number, and the whole list is refused: a list that is half understood
would silently leave out the networks that it was meant to name.
"""

from ipaddress import ip_address, ip_network
from pathlib import Path
from socket import AF_INET, inet_pton

MOST_FAULTS = 20
_MAPPED, _LAST_IPV4 = 0xFFFF, (1 << 32) - 1
"""IPv4-mapped addresses (::ffff:0:0/96, RFC 4291) stand for the IPv4 addresses that they carry."""


class ListError(ValueError):
    """Lines that cannot be understood."""


def load_ranges(path: Path) -> list[tuple[int, int]]:
    """Inclusive ranges of address numbers. Raises ListError, OSError."""
    ranges, faults = [], []
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, 1):
            text = line.partition("#")[0].partition(";")[0].strip()
            if not text:
                continue
            try:
                ranges.append(parse_range(text))
            except ValueError as fault:
                faults.append(f"line {number}: {fault!s:.120}")
                if len(faults) == MOST_FAULTS:
                    break
    if faults:
        raise ListError("; ".join(faults))
    return ranges


def parse_range(text: str) -> tuple[int, int]:
    """ "198.51.100.0/24", "198.51.100.7" or "198.51.100.0 - 198.51.100.9". Host bits are a fault."""
    quick = _parse_ipv4_block(text)
    if quick is not None:
        return quick
    begin, dash, end = text.partition("-")
    if not dash:
        network = ip_network(text)
        return _place(network.version, int(network.network_address), int(network.broadcast_address), text)
    first, last = ip_address(begin.strip()), ip_address(end.strip())
    if first.version != last.version or int(first) > int(last):
        raise ValueError(f"{text!r} is not a range")
    return _place(first.version, int(first), int(last), text)


def _parse_ipv4_block(text: str) -> tuple[int, int] | None:
    """Most lines of a list of a million, seven times as fast as ipaddress; None for all else, faults included."""
    host, _, length = text.partition("/")
    try:
        first = int.from_bytes(inet_pton(AF_INET, host), "big")
        spread = (1 << (32 - int(length))) - 1 if length.isascii() and length.isdigit() else -1
    except (OSError, ValueError):
        return None
    return (first, first | spread) if spread >= 0 and not first & spread else None


def _place(version: int, first: int, last: int, text: str) -> tuple[int, int]:
    """In the space where IPv4 is ::/96. What IPv6 itself has there is no place for anybody, and must not name IPv4."""
    if version == 4:
        return first, last
    if last < 1 << 32:
        raise ValueError(f"{text!r} lies in ::/96, which holds no networks")
    if first >> 32 == last >> 32 == _MAPPED:
        return first & _LAST_IPV4, last & _LAST_IPV4
    return max(first, 1 << 32), last
