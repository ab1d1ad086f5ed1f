"""What the compiled map answers, and what it refuses to be."""

import hashlib
import json
import random
import shutil
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.unit.territories.worlds import make_world, write_database
from webapp.core.model import KnownPlace, UnknownPlace, UnknownReason
from webapp.errors import MapError
from webapp.territories.definitions import Definitions, load_definitions
from webapp.territories.map import TerritoryMap, load_map

World = tuple[Path, Definitions]

ANSWERS = [
    ("both sources say inside, far from the coast", "20.1.1.1", {"red"}, set()),
    ("only the registration says inside", "20.1.200.1", {"red"}, {"coast"}),
    ("an anonymiser inside is inside", "20.1.7.7", {"red"}, {"coast"}),
    ("town in the area", "20.2.1.1", {"coast"}, set()),
    ("town 8 km from the area", "20.2.200.1", set(), {"coast"}),
    ("town far from the area", "20.3.1.1", set(), set()),
    ("only a region that is partly inside", "20.3.130.1", set(), {"coast"}),
    ("only a country that is partly inside", "20.3.200.1", set(), {"coast"}),
    ("all say elsewhere", "20.4.1.1", set(), set()),
    ("elsewhere, but an anonymiser", "20.4.7.1", set(), {"red", "coast"}),
    ("countries disagree, one touches", "20.5.1.1", set(), {"coast"}),
    ("registered, not located", "20.6.1.1", set(), {"red", "coast"}),
    ("an editor's network", "20.9.2.1", {"coast"}, set()),
    ("an exception from it", "20.9.1.1", set(), set()),
    ("IPv6, registration only", "2a00::1", {"red"}, {"coast"}),
    ("IPv6 elsewhere", "2a01::1", set(), set()),
    ("IPv4-mapped", "::ffff:20.1.1.1", {"red"}, set()),
]


@pytest.mark.parametrize(
    ("address", "inside", "uncertain"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_answer(world: World, address: str, inside: set[str], uncertain: set[str]) -> None:
    """Every territory of the map is in exactly one of three sets."""
    root, definitions = world
    place = load_map(root / "config/territories.mmdb", definitions).find(ip_address(address))
    assert isinstance(place, KnownPlace)
    assert (set[str](place.inside), set[str](place.uncertain)) == (inside, uncertain)
    assert place.outside == {"red", "coast"} - inside - uncertain


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("20.100.0.1", UnknownReason.NO_RECORD),
        ("2a0f::1", UnknownReason.NO_RECORD),
        ("127.0.0.1", UnknownReason.NOT_GLOBAL),
        ("100.64.0.1", UnknownReason.NOT_GLOBAL),
        ("fe80::1%eth0", UnknownReason.NOT_GLOBAL),
        ("::20.4.1.1", UnknownReason.NOT_GLOBAL),
        ("2002:1404:101::1", UnknownReason.TUNNEL),
        ("64:ff9b::1404:101", UnknownReason.TUNNEL),
        ("2001:0:1::1", UnknownReason.TUNNEL),
    ],
)
def test_unknown(world: World, address: str, reason: UnknownReason) -> None:
    """What cannot be located is unknown, with its reason."""
    root, definitions = world
    place = load_map(root / "config/territories.mmdb", definitions).find(ip_address(address))
    assert isinstance(place, UnknownPlace)
    assert place.reason is reason


def test_votes_and_network(world: World) -> None:
    """A place says who said what of which block, and why it is uncertain."""
    root, definitions = world
    place = load_map(root / "config/territories.mmdb", definitions).find(ip_address("20.2.200.1"))
    assert isinstance(place, KnownPlace)
    assert [(vote.source, vote.said) for vote in place.votes] == [("whois", "BB"), ("cities", "BB/Shore/Edge")]
    assert place.reasons == ("coast: located too near to the line",)
    assert (place.network, place.country) == ("20.2.128.0/17", "BB")


def test_facts(world: World) -> None:
    """The facts name the located source's date, the credits, and what the map still covers."""
    root, definitions = world
    facts = load_map(root / "config/territories.mmdb", definitions).facts
    assert facts.covers == {"red", "coast"}
    assert [credit.name for credit in facts.attributions] == ["Registrations", "Cities", "Exits"]
    assert facts.data_date > date(2020, 1, 1)


def test_changed_definition_is_no_longer_covered(world: World, tmp_path: Path) -> None:
    """Editing a territory takes it out of `covers`; editing its prose does not."""
    root, _ = world
    shutil.copytree(root / "config", tmp_path / "config")
    file = tmp_path / "config/territories.toml"
    text = file.read_text().replace('source = "test"', 'source = "looked again"').replace("[64500]", "[64501]")
    file.write_text(text)
    assert load_map(tmp_path / "config/territories.mmdb", load_definitions(tmp_path)).facts.covers == {"red"}


def test_same_inputs_same_bytes(world: World, tmp_path: Path) -> None:
    """Building again from the same files gives the same map."""
    from webapp.territories.build import compile_map, find_inputs, save_map

    root, definitions = world
    inputs = find_inputs(definitions, [root / "whois.mmdb", root / "cities.mmdb", root / "tor.txt"])
    save_map(compile_map(definitions, inputs), definitions, tmp_path / "territories.mmdb")
    assert (tmp_path / "territories.mmdb").read_bytes() == (root / "config/territories.mmdb").read_bytes()


def copy_map(root: Path, folder: Path) -> Path:
    for name in ("territories.mmdb", "territories.provenance.json"):
        shutil.copy(root / "config" / name, folder / name)
    return folder / "territories.mmdb"


def test_bit_flips_and_truncations_are_refused(world: World, tmp_path: Path) -> None:
    """No damaged copy is accepted, wherever the damage is."""
    root, definitions = world
    path = copy_map(root, tmp_path)
    good = path.read_bytes()
    chance = random.Random(3)
    for _ in range(200):
        bad = bytearray(good)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        with pytest.raises(MapError):
            load_map(path, definitions)
    for length in [0, 1, 16, *chance.sample(range(len(good)), 50)]:
        path.write_bytes(good[:length])
        with pytest.raises(MapError):
            load_map(path, definitions)


def test_damage_that_the_digest_vouches_for_never_raises(world: World, tmp_path: Path) -> None:
    """Even with a digest that fits, a damaged map is refused or answers with a place; it never raises.

    Whether the answers are still right cannot be asked of it: whoever can forge the digest can forge the map.
    """
    root, definitions = world
    path = copy_map(root, tmp_path)
    good, chance = path.read_bytes(), random.Random(4)
    facts = json.loads((tmp_path / "territories.provenance.json").read_text())
    for _ in range(200):
        bad = bytearray(good)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        facts["map_sha256"] = hashlib.sha256(bad).hexdigest()
        (tmp_path / "territories.provenance.json").write_text(json.dumps(facts))
        try:
            damaged = load_map(path, definitions)
        except MapError:
            continue
        for row in ANSWERS:
            assert isinstance(damaged.find(ip_address(row[1])), KnownPlace | UnknownPlace)


@pytest.mark.parametrize("fault", ["no map", "no provenance", "junk provenance", "another type", "a folder"])
def test_wrong_files_are_refused(world: World, tmp_path: Path, fault: str) -> None:
    """Whatever is wrong with the pair of files, the answer is a MapError that names one of them."""
    root, definitions = world
    path = copy_map(root, tmp_path)
    beside = tmp_path / "territories.provenance.json"
    if fault == "no map":
        path.unlink()
    elif fault == "no provenance":
        beside.unlink()
    elif fault == "junk provenance":
        beside.write_text("{}")
    elif fault == "a folder":
        path.unlink()
        path.mkdir()
    else:
        write_database(path, {"20.1.0.0/16": {"answer": "outside"}}, "GeoLite2-City")
        facts = json.loads(beside.read_text()) | {"map_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        beside.write_text(json.dumps(facts))
    with pytest.raises(MapError, match=str(tmp_path)):
        load_map(path, definitions)


def test_map_in_use_survives_what_happens_to_its_file(world: World, tmp_path: Path) -> None:
    """Truncating, overwriting and deleting the file changes nothing for a map that is open."""
    root, definitions = world
    path = copy_map(root, tmp_path)
    good = path.read_bytes()
    territory_map = load_map(path, definitions)
    before = answers(territory_map)
    for damage in (b"", good[: len(good) // 2], b"\xff" * len(good)):
        with path.open("r+b") as file:
            file.truncate(0)
            file.write(damage)
        assert answers(territory_map) == before
    path.unlink()
    assert answers(territory_map) == before


def answers(territory_map: TerritoryMap) -> list[object]:
    return [territory_map.find(ip_address(row[1])) for row in ANSWERS]


def test_failed_build_changes_nothing(tmp_path: Path) -> None:
    """A sentinel that the new map contradicts keeps the old pair in place, and leaves no litter."""
    make_world(tmp_path)
    config = tmp_path / "config"
    before = {path.name: path.read_bytes() for path in config.iterdir() if path.is_file()}
    text = (config / "territories.toml").read_text()
    wrong = '[[sentinels]]\naddress = "20.4.1.1"\nterritory = "red"\nanswer = "inside"\nnote = "wrong"\n'
    (config / "territories.toml").write_text(text + wrong)
    from webapp.territories.build import compile_map, find_inputs, save_map

    definitions = load_definitions(tmp_path)
    compiled = compile_map(definitions, find_inputs(definitions, [tmp_path / "whois.mmdb", tmp_path / "cities.mmdb"]))
    with pytest.raises(MapError, match="wrong"):
        save_map(compiled, definitions, config / "territories.mmdb")
    after = {path.name: path.read_bytes() for path in config.iterdir() if path.is_file()}
    assert after.keys() == before.keys()
    assert all(after[name] == before[name] for name in after if name != "territories.toml")
