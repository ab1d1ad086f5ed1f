"""Addresses as they should not look, and the chains of proxies that carry them. Draws; expects nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from random import Random

import maxminddb

from tests.request_oracle import NOT_PLAIN_IPV4, NOT_PLAIN_IPV6
from tests.samples import BERLIN, MOSCOW, REPOSITORY

IP = IPv4Address | IPv6Address
MAP_FILE = REPOSITORY / "config" / "territories.mmdb"
OTHER_SPECIAL = (
    *("::/128", "::1/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64"),
    *("2000::/3", "2001::/32", "2001:2::/48", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    *("192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24", "0.0.0.0/0", "128.0.0.0/1"),
)
NGINX, NGINX_6, INNER, EDGE = "192.0.2.10", "2001:db8::10", "198.51.100.7", "203.0.113.80"
OWN = ("192.0.2.10/32", "2001:db8::10/128")


@lru_cache(maxsize=1)
def list_edges() -> tuple[IP, ...]:
    """First and last address, and both neighbours, of every network that the map puts near a territory."""
    found: list[IP] = []
    with maxminddb.open_database(MAP_FILE) as reader:
        for network, record in reader:
            if isinstance(record, dict) and record["answer"] != "outside":
                found += edges_of(network[0], network[-1])
    return tuple(found)


def edges_of(first: IP, last: IP) -> list[IP]:
    """Return both ends and, where there are any, the addresses beside them."""
    make = type(first)
    numbers = (int(first) - 1, int(first), int(last), int(last) + 1)
    return [make(number) for number in numbers if 0 <= number < 1 << first.max_prefixlen]


SPECIAL_EDGES: tuple[IP, ...] = tuple(
    edge
    for text in (*NOT_PLAIN_IPV4, *NOT_PLAIN_IPV6, *OTHER_SPECIAL)
    for edge in edges_of(ip_network(text)[0], ip_network(text)[-1])
)

# --- which address --------------------------------------------------------------------------------------------


def _anywhere(chance: Random) -> IP:
    if chance.random() < 0.8:
        return IPv4Address(chance.randrange(1 << 24, 224 << 24))
    return IPv6Address((chance.choice((0x2A, 0x26, 0x24, 0x28, 0x20)) << 120) | chance.getrandbits(120))


def _abroad(chance: Random) -> IPv4Address:
    """An address of a German network: safe, so that whatever else is wrong is the only thing."""
    return IPv4Address(int(IPv4Address(BERLIN)) + chance.randrange(1, 200))


def _wrapped(chance: Random) -> IP:
    """A safe or a Russian IPv4 address inside IPv6: mapped, 6to4, Teredo, NAT64, compatible, ISATAP, translated."""
    inner = int(_abroad(chance) if chance.random() < 0.7 else IPv4Address(MOSCOW))
    rest = chance.getrandbits(64)
    return IPv6Address(
        chance.choice(
            (
                (0xFFFF << 32) | inner,
                (0x2002 << 112) | (inner << 80) | rest,
                (0x20010000 << 96) | (inner << 64) | (rest >> 32 << 32) | (~inner & 0xFFFFFFFF),
                (0x64FF9B << 96) | inner,
                (0x64FF9B0001 << 80) | inner,
                inner,
                (0xFFFF << 48) | inner,
                (0xFE80 << 112) | (0x5EFE << 32) | inner,
            )
        )
    )


def _special(chance: Random) -> IP:
    return chance.choice(SPECIAL_EDGES)


def _edge(chance: Random) -> IP:
    return chance.choice(list_edges())


ADDRESSES: Mapping[str, tuple[int, Callable[[Random], IP]]] = {
    "abroad": (40, _abroad),
    "anywhere": (25, _anywhere),
    "edge of a network near a territory": (20, _edge),
    "edge of a special block": (8, _special),
    "IPv4 inside IPv6": (7, _wrapped),
}

# --- how it is written ----------------------------------------------------------------------------------------

SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "port": lambda text: f"{text}:443",
    "brackets": lambda text: f"[{text}]",
    "brackets and port": lambda text: f"[{text}]:443",
    "zone": lambda text: f"{text}%eth0",
    "encoded zone": lambda text: f"{text}%251",
    "leading zeros": lambda text: ".".join(part.zfill(3) for part in text.split(".")),
    "hexadecimal": lambda text: "0x" + text.replace(".", ".0x"),
    "one number": lambda text: str(int(IPv4Address(text))) if "." in text and ":" not in text else text + ":",
    "three parts": lambda text: text.rpartition(".")[0] if "." in text else text + "::",
    "five parts": lambda text: f"{text}.1",
    "trailing dot": lambda text: f"{text}.",
    "quotes": lambda text: f'"{text}"',
    "for=": lambda text: f"for={text}",
    "unknown": lambda text: "unknown",
    "obfuscated": lambda text: "_hidden",
    "no digits": lambda text: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "full width": lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "prefix": lambda text: f"{text}/32",
    "two": lambda text: f"{text} {text}",
    "null byte": lambda text: f"{text}\0",
    "line break": lambda text: f"{text}\n",
    "no-break space": lambda text: f"\xa0{text}",
    "minus": lambda text: f"-{text}",
    "plus": lambda text: f"+{text}",
    "empty": lambda text: "",
    "host name": lambda text: "reader.example",
    "semicolon": lambda text: f"{text};by=192.0.2.10",
}
HARMLESS_SPELLINGS: tuple[Callable[[str], str], ...] = (
    *(str.upper, str, str, str),
    lambda text: f" {text}\t",
    lambda text: IPv6Address(text).exploded if ":" in text else text,
)

# --- by which chain -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Arrival:
    """How a request arrives: peer, headers in lower case, and the settings of the site it arrives at."""

    peer: str | None
    headers: dict[str, list[str]]
    trusted: tuple[str, ...] = ()
    cdn: str = ""
    said: list[str] = field(default_factory=list)
    """What was done to it, in words."""


def _direct(client: str, country: str, chance: Random) -> Arrival:
    return Arrival(client, {})


def _one_proxy(client: str, country: str, chance: Random) -> Arrival:
    return Arrival(chance.choice((NGINX, NGINX, NGINX_6, f"::ffff:{NGINX}")), {"x-forwarded-for": [client]}, OWN)


def _two_proxies(client: str, country: str, chance: Random) -> Arrival:
    chain = chance.choice(([f"{client}, {INNER}"], [client, INNER]))
    return Arrival(NGINX, {"x-forwarded-for": chain}, (*OWN, "198.51.100.0/28"))


def _cdn_and_proxy(client: str, country: str, chance: Random) -> Arrival:
    cdn, header = chance.choice(
        (("cloudflare", "cf-ipcountry"), ("cloudfront", "cloudfront-viewer-country"), ("fastly", "fastly-geo-country"))
    )
    headers = {"x-forwarded-for": [f"{client}, {EDGE}"], header: [country]}
    if cdn == "cloudflare":
        headers["cf-connecting-ip"] = [client]
    return Arrival(NGINX, headers, (*OWN, "203.0.113.64/27"), cdn)


def _cache_and_proxy(client: str, country: str, chance: Random) -> Arrival:
    headers = {"x-forwarded-for": [f"{client}, 127.0.0.1"], "via": ["1.1 varnish"], "x-real-ip": [client]}
    return Arrival(NGINX, headers, (*OWN, "127.0.0.0/8", "::1/128"))


def _onion(client: str, country: str, chance: Random) -> Arrival:
    """An onion service connects from loopback, and whoever comes by it may be anywhere."""
    return Arrival(chance.choice(("127.0.0.1", "::1", "::ffff:127.0.0.1")), {}, chance.choice(((), OWN)))


TOPOLOGIES: Mapping[str, tuple[int, Callable[[str, str, Random], Arrival]]] = {
    "direct": (25, _direct),
    "one proxy": (25, _one_proxy),
    "two proxies": (15, _two_proxies),
    "CDN and proxy": (15, _cdn_and_proxy),
    "cache and proxy": (15, _cache_and_proxy),
    "onion service": (5, _onion),
}

# --- what goes wrong on the way -------------------------------------------------------------------------------


def _set(name: str, *values: str) -> Callable[[Arrival, Random], None]:
    def change(arrival: Arrival, chance: Random) -> None:
        arrival.headers[name] = [chance.choice(values)]

    return change


def _prepend(*values: str) -> Callable[[Arrival, Random], None]:
    def change(arrival: Arrival, chance: Random) -> None:
        old = arrival.headers.get("x-forwarded-for", [])
        arrival.headers["x-forwarded-for"] = [chance.choice(values), *old]

    return change


def _append(*values: str) -> Callable[[Arrival, Random], None]:
    def change(arrival: Arrival, chance: Random) -> None:
        arrival.headers["x-forwarded-for"] = [*arrival.headers.get("x-forwarded-for", []), chance.choice(values)]

    return change


def _peer(*values: str | None) -> Callable[[Arrival, Random], None]:
    def change(arrival: Arrival, chance: Random) -> None:
        arrival.peer = chance.choice(values)

    return change


def _lose_chain(arrival: Arrival, chance: Random) -> None:
    arrival.headers.pop("x-forwarded-for", None)


def _overwrite_chain(arrival: Arrival, chance: Random) -> None:
    arrival.headers["x-forwarded-for"] = [chance.choice((NGINX, EDGE, INNER, "127.0.0.1"))]


def _lose_country(arrival: Arrival, chance: Random) -> None:
    for name in ("cf-ipcountry", "cloudfront-viewer-country", "fastly-geo-country"):
        arrival.headers.pop(name, None)


def _add_region(arrival: Arrival, chance: Random) -> None:
    names: Sequence[str] = ("cf-region-code", "cloudfront-viewer-country-region", "fastly-geo-region")
    values = ("43", "UA-43", "RU-CR", "CR", "14", "UA-14", "30", "MOW", "BE", "?", "", "UA-", "ua-40", "Crimea")
    arrival.headers[chance.choice(names)] = [chance.choice(values)]


FAULTS: Mapping[str, Callable[[Arrival, Random], None]] = {
    "a foreign proxy before ours": _prepend(MOSCOW, BERLIN, "10.0.0.1", "unknown", "", "_x", "fe80::1%eth0"),
    "an address behind": _append(BERLIN, MOSCOW, "8.8.8.8", "", "unknown", "::1"),
    "chain lost": _lose_chain,
    "chain overwritten": _overwrite_chain,
    "chain endless": _prepend(*(", ".join([NGINX] * number) for number in (50, 500))),
    "forwarded": _set("forwarded", "for=91.65.10.1", "", "for=unknown;by=_x"),
    "real-ip": _set("x-real-ip", MOSCOW, BERLIN, "", "unknown", NGINX),
    "true-client-ip": _set("true-client-ip", MOSCOW, BERLIN),
    "cf-connecting-ip": _set("cf-connecting-ip", MOSCOW, "2a02:6b8::1", "unknown"),
    "fastly-client-ip": _set("fastly-client-ip", MOSCOW),
    "client-ip": _set("client-ip", BERLIN),
    "via": _set("via", "1.1 proxy.example"),
    "forwarded-proto": _set("x-forwarded-proto", "https"),
    "country lost": _lose_country,
    "another country": _set("cf-ipcountry", "RU", "UA", "XX", "T1", "", "**", "de", "Germany", "DE,RU"),
    "another CDN's country": _set("cloudfront-viewer-country", "RU", "XX", "US"),
    "a region": _add_region,
    "peer untrusted": _peer(MOSCOW, BERLIN, "192.0.2.11", "127.0.0.1"),
    "peer no address": _peer(None, "", "unix:", "@", "localhost", "192.0.2.10:1234"),
}


def draw_address(chance: Random) -> tuple[str, IP]:
    """Return a kind of address and one of it."""
    kinds = list(ADDRESSES)
    kind = chance.choices(kinds, [ADDRESSES[it][0] for it in kinds])[0]
    return kind, ADDRESSES[kind][1](chance)


def draw_arrival(client: IP, country: str, chance: Random) -> tuple[str, Arrival]:
    """Return a topology and the arrival of a client by it: two thirds as it should be, the rest with a fault or two."""
    text = chance.choice(HARMLESS_SPELLINGS)(str(client))
    said = []
    if chance.random() < 0.1:
        said.append(chance.choice(list(SPELLINGS)))
        text = SPELLINGS[said[0]](str(client))
    names = list(TOPOLOGIES)
    name = chance.choices(names, [TOPOLOGIES[it][0] for it in names])[0]
    arrival = TOPOLOGIES[name][1](text.strip() if name == "direct" and not said else text, country, chance)
    arrival.said = said
    for _ in range(chance.choices((0, 1, 2), (72, 22, 6))[0]):
        fault = chance.choice(list(FAULTS))
        FAULTS[fault](arrival, chance)
        arrival.said.append(fault)
    return name, arrival
