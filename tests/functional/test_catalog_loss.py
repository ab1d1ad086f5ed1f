"""Catalogs and approvals lost while the site runs: the notice stays, in the next language, and no request fails.

And a language added: it is there without a restart.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polib
import pytest

from tests.functional.serving import Answer, Served, run, serving
from tests.samples import REPOSITORY
from tests.unit.sources.damage import replaced
from webapp.core.model import LocaleTag
from webapp.sources.approvals import Approval, Role, digest_source, digest_translation, write_approval
from webapp.sources.catalogs import load_catalog
from webapp.sources.locales import SOURCE_LOCALE, language_aliases, load_locales
from webapp.sources.notices import load_notices
from webapp.sources.status import segments_in

LEGAL = "translations/ru/LC_MESSAGES/notices.po"
WORDS = "translations/ru/LC_MESSAGES/messages.po"
PAGE = "/ru/reading-safely"
MARK = 'data-notice="undesirable-organization"'


class Watcher(threading.Thread):
    """Asks for a page without a pause, and keeps what was wrong with any answer."""

    def __init__(self, site: Served) -> None:
        super().__init__(daemon=True)
        self.site, self.wrong, self.asked = site, list[str](), 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.01):
            answer = self.site.get(PAGE)
            self.asked += 1
            if answer.status != 200 or MARK not in answer.text:
                self.wrong.append(f"{answer.status}, {answer.text.count(MARK)} marks")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """Serve a copy of the sample site, watched without a pause; the watcher must have found nothing wrong."""
    root = tmp_path / "site"
    root.mkdir()
    for name in ("config", "content", "translations", "static"):
        shutil.copytree(REPOSITORY / name, root / name)
    with serving(root, tmp_path / "log", WORKERS="2") as running:
        watcher = Watcher(running)
        watcher.start()
        yield running
        watcher.over.set()
        watcher.join(timeout=10)
        assert watcher.asked > 10
        assert watcher.wrong == []


def in_language(tag: str) -> Callable[[Answer], bool]:
    """Whether the notice on the Russian page is in that language."""

    def holds(answer: Answer) -> bool:
        place = answer.text.find(MARK)
        opening = answer.text[answer.text.rfind("<", 0, place) : answer.text.find(">", place)]
        return answer.status == 200 and ('lang="' not in opening if tag == "ru" else f'lang="{tag}"' in opening)

    return holds


def approve(root: Path, tag: LocaleTag) -> None:
    """Approve every notice in a language, as it stands."""
    locale = load_locales(root)[tag]
    for source in load_notices(root, language_aliases()):
        segments = segments_in(source, tag, load_catalog(root, locale, "notices")[0])
        digests = digest_source(source), digest_translation(segments)
        roles = (Role.LAWYER, Role.NATIVE_SPEAKER)
        write_approval(root, source, tag, Approval(*digests, roles, date(2026, 11, 1), date(2099, 1, 1)))


def test_catalogs_deleted_and_emptied(site: Served) -> None:
    """Without its catalog, or with an empty one, the notice is in the next language; with it, in its own again."""
    whole = (site.root / LEGAL).read_bytes()
    assert site.all_workers(PAGE, in_language("ru"))
    (site.root / LEGAL).unlink()
    assert site.all_workers(PAGE, in_language("en"))
    (site.root / LEGAL).write_bytes(whole)
    assert site.all_workers(PAGE, in_language("ru"))
    (site.root / LEGAL).write_bytes(b"")
    assert site.all_workers(PAGE, in_language("en"))
    (site.root / LEGAL).write_bytes(whole)
    assert site.all_workers(PAGE, in_language("ru"))
    (site.root / WORDS).write_bytes(b"")
    assert site.all_workers(PAGE, lambda answer: "Skip to content" in answer.text and MARK in answer.text)


def test_approvals_voided(site: Served) -> None:
    """Where approval is required, a changed text gives way to the next approved one, and in the end to the built-in."""
    for tag in (SOURCE_LOCALE, LocaleTag("ru")):
        approve(site.root, tag)
    replaced("config/site.toml", 'legal_review = "advise"', 'legal_review = "require"')(site.root)
    assert site.all_workers(PAGE, in_language("ru"))
    replaced(LEGAL, 'msgstr "Прежде чем читать дальше"', 'msgstr "Перед тем как читать дальше"')(site.root)
    assert site.all_workers(PAGE, in_language("en"))
    approve(site.root, LocaleTag("ru"))
    assert site.all_workers(PAGE, in_language("ru"))
    (site.root / "translations/approvals.toml").unlink()
    assert site.all_workers(PAGE, lambda answer: answer.text.count(MARK) == 6 and "Если вас может" in answer.text)


def test_a_language_added(site: Served) -> None:
    """`i18n add` and one filled catalog show a language, with neither a restart nor a line of code."""
    added = run("i18n", "add", "kv", "--endonym", "Коми кыв", "--fallback", "ru", folder=site.root)
    assert added.returncode == 0, added.stderr
    assert site.all_workers("/kv/", lambda answer: answer.status == 200 and "Коми кыв" in answer.text)
    path = site.root / "translations/kv/LC_MESSAGES/messages.po"
    catalog = polib.pofile(str(path))
    entry = catalog.find("Latest articles")
    assert entry is not None
    entry.msgstr = "Медбӧръя гижӧдъяс"
    catalog.save(str(path))
    assert site.all_workers("/kv/", lambda answer: "Медбӧръя гижӧдъяс" in answer.text and 'lang="kv"' in answer.text)
