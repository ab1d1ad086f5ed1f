"""One rule held against one reader. Answers with a verdict and the reason in words; never decides alone.

The verdicts are three, because "we do not know" is an answer: a rule that is not *excluded* shows its notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from webapp.core.locales import find_regions, parse_tag
from webapp.core.model import (
    AcceptedLanguages,
    EverywhereRule,
    KnownPlace,
    LanguageRule,
    LocaleTag,
    MapFacts,
    Reader,
    Rule,
    TerritoryRule,
)


class Verdict(StrEnum):
    """`matched`: the reader is among those meant. `unproven`: may be. `excluded`: is shown not to be."""

    MATCHED = "matched"
    UNPROVEN = "unproven"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one rule: what it asks, the verdict, and because of what."""

    rule: str
    asks: str
    verdict: Verdict
    because: str


def describe(rule: Rule) -> str:
    """Say in words whom the rule is for."""
    match rule:
        case TerritoryRule():
            return f"the reader is in {rule.territory}, or may be"
        case LanguageRule():
            regions = f", or any language of {', '.join(rule.regions)}" if rule.regions else ""
            return f"the reader reads one of: {', '.join(rule.languages)}{regions}"
        case EverywhereRule():
            return "anybody"


def evaluate(rule: Rule, reader: Reader, facts: MapFacts | None, aliases: Mapping[str, str]) -> Finding:
    """Hold `rule` against `reader`. The caller has still to ask whether the map itself may be believed."""
    match rule:
        case TerritoryRule():
            verdict, because = _territory(rule, reader, facts)
        case LanguageRule():
            verdict, because = _languages(rule, reader.page_languages, reader.accepted, aliases)
        case EverywhereRule():
            verdict, because = Verdict.MATCHED, "this rule is for everybody"
    return Finding(rule.id, describe(rule), verdict, because)


def _territory(rule: TerritoryRule, reader: Reader, facts: MapFacts | None) -> tuple[Verdict, str]:
    place, territory = reader.place, rule.territory
    if not isinstance(place, KnownPlace):
        return Verdict.UNPROVEN, f"the place is unknown: {place.detail}"
    if territory in place.inside:
        return Verdict.MATCHED, f"{place.network} is inside {territory}"
    if territory in place.uncertain:
        why = "; ".join(place.reasons) or "the sources of the map disagree or are too coarse"
        return Verdict.UNPROVEN, f"{place.network} may be inside {territory}: {why}"
    if territory not in place.outside:
        return Verdict.UNPROVEN, f"the map says nothing about {territory}"
    if facts is None or territory not in facts.covers:
        return Verdict.UNPROVEN, f"the map was compiled from another definition of {territory}"
    return Verdict.EXCLUDED, f"{place.network} is outside {territory}"


def _languages(
    rule: LanguageRule, page: tuple[LocaleTag, ...], accepted: AcceptedLanguages, aliases: Mapping[str, str]
) -> tuple[Verdict, str]:
    if not page:
        return Verdict.UNPROVEN, "the language of the page is not known"
    sought = _seek(rule.languages, rule.regions)
    for tag in page:
        if not sought.isdisjoint(_names(tag, aliases.get(_primary(tag)))):
            return Verdict.MATCHED, f"the page is in {tag}"
    for name, _quality in accepted.ranges:
        if not sought.isdisjoint(_names(name, aliases.get(_primary(name)))):
            return Verdict.MATCHED, f"the browser names {name}"
    if not accepted.readable:
        return Verdict.UNPROVEN, "the languages of the browser could not be read"
    regions = " or regions" if rule.regions else ""
    return Verdict.EXCLUDED, f"neither the page nor the browser names one of these languages{regions}"


@lru_cache(maxsize=256)
def _seek(languages: tuple[str, ...], regions: tuple[str, ...]) -> frozenset[str]:
    """Return what a rule looks for, spelled as `_names` spells it."""
    ranges = (language.lower().replace("_", "-") for language in languages)
    return frozenset((*ranges, *(f"@{region.lower()}" for region in regions)))


@lru_cache(maxsize=2048)
def _primary(tag: str) -> str:
    return tag.strip(" \t").replace("_", "-").split("-")[0].lower()


@lru_cache(maxsize=2048)
def _names(tag: str, alias: str | None) -> frozenset[str]:
    """Return what a tag names, under every name that its language has: the one given, the one in use, and `alias`.

    That is `*` and each basic range that it falls under (RFC 4647 §3.3.1), in lower case, and "@" with each region.
    """
    current = parse_tag(tag, {} if alias is None else {_primary(tag): alias}) or tag
    named = {"*"}
    for name in (tag, current, alias or tag):
        subtags = name.lower().replace("_", "-").split("-")
        named.update("-".join(subtags[:count]) for count in range(1, len(subtags) + 1))
        named.update(f"@{region}" for region in find_regions(name))
    return frozenset(named)
