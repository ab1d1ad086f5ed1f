"""Decisions that are remembered between requests: the same as made anew, whoever asked before, and nobody's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import NOW, RUSSIA, make_edition, make_notice, make_place
from webapp.core.decide import decide
from webapp.core.model import (
    LanguageRule,
    LocaleTag,
    NoticeId,
    Place,
    Reader,
    TerritoryRule,
    UnknownPlace,
    UnknownReason,
)
from webapp.site.asked import LONGEST, MOST, Memory
from webapp.site.networks import NetworkSet
from webapp.site.reader import read_languages

TWO = make_edition(
    replace(make_notice(id="one"), rules=(TerritoryRule("in", RUSSIA), LanguageRule("reads", ("ru", "tt"), ("RU",)))),
    replace(make_notice(id="two"), rules=(LanguageRule("reads", ("be",)),)),
)
OUTSIDE = make_place()
PLACES: tuple[Place, ...] = (
    OUTSIDE,
    OUTSIDE._replace(outside=OUTSIDE.outside - {RUSSIA}, inside=frozenset({RUSSIA})),
    OUTSIDE._replace(outside=OUTSIDE.outside - {RUSSIA}, uncertain=frozenset({RUSSIA})),
    OUTSIDE._replace(outside=OUTSIDE.outside - {RUSSIA}),
    UnknownPlace(UnknownReason.NO_ADDRESS, "none"),
    UnknownPlace(UnknownReason.NO_MAP, "none"),
)
VALUES: tuple[Sequence[str] | None, ...] = (
    None, (), ("",), ("en",), ("ru",), ("en, be;q=0.1",), ("en-RU",), ("en, , fr",), ("en\xff",),
    ("en", "ru"), ("en", "de"), ("de" + ", en" * LONGEST,), ("ru" + ", en" * LONGEST,),
)  # fmt: skip
PAGES = ((LocaleTag("en"),), (LocaleTag("ru"),), (LocaleTag("en"), LocaleTag("be")), ())
questions = st.tuples(
    st.sampled_from(PLACES),
    st.sampled_from(PAGES),
    st.sampled_from(VALUES),
    st.booleans(),
    st.sampled_from([timedelta(0), timedelta(days=1), timedelta(days=-9), timedelta(days=900)]),
)


def make_memory() -> Memory:
    """What is remembered of an edition, at first."""

    def fail() -> None:
        raise AssertionError("no decision fails here")

    return Memory(TWO, NetworkSet(), None, fail)


@given(st.lists(questions, max_size=12))
def test_remembered_is_as_made_anew(
    asked: list[tuple[Place, tuple[LocaleTag, ...], Sequence[str] | None, bool, timedelta]],
) -> None:
    """For each reader the same notices, and a Proof for each other, as `decide` gives; in whatever order they come."""
    memory = make_memory()
    for place, page, values, is_alike, later in (*asked, *asked):
        headers = {} if values is None else {"accept-language": values}
        if is_alike:
            headers["accept_language"] = ("en",)
        found = memory.decide(place, page, headers, NOW + later)
        anew = decide(TWO, Reader(place, page, read_languages(TWO, headers)), NOW + later)
        assert found.shown_ids == anew.shown_ids
        for notice in (NoticeId("one"), NoticeId("two")):
            assert (found.find_proof(notice) is None) is (anew.find_proof(notice) is None)


def test_decisions_that_nobody_else_has_do_not_pile_up() -> None:
    """A flood of readers who all ask otherwise leaves a bounded memory, and few decisions in it."""
    memory = make_memory()
    for number in range(3 * MOST):
        memory.decide(OUTSIDE, PAGES[0], {"accept-language": (f"en, x-{number}",)}, NOW)
    assert len(memory.decisions) <= MOST
    assert len({id(decision) for decision in memory.decisions.values()}) == 1


@pytest.mark.parametrize("at", [datetime(2026, 1, 1), NOW.astimezone(UTC)])  # noqa: DTZ001 - a clock without a zone is the point
def test_clock_without_a_zone_is_not_remembered(at: datetime) -> None:
    """Such a clock proves nothing, and so must not be taken for another that does."""
    memory = make_memory()
    first = memory.decide(OUTSIDE, PAGES[0], {}, NOW)
    assert memory.decide(OUTSIDE, PAGES[0], {}, at).shown_ids == (first.shown_ids if at.tzinfo else ("one", "two"))
