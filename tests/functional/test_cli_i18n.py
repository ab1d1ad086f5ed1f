"""`webapp i18n` and `webapp notices` as a translator and a lawyer run them."""

import re
import tomllib
from pathlib import Path

import polib
import pytest

from tests.functional.serving import run
from tests.unit.sources.damage import replaced

NOTICE = "undesirable-organization"
WORDS, LEGAL = "translations/ru/LC_MESSAGES/messages.po", "translations/ru/LC_MESSAGES/notices.po"


def test_status(site_root: Path) -> None:
    """Every language has a line with what is done; nothing of the sample is approved."""
    result = run("i18n", "status", folder=site_root)
    assert result.returncode == 0
    rows = [line.strip("│ ").split("│") for line in result.stdout.splitlines()]
    lines = {cells[0].strip(): cells for cells in rows if len(cells) > 5}
    assert {"en", "ru", "uk", "crh", "av", "sr-Latn-ME"} <= set(lines)
    assert "100 %" in lines["ru"][3]
    assert "unreviewed" in lines["ru"][4]
    assert "approved" not in result.stdout.replace("Void", "")


def test_check_is_clean_for_the_whole_languages(site_root: Path) -> None:
    """The languages of this release have no fault."""
    result = run("i18n", "check", "ru", "uk", "fa", "--quiet", folder=site_root)
    assert (result.returncode, result.stdout.strip()) == (0, "0 errors, 0 warnings"), result.stdout


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('msgstr "Поиск"', 'msgstr "Пoиcк"', "catalog.look-alike"),
        ('"Language: ru\\n"', '"Language: ru\\n"\n"Last-Translator: A B <a@b.example>\\n"', "catalog.private"),
        ('msgid "Search"', 'msgid "Searching"', "catalog.unknown"),
    ],
)
def test_check_names_line_word_and_remedy(site_root: Path, old: str, new: str, code: str) -> None:
    """A finding has its place, what it is, and how to mend it."""
    text = (site_root / WORDS).read_text("utf-8")
    (site_root / WORDS).write_text(text.replace('"Last-Translator: \\n"\n', "").replace(old, new, 1), "utf-8")
    result = run("i18n", "check", "ru", folder=site_root)
    finding = next(part for part in re.split(r"\n(?=fault|warning)", result.stdout) if code in part)
    assert re.match(rf"\w+ {re.escape(WORDS)}(:\d+)?", finding.strip())
    assert "→" in finding
    assert result.returncode == (0 if code == "catalog.unknown" else 1)


def test_stale_template_is_a_fault(site_root: Path) -> None:
    """A template that does not hold the present words is told, with the command."""
    (site_root / "translations/messages.pot").unlink()
    result = run("i18n", "check", "ru", "--quiet", folder=site_root)
    assert result.returncode == 1
    assert "webapp i18n extract" in result.stdout


def test_approve_and_diff(site_root: Path) -> None:
    """An approval is written with roles and dates, is shown, and a changed source is shown word by word."""
    roles = ("--as", "lawyer", "--as", "native-speaker")
    assert run("i18n", "diff", NOTICE, "ru", folder=site_root).returncode == 1
    assert run("i18n", "approve", NOTICE, "ru", "--as", "lawyer", folder=site_root).returncode == 2
    assert run("i18n", "approve", NOTICE, "av", *roles, folder=site_root).returncode == 1
    done = run("i18n", "approve", NOTICE, "ru", *roles, folder=site_root)
    assert done.returncode == 0, done.stderr
    written = tomllib.loads((site_root / "translations/approvals.toml").read_text("utf-8"))[NOTICE]["ru"]
    assert written["approved_by"] == ["lawyer", "native-speaker"]
    assert "approved" in run("i18n", "status", folder=site_root).stdout
    assert "0 segments" in run("i18n", "diff", NOTICE, "ru", folder=site_root).stdout
    replaced("config/notices.toml", "Before you read on", "Before you go on reading")(site_root)
    changed = run("i18n", "diff", NOTICE, "ru", folder=site_root).stdout
    assert "[-read-]" in changed
    assert "{+go on reading+}" in changed or "{+go+}" in changed
    assert "27 of 28" in run("i18n", "status", folder=site_root).stdout, "the changed segment has no translation yet"


def test_compile_writes_passing_words_only(site_root: Path, tmp_path: Path) -> None:
    """A .mo has the words that pass, and the site serves without one."""
    replaced(WORDS, 'msgstr "Поиск"', 'msgstr "Поиск {x}"')(site_root)
    result = run("i18n", "compile", "ru", "--to", str(tmp_path / "mo"), folder=site_root)
    assert result.returncode == 0, result.stderr
    compiled = polib.mofile(str(tmp_path / "mo/ru/LC_MESSAGES/messages.mo"))
    assert compiled.find("Search") is None
    assert compiled.find("Skip to content") is not None
    assert not list(site_root.rglob("*.mo"))


def test_update_keeps_what_is_there(site_root: Path) -> None:
    """An up-to-date catalog is not changed in its words, and a new language gets two files to fill."""
    before = {(it.msgctxt, it.msgid): it.msgstr for it in polib.pofile(str(site_root / WORDS)) if not it.obsolete}
    assert run("i18n", "update", "ru", "sah", folder=site_root).returncode == 0
    after = {(it.msgctxt, it.msgid): it.msgstr for it in polib.pofile(str(site_root / WORDS)) if not it.obsolete}
    assert after == before
    fresh = polib.pofile(str(site_root / "translations/sah/LC_MESSAGES/notices.po"))
    assert len(fresh) > 40
    assert run("i18n", "update", "xx", folder=site_root).returncode == 2


@pytest.mark.parametrize("tag", ["no tag", "../x", "1"])
def test_add_refuses_what_is_no_tag(site_root: Path, tag: str) -> None:
    """Nothing is written for what is no language tag."""
    before = (site_root / "config/locales.toml").read_text("utf-8")
    assert run("i18n", "add", tag, folder=site_root).returncode == 2
    assert (site_root / "config/locales.toml").read_text("utf-8") == before


def test_matrix(site_root: Path, tmp_path: Path) -> None:
    """The legal coverage is written as HTML and Markdown, with a line for every language."""
    result = run("notices", "matrix", "--to", str(tmp_path / "out"), folder=site_root)
    assert result.returncode == 0, result.stderr
    markdown = (tmp_path / "out/notices.md").read_text("utf-8")
    assert "| Українська (uk) |" in markdown
    assert "undesirable-organization: uk, unreviewed" in markdown
    html = (tmp_path / "out/notices.html").read_text("utf-8")
    assert html.count("<tr>") == 1 + sum(line.startswith("| ") for line in markdown.splitlines()[5:])
    assert "(fallback)" in html
