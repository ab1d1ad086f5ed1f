"""The checks of a whole edition: each fault gives its own Problem, and a sound edition gives none."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.strategies import (
    DATA_DATE,
    MAX_AGE_DAYS,
    NOW,
    OCCUPIED,
    RUSSIA,
    TERRITORIES,
    make_edition,
    make_map,
    make_notice,
    make_rules,
)
from webapp.core.checks import check_edition
from webapp.core.model import (
    Direction,
    Edition,
    EverywhereRule,
    LanguageRule,
    Locale,
    LocaleState,
    LocaleTag,
    Notice,
    NoticeText,
    Rule,
    TerritoryId,
    TerritoryRule,
)
from webapp.errors import Severity, has_errors

TODAY = NOW.date()
EN, UK = LocaleTag("en"), LocaleTag("uk")


def _locale(tag: LocaleTag, state: LocaleState = LocaleState.FULL) -> Locale:
    return Locale(tag, tag, "Latn", Direction.LTR, tag, tag, "nplurals=1; plural=0;", state)


def _text(tag: LocaleTag) -> NoticeText:
    return NoticeText(tag, Direction.LTR, "", "", "", "", "", "", "", "", ())


def _notice(*rules: Rule, **changes: Any) -> Notice:
    """A reviewed notice with an English text, for Russia unless there are other `rules`."""
    notice = make_notice(rules or make_rules(RUSSIA))
    return replace(notice, **{"texts": {EN: _text(EN)}, "reviewed_on": date(2026, 5, 1), **changes})


def _edition(*notices: Notice, locales: Mapping[LocaleTag, Locale] | None = None, **changes: Any) -> Edition:
    """An edition in which nothing is wrong, unless told otherwise."""
    sound = make_edition(*(notices or (_notice(),)))
    return replace(sound, **{"locales": {EN: _locale(EN)} if locales is None else locales, **changes})


def _seen(edition: Edition, today: date = TODAY) -> list[tuple[str, Severity, str, str | None]]:
    problems = check_edition(edition, today)
    return [(problem.code, problem.severity, problem.path, problem.key) for problem in problems]


ERROR, WARNING = Severity.ERROR, Severity.WARNING
NOTICES, LOCALES, MAP = "config/notices.toml", "config/locales.toml", "config/territories.mmdb"


def test_a_sound_edition_has_no_problem() -> None:
    """Nothing is said where nothing is wrong."""
    assert check_edition(_edition(), TODAY) == ()


@pytest.mark.parametrize(
    ("edition", "expected"),
    [
        pytest.param(
            _edition(locales={UK: _locale(UK)}),
            ("site.locale", ERROR, "config/site.toml", "default_locale"),
            id="default locale is none of the languages",
        ),
        pytest.param(
            _edition(locales={EN: _locale(EN), UK: _locale(UK, LocaleState.DRAFT)}),
            ("locale.draft", WARNING, LOCALES, "uk"),
            id="nobody has reviewed a language",
        ),
        pytest.param(_edition(notices=()), ("notice.none", ERROR, NOTICES, None), id="no notice"),
        pytest.param(
            _edition(_notice(), _notice()), ("notice.duplicate", ERROR, NOTICES, "notice.id"), id="two notices, one id"
        ),
        pytest.param(
            _edition(_notice(reviewed_on=None)),
            ("notice.unreviewed", WARNING, NOTICES, "undesirable"),
            id="no lawyer has read the notice",
        ),
        pytest.param(
            _edition(_notice(review_by=TODAY - timedelta(days=1))),
            ("notice.overdue", WARNING, NOTICES, "undesirable.review_by"),
            id="the review was due yesterday",
        ),
        pytest.param(
            _edition(_notice(texts={UK: _text(UK)})),
            ("notice.no-text", ERROR, NOTICES, "undesirable"),
            id="no text in the default locale",
        ),
        pytest.param(
            _edition(_notice(TerritoryRule("a", RUSSIA), TerritoryRule("a", OCCUPIED))),
            ("rule.duplicate", ERROR, NOTICES, "undesirable.rules.a"),
            id="two rules, one id",
        ),
        pytest.param(
            _edition(_notice(TerritoryRule("a", TerritoryId("atlantis")))),
            ("rule.territory", ERROR, NOTICES, "undesirable.rules.a"),
            id="no such territory",
        ),
        pytest.param(
            _edition(_notice(EverywhereRule("all"), LanguageRule("b", ("ru",)))),
            ("rule.unreachable", ERROR, NOTICES, "undesirable.rules.b"),
            id="a rule behind one for everybody",
        ),
        pytest.param(
            _edition(_notice(TerritoryRule("a", RUSSIA), TerritoryRule("b", RUSSIA))),
            ("rule.unreachable", ERROR, NOTICES, "undesirable.rules.b"),
            id="the same territory twice",
        ),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru", "tt")), LanguageRule("b", ("tt", "ru-RU")))),
            ("rule.unreachable", ERROR, NOTICES, "undesirable.rules.b"),
            id="languages that an earlier rule has all",
        ),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru", "tt", "ru-RU")))),
            ("rule.overlap", ERROR, NOTICES, "undesirable.rules.a"),
            id="a language within another of its rule",
        ),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru", "ru")))),
            ("rule.overlap", ERROR, NOTICES, "undesirable.rules.a"),
            id="a language twice",
        ),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru",), ("RU", "BY")), LanguageRule("b", ("ru-RU",), ("BY",)))),
            ("rule.unreachable", ERROR, NOTICES, "undesirable.rules.b"),
            id="languages and regions that an earlier rule has all",
        ),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru",), ("RU", "RU")))),
            ("rule.overlap", ERROR, NOTICES, "undesirable.rules.a"),
            id="a region twice",
        ),
        pytest.param(_edition(map=None), ("map.doubt", WARNING, MAP, None), id="no map"),
        pytest.param(
            _edition(map=make_map(max_age_days=8)), ("map.doubt", WARNING, MAP, None), id="the map is one day too old"
        ),
        pytest.param(
            _edition(map=make_map(data_date=TODAY + timedelta(days=3))),
            ("map.doubt", WARNING, MAP, None),
            id="the map is from the future",
        ),
        pytest.param(
            _edition(map=make_map(covers=set(TERRITORIES) - {OCCUPIED})),
            ("map.outdated", WARNING, MAP, "occupied-ukraine"),
            id="a territory was redefined since the map was compiled",
        ),
    ],
)
def test_a_fault_gives_its_own_problem(edition: Edition, expected: tuple[str, Severity, str, str | None]) -> None:
    """One fault, one Problem: its code, weight, file and key. What only the calendar brings is a warning."""
    assert _seen(edition) == [expected]
    assert has_errors(check_edition(edition, TODAY)) is (expected[1] is ERROR)


@pytest.mark.parametrize(
    "edition",
    [
        pytest.param(_edition(_notice(review_by=TODAY)), id="the review is due today"),
        pytest.param(_edition(map=make_map(max_age_days=9)), id="the last day of the map"),
        pytest.param(_edition(map=make_map(data_date=TODAY + timedelta(days=2))), id="the clock is two days behind"),
        pytest.param(_edition(map=make_map(covers=[*TERRITORIES, TerritoryId("old")])), id="the map covers more"),
        pytest.param(_edition(_notice(), _notice(id="other")), id="two notices with the same rules"),
        pytest.param(_edition(_notice(*make_rules(*TERRITORIES, languages=["ru"]))), id="rules of two kinds"),
        pytest.param(_edition(_notice(TerritoryRule("a", RUSSIA), EverywhereRule("all"))), id="everybody, at the end"),
        pytest.param(_edition(_notice(LanguageRule("a", ("ru",)), LanguageRule("b", ("ru", "tt")))), id="one more"),
        pytest.param(_edition(_notice(LanguageRule("a", ("ru",)), LanguageRule("b", ("rue",)))), id="Rusyn"),
        pytest.param(_edition(_notice(LanguageRule("a", ("ru-RU", "ru")))), id="the wider language last"),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru",)), LanguageRule("b", ("ru",), ("RU",)))), id="a region more"
        ),
        pytest.param(_edition(locales={EN: _locale(EN, LocaleState.INTERFACE)}), id="a language of the interface only"),
    ],
)
def test_what_is_just_allowed_is_no_problem(edition: Edition) -> None:
    """The edges of every check, seen from the inside."""
    assert check_edition(edition, TODAY) == ()


def test_a_map_is_held_against_the_day_that_is_handed_in() -> None:
    """The check reads no clock."""
    last = DATA_DATE + timedelta(days=MAX_AGE_DAYS)
    edition = _edition(_notice(review_by=last + timedelta(days=9)))
    assert _seen(edition, last) == []
    assert _seen(edition, last + timedelta(days=1)) == [("map.doubt", WARNING, MAP, None)]


def test_every_problem_is_reported_at_once_in_the_order_of_the_sources() -> None:
    """Site and languages first, then the notices one by one, then the map."""
    faulty = _notice(
        TerritoryRule("a", RUSSIA),
        TerritoryRule("a", TerritoryId("atlantis")),
        TerritoryRule("c", RUSSIA),
        LanguageRule("d", ("ru", "ru-RU")),
        texts={},
        reviewed_on=None,
        review_by=date(2020, 1, 1),
    )
    edition = _edition(faulty, _notice(), locales={UK: _locale(UK, LocaleState.DRAFT)}, map=None)
    assert [code for code, *_ in _seen(edition)] == [
        *("site.locale", "locale.draft", "notice.duplicate"),
        *("rule.duplicate", "rule.territory", "rule.unreachable", "rule.overlap"),
        *("notice.unreviewed", "notice.overdue", "notice.no-text"),
        "map.doubt",
    ]


def test_several_faults_of_one_kind_are_each_reported() -> None:
    """Every repeated id once, every rule and territory by its own key."""
    notices = [_notice(id=name) for name in ("b", "a", "b", "a", "b")]
    assert [problem.message for problem in check_edition(_edition(*notices), TODAY)] == [
        "two notices have the id 'a'",
        "two notices have the id 'b'",
    ]
    assert [key for *_, key in _seen(_edition(map=make_map(covers=[])))] == list(TERRITORIES)


@pytest.mark.parametrize(
    ("edition", "message", "hint"),
    [
        pytest.param(
            _edition(locales={UK: _locale(UK)}), "'en' is not a language", "Use one of: uk.", id="default locale"
        ),
        pytest.param(
            _edition(_notice(TerritoryRule("a", TerritoryId("atlantis")))),
            "there is no territory 'atlantis'",
            "Define it in config/territories.toml, or use one of: russia, occupied-ukraine, belarus.",
            id="territory",
        ),
        pytest.param(
            _edition(_notice(EverywhereRule("all"), TerritoryRule("b", RUSSIA))),
            "this rule adds nobody: 'all' is for everybody already",
            "Remove it, or change the rule 'all'.",
            id="behind everybody",
        ),
        pytest.param(
            _edition(_notice(TerritoryRule("a", RUSSIA), TerritoryRule("b", RUSSIA))),
            "this rule adds nobody: 'a' names russia already",
            "Remove it, or change the rule 'a'.",
            id="territory twice",
        ),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru",)), LanguageRule("b", ("ru-RU",)))),
            "this rule adds nobody: 'a' names all its languages already",
            "Remove it, or change the rule 'a'.",
            id="languages",
        ),
        pytest.param(
            _edition(_notice(LanguageRule("a", ("ru", "ru-RU")))),
            "'ru-RU' is within 'ru', which stands before it",
            "Remove 'ru-RU'.",
            id="overlap",
        ),
        pytest.param(
            _edition(map=None),
            "there is no territory map that can be believed",
            "Until then every reader gets every notice. Bring new databases and run: webapp territories build",
            id="no map",
        ),
    ],
)
def test_a_problem_says_what_is_wrong_and_what_to_do(edition: Edition, message: str, hint: str) -> None:
    """The words name the thing at fault and the remedy."""
    (problem,) = check_edition(edition, TODAY)
    assert (problem.message, problem.hint) == (message, hint)


def test_without_any_territory_the_hint_names_none() -> None:
    """The list of what could be used instead is never blank."""
    (problem,) = check_edition(_edition(territories={}), TODAY)
    assert problem.hint.endswith("or use one of: none.")
