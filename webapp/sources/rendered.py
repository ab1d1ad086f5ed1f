"""HTML of articles that readers asked for, kept a while in this process. Bounded by bytes; renders nothing itself.

The same text stands on several pages, for readers of several notices, and stays as it is when another article changes.
It is found by what it was made of, so a text that was edited is another one.
"""

import threading
from collections import OrderedDict
from hashlib import blake2b

OVERHEAD = 256
"""Bytes that an entry costs beside its text, about."""


def name(source: bytes) -> bytes:
    """Return what the HTML of a text is kept under: 16 bytes that no other text has (BLAKE2b, RFC 7693)."""
    return blake2b(source, digest_size=16).digest()


class Rendered:
    """At most `limit` bytes of texts; the one longest unused goes first. Safe to share between threads."""

    def __init__(self, limit: int) -> None:
        self.size = 0
        self._limit = limit
        self._lock = threading.Lock()
        self._texts: OrderedDict[bytes, bytes] = OrderedDict()

    def find(self, key: bytes) -> bytes | None:
        """Return what is kept under a name, and count it as used."""
        with self._lock:
            found = self._texts.get(key)
            if found is not None:
                self._texts.move_to_end(key)
            return found

    def keep(self, key: bytes, text: bytes) -> None:
        """Keep a text, and forget those longest unused: itself, if it alone is too large."""
        with self._lock:
            self._forget(key)
            self._texts[key] = text
            self.size += OVERHEAD + len(text)
            while self.size > self._limit:
                self._forget(next(iter(self._texts)))

    def _forget(self, key: bytes) -> None:
        text = self._texts.pop(key, None)
        if text is not None:
            self.size -= OVERHEAD + len(text)
