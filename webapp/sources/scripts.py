"""Scripts of letters: which one a letter belongs to, which words mix two, and characters that cannot be seen.

Sources: Unicode character names and categories; UTS #39 for the danger of mixed scripts.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

ZWNJ = "\u200c"
"""Zero width non-joiner, which the spelling of Persian and Pashto asks for, and no other character of its kind."""

_NAMES = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "GEORGIAN": "Geor", "ARMENIAN": "Armn",
    "HEBREW": "Hebr", "DEVANAGARI": "Deva",
}  # fmt: skip
_UNSEEN = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0"}
"""Characters without a shape that Unicode does not file under "format"."""
_LOOK_ALIKES = frozenset("aceopxyiAaBCEHIKMOPTXYасеорхуіАВСЕНІКМОРТХУ")
_WORD = re.compile(r"[^\W_]+")
_SEEN_AS_NOTHING = re.compile(f"[{''.join(sorted(_UNSEEN))}\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Characters without a shape that are printable as Unicode has it."""


@lru_cache(maxsize=8192)
def script_of(letter: str) -> str | None:
    """Return the ISO 15924 code of a letter's script, "Zyyy" for a script not listed here, None for no letter."""
    if not letter.isalpha() or unicodedata.category(letter) == "Lm":
        return None
    words = unicodedata.name(letter, "").split()
    return next((_NAMES[word] for word in words[:2] if word in _NAMES), "Zyyy")


def count_scripts(text: str) -> Counter[str]:
    """Return how many letters of each script a text has."""
    return Counter(script for script in map(script_of, text) if script)


def scripts_in(text: str) -> set[str]:
    """Return the scripts of the letters in a text."""
    return {script for script in map(script_of, set(text)) if script}


def find_mixed_words(text: str, script: str) -> Iterator[str]:
    """Give the words of a text in `script` in which a letter or the digit 1 stands in for one that looks like it."""
    text = unicodedata.normalize("NFC", text)
    if "1" not in text and scripts_in(text) <= {script}:  # nearly every text
        return
    for word in _WORD.findall(text):
        scripts = scripts_in(word)
        alone = len(word) == 1 and word in _LOOK_ALIKES and script not in scripts
        palochka = "1" in word and count_scripts(word)["Cyrl"] > 1 and re.search(r"[^\W\d]1(?!\d)", word)
        if len(scripts) > 1 or (alone and script in {"Cyrl", "Latn"}) or palochka:
            yield word


def find_unseen(text: str, script: str) -> str | None:
    """Return the first character that cannot be seen and has no business in a text in `script`."""
    if text.isprintable() and not _SEEN_AS_NOTHING.search(text):  # nearly every text
        return None
    for character in text:
        category = unicodedata.category(character)
        if character in "\n\t" or (character == ZWNJ and script == "Arab"):
            continue
        if category in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"} or character in _UNSEEN or _selects(character):
            return character
    return None


def _selects(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
