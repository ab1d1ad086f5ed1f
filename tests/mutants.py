"""Catalogs damaged at random, as careless or hostile hands damage them. Says what was done; expects nothing."""

import copy
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polib

Change = Callable[[str, random.Random], str]

CANARY = "canary-9c1f"


def _cut_in(addition: str) -> Change:
    def change(text: str, rng: random.Random) -> str:
        place = rng.randrange(len(text) + 1)
        return text[:place] + addition + text[place:]

    return change


def _without_placeholder(text: str, rng: random.Random) -> str:
    return re.sub(r"\{[a-z_]+\}", "", text, count=1) if "{" in text else text[1:]


def _other_placeholder(text: str, rng: random.Random) -> str:
    return (
        re.sub(r"\{[a-z_]+\}", "{" + CANARY.replace("-", "_").replace("9", "n").replace("1", "o") + "}", text) + "{n}"
    )


def _swapped_digits(text: str, rng: random.Random) -> str:
    digits = [place for place, letter in enumerate(text) if letter.isdecimal()]
    if not digits:
        return f"{text} {rng.randrange(10, 99)}"
    place = rng.choice(digits)
    return text[:place] + str((int(text[place]) + 1 + rng.randrange(8)) % 10) + text[place + 1 :]


def _look_alike(text: str, rng: random.Random) -> str:
    table = {"а": "a", "о": "o", "е": "e", "с": "c", "р": "p", "a": "а", "o": "о", "e": "е", "c": "с", "p": "р"}
    places = [place for place, letter in enumerate(text) if letter in table]
    if not places:
        return text + "о" + "o"
    place = rng.choice(places)
    return text[:place] + table[text[place]] + text[place + 1 :]


CHANGES: dict[str, Change] = {
    "a placeholder lost": _without_placeholder,
    "a placeholder invented": _other_placeholder,
    "a wide printf format": _cut_in("%(n)300000000s"),
    "printf": _cut_in("%s"),
    "a percent sign": _cut_in("100 %"),
    "a script": _cut_in(f"<script>{CANARY}</script>"),
    "a picture that acts": _cut_in(f'<img src=x onerror="{CANARY}">'),
    "an attribute's end": _cut_in(f'" onload="{CANARY}" x="'),
    "an entity": _cut_in("&lt;b&gt;"),
    "a bidi override": _cut_in("\u202e"),
    "a bidi isolate": _cut_in("\u2067"),
    "a zero-width space": _cut_in("\u200b"),
    "a soft hyphen": _cut_in("\u00ad"),
    "a brace": _cut_in("{"),
    "a format trick": _cut_in("{0.__class__.__mro__}"),
    "a template's tag": _cut_in("{{ page }}{% if 1 %}"),
    "a marker of the gate": _cut_in('<p data-notice="undesirable-organization">'),
    "a comment": _cut_in("<!--"),
    "an address": _cut_in(" https://evil.example/x "),
    "a line break": _cut_in("\n"),
    "quotation marks": _cut_in("\"'`"),
    "a backslash": _cut_in("\\n\\x00\\u0000"),
    "digits swapped": _swapped_digits,
    "a look-alike": _look_alike,
    "emptied": lambda text, rng: "",
    "blanked": lambda text, rng: " \u00a0 ",
    "halved": lambda text, rng: text[: len(text) // 2],
    "repeated": lambda text, rng: text * 60,
    "shuffled": lambda text, rng: "".join(rng.sample(text, len(text))),
    "another's": lambda text, rng: text[::-1],
}
SHAPES = ("fuzzy", "a form lost", "a form too many", "a form emptied")


@dataclass(frozen=True, slots=True)
class Mutant:
    """What was done to one entry."""

    kind: str
    context: str | None
    message: str


def mutate(catalog: polib.POFile, rng: random.Random) -> tuple[polib.POFile, list[Mutant]]:
    """Return a copy of a catalog in which every translated entry is damaged in one way, and what was done."""
    damaged = copy.deepcopy(catalog)
    return damaged, list(_mutate_entries(damaged, rng))


def _mutate_entries(catalog: polib.POFile, rng: random.Random) -> Iterator[Mutant]:
    for entry in catalog.translated_entries():
        kind = rng.choice([*CHANGES, *(SHAPES if entry.msgid_plural else SHAPES[:1])])
        if kind == "fuzzy":
            entry.flags = ["fuzzy"]
        elif kind in SHAPES:
            _change_forms(entry, kind)
        elif entry.msgid_plural:
            form = rng.choice(list(entry.msgstr_plural))
            entry.msgstr_plural[form] = CHANGES[kind](entry.msgstr_plural[form], rng)
        else:
            entry.msgstr = CHANGES[kind](entry.msgstr, rng)
        yield Mutant(kind, entry.msgctxt, entry.msgid)


def _change_forms(entry: polib.POEntry, kind: str) -> None:
    last = max(entry.msgstr_plural)
    if kind == "a form lost" and last:
        del entry.msgstr_plural[last]
    elif kind == "a form too many":
        entry.msgstr_plural[last + 1] = entry.msgstr_plural[last]
    else:
        entry.msgstr_plural[last] = ""
