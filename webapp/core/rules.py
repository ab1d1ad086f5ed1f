"""One rule held against one reader. Answers with a verdict and the reason in words; never decides alone.

The verdicts are three, because "we do not know" is an answer: a rule that is not *excluded* shows its notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from webapp.core.locales import names_region, parse_tag
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
    for tag in page:
        if _at_risk(tag, rule, aliases):
            return Verdict.MATCHED, f"the page is in {tag}"
    for name, _quality in accepted.ranges:
        if _at_risk(name, rule, aliases):
            return Verdict.MATCHED, f"the browser names {name}"
    if not accepted.readable:
        return Verdict.UNPROVEN, "the languages of the browser could not be read"
    regions = " or regions" if rule.regions else ""
    return Verdict.EXCLUDED, f"neither the page nor the browser names one of these languages{regions}"


def _at_risk(tag: str, rule: LanguageRule, aliases: Mapping[str, str]) -> bool:
    primary = tag.strip(" \t").replace("_", "-").split("-")[0].lower()
    names = _names(tag, aliases.get(primary))
    if any(not _lowered(rule.languages).isdisjoint(_cuts(name)) for name in names):
        return True
    return any(names_region(name, region) for region in rule.regions for name in names)


@lru_cache(maxsize=2048)
def _names(tag: str, alias: str | None) -> tuple[str, ...]:
    """Return every name of a language as it was given: the tag, the one in use, and what `alias` stands for."""
    primary = tag.strip(" \t").replace("_", "-").split("-")[0].lower()
    current = parse_tag(tag, {} if alias is None else {primary: alias}) or tag
    return tuple(dict.fromkeys((tag, current, alias or tag)))


@lru_cache(maxsize=2048)
def _cuts(name: str) -> frozenset[str]:
    """Return every basic range that a tag falls under (RFC 4647 §3.3.1): `*`, and each beginning of it, lower case."""
    subtags = name.lower().replace("_", "-").split("-")
    return frozenset(("*", *("-".join(subtags[:count]) for count in range(1, len(subtags) + 1))))


@lru_cache(maxsize=256)
def _lowered(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(language.lower().replace("_", "-") for language in languages)
