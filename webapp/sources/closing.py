"""The closing line of every file in config/: what tells a whole file from one that was cut off. Owns its words.

A file that is cut off between two tables is valid TOML, and may lack a notice, a rule, a territory or a language
without anybody being told. So each of them ends with one line that says so, and one without it is refused.
"""

from pathlib import Path

from webapp.errors import Problem, SourceError
from webapp.sources.parsing import read_text

CLOSING = "# end of file"
CLOSED = ("config/site.toml", "config/locales.toml", "config/notices.toml", "config/territories.toml")
"""The files that end with it."""


def is_closed(text: str) -> bool:
    """Whether the last line of a text that is not blank is the closing line, and whole."""
    return text.rstrip().rpartition("\n")[2] == CLOSING


def check_closed(root: Path, shown: str) -> None:
    """Raise SourceError for a file without its closing line. One that cannot be read is for its parser to report."""
    try:
        text = read_text(root / shown, shown)
    except SourceError:
        return
    if not is_closed(text):
        message = f"the last line is not “{CLOSING}”: the file may have been cut off on its way here"
        hint = f"Upload it again. If it is whole, let its last line be: {CLOSING}"
        raise SourceError([Problem("file.cut", shown, message, hint, text.count("\n") + 1)])


def without_closing(text: str) -> str:
    """Return a text without its closing line, so that something can be put at its end."""
    return text.rstrip().removesuffix(CLOSING) if is_closed(text) else text


def with_closing(text: str) -> str:
    """Return a text with the closing line at its end."""
    return f"{without_closing(text).rstrip()}\n\n{CLOSING}\n"
