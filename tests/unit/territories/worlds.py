"""Small worlds for the tests of the territory map: definitions and databases in a folder of their own.

The networks are real global ones, since documentation ranges are never in a map; what the little databases say of
them is made up.
"""

import textwrap
from ipaddress import ip_network
from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from webapp.territories.build import compile_map, find_inputs, save_map
from webapp.territories.definitions import Definitions, load_definitions

TOML = """
[sources.whois]
files = ["whois.mmdb"]
located = false
name = "Registrations"
url = "https://registry.example/"
licence = "CC0-1.0"

[sources.cities]
files = ["cities.mmdb"]
located = true
name = "Cities"
url = "https://cities.example/"
licence = "CC0-1.0"

[sources.tor]
files = ["tor.txt"]
located = false
doubt = "anonymiser"
name = "Exits"
url = "https://exits.example/"
licence = "CC0-1.0"

[territories.red]
name = "Red"
countries = [{ codes = ["RR"], source = "test", date = 2026-01-01 }]

[territories.coast]
name = "Coast"
touches = ["BB", "RR"]
regions = [
  { codes = ["BB-1"], answer = "inside", source = "test", date = 2026-01-01 },
  { codes = ["BB-3"], answer = "outside", source = "test", date = 2026-01-01 },
]
vendor_regions = [{ countries = ["BB"], names = ["Šore"], answer = "uncertain", source = "test", date = 2026-01-01 }]
asns = [{ numbers = [64500], answer = "inside", source = "test", date = 2026-01-01 }]
networks = [{ networks = ["20.9.0.0/16"], answer = "inside", source = "test", date = 2026-01-01 }]
exceptions = [{ networks = ["20.9.1.0/24"], source = "test", date = 2026-01-01 }]
areas = [{ file = "coast.geojson", source = "test", date = 2026-01-01, review_by = 2026-06-30, holds = [
  { name = "Port", latitude = 45.5, longitude = 30.5 },
] }]
"""

SQUARE = '{"type": "Polygon", "coordinates": [[[30, 45], [31, 45], [31, 46], [30, 46], [30, 45]]]}'
"""A degree each way: about 78 by 111 km."""


def make_site(root: Path, toml: str = TOML, area: str = SQUARE) -> Path:
    """A site's folder with definitions only."""
    (root / "config" / "areas").mkdir(parents=True, exist_ok=True)
    (root / "config" / "territories.toml").write_text(textwrap.dedent(toml), encoding="utf-8")
    (root / "config" / "areas" / "coast.geojson").write_text(area, encoding="utf-8")
    return root


def write_database(path: Path, networks: dict[str, dict[str, object]], kind: str = "test") -> Path:
    """An MMDB file with these records."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=kind)
    for network, record in sorted(networks.items(), key=lambda item: ip_network(item[0]).prefixlen):
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path


def city(
    country: str, state: str = "", name: str = "", latitude: float = 0.0, longitude: float = 0.0
) -> dict[str, object]:
    """A flat city record."""
    return {"country_code": country, "state1": state, "city": name, "latitude": latitude, "longitude": longitude}


WHOIS: dict[str, dict[str, object]] = {
    "20.1.0.0/16": {"country_code": "RR"},
    "20.2.0.0/15": {"country_code": "BB"},
    "20.4.0.0/14": {"country_code": "CC"},
    "20.8.0.0/15": {"country_code": "BB"},
    "2a00::/24": {"country_code": "RR"},
    "2a01::/24": {"country_code": "CC"},
}
CITIES: dict[str, dict[str, object]] = {
    "20.1.0.0/17": city("RR", "Mid", "Town", 55.0, 60.0),
    "20.1.128.0/17": city("CC", "Far", "Else", 10.0, 10.0),
    "20.2.0.0/17": city("BB", "Shore", "Port", 45.5, 30.5),
    "20.2.128.0/17": city("BB", "Shore", "Edge", 45.5, 31.1),
    "20.3.0.0/17": city("BB", "Shore", "Inland", 45.5, 33.0),
    "20.3.128.0/18": city("BB", "Shore"),
    "20.3.192.0/18": city("BB"),
    "20.4.0.0/16": city("CC", "Far", "Else", 10.0, 10.0),
    "20.5.0.0/16": city("BB", "Shore", "Inland", 45.5, 33.0),
    "20.8.0.0/15": city("BB", "Shore", "Inland", 45.5, 33.0),
    "2a01::/24": city("CC", "Far", "Else", 10.0, 10.0),
}


def make_world(root: Path) -> Definitions:
    """A site with a compiled map in config/territories.mmdb."""
    make_site(root)
    write_database(root / "whois.mmdb", WHOIS)
    write_database(root / "cities.mmdb", CITIES)
    (root / "tor.txt").write_text("# exits\n20.4.7.0/24\n20.1.7.7 ; one\n", encoding="utf-8")
    definitions = load_definitions(root)
    paths = [root / "whois.mmdb", root / "cities.mmdb", root / "tor.txt"]
    save_map(
        compile_map(definitions, find_inputs(definitions, paths)), definitions, root / "config" / "territories.mmdb"
    )
    return definitions
