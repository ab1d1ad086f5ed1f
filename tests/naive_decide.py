"""What `decide` says, found out the slow way: every sentence written at once, nothing remembered, shared or put off.

For tests that hold the one against the other to the letter. Whether a decision is right is for `tests.oracle` to say;
this only says that it is told as it is made.
"""

from datetime import UTC, datetime, timedelta
from typing import assert_never

from webapp.core.decide import CLOCK_SLACK, Decision, Omitted
from webapp.core.model import (
    Edition,
    EverywhereRule,
    KnownPlace,
    LanguageRule,
    Notice,
    NoticeMode,
    Reader,
    Rule,
    TerritoryRule,
)
from webapp.core.tags import find_regions, parse_tag

FindingTold = tuple[str, str, str, str]
"""A rule, what it asks, its verdict, and because of what."""
Told = tuple[str, bool, str, bool, tuple[FindingTold, ...]]
"""A notice, whether it is shown, because of what, whether the decision failed, and what became of each rule."""

PROVEN = "every rule is excluded"


def tell(decision: Decision) -> list[Told]:
    """Write out a decision."""
    told: list[Told] = []
    for outcome in decision.outcomes:
        if isinstance(outcome, Omitted):
            assert outcome.proof.edition == decision.edition
            findings, because, faulty = outcome.proof.findings, PROVEN, False
        else:
            findings, because, faulty = outcome.findings, outcome.because, outcome.faulty
        words = tuple((it.rule, it.asks, it.verdict.value, it.because) for it in findings)
        told.append((outcome.notice, not isinstance(outcome, Omitted), because, faulty, words))
    return told


def decide_naively(edition: Edition, reader: Reader, at: datetime) -> list[Told]:
    """Decide, and write it out."""
    told: list[Told] = []
    for notice in edition.notices:
        try:
            told.append(_judge(edition, notice, reader, at))
        except Exception as fault:  # noqa: BLE001 - a decision that fails shows the notice
            told.append((notice.id, True, f"the decision failed ({type(fault).__name__})", True, ()))
    return told


def _judge(edition: Edition, notice: Notice, reader: Reader, at: datetime) -> Told:
    findings = tuple(_find(rule, edition, reader) for rule in notice.rules)
    for wanted in ("matched", "unproven"):
        for _rule, _asks, verdict, because in findings:
            if verdict == wanted:
                return notice.id, True, because, False, findings
    doubt = _find_doubt(edition, notice, reader, at)
    return notice.id, bool(doubt), doubt or PROVEN, False, findings


def _find(rule: Rule, edition: Edition, reader: Reader) -> FindingTold:
    asks = _describe(rule)
    return rule.id, asks, *_evaluate(rule, edition, reader)


def _describe(rule: Rule) -> str:
    if isinstance(rule, TerritoryRule):
        return f"the reader is in {rule.territory}, or may be"
    if isinstance(rule, LanguageRule):
        of_regions = f", or any language of {', '.join(rule.regions)}" if rule.regions else ""
        return f"the reader reads one of: {', '.join(rule.languages)}{of_regions}"
    if isinstance(rule, EverywhereRule):
        return "anybody"
    assert_never(rule)


def _evaluate(rule: Rule, edition: Edition, reader: Reader) -> tuple[str, str]:
    if isinstance(rule, TerritoryRule):
        return _territory(rule, edition, reader)
    if isinstance(rule, LanguageRule):
        return _languages(rule, edition, reader)
    return "matched", "this rule is for everybody"


def _territory(rule: TerritoryRule, edition: Edition, reader: Reader) -> tuple[str, str]:
    place, territory = reader.place, rule.territory
    if not isinstance(place, KnownPlace):
        return "unproven", f"the place is unknown: {place.detail}"
    if territory in place.inside:
        return "matched", f"{place.network} is inside {territory}"
    if territory in place.uncertain:
        why = "; ".join(place.reasons) or "the sources of the map disagree or are too coarse"
        return "unproven", f"{place.network} may be inside {territory}: {why}"
    if territory not in place.outside:
        return "unproven", f"the map says nothing about {territory}"
    if edition.map is None or territory not in edition.map.covers:
        return "unproven", f"the map was compiled from another definition of {territory}"
    return "excluded", f"{place.network} is outside {territory}"


def _languages(rule: LanguageRule, edition: Edition, reader: Reader) -> tuple[str, str]:
    if not reader.page_languages:
        return "unproven", "the language of the page is not known"
    sought = {language.lower().replace("_", "-") for language in rule.languages}
    sought |= {f"@{region.lower()}" for region in rule.regions}
    for tag in reader.page_languages:
        if sought & _name(tag, edition):
            return "matched", f"the page is in {tag}"
    for name, _quality in reader.accepted.ranges:
        if sought & _name(name, edition):
            return "matched", f"the browser names {name}"
    if not reader.accepted.readable:
        return "unproven", "the languages of the browser could not be read"
    or_regions = " or regions" if rule.regions else ""
    return "excluded", f"neither the page nor the browser names one of these languages{or_regions}"


def _name(tag: str, edition: Edition) -> set[str]:
    primary = tag.strip(" \t").replace("_", "-").split("-")[0].lower()
    alias = edition.language_aliases.get(primary)
    current = parse_tag(tag, {primary: alias} if alias else {}) or tag
    named = {"*"}
    for name in (tag, current, alias or tag):
        subtags = name.lower().replace("_", "-").split("-")
        named |= {"-".join(subtags[: count + 1]) for count in range(len(subtags))}
        named |= {f"@{region}" for region in find_regions(name)}
    return named


def _find_doubt(edition: Edition, notice: Notice, reader: Reader, at: datetime) -> str | None:
    if edition.site.notice_mode is not NoticeMode.DECIDED:
        return "the site shows every notice to everybody (notice_mode)"
    if not notice.rules:
        return "the notice has no rule that could exclude anybody"
    if not isinstance(reader.place, KnownPlace):
        return f"the place is unknown: {reader.place.detail}"
    if not reader.accepted.readable:
        return "the languages of the browser could not be read"
    return _find_map_doubt(edition, at)


def _find_map_doubt(edition: Edition, at: datetime) -> str | None:
    facts = edition.map
    if facts is None:
        return "there is no territory map that can be believed"
    if at.utcoffset() is None:
        return "the clock has no time zone"
    today = at.astimezone(UTC).date()
    if (today - facts.data_date).days > facts.max_age_days or facts.max_age_days > 10**6:
        return f"the territory map is older than {facts.max_age_days} days (data of {facts.data_date})"
    if today < facts.data_date - timedelta(days=CLOCK_SLACK.days):
        return f"the clock says {today}, before the map's own date {facts.data_date}"
    return None
