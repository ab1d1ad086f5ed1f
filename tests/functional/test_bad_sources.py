"""Bad sources: each fault, put into the sample site, comes out as a Problem that says where and what to do."""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.samples import BERLIN, HeldClock
from tests.unit.sources.damage import (
    TODAY,
    Damage,
    appended,
    assert_helpful,
    codes,
    removed,
    replaced,
    together,
    written,
)
from tests.visits import TONGUES
from webapp.app import create_app
from webapp.cli.check import find_problems
from webapp.errors import Problem, Severity, has_errors, must_be_mended
from webapp.settings import Settings
from webapp.sources.load import load_edition

SITE, LOCALES, NOTICES = "config/site.toml", "config/locales.toml", "config/notices.toml"
TERRITORIES, MAP, PROVENANCE = (
    "config/territories.toml",
    "config/territories.mmdb",
    "config/territories.provenance.json",
)
ARTICLE = "content/reading-safely"
HEAD, TEXT, PICTURE = f"{ARTICLE}/article.toml", f"{ARTICLE}/en.md", f"{ARTICLE}/picture.svg"
WORDS, LEGAL = "translations/ru/LC_MESSAGES/messages.po", "translations/ru/LC_MESSAGES/notices.po"

NOTHING_OF_ITS_OWN = {"config.sample", "locale.draft", "notice.unreviewed", "legal.unreviewed", "map.old"}
"""What the check says of the sample site when nothing is wrong with it."""


def check(root: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the site beyond what the sample site says of itself."""
    problems = find_problems(root, TODAY, None)
    assert_helpful(problems)
    assert all(str(root) not in f"{problem.message}{problem.hint}" for problem in problems)
    return tuple(it for it in problems if it.code not in NOTHING_OF_ITS_OWN and not _of_another_language(it))


def _of_another_language(problem: Problem) -> bool:
    """Whether it is about a catalog of a language that the sample site does not have whole."""
    folder = problem.path.removeprefix("translations/").partition("/")[0]
    return folder != problem.path.partition("/")[0] and folder not in TONGUES and not folder.endswith(".pot")


def line_of(root: Path, path: str, marker: str) -> int:
    """Return the line on which the marker stands."""
    lines = (root / path).read_bytes().split(b"\n")
    return next(number for number, line in enumerate(lines, start=1) if marker.encode() in line)


def new_rule(rule: str, notice: str = "in-belarus") -> Damage:
    """Add a rule before the one named."""
    return replaced(
        NOTICES, f'[[notice.rules]]\nid = "{notice}"', f'[[notice.rules]]\n{rule}\n\n[[notice.rules]]\nid = "{notice}"'
    )


def test_the_sample_site_is_sound(site_root: Path) -> None:
    """Without damage there is nothing to mend: what the tests below find is of their own making."""
    assert check(site_root) == ()


@pytest.mark.parametrize(
    ("damage", "code", "path", "marker"),
    [
        pytest.param(
            replaced(SITE, 'name = "Day', "name = Day"), "toml.syntax", SITE, "name = Day", id="site: broken TOML"
        ),
        pytest.param(appended(SITE, b'\nx = "\xff"\n'), "file.encoding", SITE, None, id="site: not UTF-8"),
        pytest.param(appended(SITE, "\n# \0\n"), "file.control", SITE, "# \0", id="site: NUL"),
        pytest.param(removed(SITE), "file.missing", SITE, None, id="site: no file"),
        pytest.param(appended(SITE, "\nx = " + "[" * 9000), "toml.syntax", SITE, None, id="site: nested without end"),
        pytest.param(appended(LOCALES, "\n[uk]\n"), "toml.syntax", LOCALES, "\n", id="locales: a language twice"),
        pytest.param(removed(LOCALES), "file.missing", LOCALES, None, id="locales: no file"),
        pytest.param(written(LOCALES, ""), "config.empty", LOCALES, None, id="locales: an empty file"),
        pytest.param(replaced(NOTICES, "who = ", "who: "), "toml.syntax", NOTICES, "who: ", id="notices: YAML"),
        pytest.param(removed(NOTICES), "file.missing", NOTICES, None, id="notices: no file"),
        pytest.param(removed(TERRITORIES), "file.missing", TERRITORIES, None, id="territories: no file"),
        pytest.param(
            appended(TERRITORIES, "\nx = = 1\n"),
            "territories.unreadable",
            TERRITORIES,
            None,
            id="territories: broken TOML",
        ),
        pytest.param(
            appended(TERRITORIES, b"\xff"), "territories.unreadable", TERRITORIES, None, id="territories: bytes"
        ),
        pytest.param(
            removed("config/areas/crimea.geojson"), "file.missing", "config/areas/crimea.geojson", None, id="no area"
        ),
        pytest.param(
            written("config/areas/crimea.geojson", "{"),
            "territories.area",
            "config/areas/crimea.geojson",
            None,
            id="a broken area",
        ),
        pytest.param(
            replaced(HEAD, "2026-11-18", "18.11.2026"), "toml.syntax", HEAD, "18.11.2026", id="article: a date"
        ),
        pytest.param(removed(HEAD), "file.missing", HEAD, None, id="article: no head"),
        pytest.param(
            replaced(TEXT, 'title = "', "title = "), "toml.syntax", TEXT, "title = R", id="article: front matter"
        ),
        pytest.param(replaced(TEXT, "+++\n", "---\n"), "article.front-matter", TEXT, "---", id="article: YAML"),
        pytest.param(written(TEXT, ""), "article.front-matter", TEXT, "", id="article: an empty text"),
        pytest.param(appended(TEXT, b"\n\xc3\x28\n"), "file.encoding", TEXT, None, id="article: not UTF-8"),
        pytest.param(appended(TEXT, "\nlast\0\n"), "file.control", TEXT, "last\0", id="article: NUL"),
        pytest.param(appended(TEXT, "\n<b>raw</b>\n"), "markdown.html", TEXT, "<b>raw", id="Markdown: raw HTML"),
        pytest.param(
            appended(TEXT, "\n<script>x</script>\n"), "markdown.html", TEXT, "<script>", id="Markdown: a script"
        ),
        pytest.param(
            appended(TEXT, "\n![x](https://pictures.example/x.png)\n"),
            "markdown.image",
            TEXT,
            "![x]",
            id="Markdown: remote",
        ),
        pytest.param(
            appended(TEXT, "\n[x](http://news.example)\n"), "markdown.link", TEXT, "http://news", id="Markdown: link"
        ),
        pytest.param(
            appended(TEXT, "\n# Again\n"), "markdown.heading", TEXT, "# Again", id="Markdown: a second headline"
        ),
        pytest.param(removed(PICTURE), "picture.missing", PICTURE, None, id="picture: missing"),
        pytest.param(written(PICTURE, "<svg"), "picture.broken", PICTURE, None, id="picture: broken"),
        pytest.param(
            replaced(PICTURE, "<svg ", '<svg onload="x" '), "picture.active", PICTURE, "onload", id="picture: active"
        ),
        pytest.param(
            written(f"{ARTICLE}/de.md", "x"), "article.locale", f"{ARTICLE}/de.md", None, id="article: a language"
        ),
        pytest.param(written("content/Big Slug/x", ""), "article.slug", "content/Big Slug", None, id="slug: a space"),
        pytest.param(written("content/search/x", ""), "article.slug", "content/search", None, id="slug: a page's own"),
        pytest.param(
            written("content/%2e%2e/x", ""), "article.slug", "content/%2e%2e", None, id="slug: percent-encoded"
        ),
        pytest.param(
            lambda root: (root / ARTICLE).rename(root / "content/Reading-Safely"),
            "article.slug",
            "content/Reading-Safely",
            None,
            id="slug: mixed case",
        ),
        pytest.param(
            removed("content/_authors/newsroom.svg"),
            "author.picture",
            "content/_authors/newsroom.svg",
            None,
            id="author: no picture",
        ),
        pytest.param(written(WORDS, ""), "catalog.empty", WORDS, None, id="PO: empty"),
        pytest.param(appended(WORDS, '\nmsgid "a\n'), "catalog.syntax", WORDS, 'msgid "a\n', id="PO: broken"),
        pytest.param(appended(WORDS, b"\n# \xff\n"), "file.encoding", WORDS, None, id="PO: not UTF-8"),
        pytest.param(
            replaced(WORDS, 'msgid ""', '#, fuzzy\nmsgid ""'), "catalog.fuzzy-header", WORDS, "# W", id="PO: fuzzy"
        ),
        pytest.param(
            replaced(WORDS, "Language: ru", "Language: be"), "catalog.language", WORDS, "# W", id="PO: language"
        ),
        pytest.param(
            replaced(WORDS, "nplurals=3", "nplurals=4"), "catalog.plural-forms", WORDS, "# W", id="PO: plural rule"
        ),
        pytest.param(
            replaced(WORDS, 'msgstr "Поиск"', 'msgstr "{x}"'), "catalog.placeholders", WORDS, None, id="PO: filled"
        ),
        pytest.param(removed("static/site.css"), "file.missing", "static/site.css", None, id="no style sheet"),
    ],
)
def test_broken_files(site_root: Path, damage: Damage, code: str, path: str, marker: str | None) -> None:
    """A broken file is one Problem with its code, its path and, where there is one, the line to mend."""
    damage(site_root)
    found = [problem for problem in check(site_root) if (problem.code, problem.path) == (code, path)]
    assert found
    assert must_be_mended(found)
    assert has_errors(found) is (path != WORDS), "a catalog's fault withdraws the catalog and stops nothing"
    if marker is not None and len(marker.strip("\n")) > 1:
        assert line_of(site_root, path, marker.strip("\n")) in {problem.line for problem in found}


@pytest.mark.parametrize(
    ("damage", "code", "path", "key"),
    [
        pytest.param(
            replaced(SITE, "tagline =", "tag_line ="), "config.unknown-key", SITE, "tag_line", id="site: unknown key"
        ),
        pytest.param(
            replaced(SITE, "tagline =", "tag_line ="), "config.value", SITE, "tagline", id="site: missing key"
        ),
        pytest.param(replaced(SITE, '"decided"', '"sometimes"'), "config.value", SITE, "notice_mode", id="site: mode"),
        pytest.param(
            replaced(SITE, '_locale = "en"', '_locale = "de"'), "site.locale", SITE, "default_locale", id="no such"
        ),
        pytest.param(
            replaced(SITE, "[leave]\n", '[leave]\nde = "https://weather.example"\n'),
            "site.leave",
            SITE,
            "leave.de",
            id="exit",
        ),
        pytest.param(
            replaced(SITE, '"newsroom.svg"', '"../newsroom.svg"'),
            "author.picture",
            "content/_authors/../newsroom.svg",
            "authors.newsroom.picture",
            id="author: a picture elsewhere",
        ),
        pytest.param(replaced(LOCALES, "[uk]", "[UK]"), "locale.tag", LOCALES, "UK", id="locales: mixed case"),
        pytest.param(replaced(LOCALES, "[uk]", '["../uk"]'), "locale.tag", LOCALES, "../uk", id="locales: two dots"),
        pytest.param(
            replaced(LOCALES, "[uk]", '["%75k"]'), "locale.tag", LOCALES, "%75k", id="locales: percent-encoded"
        ),
        pytest.param(
            replaced(LOCALES, 'catalog = "uk"', 'catalog = "../../uk"'),
            "config.value",
            LOCALES,
            "uk.catalog",
            id="a catalog",
        ),
        pytest.param(
            replaced(LOCALES, 'ui_fallback = ["en"]', 'ui_fallback = ["xx"]'),
            "locale.chain",
            LOCALES,
            "az.ui_fallback",
            id="chain",
        ),
        pytest.param(
            replaced(NOTICES, "penalty =", "penalti ="),
            "config.unknown-key",
            NOTICES,
            "notice[0].words.penalti",
            id="words",
        ),
        pytest.param(
            replaced(NOTICES, '"extremist-formation"', '"undesirable-organization"'),
            "notice.duplicate",
            NOTICES,
            "notice.id",
            id="notices: an id twice",
        ),
        pytest.param(
            replaced(NOTICES, '"reads-belarusian"', '"in-belarus"'),
            "rule.duplicate",
            NOTICES,
            "extremist-formation.rules.in-belarus",
            id="rules: an id twice",
        ),
        pytest.param(
            replaced(NOTICES, '"belarus"', '"narnia"'),
            "rule.territory",
            NOTICES,
            "extremist-formation.rules.in-belarus",
            id="rules: an unknown territory",
        ),
        pytest.param(
            new_rule('id = "all"\neverywhere = true'),
            "rule.unreachable",
            NOTICES,
            "extremist-formation.rules.reads-belarusian",
            id="rules: after one for everybody",
        ),
        pytest.param(
            new_rule('id = "first"\nterritory = "belarus"'),
            "rule.unreachable",
            NOTICES,
            "extremist-formation.rules.in-belarus",
            id="rules: a territory twice",
        ),
        pytest.param(
            new_rule('id = "wide"\nlanguages = ["be", "lt"]\nregions = ["BY"]'),
            "rule.unreachable",
            NOTICES,
            "extremist-formation.rules.reads-belarusian",
            id="rules: languages that an earlier rule has",
        ),
        pytest.param(
            replaced(NOTICES, '["be"]', '["be", "be-Latn"]'),
            "rule.overlap",
            NOTICES,
            "extremist-formation.rules.reads-belarusian",
            id="rules: a language within another",
        ),
        pytest.param(
            replaced(NOTICES, "{publisher} an “extremist", "{editor} an “extremist"),
            "config.value",
            NOTICES,
            "notice[1].words.publisher",
            id="notices: an unknown placeholder",
        ),
        pytest.param(
            appended(TERRITORIES, '\n[territories.nowhere]\nname = "Nowhere"\n'),
            "territories.empty",
            TERRITORIES,
            "territories.nowhere",
            id="territories: one that matches nothing",
        ),
        pytest.param(
            replaced(TERRITORIES, "near_km", "near_miles"),
            "territories.shape",
            TERRITORIES,
            "near_miles",
            id="territories: key",
        ),
        pytest.param(
            replaced(HEAD, '"newsroom"', '"ghost"'), "article.author", HEAD, "author", id="article: no such author"
        ),
        pytest.param(
            replaced(HEAD, '"picture.svg"', '"../picture.svg"'), "picture.name", HEAD, "picture", id="picture: two dots"
        ),
        pytest.param(
            replaced(HEAD, '"picture.svg"', '"a\\u0000.svg"'), "file.control", HEAD, "picture", id="picture: NUL"
        ),
        pytest.param(appended(HEAD, "\ncolour = 1\n"), "config.unknown-key", HEAD, "colour", id="article: unknown key"),
        pytest.param(
            replaced(TEXT, "standfirst", "teaser"), "config.unknown-key", TEXT, "teaser", id="text: unknown key"
        ),
    ],
)
def test_broken_values(site_root: Path, damage: Damage, code: str, path: str, key: str) -> None:
    """A wrong value is a Problem with its code, its path and its key."""
    damage(site_root)
    found = [problem for problem in check(site_root) if (problem.code, problem.path, problem.key) == (code, path, key)]
    assert found
    assert has_errors(found)


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "JavaScript:alert(1)", "&#106;avascript:alert(1)", "data:text/html,x"]
)
def test_links_that_run(site_root: Path, target: str) -> None:
    """A link that runs a script is refused, or stays text; it never becomes a link."""
    appended(TEXT, f"\n[x]({target})\n")(site_root)
    found = check(site_root)
    if not found:
        html = "".join(
            text.html for it in load_edition(site_root, TODAY).edition.articles.values() for text in it.texts.values()
        )
        assert "javascript" not in "".join(part.partition(">")[0] for part in html.lower().split("<a ")[1:])
    else:
        assert codes(found) == ["markdown.link"]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        pytest.param(
            replaced(LEGAL, 'msgstr "Прежде чем читать дальше"', 'msgstr ""'),
            "legal.incomplete",
            id="a segment without words",
        ),
        pytest.param(
            replaced(
                LEGAL, "#. undesirable-organization: heading\n", "#. undesirable-organization: heading\n#, fuzzy\n"
            ),
            "legal.incomplete",
            id="a fuzzy segment",
        ),
        pytest.param(
            replaced(NOTICES, "version = 1", "version = 2"), "legal.incomplete", id="a newer version of the source"
        ),
        pytest.param(removed(LEGAL), "catalog.missing", id="no catalog"),
        pytest.param(
            replaced(LEGAL, "2012\u00a0года", "2013\u00a0года"), "catalog.numbers", id="another year of the law"
        ),
    ],
)
def test_a_notice_without_sound_words_in_a_language(site_root: Path, damage: Damage, code: str) -> None:
    """The site is served, with a warning, and readers of that language get the whole notice in the next language."""
    damage(site_root)
    found = check(site_root)
    assert code in codes(found)
    assert not has_errors(found)
    app = create_app(Settings(root=site_root), HeldClock(), watch=False)
    page = app.test_client().get("/ru/reading-safely").get_data(as_text=True)
    english = load_edition(site_root, TODAY).edition.notices[0].texts
    assert "ru" not in english
    start = page.index('data-notice="undesirable-organization"')
    opening = page[page.rindex("<", 0, start) : page.index(">", start)]
    assert 'lang="en"' in opening
    assert "Before you read on" in page
    assert "Прежде чем читать дальше" not in page


def test_several_faults_at_once(site_root: Path) -> None:
    """One check names the faults of every source together, and none that only follows from another."""
    together(
        replaced(SITE, "tagline =", "tag_line ="),
        replaced(LOCALES, 'direction = "rtl"', 'direction = "down"'),
        replaced(NOTICES, '"share", "save"', '"read", "save"'),
        appended(TERRITORIES, "\nx = = 1\n"),
        appended(TEXT, "\n<b>x</b>\n"),
        removed(PICTURE),
        removed("static/site.css"),
    )(site_root)
    found = {(problem.code, problem.path) for problem in check(site_root)}
    assert found == {
        ("config.unknown-key", SITE),
        ("config.value", SITE),
        ("config.value", LOCALES),
        ("config.value", NOTICES),
        ("territories.unreadable", TERRITORIES),
        ("markdown.html", TEXT),
        ("picture.missing", PICTURE),
        ("file.missing", "static/site.css"),
    }


@pytest.mark.parametrize("path", [SITE, LOCALES])
def test_a_broken_registry_is_not_blamed_on_articles(site_root: Path, path: str) -> None:
    """When the file of authors or of languages is broken, no article is accused of naming one that is not there."""
    together(appended(path, "\nx = = 1\n"), appended(TEXT, "\n<b>x</b>\n"))(site_root)
    assert sorted({(problem.code, problem.path) for problem in check(site_root)}) == [
        ("markdown.html", TEXT),
        ("toml.syntax", path),
    ]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda root: shutil.rmtree(root / "config"), id="no folder"),
        pytest.param(
            lambda root: together(lambda it: shutil.rmtree(it / "config"), written("config", ""))(root), id="a file"
        ),
        pytest.param(shutil.rmtree, id="no site at all"),
    ],
)
def test_no_config(site_root: Path, make: Damage) -> None:
    """Where there is no config/, the one Problem says so and nothing else."""
    make(site_root)
    (problem,) = check(site_root)
    assert (problem.code, problem.path) == ("config.none", "config")
    assert "WEBAPP_ROOT" in problem.hint


def test_no_content_and_no_translations(site_root: Path) -> None:
    """Without content/ there is no site; without translations/ there is one in English, with warnings."""
    shutil.rmtree(site_root / "translations")
    assert {(problem.code, problem.severity) for problem in check(site_root)} == {
        ("catalog.missing", Severity.WARNING),
    }
    shutil.rmtree(site_root / "content")
    assert "content.missing" in codes(check(site_root))


def test_names_of_files_that_are_no_text(site_root: Path) -> None:
    """A file's name can be any bytes; it is refused or passed over, like any other."""
    (site_root / ARTICLE / os.fsdecode(b"\xff.txt")).write_text("x")
    assert check(site_root) == ()
    (site_root / ARTICLE / os.fsdecode(b"\xff.md")).write_text("x")
    assert codes(check(site_root)) == ["article.locale"]


def _truncate(root: Path) -> None:
    os.truncate(root / MAP, (root / MAP).stat().st_size // 2)


def _flip(root: Path) -> None:
    data = bytearray((root / MAP).read_bytes())
    data[len(data) // 3] ^= 1
    (root / MAP).write_bytes(data)


def _end_of_time(root: Path) -> None:
    text = (root / PROVENANCE).read_text("utf-8")
    (root / PROVENANCE).write_text(re.sub(r'"build_epoch": \d+', f'"build_epoch": {10**20}', text), "utf-8")


MAPS = [
    pytest.param(removed(MAP), id="missing"),
    pytest.param(written(MAP, ""), id="empty"),
    pytest.param(_truncate, id="truncated"),
    pytest.param(_flip, id="one bit flipped"),
    pytest.param(written(MAP, b"\x89PNG\r\n\x1a\n" + bytes(1000)), id="a picture"),
    pytest.param(together(removed(MAP), written(f"{MAP}/x", "")), id="a folder"),
    pytest.param(removed(PROVENANCE), id="without provenance"),
    pytest.param(written(PROVENANCE, "[]"), id="with the provenance of something else"),
    pytest.param(written(PROVENANCE, "{"), id="with broken provenance"),
    pytest.param(replaced(PROVENANCE, '"format": 1', '"format": 2'), id="of another format"),
    pytest.param(_end_of_time, id="from the end of time"),
    pytest.param(replaced(PROVENANCE, '"map_sha256": "', '"map_sha256": "0'), id="with another digest"),
    pytest.param(replaced(TERRITORIES, "max_age_days = 400", "max_age_days = 1"), id="too old"),
]


@pytest.mark.parametrize("damage", MAPS)
def test_a_map_that_cannot_be_believed(site_root: Path, damage: Damage) -> None:
    """The site is served with a warning, and every reader gets every notice, wherever she is."""
    damage(site_root)
    found = check(site_root)
    assert found
    assert {problem.severity for problem in found} == {Severity.WARNING}
    assert {problem.path for problem in found} == {MAP}
    app = create_app(Settings(root=site_root), HeldClock(), watch=False)
    answer = app.test_client().get("/en/reading-safely", environ_base={"REMOTE_ADDR": BERLIN})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'data-notice="undesirable-organization"' in page
    assert 'data-notice="extremist-formation"' in page


def test_a_sound_map_is_believed(site_root: Path) -> None:
    """The same reader, with the map as it is, gets none: the tests above show a difference."""
    app = create_app(Settings(root=site_root), HeldClock(), watch=False)
    page = app.test_client().get("/en/reading-safely", environ_base={"REMOTE_ADDR": BERLIN})
    assert "data-notice=" not in page.get_data(as_text=True)


@pytest.mark.parametrize("damage", MAPS[:-1])
def test_a_refused_map_is_none(site_root: Path, damage: Damage) -> None:
    """A map that is refused is not there: nothing can ask it by mistake."""
    damage(site_root)
    edition = load_edition(site_root, TODAY).edition
    assert (edition.map, edition.finder) == (None, None)


def test_a_territory_redrawn_since_the_map(site_root: Path) -> None:
    """A changed definition voids the map for that territory only: its notice is shown to everybody."""
    replaced(TERRITORIES, 'codes = ["BY"]', 'codes = ["BY", "LT"]')(site_root)
    assert [(problem.code, problem.key) for problem in check(site_root)] == [("map.outdated", "belarus")]
    app = create_app(Settings(root=site_root), HeldClock(), watch=False)
    page = app.test_client().get("/en/reading-safely", environ_base={"REMOTE_ADDR": BERLIN}).get_data(as_text=True)
    assert 'data-notice="extremist-formation"' in page
    assert 'data-notice="undesirable-organization"' not in page


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        pytest.param(2020, {"map.doubt"}, id="a clock that runs behind the map"),
        pytest.param(2028, {"map.doubt", "notice.overdue", "territories.review-due"}, id="two years later"),
        pytest.param(2999, {"map.doubt", "notice.overdue", "territories.review-due"}, id="a thousand years later"),
    ],
)
def test_the_calendar_breaks_nothing(site_root: Path, year: int, expected: set[str]) -> None:
    """What only the calendar brings about is a warning: no start fails because a day has passed."""
    problems = find_problems(site_root, datetime(year, 6, 1, tzinfo=UTC).date(), None)
    assert not has_errors(problems)
    found = [it for it in problems if not _of_another_language(it)]
    assert set(codes(found)) - NOTHING_OF_ITS_OWN == expected


@pytest.mark.parametrize(
    "path",
    [SITE, LOCALES, HEAD, TEXT, PICTURE, WORDS, LEGAL, "config/areas/kherson.geojson", "content/_authors/newsroom.svg"],
)
def test_cut_anywhere(site_root: Path, path: str) -> None:
    """A source cut short at any of many places is served or refused with Problems; nothing else ever happens."""
    (site_root / MAP).unlink()
    data = (site_root / path).read_bytes()
    for part in range(12):
        (site_root / path).write_bytes(data[: len(data) * part // 12])
        assert_helpful(find_problems(site_root, TODAY, None))
