"""Asks the site how it sees a request. Owns the secret's way there; refuses to send it where somebody could listen."""

import hashlib
import secrets
from dataclasses import dataclass

from webapp.doctor.wire import Answer, Fields, Line, UndecodableError
from webapp.site.sight import DIGEST_HEADER, TOKEN_HEADER, Sight, find_sight

SAFE_READER = ("Accept-Language", "en")
"""What a reader sends whose languages put her at no risk."""
READER_AT_RISK = ("Accept-Language", "ru")
"""What a reader sends who must get the notice, wherever she is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer of the site, and what it told about the request; `sight` is None when the secret opened nothing."""

    answer: Answer
    sight: Sight | None
    rewritten: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """Brings the secret along. `token` is None when there is none, or when the line is not private."""

    line: Line
    token: str | None
    locale: str = "en"

    def new_path(self) -> str:
        """Return a path of an article's shape that nobody asked for before, so that no cache can know it."""
        return f"/{self.locale}/doctor-{secrets.token_hex(16)}"

    def ask(self, *fields: tuple[str, str], path: str | None = None) -> Seen:
        """Ask how the site sees a request with these headers. Raises NoAnswerError and UndecodableError."""
        secret: Fields = ((TOKEN_HEADER, self.token),) if self.token else ()
        answer = self.line.get(path or self.new_path(), (*secret, *fields))
        if not self.token:
            return Seen(answer, None, rewritten=False)
        text = answer.text
        digest = answer.first(DIGEST_HEADER)
        rewritten = digest is not None and hashlib.sha256(text.encode()).hexdigest() != digest
        return Seen(answer, find_sight(text) if answer.status == 200 else None, rewritten)


def read_text(answer: Answer) -> str:
    """Return the text of an answer; empty when it cannot be decoded, which `pages` reports."""
    try:
        return answer.text
    except UndecodableError:
        return ""
