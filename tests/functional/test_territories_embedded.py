"""The map that ships with the site: it loads, is small, and knows a few addresses that matter."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from webapp.core.model import KnownPlace
from webapp.territories.definitions import load_definitions
from webapp.territories.map import TerritoryMap, load_map

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def embedded() -> TerritoryMap:
    return load_map(ROOT / "config" / "territories.mmdb", load_definitions(ROOT))


def test_it_covers_every_territory_and_is_small(embedded: TerritoryMap) -> None:
    """Definitions and map belong together; 6 MB is what we allow in the repository."""
    assert embedded.facts.covers == {"russia", "occupied-ukraine", "belarus"}
    assert (ROOT / "config" / "territories.mmdb").stat().st_size <= 6_000_000
    assert any("db-ip.com" in credit.url for credit in embedded.facts.attributions)


@pytest.mark.parametrize(
    ("address", "territory"),
    [
        ("77.88.8.8", "russia"),
        ("5.255.255.5", "russia"),
        ("2a02:6b8::1", "russia"),
        ("8.8.8.8", None),
        ("46.219.0.1", None),
    ],
    ids=["Yandex", "Yandex too", "Yandex on IPv6", "Google in the United States", "a provider in Kyiv"],
)
def test_known_addresses(embedded: TerritoryMap, address: str, territory: str | None) -> None:
    """Real addresses: the map holds real networks only."""
    place = embedded.find(ip_address(address))
    assert isinstance(place, KnownPlace)
    assert place.inside == ({territory} if territory else set())
    if territory is None:
        assert not place.uncertain
