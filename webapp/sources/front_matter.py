"""The front matter of texts, and TOML of the kind that stands there, found and read many times as fast as by a parser.

Knows the plain lines that nearly all are made of, and leaves everything else to the pattern or the parser: the answer,
and what is refused, is the same.
"""

import re
from contextlib import suppress
from datetime import datetime
from typing import Any

from webapp.errors import Problem, SourceError
from webapp.sources.parsing import parse_toml

_FRONT_MATTER = re.compile(rb"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_PLAIN_LINE = re.compile(
    r'([A-Za-z_]+) = (?:"([^"\\\r\n]*)"|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:[0-5]\d))|(true|false))', re.ASCII
)
"""A key, and a text without escapes, a moment with its zone, or a truth value."""


def find_front_matter(source: bytes, shown: str) -> tuple[int, int, int]:
    """Return where it begins and ends, and where the body begins. Raises SourceError when there is none."""
    end = source.find(b"\n+++", 3) + 1
    if source.startswith(b"+++\n") and end and source.startswith(b"\n", end + 3):
        return 4, end, end + 4
    found = _FRONT_MATTER.match(source)
    if not found:
        hint = "Begin the file with +++, the keys title and standfirst, and +++ on a line of its own."
        raise SourceError([Problem("article.front-matter", shown, "there is no front matter", hint, line=1)])
    return found.start(1), found.end(1), found.end()


def parse_plain_toml(text: str, shown: str, first_line: int = 1) -> dict[str, Any]:
    """Parse TOML; raises SourceError, as `parsing.parse_toml`."""
    data: dict[str, Any] = {}
    with suppress(ValueError):  # there is no such day or hour
        for line in text.split("\n"):
            found = _PLAIN_LINE.fullmatch(line)
            if line and (found is None or found[1] in data):
                break
            if found:
                data[found[1]] = _to_value(*found.groups()[1:])
        else:
            return data
    return parse_toml(text, shown, first_line)


def _to_value(words: str | None, moment: str | None, truth: str | None) -> str | datetime | bool:
    return words if words is not None else datetime.fromisoformat(moment) if moment is not None else truth == "true"
