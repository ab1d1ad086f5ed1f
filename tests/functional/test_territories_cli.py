"""`webapp territories` as an operator uses it: build, info, lookup; nothing is patched."""

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
    result = CliRunner().invoke(territories, ["build", "--root", str(root), "--source", str(root)])
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


def test_diff_names_what_moved(site: Path, tmp_path: Path) -> None:
    """A map against itself is silent; without the registrations, red loses what only those knew."""
    old, new = site / "config" / "territories.mmdb", tmp_path / "new.mmdb"
    same = CliRunner().invoke(territories, ["diff", "--tsv", str(old), str(old)])
    assert (same.exit_code, same.output) == (0, "")
    build = ["build", "--root", str(site), "--source", str(site / "cities.mmdb"), "--output", str(new)]
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
