"""Databases in the real schema of each vendor, through the whole build: recognised, and judged rightly.

The networks are real global ones; what the little databases say of them is made up. In the definitions, RR is a
country that is a territory ("red"), BB one of which a territory ("coast", 45–46° N, 30–31° E) is a part.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from tests.unit.territories.worlds import TOML, make_site, write_database
from webapp.core.model import KnownPlace
from webapp.errors import SourceError
from webapp.territories.build import compile_map, find_inputs, save_map
from webapp.territories.definitions import load_definitions
from webapp.territories.map import load_map

Raw = dict[str, Any]

SOURCE = """
[sources.{name}]
files = ["{name}.mmdb"]
located = true
name = "{name}"
url = "https://vendor.example/"
licence = "CC0-1.0"
"""
NAMES = ("base", "more")


def country(code: str, registered: str | None = None, **traits: object) -> Raw:
    """A GeoIP2 Country record; Country files hold names, geoname ids and more, which nobody reads."""
    record: Raw = {
        "continent": {"code": "EU", "geoname_id": 6255148, "names": {"en": "Europe"}},
        "country": {"iso_code": code, "geoname_id": 1, "names": {"en": "Somewhere"}},
        "registered_country": {"iso_code": registered or code, "geoname_id": 1},
    }
    return record | ({"traits": dict(traits)} if traits else {})


def city(code: str, town: str, latitude: float, longitude: float, radius: int | None, **traits: object) -> Raw:
    """A GeoIP2 City record; DB-IP's own files are the same without radius."""
    location: Raw = {"latitude": latitude, "longitude": longitude, "time_zone": "Etc/UTC"}
    place: Raw = {"city": {"geoname_id": 2, "names": {"en": town}}} if town else {}
    return (
        country(code, None, **traits) | place | {"location": location | ({"accuracy_radius": radius} if radius else {})}
    )


def region(code: str, part: Mapping[str, object]) -> Raw:
    return country(code) | {"subdivisions": [dict(part)]}


def anonymous(**flags: bool) -> Raw:
    return {"is_anonymous": True, **flags} if "is_hosting_provider" not in flags else dict(flags)


ELSEWHERE = country("CC")
NONE, RED, COAST, BOTH = frozenset[str](), frozenset({"red"}), frozenset({"coast"}), frozenset({"red", "coast"})
CASES: list[tuple[str, str, Raw, str, frozenset[str], frozenset[str]]] = [
    ("country inside", "GeoIP2-Country", country("RR"), "nested-country", RED, COAST),
    ("country elsewhere", "GeoLite2-Country", country("CC"), "nested-country", NONE, NONE),
    ("country partly inside", "GeoLite2-Country", country("BB"), "nested-country", NONE, COAST),
    ("registered only", "GeoIP2-Country", {"registered_country": {"iso_code": "CC"}}, "nested-country", NONE, BOTH),
    ("registered in red", "GeoIP2-Country", country("CC", "RR"), "nested-country", NONE, BOTH),
    ("registered on the coast", "GeoIP2-Country", country("CC", "BB"), "nested-country", NONE, COAST),
    ("registered elsewhere", "GeoIP2-Country", country("CC", "DD"), "nested-country", NONE, NONE),
    ("red's army abroad", "GeoIP2-Country", country("CC") | {"represented_country": {"iso_code": "RR"}},
     "nested-country", NONE, BOTH),
    ("continent only", "GeoIP2-Country", {"continent": {"code": "EU"}, "country": {}}, "nested-country", NONE, BOTH),
    ("a continent's code", "GeoLite2-Country", country("EU"), "nested-country", NONE, BOTH),
    ("anycast", "GeoIP2-Country", country("CC", is_anycast=True), "nested-country", NONE, BOTH),
    ("circle inside", "GeoIP2-City", city("BB", "Port", 45.5, 30.5, 20), "nested-city", COAST, NONE),
    ("circle over the edge", "GeoIP2-City", city("BB", "Port", 45.5, 30.5, 50), "nested-city", NONE, COAST),
    ("circle that reaches in", "GeoIP2-City", city("BB", "Inland", 45.5, 32.0, 100), "nested-city", NONE, COAST),
    ("circle that stays out", "GeoIP2-City", city("BB", "Inland", 45.5, 32.0, 50), "nested-city", NONE, NONE),
    ("circle of another country", "GeoIP2-City", city("CC", "Over", 45.5, 31.5, 50), "nested-city", NONE, COAST),
    ("circle without a town", "GeoIP2-City", city("BB", "", 45.5, 30.5, 200), "nested-city", NONE, COAST),
    ("point in the area, no country", "GeoLite2-City",
     city("BB", "Port", 45.5, 30.5, 20) | {"country": {}, "registered_country": {}},
     "nested-city", COAST, RED),
    ("point at 0, 0", "GeoLite2-City", city("BB", "Port", 0.0, 0.0, None), "nested-city", NONE, COAST),
    ("region inside", "GeoIP2-City", region("BB", {"iso_code": "1"}), "nested-city", COAST, NONE),
    ("region outside", "GeoIP2-City", region("BB", {"iso_code": "3"}), "nested-city", NONE, NONE),
    ("region that nobody judged", "GeoIP2-City", region("BB", {"iso_code": "9"}), "nested-city", NONE, COAST),
    ("DB-IP city", "DBIP-City-Lite", city("BB", "Port", 45.5, 30.5, None), "nested-city", COAST, NONE),
    ("DB-IP city near", "DBIP-City-Lite", city("BB", "Edge", 45.5, 31.1, None), "nested-city", NONE, COAST),
    ("DB-IP region's name", "DBIP-City-Lite", region("BB", {"names": {"en": "Shore"}}), "nested-city", NONE, COAST),
    ("DB-IP country", "DBIP-Country-Lite", country("RR"), "nested-country", RED, COAST),
    ("enterprise satellite", "GeoIP2-Enterprise", city("CC", "Far", 10.0, 10.0, 5, is_satellite_provider=True),
     "nested-city", NONE, BOTH),
    ("enterprise satellite line", "GeoIP2-Enterprise", city("CC", "Far", 10.0, 10.0, 5, connection_type="Satellite"),
     "nested-city", NONE, BOTH),
    ("enterprise hosting", "GeoIP2-Enterprise", city("CC", "Far", 10.0, 10.0, 5, user_type="hosting"),
     "nested-city", NONE, BOTH),
    ("private relay", "GeoIP2-Enterprise", city("CC", "Far", 10.0, 10.0, 5, user_type="consumer_privacy_network"),
     "nested-city", NONE, BOTH),
    ("enterprise proxy", "GeoIP2-Enterprise", city("CC", "Far", 10.0, 10.0, 5, is_legitimate_proxy=True),
     "nested-city", NONE, BOTH),
    ("enterprise at home", "GeoIP2-Enterprise", city("CC", "Far", 10.0, 10.0, 5, user_type="residential"),
     "nested-city", NONE, NONE),
    ("enterprise system", "GeoIP2-Enterprise", city("CC", "Far", 10.0, 10.0, 5, autonomous_system_number=64500),
     "nested-city", COAST, NONE),
    ("insights anonymizer", "GeoIP2-Insights", country("CC") | {"anonymizer": {"is_anonymous": True}},
     "nested-country", NONE, BOTH),
    ("ASN listed", "GeoLite2-ASN", {"autonomous_system_number": 64500, "autonomous_system_organization": "Example"},
     "asn", COAST, NONE),
    ("ASN not listed", "GeoLite2-ASN", {"autonomous_system_number": 64501}, "asn", NONE, NONE),
    ("ISP file", "GeoIP2-ISP", {"autonomous_system_number": 64500, "isp": "Example"}, "asn", COAST, NONE),
    ("anonymous", "GeoIP2-Anonymous-IP", anonymous(), "anonymous", NONE, BOTH),
    ("VPN", "GeoIP2-Anonymous-IP", anonymous(is_anonymous_vpn=True), "anonymous", NONE, BOTH),
    ("Tor", "GeoIP2-Anonymous-IP", anonymous(is_tor_exit_node=True), "anonymous", NONE, BOTH),
    ("home proxy", "GeoIP2-Anonymous-IP", anonymous(is_residential_proxy=True), "anonymous", NONE, BOTH),
    ("only hosting", "GeoIP2-Anonymous-IP", anonymous(is_hosting_provider=True), "anonymous", NONE, BOTH),
    ("satellite line", "GeoIP2-Connection-Type", {"connection_type": "Satellite"}, "connection", NONE, BOTH),
    ("cable", "GeoIP2-Connection-Type", {"connection_type": "Cable/DSL"}, "connection", NONE, NONE),
    ("flat country", "ip-location-db", {"country_code": "RR"}, "flat-country", RED, COAST),
    ("old code of a proxy", "ip-location-db", {"country_code": "A1"}, "flat-country", NONE, BOTH),
]  # fmt: skip


def compile_files(root: Path, files: dict[str, tuple[str, Raw]]) -> tuple[KnownPlace, list[str]]:
    """The place of one address after a build from these files, and the schemas that were recognised."""
    make_site(root, TOML + "".join(SOURCE.format(name=name) for name in NAMES))
    paths = [write_database(root / f"{name}.mmdb", {"20.1.0.0/16": raw}, kind) for name, (kind, raw) in files.items()]
    definitions = load_definitions(root)
    target = root / "config" / "territories.mmdb"
    provenance = save_map(compile_map(definitions, find_inputs(definitions, paths)), definitions, target)
    place = load_map(target, definitions).find(ip_address("20.1.2.3"))
    assert isinstance(place, KnownPlace)
    return place, [source.type for source in provenance.sources]


@pytest.mark.parametrize(
    ("kind", "raw", "schema", "inside", "uncertain"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_vendor_file(
    tmp_path: Path, kind: str, raw: Raw, schema: str, inside: frozenset[str], uncertain: frozenset[str]
) -> None:
    """What says nothing of places is read beside a database that puts everything elsewhere."""
    files = {"more": (kind, raw)}
    if schema in ("asn", "anonymous", "connection"):
        files = {"base": ("GeoLite2-Country", ELSEWHERE), **files}
    place, schemas = compile_files(tmp_path, files)
    assert schemas[-1] == schema
    assert (place.inside, place.uncertain) == (inside, uncertain)


def test_asn_alone_proves_nothing(tmp_path: Path) -> None:
    """A file of systems says whose a network is, not where: alone it leaves everybody uncertain."""
    place, _ = compile_files(tmp_path, {"base": ("GeoLite2-ASN", {"autonomous_system_number": 64501})})
    assert place.uncertain == {"red", "coast"}


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("GeoIP2-Domain", {"domain": "example.org"}, "'GeoIP2-Domain' database with the keys domain"),
        ("Weather", {"rain": 3, "wind": "E"}, "keys rain, wind"),
        ("ipinfo", {"country_name": "Somewhere", "as_name": "x"}, "keys as_name, country_name"),
        ("GeoIP2-City", {"country": "RR", "location": "there"}, "not of the schema they seem to have"),
        ("GeoIP2-City", {"country": {"iso_code": "RR"}, "subdivisions": 3, "city": {}}, "not of the schema"),
    ],
)
def test_unknown_schema(tmp_path: Path, kind: str, raw: Raw, words: str) -> None:
    """Nothing is guessed: the Problem says what was seen, and names the file."""
    with pytest.raises(SourceError, match=rf"(?s)base\.mmdb.*{words}"):
        compile_files(tmp_path, {"base": (kind, raw)})


def test_all_editions_at_once(tmp_path: Path) -> None:
    """Country, city, systems and anonymisers of one vendor vote together, and each vote is kept."""
    place, schemas = compile_files(
        tmp_path,
        {
            "base": ("GeoLite2-ASN", {"autonomous_system_number": 64500}),
            "more": ("GeoLite2-City", city("BB", "Inland", 45.5, 33.0, 5)),
        },
    )
    assert schemas == ["asn", "nested-city"]
    assert place.inside == {"coast"}
    assert [(vote.source, vote.said) for vote in place.votes] == [("base", "AS64500"), ("more", "BB")]
