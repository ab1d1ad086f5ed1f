"""The gate: bytes leave with the marker of every notice, or with its Proof, or not at all."""

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import NOW, RUSSIA, make_edition, make_notice, make_place, make_reader
from webapp.core.decide import Decision, Omitted, Shown, decide
from webapp.core.model import Edition, NoticeId
from webapp.errors import GateRefusedError
from webapp.site.gate import MOST_PREMISES, Checked, check, let_kept_out, let_out

EDITION = make_edition(make_notice(id="one"))
PROVEN = decide(EDITION, make_reader(), NOW)
WARNED = decide(EDITION, make_reader(make_place(inside=[RUSSIA])), NOW)
TWO = make_edition(make_notice(id="one"), make_notice(id="two"))
MARKED = b'<p>a</p><section data-notice="one">w</section>'


def test_premises() -> None:
    """The decisions used here are what their names say."""
    assert PROVEN.find_proof(NoticeId("one")) is not None
    assert WARNED.find_proof(NoticeId("one")) is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(MARKED, id="section"),
        pytest.param(b'<aside class="a b" data-notice="one" lang="ru">', id="between other attributes"),
        pytest.param(b'<p\n  data-notice="one"/>', id="after a line break"),
        pytest.param(b'<p data-notice="one"><p data-notice="one">', id="twice"),
        pytest.param(b'<!-- a --><p data-notice="one"><!-- b -->', id="between comments"),
        pytest.param(b'<title><p data-notice="one"></title><p data-notice="one">', id="after a hidden one"),
        pytest.param(b'<p data-notice="one-more" data-notice="one">', id="after another attribute of the name"),
        pytest.param(b'data-notice="one" <p data-notice="one">', id="after the words alone"),
        pytest.param(
            b'<title>t</title><style>a{}</style><p data-notice="one"><script>x</script>', id="in a whole page"
        ),
    ],
)
@pytest.mark.parametrize("decision", [pytest.param(WARNED, id="warned"), pytest.param(None, id="undecided")])
def test_marked_body_leaves_unchanged(body: bytes, decision: Decision | None) -> None:
    """A body with the marker of every notice needs no Proof, and is not touched."""
    assert let_out(body, EDITION, decision) is body


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<p>article</p>", id="no marker"),
        pytest.param(b'data-notice="one"', id="the words without an element"),
        pytest.param(b'&lt;section data-notice="one"&gt;', id="an escaped element"),
        pytest.param(b'<p title="x"> data-notice="one">', id="after the element's end"),
        pytest.param(b'<section data-notice="one-more">', id="a longer id"),
        pytest.param(b'<section data-notice="on">', id="a shorter id"),
        pytest.param(b"<section data-notice='one'>", id="other quotes"),
        pytest.param(b'<section data-notice="">', id="no id"),
        pytest.param(b'<section x-data-notice="one">', id="another attribute"),
        pytest.param(b'<section data-notice="one', id="cut off"),
        pytest.param(b'</section data-notice="one">', id="an end tag"),
        pytest.param(b'<!-- data-notice="one" -->', id="a comment"),
        pytest.param(b'<!--\n<section data-notice="one">w</section>\n-->', id="an element in a comment"),
        pytest.param(b'<p>a</p><!-- <section data-notice="one">w</section>', id="in a comment without end"),
        pytest.param(b'<script>"<b data-notice="one">"</script>', id="in a script"),
        pytest.param(b'<STYLE type="x">/* <b data-notice="one"> */</STYLE >', id="in a style sheet"),
        pytest.param(b'<template><section data-notice="one">w</section></template>', id="in a template"),
        pytest.param(b'<title><b data-notice="one"></title>', id="in the title"),
        pytest.param(b'<textarea rows="1"><b data-notice="one">', id="in a field without end"),
        pytest.param(b'<title><b data-notice="one"><b data-notice="one"></title>', id="twice in the title"),
        pytest.param(b'<!-- <b data-notice="one"> > <b data-notice="one">-->', id="twice in a comment"),
        pytest.param(b'<p <!-- a --> data-notice="one">', id="after a comment that ended the element"),
        pytest.param(b'<script data-notice="one">x</script>', id="of a script"),
        pytest.param(b'<title>a</title ><title><b data-notice="one"></title>', id="in a second title"),
    ],
)
@pytest.mark.parametrize("decision", [pytest.param(WARNED, id="warned"), pytest.param(None, id="undecided")])
def test_unmarked_body_is_refused(body: bytes, decision: Decision | None) -> None:
    """What only looks like the marker is none."""
    with pytest.raises(GateRefusedError, match="without the notice one"):
        let_out(body, EDITION, decision)


UNSEEN = re.compile(
    rb"<(?:!--.*?(?:-->|\Z)|(script|style|template|title|textarea)\b.*?(?:</\1\s*>|\Z))", re.DOTALL | re.IGNORECASE
)
TAG = re.compile(rb'<[a-z]+(?:\s[^<>]*)?\sdata-notice="one"[\s>/]')
PIECES = (
    b'data-notice="one"', b'<p data-notice="one">', b'<p data-notice="one"', b'<p title="x" data-notice="one"/>',
    b"<p ", b"<", b">", b"/", b" ", b"\n", b"</", b"<!--", b"-->", b"--", b"!", b"<script", b"</script>", b"</SCRIPT >",
    b"<style>", b"</style", b"<title>", b"</title>", b"<titles>", b"<textarea>", b"</textarea\n>", b"<template ",
    b"</template>", b"one", b'"', b"<P>", b"word", b"&lt;",
)  # fmt: skip


def _carries_marker(body: bytes) -> bool:
    """Look for the marker in all that is left when every unseen part is taken out, and an empty element put there."""
    return TAG.search(UNSEEN.sub(b"<>", body)) is not None


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join))
@settings(max_examples=2000)
def test_a_marker_counts_where_it_is_seen(body: bytes) -> None:
    """The gate's short way to a marker finds exactly what a search through the whole visible page does."""
    assert (check(body, EDITION, free=False).marked == {"one"}) is _carries_marker(body)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b'<title><b data-notice="one"></title>', id="each hidden for itself"),
        pytest.param(b'<!-- <b data-notice="one">', id="hidden together"),
        pytest.param(b'data-notice="one" ', id="words"),
        pytest.param(b'<p data-notice="one"', id="cut off"),
    ],
)
def test_many_false_markers_take_no_long_time(piece: bytes) -> None:
    """A page of hundreds of kilobytes that is nothing but markers which do not count is judged within a second."""
    begun = time.process_time()
    assert not check(piece * 20_000, EDITION, free=False).marked
    assert time.process_time() - begun < 1


def test_proven_body_leaves_without_a_marker() -> None:
    """A Proof for the notice and the edition lets a body out without it."""
    assert let_out(b"<p>article</p>", EDITION, PROVEN) == b"<p>article</p>"


def test_proof_of_another_edition_is_none() -> None:
    """A Proof says nothing about an edition that has changed since."""
    with pytest.raises(GateRefusedError):
        let_out(b"<p>article</p>", replace(EDITION, digest="newer"), PROVEN)


def test_proof_of_another_notice_is_none() -> None:
    """A decision that never judged a notice holds no Proof for it."""
    with pytest.raises(GateRefusedError, match="notice two"):
        let_out(b"<p>article</p>", TWO, PROVEN)


def test_every_notice_counts() -> None:
    """One marker of two is not enough; the missing one is named."""
    with pytest.raises(GateRefusedError, match="notice two"):
        let_out(MARKED, TWO, None)
    both = MARKED + b'<p data-notice="two">'
    assert let_out(both, TWO, None) is both


def test_marker_and_proof_may_share() -> None:
    """One notice by its marker, the other by its Proof."""
    second = replace(make_notice(id="two"), rules=make_notice().rules[:1])
    edition = make_edition(make_notice(id="one"), second)
    reader = make_reader(accept_language="ru")
    assert let_out(MARKED, edition, decide(edition, reader, NOW)) == MARKED


# --- kept bytes ----------------------------------------------------------------------------------------------

OTHER = replace(EDITION, digest="newer")
PROOFS = [decide(edition, make_reader(), NOW).find_proof(NoticeId("one")) for edition in (EDITION, OTHER)]
outcomes = st.lists(
    st.sampled_from([NoticeId("one"), NoticeId("two")]).flatmap(
        lambda notice: st.sampled_from(
            [Shown(notice, "because"), *(Omitted(notice, proof) for proof in PROOFS if proof is not None)]
        )
    ),
    max_size=4,
)
decisions = st.none() | st.builds(Decision, st.sampled_from([EDITION.digest, "newer"]), outcomes.map(tuple))


def _may_leave(marked: frozenset[str], edition: Edition, decision: Decision | None) -> bool:
    """Ask the decision itself, notice by notice."""
    for notice in edition.notices:
        proof = decision.find_proof(notice.id) if decision else None
        if notice.id not in marked and (proof is None or proof.notice != notice.id or proof.edition != edition.digest):
            return False
    return True


def _leaves(kept: Checked, edition: Edition, decision: Decision | None) -> bool:
    try:
        return let_kept_out(kept, edition, decision) == kept.body
    except GateRefusedError:
        return False


@given(st.sampled_from([b"<p>a</p>", MARKED]), st.sampled_from([EDITION, TWO]), st.lists(decisions, max_size=5))
def test_kept_bytes_are_judged_anew(body: bytes, edition: Edition, group: list[Decision | None]) -> None:
    """Whoever was let through before, with whatever outcomes: each decision counts for itself, and so do equal ones."""
    kept = check(body, edition, free=False)
    for decision in (*group, *group, *(replace(it) if it else None for it in group)):
        assert _leaves(kept, edition, decision) is _may_leave(kept.marked, edition, decision)


def test_edition_with_one_notice_more_is_another_one() -> None:
    """Bytes that left for an edition do not leave for one that calls itself the same and has another notice."""
    kept = check(b"<p>a</p>", EDITION, free=False)
    assert _leaves(kept, EDITION, PROVEN)
    assert not _leaves(kept, replace(TWO, digest=EDITION.digest), PROVEN)
    assert _leaves(kept, EDITION, PROVEN)


def test_kept_bytes_hold_on_to_few_decisions() -> None:
    """A flood of readers who differ in everything leaves no trail of decisions behind."""
    kept = check(b"<p>a</p>", EDITION, free=False)
    for _ in range(10 * MOST_PREMISES):
        assert _leaves(kept, EDITION, replace(PROVEN))
    assert len(kept.agreed) <= MOST_PREMISES
