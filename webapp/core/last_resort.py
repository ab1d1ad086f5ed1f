"""Texts of a notice when no catalog gives one that may be shown: the built-in notice, in each of its languages.

Every one of them is shown, because nobody knows which of them the reader reads.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from webapp.core.builtin_notice import BUILTIN_NOTICES, BuiltinLaw, BuiltinNotice
from webapp.core.model import CountryCode, LocaleTag, NoticeText, Section

_MORE: Mapping[LocaleTag, str] = MappingProxyType(
    {
        LocaleTag("en"): "Find out more about this law",
        LocaleTag("ru"): "Узнать больше об этом законе",
        LocaleTag("uk"): "Дізнатися більше про цей закон",
    }
)

BUILT_IN_ENDONYMS: Mapping[LocaleTag, str] = MappingProxyType(
    {LocaleTag("en"): "English", LocaleTag("ru"): "Русский", LocaleTag("uk"): "Українська"}
)
"""The names of its languages, for a site whose registry lacks them."""


def last_resort_texts(jurisdiction: CountryCode, nearest: Iterable[LocaleTag]) -> tuple[NoticeText, ...]:
    """Return the built-in texts about the law of a state, or about every law they name, the nearest language first.

    They name no publisher and no date, and nobody has approved them.
    """
    order = [tag for tag in dict.fromkeys(nearest) if tag in BUILTIN_NOTICES]
    order += [tag for tag in BUILTIN_NOTICES if tag not in order]
    return tuple(_to_text(BUILTIN_NOTICES[tag], jurisdiction) for tag in order)


def _to_text(builtin: BuiltinNotice, jurisdiction: CountryCode) -> NoticeText:
    laws = [law for law in builtin.laws if law.jurisdiction == jurisdiction] or list(builtin.laws)
    return NoticeText(
        locale=builtin.locale,
        direction=builtin.direction,
        heading=" · ".join(law.heading for law in laws),
        who=" ".join(law.who for law in laws),
        what=" ".join(law.what for law in laws),
        penalty=" ".join(law.penalty for law in laws),
        publisher="",
        more=_MORE[builtin.locale],
        reminder=" ".join(f"{law.heading}: {law.what}" for law in laws),
        about_title=" · ".join(law.heading for law in laws),
        sections=tuple(Section("acts", _paragraphs(law)) for law in laws),
        built_in=True,
    )


def _paragraphs(law: BuiltinLaw) -> tuple[str, ...]:
    return (law.who, law.what, law.penalty)
