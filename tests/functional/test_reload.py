"""Changes of the sources while the site runs, with two workers: live soon and everywhere, or not at all."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.functional.serving import Answer, Served, serving
from tests.samples import REPOSITORY
from tests.unit.sources.damage import TODAY, replaced, written
from webapp.cli.check import find_problems
from webapp.errors import Severity

Holds = Callable[[Answer], bool]

WORKERS = 2
NOTICE = 'data-notice="undesirable-organization"'
HEAD = 'published = 2026-11-23T08:00:00Z\nauthor = "newsroom"\n'
TEXT = '+++\ntitle = "{title}"\nstandfirst = "In short."\n+++\n\nA body.\n'
SLUG = "content/drill"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a copy of the sample site, served by two workers, with an article to change."""
    root = tmp_path_factory.mktemp("reload") / "site"
    root.mkdir()
    for name in ("config", "content", "translations", "static"):
        shutil.copytree(REPOSITORY / name, root / name)
    put(root, "Beginning")
    with serving(root, root.parent / "log", WORKERS=str(WORKERS)) as running:
        yield running


@pytest.fixture(autouse=True)
def sound(site: Served) -> Iterator[None]:
    """Begin and end each test with the same article, live in every worker."""
    put(site.root, "Beginning")
    assert site.all_workers("/en/drill", titled("Beginning"))
    yield
    put(site.root, "Beginning")
    assert site.all_workers("/en/drill", titled("Beginning"))


def put(root: Path, title: str, slug: str = SLUG, locale: str = "en") -> None:
    """Write an article as an editor's program does: the text into a new file, which then takes the old one's name."""
    folder = root / slug
    folder.mkdir(exist_ok=True)
    for name, data in (("article.toml", HEAD), (f"{locale}.md", TEXT.format(title=title))):
        (folder / f".{name}.new").write_text(data, "utf-8")
        (folder / f".{name}.new").rename(folder / name)


def titled(title: str, status: int = 200) -> Holds:
    return lambda answer: answer.status == status and f">{title}</h1>" in answer.text


def shows(text: str) -> Holds:
    return lambda answer: answer.status == 200 and text in answer.text


def has_status(status: int) -> Holds:
    return lambda answer: answer.status == status


def test_a_changed_article(site: Served) -> None:
    """A new headline is live in every worker, and the page still has its notice."""
    put(site.root, "Changed")
    assert site.all_workers("/en/drill", titled("Changed"))
    assert NOTICE in site.get("/en/drill").text


def test_written_in_place(site: Served) -> None:
    """It does not matter that an editor's program writes into the same file."""
    (site.root / SLUG / "en.md").write_text(TEXT.format(title="In place"), "utf-8")
    assert site.all_workers("/en/drill", titled("In place"))


def test_a_dropped_in_article(site: Served, tmp_path: Path) -> None:
    """A new folder is an article, in the list and under its own address; when it goes, so does the article."""
    put(tmp_path, "Dropped in", "dropped-in")
    assert site.get("/en/dropped-in").status == 404
    shutil.copytree(tmp_path / "dropped-in", site.root / "content/dropped-in")
    began = time.monotonic()
    assert site.all_workers("/en/dropped-in", titled("Dropped in"))
    assert time.monotonic() - began < 5
    assert site.all_workers("/en/", shows("Dropped in"))
    shutil.rmtree(site.root / "content/dropped-in")
    assert site.all_workers("/en/dropped-in", has_status(404))


def test_changed_words(site: Served) -> None:
    """A translator's word is live as well, and so is an editor's configuration."""
    words = "translations/ru/LC_MESSAGES/messages.po"
    before = (site.root / words).read_bytes()
    replaced(words, 'msgstr "Перейти к содержанию"', 'msgstr "Сразу к статье"')(site.root)
    assert site.all_workers("/ru/drill", shows("Сразу к статье"))
    (site.root / words).write_bytes(before)
    replaced("config/site.toml", 'name = "Daylight"', 'name = "Lantern"')(site.root)
    assert site.all_workers("/en/drill", shows("Lantern"))
    replaced("config/site.toml", 'name = "Lantern"', 'name = "Daylight"')(site.root)
    assert site.all_workers("/ru/drill", lambda it: "Lantern" not in it.text and "Сразу к статье" not in it.text)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("+++\ntitle = \n+++\n\nHalf.\n", id="broken front matter"),
        pytest.param("", id="an empty file"),
        pytest.param("+++\ntitle = 'x'\nstandfirst = 'y'\n+++\n\n<script>x</script>\n", id="raw HTML"),
    ],
)
def test_a_broken_change(site: Served, broken: str) -> None:
    """A broken change is logged once by each worker, with the Problem that the check shows; readers notice nothing."""
    seen = len(site.log.read_text("utf-8"))

    def logged() -> str:
        return site.log.read_text("utf-8")[seen:]

    written(f"{SLUG}/en.md", broken)(site.root)
    refused = "The change is refused; the last good edition stays."
    before = site.log.read_text("utf-8")[:seen].count(refused)
    assert site.log_holds(refused, before + WORKERS)
    assert site.all_workers("/en/drill", titled("Beginning"))
    (problem,) = [it for it in find_problems(site.root, TODAY, None) if it.severity is Severity.ERROR]
    deadline = time.monotonic() + 5
    while logged().count(str(problem)) < WORKERS and time.monotonic() < deadline:
        time.sleep(0.02)
    written(f"{SLUG}/en.md", broken)(site.root)
    time.sleep(1.5)
    assert logged().count(str(problem)) == WORKERS
    assert str(site.root) not in logged()


def test_a_mended_change(site: Served) -> None:
    """What comes after a broken change is live as ever."""
    written(f"{SLUG}/en.md", "nothing")(site.root)
    time.sleep(0.5)
    assert site.get("/en/drill").status == 200
    put(site.root, "Mended")
    assert site.all_workers("/en/drill", titled("Mended"))


def test_whole_or_not_at_all(site: Served) -> None:
    """A change of several files is seen whole: no reader gets the article while its picture is not yet there."""
    slow = site.root / "content/slow"
    slow.mkdir()
    (slow / "en.md").write_text(
        TEXT.format(title="Slow").replace("+++\n\n", 'picture_alt = "A lamp."\n+++\n\n'), "utf-8"
    )
    time.sleep(0.6)
    assert site.get("/en/slow").status == 404
    (slow / "article.toml").write_text(HEAD + 'picture = "p.svg"\n', "utf-8")
    time.sleep(0.6)
    assert site.get("/en/slow").status == 404
    (slow / "p.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"/>', "utf-8")
    assert site.all_workers("/en/slow", titled("Slow"))
    assert site.get("/media/slow/p.svg").status == 200
    shutil.rmtree(slow)
    assert site.all_workers("/en/slow", has_status(404))


def test_a_folder_swapped_by_renaming(site: Served) -> None:
    """Whoever deploys by renaming whole folders is followed, and changes after that are seen too."""
    new = site.root / "content.new"
    shutil.copytree(site.root / "content", new)
    (new / "drill/en.md").write_text(TEXT.format(title="Swapped"), "utf-8")
    (site.root / "content").rename(site.root / "content.old")
    new.rename(site.root / "content")
    assert site.all_workers("/en/drill", titled("Swapped"))
    shutil.rmtree(site.root / "content.old")
    put(site.root, "After the swap")
    assert site.all_workers("/en/drill", titled("After the swap"))


@pytest.mark.parametrize("name", ["config", "content"])
def test_a_folder_that_goes_away(site: Served, name: str) -> None:
    """Without its sources the site goes on with what it has; when they come back, so do changes."""
    (site.root / name).rename(site.root / "away")
    time.sleep(1)
    answer = site.get("/en/drill")
    assert (answer.status, NOTICE in answer.text) == (200, True)
    (site.root / "away").rename(site.root / name)
    put(site.root, "Back again")
    assert site.all_workers("/en/drill", titled("Back again"))


def test_a_map_that_goes_away(site: Served) -> None:
    """A map that is lost costs its proofs and nothing else; every page is answered meanwhile, with its notice."""
    at = site.root / "config/territories.mmdb"
    data = at.read_bytes()
    for damaged in (data[: len(data) // 2], b"", data):
        at.write_bytes(damaged)
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            answer: Answer = site.get("/en/drill")
            assert (answer.status, NOTICE in answer.text) == (200, True)
