"""A second opinion on whole requests: from a peer and its headers to whether a notice may be left out.

Written from SAFETY's six conditions and docs/operators.md alone, before its author had read `site.address`,
`core.addresses`, `site.cdn`, `core.decide` or `core.rules`; it imports none of them. Addresses are read by the C
library instead of `ipaddress`, special blocks are IANA's two registries written down anew, and the map's records are
read by bare maxminddb. What a reader's languages say is left to `tests.oracle`.

It may be stricter or laxer than the site in showing; a drill asks one thing only: where the site leaves a notice out,
does the oracle say that it may?
"""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from tests.oracle import may_leave_out
from webapp.core.model import AcceptedLanguages, CountryCode, Edition, KnownPlace, LocaleTag, Reader

Block = tuple[int, int, int]
"""Family in bits (32 or 128), first and last address."""

SIGNS_OF_A_PROXY = (
    *("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "true-client-ip"),
    *("cf-connecting-ip", "cf-connecting-ipv6", "cf-ipcountry", "fastly-client-ip", "x-client-ip", "client-ip"),
    *("x-cluster-client-ip", "x-original-forwarded-for", "cloudfront-viewer-country", "fastly-geo-country"),
)
NAMES_OF_THE_READER = (
    *("x-real-ip", "true-client-ip", "cf-connecting-ip", "fastly-client-ip", "x-client-ip", "client-ip"),
    "x-cluster-client-ip",
)
COUNTRIES = {"cloudflare": "cf-ipcountry", "cloudfront": "cloudfront-viewer-country", "fastly": "fastly-geo-country"}
REGIONS = ("cf-region-code", "cloudfront-viewer-country-region", "fastly-geo-region")

NOT_PLAIN_IPV4 = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4"),
)
"""The special-purpose registry of IANA, multicast, class E. Its anycast services (192.31.196.0/24 …) are global."""
NOT_PLAIN_IPV6 = ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
"""Within 2000::/3, outside which nothing is global unicast: protocol blocks with Teredo, 6to4, documentation."""


class RawMap(Protocol):
    """What is needed of a maxminddb reader."""

    def get(self, ip_address: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it reaches the site, the settings of the site, and the languages of the page asked for.

    `headers` has names in lower case. `cdn` is the setting of that name, or empty.
    """

    peer: str | None
    headers: Mapping[str, Sequence[str]]
    trusted: tuple[str, ...]
    page: tuple[str, ...]
    cdn: str = ""


def may_leave_out_all(edition: Edition, asked: Asked, raw_map: RawMap | None, at: datetime) -> frozenset[str]:
    """Return the notices for which all six conditions hold. `raw_map` is the territory map, or None without one."""
    try:
        place = find_place(edition, asked, raw_map)
    except Exception:  # noqa: BLE001 - condition 6: whatever fails on the way, nothing is proven
        return frozenset()
    if place is None:
        return frozenset()
    values = asked.headers.get("accept-language")
    header = None if values is None else ",".join(values)
    reader = Reader(place, tuple(LocaleTag(tag) for tag in asked.page), AcceptedLanguages())
    notices = edition.notices
    return frozenset(notice.id for notice in notices if may_leave_out(edition, notice, reader, header, at))


def find_place(edition: Edition, asked: Asked, raw_map: RawMap | None) -> KnownPlace | None:
    """What the map proves about the client, or None."""
    address = find_client(asked)
    if address is None or raw_map is None or not is_plain(*address):
        return None
    record = raw_map.get(_spell(*address))
    if not isinstance(record, dict) or record.get("answer") not in {"inside", "uncertain", "outside"}:
        return None
    near = frozenset(record.get("inside", ())) | frozenset(record.get("uncertain", ()))
    if (record["answer"] == "outside") == bool(near):
        return None
    country = record.get("country", {}).get("iso_code")
    hinted = _hinted(edition, asked, country)
    if hinted is None:
        return None
    doubtful = near | hinted
    every = frozenset(edition.territories)
    if not doubtful <= every:
        return None
    return KnownPlace("", CountryCode(country or ""), frozenset(), doubtful, every - doubtful)


def _hinted(edition: Edition, asked: Asked, country: str | None) -> frozenset[Any] | None:
    """The territories that a CDN's word puts in doubt; None when it puts everything in doubt. It takes nothing away."""
    if asked.cdn and not asked.headers.get(COUNTRIES[asked.cdn]):
        return None
    for name in COUNTRIES.values():
        for value in asked.headers.get(name, ()):
            if value.strip().upper() != country:
                return None
    doubted: set[Any] = set()
    for name in REGIONS:
        for value in asked.headers.get(name, ()):
            code = value.strip().upper()
            answers = edition.regions.get(
                code if "-" in code else f"{country}-{code}", edition.regions.get(str(country))
            )
            doubted |= {territory for territory, _ in answers or ()}
    return frozenset(doubted)


# --- conditions 1 and 2: the client's address -----------------------------------------------------------------


def find_client(asked: Asked) -> tuple[int, int] | None:
    """The client's address, as (family, number), when the exact trusted chain or a direct connection gives it."""
    peer = read_address(asked.peer)
    if peer is None:
        return None
    blocks = [read_block(text) for text in asked.trusted]
    if not blocks:
        return None if any(name in asked.headers for name in SIGNS_OF_A_PROXY) else peer
    if not _within(peer, blocks) or "forwarded" in asked.headers:
        return None
    client = _leftmost(asked.headers.get("x-forwarded-for", ()), blocks)
    for name in NAMES_OF_THE_READER:
        for value in asked.headers.get(name, ()):
            if client is None or read_address(value.strip(" \t")) != client:
                return None
    return client


def _leftmost(values: Sequence[str], blocks: Sequence[Block]) -> tuple[int, int] | None:
    """Read the chain from the right: our own proxies, then one other address, and nothing further left."""
    chain = [read_address(part.strip(" \t")) for part in ",".join(values).split(",")]
    while chain:
        address = chain.pop()
        if address is None:
            return None
        if not _within(address, blocks):
            return None if chain else address
    return None


def read_address(text: str | None) -> tuple[int, int] | None:
    """An address as the C library reads it, IPv4 within IPv6 unmapped first; None for anything else."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            packed = socket.inet_pton(family, text or "")
        except (OSError, ValueError):
            continue
        if packed[:12] == b"\0" * 10 + b"\xff\xff":
            packed = packed[12:]
        return len(packed) * 8, int.from_bytes(packed, "big")
    return None


@lru_cache(maxsize=64)
def read_block(text: str) -> Block:
    """A CIDR block. Raises ValueError when it is none."""
    base, _, length = text.partition("/")
    address = read_address(base)
    if address is None:
        raise ValueError(text)
    family, first = address
    return family, first, first + (1 << (family - int(length))) - 1


def _within(address: tuple[int, int], blocks: Sequence[Block]) -> bool:
    return any(family == address[0] and first <= address[1] <= last for family, first, last in blocks)


def is_plain(family: int, number: int) -> bool:
    """Whether an address is a plain global unicast one."""
    if family == 32:
        return not _within((family, number), [read_block(text) for text in NOT_PLAIN_IPV4])
    return number >> 125 == 1 and not _within((family, number), [read_block(text) for text in NOT_PLAIN_IPV6])


def _spell(family: int, number: int) -> str:
    return socket.inet_ntop(socket.AF_INET if family == 32 else socket.AF_INET6, number.to_bytes(family // 8, "big"))
