"""Languages named on the command line."""

from collections.abc import Mapping

import click

from webapp.core.model import Locale, LocaleTag
from webapp.core.tags import parse_tag
from webapp.sources.locales import language_aliases


def known_locale(locales: Mapping[LocaleTag, Locale], tag: str) -> Locale:
    """Return the language of that tag or alias. Raises click.BadParameter when the registry has none."""
    for name in (parse_tag(tag), parse_tag(tag, language_aliases())):
        if name and name in locales:
            return locales[name]
    raise click.BadParameter(f"{tag!r} is not in config/locales.toml, which has: {', '.join(locales)}")
