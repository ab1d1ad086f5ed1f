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
def _marker(notice: NoticeId) -> tuple[bytes, re.Pattern[bytes]]:
    """Return what every marker of a notice ends with, but for one byte, and the whole of it."""
    attribute = b'data-notice="' + notice.encode() + b'"'
    return attribute, re.compile(rb"<[a-z]+(?:\s[^<>]*)?\s" + re.escape(attribute) + rb"[\s>/]")


_UNSEEN = re.compile(
    rb"<(?:!--.*?(?:-->|\Z)|(script|style|template|title|textarea)\b[^<]*(?:<(?!/\1\s*>)[^<]*)*(?:</\1\s*>|\Z))",
    re.DOTALL | re.IGNORECASE,
)
"""A marker in a comment, or in an element whose content is no part of the page, is one that nobody sees."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Bytes that this module has searched for the markers of one edition. Cannot be made outside it.

    `marked` holds the notices whose marker they carry; `free` bytes carry no article text and need none. `checksum` is
    theirs, `plain` that of the bytes that were searched, which these may be a compressed form of. `agreed` holds
    what has let them out before, by the decision's identity, and `sound` the bytes once their checksum held: none of it
    ever changes, so the very same values say the same again.
    """

    body: bytes
    edition: str
    marked: frozenset[NoticeId]
    free: bool
    checksum: int
    plain: int
    seal: InitVar[object]
    agreed: "dict[int, Premise]" = field(default_factory=dict, init=False, compare=False, repr=False)
    sound: "list[bytes]" = field(default_factory=list, init=False, compare=False, repr=False)

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only the gate checks bytes")


Premise = tuple[bytes, frozenset[NoticeId], Edition, Decision | None]
"""All that `let_kept_out` goes by."""

MOST_PREMISES = 8
"""Most of them that are remembered for the same bytes."""


def let_out(body: bytes, edition: Edition, decision: Decision | None) -> bytes:
    """Return `body` unchanged, or raise GateRefusedError when a notice is neither on it nor proven needless."""
    _refuse_unproven(_find_marked(body, edition), edition, decision)
    return body


def check(body: bytes, edition: Edition, *, free: bool) -> Checked:
    """Search bytes for markers before they are kept. `free`: they left beside the gate, without article text."""
    checksum = crc32(body)
    return Checked(body, edition.digest, _find_marked(body, edition), free, checksum, checksum, _SEAL)


def packed(checked: Checked, body: bytes) -> Checked:
    """Return what was checked in compressed form. The caller has unpacked `body` and found the same bytes."""
    return Checked(body, checked.edition, checked.marked, checked.free, crc32(body), checked.plain, _SEAL)


def unpacked(checked: Checked, body: bytes) -> Checked:
    """Return what was checked as it was before compression. Raises GateRefusedError unless `body` is just that."""
    if crc32(body) != checked.plain:
        raise GateRefusedError("kept bytes do not unpack to what was checked")
    return Checked(body, checked.edition, checked.marked, checked.free, checked.plain, checked.plain, _SEAL)


def let_kept_out(kept: Checked, edition: Edition, decision: Decision | None) -> bytes:
    """Return kept bytes to one more reader, or raise GateRefusedError: asked anew at every use.

    They must be of this edition and undamaged; each notice that they were not seen to carry needs a Proof now. Exactly
    the values that let them out before, not others equal to them, need not be gone through again. Python cannot change
    bytes; damage that the machine's memory does to them after their first use is not seen.
    """
    body, marked = kept.body, kept.marked
    premise = kept.agreed.get(id(decision))
    known = premise and premise[0] is body and premise[1] is marked and premise[2] is edition and premise[3] is decision
    if kept.edition != edition.digest or not (known or _is_sound(kept, body)):
        raise GateRefusedError("kept bytes are of another edition, or have changed since they were checked")
    if not known:
        if not kept.free:
            _refuse_unproven(marked, edition, decision)
        if len(kept.agreed) >= MOST_PREMISES:
            kept.agreed.clear()
        kept.agreed[id(decision)] = body, marked, edition, decision
    return body


def _is_sound(kept: Checked, body: bytes) -> bool:
    """Say whether `body` is what was checked: the very same bytes as before need not be summed up again."""
    if not kept.sound or kept.sound[0] is not body:
        if crc32(body) != kept.checksum:
            return False
        kept.sound[:] = [body]
    return True


def _find_marked(body: bytes, edition: Edition) -> frozenset[NoticeId]:
    return frozenset(notice.id for notice in edition.notices if _is_marked(body, notice.id))


def _is_marked(body: bytes, notice: NoticeId) -> bool:
    """Say whether a marker stands where it is seen. It holds no other "<", so it begins with the last one."""
    attribute, marker = _marker(notice)
    seen_from, start, end, place = 0, -1, 0, body.find(attribute)
    while place >= 0:
        start, end = max(start, body.rfind(b"<", end, place)), place + len(attribute)
        if start >= 0 and marker.match(body, start, end + 1):
            seen_from = _pass_unseen(body, seen_from, end)
            if seen_from <= start:
                return True
        place = body.find(attribute, max(end, seen_from))
    return False


def _pass_unseen(body: bytes, begin: int, end: int) -> int:
    """Return where the last unseen part ends of those that begin between `begin`, which is in none, and `end`."""
    for unseen in _UNSEEN.finditer(body, begin, end):
        begin = unseen.end()
        if begin == end and (whole := _UNSEEN.match(body, unseen.start())):  # it may go on
            begin = whole.end()
    return begin


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
