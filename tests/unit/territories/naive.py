"""Random sources and rules, and a naive interpreter of them: address by address, in the order a person would ask.

Nothing here uses the compiler's judging, weighing or geometry. Places are chosen so that no distance lies within a
few per cent of a limit, where two ways to measure may differ.
"""

import json
import random
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from math import cos, hypot, inf, radians
from pathlib import Path
from typing import Any

import tomlkit

from tests.unit.territories.worlds import write_database

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

COUNTRIES = ("AA", "BB", "CC", "DD")
NO_COUNTRIES = ("", "-", "ZZ", "EU")
SPELLINGS = {
    "shore": ("Shore", "SHORE", "Šhore", "The Shore Region"),
    "hills": ("Hills", "Híll's", "hill’s Oblast"),
    "plain": ("Plain", "Plaín Province"),
}
DOUBTS = ("anonymiser", "hosting", "satellite", "anycast")
FLAGS = {
    "anonymiser": {"is_anonymous": True, "is_tor_exit_node": True},
    "hosting": {"is_hosting_provider": True},
    "satellite": {"is_satellite_provider": True},
    "anycast": {"is_anycast": True},
}
NEAR_KM = 15.0
SPECIAL = [ip_network(text) for text in ("10.0.0.0/8", "100.64.0.0/10", "224.0.0.0/4", "2002::/16", "2001:db8::/32")]


@dataclass(frozen=True, slots=True)
class Fact:
    """What one source says of one network, before any vendor's way of writing it down. `name` is a key of SPELLINGS."""

    country: str = ""
    registered: str = ""
    region: str = ""
    name: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None
    asn: int | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Square:
    """West, south, east, north, with a hole of the same kind when there is one."""

    west: float
    south: float
    east: float
    north: float
    hole: "Square | None" = None

    def ring(self) -> list[list[float]]:
        west, south, east, north = self.west, self.south, self.east, self.north
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    def holds(self, latitude: float, longitude: float) -> bool:
        within = self.south < latitude < self.north and self.west < longitude < self.east
        return within and not (self.hole and self.hole.holds(latitude, longitude))

    def edge_km(self, latitude: float, longitude: float) -> float:
        """Kilometres to the outline or the hole's."""
        across = 111.2 * cos(radians(latitude))
        inward_x = min(abs(longitude - self.west), abs(longitude - self.east)) * across
        inward_y = min(abs(latitude - self.south), abs(latitude - self.north)) * 111.2
        over_x = max(self.west - longitude, 0.0, longitude - self.east) * across
        over_y = max(self.south - latitude, 0.0, latitude - self.north) * 111.2
        outside = over_x > 0 or over_y > 0
        here = hypot(over_x, over_y) if outside else min(inward_x, inward_y)
        return min(here, self.hole.edge_km(latitude, longitude)) if self.hole else here


@dataclass(slots=True)
class Rules:
    """One territory, as plain values."""

    touches: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    regions: dict[str, str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    asns: dict[int, str] = field(default_factory=dict)
    networks: dict[Network, str] = field(default_factory=dict)
    excepted_asns: set[int] = field(default_factory=set)
    excepted_networks: set[Network] = field(default_factory=set)
    square: Square | None = None


@dataclass(slots=True)
class Source:
    """A database or a list: longest network wins; `located` as the editors say."""

    kind: str
    located: bool
    facts: dict[Network, Fact]

    def find(self, address: Address) -> Fact | None:
        holding = [network for network in self.facts if address in network]
        return self.facts[max(holding, key=lambda network: network.prefixlen)] if holding else None


@dataclass(slots=True)
class World:
    """Sources and rules together."""

    rules: dict[str, Rules]
    sources: dict[str, Source]

    def expect(self, address: Address) -> dict[str, str] | None:
        """Per territory "inside", "uncertain" or "outside"; None when nothing is known of the address."""
        if any(address in network for network in SPECIAL):
            return None
        heard = [(source, fact) for source in self.sources.values() if (fact := source.find(address)) is not None]
        entries = [network for rules in self.rules.values() for network in {*rules.networks, *rules.excepted_networks}]
        if not heard and not any(address in network for network in entries):
            return None
        return {name: weigh(rules, address, heard) for name, rules in self.rules.items()}

    def edges(self) -> list[Address]:
        """First and last address of every network, and their neighbours."""
        networks = {network for source in self.sources.values() for network in source.facts} | set(SPECIAL)
        for rules in self.rules.values():
            networks |= {*rules.networks, *rules.excepted_networks}
        found: set[Address] = set()
        for network in networks:
            top = (1 << network.max_prefixlen) - 1
            for edge in (int(network[0]), int(network[-1])):
                found |= {type(network[0])(number) for number in (edge - 1, edge, edge + 1) if 0 <= number <= top}
        return sorted(found, key=lambda address: (address.version, int(address)))


def weigh(rules: Rules, address: Address, heard: list[tuple[Source, Fact]]) -> str:
    """All sources for one territory."""
    facts = [fact for _, fact in heard]
    excepted = any(address in network for network in rules.excepted_networks)
    excepted = excepted or any(fact.asn in rules.excepted_asns for fact in facts)
    entries = {answer for network, answer in rules.networks.items() if address in network}
    entries |= {rules.asns[fact.asn] for fact in facts if fact.asn in rules.asns}
    entries = set() if excepted else entries
    said = {hear(rules, fact) for fact in facts}
    countries = {fact.country for fact in facts if fact.country in COUNTRIES}
    if "inside" in said | entries:
        return "inside"
    if "uncertain" in said | entries or any(fact.doubt for fact in facts):
        return "uncertain"
    if len(countries) > 1 and countries & (rules.touches | rules.countries):
        return "uncertain"
    placed = {hear(rules, fact) for source, fact in heard if source.located and fact.country in COUNTRIES}
    return "outside" if "outside" in placed else "uncertain"


def hear(rules: Rules, fact: Fact) -> str:
    """One source for one territory: inside, uncertain, outside, or nothing."""
    country = fact.country if fact.country in COUNTRIES else ""
    related = rules.touches | rules.countries
    region = {rules.regions.get(f"{country}-{fact.region}", ""), rules.names.get((country, fact.name), "")}
    settled = bool(fact.city) and "Oblast" not in fact.city
    inside, edge = False, inf
    if rules.square and fact.latitude is not None and fact.longitude is not None and (settled or fact.radius):
        inside = rules.square.holds(fact.latitude, fact.longitude)
        edge = rules.square.edge_km(fact.latitude, fact.longitude)
    if country in rules.countries or "inside" in region or (inside and edge > (fact.radius or 0)):
        return "inside"
    if inside or edge <= max(fact.radius or 0.0, NEAR_KM):
        return "uncertain"
    other = {fact.registered} - {country, ""}
    if not country:
        return "uncertain" if other else "nothing"
    if other & related:
        return "uncertain"
    if country not in related or ("outside" in region and "uncertain" not in region):
        return "outside"
    if settled and fact.latitude is not None:
        return "outside"
    return "uncertain" if fact.region or fact.name else "nothing"


# --- making one at random -----------------------------------------------------------------------------------


def make_world(chance: random.Random) -> World:
    """One to three territories, one to five sources, both families."""
    rules = {f"t{index}": make_rules(chance, index) for index in range(chance.randint(1, 3))}
    squares = [one.square for one in rules.values() if one.square]
    kinds = chance.choices(("country", "city", "nested", "asn", "anonymous", "doubtful", "delegated"), k=4)
    kinds[0] = chance.choice(("city", "nested"))
    sources = {f"s{index}": make_source(chance, kind, squares) for index, kind in enumerate(kinds)}
    return World(rules, sources)


def make_rules(chance: random.Random, index: int) -> Rules:
    """Networks of different territories never overlap: that is a Problem of its own."""
    rules = Rules(touches=some(chance, COUNTRIES), countries=some(chance, COUNTRIES[:2]))
    rules.regions = {
        f"{code}-{number}": chance.choice(ANSWERS) for code in COUNTRIES for number in "12" if chance.random() < 0.4
    }
    rules.names = {(code, name): chance.choice(ANSWERS) for code in COUNTRIES for name in some(chance, SPELLINGS)}
    rules.asns = {number: chance.choice(ANSWERS[:2]) for number in some(chance, range(64500, 64504))}
    rules.excepted_asns = some(chance, range(64502, 64506)) if chance.random() < 0.5 else set()
    blocks = (ip_network(f"20.{index * 4}.0.0/14"), ip_network(f"2a00:{index}::/32"))
    rules.networks = {
        within(chance, chance.choice(blocks)): chance.choice(ANSWERS[:2]) for _ in range(chance.randint(0, 3))
    }
    rules.excepted_networks = {within(chance, chance.choice(blocks)) for _ in range(chance.randint(0, 2))}
    if chance.random() < 0.7 or not rules.countries:
        west, south = chance.choice((-100.0, 5.0, 30.0, 150.0)), chance.choice((-40.0, 0.5, 45.0, 60.0))
        hole = Square(west + 1, south + 1, west + 2, south + 2) if chance.random() < 0.4 else None
        rules.square = Square(west, south, west + 3, south + 3, hole)
    return rules


ANSWERS = ("inside", "uncertain", "outside")


def some(chance: random.Random, items: Any) -> set[Any]:
    """Each with a chance of a third."""
    return {item for item in items if chance.random() < 0.34}


def within(chance: random.Random, block: Network) -> Network:
    """A network inside a block, often a large one, sometimes a single address."""
    longest = 32 if block.version == 4 else chance.choice((48, 64, 128))
    length = chance.randint(block.prefixlen + 1, longest)
    host = block.max_prefixlen - length
    number = int(block[0]) + (chance.getrandbits(block.max_prefixlen - block.prefixlen) >> host << host)
    return ip_network((number, length))


def make_source(chance: random.Random, kind: str, squares: list[Square]) -> Source:
    blocks = (ip_network("20.0.0.0/12"), ip_network("2a00::/28"))
    facts: dict[Network, Fact] = {}
    one = make_fact(chance, kind, squares)
    for _ in range(chance.randint(3, 40)):
        network = chance.choice(SPECIAL) if chance.random() < 0.05 else within(chance, chance.choice(blocks))
        facts[network] = one if kind in ("doubtful", "delegated") else make_fact(chance, kind, squares)
    if kind == "city":
        facts[within(chance, blocks[0])] = Fact(country="CC", city="Far", latitude=-70.0, longitude=-170.0)
    located = kind not in ("asn", "anonymous") and chance.random() < 0.7
    return Source(kind, located, facts)


def make_fact(chance: random.Random, kind: str, squares: list[Square]) -> Fact:
    """Only what a source of this kind can say."""
    country = chance.choice(NO_COUNTRIES) if chance.random() < 0.15 else chance.choice(COUNTRIES)
    if kind == "asn":
        return Fact(asn=chance.randint(64500, 64507))
    if kind in ("anonymous", "doubtful"):
        return Fact(doubt=chance.choice(DOUBTS[: 2 if kind == "anonymous" else 3]))
    if kind == "country":
        return Fact(country=country)
    if kind == "delegated":
        return Fact(country=chance.choice(COUNTRIES))
    name, city = chance.choice(("", *SPELLINGS)), chance.choice(("", "Town", "Town", "Long Oblast"))
    if kind == "city":
        latitude, longitude = make_point(chance, squares, None)
        return Fact(country=country, name=name, city=city, latitude=latitude, longitude=longitude)
    radius = chance.choice((None, 2.0, 20.0, 100.0))  # not 1.0: mmdb_writer would store it as True
    if chance.random() < 0.2:
        return Fact(country=country if country in COUNTRIES else "", registered=chance.choice(COUNTRIES), name=name)
    latitude, longitude = make_point(chance, squares, radius)
    return Fact(
        country=country if country in COUNTRIES else "",
        registered=chance.choice(("", "", *COUNTRIES)),
        region=chance.choice(("", "1", "2", "3")),
        latitude=latitude,
        longitude=longitude,
        radius=radius,
        asn=chance.choice((None, None, 64501, 64505)),
        doubt=chance.choice(("",) * 12 + DOUBTS),
        name=name,
        city=city,
    )


def make_point(chance: random.Random, squares: list[Square], radius: float | None) -> tuple[float, float]:
    """In, near or far from a square; never so close to a limit that measuring could decide."""
    limits = (0.0, NEAR_KM, radius or 0.0, max(radius or 0.0, NEAR_KM))
    while True:
        square = chance.choice(squares) if squares else Square(0, 0, 3, 3)
        latitude = round(chance.uniform(square.south - 1.5, square.north + 1.5), 3)
        longitude = round(chance.uniform(square.west - 1.5, square.east + 1.5), 3)
        edges = [one.edge_km(latitude, longitude) for one in squares]
        if all(abs(edge - limit) > 0.04 * limit + 0.5 for edge in edges for limit in limits):
            return latitude, longitude


# --- writing it down as vendors and editors do --------------------------------------------------------------


def write_world(chance: random.Random, world: World, root: Path) -> list[Path]:
    """The site's folder with definitions, and the sources beside it; the paths of the sources."""
    (root / "config" / "areas").mkdir(parents=True)
    paths, tables = [], {}
    for name, source in world.sources.items():
        path = root / (f"{name}.txt" if source.kind in ("doubtful", "delegated") else f"{name}.mmdb")
        table: dict[str, Any] = {"files": [path.name], "located": source.located}
        if source.kind == "doubtful":
            table["doubt"] = next(iter(source.facts.values())).doubt
        if source.kind == "delegated":
            table["country"] = next(iter(source.facts.values())).country
        tables[name] = table | {"name": name, "url": "https://vendor.example/", "licence": "CC0-1.0"}
        if path.suffix == ".txt":
            path.write_text("".join(f"{network}\n" for network in source.facts), encoding="utf-8")
        else:
            records = {str(network): write_fact(chance, source.kind, fact) for network, fact in source.facts.items()}
            write_database(path, records)
        paths.append(path)
    territories = {name: write_rules(chance, rules, root, name) for name, rules in world.rules.items()}
    whole = {"near_km": NEAR_KM, "sources": tables, "territories": territories}
    (root / "config" / "territories.toml").write_text(tomlkit.dumps(whole), encoding="utf-8")
    return paths


def write_fact(chance: random.Random, kind: str, fact: Fact) -> dict[str, Any]:
    """A record of the flat or of the nested schema."""
    spelling = chance.choice(SPELLINGS[fact.name]) if fact.name else ""
    if kind == "country":
        return {"country_code": fact.country}
    if kind == "city":
        point = {"latitude": fact.latitude, "longitude": fact.longitude}
        return {"country_code": fact.country, "state1": spelling, "city": fact.city, **point}
    if kind == "asn":
        return {"autonomous_system_number": fact.asn, "autonomous_system_organization": "Example"}
    if kind == "anonymous":
        return dict(FLAGS[fact.doubt])
    part: dict[str, Any] = {"iso_code": fact.region} if fact.region else {}
    part |= {"names": {chance.choice(("en", "de")): spelling}} if spelling else {}
    place = {"latitude": fact.latitude, "longitude": fact.longitude, "accuracy_radius": fact.radius}
    traits: dict[str, Any] = dict(FLAGS[fact.doubt]) if fact.doubt else {}
    traits |= {"autonomous_system_number": fact.asn} if fact.asn else {}
    record: dict[str, Any] = {
        "continent": {"code": "EU"},
        "country": {"iso_code": fact.country} if fact.country else {},
        "registered_country": {"iso_code": fact.registered} if fact.registered else {},
        "subdivisions": [part] if part else [],
        "city": {"names": {"en": fact.city}} if fact.city else {},
        "location": {key: value for key, value in place.items() if value is not None},
        "traits": traits,
    }
    return {key: value for key, value in record.items() if value or key == "country"}


def write_rules(chance: random.Random, rules: Rules, root: Path, name: str) -> dict[str, Any]:
    """A territory's table; entries are split so that each kind occurs several times."""
    said = {"source": "test", "date": tomlkit.date("2026-01-01")}
    table: dict[str, Any] = {"name": name, "touches": sorted(rules.touches)}
    table["countries"] = [{"codes": [code], **said} for code in sorted(rules.countries)]
    table["regions"] = [{"codes": [code], "answer": answer, **said} for code, answer in sorted(rules.regions.items())]
    table["vendor_regions"] = [
        {"countries": [code], "names": [chance.choice(SPELLINGS[key])], "answer": answer, **said}
        for (code, key), answer in sorted(rules.names.items())
    ]
    table["asns"] = [{"numbers": [number], "answer": answer, **said} for number, answer in sorted(rules.asns.items())]
    table["networks"] = [
        {"networks": [str(network)], "answer": answer, **said} for network, answer in rules.networks.items()
    ]
    table["exceptions"] = [
        {"asns": sorted(rules.excepted_asns), "networks": sorted(map(str, rules.excepted_networks)), **said}
    ]
    if rules.square:
        rings = [rules.square.ring(), *([rules.square.hole.ring()] if rules.square.hole else [])]
        shape = {"type": "Polygon", "coordinates": rings}
        (root / "config" / "areas" / f"{name}.geojson").write_text(json.dumps(shape), encoding="utf-8")
        held = {"name": "Held", "latitude": rules.square.south + 0.5, "longitude": rules.square.west + 0.5}
        table["areas"] = [{"file": f"{name}.geojson", "holds": [held], **said}]
    return table
