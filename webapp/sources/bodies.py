"""Bodies of articles that lie compressed in memory until a reader wants them. Renders nothing that was not checked.

A large site has tens of thousands of texts, of which a day's readers see some hundreds. Parsing all of them takes
minutes; looking whether one can hold anything that an article must not takes microseconds. What might, is parsed.
"""

import re
import threading
from abc import abstractmethod
from dataclasses import dataclass

import zstandard

from webapp.sources import rendered
from webapp.sources.markdown import plain_text, render_markdown
from webapp.sources.rendered import Rendered
from webapp.sources.shelf import Shelf

LEVEL = -1
"""Compression: half of the size, three quarters of the time of level 1, which leaves four tenths of the size."""

RENDERED = Rendered(2 * 1024 * 1024)
"""HTML, compressed as well: some three hundred and fifty texts of 900 words in Cyrillic script."""

_DOUBTFUL = (b"<", b"&", b"\\", b"\r", b"\x0b", b"\x0c")
"""HTML and autolinks, character references, escapes, and other ends of lines."""
_NUMBER_SIGN = re.compile(rb"#(?<=[\n >\t*+\-0-9.)]#)(?:(?!#)|#{4})")
"""What each doubtful heading has that is not underlined. It begins with one letter, so that it is found at once."""
_HEADING = re.compile(rb"\n[ >\t*+\-0-9.)]*(?:#(?!#)|#{5}|=+[ \t]*$)", re.MULTILINE)
"""A line that may be a heading of level 1, 5 or 6, or underline one of level 1, in lists and quotations too."""
_SIGNS = re.compile(
    r"[\[\]&<*_`#>\\\n]"
    r"(?:(?<=\])\([^)\s]*\)|(?<=&)#?\w+;|(?<=<)[^<>\n]*>|(?<=[\[\]*_`#>\\])[\[\]*_`#>\\]*|(?<=\n)[-=+]+$)",
    re.MULTILINE,
)
"""What stands in Markdown and not in its words, in a text that begins with a line's end: links' addresses, references
of characters, tags, runs of signs, and lines of signs.

Each of them begins with one of a set of characters: so Python passes over all others, which takes a tenth of the time.
"""
_BRACKET = re.compile(rb"\](?::|\((?!(?:https://|/|#)[a-z0-9]))")
"""The definition of a link, or any link but those that an article may have."""


def is_innocent(markdown: bytes) -> bool:
    """Say whether a text in UTF-8 certainly passes the checks of `markdown.render_markdown`, without parsing it.

    Doubts too much rather than too little; a test compares. Control characters must be looked for before.
    """
    for sign in _DOUBTFUL:
        if sign in markdown:
            return False
    if _BRACKET.search(markdown) or (b"!" in markdown and b"![" in markdown):
        return False
    if not markdown[:100].decode(errors="ignore").strip() and not markdown.decode().strip():
        return False
    lines = b"\n" + markdown
    return not (b"=" in markdown or _NUMBER_SIGN.search(lines)) or not _HEADING.search(lines)


class _Body:
    """What is made of a text's Markdown, which passed the checks, or certainly would."""

    __slots__ = ()

    @property
    @abstractmethod
    def compressed(self) -> bytes:
        """The text as it lies in memory, packed."""

    @property
    def markdown(self) -> str:
        """The text as the editor wrote it."""
        return unpack(self.compressed)

    @property
    def html(self) -> str:
        """Sanitised HTML. What was made of the same text lately is not made again."""
        compressed = self.compressed
        key = rendered.name(compressed)
        known = RENDERED.find(key)
        if known is not None:
            return unpack(known)
        html = render_markdown(unpack(compressed), "content")
        RENDERED.keep(key, pack(html.encode()))
        return html

    @property
    def plain(self) -> str:
        """The words of the HTML."""
        return plain_text(self.html)

    @property
    def words(self) -> str:
        """Nearly the same, from the Markdown itself and a hundred times as fast: to be searched, not to be shown.

        White space between them is as the editor wrote it.
        """
        return _SIGNS.sub(" ", "\n" + self.markdown)


@dataclass(frozen=True, slots=True)
class PackedBody(_Body):
    """A body in the memory of this process."""

    packed: bytes

    @property
    def compressed(self) -> bytes:
        """The text as it lies in memory, packed."""
        return self.packed


@dataclass(frozen=True, slots=True)
class ShelvedBody(_Body):
    """A body on a shelf, which every process of the server reads and none has in its own memory."""

    shelf: Shelf
    start: int
    length: int

    @property
    def compressed(self) -> bytes:
        """The text as it lies in memory, packed."""
        return self.shelf.take(self.start, self.length)


def keep_here(markdown: bytes) -> PackedBody:
    """Keep Markdown in UTF-8 in the memory of this process."""
    return PackedBody(pack(markdown))


class _Packer(threading.local):
    """A compressor and its opposite for each thread: to make one takes longer than to use it."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(LEVEL).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_packer = _Packer()


def pack(markdown: bytes) -> bytes:
    """Compress a text in UTF-8."""
    return _packer.compress(markdown)


def unpack(packed: bytes) -> str:
    """Undo `pack`."""
    return _packer.decompress(packed).decode()
