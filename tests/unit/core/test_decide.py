"""The decision for one reader: what is shown and why, what is left out, and that only `decide` can prove it."""

import dataclasses
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from tests.strategies import (
    BELARUS,
    DATA_DATE,
    EXPLODING,
    MAX_AGE_DAYS,
    NOW,
    OCCUPIED,
    RUSSIA,
    make_edition,
    make_map,
    make_notice,
    make_place,
    make_reader,
    make_rules,
)
from webapp.core import decide as module
from webapp.core.decide import CLOCK_SLACK, Decision, Omitted, Proof, Shown, decide, find_map_doubt
from webapp.core.model import (
    Edition,
    EverywhereRule,
    Notice,
    NoticeId,
    NoticeMode,
    Place,
    Reader,
    UnknownPlace,
    UnknownReason,
)
from webapp.core.rules import Verdict

UNDESIRABLE = NoticeId("undesirable")
BY_PLACE = make_notice(make_rules(RUSSIA))
MAP_TOO_OLD = f"the territory map is older than 45 days (data of {DATA_DATE})"


def _prove(edition: Edition | None = None, reader: Reader | None = None) -> Proof:
    proof = decide(edition or make_edition(), reader or make_reader(), NOW).find_proof(UNDESIRABLE)
    assert proof is not None
    return proof


def test_a_decision_is_faulty_when_a_part_of_it_is() -> None:
    """One faulty notice among two that are shown makes the decision one that must not be remembered."""
    broken = make_notice((object(),), id="broken")  # type: ignore[arg-type]
    edition = make_edition(broken, BY_PLACE)
    assert decide(edition, make_reader(make_place(inside=[RUSSIA])), NOW).faulty
    assert decide(edition, make_reader(), NOW).faulty
    assert not decide(make_edition(BY_PLACE), make_reader(make_place(inside=[RUSSIA])), NOW).faulty


def test_shown_ids_are_those_of_the_notices_shown() -> None:
    """In the order of the edition."""
    broken = make_notice((object(),), id="broken")  # type: ignore[arg-type]
    assert decide(make_edition(broken, BY_PLACE), make_reader(), NOW).shown_ids == ("broken",)
    both = decide(make_edition(broken, BY_PLACE), make_reader(make_place(inside=[RUSSIA])), NOW)
    assert both.shown_ids == ("broken", UNDESIRABLE)


def test_what_is_shown_follows_from_the_outcomes() -> None:
    """A copy with other outcomes shows those, and none can be told to show others."""
    broken = make_notice((object(),), id="broken")  # type: ignore[arg-type]
    decision = decide(make_edition(broken, BY_PLACE), make_reader(), NOW)
    copy = dataclasses.replace(decision, outcomes=decision.omitted)
    assert (copy.shown, copy.shown_ids, copy.faulty) == ((), (), False)
    for change in ({"shown_ids": ()}, {"faulty": False}):
        with pytest.raises(ValueError, match="init=False"):
            dataclasses.replace(decision, **change)


def _show(edition: Edition, reader: Reader, at: datetime = NOW) -> Shown:
    decision = decide(edition, reader, at)
    assert decision.omitted == ()
    assert decision.find_proof(UNDESIRABLE) is None
    (shown,) = decision.shown
    return shown


# --- what is left out ----------------------------------------------------------------------------------------


def test_a_reader_proven_elsewhere_is_not_warned() -> None:
    """The Proof names the notice, the edition and what became of each rule."""
    decision = decide(make_edition(), make_reader(), NOW)
    proof = decision.find_proof(UNDESIRABLE)
    assert proof is not None
    assert (proof.notice, proof.edition) == (UNDESIRABLE, "edition-digest")
    assert [(finding.rule, finding.verdict) for finding in proof.findings] == [
        ("in-russia", Verdict.EXCLUDED),
        ("reads", Verdict.EXCLUDED),
    ]
    assert decision.shown == ()
    assert decision.omitted == (Omitted(UNDESIRABLE, proof),)
    assert decision.edition == "edition-digest"


def test_every_notice_gets_its_own_outcome_in_the_order_of_the_edition() -> None:
    """One may be shown while its neighbours are left out, and each Proof is for its own notice."""
    first, second, third = (
        make_notice(make_rules(RUSSIA), id="first"),
        make_notice(make_rules(OCCUPIED), id="second"),
        make_notice(make_rules(languages=["tt"]), id="third"),
    )
    decision = decide(make_edition(first, second, third), make_reader(make_place(inside=[OCCUPIED])), NOW)
    assert [outcome.notice for outcome in decision.outcomes] == ["first", "second", "third"]
    assert [shown.notice for shown in decision.shown] == ["second"]
    assert [omitted.proof.notice for omitted in decision.omitted] == ["first", "third"]
    assert decision.find_proof(second.id) is None
    proof = decision.find_proof(third.id)
    assert proof is not None
    assert proof.notice == "third"


def test_a_notice_that_the_edition_does_not_know_is_not_proven() -> None:
    """Asking for the Proof of an unknown notice gives none."""
    assert decide(make_edition(), make_reader(), NOW).find_proof(NoticeId("other")) is None


def test_a_notice_that_is_both_shown_and_left_out_is_not_proven() -> None:
    """A decision that contradicts itself proves nothing: shown wins."""
    proof = _prove()
    both = (Omitted(UNDESIRABLE, proof), Shown(UNDESIRABLE, "a doubt"))
    assert Decision("edition-digest", both).find_proof(UNDESIRABLE) is None


# --- what is shown, and why ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edition", "because"),
    [
        pytest.param(
            make_edition(mode=NoticeMode.ALWAYS),
            "the site shows every notice to everybody (notice_mode)",
            id="notice_mode is always",
        ),
        pytest.param(
            make_edition(make_notice(())),
            "the notice has no rule that could exclude anybody",
            id="notice without rules",
        ),
        pytest.param(
            make_edition(make_notice(make_rules(languages=["ru"])), mapless=True),
            "there is no territory map that can be believed",
            id="no map, though only languages are asked for",
        ),
        pytest.param(
            make_edition(make_notice((*make_rules(RUSSIA), EverywhereRule("all")))),
            "this rule is for everybody",
            id="one rule is for everybody",
        ),
        pytest.param(
            make_edition(BY_PLACE, facts=make_map(covers=[OCCUPIED])),
            "the map was compiled from another definition of russia",
            id="the territory was redefined",
        ),
        pytest.param(
            make_edition(facts=make_map(max_age_days=8)),
            f"the territory map is older than 8 days (data of {DATA_DATE})",
            id="the map is too old",
        ),
        pytest.param(
            make_edition(facts=make_map(max_age_days=10**10)),
            f"the territory map is older than {10**10} days (data of {DATA_DATE})",
            id="the map is good until a day that no calendar has",
        ),
        pytest.param(
            make_edition(facts=make_map(data_date=NOW.date() + timedelta(days=3))),
            "the clock says 2026-06-10, before the map's own date 2026-06-13",
            id="the clock is slow",
        ),
    ],
)
def test_an_edition_that_proves_nothing_warns_everybody(edition: Edition, because: str) -> None:
    """Even the safest reader sees the notice, and the reason says what is wrong with the edition."""
    shown = _show(edition, make_reader())
    assert (shown.because, shown.faulty) == (because, False)


@pytest.mark.parametrize(
    "notice",
    [
        pytest.param(make_notice(), id="place and language"),
        pytest.param(make_notice(make_rules(RUSSIA)), id="place only"),
        pytest.param(make_notice(make_rules(languages=["ru"])), id="language only"),
    ],
)
@pytest.mark.parametrize("reason", list(UnknownReason))
def test_an_unknown_place_warns(reason: UnknownReason, notice: Notice) -> None:
    """Whatever made the place unknown, every notice is shown, with that reason in words."""
    shown = _show(make_edition(notice), make_reader(UnknownPlace(reason, f"words for {reason}")))
    assert shown.because == f"the place is unknown: words for {reason}"


@pytest.mark.parametrize(
    ("place", "page", "header", "because"),
    [
        pytest.param(make_place(inside=[RUSSIA]), ["en"], "en", "192.0.2.0/24 is inside russia", id="in Russia"),
        pytest.param(
            make_place(outside=[OCCUPIED]), ["en"], "en", "the map says nothing about russia", id="map says nothing"
        ),
        pytest.param(make_place(), ["ru"], "en", "the page is in ru", id="Russian page"),
        pytest.param(make_place(), ["en"], "de, ru;q=0", "the browser names ru", id="Russian refused by the browser"),
        pytest.param(make_place(), [], "en", "the language of the page is not known", id="page without a language"),
        pytest.param(
            make_place(), ["en"], "en;q=7", "the languages of the browser could not be read", id="unreadable header"
        ),
        pytest.param(
            make_place(uncertain=[RUSSIA]), ["en"], "ru", "the browser names ru", id="certainty is told before doubt"
        ),
    ],
)
def test_a_reader_not_proven_safe_is_warned(place: Place, page: list[str], header: str, because: str) -> None:
    """One rule that does not exclude the reader is enough; a rule that matches is named before one in doubt."""
    shown = _show(make_edition(), make_reader(place, page, header))
    assert shown.because == because
    assert [finding.rule for finding in shown.findings] == ["in-russia", "reads"]


def test_of_several_matching_rules_the_first_is_named() -> None:
    """The order of the notice's rules decides."""
    shown = _show(make_edition(), make_reader(make_place(inside=[RUSSIA]), ["ru"], "ru"))
    assert shown.because == "192.0.2.0/24 is inside russia"


def test_of_several_rules_in_doubt_the_first_is_named() -> None:
    """The order of the notice's rules decides here too, and a rule that excludes the reader changes nothing."""
    rules = make_rules(BELARUS, RUSSIA, OCCUPIED)
    reader = make_reader(make_place(uncertain=[RUSSIA, OCCUPIED], reasons=("too near",)))
    shown = _show(make_edition(make_notice(rules)), reader)
    assert shown.because == "192.0.2.0/24 may be inside russia: too near"
    assert [finding.verdict for finding in shown.findings] == [Verdict.EXCLUDED, Verdict.UNPROVEN, Verdict.UNPROVEN]


def test_an_unreadable_header_warns_even_where_no_language_is_listed() -> None:
    """A request that cannot be understood whole proves nothing, whatever the notice asks."""
    shown = _show(make_edition(BY_PLACE), make_reader(accept_language="en;q=7"))
    assert shown.because == "the languages of the browser could not be read"


def test_a_page_without_a_language_leaves_a_notice_out_that_lists_none() -> None:
    """What a notice does not ask about cannot keep it on the page."""
    assert decide(make_edition(BY_PLACE), make_reader(page=[]), NOW).find_proof(UNDESIRABLE) is not None


def test_a_doubt_about_the_edition_is_told_with_the_findings() -> None:
    """`explain` can say that every rule was excluded and the notice is shown all the same."""
    shown = _show(make_edition(mode=NoticeMode.ALWAYS), make_reader())
    assert [finding.verdict for finding in shown.findings] == [Verdict.EXCLUDED, Verdict.EXCLUDED]


# --- faults --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edition", "reader", "name"),
    [
        pytest.param(make_edition(aliases=EXPLODING), make_reader(), "RuntimeError", id="aliases"),
        pytest.param(
            dataclasses.replace(make_edition(make_notice(make_rules(languages=["ru"]))), map=EXPLODING),
            make_reader(),
            "AttributeError",
            id="facts of the map",
        ),
        pytest.param(
            make_edition(facts=dataclasses.replace(make_map(), covers=EXPLODING)),
            make_reader(),
            "RuntimeError",
            id="covers",
        ),
        pytest.param(
            make_edition(),
            make_reader(make_place()._replace(outside=EXPLODING)),
            "RuntimeError",
            id="record of the map",
        ),
    ],
)
def test_a_rule_that_raises_shows_the_notice(edition: Edition, reader: Reader, name: str) -> None:
    """A fault on the way is no proof: the notice is shown, marked as faulty, and names only the kind of error."""
    shown = _show(edition, reader)
    assert shown == Shown(UNDESIRABLE, f"the decision failed ({name})", (), faulty=True)


def test_a_rule_of_an_unknown_kind_shows_the_notice() -> None:
    """A kind of rule that this version cannot judge is a fault, not an exclusion."""

    class Moonphase:
        id = "full-moon"

    rules: tuple[object, ...] = (*make_rules(RUSSIA), Moonphase())
    shown = _show(make_edition(make_notice(rules)), make_reader())  # type: ignore[arg-type]
    assert shown.faulty


def test_a_fault_in_one_notice_leaves_the_others_decided() -> None:
    """The other notices keep their own outcome."""
    broken = make_notice((object(),), id="broken")  # type: ignore[arg-type]
    decision = decide(make_edition(broken, BY_PLACE), make_reader(), NOW)
    assert [(shown.notice, shown.faulty) for shown in decision.shown] == [("broken", True)]
    assert decision.find_proof(UNDESIRABLE) is not None


def test_a_decision_that_went_well_is_not_faulty() -> None:
    """A notice shown for cause is not counted among the faults."""
    assert not _show(make_edition(), make_reader(page=["ru"])).faulty
    assert not Shown(UNDESIRABLE, "for a test").faulty


# --- the map's age and the clock -----------------------------------------------------------------------------

LAST_DAY = DATA_DATE + timedelta(days=MAX_AGE_DAYS)
FIRST_DAY = DATA_DATE - timedelta(days=2)


def _on(day: object, clock: str, zone: tzinfo = UTC) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("at", "doubt"),
    [
        pytest.param(_on(DATA_DATE, "12:00:00"), None, id="the day of the data"),
        pytest.param(_on(LAST_DAY, "00:00:00"), None, id="last day, first moment"),
        pytest.param(_on(LAST_DAY, "23:59:59.999999"), None, id="last day, last moment"),
        pytest.param(_on(LAST_DAY + timedelta(days=1), "00:00:00"), MAP_TOO_OLD, id="one day later"),
        pytest.param(_on(LAST_DAY + timedelta(days=400), "12:00:00"), MAP_TOO_OLD, id="a year later"),
        pytest.param(_on(FIRST_DAY, "00:00:00"), None, id="clock two days behind"),
        pytest.param(
            _on(FIRST_DAY - timedelta(days=1), "23:59:59.999999"),
            f"the clock says 2026-05-29, before the map's own date {DATA_DATE}",
            id="clock three days behind",
        ),
        pytest.param(
            datetime(1970, 1, 1, tzinfo=UTC),
            f"the clock says 1970-01-01, before the map's own date {DATA_DATE}",
            id="clock that was never set",
        ),
        pytest.param(
            _on(LAST_DAY, "23:30:00", timezone(timedelta(hours=-1))),
            MAP_TOO_OLD,
            id="last day in Cape Verde, next in UTC",
        ),
        pytest.param(
            _on(LAST_DAY + timedelta(days=1), "02:59:59", timezone(timedelta(hours=3))),
            None,
            id="next day in Moscow, last in UTC",
        ),
        pytest.param(
            _on(FIRST_DAY, "02:59:59", timezone(timedelta(hours=3))),
            f"the clock says 2026-05-29, before the map's own date {DATA_DATE}",
            id="two days behind in Moscow, three in UTC",
        ),
        pytest.param(
            _on(FIRST_DAY - timedelta(days=1), "23:00:00", timezone(timedelta(hours=-1))),
            None,
            id="three days behind in Cape Verde, two in UTC",
        ),
    ],
)
def test_a_map_may_be_believed_from_two_days_before_its_data_to_its_last_day(at: datetime, doubt: str | None) -> None:
    """Days are those of UTC, both ends included; the notice follows the doubt."""
    assert timedelta(days=2) == CLOCK_SLACK
    assert find_map_doubt(make_map(), at) == doubt
    proof = decide(make_edition(), make_reader(), at).find_proof(UNDESIRABLE)
    assert (proof is None) is (doubt is not None)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Etc/GMT-14"], ids=["twelve hours behind", "fourteen hours ahead"])
def test_the_day_is_that_of_utc_wherever_the_machine_stands(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone of the server moves neither end of a map's life."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        doubts = [find_map_doubt(make_map(), _on(LAST_DAY, clock)) for clock in ("00:00:00", "23:59:59")]
        late = [
            find_map_doubt(make_map(), _on(LAST_DAY + timedelta(days=1), clock)) for clock in ("00:00:00", "23:59:59")
        ]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert doubts == [None, None]
    assert late == [MAP_TOO_OLD, MAP_TOO_OLD]


def test_no_map_is_a_doubt() -> None:
    """Without a map nothing is ever proven."""
    assert find_map_doubt(None, NOW) == "there is no territory map that can be believed"


def test_a_map_of_age_nought_serves_its_own_day_only() -> None:
    """The day of the data is believed, the next one is not."""
    facts = make_map(max_age_days=0)
    assert find_map_doubt(facts, _on(DATA_DATE, "23:59:59")) is None
    assert find_map_doubt(facts, _on(DATA_DATE + timedelta(days=1), "00:00:00")) is not None


class _Undecided(tzinfo):
    """A zone that does not know its offset: Python counts such a time as naive."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


@pytest.mark.parametrize("zone", [None, _Undecided()], ids=["no zone", "zone without an offset"])
def test_a_time_without_a_zone_proves_nothing(zone: tzinfo | None) -> None:
    """It would be read in the zone of the machine, which no decision may depend on."""
    assert not isinstance(_show(make_edition(), make_reader(), NOW.replace(tzinfo=zone)), Omitted)


# --- Proof ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seal", [pytest.param(None, id="none"), pytest.param(object(), id="an object"), pytest.param(True, id="true")]
)
def test_a_proof_cannot_be_made_by_hand(seal: object) -> None:
    """Only `decide` holds the seal."""
    with pytest.raises(TypeError, match=r"^only decide\(\) makes a Proof$"):
        Proof(UNDESIRABLE, "edition-digest", (), seal)


def test_a_proof_cannot_be_made_without_a_seal() -> None:
    """There is no default that would do."""
    with pytest.raises(TypeError):
        Proof(UNDESIRABLE, "edition-digest", ())  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "change",
    [{"notice": NoticeId("other")}, {"edition": "other"}, {"findings": ()}],
    ids=["notice", "edition", "findings"],
)
def test_a_proof_cannot_be_turned_into_another(change: dict[str, object]) -> None:
    """A copy with another notice, edition or finding is refused: whoever holds one Proof can make no second."""
    genuine = _prove()
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(genuine, **change)  # type: ignore[arg-type]


def test_a_proof_does_not_give_its_seal_away() -> None:
    """Nothing that hangs on a Proof makes another one pass."""
    genuine = _prove()
    for name in dir(genuine):
        with pytest.raises(TypeError):
            Proof(NoticeId("other"), "edition-digest", (), getattr(genuine, name))


@pytest.mark.parametrize("name", ["notice", "edition", "findings"])
def test_a_proof_cannot_be_changed(name: str) -> None:
    """It is frozen."""
    genuine = _prove()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(genuine, name, "other")


def test_equal_decisions_give_equal_proofs() -> None:
    """A Proof is a value: the same reader and edition prove the same, and it prints no seal."""
    assert _prove() == _prove()
    assert "seal" not in repr(_prove())
    assert _prove() != _prove(make_edition(BY_PLACE))


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(lambda proof: Decision("edition-digest", (Omitted(NoticeId("other"), proof),)), id="other notice"),
        pytest.param(lambda proof: Decision("next-digest", (Omitted(UNDESIRABLE, proof),)), id="other edition"),
    ],
)
def test_a_proof_filed_under_another_name_is_not_found(decision: object) -> None:
    """A Decision put together by hand cannot pass the Proof of one notice or edition off as that of another."""
    assert callable(decision)
    made = decision(_prove())
    assert made.find_proof(UNDESIRABLE) is None
    assert made.find_proof(NoticeId("other")) is None


def test_what_a_decision_is_made_of_is_frozen() -> None:
    """Nobody downstream can add to or take from a decision."""
    notices = make_notice(id="other"), make_notice(make_rules(languages=["tt"]))
    decision = decide(make_edition(*notices), make_reader(page=["ru"]), NOW)
    (shown,), (omitted,) = decision.shown, decision.omitted
    parts: tuple[object, ...] = (decision, shown, omitted, omitted.proof, shown.findings[0])
    for part in parts:
        assert "__dict__" not in dir(part)
        for name in {name for name in dir(part) if not name.startswith("_")} | {"more"}:
            with pytest.raises((AttributeError, TypeError)):
                setattr(part, name, "other")
    assert decision == decide(make_edition(*notices), make_reader(page=["ru"]), NOW)


def test_the_seal_is_not_exported() -> None:
    """The one thing that makes a Proof has a private name in its module and hangs on nothing public."""
    public = [value for name, value in vars(module).items() if not name.startswith("_")]
    assert module._SEAL not in public
