"""The store: swaps an edition whole, keeps the last good one, and misses no change of the disk."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.core.model import Edition, LocaleTag, NoticeMode, Site
from webapp.errors import Problem, SourceError
from webapp.sources.files import FOLDERS
from webapp.sources.load import Loaded
from webapp.sources.store import EditionStore

DEADLINE = 5.0


def edition(digest: str) -> Edition:
    site = Site("Lantern", "Light", "https://lantern.example", LocaleTag("en"), NoticeMode.DECIDED)
    return Edition(digest, site, {}, {}, (), {}, {}, {}, None, None)


class Sources:
    """What a store reads: one file, `config/text`; "broken …" is refused, "crash" fails unexpectedly."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.text = root / "config/text"
        for name in FOLDERS:
            (root / name).mkdir()
        self.text.write_text("first")

    def load(self) -> Loaded:
        text = self.text.read_text()
        if text.startswith("broken"):
            raise SourceError(
                [Problem("x.one", "config/text", text, "Mend it."), Problem("x.two", "config/text", text, "Mend.")]
            )
        if text == "crash":
            raise RuntimeError("no")
        return Loaded(edition(text), ())


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


@pytest.fixture
def store(sources: Sources) -> Iterator[EditionStore]:
    made = EditionStore(sources.root, sources.load)
    yield made
    made.close()


def wait_for(condition: Callable[[], bool]) -> bool:
    """Tell whether the condition came true within the deadline."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def test_first_edition_must_be_good(sources: Sources) -> None:
    """Without any edition there is nothing to serve, and the start says why."""
    sources.text.write_text("broken")
    with pytest.raises(SourceError):
        EditionStore(sources.root, sources.load)


def test_reload_swaps(store: EditionStore, sources: Sources) -> None:
    """A good change is live at once, as a new value."""
    before = store.current
    sources.text.write_text("second")
    assert store.reload()
    assert (before.digest, store.current.digest) == ("first", "second")


def test_unchanged_sources_keep_the_edition(store: EditionStore) -> None:
    """Touching a file changes nothing: what was made for the edition stays made."""
    before = store.current
    assert store.reload()
    assert store.current is before


@pytest.mark.parametrize("text", ["broken", "crash"])
def test_bad_change_keeps_the_last_good_edition(store: EditionStore, sources: Sources, text: str) -> None:
    """Whatever goes wrong, readers go on reading."""
    before = store.current
    sources.text.write_text(text)
    assert not store.reload()
    assert store.current is before
    sources.text.write_text("third")
    assert store.reload()
    assert store.current.digest == "third"


def test_every_problem_is_logged_once(store: EditionStore, sources: Sources, caplog: pytest.LogCaptureFixture) -> None:
    """The same faults are told once; other ones, or the same after a mend, are told again."""
    caplog.set_level(logging.ERROR, "webapp.store")

    def errors() -> int:
        return sum("Mend" in record.getMessage() for record in caplog.records)

    for text, expected in (("broken", 2), ("broken", 2), ("broken more", 4), ("good", 4), ("broken more", 6)):
        sources.text.write_text(text)
        store.reload()
        assert errors() == expected


def test_watch_sees_a_change(store: EditionStore, sources: Sources) -> None:
    """A change on disk is live without anybody asking."""
    store.watch()
    store.watch()
    sources.text.write_text("second")
    assert wait_for(lambda: store.current.digest == "second")


def test_watch_sees_what_changed_before_it_began(store: EditionStore, sources: Sources) -> None:
    """A change between the first reading and the watch is not lost."""
    sources.text.write_text("second")
    store.watch()
    assert wait_for(lambda: store.current.digest == "second")


def test_watch_goes_on_after_a_bad_change(store: EditionStore, sources: Sources) -> None:
    """A fault does not end the watch."""
    store.watch()
    sources.text.write_text("crash")
    time.sleep(0.5)
    assert store.current.digest == "first"
    sources.text.write_text("second")
    assert wait_for(lambda: store.current.digest == "second")


def test_a_folder_swapped_by_renaming(store: EditionStore, sources: Sources) -> None:
    """Whoever deploys by renaming folders is followed, and so is every change that comes after."""
    store.watch()
    new = sources.root / "config.new"
    new.mkdir()
    (new / "text").write_text("second")
    (sources.root / "config").rename(sources.root / "config.old")
    new.rename(sources.root / "config")
    assert wait_for(lambda: store.current.digest == "second")
    time.sleep(0.5)
    sources.text.write_text("third")
    assert wait_for(lambda: store.current.digest == "third")


def test_a_folder_behind_a_link(sources: Sources) -> None:
    """A link that is turned to another folder is a change too."""
    (sources.root / "config").rename(sources.root / "one")
    (sources.root / "config").symlink_to("one")
    two = sources.root / "two"
    two.mkdir()
    (two / "text").write_text("second")
    store = EditionStore(sources.root, sources.load)
    try:
        store.watch()
        (sources.root / "link").symlink_to("two")
        (sources.root / "link").rename(sources.root / "config")
        assert wait_for(lambda: store.current.digest == "second")
    finally:
        store.close()


def test_a_folder_that_comes_later(store: EditionStore, sources: Sources) -> None:
    """A folder that was missing is watched once it is there; one that goes for a while is no end."""
    (sources.root / "translations").rmdir()
    store.watch()
    time.sleep(0.5)
    (sources.root / "config").rename(sources.root / "away")
    time.sleep(0.5)
    assert store.current.digest == "first"
    (sources.root / "away" / "text").write_text("second")
    (sources.root / "away").rename(sources.root / "config")
    assert wait_for(lambda: store.current.digest == "second")


def test_close_ends_the_watch(store: EditionStore, sources: Sources) -> None:
    """After the close nothing changes any more, and closing twice is no fault."""
    store.watch()
    store.close()
    store.close()
    sources.text.write_text("second")
    time.sleep(0.5)
    assert store.current.digest == "first"
