"""Sources that were cut off, are no ordinary files, or are too large: refused in words, and never half believed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.samples import HeldClock
from tests.unit.sources.damage import TODAY, assert_helpful, replaced, written
from webapp.app import create_app
from webapp.cli.check import find_problems
from webapp.core.model import Edition
from webapp.errors import Problem, SourceError
from webapp.settings import Settings
from webapp.sources.closing import CLOSED
from webapp.sources.load import load_edition

ARTICLE = "content/reading-safely"


@pytest.fixture
def small_site(site_root: Path) -> Path:
    """Return a site that is quick to read: one article, no catalogs and no map."""
    for slug in ("how-this-site-decides", "security-guarantees-january-2022", "what-undesirable-means"):
        shutil.rmtree(site_root / "content" / slug)
    shutil.rmtree(site_root / "translations")
    (site_root / "translations").mkdir()
    (site_root / "config/territories.mmdb").unlink()
    return site_root


def find(root: Path, code: str) -> list[Problem]:
    """Return the Problems of a code; every Problem helps, whatever its code."""
    problems = find_problems(root, TODAY, None)
    assert_helpful(problems)
    return [it for it in problems if it.code == code]


def contents(edition: Edition) -> set[object]:
    """Return all that must not get lost: notices, rules, acts, territories, languages, authors."""
    notices = {(it.id, rule) for it in edition.notices for rule in it.rules}
    acts = {(it.id, act) for it in edition.notices for act in it.acts}
    return {*notices, *acts, *edition.territories, *edition.locales, *edition.authors}


@pytest.mark.parametrize("path", CLOSED)
def test_cut_at_every_line(small_site: Path, path: str) -> None:
    """A file of config/ that was cut at the end of any line, or within its last, loses nothing unnoticed."""
    data = (small_site / path).read_bytes()
    whole = contents(load_edition(small_site, TODAY).edition)
    ends = [at for at, byte in enumerate(data) if byte == ord("\n")]
    for at in sorted({*ends[:: 1 + len(ends) // 60], *ends[-40:], *range(len(data) - 16, len(data))}):
        (small_site / path).write_bytes(data[:at])
        try:
            edition = load_edition(small_site, TODAY).edition
        except SourceError as fault:
            assert_helpful(fault.problems)
        else:
            assert contents(edition) == whole
            assert data[at:].strip() == b"", "only a last line's end may be missing"


def test_a_cut_between_two_notices(site_root: Path) -> None:
    """The Problem says what happened, what to do, and which notice is missing."""
    path = site_root / "config/notices.toml"
    path.write_text(path.read_text("utf-8").rpartition("[[notice]]")[0], "utf-8")
    (cut,) = find(site_root, "file.cut")
    assert (cut.path, "cut off" in cut.message, "# end of file" in cut.hint) == ("config/notices.toml", True, True)
    assert [it.key for it in find(site_root, "notice.lost")] == ["extremist-formation"]


def test_a_notice_that_nobody_listed(site_root: Path) -> None:
    """The list in config/site.toml and the notices must agree both ways."""
    replaced("config/site.toml", '"undesirable-organization", ', "")(site_root)
    (problem,) = find(site_root, "notice.unlisted")
    assert (problem.path, problem.key) == ("config/site.toml", "notices")


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1_500_000_000)


@pytest.mark.parametrize(
    "path",
    [
        "config/site.toml",
        "config/territories.toml",
        "config/areas/crimea.geojson",
        f"{ARTICLE}/en.md",
        f"{ARTICLE}/article.toml",
        f"{ARTICLE}/picture.svg",
        "content/_authors/newsroom.svg",
        "translations/ru/LC_MESSAGES/messages.po",
    ],
)
@pytest.mark.parametrize("put", [folder, pipe, broken_link, endless, huge])
def test_no_ordinary_file(site_root: Path, path: str, put: Callable[[Path], None]) -> None:
    """A folder, a pipe, a link to nowhere, a device or a film in place of a file is a Problem that names it."""
    (site_root / path).unlink()
    put(site_root / path)
    problems = find_problems(site_root, TODAY, None)
    assert_helpful(problems)
    assert path in {problem.path for problem in problems}


@pytest.mark.parametrize("put", [folder, pipe, broken_link, endless, huge])
def test_no_ordinary_map(site_root: Path, put: Callable[[Path], None]) -> None:
    """In place of the map they are a warning, as any map that cannot be believed: every reader gets every notice."""
    (site_root / "config/territories.mmdb").unlink()
    put(site_root / "config/territories.mmdb")
    loaded = load_edition(site_root, TODAY)
    assert loaded.edition.map is None
    assert "map.refused" in {it.code for it in loaded.warnings}


def test_sizes_are_named(site_root: Path) -> None:
    """Whoever drops a film into an article is told the file, its size and what is allowed."""
    huge(site_root / ARTICLE / "film.mp4")
    (problem,) = find(site_root, "file.size")
    assert problem.path == f"{ARTICLE}/film.mp4"
    assert "1,500,000,000" in problem.message
    assert "2,097,152" in problem.message


@pytest.mark.parametrize(
    "name", [".#en.md", "en.md~", ".DS_Store", ".en.md.swp", "#en.md#", "en.md.orig", "Thumbs.db", "ru.md.part"]
)
def test_leftovers_are_passed_over(small_site: Path, name: str) -> None:
    """What an editor's program leaves beside a text changes nothing, not even when it is a link to nowhere."""
    before = load_edition(small_site, TODAY).edition.digest
    broken_link(small_site / ARTICLE / name)
    (small_site / "content" / f".{name}").mkdir()
    assert load_edition(small_site, TODAY).edition.digest == before


def test_a_linked_folder(small_site: Path) -> None:
    """A link to a folder is refused: what lies behind it could change without being seen."""
    (small_site / ARTICLE).rename(small_site / "elsewhere")
    (small_site / ARTICLE).symlink_to("../elsewhere")
    (problem,) = find(small_site, "file.link")
    assert problem.path == ARTICLE


def test_no_permission(small_site: Path) -> None:
    """For a user who may not read a file the check ends in words."""
    find_problems(small_site, TODAY, None)  # so that every module is there before the rights are gone
    (small_site / ARTICLE / "en.md").chmod(0)
    (small_site / "content/_authors").chmod(0)
    for folder in (small_site, *list(small_site.parents)[:5]):
        if "pytest-of-" in str(folder):
            folder.chmod(0o755)
    user = os.geteuid()
    os.seteuid(65534 if user == 0 else user)
    try:
        problems = find_problems(small_site, TODAY, None)
    finally:
        os.seteuid(user)
    assert_helpful(problems)
    assert {f"{ARTICLE}/en.md", "content/_authors"} <= {it.path for it in problems if it.code == "file.unreadable"}


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_an_author_picture_changed_unchecked(small_site: Path, suffix: str) -> None:
    """What is saved over an author's picture is held back until an edition with it has been accepted."""
    name = f"newsroom{suffix}"
    data = (small_site / "content/_authors/newsroom.svg").read_bytes()
    if suffix == ".png":
        data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (64).to_bytes(4, "big") * 2
        replaced("config/site.toml", "newsroom.svg", name)(small_site)
    written(f"content/_authors/{name}", data)(small_site)
    clients = [
        create_app(Settings(root=small_site, page_cache_mb=size), HeldClock(), watch=False).test_client()
        for size in (0, 64)
    ]
    assert [client.get(f"/media/_authors/{name}").data for client in clients] == [data, data]
    written(f"content/_authors/{name}", data + b" ")(small_site)
    forgetful, keeping = (client.get(f"/media/_authors/{name}") for client in clients)
    assert forgetful.status_code == 404
    assert keeping.data == data, "what was kept is what was checked"


def test_an_author_picture_that_is_none(small_site: Path) -> None:
    """A picture of an author is checked as that of an article is, except for its shape."""
    replaced("config/site.toml", "newsroom.svg", "newsroom.png")(small_site)
    written("content/_authors/newsroom.png", "<script>1</script>")(small_site)
    assert [it.path for it in find(small_site, "picture.broken")] == ["content/_authors/newsroom.png"]


def test_a_root_that_may_not_be_entered(small_site: Path) -> None:
    """That, too, is a Problem in words and no traceback."""
    small_site.chmod(0)
    user = os.geteuid()
    os.seteuid(65534 if user == 0 else user)
    try:
        problems = find_problems(small_site, TODAY, None)
    finally:
        os.seteuid(user)
        small_site.chmod(0o755)
    assert_helpful(problems)
    assert {"config.none", "file.unreadable"} <= {it.code for it in problems}
