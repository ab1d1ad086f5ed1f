"""Compression of what leaves: Brotli, Zstandard, gzip or nothing, as the client asks. Knows nothing of pages."""

import gzip
import re

import brotli
import zstandard

SMALLEST = 400
"""Bytes below which compression costs more than it saves."""

_MEMBER = re.compile(r"\s*([A-Za-z0-9*-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*\Z")


def choose_encoding(header: str | None) -> str | None:
    """Choose among br, zstd and gzip by an Accept-Encoding header (RFC 9110 §12.5.3); None is identity."""
    wanted: dict[str, float] = {}
    for member in (header or "")[:1000].split(","):
        found = _MEMBER.match(member)
        if found:
            wanted[found[1].lower()] = float(found[2] or 1)
    qualities = [
        (wanted.get(name, wanted.get("*", 0.0)), -rank, name) for rank, name in enumerate(("br", "zstd", "gzip"))
    ]
    quality, _, name = max(qualities)
    return name if quality > 0 else None


def compress(body: bytes, encoding: str) -> bytes:
    """Compress `body` with one of the names that `choose_encoding` returns."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=5))
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=9).compress(body)
    return gzip.compress(body, compresslevel=6, mtime=0)
