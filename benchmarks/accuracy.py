"""Measures the territory map: known cities, and false "outside" against lists of one country's networks.

Run from the site's folder: `python -m benchmarks.accuracy CITIES.mmdb… [--list ru.cidr]…`. The city databases only
serve to find networks that they place within 5 km of a city; the map is then asked about each of those networks.
Exit code 1 when a network of an occupied city, or one of the lists given, is outside.
"""

import argparse
import sys
from collections import Counter
from ipaddress import IPv4Address, IPv6Address
from math import cos, hypot, radians
from pathlib import Path

import maxminddb
import numpy as np

from webapp.core.model import KnownPlace, TerritoryId
from webapp.territories.definitions import load_definitions
from webapp.territories.lists import load_ranges
from webapp.territories.map import TerritoryMap, load_map
from webapp.territories.mmdb_tree import load_networks
from webapp.territories.vendors import find_parser

OCCUPIED = TerritoryId("occupied-ukraine")
RUSSIA = TerritoryId("russia")
REACH_KM = 5.0

HELD = {
    "Simferopol": (44.952, 34.102), "Sevastopol": (44.617, 33.525), "Kerch": (45.36, 36.47), "Yalta": (44.50, 34.17),
    "Yevpatoria": (45.20, 33.37), "Feodosia": (45.03, 35.38), "Donetsk": (48.00, 37.80), "Horlivka": (48.31, 38.03),
    "Mariupol": (47.095, 37.541), "Bakhmut": (48.595, 38.000), "Luhansk": (48.57, 39.31), "Alchevsk": (48.47, 38.80),
    "Sievierodonetsk": (48.948, 38.492), "Lysychansk": (48.905, 38.442), "Svatove": (49.410, 38.150),
    "Kreminna": (49.049, 38.131), "Melitopol": (46.848, 35.367), "Berdiansk": (46.755, 36.799),
    "Enerhodar": (47.499, 34.658), "Tokmak": (47.255, 35.713), "Henichesk": (46.17, 34.80),
    "Nova Kakhovka": (46.76, 33.37), "Oleshky": (46.62, 32.72),
}  # fmt: skip
NOT_HELD = {
    "Kyiv": (50.45, 30.52), "Lviv": (49.84, 24.03), "Odesa": (46.48, 30.72), "Kharkiv": (49.99, 36.23),
    "Dnipro": (48.46, 35.05), "Zaporizhzhia": (47.839, 35.140), "Kramatorsk": (48.723, 37.556),
    "Sloviansk": (48.858, 37.608), "Druzhkivka": (48.630, 37.528), "Kherson": (46.635, 32.617),
    "Berlin": (52.52, 13.40), "Warsaw": (52.23, 21.01), "New York": (40.71, -74.01), "Almaty": (43.24, 76.89),
    "Tbilisi": (41.72, 44.79),
}  # fmt: skip


def main() -> None:
    """Prints one line a city and one a list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", nargs="*", type=Path)
    parser.add_argument("--list", dest="lists", action="append", default=[], type=Path, help="networks in Russia")
    given = parser.parse_args()
    territory_map = load_map(Path("config/territories.mmdb"), load_definitions(Path()))
    counts = Counter[tuple[str, str]]()
    for path in given.databases:
        counts += count_cities(path, territory_map)
    wrong = print_cities(counts) if given.databases else 0
    wrong += sum(print_list(path, territory_map) for path in given.lists)
    sys.exit(1 if wrong else 0)


def count_cities(path: Path, territory_map: TerritoryMap) -> Counter[tuple[str, str]]:
    """Networks by (city, answer for occupied Ukraine); "doubt" counts disagreement alone."""
    counts = Counter[tuple[str, str]]()
    with maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT) as reader:
        networks = load_networks(path, reader.metadata())
        make = IPv4Address if reader.metadata().ip_version == 4 else IPv6Address
        pointers, first, which = np.unique(networks.pointer, return_index=True, return_inverse=True)
        city_of = np.full(len(pointers), -1, np.int32)
        names = [*HELD, *NOT_HELD]
        for index, place in enumerate(first.tolist()):
            raw = reader.get(make(int(networks.high[place]) << 64 | int(networks.low[place])))
            record = find_parser("", [raw])[1](raw)  # type: ignore[arg-type]  # the reader's records are of any shape
            if record.latitude is not None and record.longitude is not None and record.is_settled:
                city_of[index] = find_city(names, record.latitude, record.longitude)
        cities = city_of[which]
        for place in np.flatnonzero(cities >= 0).tolist():
            found = territory_map.find(make(int(networks.high[place]) << 64 | int(networks.low[place])))
            counts[names[cities[place]], answer_of(found)] += 1
    return counts


def find_city(names: list[str], latitude: float, longitude: float) -> int:
    """Number of the city that the point is in; -1 for none."""
    for number, (lat, lon) in enumerate((HELD | NOT_HELD)[name] for name in names):
        if (
            abs(lat - latitude) < 0.1
            and hypot(lat - latitude, (lon - longitude) * cos(radians(lat))) * 111.2 < REACH_KM
        ):
            return number
    return -1


def answer_of(place: object) -> str:
    if not isinstance(place, KnownPlace):
        return "unknown"
    return next(word for word in ("inside", "uncertain", "outside") if OCCUPIED in getattr(place, word))


def print_cities(counts: Counter[tuple[str, str]]) -> int:
    """The number of networks of held cities that are outside."""
    wrong = 0
    for name in (*HELD, *NOT_HELD):
        line = "  ".join(f"{word} {counts[name, word]:>6}" for word in ("inside", "uncertain", "outside", "unknown"))
        print(f"{'held' if name in HELD else 'not held':9} {name:16} {line}")
        wrong += counts[name, "outside"] if name in HELD else 0
    print(f"networks of held cities that are outside: {wrong}")
    return wrong


def print_list(path: Path, territory_map: TerritoryMap) -> int:
    """Addresses of the list by the map's answer for Russia, judged at both ends of every range."""
    counts = Counter[str]()
    for first, last in load_ranges(path):
        for number in {first, last}:
            make = IPv4Address if number < 1 << 32 else IPv6Address
            place = territory_map.find(make(number))
            known = isinstance(place, KnownPlace)
            counts["unknown" if not known else "outside" if RUSSIA in place.outside else "covered"] += 1  # type: ignore[union-attr]
    print(f"{path.name}: {dict(counts)}")
    return counts["outside"]


if __name__ == "__main__":
    main()
