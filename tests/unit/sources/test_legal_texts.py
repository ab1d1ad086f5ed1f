"""Legal texts: the whole text or none of it, with the numbers of its source."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from webapp.core.model import CountryCode, Direction, Locale, LocaleState, LocaleTag, Notice, NoticeId
from webapp.errors import Problem, Severity
from webapp.sources.catalogs import PoCatalog
from webapp.sources.facts import numbers
from webapp.sources.formats import write_date
from webapp.sources.legal import HELD_DASH, Review, to_notice
from webapp.sources.notices import SECTIONS, NoticeSource

EN, RU, FA = LocaleTag("en"), LocaleTag("ru"), LocaleTag("fa")
FARSI_DIGITS = "۰۱۲۳۴۵۶۷۸۹"


def locale(tag: LocaleTag, direction: Direction = Direction.LTR, digits: str = "0123456789") -> Locale:
    rule = "nplurals=2; plural=(n != 1);"
    return Locale(tag, tag, "Latn", direction, tag, "en_GB" if tag == EN else tag, rule, LocaleState.FULL, digits)


LOCALES = {EN: locale(EN), RU: locale(RU), FA: locale(FA, Direction.RTL, FARSI_DIGITS)}
SEGMENTS = {
    "heading": "Before you read",
    "who": "If you are there",
    "what": "Sharing counts",
    "penalty": "5,000–15,000 under Article 20.33",
    "publisher": "{publisher} since {designated}",
    "more": "More",
    "reminder": "Remember",
    "about_title": "The law",
    **{f"about.{kind}.{number}": f"{kind} {number}" for kind in SECTIONS for number in (1, 2)},
}
SOURCE = NoticeSource(
    id=NoticeId("closed-press"),
    version=3,
    jurisdiction=CountryCode("XA"),
    rules=(),
    acts=(),
    publisher="Lantern",
    designated=date(2024, 2, 20),
    register_url="https://register.example",
    reviewed_on=None,
    review_by=date(2027, 3, 1),
    segments=SEGMENTS,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("5\xa0000–15\xa0000", f"5\xa0000{HELD_DASH}15\xa0000", id="spaces in numbers"),
        pytest.param("۱–۲, ۳–۴", f"۱{HELD_DASH}۲, ۳{HELD_DASH}۴", id="two, in other digits"),
        pytest.param("1–2–3", f"1{HELD_DASH}2{HELD_DASH}3", id="one after another"),
        pytest.param("Article 20 – in 2024", "Article 20 – in 2024", id="a dash between words"),
        pytest.param("1 –2, –3, 4–", "1 –2, –3, 4–", id="no range"),
    ],
)
def test_no_range_of_numbers_is_parted(text: str, shown: str) -> None:
    """A line may end before or after a range, never inside it."""
    heading = {"heading": text}
    source = replace(SOURCE, segments={**SEGMENTS, **heading})
    notice, _ = made(source, {EN: LOCALES[EN]}, {})
    assert notice.texts[EN].heading == shown


def catalog(**changes: str | None) -> PoCatalog:
    """Return a catalog that holds every segment as it stands, with changes; None takes a segment out."""
    texts: Mapping[str, str | None] = {**SEGMENTS, **{name.replace("__", "."): text for name, text in changes.items()}}
    words: dict[tuple[str | None, str], str] = {
        (SOURCE.context(name), SEGMENTS[name]): text for name, text in texts.items() if text is not None
    }
    return PoCatalog(words, {}, lambda number: 0)


def made(
    source: NoticeSource, locales: Mapping[LocaleTag, Locale], catalogs: Mapping[LocaleTag, PoCatalog]
) -> tuple[Notice, tuple[Problem, ...]]:
    """Make the notice where approvals are advised, and leave out that nobody has given one."""
    notice, problems = to_notice(source, locales, catalogs, EN, Review(date(2026, 11, 24)))
    return notice, tuple(it for it in problems if it.code != "legal.unreviewed")


def test_whole_text() -> None:
    """A whole translation becomes a text: filled in, in its own dates, digits and direction."""
    notice, problems = made(SOURCE, LOCALES, {RU: catalog(), FA: catalog()})
    assert problems == ()
    assert list(notice.texts) == [EN, RU, FA]
    assert notice.texts[EN].publisher == "Lantern since 20 February 2024"
    assert notice.texts[EN].penalty == f"5,000{HELD_DASH}15,000 under Article 20.33"
    assert notice.texts[RU].publisher == "Lantern since 20 февраля 2024\u202fг."
    assert "۲۰۲۴" in notice.texts[FA].publisher
    assert notice.texts[FA].direction is Direction.RTL
    assert [section.kind for section in notice.texts[RU].sections] == list(SECTIONS)
    assert notice.texts[RU].sections[0].paragraphs == ("law 1", "law 2")


@pytest.mark.parametrize(
    "name", ["heading", "who", "penalty", "reminder", "about_title", "about.law.2", "about.since.1"]
)
def test_one_missing_segment_keeps_the_whole_text_out(name: str) -> None:
    """A text is never mixed from two languages: without one segment there is none in that language."""
    partial = catalog(**{name.replace(".", "__"): None})
    notice, (problem,) = made(SOURCE, LOCALES, {RU: partial, FA: catalog()})
    assert RU not in notice.texts
    assert FA in notice.texts
    assert (problem.code, problem.severity) == ("legal.incomplete", Severity.WARNING)
    assert (problem.path, problem.key) == ("translations/ru/LC_MESSAGES/notices.po", f"closed-press/3/{name}")


def test_no_translation_at_all() -> None:
    """A language without any legal words is one warning that counts them, not one for each."""
    empty = PoCatalog({}, {}, lambda number: 0)
    notice, (problem,) = made(SOURCE, LOCALES, {RU: empty, FA: catalog()})
    assert RU not in notice.texts
    assert f"lacks {len(SEGMENTS)} of {len(SEGMENTS)}" in problem.message
    assert f"and {len(SEGMENTS) - 4} more" in problem.message


def test_words_of_an_older_version_do_not_count() -> None:
    """Raising the version voids every translation, since the version stands in the msgctxt."""
    newer = replace(SOURCE, version=4)
    notice, problems = made(newer, {EN: LOCALES[EN], RU: LOCALES[RU]}, {RU: catalog()})
    assert list(notice.texts) == [EN]
    assert problems[0].key == "closed-press/4/heading"


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        pytest.param("от 5 000 до 15 000 по статье 20.33", False, id="spaces that would break a number in two"),
        pytest.param("от 5\u00a0000 до 15\u202f000 по статье 20.33", True, id="spaces that do not break"),
        pytest.param("Статья 20.33: 5.000–15.000", True, id="another order, points between thousands"),
        pytest.param("۵٬۰۰۰ تا ۱۵٬۰۰۰ مادهٔ ۲۰.۳۳", True, id="Persian digits"),
        pytest.param("5,000–50,000 under Article 20.33", False, id="another amount"),
        pytest.param("5,000–15,000 under Article 20.3", False, id="another article"),
        pytest.param("5,000–15,000", False, id="an article is missing"),
        pytest.param("от пяти до пятнадцати тысяч", False, id="in words"),
        pytest.param("5,000–15,000 under Article 20.33 of 2001", False, id="a number too many"),
    ],
)
def test_numbers_must_be_those_of_the_source(text: str, fit: bool) -> None:
    """Amounts, articles and years are the law: a text that changes one is not shown."""
    notice, problems = made(SOURCE, LOCALES, {RU: catalog(penalty=text), FA: catalog()})
    assert (RU in notice.texts) is fit
    assert [(it.code, it.key) for it in problems] == ([] if fit else [("legal.numbers", "closed-press/3/penalty")])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="none"),
        pytest.param("1,234,567", ["1234567"], id="millions"),
        pytest.param("Article 361-1 and 19.11(2)", ["19.11", "2", "361-1"], id="articles"),
        pytest.param("1 July 2021, 292-FZ", ["1", "2021", "292"], id="dates and laws"),
        pytest.param("٤٢", ["42"], id="Arabic digits"),
        pytest.param("2–6 years", ["2", "6"], id="a range"),
    ],
)
def test_numbers(text: str, expected: list[str]) -> None:
    """Numbers are compared without separators, in ASCII, in any order."""
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("tag", "written"), [(EN, "20 February 2024"), (RU, "20 февраля 2024\u202fг."), (FA, "۲۰ فوریهٔ ۲۰۲۴")]
)
def test_dates(tag: LocaleTag, written: str) -> None:
    """A date is written in full, with its year, in the language's own words and digits."""
    assert write_date(date(2024, 2, 20), LOCALES[tag]) == written
