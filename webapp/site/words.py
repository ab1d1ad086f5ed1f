"""Interface words for one page: found along the locale's chain, shown as text, marked when in another language.

A translation is never markup. Placeholders are braces around a name; what fills them is escaped unless it is
Markup of our own. A word that had to come from a fallback language says so with `lang` and `dir`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from markupsafe import Markup, escape

from webapp.core.model import Catalog, Direction, Edition, Locale, LocaleTag
from webapp.sources import formats
from webapp.sources.locales import SOURCE_LOCALE
from webapp.sources.placeholders import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Text:
    """A word as it will be shown. Printing it in a template escapes it; `plain` is for attributes and titles."""

    template: str
    values: dict[str, object]
    lang: LocaleTag
    direction: Direction
    foreign: bool

    @property
    def plain(self) -> str:
        """The text alone, unescaped, without marks of language."""
        return PLACEHOLDER.sub(lambda found: _plain(self.values[found[1]]), self.template)

    def __str__(self) -> str:
        return self.plain

    def __html__(self) -> str:
        if "{" not in self.template and not self.foreign:  # most of them: nothing to fill in, nothing to mark
            return str(escape(self.template))
        pieces = PLACEHOLDER.split(self.template)
        filled = [escape(self.values[piece]) if index % 2 else escape(piece) for index, piece in enumerate(pieces)]
        text = Markup().join(filled)
        if not self.foreign:
            return str(text)
        return str(Markup('<span lang="{}" dir="{}">{}</span>').format(self.lang, self.direction.value, text))


def _plain(value: object) -> str:
    return value.striptags() if isinstance(value, Markup) else str(value)


def _write(value: object, locale: Locale) -> object:
    if isinstance(value, datetime):
        return _as_time(value, formats.write_time(value, locale))
    if isinstance(value, date):
        return _as_time(value, formats.write_date(value, locale))
    if isinstance(value, int):
        return formats.write_number(value, locale)
    return formats.write_list(value, locale) if isinstance(value, tuple) else value


def _as_time(value: date, written: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), written)


class Words:
    """The words functions that templates are given, for one edition and one locale."""

    def __init__(self, edition: Edition, locale: Locale) -> None:
        self._locale = locale
        chain = [locale.tag, *locale.ui_fallback]
        self._chain = [(edition.locales[tag], edition.catalogs[tag]) for tag in chain]
        self._last = edition.locales.get(SOURCE_LOCALE)
        self._known: dict[tuple[str | None, str], Text] = {}

    def t(self, message: str, **values: object) -> Text:
        """Translate a message of the interface."""
        return self._translate(None, message, values)

    def tp(self, context: str, message: str, **values: object) -> Text:
        """Translate a message that has a msgctxt."""
        return self._translate(context, message, values)

    def _translate(self, context: str | None, message: str, values: dict[str, object]) -> Text:
        """Translate; without values a message is the same each time. All are the program's or the edition's own."""
        known = None if values else self._known.get((context, message))
        if known is None:
            known = self._find(message, values, lambda catalog: catalog.find(context, message))
            if not values:
                self._known[context, message] = known
        return known

    def tn(self, one: str, many: str, number: int, **values: object) -> Text:
        """Translate a message with a number, which fills `{n}`."""
        source = one if number == 1 else many
        filled = {"n": number, **values}
        return self._find(source, filled, lambda catalog: catalog.find_plural(None, one, many, number))

    def _find(self, source: str, values: dict[str, object], ask: Callable[[Catalog], str | None]) -> Text:
        for locale, catalog in self._chain:
            found = source if locale.tag == SOURCE_LOCALE else ask(catalog)
            if found:
                return self._fill(found, values, locale)
        filled = self._fill(source, values, self._last or self._locale)
        return replace(filled, lang=SOURCE_LOCALE, direction=Direction.LTR, foreign=self._locale.tag != SOURCE_LOCALE)

    def _fill(self, template: str, values: dict[str, object], locale: Locale) -> Text:
        """Fill a text in its own language: its dates, numbers and lists are written as that language writes them."""
        filled = {name: _write(value, locale) for name, value in values.items()}
        return Text(template, filled, locale.tag, locale.direction, locale.tag != self._locale.tag)

    def write_number(self, number: int) -> str:
        """Write a whole number in the locale's digits."""
        return formats.write_number(number, self._locale)

    def write_date(self, day: date) -> str:
        """Write a date in full, with its year."""
        return formats.write_date(day, self._locale)
