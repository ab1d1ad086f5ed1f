"""The gate: the one function through which every byte of article text leaves.

It lets bytes out only if, for every notice of the edition, they carry its marker or the decision holds a Proof.
The marker is an element's attribute and so begins with "<", which no article, title or query can contain raw.
"""

import re
from functools import lru_cache

from webapp.core.decide import Decision
from webapp.core.model import Edition, NoticeId
from webapp.errors import GateRefusedError


@lru_cache(maxsize=256)
def _marker(notice: NoticeId) -> re.Pattern[bytes]:
    return re.compile(rb'<[a-z]+(?:\s[^<>]*)?\sdata-notice="' + re.escape(notice.encode()) + rb'"[\s>/]')


_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
"""A marker inside a comment is one that nobody sees."""


def let_out(body: bytes, edition: Edition, decision: Decision | None) -> bytes:
    """Return `body` unchanged, or raise GateRefusedError when a notice is neither on it nor proven needless."""
    visible = _COMMENT.sub(b"", body)
    for notice in edition.notices:
        proof = decision.find_proof(notice.id) if decision is not None else None
        proven = proof is not None and proof.notice == notice.id and proof.edition == edition.digest
        if not proven and not _marker(notice.id).search(visible):
            raise GateRefusedError(f"article text without the notice {notice.id}, and without a Proof")
    return body
