"""What a report says of a map: counts, votes, moves, and a picture that anybody can read."""

import datetime
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.territories.worlds import CITIES, TOML, WHOIS, city, make_site, write_database
from webapp.core.model import MapFacts
from webapp.territories.age import check_age
from webapp.territories.build import compile_map, find_inputs, save_map
from webapp.territories.combine import Answer
from webapp.territories.compare import Change, compare_maps
from webapp.territories.content import load_content
from webapp.territories.definitions import Definitions, check_definitions, load_definitions
from webapp.territories.moves import check_moves, measure_moves
from webapp.territories.picture import MARKS, choose_frame, draw_picture, word_for
from webapp.territories.points import Frame, find_spots
from webapp.territories.provenance import load_provenance
from webapp.territories.report import Sheet, survey_sheets, write_page
from webapp.territories.statistics import Size
from webapp.territories.survey import survey

World = tuple[Path, Definitions]


def map_of(world: World) -> Path:
    return world[0] / "config" / "territories.mmdb"


def other_map(world: World, tmp_path: Path, cities: dict[str, dict[str, object]]) -> Path:
    """The world's map with other cities."""
    paths = [write_database(tmp_path / "cities.mmdb", cities), world[0] / "whois.mmdb", world[0] / "tor.txt"]
    compiled = compile_map(world[1], find_inputs(world[1], paths))
    save_map(compiled, world[1], tmp_path / "territories.mmdb")
    return tmp_path / "territories.mmdb"


def test_content_is_what_was_counted(world: World) -> None:
    """Reading a map back gives the counts that its provenance was written with."""
    found = survey(load_content(map_of(world)), tuple(world[1].territories))
    counted = load_provenance(map_of(world)).addresses
    for row in found.answers:
        key = f"{row.words[0]}: {row.words[1]}"
        if key in counted:
            assert counted[key] == {"ipv4": row.size.ipv4, "ipv6_64": row.size.ipv6_64}
    assert {f"{row.words[0]}: {row.words[1]}" for row in found.answers} >= counted.keys() - {"outside all"}


def test_answers_add_up_to_all_addresses(world: World) -> None:
    """For each territory every address has one answer, no record included."""
    found = survey(load_content(map_of(world)), tuple(world[1].territories))
    for territory in world[1].territories:
        rows = [row.size for row in found.answers if row.words[0] == territory]
        assert sum(rows, Size()) == Size(1 << 32, 1 << 64)


def test_agreement(world: World) -> None:
    """Who says what: 20.1.0.0/17 is RR for both, the other half is CC for the cities; 20.5.0.0/16 is disputed too."""
    found = survey(load_content(map_of(world)), tuple(world[1].territories))
    said = {row.words: row.size.ipv4 for row in found.countries}
    assert found.sources[:2] == ("whois", "cities")
    assert sum(count for words, count in said.items() if words[:2] == ("RR", "RR")) == 1 << 15
    assert sum(count for words, count in said.items() if words[:2] == ("RR", "CC")) == 1 << 15
    words = {row.words[0]: row.size.ipv4 for row in found.agreement}
    assert words["the sources name different countries"] == (1 << 15) + (1 << 16)


def test_map_against_itself(world: World) -> None:
    """Nothing changes, and what is held is counted."""
    same = compare_maps(map_of(world), map_of(world))
    assert same.changes == ()
    assert same.before == same.after
    assert same.before["red"].ipv4 > 1 << 16


def test_moves(world: World, tmp_path: Path) -> None:
    """20.5.7.0/24 enters red, 20.3.0.0/17 leaves coast: each is counted once, against what is held."""
    cities = {**CITIES, "20.5.7.0/24": city("RR", "Mid", "Town", 55.0, 60.0)}
    comparison = compare_maps(map_of(world), other_map(world, tmp_path, cities))
    assert Change("red", "outside", "inside", 256, 0) in comparison.changes
    moves = {move.territory: move for move in measure_moves(comparison)}
    red = moves[next(iter(world[1].territories))]
    assert (red.entering, red.leaving, red.percent_leaving) == (Size(256, 0), Size(), 0.0)
    assert red.percent_entering == pytest.approx(100 * 256 / comparison.after["red"].ipv4)


@pytest.mark.parametrize(
    ("before", "after", "enters", "leaves"),
    [
        ("outside", "inside", True, False), ("no record", "uncertain", True, False), ("inside", "outside", False, True),
        ("uncertain", "no record", False, True), ("inside", "uncertain", False, False),
        ("no record", "outside", False, False),
    ],
)  # fmt: skip
def test_entering_and_leaving(before: str, after: str, enters: bool, leaves: bool) -> None:
    """Inside and uncertain are the territory; everything else is not."""
    change = Change("red", before, after, 1, 0)
    assert (change.enters, change.leaves) == (enters, leaves)


def test_new_territory_cannot_move(world: World, tmp_path: Path) -> None:
    """A territory that the map in use never knew has nothing to be measured against."""
    cities = {**CITIES, "20.5.7.0/24": city("RR", "Mid", "Town", 55.0, 60.0)}
    moves = measure_moves(compare_maps(map_of(world), other_map(world, tmp_path, cities)))
    strict = load_definitions(make_site(tmp_path / "site", "max_moved_percent = 0.0\n" + TOML))
    assert [it.key for it in check_moves(moves, strict, {"red", "coast"})] == ["territories.red"]
    assert list(check_moves(moves, strict, {"coast"})) == []


def test_limit_of_moves_decides_no_answer(tmp_path: Path) -> None:
    """Neither limit is part of a territory's digest: a map stays good when they change."""
    plain = load_definitions(make_site(tmp_path / "a"))
    text = "max_moved_percent = 3.0\n" + TOML.replace('name = "Red"', 'name = "Red"\nmax_moved_percent = 1.5')
    limited = load_definitions(make_site(tmp_path / "b", text))
    assert [plain.digest(it) for it in plain.territories] == [limited.digest(it) for it in limited.territories]
    assert [limited.most_moved(it) for it in limited.territories] == [1.5, 3.0]


RED = Answer("inside", "RR", inside=("red",), uncertain=("coast",))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (None, "no record"),
        (Answer("outside", "CC"), "outside"),
        (RED, "elsewhere"),
        (Answer("inside", "BB", inside=("coast",)), "inside"),
        (Answer("uncertain", "BB", uncertain=("red",)), "uncertain"),
    ],
)
def test_mark(answer: Answer | None, word: str) -> None:
    """On a picture of coast: its own, another territory's, doubt of any kind, and nobody's."""
    assert word_for(answer, "coast") == word


def test_spots(world: World) -> None:
    """Every located network within the frame is drawn at its place, with the map's answer and size."""
    content = load_content(map_of(world))
    inputs = find_inputs(world[1], [world[0] / "cities.mmdb", world[0] / "whois.mmdb", world[0] / "tor.txt"])
    spots = find_spots(inputs, content, Frame(29, 44, 34, 47))
    found = {(it.latitude, it.longitude, word_for(content.answers[it.answer], "coast")): it.size.ipv4 for it in spots}
    assert found[45.5, 30.5, "inside"] == 1 << 15
    assert found[45.5, 31.1, "uncertain"] == 1 << 15
    assert not any(longitude > 34 for _, longitude, _ in found)


def test_picture(world: World) -> None:
    """Well-formed, inert, and every mark on it is named in the legend with shape and count."""
    root, definitions = world
    definition = next(it for it in definitions.territories.values() if it.shapes)
    frame = choose_frame(definition)
    assert frame is not None
    content = load_content(map_of(world))
    spots = find_spots(find_inputs(definitions, [root / "cities.mmdb"]), content, frame)
    svg = draw_picture(definition, frame, spots, content.answers, 15.0, "caption <&> of the day")
    assert ElementTree.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own drawing
    assert "caption &lt;&amp;&gt; of the day" in svg
    bare = svg.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"<script|\son\w+=|href|https?:|<foreignObject|<!ENTITY", bare, re.IGNORECASE)
    assert all(mark.words in svg for mark in MARKS.values())
    assert "32,768 IPv4" in svg


def test_marks_differ_without_colour() -> None:
    """Two answers never share both shape and filling, so that grey paper tells them apart."""
    looks = [(mark.shape, mark.fill == "none") for mark in MARKS.values()]
    assert len(set(looks)) == len(looks)


def test_territory_without_areas_has_no_picture(world: World) -> None:
    """Red is a country: there is nothing to draw."""
    assert choose_frame(next(it for it in world[1].territories.values() if not it.shapes)) is None


def test_page_escapes_what_databases_say() -> None:
    """A vendor's region is text, whatever it holds."""
    sheet = Sheet(
        "<b>", "note", ("one", "IPv4 addresses", "IPv6 /64 networks"), (("<script>alert(1)</script>", "1", "2"),)
    )
    page = write_page("Title", [("Map", "<i>")], [sheet], ["<svg></svg>"])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<svg></svg>" in page


def test_long_tables_say_what_they_leave_out(world: World) -> None:
    """Nothing is left out silently."""
    found = survey(load_content(map_of(world)), tuple(world[1].territories))
    sheets = {sheet.title: sheet for sheet in survey_sheets(found, world[1], 1)}
    assert sheets["Who says which country"].more == len(found.countries) - 1 > 0
    assert sheets["Answers"].more == 0


@pytest.mark.parametrize(("days", "warned"), [(0, False), (59, False), (60, True), (400, True), (401, False)])
def test_age(tmp_path: Path, days: int, warned: bool) -> None:
    """From 60 days there is a warning; past 400 the map is not believed, which is told elsewhere."""
    definitions = load_definitions(make_site(tmp_path))
    day = datetime.date(2026, 1, 1)
    facts = MapFacts("digest", day, definitions.max_age_days, frozenset())
    problems = check_age(facts, definitions, day + datetime.timedelta(days))
    assert [it.code for it in problems] == (["map.old"] if warned else [])


@pytest.mark.parametrize(("today", "due"), [("2026-06-30", False), ("2026-07-01", True)])
def test_review(tmp_path: Path, today: str, due: bool) -> None:
    """An entry past its own review_by is warned of, with its key."""
    problems = check_definitions(make_site(tmp_path), datetime.date.fromisoformat(today))
    assert [it.key for it in problems] == (["territories.coast.areas.0"] if due else [])


DOWNLOAD = '[[sources.cities.downloads]]\nfile = "cities.mmdb"\nurl = "https://maps.example/{year}-{month}.mmdb"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DOWNLOAD, "give one of sha256"),
        (DOWNLOAD + "unverified = true\nsha256 = 'no'\n", "SHA-256 digest"),
        (DOWNLOAD.replace("https", "http") + "unverified = true\n", "unprotected"),
        (DOWNLOAD.replace("maps", "me:word@maps") + "unverified = true\n", "secret"),
        (DOWNLOAD.replace("mmdb\"\n", "mmdb?license_key=abc\"\n") + "unverified = true\n", "secret"),
        (DOWNLOAD.replace("{month}", "{day}") + "unverified = true\n", "only {year} and {month}"),
        (DOWNLOAD.replace('"cities.mmdb"', '"other.mmdb"') + "unverified = true\n", "nothing else"),
        (DOWNLOAD + "unverified = true\n" + DOWNLOAD + "unverified = true\n", "once at most"),
        (DOWNLOAD + 'unverified = true\naccount = "maxmind"\n', "is not MaxMind's"),
        (DOWNLOAD.replace("https://maps.example/", "maps/") + "unverified = true\n", "whole address"),
    ],
)  # fmt: skip
def test_bad_download(tmp_path: Path, text: str, words: str) -> None:
    """A download that cannot be trusted is a Problem of the configuration, before anything is fetched."""
    problems = check_definitions(
        make_site(tmp_path, TOML.replace("[sources.tor]", text + "\n[sources.tor]")), datetime.date(2026, 1, 1)
    )
    assert problems
    assert any(word in problem.message for problem in problems for word in words.split("|")), problems


def test_whois_alone_is_counted_as_doubt(tmp_path: Path) -> None:
    """Registrations prove nobody outside: all of the space is uncertain or inside, and the survey says why."""
    definitions = load_definitions(make_site(tmp_path))
    paths = [write_database(tmp_path / "whois.mmdb", WHOIS)]
    save_map(compile_map(definitions, find_inputs(definitions, paths)), definitions, tmp_path / "m.mmdb")
    found = survey(load_content(tmp_path / "m.mmdb"), tuple(definitions.territories))
    assert {row.words[1] for row in found.answers} == {"inside", "uncertain", "no record"}
    assert ("red", "no source says where it is used") in {row.words for row in found.kinds}
