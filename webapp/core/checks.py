"""Checks that need a whole edition: rules against territories, notices against languages, dates against today.

Each answers with Problems. What only the calendar brings about (a review overdue, an old map) is a warning:
the site is then on its safe side, and no build fails because a day has passed.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from webapp.core.decide import find_map_doubt
from webapp.core.model import Edition, EverywhereRule, LanguageRule, LocaleState, Notice, Rule, TerritoryRule
from webapp.core.tags import matches_range
from webapp.errors import Problem, Severity

_NOTICES = "config/notices.toml"
_LOCALES = "config/locales.toml"
_MAP = "config/territories.mmdb"


def check_edition(edition: Edition, today: date) -> tuple[Problem, ...]:
    """Return every Problem of the edition as a whole, errors and warnings, in the order of the sources."""
    return (
        *_check_site(edition),
        *_check_ids(edition),
        *(problem for notice in edition.notices for problem in _check_notice(edition, notice, today)),
        *_check_map(edition, today),
    )


def _check_site(edition: Edition) -> Iterator[Problem]:
    default = edition.site.default_locale
    if default not in edition.locales:
        hint = f"Use one of: {', '.join(edition.locales)}."
        yield Problem("site.locale", "config/site.toml", f"{default!r} is not a language", hint, key="default_locale")
    for tag in sorted(set(edition.site.leave) - set(edition.locales)):
        hint = f"Use one of: {', '.join(edition.locales)}."
        yield Problem("site.leave", "config/site.toml", f"{tag!r} is not a language", hint, key=f"leave.{tag}")
    for locale in edition.locales.values():
        if locale.state is LocaleState.DRAFT:
            hint = 'Have a native speaker review interface and notices, then set state = "full".'
            yield _warning("locale.draft", _LOCALES, "no native speaker has reviewed this language", hint, locale.tag)


def _check_ids(edition: Edition) -> Iterator[Problem]:
    if not edition.notices:
        hint = "Add a [[notice]]: without one nobody is warned of anything."
        yield Problem("notice.none", _NOTICES, "there is no notice", hint)
    ids = [notice.id for notice in edition.notices]
    for repeated in sorted({name for name in ids if ids.count(name) > 1}):
        hint = "Give every notice an id of its own."
        yield Problem("notice.duplicate", _NOTICES, f"two notices have the id {repeated!r}", hint, key="notice.id")


def _check_notice(edition: Edition, notice: Notice, today: date) -> Iterator[Problem]:
    yield from _check_rules(edition, notice)
    if notice.reviewed_on is None:
        hint = "Have a lawyer read it, then set reviewed_on and reviewed_by_role."
        yield _warning("notice.unreviewed", _NOTICES, f"no lawyer has reviewed {notice.id}", hint, notice.id)
    if notice.review_by < today:
        hint = "Have it reviewed again, and set reviewed_on and review_by."
        message = f"the review of {notice.id} was due by {notice.review_by}"
        yield _warning("notice.overdue", _NOTICES, message, hint, f"{notice.id}.review_by")
    if edition.site.default_locale not in notice.texts:
        message = f"{notice.id} has no text that may be shown in {edition.site.default_locale}"
        hint = "Write or approve it. Until then readers whose languages have none either get the built-in notice."
        yield Problem("notice.no-text", _NOTICES, message, hint, key=notice.id, severity=Severity.FAULT)


def _check_rules(edition: Edition, notice: Notice) -> Iterator[Problem]:
    ids = [rule.id for rule in notice.rules]
    for index, rule in enumerate(notice.rules):
        key = f"{notice.id}.rules.{rule.id}"
        if ids.index(rule.id) != index:
            yield Problem("rule.duplicate", _NOTICES, "two rules of this notice have one id", "Rename one.", key=key)
        if isinstance(rule, TerritoryRule) and rule.territory not in edition.territories:
            known = ", ".join(edition.territories) or "none"
            message = f"there is no territory {rule.territory!r}"
            hint = f"Define it in config/territories.toml, or use one of: {known}."
            yield Problem("rule.territory", _NOTICES, message, hint, key=key)
        for earlier in notice.rules[:index]:
            if why := _covers(earlier, rule):
                hint = f"Remove it, or change the rule {earlier.id!r}."
                yield Problem("rule.unreachable", _NOTICES, f"this rule adds nobody: {why}", hint, key=key)
    yield from (problem for rule in notice.rules for problem in _check_languages(notice, rule))


def _covers(earlier: Rule, rule: Rule) -> str | None:
    if isinstance(earlier, EverywhereRule):
        return f"{earlier.id!r} is for everybody already"
    if isinstance(earlier, TerritoryRule) and isinstance(rule, TerritoryRule) and earlier.territory == rule.territory:
        return f"{earlier.id!r} names {rule.territory} already"
    if isinstance(earlier, LanguageRule) and isinstance(rule, LanguageRule) and _all_within(rule, earlier):
        return f"{earlier.id!r} names all its languages{' and regions' if rule.regions else ''} already"
    return None


def _all_within(rule: LanguageRule, earlier: LanguageRule) -> bool:
    languages = all(any(matches_range(wide, name) for wide in earlier.languages) for name in rule.languages)
    return languages and set(rule.regions) <= set(earlier.regions)


def _check_languages(notice: Notice, rule: Rule) -> Iterator[Problem]:
    if not isinstance(rule, LanguageRule):
        return
    for index, name in enumerate(rule.languages):
        wider = next((it for it in rule.languages[:index] if matches_range(it, name)), None)
        if wider:
            message = f"{name!r} is within {wider!r}, which stands before it"
            key = f"{notice.id}.rules.{rule.id}"
            yield Problem("rule.overlap", _NOTICES, message, f"Remove {name!r}.", key=key)
    for region in sorted({name for name in rule.regions if rule.regions.count(name) > 1}):
        key = f"{notice.id}.rules.{rule.id}"
        yield Problem("rule.overlap", _NOTICES, f"the region {region} stands twice", "Remove one.", key=key)


def _check_map(edition: Edition, today: date) -> Iterator[Problem]:
    doubt = find_map_doubt(edition.map, datetime.combine(today, time(12), UTC))
    if doubt:
        hint = "Until then every reader gets every notice. Bring new databases and run: webapp territories build"
        yield _warning("map.doubt", _MAP, doubt, hint)
    if edition.map is None:
        return
    for territory in edition.territories:
        if territory not in edition.map.covers:
            message = f"the map was not compiled from the present definition of {territory}"
            hint = "Run: webapp territories build. Until then every reader gets the notices for it."
            yield _warning("map.outdated", _MAP, message, hint, territory)


def _warning(code: str, path: str, message: str, hint: str, key: str | None = None) -> Problem:
    return Problem(code, path, message, hint, key=key, severity=Severity.WARNING)
