"""PO files: only what is translated, not fuzzy and sound is used; what is broken is named with its line."""

from pathlib import Path

import pytest

from tests.unit.sources.damage import assert_helpful, codes
from webapp.core.model import Direction, Locale, LocaleState, LocaleTag
from webapp.errors import Problem, Severity
from webapp.sources.catalogs import PoCatalog, load_catalog, po_path, source_catalog

RULE = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
RUSSIAN = Locale(LocaleTag("ru"), "Русский", "Cyrl", Direction.LTR, "ru", "ru", RULE, LocaleState.FULL)
PATH = "translations/ru/LC_MESSAGES/messages.po"
HEADER = f"""msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: {RULE}\\n"

"""
GOOD = """msgid "Search"
msgstr "Поиск"

msgctxt "config"
msgid "Search"
msgstr "Искать"

msgid "{n} article"
msgid_plural "{n} articles"
msgstr[0] "{n} статья"
msgstr[1] "{n} статьи"
msgstr[2] "{n} статей"
"""


def load(root: Path, text: str | bytes) -> tuple[PoCatalog, tuple[Problem, ...]]:
    path = root / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_catalog(root, RUSSIAN, "messages")


def test_good_catalog(tmp_path: Path) -> None:
    """Words are found by context and msgid, and a number takes the form that its language wants."""
    catalog, problems = load(tmp_path, HEADER + GOOD)
    assert problems == ()
    assert catalog.find(None, "Search") == "Поиск"
    assert catalog.find("config", "Search") == "Искать"
    assert catalog.find("other", "Search") is None
    forms = [catalog.find_plural(None, "{n} article", "{n} articles", number) for number in (1, 2, 5, 11, 21)]
    assert forms == ["{n} статья", "{n} статьи", "{n} статей", "{n} статей", "{n} статья"]
    assert catalog.find_plural(None, "{n} word", "{n} words", 1) is None


def test_source_catalog() -> None:
    """The source language needs no catalog: nothing is found, and the words stand for themselves."""
    assert source_catalog().find(None, "Search") is None
    assert source_catalog().plural_rule(1) == 0


def test_missing_file(tmp_path: Path) -> None:
    """A language without a file has no words and a warning: its readers get the fallback."""
    catalog, (problem,) = load_catalog(tmp_path, RUSSIAN, "messages")
    assert (problem.code, problem.path, problem.severity) == ("catalog.missing", PATH, Severity.WARNING)
    assert po_path(RUSSIAN, "messages") == PATH
    assert catalog.find(None, "Search") is None


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        pytest.param("", "catalog.empty", None, id="an empty file"),
        pytest.param("\n \n", "catalog.empty", None, id="only white space"),
        pytest.param(HEADER.encode() + b'msgid "\xff"', "file.encoding", None, id="not UTF-8"),
        pytest.param(HEADER + 'msgid "a\0"', "file.control", 7, id="NUL"),
        pytest.param(HEADER + "hello\n", "catalog.syntax", 7, id="junk"),
        pytest.param("pyproject.toml", "catalog.syntax", 1, id="the name of another file"),
        pytest.param(HEADER + 'msgid "Search"\nmsgstr "Поиск\n', "catalog.syntax", 8, id="no closing quotation mark"),
        pytest.param(HEADER + 'msgid "Search"\nmsgstr Поиск"\n', "catalog.syntax", 8, id="no opening quotation mark"),
        pytest.param(HEADER + 'msgid "a"\nmsgstr "a "b" c"\n', "catalog.syntax", 8, id="quotation marks in the text"),
        pytest.param(HEADER + 'msgid "a"\nmsgstr "a\\"\n', "catalog.syntax", 8, id="the closing mark is escaped"),
        pytest.param(HEADER + 'msgid "a"\nmsgstr[x] "a"\n', "catalog.syntax", 8, id="a form without a number"),
        pytest.param(HEADER + 'msgid "a"\nmsgsrt "a"\n', "catalog.syntax", 8, id="a misspelt keyword"),
        pytest.param(HEADER + 'msgstr "a"\n', "catalog.syntax", 7, id="a translation of nothing"),
        pytest.param(HEADER + GOOD + '\nmsgid "Search"\nmsgstr "x"\n', "catalog.syntax", None, id="an entry twice"),
        pytest.param("#, fuzzy\n" + HEADER + GOOD, "catalog.fuzzy-header", 1, id="a fuzzy header"),
        pytest.param(HEADER.replace("Language: ru", "Language: uk"), "catalog.language", 1, id="another language"),
        pytest.param(HEADER.replace("nplurals=3", "nplurals=2"), "catalog.plural-forms", 1, id="another plural rule"),
        pytest.param(HEADER.replace("%100!=11", "%100!=12"), "catalog.plural-forms", 1, id="a plural rule that is off"),
        pytest.param(GOOD, "catalog.language", 1, id="no header"),
    ],
)
def test_broken_file(tmp_path: Path, text: str | bytes, code: str, line: int | None) -> None:
    """A file that cannot be trusted whole is withdrawn, with the line where there is one."""
    catalog, problems = load(tmp_path, text)
    assert_helpful(problems)
    assert (code, PATH, line) in {(problem.code, problem.path, problem.line) for problem in problems}
    assert {problem.severity for problem in problems} == {Severity.FAULT}
    assert not catalog.plurals
    assert not catalog.words or code == "catalog.plural-forms"


@pytest.mark.parametrize(
    ("entry", "code", "key"),
    [
        pytest.param(
            'msgid "by {name}"\nmsgstr "от {nmae}"', "catalog.placeholders", None, id="a misspelt placeholder"
        ),
        pytest.param('msgid "by {name}"\nmsgstr "от нас"', "catalog.placeholders", None, id="a lost placeholder"),
        pytest.param('msgid "us"\nmsgstr "{name}"', "catalog.placeholders", None, id="an invented placeholder"),
        pytest.param('msgctxt "c"\nmsgid "us"\nmsgstr "мы}"', "catalog.braces", "c", id="a stray brace"),
        pytest.param('msgid "us"\nmsgstr "{0.__class__}"', "catalog.braces", None, id="a format trick"),
        pytest.param('msgid "us"\nmsgstr "\u202eмы"', "catalog.invisible", None, id="a bidi override"),
        pytest.param('msgid "us"\nmsgstr "м\u200bы"', "catalog.invisible", None, id="a zero-width space"),
        pytest.param('msgid "us"\nmsgstr "м\u200cы"', "catalog.invisible", None, id="a joiner of another script"),
        pytest.param('msgid "us"\nmsgstr "м\u00adы"', "catalog.invisible", None, id="a soft hyphen"),
        pytest.param('msgid "us"\nmsgstr "мы\ufe0f"', "catalog.invisible", None, id="a variation selector"),
        pytest.param('msgid "us"\nmsgstr "мы\U000e0041"', "catalog.invisible", None, id="a tag character"),
        pytest.param('msgid "us"\nmsgstr "приcлать"', "catalog.look-alike", None, id="a Latin c in a Russian word"),
        pytest.param('msgid "us"\nmsgstr "c нами"', "catalog.look-alike", None, id="a Latin c for a Russian word"),
        pytest.param('msgid "us"\nmsgstr "маг1арул"', "catalog.look-alike", None, id="a digit for a palochka"),
        pytest.param('msgid "us"\nmsgstr "мы %(n)300000000s"', "catalog.percent", None, id="a wide printf format"),
        pytest.param('msgid "us"\nmsgstr "мы %s"', "catalog.percent", None, id="printf"),
        pytest.param('msgid "us"\nmsgstr "мы на 100 %"', "catalog.percent", None, id="a stray percent sign"),
        pytest.param('msgid "us"\nmsgstr "<b>мы</b>"', "catalog.markup", None, id="a tag"),
        pytest.param('msgid "us"\nmsgstr "&lt;мы"', "catalog.markup", None, id="an entity"),
        pytest.param('msgid "us"\nmsgstr " … "', "catalog.blank", None, id="no word"),
        pytest.param('msgid "us"\nmsgstr "' + "мы" * 300 + '"', "catalog.long", None, id="far too long"),
        pytest.param('msgid "5,000 in 2015"\nmsgstr "50 000 в 2015"', "catalog.numbers", None, id="another amount"),
        pytest.param('msgid "5,000 in 2015"\nmsgstr "5 000"', "catalog.numbers", None, id="a year lost"),
        pytest.param('msgid "us"\nmsgstr "нас 2"', "catalog.numbers", None, id="a number added"),
        pytest.param(
            'msgid "at https://a.example/x."\nmsgstr "на https://b.example/x."', "catalog.addresses", None, id="address"
        ),
        pytest.param('msgid "by {name}"\nmsgstr "{name}{name}{name}"', "catalog.placeholders", None, id="thrice"),
        pytest.param(
            'msgid "{n} a"\nmsgid_plural "{n} as"\nmsgstr[0] "{n}"', "catalog.plural", None, id="one form of three"
        ),
        pytest.param(
            'msgid "{n} a"\nmsgid_plural "{n} as"\nmsgstr[0] "{n}"\nmsgstr[1] ""\nmsgstr[2] "{n}"',
            "catalog.plural",
            None,
            id="an empty form",
        ),
        pytest.param(
            'msgid "{n} a"\nmsgid_plural "{n} as"\nmsgstr[0] "{n}"\nmsgstr[2] "{n}"\nmsgstr[4] "{n}"',
            "catalog.plural",
            None,
            id="forms with wrong numbers",
        ),
        pytest.param(
            'msgid "{n} a"\nmsgid_plural "{n} as"\nmsgstr[0] "{n}"\nmsgstr[1] "{m}"\nmsgstr[2] "{n}"',
            "catalog.placeholders",
            None,
            id="a wrong placeholder in one form",
        ),
    ],
)
def test_broken_entry(tmp_path: Path, entry: str, code: str, key: str | None) -> None:
    """A translation that would show wrongly is withdrawn alone, and named with its line and msgctxt."""
    catalog, problems = load(tmp_path, HEADER + GOOD + "\n" + entry + "\n")
    assert_helpful(problems)
    line = (HEADER + GOOD).count("\n") + 2
    assert (code, line, key) in {(problem.code, problem.line, problem.key) for problem in problems}
    assert {problem.severity for problem in problems} == {Severity.FAULT}
    sound, _ = load(tmp_path, HEADER + GOOD)
    assert (catalog.words, catalog.plurals) == (sound.words, sound.plurals)


@pytest.mark.parametrize(
    ("entry", "found", "warnings"),
    [
        pytest.param('#, fuzzy\nmsgid "us"\nmsgstr "мы"', None, ["catalog.fuzzy"], id="fuzzy is not used"),
        pytest.param('#~ msgid "us"\n#~ msgstr "мы"', None, [], id="obsolete is not used"),
        pytest.param('msgid "us"\nmsgstr ""', None, [], id="untranslated is not used"),
        pytest.param('msgid "us"\nmsgstr "мы"', "мы", [], id="translated is used"),
        pytest.param('msgid "5,000"\nmsgstr "5\u202f000"', None, [], id="another word"),
        pytest.param('msgid "us"\nmsgstr "SMS-мы, QR"', "SMS-мы, QR", [], id="two scripts in two words"),
        pytest.param('msgid ""\n"us"\nmsgstr ""\n"м"\n"ы"', "мы", [], id="in several lines"),
        pytest.param('# \u202e\nmsgid "us"\nmsgstr "«мы» \\"us\\""', '«мы» "us"', [], id="escaped quotation marks"),
    ],
)
def test_what_is_used(tmp_path: Path, entry: str, found: str | None, warnings: list[str]) -> None:
    """Unfinished work keeps nothing from being served and is never shown."""
    catalog, problems = load(tmp_path, HEADER + entry + "\n")
    assert catalog.find(None, "us") == found
    assert codes(problems) == warnings
    assert all(problem.severity is Severity.WARNING for problem in problems)


def test_a_plural_may_leave_its_number_out(tmp_path: Path) -> None:
    """Some languages say "one article" without a digit."""
    catalog, _ = load(tmp_path, HEADER + GOOD.replace('msgstr[0] "{n} статья"', 'msgstr[0] "одна статья"'))
    assert catalog.find_plural(None, "{n} article", "{n} articles", 1) == "одна статья"


def test_several_faults_at_once(tmp_path: Path) -> None:
    """Every entry at fault is named, and the header with them."""
    text = HEADER.replace("Language: ru", "Language: xx") + 'msgid "a"\nmsgstr "{a}"\n\nmsgid "b"\nmsgstr "{"\n'
    assert codes(load(tmp_path, text)[1]) == [
        "catalog.language",
        "catalog.placeholders",
        "catalog.braces",
        "catalog.blank",
    ]


def test_cut_anywhere(tmp_path: Path) -> None:
    """A file cut short at any byte is read or refused, and a word is never half there."""
    whole = (HEADER + GOOD).encode()
    path = tmp_path / PATH
    path.parent.mkdir(parents=True)
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        catalog, _ = load_catalog(tmp_path, RUSSIAN, "messages")
        assert catalog.find(None, "Search") in {None, "Поиск"}
        assert catalog.find("config", "Search") in {None, "Искать"}
