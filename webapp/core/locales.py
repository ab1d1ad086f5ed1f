"""Language tags: reading them, matching them, choosing one. Knows no catalog and no page.

Sources: RFC 5646 (syntax and case of tags), RFC 4647 §3.3.1 (basic filtering) and §3.4 (lookup),
RFC 9110 §12.4.2 and §12.5.4 (quality values, Accept-Language).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import takewhile
from typing import TypeVar

from webapp.core.model import AcceptedLanguages, Edition, Locale, LocaleTag

T = TypeVar("T")

MAX_HEADER = 4096
"""Longest Accept-Language that is read, in characters. Browsers send well under 200."""
MAX_RANGES = 64

_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_QUALITY = re.compile(r"[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")


def parse_tag(text: str, aliases: Mapping[str, str] | None = None) -> LocaleTag | None:
    """Return `text` as a BCP 47 tag in canonical case (en, sr-Latn-ME, zh-Hant), or None if it is none.

    An underscore counts as a hyphen. `aliases` maps deprecated and three-letter primary subtags to those
    in use ("rus" to "ru", "prs" to "fa-AF"); the replaced subtag keeps whatever follows it.
    """
    hyphened = text.strip(" \t").replace("_", "-")
    if len(hyphened) > 64 or not _TAG.match(hyphened):
        return None
    primary, *rest = hyphened.split("-")
    replacement = (aliases or {}).get(primary.lower(), primary.lower())
    head, *implied = replacement.replace("_", "-").split("-")
    return LocaleTag("-".join(_cased([head, *_merged(implied, rest)])))


def _merged(implied: list[str], rest: list[str]) -> list[str]:
    """What a browser gives replaces what an alias implies; a script stays before a region (RFC 5646 §2.1)."""
    given = {len(subtag) for subtag in rest}
    kept = [subtag for subtag in implied if len(subtag) not in given]
    after = 1 if rest and len(rest[0]) == 4 and rest[0].isalpha() else 0
    return [*rest[:after], *kept, *rest[after:]]


def _cased(subtags: list[str]) -> Iterator[str]:
    singleton_seen = False
    for index, subtag in enumerate(subtags):
        if index == 0 or singleton_seen:
            yield subtag.lower()
        elif len(subtag) == 4 and subtag.isalpha():
            yield subtag.capitalize()
        elif len(subtag) == 2:
            yield subtag.upper()
        else:
            yield subtag.lower()
        singleton_seen = singleton_seen or len(subtag) == 1


def parse_accept_language(header: str | None, aliases: Mapping[str, str] | None = None) -> AcceptedLanguages:
    """Read an Accept-Language header into ranges by falling quality, equals in the order given.

    A missing or empty header names no language and is readable. Anything that cannot be understood whole
    (a malformed range or quality, more than `MAX_RANGES` ranges, more than `MAX_HEADER` characters) makes
    the result unreadable; the ranges that could be read are kept, so that a language can still be chosen.
    """
    if header is None:
        return AcceptedLanguages()
    if len(header) > MAX_HEADER:
        return AcceptedLanguages(readable=False)
    members = [member.strip(" \t") for member in header.split(",")]
    named = [member for member in members if member]
    parsed = [_parse_range(member, aliases) for member in named[:MAX_RANGES]]
    ranges = [item for items in parsed for item in items]
    ranges.sort(key=lambda item: -item[1])
    readable = len(named) <= MAX_RANGES and all(parsed)
    return AcceptedLanguages(tuple(ranges), readable)


def _parse_range(member: str, aliases: Mapping[str, str] | None) -> list[tuple[str, float]]:
    name, *parameters = [part.strip(" \t") for part in member.split(";")]
    names = ["*"] if name == "*" else _parse_names(name, aliases or {})
    if len(parameters) > 1:
        return []
    if not parameters:
        return [(tag, 1.0) for tag in names]
    quality = _QUALITY.match(parameters[0])
    return [(tag, float(quality[1])) for tag in names] if quality else []


def _parse_names(text: str, aliases: Mapping[str, str]) -> list[str]:
    """Return a tag under the name in use for its language, and as it was given; nothing where it is none."""
    tag = parse_tag(text, aliases)
    if tag is None:
        return []
    given = parse_tag(text) if _primary(text.strip(" \t").replace("_", "-")).lower() in aliases else tag
    return [tag] if given is None or given == tag else [tag, given]


def matches_range(language_range: str, tag: str) -> bool:
    """Tell whether `tag` falls under `language_range`: RFC 4647 basic filtering, without regard to case."""
    wanted, given = (text.lower().replace("_", "-") for text in (language_range, tag))
    return wanted == "*" or given == wanted or given.startswith(wanted + "-")


def find_regions(tag: str) -> tuple[str, ...]:
    """Return, in lower case, every subtag of `tag` that may be its region (RFC 5646 §2.2.4): all but the first, up to a
    singleton.

    What follows one is an extension or private and names no region: "en-u-ca-ru" is not of RU.
    """
    primary, *rest = tag.lower().replace("_", "-").split("-")
    return tuple(takewhile(lambda subtag: len(subtag) > 1, rest)) if len(primary) > 1 else ()


def negotiate(edition: Edition, accepted: AcceptedLanguages) -> LocaleTag:
    """Choose the locale of a reader among those of `edition`, with the ranges that the registry lets each answer."""
    also = tuple([(named, locale.tag) for locale in edition.locales.values() for named in locale.also])
    return _choose(accepted, _index_tags(tuple(edition.locales), also), edition.site.default_locale)


@lru_cache(maxsize=4)
def _index_tags(available: tuple[LocaleTag, ...], also: tuple[tuple[str, LocaleTag], ...]) -> Mapping[str, LocaleTag]:
    return {**{named.lower(): tag for named, tag in also}, **{tag.lower(): tag for tag in available}}


def lookup(
    accepted: AcceptedLanguages,
    available: Collection[LocaleTag],
    default: LocaleTag,
    also: Mapping[str, LocaleTag] | None = None,
) -> LocaleTag:
    """Choose the locale of a reader: RFC 4647 lookup, range by range in order of quality, else `default`.

    A range with q=0 rules the locales under it out. `*` stands for the default. A language never falls to
    another one here unless `also` says which locale answers its range: `uk` finds `uk` or nothing, and the
    next range is asked. An entry of `also` counts as if it were a tag of the site, so the longer cut wins.
    """
    return _choose(accepted, _index_tags(tuple(available), tuple((also or {}).items())), default)


def _choose(accepted: AcceptedLanguages, by_lower: Mapping[str, LocaleTag], default: LocaleTag) -> LocaleTag:
    refused = [name for name, quality in accepted.ranges if quality == 0 and name != "*"]
    for name, quality in accepted.ranges:
        if quality == 0:
            continue
        candidates = [default] if name == "*" else [by_lower[cut] for cut in _truncations(name) if cut in by_lower]
        for candidate in candidates:
            if not any(matches_range(out, candidate) for out in refused):
                return candidate
    return default


def _truncations(language_range: str) -> Iterator[str]:
    subtags = language_range.lower().split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        if subtags and len(subtags[-1]) == 1:
            subtags.pop()


def find_locale(edition: Edition, text: str) -> Locale | None:
    """Return the locale that `text` names: by its tag in any case, an alias ("prs"), or another script or spelling."""
    known = edition.locales.get(LocaleTag(text))
    if known is not None:
        return known
    tags = (parse_tag(text), parse_tag(text, edition.language_aliases))
    for tag in filter(None, tags):
        for locale in edition.locales.values():
            if tag == locale.tag or (tag in locale.also and _primary(tag) == _primary(locale.tag)):
                return locale
    return None


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def first_available(tags: Iterable[LocaleTag], texts: Mapping[LocaleTag, T]) -> T | None:
    """Return the value of the first of `tags` that `texts` holds, or None."""
    return next((texts[tag] for tag in tags if tag in texts), None)
