"""One rule held against one reader. Answers with a verdict and the reason in words; never decides alone.

The verdicts are three, because "we do not know" is an answer: a rule that is not *excluded* shows its notice.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import NamedTuple, assert_never

from webapp.core.model import (
    Edition,
    EverywhereRule,
    KnownPlace,
    LanguageRule,
    MapFacts,
    Place,
    Reader,
    Rule,
    TerritoryRule,
)
from webapp.core.tags import TagNames


class Verdict(StrEnum):
    """`matched`: the reader is among those meant. `unproven`: may be. `excluded`: is shown not to be."""

    MATCHED = "matched"
    UNPROVEN = "unproven"
    EXCLUDED = "excluded"


MATCHED, UNPROVEN, EXCLUDED = Verdict
"""By themselves, for Python 3.11 takes longer to look a member up than to compare it."""


class Finding(NamedTuple):
    """What became of one rule: the rule, the verdict, and why.

    Sentences are written out when somebody reads them, for most requests need the verdict alone: `reason` is one with
    {rule} and {about} in it. A named tuple, because every request makes several, and a frozen dataclass takes thrice
    the time.
    """

    asked: Rule
    verdict: Verdict
    reason: str
    about: Place | str | None = None

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.asked.id

    @property
    def asks(self) -> str:
        """What the rule asks, in words."""
        return describe(self.asked)

    @property
    def because(self) -> str:
        """Because of what the verdict is as it is, in words."""
        return self.reason.format(rule=self.asked, about=self.about)


_found: Callable[[tuple[Rule, Verdict, str, Place | str | None]], Finding] = partial(tuple.__new__, Finding)
"""Makes a Finding of its parts in half the time: what a named tuple's own constructor ends in."""


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
    assert_never(rule)


def evaluate(rule: Rule, reader: Reader, edition: Edition) -> Finding:
    """Hold a rule of `edition` against `reader`. The caller has still to ask whether the map itself may be believed."""
    if isinstance(rule, TerritoryRule):
        return _territory(rule, reader.place, edition.map)
    if isinstance(rule, LanguageRule):
        return _languages(rule, reader, edition.names)
    if isinstance(rule, EverywhereRule):
        return _found((rule, MATCHED, "this rule is for everybody", None))
    assert_never(rule)


def _territory(rule: TerritoryRule, place: Place, facts: MapFacts | None) -> Finding:
    territory = rule.territory
    if not isinstance(place, KnownPlace):
        return _found((rule, UNPROVEN, "the place is unknown: {about.detail}", place))
    if territory in place.inside:
        return _found((rule, MATCHED, "{about.network} is inside {rule.territory}", place))
    if territory in place.uncertain:
        return _found((rule, UNPROVEN, "{about.network} may be inside {rule.territory}: {about.doubt}", place))
    if territory not in place.outside:
        return _found((rule, UNPROVEN, "the map says nothing about {rule.territory}", None))
    if facts is None or territory not in facts.covers:
        return _found((rule, UNPROVEN, "the map was compiled from another definition of {rule.territory}", None))
    return _found((rule, EXCLUDED, "{about.network} is outside {rule.territory}", place))


def _languages(rule: LanguageRule, reader: Reader, names: TagNames) -> Finding:
    sought, accepted = rule.sought, reader.accepted
    if not reader.page_languages:
        return _found((rule, UNPROVEN, "the language of the page is not known", None))
    for tag in reader.page_languages:
        if not sought.isdisjoint(names[tag]):
            return _found((rule, MATCHED, "the page is in {about}", tag))
    for name, _quality in accepted.ranges:
        if not sought.isdisjoint(names[name]):
            return _found((rule, MATCHED, "the browser names {about}", name))
    if not accepted.readable:
        return _found((rule, UNPROVEN, "the languages of the browser could not be read", None))
    more = " or regions" if rule.regions else ""
    return _found((rule, EXCLUDED, "neither the page nor the browser names one of these languages{about}", more))
