"""What is wrong with one entry of a catalog, so that it would show wrongly: each such fault withdraws the entry.

A withdrawn entry falls back like one that is not translated yet. What only looks odd is for `sources.advice`.
"""

import re
from collections import Counter
from collections.abc import Iterator

import polib

from webapp.core.model import Locale
from webapp.errors import Problem, Severity
from webapp.sources.facts import addresses, numbers
from webapp.sources.placeholders import PLACEHOLDER, fill, placeholders_in, without_placeholders
from webapp.sources.scripts import find_mixed_words, find_unseen

LONGEST = 6
"""How many times as long as its source a translation may be, beside 120 characters."""

_PRINTF = re.compile(r"%(?:\([^)]*\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w+);")


def check_entry(entry: polib.POEntry, locale: Locale, forms: int, shown: str) -> Iterator[Problem]:
    """Give every fault of a translated entry. `forms` is the number of plural forms of the language."""
    if not entry.msgid:
        yield entry_problem(entry, shown, "header", "an empty msgid is the header", "Remove this entry.")
        return
    translations = translations_of(entry)
    if not any(translations):
        return
    if entry.msgid_plural and (sorted(entry.msgstr_plural) != list(range(forms)) or not all(translations)):
        filled = len([text for text in translations if text])
        message = (
            f"has {filled} of {forms} forms" if filled < forms else f"has forms beyond the {forms} of the language"
        )
        hint = f"Fill all {forms} forms, and leave no other." if forms > 1 else "Fill the one form, and leave no other."
        yield entry_problem(entry, shown, "plural", message, hint)
        return
    seen = set()
    for text in translations:
        for problem in _check_text(entry, text, locale, shown):
            if problem not in seen:
                seen.add(problem)
                yield problem


def translations_of(entry: polib.POEntry) -> list[str]:
    """Return the translation, or every plural form of it in order."""
    if not entry.msgid_plural:
        return [entry.msgstr]
    return [text for _, text in sorted(entry.msgstr_plural.items())]


def _check_text(entry: polib.POEntry, text: str, locale: Locale, shown: str) -> Iterator[Problem]:
    yield from _check_placeholders(entry, text, shown)
    source = entry.msgid_plural or entry.msgid
    if found := find_unseen(text, locale.script):
        message = f"holds the invisible character U+{ord(found):04X}"
        yield entry_problem(entry, shown, "invisible", message, "Type the text again without it.")
    for word in find_mixed_words(without_placeholders(text), locale.script):
        message = f"has “{word}”, in which letters of two scripts look alike"
        yield entry_problem(entry, shown, "look-alike", message, "Type the word again on the keyboard of the language.")
    if "%" in text and text.count("%") != source.count("%"):
        style = _PRINTF.search(text)
        message = f"has {style[0]!r}, which is no placeholder here" if style else "has a stray percent sign"
        yield entry_problem(entry, shown, "percent", message, "Use the source's names in braces, and no percent sign.")
    if ("<" in text and "<" not in source) or (_ENTITY.search(text) and not _ENTITY.search(source)):
        hint = "Write plain text: a tag would be shown as it is written."
        yield entry_problem(entry, shown, "markup", "holds markup", hint)
    if not any(map(str.isalnum, text)) and any(map(str.isalnum, source)):
        yield entry_problem(entry, shown, "blank", "has no word in it", "Translate it, or leave it empty.")
    if len(text) > LONGEST * len(source) + 120:
        message = f"is {len(text)} characters long, the source {len(source)}"
        yield entry_problem(entry, shown, "long", message, "Remove what does not belong there.")
    yield from _check_facts(entry, text, shown)


def _check_placeholders(entry: polib.POEntry, text: str, shown: str) -> Iterator[Problem]:
    wanted, given = placeholders_in(entry.msgid_plural or entry.msgid), placeholders_in(text)
    optional = {"n"} if entry.msgid_plural else set()
    if set(given) - set(wanted) or set(wanted) - set(given) - optional or any(given[it] > 2 for it in given):
        message = f"has the placeholders {_named(given)}, the source has {_named(wanted)}"
        yield entry_problem(entry, shown, "placeholders", message, "Use the same names in braces as the source.")
        return
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        yield entry_problem(entry, shown, "braces", "has a stray brace", "Braces only enclose placeholders.")
    values = {name: f"sample {name}" for name in wanted}
    rendered = fill(text, values)
    if not all(values[name] in rendered for name in given):
        yield entry_problem(entry, shown, "render", "does not render", "Write it again, placeholders as in the source.")


def _check_facts(entry: polib.POEntry, text: str, shown: str) -> Iterator[Problem]:
    sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
    if numbers(text) not in [numbers(source) for source in sources]:
        message = f"has the numbers {_listed(numbers(text))}, the source has {_listed(numbers(sources[-1]))}"
        hint = (
            "Keep every amount, year and article, in digits. Between thousands put nothing, the usual mark or a "
            "no-break space (U+00A0); between two numbers an en dash (–)."
        )
        yield entry_problem(entry, shown, "numbers", message, hint)
    if addresses(text) not in [addresses(source) for source in sources]:
        message = f"has the addresses {_listed(addresses(text))}, the source has {_listed(addresses(sources[-1]))}"
        yield entry_problem(entry, shown, "addresses", message, "Keep web addresses as they are.")


def _named(names: Counter[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"


def _listed(items: list[str]) -> str:
    return ", ".join(items) or "none"


def entry_problem(
    entry: polib.POEntry, shown: str, code: str, message: str, hint: str, severity: Severity = Severity.FAULT
) -> Problem:
    """Make a Problem that names the entry by its line, msgctxt and the beginning of its msgid."""
    quoted = entry.msgid if len(entry.msgid) <= 60 else f"{entry.msgid[:57]}…"
    return Problem(
        f"catalog.{code}", shown, f"“{quoted}” {message}", hint, entry.linenum, entry.msgctxt, severity=severity
    )
