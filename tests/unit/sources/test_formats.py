"""Dates, times, numbers and lists in every language of the registry, those that Babel lacks among them."""

import unicodedata
from datetime import UTC, date, datetime

import pytest

from tests.samples import REPOSITORY
from webapp.core.model import Locale, LocaleTag
from webapp.sources.formats import write_date, write_list, write_number, write_time
from webapp.sources.locales import load_locales

LOCALES = load_locales(REPOSITORY)
DAY = date(2026, 11, 4)


@pytest.mark.parametrize("locale", [pytest.param(it, id=tag) for tag, it in LOCALES.items()])
def test_a_date_has_its_year_and_no_raw_month(locale: Locale) -> None:
    """Twelve dates differ, carry the year in the language's digits, and none is CLDR's "M11"."""
    written = [write_date(date(2026, month, 4), locale) for month in range(1, 13)]
    assert len(set(written)) == 12
    year = "2026".translate({ord("0") + value: digit for value, digit in enumerate(locale.digits)})
    assert all(year in it for it in written)
    assert not any(f"M{month:02}" in it for month, it in enumerate(written, start=1))
    letters = {unicodedata.name(it).split()[0] for it in "".join(written) if it.isalpha()}
    scripts = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Armn": "ARMENIAN", "Geor": "GEORGIAN", "Arab": "ARABIC"}
    assert letters <= {scripts[locale.script]}


@pytest.mark.parametrize(
    ("tag", "day", "moment"),
    [
        ("crh", "4 noyabr 2026", "4 noyabr 2026, 05:06 UTC"),
        ("av", "04.11.2026", "04.11.2026, 05:06 UTC"),
        ("ba", "4 ноябрь 2026 й.", "4 ноябрь 2026 й., 05:06 UTC"),
        ("tg", "4 ноябри соли 2026", "4 ноябри соли 2026, 05:06 UTC"),
        ("ps", "۲۰۲۶ نومبر ۴", "۲۰۲۶ نومبر ۴، ۵:۰۶ UTC"),
    ],
)
def test_languages_that_babel_lacks_or_half_knows(tag: str, day: str, moment: str) -> None:
    """The registry's own pattern and months are used, or figures."""
    locale = LOCALES[LocaleTag(tag)]
    assert write_date(DAY, locale) == day
    assert write_time(datetime(2026, 11, 4, 5, 6, tzinfo=UTC), locale) == moment


def test_lists_and_numbers_without_babel() -> None:
    """A list is joined by commas, a number is written in the language's digits."""
    assert write_list(["AFP", "AP"], LOCALES[LocaleTag("av")]) == "AFP, AP"
    assert write_list([], LOCALES[LocaleTag("av")]) == ""
    assert write_number(42, LOCALES[LocaleTag("fa-AF")]) == "۴۲"
