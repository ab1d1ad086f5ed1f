"""A second opinion on when a notice may be left out: SAFETY.md's six conditions, transcribed literally and slowly.

Written from SAFETY.md and the shapes of `core.model` alone, before its author had read `core.decide`, `core.rules`
or `core.locales`, and it imports none of them: a fault would have to be made twice to go unseen. Three things were
added afterwards, and each only ever shows a notice more: `LONGEST_TAG`, the second reading of an alias, and regions.
"""

import string
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from webapp.core.model import (
    Edition,
    EverywhereRule,
    KnownPlace,
    LanguageRule,
    Notice,
    NoticeMode,
    Reader,
    TerritoryRule,
)

LONGEST_HEADER = 4096
MOST_MEMBERS = 64
LONGEST_TAG = 64
CLOCK_SLACK = timedelta(days=2)


def may_leave_out(
    edition: Edition, notice: Notice, reader: Reader, raw_accept_language: str | None, at: datetime
) -> bool:
    """True only when all six conditions hold; whatever goes wrong on the way is the sixth one broken."""
    try:
        holds = [
            _decisions_are_asked_for(edition, notice),
            _address_told_us_something(reader),
            _map_is_loaded_and_fresh(edition, at),
            _outside_every_territory(edition, notice, reader),
            _no_language_at_risk(edition, notice, reader, raw_accept_language),
        ]
    except Exception:  # noqa: BLE001 - condition 6: the decision completed without an error
        return False
    return holds.count(True) == len(holds)


def _decisions_are_asked_for(edition: Edition, notice: Notice) -> bool:
    """The operator lets decisions count, and the notice says for whom it is: for some, not for everybody or nobody."""
    if edition.site.notice_mode != NoticeMode.DECIDED:
        return False
    if len(notice.rules) == 0:
        return False
    for rule in notice.rules:
        if isinstance(rule, EverywhereRule):
            return False
        if not isinstance(rule, TerritoryRule | LanguageRule):
            return False
    return True


def _address_told_us_something(reader: Reader) -> bool:
    """Conditions 1 and 2: a client address that the resolver believes; anything else reaches us as UnknownPlace."""
    return isinstance(reader.place, KnownPlace)


def _map_is_loaded_and_fresh(edition: Edition, at: datetime) -> bool:
    """Condition 3. A clock without a zone tells no date; a clock well before the map's own data is a broken clock."""
    facts = edition.map
    if facts is None or at.tzinfo is None:
        return False
    today = at.astimezone(UTC).date()
    last_good_day = facts.data_date + timedelta(days=facts.max_age_days)
    first_good_day = facts.data_date - CLOCK_SLACK
    return first_good_day <= today <= last_good_day


def _outside_every_territory(edition: Edition, notice: Notice, reader: Reader) -> bool:
    """Condition 4. A record that puts one territory into two sets contradicts itself and proves nothing."""
    place = reader.place
    if not isinstance(place, KnownPlace) or edition.map is None:
        return False
    for rule in notice.rules:
        if isinstance(rule, TerritoryRule):
            where = rule.territory
            if where in place.inside or where in place.uncertain:
                return False
            if where not in place.outside or where not in edition.map.covers:
                return False
    return True


def _no_language_at_risk(edition: Edition, notice: Notice, reader: Reader, header: str | None) -> bool:
    """Condition 5: nothing that the page or the browser names lies under a language that the notice lists."""
    asked_for = named_languages(header)
    if asked_for is None:
        return False
    listed = [rule for rule in notice.rules if isinstance(rule, LanguageRule)]
    if not listed:
        return True
    if len(reader.page_languages) == 0:
        return False
    for name in {*reader.page_languages, *asked_for}:
        for spelling in _spellings(edition, name):
            for rule in listed:
                if any(_lies_under(spelling, _subtags(language)) for language in rule.languages):
                    return False
                if any(_is_of_region(spelling, region.lower()) for region in rule.regions):
                    return False
    return True


def _lies_under(spelling: list[str], wanted: list[str]) -> bool:
    """Whether a language starts with the listed subtags."""
    return wanted == ["*"] or spelling[: len(wanted)] == wanted


def _is_of_region(spelling: list[str], region: str) -> bool:
    """Whether a language is named as it is used in a region: a subtag behind the first, before any extension."""
    for place, subtag in enumerate(spelling):
        if len(subtag) == 1:
            return False
        if place > 0 and subtag == region:
            return True
    return False


def _spellings(edition: Edition, name: str) -> list[list[str]]:
    """A language by the name given, and by the one it is an alias of.

    What follows an alias is added to all that it stands for, and also to its first subtag alone: prs-TJ is the
    Dari (fa-AF) of Tajikistan, and the Persian of Tajikistan (fa-TJ).
    """
    spellings = [_subtags(name)]
    for alias, meaning in edition.language_aliases.items():
        if alias.lower() == spellings[0][0]:
            spellings.append(_subtags(meaning) + spellings[0][1:])
            spellings.append(_subtags(meaning)[:1] + spellings[0][1:])
    return spellings


@lru_cache(maxsize=4096)
def _subtags(tag: str) -> list[str]:
    return tag.replace("_", "-").lower().split("-")


# --- Accept-Language, one character after the other ----------------------------------------------------------


@lru_cache(maxsize=4)
def named_languages(header: str | None) -> tuple[str, ...] | None:
    """Every language that the header names, whatever its weight; None when any part of it cannot be read."""
    if header is None:
        return ()
    if len(header) > LONGEST_HEADER:
        return None
    members = [member for member in _cut(header, ",") if member != ""]
    if len(members) > MOST_MEMBERS:
        return None
    named = []
    for member in members:
        parts = _cut(member, ";")
        if len(parts) > 2:
            return None
        if len(parts) == 2 and not _is_weight(parts[1]):
            return None
        if parts[0] == "*":
            continue
        if not _is_tag(parts[0]):
            return None
        named.append(parts[0])
    return tuple(named)


def _cut(text: str, mark: str) -> list[str]:
    """The pieces between the marks, without the spaces and tabs around each."""
    pieces = [""]
    for character in text:
        if character == mark:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece.strip(" \t") for piece in pieces]


def _is_tag(text: str) -> bool:
    """Letters first, then letters and digits, one to eight in each subtag (RFC 4647 §2.1), and not endless."""
    if len(text) > LONGEST_TAG:
        return False
    first, *others = text.replace("_", "-").split("-")
    if not 1 <= len(first) <= 8 or any(character not in string.ascii_letters for character in first):
        return False
    for other in others:
        if not 1 <= len(other) <= 8:
            return False
        if any(character not in string.ascii_letters + string.digits for character in other):
            return False
    return True


def _is_weight(text: str) -> bool:
    """`q=` and a number from 0 to 1 with at most three decimals (RFC 9110 §12.4.2)."""
    if text[:2] not in ("q=", "Q="):
        return False
    whole, _, decimals = text[2:].partition(".")
    if whole not in ("0", "1") or len(decimals) > 3:
        return False
    if any(character not in string.digits for character in decimals):
        return False
    return whole == "0" or decimals.strip("0") == ""
