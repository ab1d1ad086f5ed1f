"""translations/<locale>/LC_MESSAGES/*.po, read into immutable catalogs. The .po is the authority, not a .mo.

A .mo is never read: what is present in one proves nothing (compilers fill gaps with English and skip fuzzy
headers silently), and a stale one cannot be told from a fresh one. Only entries that are translated, not
fuzzy and structurally sound become part of a catalog. What is wrong with a file withdraws the catalog, what is
wrong with an entry withdraws the entry; neither keeps the site from being served.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from gettext import c2py
from pathlib import Path

import polib

from webapp.core.model import Locale
from webapp.errors import Problem, Severity, SourceError
from webapp.sources.entries import check_entry, entry_problem
from webapp.sources.locales import parse_plural_forms
from webapp.sources.parsing import read_text

KEPT_CATALOGS = 512
"""How many files are remembered as they were judged, so that a change of one does not read the others again."""

_LINE = re.compile(r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s*)?"(?:[^"\\]|\\.)*")?\s*\Z')
_PRIVATE = ("Last-Translator", "Language-Team", "Report-Msgid-Bugs-To", "X-Poedit-Basepath")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")

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
    """Read one catalog, with everything that is wrong with it. Without a readable file the catalog is empty."""
    shown = po_path(locale, domain)
    if not (root / shown).exists():
        hint = f"Create it with: webapp i18n update {locale.tag}. Until then the fallback languages answer."
        missing = Problem("catalog.missing", shown, "there is no catalog", hint, severity=Severity.WARNING)
        return _to_catalog(locale, []), (missing,)
    try:
        return judge_catalog(read_text(root / shown, shown), locale, shown)
    except SourceError as fault:
        return _to_catalog(locale, []), tuple(replace(it, severity=Severity.FAULT) for it in fault.problems)


@lru_cache(maxsize=KEPT_CATALOGS)
def judge_catalog(text: str, locale: Locale, shown: str) -> tuple[PoCatalog, tuple[Problem, ...]]:
    """Make a catalog of PO text, and say what is wrong with it. Raises SourceError when it is no PO text."""
    entries = parse_po(text, shown)
    problems = list(_check_header(entries, locale, shown))
    usable = []
    forms, _ = parse_plural_forms(locale.plural_forms)
    for entry in entries:
        if entry.obsolete or not (entry.translated() or entry.fuzzy or any(entry.msgstr_plural.values())):
            continue
        if entry.fuzzy:
            hint = "Check it, then unmark it."
            problems.append(entry_problem(entry, shown, "fuzzy", "is marked fuzzy", hint, Severity.WARNING))
            continue
        found = list(check_entry(entry, locale, forms, shown))
        problems += found
        if not found:
            usable.append(entry)
    codes = {problem.code for problem in problems}
    if codes & {"catalog.fuzzy-header", "catalog.language"}:
        usable = []
    if "catalog.plural-forms" in codes:
        usable = [entry for entry in usable if not entry.msgid_plural]
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
    def problem(code: str, message: str, hint: str) -> Problem:
        return Problem(f"catalog.{code}", shown, message, hint, line=1, severity=Severity.FAULT)

    if catalog.metadata_is_fuzzy:
        hint = "Remove the fuzzy mark; until then nothing of this file is used."
        yield problem("fuzzy-header", "the header is marked fuzzy", hint)
    language = catalog.metadata.get("Language", "")
    if language.replace("_", "-") != locale.tag:
        hint = f"Write “Language: {locale.tag}” in the header; until then nothing of this file is used."
        yield problem("language", f"the header names the language {language!r}", hint)
    forms = catalog.metadata.get("Plural-Forms", "")
    if _squeezed(forms) != _squeezed(locale.plural_forms):
        hint = f"Write “Plural-Forms: {locale.plural_forms}”, as config/locales.toml has it."
        yield problem("plural-forms", f"the plural rule is {forms!r}", hint)
    charset = catalog.metadata.get("Content-Type", "")
    if "charset=utf-8" not in charset.lower().replace(" ", ""):
        hint = "Write “Content-Type: text/plain; charset=UTF-8” in the header."
        yield problem("charset", f"the header does not say that the file is UTF-8, but {charset!r}", hint)
    yield from _check_privacy(catalog, problem)


def _check_privacy(catalog: polib.POFile, problem: Callable[[str, str, str], Problem]) -> Iterator[Problem]:
    hint = "Empty it: who translates may be in danger too. Poedit asks for a name in its preferences; leave it out."
    for name in _PRIVATE:
        if catalog.metadata.get(name, "").strip(" <>"):
            yield problem("private", f"the header's {name} may name a person", hint)
    others = " ".join([catalog.header, *(value for name, value in catalog.metadata.items() if name not in _PRIVATE)])
    if _EMAIL.search(others):
        yield problem("private", "the header holds an e-mail address", hint)


def _squeezed(plural_forms: str) -> str:
    return re.sub(r"[\s;()]", "", plural_forms)
