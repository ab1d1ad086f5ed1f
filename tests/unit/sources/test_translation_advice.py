"""Advice on translations: what looks odd is told, what is right is not."""

import polib
import pytest

from tests.unit.sources.test_po_catalogs import RUSSIAN
from webapp.core.model import Direction, Locale, LocaleState, LocaleTag
from webapp.sources.advice import advise_catalog, advise_entry, advise_legal
from webapp.sources.scripts import find_mixed_words, find_unseen, script_of

ARMENIAN = Locale(
    LocaleTag("hy"), "Հայերեն", "Armn", Direction.LTR, "hy", "hy", "nplurals=1; plural=0;", LocaleState.DRAFT
)
MARKERS = {"not": ("не", "без"), "may": ("мож", "-возмож"), "must": ("долж",)}


def entry(msgid: str, msgstr: str, comment: str = "") -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, tcomment=comment, linenum=1)


@pytest.mark.parametrize(
    ("source", "text", "codes"),
    [
        pytest.param("Search articles", "Поиск по статьям", [], id="sound"),
        pytest.param("Search articles", "Search articles", ["same"], id="the English text"),
        pytest.param("Signal", "Signal", ["script"], id="a name in Latin letters is asked about"),
        pytest.param("Search articles", "Poisk po statyam", ["script"], id="another script"),
        pytest.param("Search", "Поиск по всем статьям этого сайта, на всех языках", ["twice"], id="far longer"),
        pytest.param("Search", " Поиск", ["spaces"], id="white space"),
        pytest.param("It is so.", "Это так", ["end"], id="a full stop lost"),
        pytest.param("Search", "Поиск.", ["end"], id="a full stop added"),
        pytest.param("Is it so?", "Это так.", ["end"], id="a question lost"),
        pytest.param("It is “so”.", "Это «так».", [], id="quotation marks"),
        pytest.param("On {date}.", "{date}", [], id="a date that brings its own full stop"),
    ],
)
def test_advice(source: str, text: str, codes: list[str]) -> None:
    """Each finding says what is odd."""
    found = [it.code.removeprefix("catalog.") for it in advise_entry(entry(source, text), RUSSIAN, "x.po")]
    assert found == codes


def test_armenian_ends_its_own_way() -> None:
    """Armenian full stops and questions are no oddity."""
    for source, text in (("It is so.", "Այդպես է։"), ("Is it so?", "Այդպե՞ս է։")):
        assert list(advise_entry(entry(source, text), ARMENIAN, "x.po")) == []


@pytest.mark.parametrize(
    ("source", "text", "comment", "codes"),
    [
        pytest.param("You may not share it.", "Вы не можете этим делиться.", "", [], id="both there"),
        pytest.param("You may not share it.", "Вы можете этим делиться.", "", ["marker"], id="not is lost"),
        pytest.param("You must not share it.", "Не делитесь этим.", "", ["marker"], id="must is lost"),
        pytest.param("You must not share it.", "Не делитесь.", "acknowledged: must", [], id="acknowledged"),
        pytest.param("You may share.", "Делитесь.", "acknowledged: not, may", [], id="two acknowledged"),
        pytest.param("It began on 1 May.", "Это началось 1 мая.", "", [], id="the month of May is no may"),
        pytest.param("One. Two.", "Одно, два.", "", ["sentences"], id="one sentence less"),
        pytest.param("It was so on 23 May.", "Было 23. маја тако.", "", [], id="an ordinal's point ends nothing"),
        pytest.param("One (two). Three.", "Раз (два). Три.", "", [], id="a bracket before the end"),
        pytest.param("By 99-FZ (law). One.", "От 1. јула (закон 99-FZ). Један.", "", [], id="two letters in a bracket"),
        pytest.param("It is so. Go on.", "სწორია ის. განაგრძეთ.", "", [], id="Georgian has small letters only"),
        pytest.param("It is so. Go on.", "سمه ده. لاړ شه.", "", [], id="two letters end a sentence in Pashto"),
        pytest.param("So it is. Go on.", "Така е ви. Вървете.", "", [], id="two letters and a capital"),
        pytest.param("By article 20 it is so.", "По ст. 20 это так.", "", [], id="an abbreviation before a number"),
        pytest.param("Since 2024 it is “so”.", "Од 2024. „тако“ је.", "", [], id="an ordinal before a quotation"),
        pytest.param("It is “so”. Go on.", "То је „тако“. Иди даље.", "", [], id="a German closing mark"),
        pytest.param("It is that. 5 years.", "Այդպես չէ։ 5 տարի։", "", [], id="an Armenian full stop before a number"),
    ],
)
def test_legal_advice(source: str, text: str, comment: str, codes: list[str]) -> None:
    """Every not, may and must is found, or acknowledged by the translator."""
    found = [it.code.removeprefix("catalog.") for it in advise_legal(entry(source, text, comment), MARKERS, "x.po")]
    assert found == codes


def test_inconsistent_words() -> None:
    """The same English words in two ways are told once, on the second line."""
    catalog = polib.POFile()
    catalog.extend(
        polib.POEntry(msgctxt=context, msgid="More", msgstr=text, linenum=line)
        for line, (context, text) in enumerate([("a", "Ещё"), ("b", "Больше"), ("c", "Ещё")], start=1)
    )
    assert [(it.line, it.code) for it in advise_catalog(catalog, "x.po")] == [
        (2, "catalog.inconsistent"),
        (3, "catalog.inconsistent"),
    ]


@pytest.mark.parametrize(
    ("letter", "script"),
    [
        *[(it, "Latn") for it in "añıə"],
        *[(it, "Cyrl") for it in "яӏғӑӕ"],
        *[("ა", "Geor"), ("ա", "Armn"), ("ه", "Arab"), ("ʻ", None), ("1", None), ("中", "Zyyy")],
    ],
)
def test_scripts(letter: str, script: str | None) -> None:
    """Each letter has its script; the turned comma of Uzbek has none."""
    assert script_of(letter) == script


@pytest.mark.parametrize(
    ("text", "script", "mixed"),
    [
        pytest.param("Qırımtatarca, oʻzbekcha", "Latn", [], id="Latin letters with marks"),
        pytest.param("Магъарул мацӀ", "Cyrl", [], id="a palochka"),
        pytest.param("Магъарул мац1", "Cyrl", ["мац1"], id="a digit for a palochka"),
        pytest.param("ҡаҙаҡ ӑ ӗ ӕ", "Cyrl", [], id="letters of Bashkir, Chuvash, Ossetic"),
        pytest.param("ирон æвзаг", "Cyrl", ["æвзаг"], id="a Latin ligature in Ossetic"),
        pytest.param("чăваш", "Cyrl", ["чăваш"], id="a Latin breve in Chuvash"),
        pytest.param("Telegram и X", "Cyrl", ["X"], id="a lonely letter that looks Cyrillic"),
        pytest.param("SMS и QR", "Cyrl", [], id="words of another script"),
        pytest.param("2-е, 15-го", "Cyrl", [], id="numbers with endings"),
        pytest.param("сayt", "Latn", ["сayt"], id="a Cyrillic letter in a Latin word"),
    ],
)
def test_mixed_words(text: str, script: str, mixed: list[str]) -> None:
    """A letter that only looks right is found, and nothing else."""
    assert list(find_mixed_words(text, script)) == mixed


def test_what_cannot_be_seen() -> None:
    """The non-joiner belongs to Persian and to no other script here."""
    assert find_unseen("می‌شود", "Arab") is None
    assert find_unseen("м‌ы", "Cyrl") == "\u200c"
    assert find_unseen("می\u200dشود", "Arab") == "\u200d"
    assert find_unseen("line\nline\tx \u00a0\u202f", "Latn") is None
