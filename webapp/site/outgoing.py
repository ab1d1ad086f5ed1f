"""One answer as it goes out, for every kind of server: owns how it is spelled, and knows nothing of what it says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
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


Spelled = tuple[tuple[str, str], tuple[bytes, bytes]]
"""One header as it is written in Python, and as ASGI wants it."""


def spell(name: str, value: str) -> Spelled:
    """Spell a header. Raises UnicodeEncodeError for what is not latin-1 (RFC 9110 §5.5)."""
    return (name, value), (name.lower().encode("latin-1"), value.encode("latin-1"))


spell_kept = lru_cache(maxsize=1024)(spell)
"""The same for answers that are kept: all pages have most of their headers in common, and these lie in memory once. Not
for any other, whose headers may hold what a reader asked for."""


def make_answer(
    status: str, headers: Iterable[tuple[str, str]], body: bytes, spell: Callable[[str, str], Spelled] = spell
) -> Answer:
    """Put an answer together. `status` is a line such as "200 OK"; `spell` spells each header."""
    spelled = [spell(*header) for header in headers]
    start = {
        "type": "http.response.start",
        "status": int(status[:3]),
        "headers": tuple([raw for _, raw in spelled]),
    }
    sent = tuple([header for header, _ in spelled])
    return Answer(status, sent, body, (start, {"type": "http.response.body", "body": body}))
