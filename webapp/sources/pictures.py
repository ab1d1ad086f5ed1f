"""Pictures beside an article. Owns what a picture file may be: its type, its shape, and, for SVG, its innocence."""

import hashlib
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

from webapp.core.model import Picture
from webapp.errors import Problem, SourceError
from webapp.sources.files import read_file

MAX_BYTES = 2_000_000
RATIO = 16 / 9

_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
_ACTIVE = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|<(?:[\w.-]+:)?(?:script|foreignObject)|\son\w+\s*=|@import"
    rb"|url\(\s*['\"]?[^#'\"]|\x00|encoding\s*=\s*['\"](?!utf-8['\"])",  # another encoding would hide the rest
    re.I,
)
_REFERENCE = re.compile(rb"(?:href|src)\s*=\s*['\"](?!#)", re.I)


def load_portrait(root: Path, name: str, key: str) -> Picture:
    """Read and check the picture of the author at `key`, of any shape. Raises SourceError, as `load_picture`."""
    shown = f"content/_authors/{name}"
    if Path(name).name != name or Path(name).suffix.lower() not in _TYPES:
        hint = f"Name a file in content/_authors/ that ends in {', '.join(_TYPES)}."
        raise SourceError([Problem("author.picture", shown, "this is no picture", hint, key=key)])
    if not (root / shown).is_file():
        hint = "Put an SVG of that name into content/_authors/."
        raise SourceError([Problem("author.picture", shown, "the author's picture is missing", hint, key=key)])
    return make_picture(read_file(root / shown, shown), name, shown)


def load_picture(root: Path, folder: str, name: str) -> Picture:
    """Read and check a picture. Raises SourceError with every Problem; sizes are in CSS pixels."""
    shown = f"{folder}/{name}"
    suffix = Path(name).suffix.lower()
    if Path(name).name != name or suffix not in _TYPES:
        hint = f"Name a file in the article's folder that ends in {', '.join(_TYPES)}."
        raise SourceError(
            [Problem("picture.name", f"{folder}/article.toml", f"{name!r} is no picture", hint, key="picture")]
        )
    if not (root / shown).exists():
        hint = "Put the picture there, or correct `picture` in article.toml."
        raise SourceError([Problem("picture.missing", shown, "the picture is missing", hint)])
    return make_picture(read_file(root / shown, shown), name, shown, RATIO)


def make_picture(data: bytes, name: str, shown: str, ratio: float | None = None) -> Picture:
    """Check a picture, of any shape unless a ratio is wanted. Raises SourceError with every Problem."""
    suffix = Path(name).suffix.lower()
    width, height = _measure(data, suffix, shown)
    problems = []
    if len(data) > MAX_BYTES:
        problems.append(Problem("picture.size", shown, f"{len(data):,} bytes", f"Keep it under {MAX_BYTES:,} bytes."))
    if ratio is not None and abs(width / height - ratio) > 0.02 * ratio:
        problems.append(
            Problem("picture.shape", shown, f"{width} × {height} is not 16:9", "Crop it, to 1600 × 900 say.")
        )
    if problems:
        raise SourceError(problems)
    return Picture(name, width, height, _TYPES[suffix], hashlib.sha256(data).hexdigest())


def check_svg(data: bytes, shown: str) -> None:
    """Raise SourceError when an SVG carries script, an entity or a reference to anything outside itself."""
    found = _ACTIVE.search(data) or _REFERENCE.search(data)
    if found:
        message = f"the SVG holds {found[0].decode('ascii', 'replace').strip()!r}"
        hint = "Export it as plain SVG in UTF-8: no script, no style import, nothing from another file."
        line = data[: found.start()].count(b"\n") + 1
        raise SourceError([Problem("picture.active", shown, message, hint, line)])


def _measure(data: bytes, suffix: str, shown: str) -> tuple[int, int]:
    try:
        if suffix == ".svg":
            check_svg(data, shown)
            return _measure_svg(data)
        return {".png": _measure_png, ".jpg": _measure_jpeg, ".webp": _measure_webp}[suffix](data)
    except (ValueError, ArithmeticError, LookupError, struct.error, ElementTree.ParseError):
        hint = f"Save it again as {suffix[1:].upper()}; an SVG needs a viewBox."
        raise SourceError([Problem("picture.broken", shown, "the size of the picture cannot be read", hint)]) from None


def _measure_svg(data: bytes) -> tuple[int, int]:
    root = ElementTree.fromstring(data)  # noqa: S314 - check_svg has refused DOCTYPE and entities before
    _, _, width, height = (float(part) for part in re.split(r"[\s,]+", root.attrib["viewBox"].strip()))
    return _positive(round(width), round(height))


def _measure_png(data: bytes) -> tuple[int, int]:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError
    return _positive(*struct.unpack(">II", data[16:24]))


def _measure_jpeg(data: bytes) -> tuple[int, int]:
    if data[:2] != b"\xff\xd8":
        raise ValueError
    at = 2
    while data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return _positive(width, height)
        at += 2 + length
    raise ValueError


def _measure_webp(data: bytes) -> tuple[int, int]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError
    kind = data[12:16]
    if kind == b"VP8X":
        return _positive(1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return _positive(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    width, height = struct.unpack("<HH", data[26:30])
    return _positive(width & 0x3FFF, height & 0x3FFF)


def _positive(width: int, height: int) -> tuple[int, int]:
    if width < 1 or height < 1:
        raise ValueError
    return width, height
