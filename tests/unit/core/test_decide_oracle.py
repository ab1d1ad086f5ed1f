"""`decide` against the independent oracle: a notice may be left out exactly when SAFETY.md's six conditions hold."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.naive_decide import decide_naively, tell
from tests.oracle import may_leave_out
from tests.strategies import BREAKS, SPOILS, Case, make_cases
from webapp.core.decide import decide
from webapp.core.model import Notice

EDITIONS = 1_000
READERS = 100
ORACLE_ONLY = {"garbled", "fuzzed"}
"""What may turn out to be readable after all, so that only the oracle can say what follows."""

SETTINGS = settings(
    max_examples=EDITIONS,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),  # a seed has no meaning, so a smaller one is not a simpler case
    suppress_health_check=list(HealthCheck),
)


def _explain(case: Case, notice: Notice, left_out: bool) -> str:
    return (
        f"decide {'leaves out' if left_out else 'shows'} {notice.id}, the oracle says otherwise; "
        f"broken: {case.broken}, header: {case.header!r:.200}, page: {case.reader.page_languages}, "
        f"rules: {notice.rules}, place: {case.reader.place}, map: {case.edition.map}, at: {case.at!r}"
    )


def test_decide_leaves_a_notice_out_exactly_when_the_oracle_would() -> None:
    """100,000 readers of 1,000 editions: both say the same of every notice, whichever way it goes."""
    tally: Counter[str] = Counter()

    @SETTINGS
    @given(seed=st.integers(0, 2**64 - 1))
    def compare(seed: int) -> None:
        for case in make_cases(seed, READERS):
            tally["readers"] += 1
            decision = decide(case.edition, case.reader, case.at)
            for notice in case.edition.notices:
                expected = may_leave_out(case.edition, notice, case.reader, case.header, case.at)
                left_out = decision.find_proof(notice.id) is not None
                assert left_out is expected, _explain(case, notice, left_out)
                tally["left out" if left_out else "shown"] += 1
            if len(case.broken) == 1:
                tally[case.broken[0]] += 1

    compare()
    assert tally["readers"] == EDITIONS * READERS == 100_000
    assert tally["left out"] >= 50_000
    assert tally["shown"] >= 50_000
    rare = {label: tally[label] for label in {*BREAKS, *SPOILS} - ORACLE_ONLY if tally[label] < 200}
    assert not rare, "too few near-misses, all safe but for one thing"


def test_a_decision_is_told_as_if_every_sentence_were_written_at_once() -> None:
    """Outcomes, verdicts and words are to the letter those of the naive way, whatever was broken, asked twice."""
    tally: Counter[str] = Counter()
    for seed in range(300):
        for case in make_cases(seed, READERS):
            told = tell(decide(case.edition, case.reader, case.at))
            assert told == decide_naively(case.edition, case.reader, case.at), case
            assert told == tell(decide(case.edition, case.reader, case.at))
            tally.update(verdict for *_, findings in told for _, _, verdict, _ in findings)
            tally.update("faulty" for *_, faulty, _ in told if faulty)
    assert min(tally[name] for name in ("matched", "unproven", "excluded", "faulty")) >= 1_000, tally


def test_the_oracle_agrees_with_what_was_broken_on_purpose() -> None:
    """The oracle is itself no yes-man: it leaves nothing out once one thing is broken, and much while all is safe."""
    safe = 0
    for seed in range(100):
        for case in make_cases(seed, READERS):
            may = may_leave_out(case.edition, case.target, case.reader, case.header, case.at)
            assert not (may and case.broken), (case.broken, case.header, case.target.rules)
            safe += may
    assert safe >= 2_000
