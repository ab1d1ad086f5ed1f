"""Definitions, areas, lists and vendor schemas: good ones are understood, bad ones refused with every Problem."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.unit.territories.worlds import SQUARE, TOML, city, make_site, write_database
from webapp.errors import Severity, SourceError
from webapp.territories.build import compile_map, find_inputs
from webapp.territories.definitions import check_definitions, load_definitions
from webapp.territories.geojson import AreaError, parse_area
from webapp.territories.records import Record, fold_name
from webapp.territories.vendors import SchemaError, find_parser

TODAY = date(2026, 3, 1)


def polygon(*rings: list[list[float]]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)})


BAD_AREAS = [
    ("not JSON", "{", "not JSON"),
    ("deeply nested", "[" * 100_000, "not JSON"),
    ("a list", "[]", "not a GeoJSON object"),
    ("a point", '{"type": "Point", "coordinates": [1, 2]}', "only Polygon"),
    ("no features", '{"type": "FeatureCollection", "features": []}', "no polygon"),
    ("empty polygon", polygon(), "empty"),
    ("short ring", polygon([[0, 0], [1, 1], [0, 0]]), "fewer than four"),
    ("open ring", polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "does not end"),
    ("crossing ring", polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses itself"),
    ("off the globe", polygon([[30, 95], [31, 95], [31, 96], [30, 95]]), "longitude first"),
    ("antimeridian", polygon([[179, 0], [-179, 0], [-179, 1], [179, 0]]), "antimeridian"),
    ("not a number", '{"type": "Polygon", "coordinates": [[[1, "2"], [1, 1], [2, 2], [1, 1]]]}', "not a point"),
]


@pytest.mark.parametrize(("text", "words"), [row[1:] for row in BAD_AREAS], ids=[row[0] for row in BAD_AREAS])
def test_bad_area(text: str, words: str) -> None:
    """Geometry that is no plain polygon is refused, in words."""
    with pytest.raises(AreaError, match=words):
        parse_area("x.geojson", text)


def test_hole_is_not_inside() -> None:
    """A hole belongs to somebody else."""
    ring: list[list[float]] = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]
    hole: list[list[float]] = [[3, 3], [6, 3], [6, 6], [3, 6], [3, 3]]
    area = parse_area("x.geojson", polygon(ring, hole))
    assert area.holds(1, 1)
    assert not area.holds(4, 4)
    assert not area.holds(10, 4)


def test_swapped_coordinates_are_named(tmp_path: Path) -> None:
    """The places that an area must hold reveal a file that is latitude first."""
    swapped = polygon([[45, 30], [46, 30], [46, 31], [45, 31], [45, 30]])
    with pytest.raises(SourceError) as caught:
        load_definitions(make_site(tmp_path, area=swapped))
    assert "latitude first" in caught.value.problems[0].hint


SENTINEL = '\n[[sentinels]]\naddress = "20.1.1.1"\nterritory = "blue"\nanswer = "inside"\nnote = "x"\n'
SECOND = """
[territories.two]
name = "Two"
networks = [{ networks = ["20.9.9.0/24"], answer = "inside", source = "t", date = 2026-01-01 }]
"""
NO_SOURCE = TOML.replace('codes = ["RR"], source = "test", date = 2026-01-01', 'codes = ["RR"], date = 2026-01-01')

BAD_TOML = [
    ("unknown key", TOML + "\n[teritories.x]\n", "teritories"),
    ("host bits", TOML.replace("20.9.0.0/16", "20.9.0.1/16"), "territories.coast.networks.0.networks.0"),
    ("lower case", TOML.replace('["RR"], source', '["rr"], source'), "territories.red.countries.0.codes.0"),
    ("no source", NO_SOURCE, "territories.red.countries.0.source"),
    ("nothing in it", TOML + '\n[territories.void]\nname = "Void"\n', "territories.void"),
    ("sentinel of nowhere", TOML + SENTINEL, "sentinels.0.territory"),
    ("claimed twice", TOML + SECOND, "territories.two"),
    ("area missing", TOML.replace("coast.geojson", "lost.geojson"), "territories.coast.areas.0"),
    ("area elsewhere", TOML.replace("coast.geojson", "../../x.geojson"), "territories.coast.areas.0.file"),
]


@pytest.mark.parametrize(("toml", "key"), [row[1:] for row in BAD_TOML], ids=[row[0] for row in BAD_TOML])
def test_bad_definitions(tmp_path: Path, toml: str, key: str) -> None:
    """Every fault names its key and says what to do."""
    problems = check_definitions(make_site(tmp_path, toml), TODAY)
    assert key in [problem.key for problem in problems]
    assert all(problem.hint for problem in problems)


def test_missing_and_broken_file(tmp_path: Path) -> None:
    """No file and no TOML are Problems, never tracebacks."""
    assert check_definitions(tmp_path, TODAY)[0].code == "file.missing"
    assert check_definitions(make_site(tmp_path, "= ="), TODAY)[0].code == "territories.unreadable"


@pytest.mark.parametrize(("today", "count"), [(date(2026, 6, 30), 0), (date(2026, 7, 1), 1)])
def test_review_due(tmp_path: Path, today: date, count: int) -> None:
    """An entry past its `review_by` is a warning; the definitions still load."""
    problems = check_definitions(make_site(tmp_path), today)
    assert [problem.severity for problem in problems] == [Severity.WARNING] * count


@pytest.mark.parametrize(
    ("spelling", "folded"),
    [("Kharkivs’ka Oblast’", "kharkivska"), ("Sebastopol City", "sebastopol"), ("Qırım", "qirim"), ("Šore", "sore"),
     ("Autonomous Republic of Crimea", "crimea"), ("Donets'k", "donetsk"), ("КРЫМ", "крым"), ("Oblast", "oblast")],
)  # fmt: skip
def test_fold_name(spelling: str, folded: str) -> None:
    """Spellings of one name meet in one form."""
    assert fold_name(spelling) == folded


SCHEMAS: list[tuple[str, dict[str, object], str, Record]] = [
    ("flat country", {"country_code": "UA"}, "flat-country", Record(country="UA")),
    ("no country", {"country_code": "-"}, "flat-country", Record()),
    ("flat city", city("UA", "Lviv", "Stryi", 49.0, 24.0), "flat-city",
     Record(country="UA", region_names=("Lviv",), city="Stryi", latitude=49.0, longitude=24.0)),
    ("GeoIP2 city", {"country": {"iso_code": "UA"}, "registered_country": {"iso_code": "RU"},
                     "subdivisions": [{"iso_code": "43", "names": {"en": "Crimea"}}],
                     "location": {"latitude": 45.0, "longitude": 34.0, "accuracy_radius": 200},
                     "city": {"names": {"en": "Dzhankoy"}}}, "nested-city",
     Record(country="UA", registered="RU", regions=("UA-43",), region_names=("Crimea",), city="Dzhankoy",
            latitude=45.0, longitude=34.0, radius_km=200.0)),
    ("GeoLite2 country, registered only", {"registered_country": {"iso_code": "RU"}}, "nested-country",
     Record(registered="RU")),
    ("ASN", {"autonomous_system_number": 64500}, "asn", Record(asn=64500)),
    ("anonymous IP", {"is_anonymous": True, "is_anonymous_vpn": True}, "anonymous", Record(doubt="anonymiser")),
    ("enterprise satellite", {"country": {"iso_code": "UA"}, "traits": {"is_satellite_provider": True}},
     "nested-country", Record(country="UA", doubt="satellite")),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "record"), [row[1:] for row in SCHEMAS], ids=[row[0] for row in SCHEMAS])
def test_schema(raw: dict[str, object], name: str, record: Record) -> None:
    """Every vendor schema becomes the same kind of Record."""
    found, parse = find_parser("test", [raw])
    assert found == name
    assert parse(raw) == record


def test_unknown_schema_says_what_was_seen() -> None:
    """Nothing is guessed."""
    with pytest.raises(SchemaError, match=r"'Weather'.*rain"):
        find_parser("Weather", [{"rain": 1}])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cities.mmdb", b"", "valid MaxMind DB"),
        ("cities.mmdb", b"\0" * 5000, "valid MaxMind DB"),
        ("tor.txt", b"20.1.0.0/24\nhello\n20.1.0.1/24\n", "line 2.*line 3"),
        ("tor.txt", b"20.1.0.9 - 20.1.0.1\n", "not a range"),
        ("other.bin", b"", "no source has a file of this name"),
    ],
)
def test_bad_source_file(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """A source file that is not understood whole stops the build, with its path."""
    definitions = load_definitions(make_site(tmp_path))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=f"(?s){name}.*({words})"):
        compile_map(definitions, find_inputs(definitions, [tmp_path / name]))


def test_truncated_database(tmp_path: Path) -> None:
    """A database cut off in its tree, with metadata glued on, is refused."""
    definitions = load_definitions(make_site(tmp_path))
    data = write_database(tmp_path / "cities.mmdb", {f"20.{n}.0.0/16": city("CC") for n in range(200)}).read_bytes()
    (tmp_path / "cities.mmdb").write_bytes(data[:64] + data[data.index(b"\xab\xcd\xefMaxMind.com") :])
    with pytest.raises(SourceError, match=r"cities\.mmdb"):
        compile_map(definitions, find_inputs(definitions, [tmp_path / "cities.mmdb"]))


def test_square_is_what_the_tests_think() -> None:
    """The test area holds its port."""
    assert parse_area("x.geojson", SQUARE).holds(30.5, 45.5)
