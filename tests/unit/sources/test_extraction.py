"""The words to translate: all of them, each with its msgctxt, in files that change only when a word does."""

from pathlib import Path

import polib
import pytest

from tests.unit.sources.damage import codes, faults, replaced
from webapp.sources.extraction import DOMAINS, Word, extract_messages, extract_notices, to_pot


def test_interface_words(site_root: Path) -> None:
    """Words of templates and of config/site.toml are found, each once."""
    words = extract_messages(site_root)
    keys = [(word.context, word.message) for word in words]
    assert (None, "Skip to content") in keys
    assert ("config", "The Daylight newsroom") in keys
    assert len(keys) == len(set(keys))


def test_interface_words_follow_the_config(site_root: Path) -> None:
    """A new author is a new word to translate."""
    replaced("config/site.toml", "The Daylight newsroom", "The night desk")(site_root)
    assert ("config", "The night desk") in {(word.context, word.message) for word in extract_messages(site_root)}


def test_legal_words(site_root: Path) -> None:
    """Every segment of every notice has a msgctxt that names the notice, its version and the segment."""
    contexts = [word.context for word in extract_notices(site_root)]
    assert "undesirable-organization/1/heading" in contexts
    assert "extremist-formation/1/about.law.2" in contexts
    assert len(contexts) == len(set(contexts))


def test_a_raised_version_is_a_new_word(site_root: Path) -> None:
    """Raising a notice's version asks for its whole translation again."""
    replaced("config/notices.toml", "version = 1", "version = 2")(site_root)
    contexts = {word.context for word in extract_notices(site_root)}
    assert "undesirable-organization/2/heading" in contexts
    assert "undesirable-organization/1/heading" not in contexts


def test_pot_can_be_read_again() -> None:
    """What is written is what a translator's program reads."""
    words = (
        Word("webapp/templates/a.html:12", None, "Search"),
        Word("webapp/templates/a.html:14", "config", 'Say "x" {name}\nand y'),
        Word("config/notices.toml", "n/1/who", "If you …", comment="n: who"),
        Word("webapp/site/a.py:3", None, "{n} article", "{n} articles"),
    )
    text = to_pot(words)
    found: dict[tuple[str | None, str], polib.POEntry] = {
        (entry.msgctxt, entry.msgid): entry for entry in polib.pofile(text)
    }
    assert set(found) == {(word.context, word.message) for word in words}
    assert found[None, "{n} article"].msgid_plural == "{n} articles"
    assert found["n/1/who", "If you …"].comment == "n: who"


def test_pot_holds_no_line_and_no_date() -> None:
    """Moving a word in its template, or running the command tomorrow, changes nothing."""
    here, there = (to_pot((Word(f"webapp/templates/a.html:{line}", None, "Search"),)) for line in (1, 99))
    assert here == there
    assert "Date" not in here


@pytest.mark.parametrize("domain", ["messages", "notices"])
def test_broken_config(site_root: Path, domain: str) -> None:
    """Nothing is extracted from a broken file, and the Problem is the one that the check shows."""
    for name in ("site", "notices"):
        (site_root / f"config/{name}.toml").write_text("x = = 1\n")
    assert codes(faults(lambda: DOMAINS[domain](site_root))) == ["toml.syntax"]


@pytest.mark.parametrize("domain", ["messages", "notices"])
def test_same_words_twice(site_root: Path, domain: str) -> None:
    """The order is fixed."""
    assert to_pot(DOMAINS[domain](site_root)) == to_pot(DOMAINS[domain](site_root))
