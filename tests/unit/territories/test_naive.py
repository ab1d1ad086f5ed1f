"""The compiled map against a naive interpreter of the same rules, written apart, address by address."""

import random
from ipaddress import IPv4Address, IPv4Network, ip_network
from math import cos, hypot, radians
from pathlib import Path

import pytest

from tests.unit.territories.worlds import city, make_site, write_database
from webapp.core.model import KnownPlace, UnknownPlace
from webapp.territories.build import compile_map, find_inputs, save_map
from webapp.territories.definitions import load_definitions
from webapp.territories.map import load_map

Records = dict[str, dict[str, object]]

PLACES = [
    city("RR", "Mid", "Town", 55.0, 60.0), city("CC", "Far", "Else", 10.0, 10.0),
    city("BB", "Shore", "Port", 45.5, 30.5), city("BB", "Šore", "Edge", 45.5, 31.1), city("BB", "Sore"), city("BB"),
    city("BB", "Hills", "Up", 44.0, 30.5), city("RR", "Mid", "Port", 45.2, 30.2), city("BB", "Hills"), city("RR"),
    city("CC", "Far", "Bay", 45.5, 30.0), city("-"),
]  # fmt: skip
COUNTRIES: list[dict[str, object]] = [{"country_code": code} for code in ("RR", "BB", "CC", "DD")]


def random_networks(chance: random.Random, records: list[dict[str, object]]) -> Records:
    """Up to sixty networks in 20.0.0.0/12, some inside others."""
    networks: Records = {}
    for _ in range(chance.randint(1, 60)):
        length = chance.randint(13, 30)
        number = int(IPv4Address("20.0.0.0")) + (chance.getrandbits(20) >> (32 - length) << (32 - length))
        networks[f"{IPv4Address(number)}/{length}"] = chance.choice(records)
    return networks


def find_record(networks: Records, address: IPv4Address) -> dict[str, object] | None:
    """The longest network wins, as in any MMDB file."""
    holding = [network for network in map(ip_network, networks) if address in network]
    return networks[str(max(holding, key=lambda network: network.prefixlen))] if holding else None


def kilometres_to_square(latitude: float, longitude: float) -> float:
    """0 inside of 45–46° N, 30–31° E."""
    up = max(45 - latitude, 0.0, latitude - 46) * 111.2
    across = max(30 - longitude, 0.0, longitude - 31) * 111.2 * cos(radians(latitude))
    return hypot(up, across)


def naive_coast(whois: str | None, place: dict[str, object] | None, editors: str) -> str:
    """What the rules of the test world say of the coast, in the order in which a person would ask."""
    country = None if place is None or place["country_code"] == "-" else str(place["country_code"])
    far = True
    if place is not None and country and place["city"]:
        away = kilometres_to_square(float(str(place["latitude"])), float(str(place["longitude"])))
        far = away > 15
        if away == 0:
            return "inside"
    if editors == "inside":
        return "inside"
    shore = country == "BB" and str(place and place["state1"]) in ("Sore", "Šore")
    if not far or (country == "BB" and place and not place["city"] and place["state1"]):
        return "uncertain"
    if (shore and place and not place["city"]) or (
        len({whois, country} - {None}) > 1 and {whois, country} & {"BB", "RR"}
    ):
        return "uncertain"
    if country is None or (country in ("BB", "RR") and place and not place["city"]):
        return "uncertain"
    return "outside"


def naive_red(whois: str | None, place: dict[str, object] | None) -> str:
    """Red is a country and nothing else."""
    country = None if place is None or place["country_code"] == "-" else str(place["country_code"])
    if "RR" in (whois, country):
        return "inside"
    return "uncertain" if country is None else "outside"


@pytest.mark.parametrize("seed", range(25))
def test_compiled_map_agrees(tmp_path: Path, seed: int) -> None:
    """At every edge ±1 and at random, the map and the naive reading say the same."""
    chance = random.Random(seed)
    whois, cities = random_networks(chance, COUNTRIES), random_networks(chance, PLACES)
    make_site(tmp_path)
    paths = [write_database(tmp_path / "whois.mmdb", whois), write_database(tmp_path / "cities.mmdb", cities)]
    definitions = load_definitions(tmp_path)
    target = tmp_path / "territories.mmdb"
    save_map(compile_map(definitions, find_inputs(definitions, paths)), definitions, target)
    territory_map = load_map(target, definitions)
    for address in some_addresses(chance, [*whois, *cities]):
        place = territory_map.find(address)
        registered, located = find_record(whois, address), find_record(cities, address)
        editors = "inside" if in_text(address, "20.9.0.0/16") and not in_text(address, "20.9.1.0/24") else ""
        listed = in_text(address, "20.9.0.0/16")
        if registered is None and located is None and not listed:
            assert isinstance(place, UnknownPlace), address
            continue
        assert isinstance(place, KnownPlace), address
        country = None if registered is None else str(registered["country_code"])
        expected = (naive_red(country, located), naive_coast(country, located, editors))
        assert (answer(place, "red"), answer(place, "coast")) == expected, (address, registered, located)


def some_addresses(chance: random.Random, networks: list[str]) -> list[IPv4Address]:
    base = int(IPv4Address("20.0.0.0"))
    numbers = {base + chance.getrandbits(20) for _ in range(200)}
    for network in (IPv4Network(text) for text in [*networks, "20.9.0.0/16", "20.9.1.0/24"]):
        for edge in (int(network[0]), int(network[-1])):
            numbers |= {edge - 1, edge, edge + 1}
    return [IPv4Address(number) for number in sorted(numbers)]


def in_text(address: IPv4Address, network: str) -> bool:
    return address in IPv4Network(network)


def answer(place: KnownPlace, territory: str) -> str:
    return next(word for word in ("inside", "uncertain", "outside") if territory in getattr(place, word))
