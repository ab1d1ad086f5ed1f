"""One answer as it goes out, for every kind of server: owns how it is spelled, and knows nothing of what it says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

HeaderList = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: a status line, headers, and a body that the gate has let through.

    `messages` says the same as ASGI wants it sent (https://asgi.readthedocs.io/en/latest/specs/www.html), made once
    because a kept page goes out often.
    """

    status: str
    headers: HeaderList
    body: bytes
    messages: tuple[dict[str, Any], dict[str, Any]]

    def without_body(self) -> "Answer":
        """Return the answer to HEAD: the same headers, and nothing behind them."""
        return make_answer(self.status, self.headers, b"")


def make_answer(status: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
    """Put an answer together. `status` is a line such as "200 OK"; names and values are latin-1 (RFC 9110 §5.5)."""
    sent = tuple(headers)
    raw = tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent)
    start = {"type": "http.response.start", "status": int(status[:3]), "headers": raw}
    return Answer(status, sent, body, (start, {"type": "http.response.body", "body": body}))
