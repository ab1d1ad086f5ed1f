"""What looks odd about a translation, for the translator's eye: advice, never a reason to withdraw anything.

Heuristics by script and length. They may be wrong, which is why each is a warning that a person weighs.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

import polib

from webapp.core.model import Locale
from webapp.errors import Problem, Severity
from webapp.sources.entries import entry_problem, translations_of
from webapp.sources.placeholders import without_placeholders
from webapp.sources.scripts import count_scripts

_ENDS = {".": ".։۔", "?": "?؟", "!": "!", ":": ":՝", "…": "…"}
"""What may end a translation when this ends its source. Armenian asks and exclaims inside the word instead."""
_ARMENIAN_MARKS = "՞՜՛"
_CLOSING = "»”“’\"')）"
_SENTENCE = re.compile(rf"(?P<last>[^\W_]+|\}})(?P<closing>[{_CLOSING}]*)(?P<mark>[.!?…։؟۔]+)[{_CLOSING}]*(?=\s|\Z)")
_MARKERS = {
    "not": re.compile(r"\b(?:[Nn]ot|[Nn]o|[Nn]ever|[Ww]ithout|[Nn]obody|[Nn]one|cannot)\b"),
    "may": re.compile(r"\b(?:may|can|could|might)\b"),
    "must": re.compile(r"\b(?:must|have to)\b"),
}
_ACKNOWLEDGED = re.compile(r"acknowledged:\s*([a-z, ]+)", re.IGNORECASE)


def advise_entry(entry: polib.POEntry, locale: Locale, shown: str) -> Iterator[Problem]:
    """Give what looks odd about a translated entry of either domain."""

    def advice(code: str, message: str, hint: str) -> Problem:
        return entry_problem(entry, shown, code, message, hint, Severity.WARNING)

    for text in dict.fromkeys(translations_of(entry)):
        source = entry.msgid_plural or entry.msgid
        if text == source and len(without_placeholders(text).split()) > 1:
            yield advice("same", "is the English text", "Translate it, or leave it empty.")
            continue
        scripts = count_scripts(without_placeholders(text))
        if sum(scripts.values()) > 3 and 2 * scripts[locale.script] < sum(scripts.values()):
            yield advice("script", f"is not in the script {locale.script}", f"Check that it is in {locale.endonym}.")
        if len(text) > 2 * len(source) + 20:
            yield advice("twice", "is more than twice as long as its source", "Shorten it if the language allows.")
        if text != text.strip() and source == source.strip():
            yield advice("spaces", "begins or ends with white space", "Remove it.")
        if found := _find_end(source, text):
            yield advice("end", found, "End it as the source ends, with the marks of the language.")


def _find_end(source: str, text: str) -> str | None:
    ends, given = source.rstrip(_CLOSING)[-1:], text.rstrip(_CLOSING)[-1:]
    if any(mark in text for mark in _ARMENIAN_MARKS) or given == "}":  # a date can bring a full stop of its own
        return None
    if ends in _ENDS and given not in _ENDS[ends]:
        return f"ends with “{given}”, the source with “{ends}”"
    if ends not in _ENDS and any(given in marks for marks in _ENDS.values()) and given:
        return f"ends with “{given}”, the source with no mark"
    return None


def advise_legal(entry: polib.POEntry, markers: Mapping[str, tuple[str, ...]], shown: str) -> Iterator[Problem]:
    """Give what a lawyer's eye should rest on: the number of sentences, and each "not", "may" and "must".

    `markers` maps those three to the beginnings of words that carry them in the language. A marker that is not
    found must be acknowledged in a translator's comment: `# acknowledged: may`.
    """
    wanted, given = _count_sentences(entry.msgid), _count_sentences(entry.msgstr)
    if wanted != given:
        message = f"has {given} sentences, the source has {wanted}"
        hint = "Check that nothing is missing or added."
        yield entry_problem(entry, shown, "sentences", message, hint, Severity.WARNING)
    acknowledged = {it.strip().lower() for found in _ACKNOWLEDGED.findall(entry.tcomment) for it in found.split(",")}
    for name, marker in _MARKERS.items():
        known = markers.get(name)
        if known and marker.search(entry.msgid) and name not in acknowledged and not _begins(entry.msgstr, known):
            message = f"has “{name}” in its source, and no word for it that translations/markers.toml knows"
            hint = f"Check that the sense is there, then write the comment “# acknowledged: {name}” above the entry."
            yield entry_problem(entry, shown, "marker", message, hint, Severity.WARNING)


def _begins(text: str, beginnings: tuple[str, ...]) -> bool:
    lowered = text.lower()
    inside = (it[1:] in lowered for it in beginnings if it.startswith("-"))
    at_start = (re.search(rf"(?<!\w){re.escape(it)}", lowered) for it in beginnings if not it.startswith("-"))
    return any(inside) or any(at_start)


def _count_sentences(text: str) -> int:
    """Count the end, and each mark before it that ends a sentence."""
    return 1 + sum(_ends_sentence(found, text[found.end() :].lstrip()) for found in _SENTENCE.finditer(text))


def _ends_sentence(found: re.Match[str], rest: str) -> bool:
    """Say whether a sentence ends here: not when a small letter follows ("23. maja"). After one or two letters, or a
    number, a full stop can mark an abbreviation or an ordinal ("ст. 20", "2024. „"): then a word must follow.

    Georgian knows small letters only, Arabic neither: those may begin a sentence.
    """
    if not rest or rest[0] != rest[0].title():
        return False
    short = len(found["last"]) < 3 or found["last"].isdigit()
    return found["mark"][0] != "." or not short or bool(found["closing"]) or rest[0].isalpha()


def advise_catalog(entries: polib.POFile, shown: str) -> Iterator[Problem]:
    """Give words that are the same in English and not in the translation."""
    by_source: dict[str, list[polib.POEntry]] = defaultdict(list)
    for entry in entries:
        if entry.translated() and not entry.obsolete and not entry.msgid_plural:
            by_source[entry.msgid].append(entry)
    for same in by_source.values():
        if len({entry.msgstr for entry in same}) > 1:
            for entry in same[1:]:
                message = f"is translated otherwise on line {same[0].linenum}"
                hint = "Use the same words, if the places do not ask for different ones."
                yield entry_problem(entry, shown, "inconsistent", message, hint, Severity.WARNING)
