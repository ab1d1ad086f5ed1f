"""Dates, times, numbers and lists, as a locale writes them. Knows no words; never borrows another language's months.

Where Babel has the language, CLDR decides. Where it has not, or knows no names of months, the registry's own
pattern does (`date_pattern` and `months` in config/locales.toml), and a list is joined by commas.
"""

from collections.abc import Iterable
from datetime import date, datetime

from babel import localedata
from babel.dates import format_date, format_time
from babel.lists import format_list

from webapp.core.model import Direction, Locale

_UNUSED = (
    "compact_currency_formats", "compact_decimal_formats", "compound_unit_patterns", "currency_names",
    "currency_names_plural", "currency_symbols", "currency_unit_patterns", "date_fields", "datetime_skeletons",
    "interval_formats", "languages", "meta_zones", "scripts", "territories", "time_zones", "unit_display_names",
    "unit_patterns", "variants",
)  # fmt: skip
"""What Babel knows of a language that nothing here asks: names of countries, currencies, units, time zones."""


def forget_unused() -> None:
    """Drop that from what Babel has loaded: a third of all objects in a server of thirty languages.

    Only for a process that asks nothing else of Babel from then on. A language loaded later is loaded whole.
    """
    for table in getattr(localedata, "_cache", {}).values():  # Babel's own, which it keeps for ever
        for name in _UNUSED:
            table.pop(name, None)


def write_number(number: int, locale: Locale) -> str:
    """Write a small whole number in the locale's digits."""
    return in_digits(str(number), locale)


def write_date(day: date, locale: Locale) -> str:
    """Write a date in full, with its year."""
    if not locale.date_pattern:
        return in_digits(format_date(day, "long", locale=locale.formatting), locale)
    month = locale.months[day.month - 1] if locale.months else f"{day.month:02}"
    number = str(day.day) if locale.months else f"{day.day:02}"
    return in_digits(locale.date_pattern.format(day=number, month=month, year=day.year), locale)


def write_time(moment: datetime, locale: Locale) -> str:
    """Write a date and a time of day, which is taken to be UTC."""
    known = locale.formatting
    clock = format_time(moment, "short", locale=known) if known else f"{moment:%H:%M}"
    return in_digits(f"{write_date(moment, locale)}{_comma(locale)}{clock} UTC", locale)


def write_list(items: Iterable[str], locale: Locale) -> str:
    """Join items as the locale joins a list."""
    if locale.formatting:
        return format_list(list(items), locale=locale.formatting)
    return _comma(locale).join(items)


def _comma(locale: Locale) -> str:
    return "، " if locale.direction is Direction.RTL else ", "


def in_digits(text: str, locale: Locale) -> str:
    """Replace 0–9 by the locale's digits."""
    return text.translate({ord("0") + value: digit for value, digit in enumerate(locale.digits)})
