"""New languages and catalogs brought up to date: what CLDR knows, what is carried over, and what never is."""

import tomllib
from pathlib import Path

import polib
import pytest

from tests.samples import REPOSITORY
from webapp.core.model import LocaleTag
from webapp.sources.locales import load_locales
from webapp.sources.merging import merge_catalog, new_catalog
from webapp.sources.new_locale import Wishes, add_locale

RUSSIAN = load_locales(REPOSITORY)[LocaleTag("ru")]
THREE = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


def template(*words: tuple[str | None, str]) -> polib.POFile:
    made = polib.POFile()
    made.extend(polib.POEntry(msgctxt=context, msgid=message) for context, message in words)
    return made


def catalog(words: dict[tuple[str | None, str], str]) -> polib.POFile:
    made = polib.POFile()
    made.extend(polib.POEntry(msgctxt=key[0], msgid=key[1], msgstr=text) for key, text in words.items())
    return made


def test_a_word_that_stays_keeps_its_translation() -> None:
    """Exactly the same source, and only that, keeps its words; what is gone is set aside."""
    merged = merge_catalog(
        catalog({(None, "Old"): "Старое", (None, "Gone"): "Ушло"}), template((None, "Old")), RUSSIAN, True
    )
    assert [(it.msgid, it.msgstr, it.obsolete) for it in merged] == [("Old", "Старое", 0), ("Gone", "Ушло", 1)]


def test_a_changed_word_of_the_interface_is_a_suggestion() -> None:
    """The old translation is there to look at, fuzzy and with its old source, so that the site does not use it."""
    before = catalog({(None, "You must not share this article"): "Не делитесь этой статьёй"})
    merged = merge_catalog(before, template((None, "You must share this article")), RUSSIAN, suggest=True)
    assert (merged[0].msgstr, merged[0].fuzzy) == ("Не делитесь этой статьёй", True)
    assert merged[0].previous_msgid == "You must not share this article"
    assert '#| msgid "You must not share this article"' in str(merged)


def test_legal_text_is_never_suggested() -> None:
    """However alike two legal sources are, the translation of one is never put to the other."""
    before = catalog({("n/1/who", "You must not share this article"): "Не делитесь этой статьёй"})
    merged = merge_catalog(before, template(("n/1/who", "You must share this article")), RUSSIAN, suggest=False)
    assert (merged[0].msgstr, merged[0].fuzzy, merged[0].previous_msgid) == ("", False, None)


def test_plural_forms_stay_those_of_the_language() -> None:
    """A template has two forms; a language with one keeps one, a language with three keeps three."""
    words, filled = polib.POFile(), polib.POFile()
    words.append(polib.POEntry(msgid="{n} a", msgid_plural="{n} as", msgstr_plural={0: "", 1: ""}))
    filled.append(polib.POEntry(msgid="{n} a", msgid_plural="{n} as", msgstr_plural={0: "{n} мәкалә"}))
    tatar = load_locales(REPOSITORY)[LocaleTag("tt")]
    assert merge_catalog(filled, words, tatar, suggest=True)[0].msgstr_plural == {0: "{n} мәкалә"}
    assert list(merge_catalog(polib.POFile(), words, RUSSIAN, suggest=True)[0].msgstr_plural) == [0, 1, 2]


def test_new_catalog_is_as_the_registry_says() -> None:
    """The header names language and plural rule, and nobody; a plural has all its forms to fill."""
    words = polib.POFile()
    words.append(polib.POEntry(msgid="{n} a", msgid_plural="{n} as", msgstr_plural={0: "", 1: ""}))
    made = new_catalog(words, RUSSIAN)
    assert (made.metadata["Language"], made.metadata["Plural-Forms"]) == ("ru", RUSSIAN.plural_forms)
    assert "Last-Translator" not in made.metadata
    assert list(made[0].msgstr_plural) == [0, 1, 2]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("pl", {"endonym": "polski", "script": "Latn", "direction": "ltr", "formatting": "pl"}),
        ("he", {"script": "Hebr", "direction": "rtl", "plural_forms": "nplurals=3"}),
        ("hr", {"plural_forms": THREE}),
        ("tr", {"plural_forms": "nplurals=2; plural=(n != 1);"}),
        ("ja", {"plural_forms": "nplurals=1; plural=0;", "script": "Jpan"}),
        ("kv", {"script": "Cyrl", "endonym": "kv", "date_pattern": "{year}-{month}-{day}"}),
        ("kbd", {"script": "Cyrl", "plural_forms": "nplurals=2; plural=(n != 1);"}),
        ("ku-Arab", {"script": "Arab", "direction": "rtl"}),
    ],
)
def test_a_new_table(tmp_path: Path, tag: str, expected: dict[str, str]) -> None:
    """CLDR gives what it knows; a language that Babel lacks gets dates in figures. The registry stays readable."""
    (tmp_path / "config").mkdir()
    registry = (REPOSITORY / "config/locales.toml").read_text("utf-8")
    (tmp_path / "config/locales.toml").write_text(registry, "utf-8")
    text = add_locale(tmp_path, LocaleTag(tag), Wishes(fallback=(LocaleTag("en"),)))
    table = tomllib.loads(text)[tag]
    for key, value in expected.items():
        assert str(table[key]).startswith(value), key
    assert table["state"] == "draft"
    assert table["ui_fallback"] == ["en"]
    (tmp_path / "config/locales.toml").write_text(text, "utf-8")
    assert load_locales(tmp_path)[LocaleTag(tag)].tag == tag
    assert text.startswith(registry[:200]), "comments stay"
    assert all(tag not in locale.also for locale in load_locales(tmp_path).values())
