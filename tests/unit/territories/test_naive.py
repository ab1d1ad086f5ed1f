"""The compiled map against a naive interpreter of the same rules, written apart, address by address."""

import random
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from tests.unit.territories.naive import Address, World, make_world, write_world
from webapp.core.model import KnownPlace, Place, UnknownPlace
from webapp.territories.build import compile_map, find_inputs, save_map
from webapp.territories.definitions import load_definitions
from webapp.territories.map import TerritoryMap, load_map
from webapp.territories.meanings import ANY_NETWORK


def compile_world(chance: random.Random, world: World, root: Path) -> TerritoryMap:
    """Through every step of a real build, files included."""
    paths = write_world(chance, world, root)
    definitions = load_definitions(root)
    target = root / "config" / "territories.mmdb"
    save_map(compile_map(definitions, find_inputs(definitions, paths)), definitions, target)
    return load_map(target, definitions)


def check_world(seed: int, root: Path, extra: int) -> int:
    """Every edge ±1 and `extra` random addresses of each family; the number of addresses compared."""
    chance = random.Random(seed)
    world = make_world(chance)
    territory_map = compile_world(chance, world, root)
    addresses = world.edges()
    addresses += [IPv4Address("20.0.0.0") + chance.getrandbits(20) for _ in range(extra)]
    addresses += [IPv6Address("2a00::") + chance.getrandbits(100) for _ in range(extra)]
    for address in addresses:
        place = territory_map.find(address)
        check_place(seed, address, world.expect(address), place)
        if isinstance(place, KnownPlace):
            place = place._replace(block=ANY_NETWORK, votes=(), reasons=())
        assert territory_map.find_alike(address) == place
    return len(addresses)


def check_place(seed: int, address: Address, expected: dict[str, str] | None, place: Place) -> None:
    if expected is None:
        assert isinstance(place, UnknownPlace), (seed, address)
        return
    assert isinstance(place, KnownPlace), (seed, address)
    sets = {word: getattr(place, word) for word in ("inside", "uncertain", "outside")}
    found = {name: [word for word, names in sets.items() if name in names] for name in expected}
    assert found == {name: [word] for name, word in expected.items()}, (seed, address, place)


@pytest.mark.parametrize("seed", range(24))
def test_compiled_map_agrees(tmp_path: Path, seed: int) -> None:
    """Random countries, regions, spellings, areas, systems, networks, exceptions and doubts: both say the same.

    `python -m tests.drills.territories` does the same for more than 200,000 addresses.
    """
    assert check_world(seed, tmp_path, extra=100) > 200


def test_worlds_hold_everything() -> None:
    """The random worlds are worth comparing: every answer, every kind of source and of rule occurs in them."""
    worlds = [make_world(random.Random(seed)) for seed in range(24)]
    kinds = {source.kind for world in worlds for source in world.sources.values()}
    assert kinds == {"country", "city", "nested", "asn", "anonymous", "doubtful", "delegated"}
    said = {word for world in worlds for address in world.edges() for word in (world.expect(address) or {}).values()}
    assert said == {"inside", "uncertain", "outside"}
    rules = [rules for world in worlds for rules in world.rules.values()]
    assert all(any(getattr(one, kind) for one in rules) for kind in ("asns", "networks", "excepted_networks", "square"))
    assert any(one.square and one.square.hole for one in rules)
