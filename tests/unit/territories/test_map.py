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
from webapp.core.model import KnownPlace, Place, UnknownPlace, UnknownReason
from webapp.errors import MapError
from webapp.territories.definitions import Definitions, load_definitions
from webapp.territories.map import TerritoryMap, load_map
from webapp.territories.meanings import ANY_NETWORK
from webapp.territories.provenance import provenance_path
from webapp.territories.sealed import open_sealed

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


def test_alike_is_found_without_what_only_one_record_says(world: World) -> None:
    """The same answer less network, votes and reasons, in whatever order; equal ones are one object."""
    root, definitions = world
    territory_map = load_map(root / "config/territories.mmdb", definitions)
    texts = [*(row[1] for row in ANSWERS), "20.100.0.1", "127.0.0.1", "fe80::1%eth0", "2002:1404:101::1"]
    seen: dict[object, Place] = {}
    for address in map(ip_address, random.Random(7).sample(texts * 3, len(texts) * 3)):
        place, alike = territory_map.find(address), territory_map.find_alike(address)
        if isinstance(place, KnownPlace):
            assert alike == place._replace(block=ANY_NETWORK, votes=(), reasons=())
            assert seen.setdefault((place.country, place.votes, place.reasons), alike) is alike
        else:
            assert alike is place


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


def forge(path: Path, data: bytes) -> None:
    """A map with a provenance whose digest fits it."""
    path.write_bytes(data)
    beside = provenance_path(path)
    facts = json.loads(beside.read_text()) | {"map_sha256": hashlib.sha256(data).hexdigest()}
    beside.write_text(json.dumps(facts))


def test_damage_with_a_forged_digest_is_refused(world: World, tmp_path: Path) -> None:
    """The fingerprint of the answers, taken before the map was written, gives away what the digest vouches for."""
    root, definitions = world
    path = copy_map(root, tmp_path)
    good, chance = path.read_bytes(), random.Random(4)
    for _ in range(300):
        bad = bytearray(good)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        forge(path, bytes(bad))
        with pytest.raises(MapError):
            load_map(path, definitions)
    for length in chance.sample(range(len(good)), 50):
        forge(path, good[:length])
        with pytest.raises(MapError):
            load_map(path, definitions)


NODE = b"\0\0\0\0\0\0"
SELF_POINTER = b"\x20\x00"
"""A record that points to itself."""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("cycle", "cycle"),
        ("pointer to itself", "cannot be decoded"),
        ("nested too deep", "cannot be decoded"),
        ("a filled separator", "does not end where"),
        ("another answer", "not those that were compiled"),
        ("one network moved", "not those that were compiled"),
    ],
)
def test_crafted_maps_are_refused(world: World, tmp_path: Path, data: str, words: str) -> None:
    """Cyclic, over-nested and subtly wrong maps, all with a digest that fits."""
    root, definitions = world
    path = copy_map(root, tmp_path)
    good = path.read_bytes()
    with open_sealed(good) as reader:
        count = reader.metadata().node_count
    start, end = count * 6, good.rindex(b"\xab\xcd\xefMaxMind.com")
    first = (count + 16).to_bytes(3, "big") * 2
    bad = {
        "cycle": NODE + good[6:],
        "pointer to itself": first * count + good[start : start + 16] + SELF_POINTER + good[end:],
        "nested too deep": first * count + good[start : start + 16] + b"\x01\x04" * 100_000 + good[end:],
        "a filled separator": good[:start] + b"\1" + good[start + 1 :],
        "another answer": good[:end].replace(b"outside", b"insides") + good[end:],
        "one network moved": swap_halves(good, start),
    }
    forge(path, bad[data])
    with pytest.raises(MapError, match=words):
        load_map(path, definitions)


def swap_halves(good: bytes, start: int) -> bytes:
    """The last node with its children exchanged: every byte is in order, and two networks have each other's answer."""
    left, right = good[start - 6 : start - 3], good[start - 3 : start]
    assert left != right
    return good[: start - 6] + right + left + good[start:]


def test_other_provenance_is_refused(world: World, tmp_path: Path) -> None:
    """The provenance of another map, and one of another format, are told apart from damage."""
    root, definitions = world
    path = copy_map(root, tmp_path)
    beside = provenance_path(path)
    facts = json.loads(beside.read_text())
    for change, words in [
        ({"map_sha256": "0" * 64}, "not the one that its provenance describes"),
        ({"format": 7}, "format 7"),
        ({"answers": "0" * 16}, "not those that were compiled"),
        ({"sources": [{**source, "build_epoch": 1} for source in facts["sources"]]}, "not those that were compiled"),
        ({"sentinels": [facts["sentinels"][0] | {"answer": "unknown"}]}, "must be unknown"),
    ]:
        beside.write_text(json.dumps(facts | change))
        with pytest.raises(MapError, match=words):
            load_map(path, definitions)


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
