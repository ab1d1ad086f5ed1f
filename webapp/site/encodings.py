"""Compression of what leaves: Brotli, Zstandard, gzip or nothing, as the client asks. Knows nothing of pages."""

import gzip
import re
from enum import Enum
from functools import lru_cache

import brotli
import zstandard

SMALLEST_WINDOW, LARGEST_WINDOW = 16, 22
"""Brotli's window, as a power of two. It takes memory for the window it is told, not for what it compresses: 32 MB for
the largest one at level 10. Up to level 9 the smallest is enough for a page, in a tenth of a large one's time."""

SMALLEST = 400
"""Bytes below which compression costs more than it saves."""

TEXTUAL = frozenset({"text/html", "application/atom+xml", "application/xml", "text/plain", "image/svg+xml"})
"""Types of content that are worth it."""

ENCODINGS = ("br", "zstd", "gzip")
"""What we speak, the best first."""

LONGEST = 100
"""Longest Accept-Encoding that is remembered, in characters. Browsers send fewer."""

_MEMBER = re.compile(r"\s*([A-Za-z0-9*-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*\Z")


class Effort(Enum):
    """How hard to try: `quick` takes under a millisecond for a page, `good` ten times as long, `best` fifty times.

    `good` is for a page that will be kept, as long as nobody waits: 700 bytes less of an article in Russian, which on a
    line that is cut after 16 KB, or carries 10 KB in a second, is worth more than the time.
    """

    QUICK = {"br": 9, "zstd": 9, "gzip": 6}  # noqa: RUF012 - the members' values
    GOOD = {"br": 10, "zstd": 15, "gzip": 9}  # noqa: RUF012 - as above
    BEST = {"br": 11, "zstd": 19, "gzip": 9}  # noqa: RUF012 - as above


def choose_encoding(header: str | None) -> str | None:
    """Choose among br, zstd and gzip by an Accept-Encoding header (RFC 9110 §12.5.3); None is identity."""
    text = header or ""
    return _remembered(text) if len(text) <= LONGEST else _choose(text)


def _choose(header: str) -> str | None:
    wanted: dict[str, float] = {}
    for member in header[:1000].split(","):
        found = _MEMBER.match(member)
        if found:
            wanted[found[1].lower()] = float(found[2] or 1)
    qualities = [(wanted.get(name, wanted.get("*", 0.0)), -rank, name) for rank, name in enumerate(ENCODINGS)]
    quality, _, name = max(qualities)
    return name if quality > 0 else None


_remembered = lru_cache(maxsize=512)(_choose)


def compress(body: bytes, encoding: str, effort: Effort = Effort.QUICK) -> bytes:
    """Compress `body` with one of ENCODINGS."""
    level = effort.value[encoding]
    if encoding == "br":
        window = SMALLEST_WINDOW if level < 10 else max(SMALLEST_WINDOW, min(LARGEST_WINDOW, len(body).bit_length()))
        return bytes(brotli.compress(body, quality=level, lgwin=window))
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=level).compress(body)
    return gzip.compress(body, compresslevel=level, mtime=0)


def decompress(body: bytes, encoding: str) -> bytes:
    """Undo `compress`."""
    if encoding == "br":
        return bytes(brotli.decompress(body))
    return zstandard.ZstdDecompressor().decompress(body) if encoding == "zstd" else gzip.decompress(body)
