"""Requests with every disguise, by every chain, under whole and broken maps: nothing is left out without a proof.

The short form of `python -m tests.drills.decisions`.
"""

import pytest

from tests.decision_drill import Outcome, run_batch, run_pages
from tests.disguises import ADDRESSES, FAULTS, SPELLINGS, TOPOLOGIES
from tests.reader_cases import RECORD_FAULTS

READERS, PAGES = 10_000, 500


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Return what became of ten thousand readers."""
    return run_batch(1_000_000, READERS)


def test_no_notice_is_left_out_unless_the_oracle_allows_it(outcome: Outcome) -> None:
    """The oracle knows nothing of the code: it reads the six conditions, the operators' guide and IANA's registries."""
    assert outcome.wrong == []


def test_the_drill_leaves_enough_out_to_mean_something(outcome: Outcome) -> None:
    """Notices are left out and shown in thousands, and every kind of address, chain, disguise and fault was there."""
    tally = outcome.tally
    assert tally["all / readers"] == READERS
    assert tally["all / left out"] > READERS / 2
    assert tally["all / shown"] > READERS / 2
    assert tally["all / shown without need"] < READERS / 20
    kinds = [*(f"address: {it}" for it in ADDRESSES), *(f"by: {it}" for it in TOPOLOGIES)]
    kinds += [f"fault: {it}" for it in (*FAULTS, *SPELLINGS)] + [f"world: {it}" for it in RECORD_FAULTS]
    assert not [kind for kind in kinds if tally[f"{kind} / readers"] < 10]


def test_a_broken_record_never_proves_anything(outcome: Outcome) -> None:
    """Whatever is wrong with a record of the map, at most another, whole territory is still known to be far."""
    harmless = {"inside all the same"}  # of a network that was inside already, the record is as good as before
    for fault in RECORD_FAULTS.keys() - harmless:
        assert outcome.tally[f"world: {fault} / left out"] == 0, fault


def test_whole_pages_go_without_a_notice_only_where_the_oracle_allows_it() -> None:
    """The same through the application's outermost callable: what counts is the page."""
    outcome = run_pages(1, PAGES)
    assert outcome.wrong == []
    assert outcome.tally["pages / left out"] > PAGES / 4
    assert outcome.tally["pages / shown"] > PAGES / 4
