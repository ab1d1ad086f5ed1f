"""Interface words: found along the chain, escaped, marked when in another language; dates and numbers by locale."""

from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup, escape

from tests.newsroom import EN, FA, LOCALES, RU, UK, Phrases, make_newsroom
from webapp.core.model import LocaleTag
from webapp.site.words import Words

EDITION = make_newsroom(
    catalogs={
        RU: Phrases(
            {(None, "Search"): "Поиск", (None, "By {name}"): "{name} пишет", ("config", "Search"): "Розыск"},
            {"{n} article": ("{n} статья", "{n} статей")},
        ),
        FA: Phrases({(None, "Follow"): "دنبال کنید"}, {"{n} article": ("{n} مقاله", "{n} مقاله")}),
    }
)


def words(tag: LocaleTag) -> Words:
    """The words functions of one language."""
    return Words(EDITION, LOCALES[tag])


@pytest.mark.parametrize(
    ("tag", "message", "shown"),
    [
        pytest.param(EN, "Search", "Search", id="the source language is its own translation"),
        pytest.param(RU, "Search", "Поиск", id="translated"),
        pytest.param(FA, "Follow", "دنبال کنید", id="translated, right to left"),
        pytest.param(FA, "Search", '<span lang="ru" dir="ltr">Поиск</span>', id="from the chain, marked"),
        pytest.param(UK, "Search", '<span lang="en" dir="ltr">Search</span>', id="from the end of the chain, marked"),
    ],
)
def test_word_is_found_along_the_chain(tag: LocaleTag, message: str, shown: str) -> None:
    """The nearest language that has the word gives it; another language than the page's says so."""
    assert escape(words(tag).t(message)) == shown


def test_plain_text_has_no_marks() -> None:
    """In attributes and titles a word stands alone, whatever its language."""
    text = words(FA).t("Search")
    assert (text.plain, str(text), text.lang, text.foreign) == ("Поиск", "Поиск", "ru", True)


def test_context_tells_words_apart() -> None:
    """The same English word can have two translations, however often each is asked for."""
    russian = words(RU)
    for _ in range(2):
        assert russian.tp("config", "Search").plain == "Розыск"
        assert russian.tp("other", "Search").plain == "Search"
        assert russian.t("Search").plain == "Поиск"


def test_values_are_filled_in_anew() -> None:
    """A word with a value says the value that it is given, each time."""
    russian = words(RU)
    assert [russian.t("By {name}", name=name).plain for name in ("Ann", "Eve")] == ["Ann пишет", "Eve пишет"]


@pytest.mark.parametrize(
    ("value", "shown", "plain"),
    [
        pytest.param("Ann", "Ann пишет", "Ann пишет", id="text"),
        pytest.param("<b>&", "&lt;b&gt;&amp; пишет", "<b>& пишет", id="markup in a value is text"),
        pytest.param(Markup("<i>Ann</i>"), "<i>Ann</i> пишет", "Ann пишет", id="markup of our own"),
        pytest.param("{name}", "{name} пишет", "{name} пишет", id="a value is not filled again"),
        pytest.param("", " пишет", " пишет", id="empty"),
    ],
)
def test_placeholder_is_filled(value: str, shown: str, plain: str) -> None:
    """What fills a placeholder is escaped, unless it is markup of our own."""
    text = words(RU).t("By {name}", name=value)
    assert (escape(text), text.plain) == (shown, plain)


def test_translation_is_never_markup() -> None:
    """A translator cannot put an element on the page."""
    edition = make_newsroom(catalogs={RU: Phrases({(None, "Hi"): "<script>x</script>"})})
    assert escape(Words(edition, LOCALES[RU]).t("Hi")) == "&lt;script&gt;x&lt;/script&gt;"


@pytest.mark.parametrize(
    ("tag", "number", "shown"),
    [
        pytest.param(EN, 1, "1 article", id="English, one"),
        pytest.param(EN, 0, "0 articles", id="English, none"),
        pytest.param(RU, 1, "1 статья", id="Russian, one"),
        pytest.param(RU, 12, "12 статей", id="Russian, many"),
        pytest.param(FA, 12, "۱۲ مقاله", id="Persian digits"),
        pytest.param(UK, 2, "2 articles", id="from the chain"),
    ],
)
def test_plural(tag: LocaleTag, number: int, shown: str) -> None:
    """A number chooses the form, and is written in the locale's digits."""
    assert words(tag).tn("{n} article", "{n} articles", number).plain == shown


MOMENT = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
DATED = make_newsroom(
    catalogs={
        RU: Phrases({(None, "On {date}"): "{date} было", (None, "By {names}"): "Авторы: {names}"}),
        FA: Phrases({(None, "On {date}"): "در {date}", (None, "By {names}"): "از {names}"}),
    }
)


def fill(tag: LocaleTag, message: str, **values: object) -> str:
    """A text with what fills it, with plain spaces."""
    return Words(DATED, LOCALES[tag]).t(message, **values).plain.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("tag", "day", "moment"),
    [
        pytest.param(EN, "On 24 November 2026", "On 24 November 2026, 12:05 UTC", id="English"),
        pytest.param(RU, "24 ноября 2026 г. было", "24 ноября 2026 г., 12:05 UTC было", id="Russian"),
        pytest.param(UK, "On 24 November 2026", "On 24 November 2026, 12:05 UTC", id="Ukrainian, in English words"),
        pytest.param(FA, "در ۲۴ نوامبر ۲۰۲۶", "در ۲۴ نوامبر ۲۰۲۶، ۱۲:۰۵ UTC", id="Persian"),
    ],
)
def test_dates_are_in_the_language_of_the_words(tag: LocaleTag, day: str, moment: str) -> None:
    """Dates carry the year and the language's own words and digits, and that of a fallback when the words are its; a
    time of day says that it is UTC."""
    assert fill(tag, "On {date}", date=date(2026, 11, 24)) == day
    assert fill(tag, "On {date}", date=MOMENT) == moment


def test_a_date_on_its_own_is_in_the_locale() -> None:
    """Where no words stand around it."""
    assert words(UK).write_date(date(2026, 11, 24)).replace("\u202f", " ") == "24 листопада 2026 р."


def test_dates_can_be_read_by_programs() -> None:
    """Each stands in an element that gives it in one way for all languages."""
    shown = escape(Words(DATED, LOCALES[RU]).t("On {date}", date=MOMENT))
    assert '<time datetime="2026-11-24T12:05:00+00:00">' in shown


@pytest.mark.parametrize(
    ("tag", "items", "shown"),
    [
        pytest.param(EN, ("AFP",), "By AFP", id="one"),
        pytest.param(EN, ("AFP", "Reuters", "AP"), "By AFP, Reuters and AP", id="English"),
        pytest.param(RU, ("AFP", "Reuters", "AP"), "Авторы: AFP, Reuters и AP", id="Russian"),
        pytest.param(UK, ("AFP", "Reuters", "AP"), "By AFP, Reuters and AP", id="Ukrainian, in English words"),
        pytest.param(FA, ("AFP", "AP"), "از AFP و AP", id="Persian"),
        pytest.param(EN, (), "By ", id="none"),
    ],
)
def test_lists_are_joined_by_the_language_of_the_words(tag: LocaleTag, items: tuple[str, ...], shown: str) -> None:
    """A list is joined as the language joins it."""
    assert fill(tag, "By {names}", names=items) == shown
