"""The long fault drill of the territory map: swaps, damage in place, bit flips, truncations. Run by `make drills`.

`python -m tests.drills.territories` builds small worlds in temporary folders and takes a few minutes. A process that
dies shows in the exit code; everything else is counted and printed. What is promised, and tested here:

- Damage that the digest guards: every damaged map is refused.
- Damage that a forged `map_sha256` vouches for: refused as well, because the fingerprint of the answers was taken
  before the map was written. Should a damaged map ever be accepted, all its networks are compared with the truth.
- Whoever forges digest and fingerprint together can write any map: the files are as trustworthy as their folder.
- An open map answers the same, whatever happens to its file.
- The compiled map answers as a naive interpreter of the same rules, for any sources and rules.
"""

import hashlib
import json
import random
import tempfile
from ipaddress import IPv4Address
from pathlib import Path

from tests.unit.territories.test_naive import check_world
from tests.unit.territories.worlds import make_world
from webapp.errors import MapError
from webapp.territories.definitions import Definitions
from webapp.territories.map import TerritoryMap, load_map
from webapp.territories.provenance import provenance_path
from webapp.territories.sealed import open_sealed

SWAPS, DAMAGES, FLIPS, CUTS, PLACES = 500, 1000, 5000, 2000, 200_000
ADDRESSES = [IPv4Address("20.0.0.0") + step * 9973 for step in range(60)]


def main() -> None:
    """Prints a line a drill; raises AssertionError at the first failure."""
    with tempfile.TemporaryDirectory() as folder:
        definitions = make_world(Path(folder))
        path = Path(folder) / "config" / "territories.mmdb"
        good = path.read_bytes()
        truth = ask(load_map(path, definitions))
        print(f"{SWAPS} swaps: {swap(path, definitions, good, truth)} maps refused, none wrong")
        print(f"{DAMAGES} damages in place: {damage(path, definitions, good, truth)} wrong answers")
        print(f"{FLIPS} bit flips: {flip(path, definitions, good, FLIPS, vouched=False)} accepted")
        print(f"{CUTS} truncations: {cut(path, definitions, good)} accepted")
        accepted = flip(path, definitions, good, FLIPS, vouched=True)
        print(
            f"{FLIPS} bit flips with a forged digest: {accepted} accepted, none of them answering otherwise, no death"
        )
    print(f"{PLACES} addresses in random worlds: {compare_worlds()} answer as the naive interpreter does")


def compare_worlds() -> int:
    """World after world, until enough addresses were compared; an AssertionError names the world's seed."""
    compared, seed = 0, 1000
    while compared < PLACES:
        with tempfile.TemporaryDirectory() as folder:
            compared += check_world(seed, Path(folder), extra=600)
        seed += 1
    return compared


def ask(territory_map: TerritoryMap) -> list[object]:
    return [territory_map.find(address) for address in ADDRESSES]


def swap(path: Path, definitions: Definitions, good: bytes, truth: list[object]) -> int:
    """Every third map is damaged: it is refused and the last good one answers."""
    current, refused = load_map(path, definitions), 0
    for number in range(SWAPS):
        aside = path.with_suffix(".new")
        aside.write_bytes(good[: number * 7 % len(good)] if number % 3 == 0 else good)
        aside.replace(path)
        try:
            current = load_map(path, definitions)
        except MapError:
            refused += 1
        assert ask(current) == truth
    path.write_bytes(good)
    assert refused == (SWAPS + 2) // 3
    return refused


def damage(path: Path, definitions: Definitions, good: bytes, truth: list[object]) -> int:
    """An open map is asked while its file is cut and overwritten."""
    chance = random.Random(1)
    current, wrong = load_map(path, definitions), 0
    for number in range(DAMAGES):
        with path.open("r+b") as file:
            if number % 2:
                file.truncate(chance.randrange(len(good)))
            else:
                file.write(chance.randbytes(len(good)))
        wrong += ask(current) != truth
    path.write_bytes(good)
    assert wrong == 0
    return wrong


def flip(path: Path, definitions: Definitions, good: bytes, times: int, *, vouched: bool) -> int:
    """One bit at a time; `vouched` writes a provenance with the damaged map's own digest."""
    chance, accepted, truth = random.Random(2), 0, list_answers(good)
    beside = provenance_path(path)
    original = beside.read_text()
    for _ in range(times):
        bad = bytearray(good)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        if vouched:
            beside.write_text(json.dumps(json.loads(original) | {"map_sha256": hashlib.sha256(bad).hexdigest()}))
        try:
            load_map(path, definitions)
        except MapError:
            continue
        accepted += 1
        assert list_answers(bytes(bad)) == truth, "a damaged map answers otherwise"
    path.write_bytes(good)
    beside.write_text(original)
    assert vouched or accepted == 0
    return accepted


def list_answers(data: bytes) -> list[tuple[object, object]]:
    """Every network of a map with its record."""
    with open_sealed(data) as reader:
        return list(reader)


def cut(path: Path, definitions: Definitions, good: bytes) -> int:
    chance, accepted = random.Random(3), 0
    for _ in range(CUTS):
        path.write_bytes(good[: chance.randrange(len(good))])
        try:
            load_map(path, definitions)
            accepted += 1
        except MapError:
            pass
    path.write_bytes(good)
    assert accepted == 0
    return accepted


if __name__ == "__main__":
    main()
