"""The languages that a browser names, and the locale that answers them. Knows no catalog and no page.

Sources: RFC 4647 §3.4 (lookup), RFC 9110 §12.4.2 and §12.5.4 (quality values, Accept-Language).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TypeVar

from webapp.core.model import AcceptedLanguages, Edition, Locale, LocaleTag
from webapp.core.tags import LONGEST_TAG, find_primary, matches_range, parse_tag, write_tag

T = TypeVar("T")

MAX_HEADER = 4096
"""Longest Accept-Language that is read, in characters. Browsers send well under 200."""
MAX_RANGES = 64

_RANGE = re.compile(
    r"(\*|[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*)"
    r"(?:[ \t]*;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?\Z"
)
"""A language range and its quality. An underscore counts as a hyphen."""


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
    named = [member for part in header.split(",") if (member := part.strip(" \t"))]
    parsed = [_parse_range(member, aliases) for member in named[:MAX_RANGES]]
    ranges = [item for items in parsed for item in items]
    ranges.sort(key=itemgetter(1), reverse=True)
    return AcceptedLanguages(tuple(ranges), len(named) <= MAX_RANGES and all(parsed))


def _parse_range(member: str, aliases: Mapping[str, str] | None) -> list[tuple[str, float]]:
    """Return a range with its quality, under the name in use for its language and as it was given; nothing where any of
    it cannot be read."""
    found = _RANGE.match(member)
    if found is None:
        return []
    name, weight = found.groups()
    if len(name) > LONGEST_TAG:
        return []
    quality = float(weight) if weight else 1.0
    subtags = name.replace("_", "-").lower().split("-")
    given = write_tag(subtags)
    tag = (parse_tag(given, aliases) or given) if aliases and subtags[0] in aliases else given
    return [(given, quality)] if tag == given else [(tag, quality), (given, quality)]


def negotiate(edition: Edition, accepted: AcceptedLanguages) -> LocaleTag:
    """Choose the locale of a reader among those of `edition`, with the ranges that the registry lets each answer."""
    return _choose(accepted, edition.answers, edition.site.default_locale)


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
    answered = {named.lower(): tag for named, tag in (also or {}).items()}
    return _choose(accepted, {**answered, **{tag.lower(): tag for tag in available}}, default)


def _choose(accepted: AcceptedLanguages, answers: Mapping[str, LocaleTag], default: LocaleTag) -> LocaleTag:
    refused = [name for name, quality in accepted.ranges if quality == 0 and name != "*"]
    for name, quality in accepted.ranges:
        if quality == 0:
            continue
        candidates = [default] if name == "*" else [answers[cut] for cut in _truncations(name) if cut in answers]
        for candidate in candidates:
            if not any(matches_range(out, candidate) for out in refused):
                return candidate
    return default


def _truncations(language_range: str) -> Iterator[str]:
    cut = language_range.lower()
    while cut:
        yield cut
        cut = cut.rpartition("-")[0]
        if len(cut) == 1 or cut[-2:-1] == "-":
            cut = cut[:-2]


def find_locale(edition: Edition, text: str) -> Locale | None:
    """Return the locale that `text` names: by its tag in any case, an alias ("prs"), or another script or spelling."""
    known = edition.locales.get(LocaleTag(text))
    if known is not None or not text.isascii():  # outside ASCII, other letters have the same small ones
        return known
    spelled = text.strip(" \t").replace("_", "-").lower()
    known = edition.spellings.get(spelled)
    if known is None and find_primary(spelled) in edition.language_aliases:
        known = edition.spellings.get((parse_tag(text, edition.language_aliases) or "").lower())
    return known


def first_available(tags: Iterable[LocaleTag], texts: Mapping[LocaleTag, T]) -> T | None:
    """Return the value of the first of `tags` that `texts` holds, or None."""
    return next((texts[tag] for tag in tags if tag in texts), None)
