"""Two languages that nobody speaks, for looking at pages: en-XA (accents, 40 % longer) and ar-XB (right to left).

They exist in the preview only. Their words are made from the English ones and pass through everything that words of
a real language pass through, the approval of legal text included.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webapp.core.model import Direction, Locale, LocaleState, LocaleTag
from webapp.sources.placeholders import PLACEHOLDER

_ACCENTED = str.maketrans(
    "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPrRsStTuUwWyYzZ", "áÁƀɃçÇðÐéÉƒƑĝĜĥĤîÎĵĴķĶļĻɱṀñÑöÖþÞŕŔšŠţŢûÛŵŴýÝžŽ"
)
_PADDING = " lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor"
_RIGHT_TO_LEFT, _END = "\u202e", "\u202c"


def lengthen(text: str) -> str:
    """Return English with accents, in brackets, 40 % longer. Placeholders and numbers stay."""
    pieces = PLACEHOLDER.split(text)
    changed = (f"{{{piece}}}" if index % 2 else piece.translate(_ACCENTED) for index, piece in enumerate(pieces))
    wanted = -(-len(text) * 2 // 5)
    padding = (_PADDING * (wanted // len(_PADDING) + 1))[:wanted].translate(_ACCENTED)
    return f"[{''.join(changed)}{padding}]"


def mirror(text: str) -> str:
    """Return English in which every word runs from right to left. Placeholders stay."""
    pieces = PLACEHOLDER.split(text)
    return "".join(
        f"{{{piece}}}" if index % 2 else re.sub(r"[^\W\d_]+", lambda it: f"{_RIGHT_TO_LEFT}{it[0]}{_END}", piece)
        for index, piece in enumerate(pieces)
    )


@dataclass(frozen=True, slots=True)
class PseudoCatalog:
    """Makes each word when it is asked for. Implements `core.model.Catalog`."""

    change: Callable[[str], str]

    def find(self, context: str | None, message: str) -> str | None:
        """Return the changed message."""
        return self.change(message)

    def find_plural(self, context: str | None, one: str, many: str, number: int) -> str | None:
        """Return the changed form."""
        return self.change(one if number == 1 else many)


def _locale(tag: str, endonym: str, direction: Direction, formatting: str) -> Locale:
    english = (LocaleTag("en"),)
    return Locale(
        tag=LocaleTag(tag),
        endonym=endonym,
        script="Arab" if direction is Direction.RTL else "Latn",
        direction=direction,
        catalog=tag,
        formatting=formatting,
        plural_forms="nplurals=2; plural=(n != 1);",
        state=LocaleState.DRAFT,
        ui_fallback=english,
        legal_fallback=english,
        article_fallback=english,
    )


_LONG = _locale("en-XA", "Éñĝļîšĥ", Direction.LTR, "en_GB")
_MIRRORED = _locale("ar-XB", f"{_RIGHT_TO_LEFT}English{_END}", Direction.RTL, "ar")

PSEUDO_LOCALES: Mapping[LocaleTag, Locale] = {locale.tag: locale for locale in (_LONG, _MIRRORED)}
PSEUDO_CATALOGS: Mapping[LocaleTag, PseudoCatalog] = {
    _LONG.tag: PseudoCatalog(lengthen),
    _MIRRORED.tag: PseudoCatalog(mirror),
}
