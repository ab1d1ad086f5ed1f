"""Definitions, areas, lists and vendor schemas: good ones are understood, bad ones refused with every Problem."""

import json
import random
from datetime import date
from pathlib import Path

import pytest
import shapely

from tests.unit.territories.worlds import SQUARE, TOML, city, make_site, write_database
from webapp.errors import Severity, SourceError
from webapp.territories.build import compile_map, find_inputs
from webapp.territories.definitions import check_definitions, load_definitions
from webapp.territories.geojson import AreaError, parse_area
from webapp.territories.lists import load_ranges
from webapp.territories.records import Record, fold_name
from webapp.territories.spans import step_ranges
from webapp.territories.vendors import SchemaError, find_parser

TODAY = date(2026, 3, 1)


def polygon(*rings: list[list[float]]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)})


SMALL: list[list[float]] = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]

BAD_AREAS = [
    ("not JSON", "{", "not JSON"),
    ("deeply nested", "[" * 100_000, "not JSON"),
    ("a list", "[]", "not a GeoJSON object"),
    ("a point", '{"type": "Point", "coordinates": [1, 2]}', "only Polygon"),
    ("no features", '{"type": "FeatureCollection", "features": []}', "no polygon"),
    ("empty polygon", polygon(), "empty"),
    ("short ring", polygon([[0, 0], [1, 1], [0, 0]]), "fewer than four"),
    ("open ring", polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "does not end"),
    ("crossing ring", polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses or touches itself"),
    ("figure of eight", polygon([[0, 0], [1, 1], [2, 2], [2, 0], [1, 1], [0, 2], [0, 0]]), "crosses or touches itself"),
    ("corner on an edge", polygon([[0, 0], [4, 0], [4, 4], [2, 0], [0, 4], [0, 0]]), "crosses or touches itself"),
    ("there and back", polygon([[0, 0], [4, 0], [2, 0], [2, 3], [0, 0]]), "crosses or touches itself"),
    ("a line", polygon([[0, 0], [4, 0], [0, 0], [4, 0], [0, 0]]), "crosses or touches itself"),
    ("one point", polygon([[1, 1], [1, 1], [1, 1], [1, 1]]), "fewer than four points that differ"),
    ("hole outside", polygon(SMALL, [[5, 5], [6, 5], [6, 6], [5, 5]]), "hole does not lie within"),
    ("hole over the edge", polygon(SMALL, [[1, 1], [3, 1], [3, 1.5], [1, 1.5], [1, 1]]), "hole does not lie within"),
    (
        "larger than a float",
        '{"type": "Polygon", "coordinates": [[[1' + "0" * 400 + ", 1], [1, 1], [2, 2]]]}",
        "fewer|globe",
    ),
    ("not finite", '{"type": "Polygon", "coordinates": [[[NaN, 1], [1, 1], [2, 2], [1, 1]]]}', "globe"),
    (
        "collections without end",
        '{"type": "FeatureCollection", "features": [' * 300 + "]}" * 300,
        "not JSON|nested|no polygon",
    ),
    ("no geometry", '{"type": "Feature", "geometry": null}', "not a GeoJSON object"),
    ("lines", '{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}', "only Polygon"),
    (
        "mixed",
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point"}}]}',
        "only Poly",
    ),
    ("too many points", polygon([[x / 100, 0] for x in range(2100)]), "draw it coarser"),
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


def test_harmless_peculiarities() -> None:
    """Points twice in a row, a third number for the height, a byte order mark, and holes are all right."""
    hole: list[list[float]] = [[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 0.5]]
    text = polygon([[0, 0, 7], [0, 0, 7], [2, 0, 7], [2, 2, 7], [2, 2, 7], [0, 2, 7], [0, 0, 7]], hole)
    area = parse_area("x.geojson", "\ufeff" + text)
    assert area.holds(1.5, 0.2)
    assert not area.holds(0.9, 0.6)


@pytest.mark.parametrize("seed", range(40))
def test_crossings_are_those_that_shapely_finds(seed: int) -> None:
    """A ring is refused exactly when the geometry library calls its polygon invalid."""
    chance = random.Random(seed)
    points = [[chance.randint(0, 6), chance.randint(0, 6)] for _ in range(chance.randint(3, 7))]
    ring = [*points, points[0]]
    distinct = [point for place, point in enumerate(ring) if place == 0 or point != ring[place - 1]]
    valid = len(distinct) > 3 and bool(shapely.Polygon(distinct).is_valid)
    try:
        parse_area("x.geojson", polygon([[float(x), float(y)] for x, y in ring]))
        accepted = True
    except AreaError:
        accepted = False
    assert accepted == valid, ring


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
        ("tor.txt", b"20.1.0.1 - 2a00::1\n", "not a range"),
        ("tor.txt", b"20.1.0.0/33\n20.1.0.0/-1\n020.1.0.0/24\n20.1.0/24\n", "line 1.*line 2.*line 3.*line 4"),
        ("tor.txt", b"::1:0/112\n", "::/96"),
        ("tor.txt", b"\x1f\x8b\x08junk" * 99999, "line 1"),
        ("tor.txt", b"x\n" * 1_000_000, "line 20"),
        ("other.bin", b"", "no source has a file of this name"),
    ],
)
def test_bad_source_file(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """A source file that is not understood whole stops the build, with its path."""
    definitions = load_definitions(make_site(tmp_path))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=f"(?s){name}.*({words})"):
        compile_map(definitions, find_inputs(definitions, [tmp_path / name]))


def test_list_of_networks(tmp_path: Path) -> None:
    """Blocks, addresses, ranges, comments, blank lines, a byte order mark, both families, IPv4-mapped addresses."""
    path = tmp_path / "list.txt"
    lines = ["\ufeff# a list", "", "20.1.0.0/24 # one", "20.1.1.7;two", " 20.1.2.0 - 20.1.2.9 ", "2a00::/127",
             "::ffff:20.1.3.0/120", "0.0.0.0/0", "::/0", "20.1.4.0/255.255.255.0"]  # fmt: skip
    path.write_text("\r\n".join(lines), encoding="utf-8")
    base, ipv6 = 20 << 24 | 1 << 16, 0x2A00 << 112
    assert load_ranges(path) == [
        (base, base + 255),
        (base + 263, base + 263),
        (base + 512, base + 521),
        (ipv6, ipv6 + 1),
        (base + 768, base + 1023),
        (0, (1 << 32) - 1),
        (1 << 32, (1 << 128) - 1),
        (base + 1024, base + 1279),
    ]


def test_a_million_lines(tmp_path: Path) -> None:
    """A list that long is read whole, and neighbours become one."""
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{20 + (n >> 16)}.{n >> 8 & 255}.{n & 255}.0/24\n" for n in range(1_000_000)))
    steps = step_ranges(load_ranges(path))
    assert (steps.low.tolist(), steps.value.tolist()) == ([20 << 24, (20 << 24) + (1_000_000 << 8)], [0, -1])


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
