"""A new language for the registry: what CLDR knows of it as a table of config/locales.toml, the rest as safe guesses.

The guesses are marked in the table by a comment, so that a person who knows the language looks at them.
"""

from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

import tomlkit
from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.core import get_global
from babel.plural import to_gettext
from tomlkit.items import Table

from webapp.core.model import LocaleTag
from webapp.sources.closing import with_closing, without_closing
from webapp.sources.locales import LOCALES, parse_plural_forms
from webapp.sources.parsing import read_text

RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"})
ONE_FORM, TWO_FORMS = "nplurals=1; plural=0;", "nplurals=2; plural=(n != 1);"
USUAL_RULES = (
    ONE_FORM,
    TWO_FORMS,
    "nplurals=2; plural=(n > 1);",
    "nplurals=2; plural=(n%10==1 && n%100!=11 ? 0 : 1);",
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "nplurals=3; plural=(n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2);",
    "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "nplurals=3; plural=(n==1 ? 0 : n>=2 && n<=4 ? 1 : 2);",
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);",
)
"""The rules as translators' programs write them. CLDR's own are translated only where none of these is the same."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who adds a language knows better than CLDR."""

    endonym: str = ""
    script: str = ""
    plural_forms: str = ""
    fallback: tuple[LocaleTag, ...] = ()


def add_locale(root: Path, tag: LocaleTag, wishes: Wishes) -> str:
    """Return config/locales.toml with a table for `tag` at its end. Raises SourceError when it cannot be read.

    A language that answered for it until now answers for it no longer.
    """
    registry = tomlkit.parse(without_closing(read_text(root / LOCALES, LOCALES)))
    for table in registry.values():
        answered = table.get("also", []) if isinstance(table, Table) else []
        if tag in answered:
            answered.remove(tag)
    registry.add(tomlkit.nl())
    registry.add(tag, make_table(tag, wishes))
    return with_closing(tomlkit.dumps(registry))


def make_table(tag: LocaleTag, wishes: Wishes) -> Table:
    """Return the table of a language, from CLDR as far as CLDR knows it."""
    known = _find_in_babel(tag)
    script = wishes.script or _likely_script(tag)
    table = tomlkit.table()
    table.add(tomlkit.comment("Added by `webapp i18n add`: check every line, above all the fallbacks."))
    table["endonym"] = wishes.endonym or (known and known.get_display_name(known)) or tag
    table["script"] = script
    table["direction"] = "rtl" if script in RIGHT_TO_LEFT else "ltr"
    table["catalog"] = tag
    if known:
        table["formatting"] = str(known)
    if not known or not known.months["format"]["wide"][1].isalpha():  # CLDR's root writes "M01"
        table["date_pattern"] = "{year}-{month}-{day}"
    table["plural_forms"] = wishes.plural_forms or _plural_forms(known)
    table["state"] = "draft"
    for name in ("ui_fallback", "legal_fallback", "article_fallback"):
        table[name] = list(wishes.fallback)
    return table


def _find_in_babel(tag: str) -> BabelLocale | None:
    try:
        return BabelLocale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _likely_script(tag: str) -> str:
    subtags = tag.split("-")
    if given := next((it for it in subtags[1:] if len(it) == 4 and it.isalpha()), None):
        return given
    likely = get_global("likely_subtags")
    found: str = likely.get(tag.replace("-", "_")) or likely.get(subtags[0]) or ""
    return next((it for it in found.split("_")[1:] if len(it) == 4), "Latn")


def _plural_forms(known: BabelLocale | None) -> str:
    if known is None:
        return TWO_FORMS
    for header in USUAL_RULES:
        forms, expression = parse_plural_forms(header)
        rule = c2py(expression)
        pairs = {(known.plural_form(number), rule(number)) for number in range(1000)}
        if len(pairs) == forms == len({name for name, _ in pairs}):
            return header
    return f"{to_gettext(known.plural_form).rstrip(';')};"
