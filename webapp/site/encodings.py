"""Compression of what leaves: Brotli, Zstandard, gzip or nothing, as the client asks. Knows nothing of pages."""

import gzip
import re
from functools import lru_cache

import brotli
import zstandard

SMALLEST = 400
"""Bytes below which compression costs more than it saves."""

TEXTUAL = frozenset({"text/html", "application/atom+xml", "application/xml", "text/plain", "image/svg+xml"})
"""Types of content that are worth it."""

ENCODINGS = ("br", "zstd", "gzip")
"""What we speak, the best first."""

LONGEST = 100
"""Longest Accept-Encoding that is remembered, in characters. Browsers send fewer."""

_MEMBER = re.compile(r"\s*([A-Za-z0-9*-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*\Z")
_QUICK = {"br": 5, "zstd": 9, "gzip": 6}
_BEST = {"br": 11, "zstd": 19, "gzip": 9}


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


def compress(body: bytes, encoding: str, *, best: bool = False) -> bytes:
    """Compress `body` with one of ENCODINGS: quickly, or as small as it goes, which takes 50 times as long."""
    level = (_BEST if best else _QUICK)[encoding]
    if encoding == "br":
        return bytes(brotli.compress(body, quality=level))
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=level).compress(body)
    return gzip.compress(body, compresslevel=level, mtime=0)


def decompress(body: bytes, encoding: str) -> bytes:
    """Undo `compress`."""
    if encoding == "br":
        return bytes(brotli.decompress(body))
    return zstandard.ZstdDecompressor().decompress(body) if encoding == "zstd" else gzip.decompress(body)
