"""The words to be translated, gathered from templates, Python and configuration into .pot templates.

Two gettext domains: `messages`, the interface, with the words of config/site.toml under the msgctxt "config";
and `notices`, the legal text, each segment under a msgctxt of its own.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib
from babel.messages.extract import extract

from webapp.errors import Problem, SourceError
from webapp.sources.config import load_site
from webapp.sources.locales import language_aliases
from webapp.sources.notices import load_notices

PACKAGE = Path(__file__).resolve().parent.parent
_TEMPLATE_WORDS = {"t": None, "tn": (1, 2), "tp": ((1, "c"), 2)}
_PYTHON_WORDS = {"t": None, "tn": (1, 2)}
_OPTIONS = {"silent": "false", "trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word to translate: where it stands, its msgctxt, msgid and plural."""

    where: str
    context: str | None
    message: str
    plural: str = ""
    comment: str = ""


def extract_messages(root: Path) -> tuple[Word, ...]:
    """Return the words of the interface. Raises SourceError when a template cannot be read."""
    return _merged([*_from_code(), *_from_site(root)])


def extract_notices(root: Path) -> tuple[Word, ...]:
    """Return the segments of every notice."""
    return tuple(
        Word("config/notices.toml", source.context(name), text, comment=f"{source.id}: {name}")
        for source in load_notices(root, language_aliases())
        for name, text in source.segments.items()
    )


def _from_code() -> Iterator[Word]:
    for path in sorted((PACKAGE / "templates").glob("*")):
        yield from _from_file(path, "jinja2.ext:babel_extract", _TEMPLATE_WORDS, _OPTIONS)
    for path in sorted((PACKAGE / "site").glob("*.py")):
        yield from _from_file(path, "python", _PYTHON_WORDS, {})


def _from_file(path: Path, method: str, keywords: Mapping[str, object], options: dict[str, str]) -> Iterator[Word]:
    shown = f"webapp/{path.relative_to(PACKAGE).as_posix()}"
    try:
        found = list(extract(method, io.BytesIO(path.read_bytes()), keywords=keywords, options=options))  # type: ignore[arg-type]  # Babel's type for keywords is narrower than what it takes
    except Exception as fault:
        hint = "Mend the template; nothing is extracted from a file that cannot be read."
        raise SourceError([Problem("extract.failed", shown, f"{type(fault).__name__}: {fault}", hint)]) from fault
    for line, message, _comments, context in found:
        one, plural = message if isinstance(message, tuple) else (message, "")
        if "." in one or one[:1].isupper() or plural:
            yield Word(f"{shown}:{line}", context, one, plural)


def _from_site(root: Path) -> Iterator[Word]:
    config = load_site(root)
    yield Word("config/site.toml", "config", config.site.tagline)
    for author in config.authors.values():
        yield Word("config/site.toml", "config", author.name)
        yield Word("config/site.toml", "config", author.description)


def _merged(words: list[Word]) -> tuple[Word, ...]:
    kept: dict[tuple[str | None, str], Word] = {}
    for word in words:
        kept.setdefault((word.context, word.message), word)
    return tuple(kept.values())


def to_pot(words: tuple[Word, ...]) -> str:
    """Return a .pot file as text. Line numbers are left out, so that it changes only when a word does."""
    catalog = polib.POFile(wrapwidth=100)
    catalog.metadata = {
        "Project-Id-Version": "webapp",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for word in words:
        entry = polib.POEntry(
            msgid=word.message,
            msgctxt=word.context,
            msgid_plural=word.plural,
            msgstr_plural={0: "", 1: ""} if word.plural else {},
            occurrences=[(word.where.partition(":")[0], "")],
            comment=word.comment,
        )
        catalog.append(entry)
    return str(catalog)


DOMAINS = {"messages": extract_messages, "notices": extract_notices}
