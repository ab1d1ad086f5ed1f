"""`webapp territories` as an operator uses it: build, info, lookup; nothing is patched."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.territories.worlds import CITIES, WHOIS, make_site, write_database
from webapp.cli.territories import territories


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("site"))
    write_database(root / "whois.mmdb", WHOIS)
    write_database(root / "cities.mmdb", CITIES)
    result = CliRunner().invoke(territories, ["build", "--partial", "--root", str(root), "--source", str(root)])
    assert result.exit_code == 0, result.output
    return root


def test_lookup_reads_arguments(site: Path) -> None:
    """One line of TSV an address; a question mark is doubt."""
    result = CliRunner().invoke(territories, ["lookup", "--root", str(site), "20.2.200.1", "20.1.200.1", "10.0.0.1"])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "20.2.200.1\tknown\tBB\tcoast?",
        "20.1.200.1\tknown\tCC\tred,coast?",
        "10.0.0.1\tunknown\t-\t-",
    ]


def test_lookup_goes_on_after_bad_lines(site: Path) -> None:
    """A bad line goes to standard error and to the exit code, and stops nothing."""
    lines = "20.4.1.1\n\nnonsense\n20.4.1.1:443\n2a01::1\n"
    result = CliRunner().invoke(territories, ["lookup", "--root", str(site)], input=lines)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["20.4.1.1\tknown\tCC\t-", "2a01::1\tknown\tCC\t-"]
    assert result.stderr.count("is not an address") == 2


def test_info_says_what_the_map_is(site: Path) -> None:
    """Sources and counts, for people."""
    result = CliRunner().invoke(territories, ["info", "--root", str(site)])
    assert result.exit_code == 0
    assert "coast, red" in result.stdout
    assert "cities.mmdb, flat-city, located" in result.stdout


@pytest.mark.parametrize("command", [["info"], ["lookup", "20.1.1.1"]])
def test_no_map_is_a_clear_message(tmp_path: Path, command: list[str]) -> None:
    """No traceback, exit code 1, and what to do."""
    result = CliRunner().invoke(territories, [*command, "--root", str(make_site(tmp_path))])
    assert result.exit_code == 1
    assert "territories build" in result.stderr


def test_build_from_nothing(tmp_path: Path) -> None:
    """A folder without databases is a Problem, and no map appears."""
    root = make_site(tmp_path)
    result = CliRunner().invoke(territories, ["build", "--root", str(root), "--source", str(root)])
    assert result.exit_code == 1
    assert "no database was given" in result.stderr
    assert not (root / "config" / "territories.mmdb").exists()


def test_a_source_without_a_file_is_no_accident(site: Path, tmp_path: Path) -> None:
    """A source that is not read cannot object: each one is named, and the map stays as it was."""
    before = (site / "config" / "territories.mmdb").read_bytes()
    misspelled = tmp_path / "whois-ipv4.mmdb"
    write_database(misspelled, WHOIS)
    write_database(tmp_path / "cities.mmdb", CITIES)
    result = CliRunner().invoke(territories, ["build", "--root", str(site), "--source", str(tmp_path)])
    assert result.exit_code == 1
    assert "sources.whois" in result.stderr
    assert "whois.mmdb" in result.stderr
    assert "sources.cities" not in result.stderr
    assert (site / "config" / "territories.mmdb").read_bytes() == before


def test_diff_names_what_moved(site: Path, tmp_path: Path) -> None:
    """A map against itself is silent; without the registrations, red loses what only those knew."""
    old, new = site / "config" / "territories.mmdb", tmp_path / "new.mmdb"
    same = CliRunner().invoke(territories, ["diff", "--tsv", str(old), str(old)])
    assert (same.exit_code, same.output) == (0, "")
    build = ["build", "--partial", "--root", str(site), "--source", str(site / "cities.mmdb"), "--output", str(new)]
    assert CliRunner().invoke(territories, build).exit_code == 0
    result = CliRunner().invoke(territories, ["diff", "--tsv", str(old), str(new)])
    assert "red\tinside\toutside\t32768\t0" in result.output.splitlines()
    assert "red\tinside\tno record\t0\t1099511627776" in result.output.splitlines()


def test_diff_of_something_else(site: Path) -> None:
    """A vendor's database is no territory map."""
    old = site / "config" / "territories.mmdb"
    result = CliRunner().invoke(territories, ["diff", str(old), str(site / "cities.mmdb")])
    assert result.exit_code == 1
    assert "cannot be read as a territory map" in result.stderr


def test_diff_for_people(site: Path, tmp_path: Path) -> None:
    """Tables of what enters, leaves and changes, with what a reader there notices; alike is said in words."""
    old, new = site / "config" / "territories.mmdb", tmp_path / "new.mmdb"
    build = ["build", "--partial", "--root", str(site), "--source", str(site / "cities.mmdb"), "--output", str(new)]
    assert CliRunner().invoke(territories, build).exit_code == 0
    result = CliRunner().invoke(territories, ["diff", "--root", str(site), str(old), str(new)])
    assert result.exit_code == 0
    for words in ("Entering and leaving", "held before", "Changes", "leaves: loses the notice", "32,768"):
        assert words in result.stdout
    same = CliRunner().invoke(territories, ["diff", str(old), str(old)])
    assert same.stdout == "The two maps answer alike for every address.\n"


def test_diff_for_programs(site: Path, tmp_path: Path) -> None:
    """The same as JSON, whole numbers and all."""
    old, new = site / "config" / "territories.mmdb", tmp_path / "new.mmdb"
    build = ["build", "--partial", "--root", str(site), "--source", str(site / "cities.mmdb"), "--output", str(new)]
    assert CliRunner().invoke(territories, build).exit_code == 0
    found = json.loads(CliRunner().invoke(territories, ["diff", "--json", str(old), str(new)]).stdout)
    change = {"territory": "red", "before": "inside", "after": "outside", "ipv4": 32768, "ipv6_64": 0}
    assert change in found["changes"]
    assert {it["territory"] for it in found["moves"]} == {"red", "coast"}


def test_lookup_survives_what_is_no_text(site: Path) -> None:
    """Bytes that are not UTF-8, zero bytes, a line without end: each is a bad line, and the next is answered."""
    lines = b"20.4.1.1\n\xff\xfe\x00\x80\n" + b"x" * 10000 + b"\n2a01::1\n"
    result = CliRunner().invoke(territories, ["lookup"], input=lines, env={"WEBAPP_ROOT": str(site)})
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["20.4.1.1\tknown\tCC\t-", "2a01::1\tknown\tCC\t-"]
    assert "is not an address" in result.stderr


@pytest.mark.parametrize(
    "text", ["002.125.0.1", "20.4.1", "0x14.4.1.1", "20.4.1.1/32", "2a01::1%eth0%", "1.2.3.4.5", "::g"]
)
def test_lookup_is_strict(site: Path, text: str) -> None:
    """What the site would not take for an address is none here either."""
    result = CliRunner().invoke(territories, ["lookup", text], env={"WEBAPP_ROOT": str(site)})
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize("command", [["info"], ["lookup", "20.4.1.1"], ["report"]])
def test_root_comes_from_the_environment(site: Path, command: list[str]) -> None:
    """WEBAPP_ROOT names the site, as for every other command."""
    assert CliRunner().invoke(territories, command, env={"WEBAPP_ROOT": str(site)}).exit_code == 0


def test_build_tells_how_far_it_is(site: Path, tmp_path: Path) -> None:
    """Where there is no terminal, a plain line for every task that is done; standard output stays for the result."""
    build = ["build", "--partial", "--source", str(site / "cities.mmdb"), "--source", str(site / "tor.txt")]
    (site / "tor.txt").write_text("20.4.7.0/24\n", encoding="utf-8")
    result = CliRunner().invoke(
        territories, [*build, "--output", str(tmp_path / "new.mmdb")], env={"WEBAPP_ROOT": str(site)}
    )
    (site / "tor.txt").unlink()
    assert result.exit_code == 0
    told = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in told] == ["read cities.mmdb", "read tor.txt", "weigh", "write", "check"]
    assert "\x1b" not in result.stderr
    assert result.stdout.startswith(str(tmp_path / "new.mmdb"))


def test_report_writes_a_page_and_pictures(site: Path, tmp_path: Path) -> None:
    """Tables on the terminal; the page holds the same and the picture, which lies beside it too."""
    page = tmp_path / "report.html"
    command = ["report", "--source", str(site / "cities.mmdb"), "--output", str(page)]
    result = CliRunner().invoke(territories, command, env={"WEBAPP_ROOT": str(site)})
    assert result.exit_code == 0, result.output
    for words in ("Answers", "Kinds of doubt", "Agreement", "Who says which country", "Who says what about Coast"):
        assert words in result.stdout
        assert f">{words}<" in page.read_text("utf-8")
    picture = (tmp_path / "report-coast.svg").read_text("utf-8")
    assert "cities.mmdb" in picture
    assert picture.strip() in page.read_text("utf-8")
    assert not (tmp_path / "report-red.svg").exists()


def test_report_on_a_candidate(site: Path, tmp_path: Path) -> None:
    """What another map would change comes first."""
    new = tmp_path / "new.mmdb"
    build = ["build", "--partial", "--root", str(site), "--source", str(site / "cities.mmdb"), "--output", str(new)]
    assert CliRunner().invoke(territories, build).exit_code == 0
    result = CliRunner().invoke(territories, ["report", "--candidate", str(new)], env={"WEBAPP_ROOT": str(site)})
    assert result.exit_code == 0
    assert result.stdout.index("Entering and leaving") < result.stdout.index("Answers")


def test_report_that_cannot_be_written(site: Path, tmp_path: Path) -> None:
    """A clear message, exit code 1."""
    command = ["report", "--output", str(tmp_path / "nowhere" / "report.html")]
    result = CliRunner().invoke(territories, command, env={"WEBAPP_ROOT": str(site)})
    assert result.exit_code == 1
    assert "the report cannot be written" in result.stderr


def test_check_warns_of_an_old_map(site_root: Path) -> None:
    """`webapp check` tells the age of the embedded map from 60 days on, and what to do."""
    from webapp.cli.check import find_problems
    from webapp.territories.provenance import load_provenance

    day = load_provenance(site_root / "config" / "territories.mmdb").data_date
    codes = {
        days: {it.code for it in find_problems(site_root, day + timedelta(days), None)} for days in (10, 59, 60, 400)
    }
    assert ["map.old" in codes[days] for days in (10, 59, 60, 400)] == [False, False, True, True]
    assert "map.doubt" in {it.code for it in find_problems(site_root, day + timedelta(401), None)}
    assert datetime.now(UTC).date() >= day
