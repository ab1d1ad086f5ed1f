"""Language tags as text: reading one, what it falls under, what it names. Knows no locale of any site.

Sources: RFC 5646 (syntax and case of tags, regions), RFC 4647 §3.3.1 (basic filtering).
"""

import re
from collections.abc import Mapping
from itertools import takewhile
from typing import NewType

LocaleTag = NewType("LocaleTag", str)
"""A canonical BCP 47 tag: "en", "sr-Latn", "fa-AF"."""

LONGEST_TAG = 64
"""Longest tag that is read, in characters. RFC 5646 §4.4.1 asks for 35."""
MOST_TAGS = 512
"""Most tags whose names are remembered; a flood of others makes them forgotten, never more."""

_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")


def parse_tag(text: str, aliases: Mapping[str, str] | None = None) -> LocaleTag | None:
    """Return `text` as a BCP 47 tag in canonical case (en, sr-Latn-ME, zh-Hant), or None if it is none.

    An underscore counts as a hyphen. `aliases` maps deprecated and three-letter primary subtags to those
    in use ("rus" to "ru", "prs" to "fa-AF"); the replaced subtag keeps whatever follows it.
    """
    hyphened = text.strip(" \t").replace("_", "-")
    if len(hyphened) > LONGEST_TAG or not _TAG.match(hyphened):
        return None
    subtags = hyphened.lower().split("-")
    replacement = aliases.get(subtags[0]) if aliases else None
    if replacement is not None:
        head, *implied = replacement.replace("_", "-").lower().split("-")
        subtags = [head, *_merged(implied, subtags[1:])]
    return write_tag(subtags)


def _merged(implied: list[str], rest: list[str]) -> list[str]:
    """What a browser gives replaces what an alias implies; a script stays before a region (RFC 5646 §2.1)."""
    given = {len(subtag) for subtag in rest}
    kept = [subtag for subtag in implied if len(subtag) not in given]
    after = 1 if rest and len(rest[0]) == 4 and rest[0].isalpha() else 0
    return [*rest[:after], *kept, *rest[after:]]


def write_tag(subtags: list[str]) -> LocaleTag:
    """Join subtags in small letters. A script and a region get capitals; behind a singleton there is neither."""
    if len(subtags) == 1:
        return LocaleTag(subtags[0])
    written = before = subtags[0]
    for place, subtag in enumerate(subtags[1:], 1):
        if len(before) == 1:
            return LocaleTag("-".join([written, *subtags[place:]]))
        is_script = len(subtag) == 4 and subtag.isalpha()
        written += "-" + (subtag.upper() if len(subtag) == 2 else subtag.capitalize() if is_script else subtag)
        before = subtag
    return LocaleTag(written)


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


def find_primary(tag: str) -> str:
    """Return the primary subtag of a tag, which names its language, in lower case."""
    return tag.strip(" \t").replace("_", "-").partition("-")[0].lower()


class TagNames(dict[str, frozenset[str]]):
    """What each tag names, under every name that its language has: the one given, the one in use, and its alias.

    That is `*` and each basic range that the tag falls under (RFC 4647 §3.3.1), in lower case, and "@" with each
    region. Found out when first asked for; at most `MOST_TAGS` are remembered. Threads may share it.
    """

    __slots__ = ("_aliases",)

    def __init__(self, aliases: Mapping[str, str]) -> None:
        super().__init__()
        self._aliases = aliases

    def __missing__(self, tag: str) -> frozenset[str]:
        named = _name(tag, self._aliases.get(find_primary(tag)))
        if len(self) >= MOST_TAGS:
            self.clear()
        self[tag] = named
        return named


def _name(tag: str, alias: str | None) -> frozenset[str]:
    current = parse_tag(tag, {} if alias is None else {find_primary(tag): alias}) or tag
    named = {"*"}
    for name in {tag, current, alias or tag}:
        subtags = name.lower().replace("_", "-").split("-")
        named.update("-".join(subtags[:count]) for count in range(1, len(subtags) + 1))
        named.update(f"@{region}" for region in find_regions(name))
    return frozenset(named)
