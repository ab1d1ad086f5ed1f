"""Several processes that read a site: what comes of it is what one process makes, whatever becomes of the others."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.unit.sources.damage import TODAY, appended, faults, replaced, written
from webapp.core.model import Article, LocaleTag, Slug
from webapp.sources import articles
from webapp.sources.bodies import PackedBody, ShelvedBody
from webapp.sources.crew import Crew
from webapp.sources.files import survey
from webapp.sources.keeping import FULL_AFTER, Keeper
from webapp.sources.load import Loaded, load_edition
from webapp.sources.rows import ShelvedTexts, shelve_texts
from webapp.sources.shelf import Shelf

pytestmark = pytest.mark.skipif(not Shelf.is_possible(), reason="only Linux has what a crew needs")

STORIES = 24
SLUG = Slug("reading-safely")
EN = LocaleTag("en")


@pytest.fixture
def root(site_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample site with more articles, which counts as large."""
    monkeypatch.setattr(articles, "LARGE", 1)
    for number in range(STORIES):
        body = f"Story *{number}*, with a [link](https://example.org/{number}).\n\n> {'слово ' * number}\n"
        text = f'+++\ntitle = "Story {number}"\nstandfirst = "In short."\n+++\n\n{body}'
        head = f'published = 2020-01-01T00:{number:02}:00+02:00\nauthor = "newsroom"\n'
        written(f"content/story-{number:02}/article.toml", head)(site_root)
        for tag in ("en", "ru"):
            written(f"content/story-{number:02}/{tag}.md", text)(site_root)
    return site_root


def later() -> float:
    """A time at which every file of a test is old."""
    return time.time() + 86_400


def load(root: Path, processes: int, keeper: Keeper | None = None) -> Loaded:
    with articles.reading_ahead(root, processes) as crew:
        return load_edition(root, TODAY, keeper=keeper, crew=crew)


def contents(loaded: Loaded) -> list[object]:
    """Everything that readers can come to see of the articles, in order."""
    return [_content(article) for article in loaded.edition.articles.values()]


def _content(article: Article) -> object:
    texts = {
        tag: (
            text.title,
            text.standfirst,
            text.picture_alt,
            text.picture_caption,
            text.html,
            text.plain,
            text.body.words,
        )
        for tag, text in article.texts.items()
    }
    rest = (article.slug, article.published, article.updated, article.breaking, article.agencies, article.picture)
    return rest, asdict(article.author), texts


def assert_same(loaded: Loaded, serial: Loaded) -> None:
    """An edition under the same name, of the same contents."""
    assert loaded.edition.digest == serial.edition.digest
    assert loaded.warnings == serial.warnings
    assert contents(loaded) == contents(serial)


def assert_alone() -> None:
    """No process that was made is left, not even as one that nobody waited for."""
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_a_crew_makes_the_same_edition(root: Path, processes: int) -> None:
    """However many read, the edition is that of one process, and its bodies lie on shelves."""
    loaded = load(root, processes)
    assert_same(loaded, load(root, 0))
    bodies = [text.body for article in loaded.edition.articles.values() for text in article.texts.values()]
    assert {type(body) for body in bodies} == {ShelvedBody}
    authors = loaded.edition.authors
    assert all(article.author is authors[article.author.id] for article in loaded.edition.articles.values())
    assert_alone()


Change = Callable[[Path], object]
AHEAD: dict[str, Change] = {
    "content": appended("content/story-03/en.md", "\nOne more line.\n"),
    "a language more": written("content/story-03/uk.md", '+++\ntitle = "U"\nstandfirst = "S."\n+++\n\nWords.\n'),
    "a language less": lambda root: (root / "content/story-03/ru.md").unlink(),
    "an article more": lambda root: shutil.copytree(root / "content/story-03", root / "content/story-99"),
    "an article less": lambda root: shutil.rmtree(root / "content/story-03"),
    "a head": replaced("content/story-03/article.toml", "2020-01-01", "2021-01-01"),
    "a picture": replaced(f"content/{SLUG}/picture.svg", "<svg ", "<svg  "),
    "an author": replaced("config/site.toml", "The Daylight newsroom", "The Lantern newsroom"),
    "another file": written("content/story-03/notes.toml", "x = 1"),
}


@pytest.mark.parametrize("change", AHEAD.values(), ids=AHEAD)
def test_a_change_after_it_was_read_ahead(root: Path, change: Change) -> None:
    """What was read before the files were looked at is used only where they are still the same."""
    with articles.reading_ahead(root, 2) as crew:
        assert crew is not None
        for member in crew._members:
            os.waitid(os.P_PID, member._process, os.WEXITED | os.WNOWAIT)
        change(root)
        loaded = load_edition(root, TODAY, crew=crew)
    assert_alone()
    assert_same(loaded, load(root, 0))


def test_texts_lie_on_shelves(root: Path) -> None:
    """They are like any mapping, and an object is made for each that is read."""
    shelved, plain = (load(root, processes).edition.articles[SLUG].texts for processes in (2, 0))
    assert type(shelved) is ShelvedTexts
    assert list(shelved) == list(plain)
    assert len(shelved) == len(plain)
    assert EN in shelved
    assert shelved[EN] == shelved[EN]
    assert shelved[EN] is not shelved[EN]
    assert "tlh" not in shelved
    with pytest.raises(KeyError):
        shelved[LocaleTag("tlh")]
    with pytest.raises(TypeError):
        shelve_texts(Shelf(), shelved)


def test_faults_are_told_as_by_one_process(root: Path) -> None:
    """The same Problems in the same order, of articles and of all else."""
    appended("content/story-03/en.md", "\n<b>x</b>\n\n# One\n")(root)
    replaced("content/story-07/article.toml", "newsroom", "nobody")(root)
    written("content/story-11/ru.md", b"\xff")(root)
    written("content/story-12/xx.md", "nothing")(root)
    replaced("config/notices.toml", "[[notice]]", "[[notices]]")(root)
    (root / "content/story-15/article.toml").unlink()
    (root / "config/authors").mkdir(exist_ok=True)
    told = faults(lambda: load(root, 3))
    assert told == faults(lambda: load(root, 0))
    assert len({problem.path for problem in told}) >= 6
    assert_alone()


Work = Callable[[Crew, Shelf], Iterator[object]]


def failing(in_process: Callable[[int], bool], error: Callable[[], object]) -> Work:
    """Work as ever, and at the end of it fail in some of the processes."""
    work, first = Crew._work, os.getpid()

    def fail(self: Crew, shelf: Shelf) -> Iterator[object]:
        yield from work(self, shelf)
        if in_process(first):
            error()

    return fail


def no_memory() -> None:
    """What a full memory ends in."""
    raise OSError("no memory")


@pytest.mark.parametrize("error", [no_memory, lambda: os.kill(os.getpid(), signal.SIGKILL)], ids=["fault", "killed"])
def test_processes_that_end_too_soon(root: Path, monkeypatch: pytest.MonkeyPatch, error: Callable[[], object]) -> None:
    """What they had read counts for nothing, and is read by the one that is left."""
    serial = load(root, 0)
    monkeypatch.setattr(Crew, "_work", failing(lambda first: os.getpid() != first, error))
    assert_same(load(root, 3), serial)
    assert_alone()


def test_no_memory_for_a_shelf(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without memory that is shared, bodies lie in the process's own."""
    serial = load(root, 0)
    monkeypatch.setattr(Crew, "_work", failing(lambda _: True, no_memory))
    loaded = load(root, 2)
    assert_same(loaded, serial)
    assert {type(text.body) for it in loaded.edition.articles.values() for text in it.texts.values()} == {PackedBody}
    monkeypatch.setattr(os, "memfd_create", lambda *_: no_memory())
    assert contents(load(root, 2)) == contents(serial)
    assert_alone()


def test_an_interruption_ends_all(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a site is read leaves no process behind."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Crew, "_work", failing(lambda first: os.getpid() == first, interrupt))
    with pytest.raises(KeyboardInterrupt):
        load(root, 3)
    assert_alone()


def test_a_change_makes_one_article_anew(root: Path) -> None:
    """What a crew read is kept like anything else: others stay the same objects, an hour later too."""
    moment = [later()]
    keeper = Keeper(lambda: moment[0])
    before = load(root, 2, keeper)
    assert load(root, 0, keeper) is before
    for passed in (0.0, FULL_AFTER):
        moment[0] += passed
        appended(f"content/{SLUG}/en.md", "\nOne more line.\n")(root)
        after = load(root, 0, keeper).edition
        changed = [slug for slug, article in before.edition.articles.items() if after.articles[slug] is not article]
        assert changed == [SLUG]
        assert "One more line." in after.articles[SLUG].texts[after.site.default_locale].html
        assert after.digest == load(root, 0).edition.digest


def test_a_file_that_was_young_is_read_again(root: Path) -> None:
    """What another process read is believed no more than what this one did."""
    keeper = Keeper()
    before = load(root, 2, keeper)
    again = keeper.begin(root, survey(root))
    assert again.digest_unread() is None
    assert load(root, 0, keeper).edition.digest == before.edition.digest
