"""What is not read twice, and what must be: no reading ever takes an old content for a new one."""

import hashlib
import os
import struct
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.sources.damage import TODAY, appended
from webapp.core.model import Edition, NoticeMode, Slug
from webapp.errors import SourceError
from webapp.sources.files import Found, Signature, last_change, survey
from webapp.sources.heritage import show_everything
from webapp.sources.keeping import FULL_AFTER, Keeper
from webapp.sources.load import Loaded, load_edition
from webapp.sources.store import EditionStore

SLUG = Slug("reading-safely")
DAY = 86_400.0


def later() -> float:
    """A time at which every file of a test is old."""
    return time.time() + DAY


def load(root: Path, keeper: Keeper) -> Edition:
    return load_edition(root, TODAY, keeper=keeper).edition


def test_unchanged_articles_are_the_same(site_root: Path) -> None:
    """After a change of one article the others are not made again; the edition is that of a first reading."""
    keeper = Keeper(later)
    before = load(site_root, keeper)
    appended(f"content/{SLUG}/en.md", "\nOne more line.\n")(site_root)
    after = load(site_root, keeper)
    assert after.articles[SLUG] is not before.articles[SLUG]
    assert "One more line." in after.articles[SLUG].texts[after.site.default_locale].html
    assert [slug for slug in before.articles if after.articles[slug] is not before.articles[slug]] == [SLUG]
    assert after.digest != before.digest
    assert after.digest == load_edition(site_root, TODAY).edition.digest


def test_an_article_that_goes_and_comes_back(site_root: Path) -> None:
    """A folder that is gone is forgotten; one with the same files is the same article."""
    keeper = Keeper(later)
    before = load(site_root, keeper)
    (site_root / "content" / SLUG).rename(site_root / "aside")
    assert SLUG not in load(site_root, keeper).articles
    (site_root / "aside").rename(site_root / "content" / SLUG)
    after = load(site_root, keeper)
    assert after.digest == before.digest
    assert after.articles[SLUG].texts.keys() == before.articles[SLUG].texts.keys()


def test_other_authors_make_it_again(site_root: Path) -> None:
    """An article depends on more than its folder: an author's new name is on it."""
    keeper = Keeper(later)
    before = load(site_root, keeper)
    site = site_root / "config/site.toml"
    site.write_text(site.read_text("utf-8").replace("The Daylight newsroom", "The Lantern newsroom"), "utf-8")
    after = load(site_root, keeper)
    assert before.articles[SLUG].author.name == "The Daylight newsroom"
    assert after.articles[SLUG].author.name == "The Lantern newsroom"


def test_a_faulty_article_is_found_each_time(site_root: Path) -> None:
    """What was refused is not kept; what is refused now was not believed because of what it was."""
    keeper = Keeper(later)
    load(site_root, keeper)
    appended(f"content/{SLUG}/en.md", "\n<script>x</script>\n")(site_root)
    for _ in range(2):
        with pytest.raises(SourceError):
            load(site_root, keeper)


def sign_at(age: float) -> Signature:
    """A signature whose times are `age` seconds ago."""
    changed = int((time.time() - age) * 1e9)
    return signed(changed)


def signed(changed: int) -> Signature:
    """A signature with a time of change, in nanoseconds."""
    return struct.pack("=5Q", 1, 2, 3, changed, changed)


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        pytest.param(3600.0, True, id="old"),
        pytest.param(3.0, True, id="three seconds"),
        pytest.param(1.0, False, id="one second: it may change again without our seeing it"),
        pytest.param(-3600.0, False, id="of the future: a clock is wrong"),
    ],
)
def test_a_young_file_is_not_believed(age: float, believed: bool) -> None:
    """A digest is remembered only for a file that was old when it was read."""
    keeper, sign = Keeper(), sign_at(age)
    keeper.remember("content/x/en.md", sign, b"digest")
    assert keeper.find_digest(Found("content/x/en.md", sign)) == (b"digest" if believed else None)
    assert keeper.find_digest(Found("content/x/en.md", signed(last_change(sign) + 1))) is None


@pytest.mark.parametrize(("passed", "believed"), [(FULL_AFTER - 1, True), (FULL_AFTER, False), (-1.0, False)])
def test_everything_is_read_again_once_an_hour(tmp_path: Path, passed: float, believed: bool) -> None:
    """And whenever the clock went back."""
    moment = [1_000_000.0]
    keeper, sign = Keeper(lambda: moment[0]), signed(5)
    keeper.remember("x", sign, b"digest")
    moment[0] += passed
    keeper.begin(tmp_path, survey(tmp_path))
    assert keeper.find_digest(Found("x", sign)) == (b"digest" if believed else None)


def test_a_change_while_reading_is_noticed(site_root: Path) -> None:
    """A reading holds only if, at its end, every file is what it was; young files are read again to find out."""
    keeper = Keeper()
    reading = keeper.begin(site_root, survey(site_root))
    reading.digest_all()
    assert reading.still_holds(survey(site_root))
    path = site_root / "content" / SLUG / "en.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("e", "x", 1), "utf-8")
    assert not reading.still_holds(survey(site_root))
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not reading.still_holds(reading.found)


@pytest.mark.parametrize("shown", ["config/site.toml", "config/notices.toml", f"content/{SLUG}/picture.svg"])
def test_a_change_that_no_signature_shows(site_root: Path, shown: str) -> None:
    """On a file system with a coarse clock a file can change after it was read and keep its signature: the digest is
    of what was there before anybody read it, so the reading does not hold."""
    reading = Keeper().begin(site_root, survey(site_root))
    path = site_root / shown
    path.write_bytes(path.read_bytes().swapcase())
    reading.digest_all()
    assert not reading.still_holds(reading.found)


def test_a_file_in_doubt_is_read_to_find_the_whole(site_root: Path) -> None:
    """What was made of all files is found again while each is what it was, by its content if need be."""
    keeper = Keeper(later)
    path = site_root / "content" / SLUG / "en.md"
    os.utime(path, (later() * 2, later() * 2))
    before = load_edition(site_root, TODAY, keeper=keeper)
    found = survey(site_root)
    assert load_edition(site_root, TODAY, keeper=keeper) is before
    assert keeper.find_whole(site_root, found) is keeper.whole is not None
    sound = path.read_text("utf-8")
    path.write_text(sound.replace("e", "x", 1), "utf-8")
    assert keeper.find_whole(site_root, found) is None
    path.unlink()
    assert keeper.find_whole(site_root, found) is None
    path.write_text(sound, "utf-8")
    assert keeper.find_whole(site_root, found) is keeper.whole


@pytest.mark.parametrize("change", ["content", "new", "gone", "hour"])
def test_the_whole_is_not_found_after_a_change(site_root: Path, change: str) -> None:
    """Nor once an hour, when nothing is believed."""
    moment = [later()]
    keeper = Keeper(lambda: moment[0])
    load(site_root, keeper)
    assert keeper.find_whole(site_root, survey(site_root)) is keeper.whole is not None
    path = site_root / "content" / SLUG / "en.md"
    if change == "content":
        appended(f"content/{SLUG}/en.md", "\nOne more line.\n")(site_root)
    elif change == "new":
        (path.parent / "notes.txt").write_text("A note.", "utf-8")
    elif change == "gone":
        path.unlink()
    else:
        moment[0] += FULL_AFTER
    assert keeper.find_whole(site_root, survey(site_root)) is None


def test_digest_is_of_every_path_and_content(site_root: Path) -> None:
    """The name of an edition is the hash of what was read."""
    found = survey(site_root)
    total = hashlib.sha256()
    for file in found.files:
        content = hashlib.sha256((site_root / file.shown).read_bytes()).digest()
        total.update(f"{file.shown}\0".encode() + content)
    assert Keeper().begin(site_root, found).digest_all() == total.hexdigest()


def test_a_worker_that_meets_faulty_sources(site_root: Path) -> None:
    """It begins with what the server read, shows every notice to everybody, and takes the mended sources at once."""
    inherited = load_edition(site_root, TODAY)
    site = site_root / "config/site.toml"
    sound = site.read_text("utf-8")
    site.write_text(sound[:300], "utf-8")
    with pytest.raises(SourceError):
        EditionStore(site_root, lambda: load_edition(site_root, TODAY))
    store = EditionStore(site_root, lambda: load_edition(site_root, TODAY), inherited)
    assert store.current.site.notice_mode is NoticeMode.ALWAYS
    assert store.current.articles == inherited.edition.articles
    assert not store.reload()
    assert store.current.site.notice_mode is NoticeMode.ALWAYS
    site.write_text(sound, "utf-8")
    assert store.reload()
    assert store.current.digest == inherited.edition.digest
    assert store.current.site.notice_mode.value == "decided"


@pytest.mark.parametrize("change", ["date", "base_url", "preview", "thorough", "file", "style"])
def test_what_makes_another_edition(site_root: Path, change: str) -> None:
    """An edition is taken for what would be made only while all it depends on is the same."""
    keeper = Keeper(later)
    before = load_edition(site_root, TODAY, keeper=keeper)
    assert load_edition(site_root, TODAY, keeper=keeper) is before
    if change == "style":
        (site_root / "static/site.css").unlink()
        with pytest.raises(SourceError):
            load_edition(site_root, TODAY, keeper=keeper)
        return
    if change == "file":
        (site_root / "content/notes.txt").write_text("A note.", "utf-8")
    after = load_edition(
        site_root,
        TODAY + timedelta(days=change == "date"),
        "https://news.example" if change == "base_url" else None,
        with_pseudo=change == "preview",
        keeper=keeper,
        thorough=change == "thorough",
    )
    assert after is not before


def test_an_edition_that_shows_everything_is_another(site_root: Path) -> None:
    """A Proof or a kept page of the one is none of the other."""
    loaded: Loaded = load_edition(site_root, TODAY)
    shown = show_everything(loaded.edition)
    assert shown.digest != loaded.edition.digest
    assert len(shown.digest) == len(loaded.edition.digest)


def test_an_empty_folder_is_told(site_root: Path) -> None:
    """A folder of an article without any file is a Problem at once, not only at the next start."""
    keeper = Keeper()
    load_edition(site_root, TODAY, keeper=keeper)
    (site_root / "content/empty").mkdir()
    with pytest.raises(SourceError) as refusal:
        load_edition(site_root, TODAY, keeper=keeper)
    assert {problem.path for problem in refusal.value.problems} == {"content/empty/article.toml"}
    (site_root / "content/empty").rmdir()
    assert load_edition(site_root, TODAY, keeper=keeper).edition.articles
