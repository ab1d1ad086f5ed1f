"""`webapp check` and `webapp i18n extract` as an editor or a program runs them."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.functional.serving import run
from tests.unit.sources.damage import TODAY, appended, replaced, together
from webapp.cli.check import find_problems, to_json

AT = ("--at", TODAY.isoformat())
FIELDS = {"severity", "code", "path", "line", "key", "message", "hint"}


def test_sound_site(site_root: Path) -> None:
    """Warnings alone are no failure; every one stands there with its place and its remedy."""
    result = run("check", *AT, folder=site_root)
    assert result.returncode == 0
    assert "config/site.toml [sample]  config.sample" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("0 errors, ")
    assert result.stderr == ""


def test_strict(site_root: Path) -> None:
    """For those who want it, a warning is a failure."""
    assert run("check", "--strict", *AT, folder=site_root).returncode == 1


@pytest.mark.parametrize("arguments", [(), ("--strict",)], ids=["plain", "strict"])
def test_faults(site_root: Path, arguments: tuple[str, ...]) -> None:
    """Every fault is told at once, errors first, with file, line or key, and remedy; the exit code is 1."""
    together(
        replaced("config/site.toml", "tagline =", "tag_line ="),
        appended("content/reading-safely/en.md", "\n<b>x</b>\n"),
        appended("translations/ru/LC_MESSAGES/messages.po", "\nhello\n"),
    )(site_root)
    result = run("check", *arguments, *AT, folder=site_root)
    assert result.returncode == 1
    for problem in find_problems(site_root, TODAY, None):
        assert f"{problem.severity} {problem.where}  {problem.code}\n" in result.stdout
        assert problem.message in result.stdout
        assert problem.hint in result.stdout
    assert result.stdout.startswith("error ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("damaged", "code"), [(False, 0), (True, 1)], ids=["sound", "damaged"])
def test_json(site_root: Path, damaged: bool, code: int) -> None:
    """For programs: a list of the very Problems, each with all its fields."""
    if damaged:
        appended("config/site.toml", "\nnaïve = = 1\n")(site_root)
    result = run("check", "--json", *AT, folder=site_root)
    found = json.loads(result.stdout)
    assert result.returncode == code
    assert found == [to_json(problem) for problem in find_problems(site_root, TODAY, None)]
    assert all(set(item) == FIELDS for item in found)


def test_another_folder(site_root: Path, tmp_path: Path) -> None:
    """WEBAPP_ROOT names the site, wherever the command is run."""
    result = run("check", *AT, folder=tmp_path, WEBAPP_ROOT=str(site_root))
    assert result.returncode == 0


@pytest.mark.parametrize("root", ["", "nowhere"], ids=["here", "a folder that is not there"])
def test_no_config(tmp_path: Path, root: str) -> None:
    """Where there is no config/, the answer is one Problem and no traceback."""
    result = run("check", folder=tmp_path, WEBAPP_ROOT=root)
    assert result.returncode == 1
    assert "config.none" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        pytest.param(("check", "--nonsense"), {}, id="an unknown option"),
        pytest.param(("check", "--at", "tomorrow"), {}, id="a date in words"),
        pytest.param(("chek",), {}, id="an unknown command"),
        pytest.param(("check",), {"PORT": "http"}, id="a wrong variable"),
    ],
)
def test_wrong_use(site_root: Path, arguments: tuple[str, ...], variables: dict[str, str]) -> None:
    """Wrong use is told apart from wrong sources: exit code 2, and a line on standard error."""
    result = run(*arguments, folder=site_root, **variables)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["for people", "for programs"])
def test_names_that_are_no_text(site_root: Path, arguments: tuple[str, ...]) -> None:
    """A file whose name is no text is named as well as can be."""
    (site_root / "content/reading-safely" / os.fsdecode(b"\xff.md")).write_text("x")
    result = run("check", *arguments, *AT, folder=site_root)
    assert result.returncode == 1
    assert "\\udcff.md" in result.stdout
    if arguments:
        assert json.loads(result.stdout)


def test_markup_in_sources_is_shown_as_it_stands(site_root: Path) -> None:
    """Square brackets in a file's name or in a value are no instructions for the terminal."""
    (site_root / "content/[bold]x[red]").mkdir()
    result = run("check", *AT, folder=site_root)
    assert "content/[bold]x[red]" in result.stdout


def test_extract(site_root: Path) -> None:
    """After an extraction the .pot files are current; a changed word makes them stale until the next one."""
    assert run("i18n", "extract", folder=site_root).returncode == 0
    assert run("i18n", "extract", "--check", folder=site_root).returncode == 0
    replaced("config/site.toml", "Reporting for readers", "News for readers")(site_root)
    before = (site_root / "translations/messages.pot").read_bytes()
    stale = run("i18n", "extract", "--check", folder=site_root)
    assert stale.returncode == 1
    assert "messages.pot" in stale.stderr
    assert "notices.pot" not in stale.stderr
    assert (site_root / "translations/messages.pot").read_bytes() == before
    written = run("i18n", "extract", folder=site_root)
    assert written.stdout == "wrote translations/messages.pot\n"
    assert run("i18n", "extract", "--check", folder=site_root).returncode == 0


def test_extract_without_translations(site_root: Path) -> None:
    """The first extraction makes the folder; the check says what is missing."""
    shutil.rmtree(site_root / "translations")
    missing = run("i18n", "extract", "--check", folder=site_root)
    assert missing.returncode == 1
    assert "messages.pot, notices.pot" in missing.stderr
    assert run("i18n", "extract", folder=site_root).returncode == 0
    assert (site_root / "translations/notices.pot").stat().st_mode & 0o777 == 0o644


def test_extract_from_broken_sources(site_root: Path) -> None:
    """Broken sources are told as the check tells them, and no .pot is touched."""
    before = (site_root / "translations/messages.pot").read_bytes()
    appended("config/site.toml", "\nx = = 1\n")(site_root)
    for arguments in (("extract",), ("extract", "--check"), ("update",)):
        result = run("i18n", *arguments, folder=site_root)
        assert result.returncode == 1
        assert "config/site.toml:" in result.stderr
        assert "Traceback" not in result.stderr
    assert (site_root / "translations/messages.pot").read_bytes() == before


def test_update(site_root: Path) -> None:
    """An update brings new words into every catalog, untranslated, and keeps what is translated."""
    replaced("config/site.toml", "The Daylight newsroom", "The night desk")(site_root)
    result = run("i18n", "update", folder=site_root)
    assert result.returncode == 0
    text = (site_root / "translations/ru/LC_MESSAGES/messages.po").read_text("utf-8")
    assert 'msgid "The night desk"\nmsgstr ""' in text
    assert 'msgstr "Поиск"' in text
    assert run("check", *AT, folder=site_root).returncode == 0


def test_update_of_a_broken_catalog(site_root: Path) -> None:
    """A broken catalog is told with its line, and left as it is for the translator to mend."""
    path = "translations/ru/LC_MESSAGES/messages.po"
    appended(path, "\nhello\n")(site_root)
    before = (site_root / path).read_bytes()
    result = run("i18n", "update", folder=site_root)
    assert result.returncode == 1
    line = before.count(b"\n")
    assert f"{path}:{line}" in result.stderr
    assert "Traceback" not in result.stderr
    assert (site_root / path).read_bytes() == before


@pytest.mark.parametrize("arguments", [("--help",), ("check", "-h"), ("--version",)])
def test_help(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Help needs no site."""
    assert run(*arguments, folder=tmp_path).returncode == 0
