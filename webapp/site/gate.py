"""The gate: every byte of article text leaves through `let_out`, or, once it was kept, through `let_kept_out`.

Either lets bytes out only if, for every notice of the edition, they carry its marker or the decision holds a Proof.
The marker is an element's attribute and so begins with "<", which no article, title or query can contain raw.
"""

import re
from dataclasses import InitVar, dataclass, field
from functools import lru_cache
from zlib import crc32

from webapp.core.decide import Decision, Omitted
from webapp.core.model import Edition, NoticeId
from webapp.errors import GateRefusedError

_SEAL = object()


@lru_cache(maxsize=4096)
def _marker(notice: NoticeId) -> re.Pattern[bytes]:
    return re.compile(rb'<[a-z]+(?:\s[^<>]*)?\sdata-notice="' + re.escape(notice.encode()) + rb'"[\s>/]')


_UNSEEN = re.compile(
    rb"<(?:!--.*?(?:-->|\Z)|(script|style|template|title|textarea)\b.*?(?:</\1\s*>|\Z))", re.DOTALL | re.IGNORECASE
)
"""A marker in a comment, or in an element whose content is no part of the page, is one that nobody sees."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Bytes that this module has searched for the markers of one edition. Cannot be made outside it.

    `marked` holds the notices whose marker they carry; `free` bytes carry no article text and need none. `agreed` is
    what last let them out, a Premise or nothing: its values never change, so the very same ones say the same again.
    """

    body: bytes
    edition: str
    marked: frozenset[NoticeId]
    free: bool
    checksum: int
    seal: InitVar[object]
    agreed: "list[Premise]" = field(default_factory=list, init=False, compare=False, repr=False)

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only the gate checks bytes")


Premise = tuple[frozenset[NoticeId], Edition, Decision | None]
"""All that `_refuse_unproven` goes by."""


def let_out(body: bytes, edition: Edition, decision: Decision | None) -> bytes:
    """Return `body` unchanged, or raise GateRefusedError when a notice is neither on it nor proven needless."""
    _refuse_unproven(_find_marked(body, edition), edition, decision)
    return body


def check(body: bytes, edition: Edition, *, free: bool) -> Checked:
    """Search bytes for markers before they are kept. `free`: they left beside the gate, without article text."""
    return Checked(body, edition.digest, _find_marked(body, edition), free, crc32(body), _SEAL)


def packed(checked: Checked, body: bytes) -> Checked:
    """Return what was checked in compressed form. The caller has unpacked `body` and found the same bytes."""
    return Checked(body, checked.edition, checked.marked, checked.free, crc32(body), _SEAL)


def let_kept_out(kept: Checked, edition: Edition, decision: Decision | None) -> bytes:
    """Return kept bytes to one more reader, or raise GateRefusedError: asked anew at every use.

    They must be of this edition and undamaged; each notice that they were not seen to carry needs a Proof now.
    """
    if kept.edition != edition.digest or crc32(kept.body) != kept.checksum:
        raise GateRefusedError("kept bytes are of another edition, or have changed since they were checked")
    if not kept.free and not _agreed_before(kept, edition, decision):
        _refuse_unproven(kept.marked, edition, decision)
        kept.agreed[:] = [(kept.marked, edition, decision)]
    return kept.body


def _agreed_before(kept: Checked, edition: Edition, decision: Decision | None) -> bool:
    """Say whether exactly these values, not others equal to them, have let the bytes out the last time."""
    for marked, before, known in kept.agreed:
        return marked is kept.marked and before is edition and known is decision
    return False


def _find_marked(body: bytes, edition: Edition) -> frozenset[NoticeId]:
    visible = _UNSEEN.sub(b"", body)
    return frozenset(notice.id for notice in edition.notices if _marker(notice.id).search(visible))


def _refuse_unproven(marked: frozenset[NoticeId], edition: Edition, decision: Decision | None) -> None:
    proven = _find_proven(edition, decision)
    for notice in edition.notices:
        if notice.id not in marked and notice.id not in proven:
            raise GateRefusedError(f"article text without the notice {notice.id}, and without a Proof")


def _find_proven(edition: Edition, decision: Decision | None) -> frozenset[NoticeId]:
    """Return the notices for which `decision` holds a Proof of this edition, and nothing that shows them as well."""
    if decision is None or decision.edition != edition.digest:
        return frozenset()
    outcomes = [(it.notice, it.proof if isinstance(it, Omitted) else None) for it in decision.outcomes]
    shown = {notice for notice, proof in outcomes if proof is None}
    return frozenset(
        notice
        for notice, proof in outcomes
        if proof and proof.notice == notice and proof.edition == edition.digest and notice not in shown
    )
