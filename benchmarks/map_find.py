"""Times TerritoryMap.find against bare maxminddb on the same file and addresses, and prints the ratio.

Run from the site's folder: `python -m benchmarks.map_find`.
"""

import random
import statistics
import time
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

import maxminddb

from webapp.core.model import Address
from webapp.territories.definitions import load_definitions
from webapp.territories.map import load_map

ROUNDS = 15
COUNT = 20_000


def measure(find: Callable[[Address], object], addresses: list[IPv4Address]) -> float:
    """Microseconds a call: the median over rounds."""
    rounds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for address in addresses:
            find(address)
        rounds.append((time.perf_counter() - begin) / len(addresses) * 1e6)
    return statistics.median(rounds)


def main() -> None:
    """Random IPv4 addresses, special ones included, as the same list for both."""
    chance = random.Random(1)  # noqa: S311 -- repeatable, not secret
    addresses = [IPv4Address(chance.getrandbits(32)) for _ in range(COUNT)]
    path = Path("config/territories.mmdb")
    territory_map = load_map(path, load_definitions(Path()))
    with maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT) as reader:
        bare = measure(reader.get, addresses)
    ours = measure(territory_map.find, addresses)
    print(f"maxminddb.get {bare:.2f} µs, TerritoryMap.find {ours:.2f} µs, ratio {ours / bare:.1f}")


if __name__ == "__main__":
    main()
