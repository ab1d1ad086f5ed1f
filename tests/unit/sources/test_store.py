"""The store: swaps an edition whole, keeps the last good one, and misses no change of the disk."""

import errno
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from webapp.core.model import Edition, LocaleTag, NoticeMode, Site
from webapp.errors import Problem, Severity, SourceError
from webapp.sources.files import FOLDERS
from webapp.sources.load import Loaded
from webapp.sources.store import MOST_TOLD, EditionStore

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


def test_more_folders_than_are_watched(
    store: EditionStore, sources: Sources, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system does not watch so many folders, that is told once, and all but those of articles are watched."""
    monkeypatch.setattr("webapp.sources.store.watch", limited(watchfiles.watch))
    monkeypatch.setattr("webapp.sources.store.LOOK", 1000.0)
    words = sources.root / "translations/ru/words"
    words.parent.mkdir()
    readings = counted(store, monkeypatch)
    store.watch()
    assert wait_for(lambda: len(readings) == 1)
    sources.text.write_text("second")
    assert wait_for(lambda: store.current.digest == "second")
    before = len(readings)
    words.write_text("words")
    assert wait_for(lambda: len(readings) > before)
    assert caplog.text.count("A tenth of a core") == 1


@pytest.mark.parametrize("watched", ["few", "none"])
def test_what_is_not_watched_is_looked_at(
    store: EditionStore, sources: Sources, monkeypatch: pytest.MonkeyPatch, watched: str
) -> None:
    """Everything is read again and again then, whether the system watches at least some folders or none at all."""

    def unwatched(*_folders: Path, **_options: object) -> None:
        raise OSError("OS file watch limit reached.")

    watch = limited(watchfiles.watch)
    monkeypatch.setattr("webapp.sources.store.watch", watch if watched == "few" else unwatched)
    monkeypatch.setattr("webapp.sources.store.LOOK", 0.01)
    monkeypatch.setattr("webapp.sources.store.RETRY", 0.01)
    readings = counted(store, monkeypatch)
    store.watch()
    assert wait_for(lambda: len(readings) > 4)
    sources.text.write_text("second")
    assert wait_for(lambda: store.current.digest == "second")


def counted(store: EditionStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that grows with each reading of a store."""
    readings, load = list[str](), store._load

    def count() -> Loaded:
        readings.append("")
        return load()

    monkeypatch.setattr(store, "_load", count)
    return readings


def limited(watch: Callable[..., Iterator[object]]) -> Callable[..., Iterator[object]]:
    """Watch as ever, unless it is whole trees: then complain as a system with a limit does."""
    tries = iter(range(1000))

    def fail(*folders: Path, recursive: bool, **options: Any) -> Iterator[object]:
        if recursive:
            raise OSError(f"OS file watch limit reached. about story-{next(tries)}")
        yield from watch(*folders, recursive=False, **options)

    return fail


def test_close_ends_the_watch(store: EditionStore, sources: Sources) -> None:
    """After the close nothing changes any more, and closing twice is no fault."""
    store.watch()
    store.close()
    store.close()
    sources.text.write_text("second")
    time.sleep(0.5)
    assert store.current.digest == "first"


def test_new_warnings_are_logged_once(sources: Sources, caplog: pytest.LogCaptureFixture) -> None:
    """A warning that comes with a change is told once; what the start knew is not, and what went and came back is."""
    caplog.set_level(logging.WARNING, "webapp.store")
    old, lost, refused = (
        Problem(code, f"config/{code}", "m", f"Mend {code}.", severity=Severity.WARNING)
        for code in ("x.old", "catalog.missing", "map.refused")
    )
    now: list[tuple[Problem, ...]] = [(old,)]
    store = EditionStore(sources.root, lambda: Loaded(edition("first"), now[0]))

    def told(code: str) -> int:
        return sum(f"Mend {code}." in record.getMessage() for record in caplog.records)

    for warnings, expected in (
        ((old,), (0, 0, 0)),
        ((old, lost), (0, 1, 0)),
        ((old, lost, refused), (0, 1, 1)),
        ((old, lost, refused), (0, 1, 1)),
        ((old,), (0, 1, 1)),
        ((old, lost), (0, 2, 1)),
    ):
        now[0] = warnings
        assert store.reload()
        assert tuple(map(told, ("x.old", "catalog.missing", "map.refused"))) == expected


def test_a_flood_of_warnings_is_cut_short(sources: Sources, caplog: pytest.LogCaptureFixture) -> None:
    """A catalog with hundreds of faults does not fill the log; the alarm of a map comes first."""
    caplog.set_level(logging.WARNING, "webapp.store")
    many = tuple(Problem("x", "p", f"m{n}", "Mend.", severity=Severity.WARNING) for n in range(300))
    refused = Problem("map.refused", "p", "m", "Mend.", severity=Severity.WARNING)
    now: list[tuple[Problem, ...]] = [()]
    store = EditionStore(sources.root, lambda: Loaded(edition("first"), now[0]))
    now[0] = (*many, refused)
    store.reload()
    assert len(caplog.records) == MOST_TOLD + 1
    assert "map.refused" in caplog.records[0].getMessage()
    assert "281 more" in caplog.records[-1].getMessage()


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
def test_a_machine_in_trouble(sources: Sources, number: int) -> None:
    """No file left to open, a full or a broken disk: the last good edition stays until a reading succeeds."""
    trouble = [False]

    def load() -> Loaded:
        if trouble[0]:
            raise OSError(number, "trouble")
        return sources.load()

    store = EditionStore(sources.root, load)
    trouble[0] = True
    assert not store.reload()
    assert store.current.digest == "first"
    sources.text.write_text("second")
    trouble[0] = False
    assert store.reload()
    assert store.current.digest == "second"
