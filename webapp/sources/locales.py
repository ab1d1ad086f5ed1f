"""config/locales.toml: the registry of languages. Owns its spelling on disk; `core.locales` owns what tags mean."""

import re
from collections.abc import Mapping
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from typing import Annotated, Any

from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.core import get_global
from pydantic import Field, field_validator, model_validator

from webapp.core.model import Direction, Locale, LocaleState, LocaleTag
from webapp.core.tags import parse_tag
from webapp.errors import Problem, SourceError
from webapp.sources.parsing import Strict, Words, parse_model, parse_toml, read_text

LOCALES = "config/locales.toml"

SOURCE_LOCALE = LocaleTag("en")
"""The language of the words in templates and configuration."""


def language_aliases() -> Mapping[str, str]:
    """CLDR's replacements for deprecated and three-letter language subtags, as hyphened tags."""
    return {name: tag.replace("_", "-") for name, tag in get_global("language_aliases").items()}


class _LocaleModel(Strict):
    endonym: Words
    script: Annotated[str, Field(pattern=r"^[A-Z][a-z]{3}$")]
    direction: Annotated[Direction, Field(strict=False)]
    catalog: Annotated[str, Field(pattern=r"^[A-Za-z0-9_@-]+$")]
    formatting: str = ""
    date_pattern: str = ""
    months: Annotated[tuple[Words, ...], Field(min_length=12, max_length=12, strict=False)] | None = None
    plural_forms: str
    state: Annotated[LocaleState, Field(strict=False)]
    digits: Annotated[str, Field(min_length=10, max_length=10)] | None = None
    also: tuple[str, ...] = Field(default=(), strict=False)
    ui_fallback: tuple[str, ...] = Field(default=(), strict=False)
    legal_fallback: tuple[str, ...] = Field(default=(), strict=False)
    article_fallback: tuple[str, ...] = Field(default=(), strict=False)

    @field_validator("formatting")
    @classmethod
    def _known_to_babel(cls, value: str) -> str:
        try:
            BabelLocale.parse(value)
        except (UnknownLocaleError, ValueError):
            raise ValueError(f"Babel has no locale {value!r}; leave formatting out and give a date_pattern") from None
        return value

    @field_validator("date_pattern")
    @classmethod
    def _whole_date(cls, value: str) -> str:
        if (
            sorted(re.findall(r"[{][^{}]*[}]", value)) != ["{day}", "{month}", "{year}"]
            or len(re.findall("[{}]", value)) != 6
        ):
            raise ValueError("must hold {day}, {month} and {year}, each once, and no other brace")
        return value

    @field_validator("also")
    @classmethod
    def _ranges(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if parse_tag(name) != name:
                raise ValueError(f"{name!r} is not a language range in canonical case")
        return value

    @model_validator(mode="after")
    def _dates_can_be_written(self) -> "_LocaleModel":
        if not self.formatting and not self.date_pattern:
            raise ValueError("needs formatting, or where Babel lacks the language a date_pattern")
        if self.months and not self.date_pattern:
            raise ValueError("months are of no use without a date_pattern")
        return self

    @field_validator("plural_forms")
    @classmethod
    def _plural_rule(cls, value: str) -> str:
        parse_plural_forms(value)
        return value


@lru_cache(maxsize=256)
def parse_plural_forms(header: str) -> tuple[int, str]:
    """Split a gettext Plural-Forms header into the number of forms and the C expression. Raises ValueError."""
    found = re.match(r"\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*(.+?)\s*;?\s*\Z", header)
    if not found or not 1 <= int(found[1]) <= 6:
        raise ValueError('plural_forms must look like "nplurals=2; plural=(n != 1);"')
    try:
        rule = c2py(found[2])
        forms = {rule(number) for number in range(1000)}
    except (ValueError, ZeroDivisionError, RecursionError):
        raise ValueError(f"{found[2]!r} is not a plural expression") from None
    if not forms <= set(range(int(found[1]))):
        raise ValueError(f"the expression gives form {max(forms)}, but nplurals is {found[1]}")
    return int(found[1]), found[2]


def load_locales(root: Path) -> Mapping[LocaleTag, Locale]:
    """Read config/locales.toml, in file order. Raises SourceError with every Problem."""
    data = parse_toml(read_text(root / LOCALES, LOCALES), LOCALES)
    problems: list[Problem] = []
    locales: dict[LocaleTag, Locale] = {}
    for key, table in data.items():
        try:
            locales[LocaleTag(key)] = _to_locale(key, table)
        except SourceError as fault:
            problems += fault.problems
    if not data:
        problems.append(Problem("config.empty", LOCALES, "there is no language", "Add a table such as [en]."))
    problems += (*_check_chains(locales), *_check_also(locales)) if not problems else ()
    if problems:
        raise SourceError(problems)
    return locales


def _to_locale(key: str, table: Any) -> Locale:
    if parse_tag(key) != key:
        hint = f"Write it as {parse_tag(key) or 'a tag such as en or sr-Latn'}."
        message = f"{key!r} is not a BCP 47 tag in canonical case"
        raise SourceError([Problem("locale.tag", LOCALES, message, hint, key=key)])
    if not isinstance(table, dict):
        raise SourceError([Problem("config.value", LOCALES, "should be a table", f"Write [{key}].", key=key)])
    model = parse_model(_LocaleModel, table, LOCALES, prefix=key)
    return Locale(
        tag=LocaleTag(key),
        endonym=model.endonym,
        script=model.script,
        direction=model.direction,
        catalog=model.catalog,
        formatting=model.formatting,
        plural_forms=model.plural_forms,
        state=model.state,
        digits=model.digits or "0123456789",
        date_pattern=model.date_pattern,
        months=model.months or (),
        also=model.also,
        ui_fallback=tuple(map(LocaleTag, model.ui_fallback)),
        legal_fallback=tuple(map(LocaleTag, model.legal_fallback)),
        article_fallback=tuple(map(LocaleTag, model.article_fallback)),
    )


def _check_chains(locales: Mapping[LocaleTag, Locale]) -> list[Problem]:
    problems = []
    for locale in locales.values():
        for name in ("ui_fallback", "legal_fallback", "article_fallback"):
            chain: tuple[LocaleTag, ...] = getattr(locale, name)
            for tag in chain:
                if tag not in locales or tag == locale.tag or chain.count(tag) > 1:
                    message = f"{tag!r} is not another language of this file, named once"
                    hint = "Correct the tag, or remove it from the chain."
                    problems.append(Problem("locale.chain", LOCALES, message, hint, key=f"{locale.tag}.{name}"))
    return problems


def _check_also(locales: Mapping[LocaleTag, Locale]) -> list[Problem]:
    problems = []
    answered: dict[str, LocaleTag] = {tag: tag for tag in locales}
    for locale in locales.values():
        for name in locale.also:
            if name in answered:
                message = f"{name!r} is answered by {answered[LocaleTag(name)]} already"
                hint = "Let one language answer it."
                problems.append(Problem("locale.also", LOCALES, message, hint, key=f"{locale.tag}.also"))
            answered[name] = locale.tag
    return problems
