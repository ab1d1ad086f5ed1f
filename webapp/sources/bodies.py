"""Bodies of articles that lie compressed in memory until a reader wants them. Renders nothing that was not checked.

A large site has tens of thousands of texts, of which a day's readers see some hundreds. Parsing all of them takes
minutes; looking whether one can hold anything that an article must not takes microseconds. What might, is parsed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import zstandard

LEVEL = 1
"""Compression: a third of the size in 20 microseconds."""

_DOUBTFUL = ("<", "&", "\\", "![", "]:", "\r", "\x0b", "\x0c")
"""HTML and autolinks, character references, escapes, pictures, definitions of links, and other ends of lines."""
_HEADING = re.compile(r"[ >\t*+\-0-9.)]*(?:#(?!#)|#{5}|=+[ \t]*$)")
"""A line that may be a heading of level 1, 5 or 6, or underline one of level 1, in lists and quotations too."""
_SIGNS = re.compile(r"\]\([^)\s]*\)|&(?:#?\w+;)|<[^<>\n]*>|[*_`#>\[\]\\]+|^[-=+]+$", re.MULTILINE)
"""What stands in Markdown and not in its words."""
_LINK = re.compile(r"\]\((?!https://[a-z0-9]|/[a-z0-9]|#[a-z0-9])")
"""Any link but those that an article may have."""


def is_innocent(markdown: str) -> bool:
    """Say whether a text certainly passes the checks of `articles.render_markdown`, without parsing it.

    Doubts too much rather than too little; a test compares. Control characters must be looked for before.
    """
    if any(sign in markdown for sign in _DOUBTFUL) or not markdown.strip():
        return False
    if "](" in markdown and _LINK.search(markdown):
        return False
    if "#" not in markdown and "=" not in markdown:
        return True
    return not any(map(_HEADING.match, [line for line in markdown.split("\n") if "#" in line or "=" in line]))


@dataclass(frozen=True, slots=True)
class PackedBody:
    """Markdown that passed the checks, or certainly would. `render` makes sanitised HTML of it, `strip` its words."""

    packed: bytes
    render: Callable[[str], str]
    strip: Callable[[str], str]

    @property
    def html(self) -> str:
        """Sanitised HTML, made anew each time: the front door keeps whole pages."""
        return self.render(unpack(self.packed))

    @property
    def plain(self) -> str:
        """The words of the HTML."""
        return self.strip(self.html)

    @property
    def words(self) -> str:
        """Nearly the same, from the Markdown itself and a hundred times as fast: to be searched, not to be shown."""
        return " ".join(_SIGNS.sub(" ", unpack(self.packed)).split())


def pack(markdown: str) -> bytes:
    """Compress a text."""
    return zstandard.compress(markdown.encode(), LEVEL)


def unpack(packed: bytes) -> str:
    """Undo `pack`."""
    return zstandard.decompress(packed).decode()
