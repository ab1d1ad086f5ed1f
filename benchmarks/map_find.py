"""Times TerritoryMap.find against bare maxminddb on the same file and addresses, and prints the ratio.

Run from the site's folder: `python -m benchmarks.map_find`. Rounds alternate, so that both meet the same machine;
what counts is the processor's time, so that other work on it counts little.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import maxminddb

from webapp.core.addresses import special_networks
from webapp.core.model import Address
from webapp.territories.definitions import load_definitions
from webapp.territories.map import load_map

ROUNDS = 41
COUNT = 10_000


def measure(find: Callable[[Address], object], addresses: Sequence[Address]) -> float:
    """Microseconds a call, in one round."""
    begin = time.process_time()
    for address in addresses:
        find(address)
    return (time.process_time() - begin) / len(addresses) * 1e6


def main() -> None:
    """Random addresses of each family; special ones are left out, since they never reach the map."""
    chance = random.Random(1)  # noqa: S311 -- repeatable, not secret
    special = [network for network in special_networks() if network.version == 4]
    ipv4 = (IPv4Address(chance.getrandbits(32)) for _ in range(2 * COUNT))
    plain = [address for address in ipv4 if not any(address in network for network in special)][:COUNT]
    ipv6 = [IPv6Address((0x2A00 << 112) + chance.getrandbits(116)) for _ in range(COUNT)]
    path = Path("config/territories.mmdb")
    territory_map = load_map(path, load_definitions(Path()))
    with maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT) as reader:
        for name, addresses in (("IPv4", plain), ("IPv6", ipv6)):
            rounds = [(measure(reader.get, addresses), measure(territory_map.find, addresses)) for _ in range(ROUNDS)]
            bare, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
            best, ours_best = (min(column) for column in zip(*rounds, strict=True))
            print(
                f"{name}: maxminddb.get {bare:.2f} µs, TerritoryMap.find {ours:.2f} µs, ratio {ours / bare:.1f}"
                f" (medians of {ROUNDS} rounds; best rounds {best:.2f} and {ours_best:.2f} µs)"
            )


if __name__ == "__main__":
    main()
