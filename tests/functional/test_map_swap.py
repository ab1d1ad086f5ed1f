"""The map's file changes under a running store: swapped whole, damaged ones refused, readers never between two maps."""

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.unit.territories.worlds import city, write_database
from webapp.core.model import Edition, KnownPlace
from webapp.sources.load import load_edition
from webapp.sources.store import EditionStore
from webapp.territories.build import compile_map, find_inputs, save_map
from webapp.territories.definitions import load_definitions
from webapp.territories.provenance import provenance_path

TODAY = date(2026, 11, 24)
DEADLINE = 60.0
HERE = ip_address("20.1.2.3")
Pair = tuple[bytes, bytes]


def build(root: Path, folder: Path, country: str) -> Pair:
    """A map and its provenance in which HERE is in `country`, for the site's own definitions."""
    folder.mkdir()
    networks = {"20.1.0.0/16": city(country, "Somewhere", "Town", 10.0, 10.0)}
    for known in ("77.88.8.0/24", "5.255.255.0/24"):
        networks[known] = city("RU", "Moscow", "Moscow", 55.75, 37.6)
    definitions = load_definitions(root)
    path = write_database(folder / "dbip-city-ipv4.mmdb", networks)
    target = folder / "territories.mmdb"
    save_map(compile_map(definitions, find_inputs(definitions, [path])), definitions, target)
    return target.read_bytes(), provenance_path(target).read_bytes()


def put(root: Path, pair: Pair) -> None:
    """As a build does it: map first, provenance last, each by a rename."""
    target = root / "config" / "territories.mmdb"
    for data, path in zip(pair, (target, provenance_path(target)), strict=True):
        aside = root / path.name
        aside.write_bytes(data)
        aside.replace(path)


@pytest.fixture
def maps(site_root: Path, tmp_path: Path) -> tuple[Pair, Pair]:
    return build(site_root, tmp_path / "one", "DE"), build(site_root, tmp_path / "two", "RU")


@pytest.fixture
def store(site_root: Path, maps: tuple[Pair, Pair]) -> Iterator[EditionStore]:
    put(site_root, maps[0])
    made = EditionStore(site_root, lambda: load_edition(site_root, TODAY))
    made.watch()
    yield made
    made.close()


def wait_for(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + DEADLINE
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def ask(edition: Edition) -> str:
    """Where an edition's own map puts HERE."""
    assert edition.finder is not None
    place = edition.finder.find(HERE)
    assert isinstance(place, KnownPlace)
    return str(place.country)


def test_swaps_under_threads(site_root: Path, maps: tuple[Pair, Pair], store: EditionStore) -> None:
    """Maps change while readers look up: each edition answers by its own map, old ones too; memory comes back."""
    gc.collect()
    before_swaps = count_open_maps()  # the one in use, and those that other tests of this process hold
    first, stop, faults = store.current, threading.Event(), []
    countries = {digest_of(first): "DE"}

    def read() -> None:
        while not stop.wait(0.005):
            edition = store.current
            try:
                expected = countries.get(digest_of(edition))
                if expected is not None and any(ask(edition) != expected for _ in range(50)):
                    faults.append(digest_of(edition))
            except Exception as fault:  # noqa: BLE001 -- whatever it is, the test must say it
                faults.append(repr(fault))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 7):
        before = digest_of(store.current)
        put(site_root, maps[number % 2])
        assert wait_for(lambda before=before: digest_of(store.current) != before), number  # type: ignore[misc]  # mypy infers no lambda with a default
        countries[digest_of(store.current)] = ("DE", "RU")[number % 2]
        assert ask(store.current) == ("DE", "RU")[number % 2]
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert ask(first) == "DE"
    del first
    gc.collect()
    assert count_open_maps() <= before_swaps + 1, "six maps came and went, one may still be on its way out"


def digest_of(edition: Edition) -> str:
    assert edition.map is not None, "an edition without a map"
    return edition.map.digest


def count_open_maps() -> int:
    """Maps that lie in memory: the one in use, and those whose editions somebody still holds."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        pytest.skip("only Linux tells what a process has mapped")
    return sum("memfd:territories" in line for line in lines)


DAMAGES: list[tuple[str, Callable[[Path], object]]] = [
    ("truncated to nothing", lambda path: path.write_bytes(b"")),
    ("cut in half", lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])),
    ("overwritten", lambda path: path.write_bytes(b"\xff" * path.stat().st_size)),
    ("removed", lambda path: path.unlink()),
    ("provenance removed", lambda path: provenance_path(path).unlink()),
    ("provenance of another", lambda path: provenance_path(path).write_bytes(provenance_path(path).read_bytes()[:-3])),
]


@pytest.mark.parametrize("damage", [row[1] for row in DAMAGES], ids=[row[0] for row in DAMAGES])
def test_damage_keeps_the_last_good_map(
    site_root: Path,
    maps: tuple[Pair, Pair],
    store: EditionStore,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], object],
) -> None:
    """The map in use stays and answers, an alarm is logged, and the next sound map is taken."""
    before = digest_of(store.current)
    with caplog.at_level(logging.ERROR, "webapp.store"):
        damage(site_root / "config" / "territories.mmdb")
        assert wait_for(lambda: "that is in use stays" in caplog.text)
    assert (digest_of(store.current), ask(store.current)) == (before, "DE")
    put(site_root, maps[1])
    assert wait_for(lambda: ask(store.current) == "RU")


def test_definitions_change_while_the_map_is_damaged(site_root: Path, store: EditionStore) -> None:
    """The kept map proves nothing about a territory that was redrawn meanwhile."""
    (site_root / "config" / "territories.mmdb").write_bytes(b"")
    file = site_root / "config" / "territories.toml"
    file.write_text(file.read_text("utf-8").replace('codes = ["BY"]', 'codes = ["BY", "LT"]'), "utf-8")
    assert wait_for(lambda: store.current.map is not None and "belarus" not in store.current.map.covers)
    assert ask(store.current) == "DE"


def test_a_damaged_map_at_the_start_is_none(site_root: Path) -> None:
    """Nothing was in use, so nothing is kept: every reader gets every notice."""
    (site_root / "config" / "territories.mmdb").write_bytes(b"")
    loaded = load_edition(site_root, TODAY)
    assert (loaded.edition.map, loaded.edition.finder) == (None, None)
    assert any("every reader gets every notice" in problem.message for problem in loaded.warnings)
