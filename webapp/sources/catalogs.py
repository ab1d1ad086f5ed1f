"""translations/<locale>/LC_MESSAGES/*.po, read into immutable catalogs. The .po is the authority, not a .mo.

A .mo is never read: what is present in one proves nothing (compilers fill gaps with English and skip fuzzy
headers silently), and a stale one cannot be told from a fresh one. Only entries that are translated, not
fuzzy and structurally sound become part of a catalog.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

import polib

from webapp.core.model import Locale
from webapp.errors import Problem, Severity, SourceError
from webapp.sources.locales import parse_plural_forms
from webapp.sources.parsing import read_text

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LINE = re.compile(r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s*)?"(?:[^"\\]|\\.)*")?\s*\Z')
_BRACES = re.compile(r"[{}]")
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f]")

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class PoCatalog:
    """The usable words of one .po file, by (msgctxt, msgid). Implements `core.model.Catalog`."""

    words: Mapping[Key, str]
    plurals: Mapping[Key, tuple[str, ...]]
    plural_rule: Callable[[int], int]

    def find(self, context: str | None, message: str) -> str | None:
        """Return the translation, or None when there is no usable one."""
        return self.words.get((context, message))

    def find_plural(self, context: str | None, one: str, many: str, number: int) -> str | None:
        """Return the form that this language uses with `number`, or None."""
        forms = self.plurals.get((context, one))
        return None if forms is None else forms[self.plural_rule(number)]


def source_catalog() -> PoCatalog:
    """Return the catalog of the source language: every word is its own translation, so it holds none."""
    return PoCatalog({}, {}, lambda number: int(number != 1))


def po_path(locale: Locale, domain: str) -> str:
    """Return the path of a catalog, relative to the site's root."""
    return f"translations/{locale.catalog}/LC_MESSAGES/{domain}.po"


def load_catalog(root: Path, locale: Locale, domain: str) -> tuple[PoCatalog, tuple[Problem, ...]]:
    """Read one catalog. A missing file is an empty catalog and a warning; a broken one raises SourceError."""
    shown = po_path(locale, domain)
    if not (root / shown).exists():
        hint = f"Create it from translations/{domain}.pot, or live with the fallback languages."
        missing = Problem("catalog.missing", shown, "there is no catalog", hint, severity=Severity.WARNING)
        return _to_catalog(locale, []), (missing,)
    entries = parse_po(read_text(root / shown, shown), shown)
    problems = list(_check_header(entries, locale, shown))
    forms, _ = parse_plural_forms(locale.plural_forms)
    usable = []
    for entry in entries:
        found = list(_check_entry(entry, forms, shown))
        problems += found
        if not found and entry.translated():
            usable.append(entry)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise SourceError(problems)
    return _to_catalog(locale, usable), tuple(problems)


def parse_po(text: str, shown: str) -> polib.POFile:
    """Read PO text. Raises SourceError with the line at fault, where there is one."""
    if not text.strip():
        hint = "Restore it, or delete it and start again from the .pot."
        raise SourceError([Problem("catalog.empty", shown, "the catalog is empty", hint)])
    for at, written in enumerate(text.split("\n"), start=1):
        if not _LINE.match(written.strip()):  # polib would cut a letter off where a quotation mark is missing
            hint = "Mend the line: keyword, text in quotation marks, and a backslash before a mark in the text."
            raise SourceError([Problem("catalog.syntax", shown, "not a valid line of a PO file", hint, at)])
    try:
        return polib.pofile(text, check_for_duplicates=True)
    except (OSError, ValueError, UnicodeError) as fault:
        line = re.search(r"line (\d+)", str(fault))
        message = re.sub(r"^.*?\): ", "", str(fault)) if line else str(fault)[:200]
        hint = "Open the file in Poedit, which shows the place, and save it again."
        number = int(line[1]) if line else None
        raise SourceError([Problem("catalog.syntax", shown, f"not a valid PO file: {message}", hint, number)]) from None


def _to_catalog(locale: Locale, entries: list[polib.POEntry]) -> PoCatalog:
    _, expression = parse_plural_forms(locale.plural_forms)
    words: dict[Key, str] = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in entries if not entry.msgid_plural}
    plurals: dict[Key, tuple[str, ...]] = {
        (entry.msgctxt, entry.msgid): tuple(text for _, text in sorted(entry.msgstr_plural.items()))
        for entry in entries
        if entry.msgid_plural
    }
    return PoCatalog(words, plurals, c2py(expression))


def _check_header(catalog: polib.POFile, locale: Locale, shown: str) -> Iterator[Problem]:
    if catalog.metadata_is_fuzzy:
        yield Problem("catalog.fuzzy-header", shown, "the header is marked fuzzy", "Remove the fuzzy mark.", line=1)
    language = catalog.metadata.get("Language", "")
    if language.replace("_", "-") != locale.tag:
        hint = f"Write “Language: {locale.catalog}” in the header."
        yield Problem("catalog.language", shown, f"the header names the language {language!r}", hint, line=1)
    forms = catalog.metadata.get("Plural-Forms", "")
    if _squeezed(forms) != _squeezed(locale.plural_forms):
        hint = f"Write “Plural-Forms: {locale.plural_forms}”, as config/locales.toml has it."
        yield Problem("catalog.plural-forms", shown, f"the plural rule is {forms!r}", hint, line=1)


def _squeezed(plural_forms: str) -> str:
    return re.sub(r"[\s;()]", "", plural_forms)


def _check_entry(entry: polib.POEntry, forms: int, shown: str) -> Iterator[Problem]:
    if entry.obsolete:
        return
    if entry.fuzzy:
        yield _entry_problem(entry, shown, "fuzzy", "is marked fuzzy", "Check it, then unmark it.", Severity.WARNING)
        return
    if not entry.msgid:
        yield _entry_problem(entry, shown, "header", "an empty msgid is the header", "Remove this entry.")
    translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not any(translations):
        return
    if entry.msgid_plural and (sorted(entry.msgstr_plural) != list(range(forms)) or not all(translations)):
        hint = f"Fill all {forms} forms."
        yield _entry_problem(
            entry, shown, "plural", f"has {len([t for t in translations if t])} of {forms} forms", hint
        )
    for text in translations:
        yield from _check_text(entry, text, shown)


def _check_text(entry: polib.POEntry, text: str, shown: str) -> Iterator[Problem]:
    wanted = _placeholders(entry.msgid_plural or entry.msgid)
    given = _placeholders(text)
    optional = {"n"} if entry.msgid_plural else set()
    if set(given) - set(wanted) or set(wanted) - set(given) - optional:
        message = f"has the placeholders {_named(given)}, the source has {_named(wanted)}"
        yield _entry_problem(entry, shown, "placeholders", message, "Use the same names in braces as the source.")
    if _BRACES.search(PLACEHOLDER.sub("", text)):
        yield _entry_problem(entry, shown, "braces", "has a stray brace", "Braces only enclose placeholders.")
    if found := _HIDDEN.search(text):
        message = f"holds the invisible character U+{ord(found[0]):04X}"
        yield _entry_problem(entry, shown, "invisible", message, "Type the text again without it.")


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def _named(names: Counter[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"


def _entry_problem(
    entry: polib.POEntry, shown: str, code: str, message: str, hint: str, severity: Severity = Severity.ERROR
) -> Problem:
    quoted = entry.msgid if len(entry.msgid) <= 60 else f"{entry.msgid[:57]}…"
    return Problem(
        f"catalog.{code}", shown, f"“{quoted}” {message}", hint, entry.linenum, entry.msgctxt, severity=severity
    )
