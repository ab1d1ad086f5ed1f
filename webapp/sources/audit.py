"""Everything that can be said of the translations: faults that withdraw a word, and advice, for every language.

What `load_edition` finds is here too, so that a translator needs to look in one place only.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polib
from pydantic import Field

from webapp.core.model import Locale, LocaleTag
from webapp.errors import Problem, Severity, SourceError
from webapp.sources.advice import advise_catalog, advise_entry, advise_legal
from webapp.sources.catalogs import load_catalog, parse_po, po_path
from webapp.sources.entries import entry_problem
from webapp.sources.extraction import DOMAINS, Word, to_pot
from webapp.sources.locales import SOURCE_LOCALE, load_locales
from webapp.sources.parsing import Strict, parse_model, parse_toml, read_text

MARKERS = "translations/markers.toml"


class _MarkersModel(Strict):
    not_: tuple[str, ...] = Field(default=(), strict=False)
    may: tuple[str, ...] = Field(default=(), strict=False)
    must: tuple[str, ...] = Field(default=(), strict=False)


Markers = Mapping[str, tuple[str, ...]]


def load_markers(root: Path) -> Mapping[str, Markers]:
    """Read translations/markers.toml: by language, how "not", "may" and "must" begin. A missing file holds none."""
    if not (root / MARKERS).exists():
        return {}
    data = parse_toml(read_text(root / MARKERS, MARKERS), MARKERS)
    found: dict[str, Markers] = {}
    for tag, table in data.items():
        given = {"not_" if name == "not" else name: value for name, value in table.items()}
        model = parse_model(_MarkersModel, given, MARKERS, prefix=tag)
        found[tag] = {"not": model.not_, "may": model.may, "must": model.must}
    return found


def audit_translations(root: Path, tags: frozenset[LocaleTag] = frozenset()) -> tuple[Problem, ...]:
    """Return what is wrong or odd in the catalogs of `tags`, or of every language, and in the templates.

    Raises SourceError when the registry, the markers or the sources of words cannot be read.
    """
    locales = load_locales(root)
    words = {domain: extract(root) for domain, extract in DOMAINS.items()}
    markers = load_markers(root)
    problems = [*_check_templates(root, words)]
    for tag, locale in locales.items():
        if tag == SOURCE_LOCALE or (tags and tag not in tags):
            continue
        for domain in DOMAINS:
            problems += _audit_catalog(root, locale, domain, words[domain], markers.get(tag, {}))
    return tuple(problems)


def _check_templates(root: Path, words: Mapping[str, tuple[Word, ...]]) -> Iterator[Problem]:
    for domain, found in words.items():
        shown = f"translations/{domain}.pot"
        path = root / shown
        if not path.exists() or path.read_text("utf-8", errors="replace") != to_pot(found):
            hint = "Run: webapp i18n extract"
            message = "the template is not that of the present sources"
            yield Problem("catalog.template", shown, message, hint, severity=Severity.FAULT)


def _audit_catalog(
    root: Path, locale: Locale, domain: str, words: tuple[Word, ...], markers: Markers
) -> Iterator[Problem]:
    _, problems = load_catalog(root, locale, domain)
    yield from problems
    shown = po_path(locale, domain)
    try:
        entries = parse_po(read_text(root / shown, shown), shown)
    except SourceError:
        return  # missing or unreadable: `problems` says so
    at_fault = {problem.line for problem in problems if problem.severity is Severity.FAULT}
    known = {(word.context, word.message) for word in words}
    for entry in entries:
        if entry.obsolete or entry.fuzzy:
            continue
        if (entry.msgctxt, entry.msgid) not in known:
            hint = f"Run: webapp i18n update {locale.tag}"
            message = "is not among the words of the site"
            yield entry_problem(entry, shown, "unknown", message, hint, Severity.WARNING)
        elif _is_translated(entry) and entry.linenum not in at_fault:
            yield from advise_entry(entry, locale, shown)
            if domain == "notices":
                yield from advise_legal(entry, markers, shown)
    present = {(entry.msgctxt, entry.msgid) for entry in entries if not entry.obsolete}
    if absent := [word for word in words if (word.context, word.message) not in present]:
        hint = f"Run: webapp i18n update {locale.tag}"
        message = f"{len(absent)} words of the site are not in the catalog, such as “{absent[0].message[:60]}”"
        yield Problem("catalog.outdated", shown, message, hint, severity=Severity.WARNING)
    if domain == "notices" and not markers and any(_is_translated(it) for it in entries):
        hint = f"Add a table [{locale.tag}] to it, or check each “not”, “may” and “must” by eye."
        message = f"{MARKERS} does not know how “not”, “may” and “must” begin in {locale.endonym}"
        yield Problem("catalog.markers", shown, message, hint, severity=Severity.WARNING)
    yield from advise_catalog(entries, shown)


def _is_translated(entry: polib.POEntry) -> bool:
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)
