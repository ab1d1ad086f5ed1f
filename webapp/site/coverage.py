"""The legal coverage: for each place and language, which notice is shown, in which language, and who has approved it.

Answers by `decide` and by the choice of text that live pages use, so that what it says is what a reader gets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from webapp.core.decide import decide
from webapp.core.model import (
    AcceptedLanguages,
    Edition,
    KnownPlace,
    Locale,
    LocaleTag,
    Notice,
    NoticeId,
    Place,
    Reader,
    UnknownPlace,
    UnknownReason,
)
from webapp.site.render import find_notice_texts


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice that readers of one place and language see. `own`: in the language of the page."""

    notice: NoticeId
    languages: tuple[LocaleTag, ...]
    own: bool
    built_in: bool
    approved: bool
    approved_on: date | None

    def describe(self, today: date) -> str:
        """Say in words: "undesirable-organization: ru, unreviewed"."""
        where = ", ".join(self.languages) + ("" if self.own else " (fallback)")
        if self.built_in:
            return f"{self.notice}: built-in text in {where}"
        age = f" {(today - self.approved_on).days} days ago" if self.approved_on else ""
        state = f"approved{age}" if self.approved else f"approval expired, given{age}" if age else "unreviewed"
        return f"{self.notice}: {where}, {state}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """`rows` holds, for each language, the notices shown at each of `places`, in their order."""

    places: tuple[str, ...]
    rows: tuple[tuple[Locale, tuple[tuple[Shown, ...], ...]], ...]


def find_coverage(edition: Edition, at: datetime) -> Coverage:
    """Ask for every territory, for elsewhere and for an unknown address, in every language."""
    places = dict(_places(edition))
    rows = tuple(
        (locale, tuple(tuple(_shown(edition, place, locale, at)) for place in places.values()))
        for locale in edition.locales.values()
    )
    return Coverage(tuple(places), rows)


def _places(edition: Edition) -> Iterator[tuple[str, Place]]:
    everywhere = frozenset(edition.territories)
    for territory in edition.territories.values():
        inside = frozenset({territory.id})
        yield territory.name, KnownPlace("", None, inside, frozenset(), everywhere - inside)
    yield "Elsewhere", KnownPlace("", None, frozenset(), frozenset(), everywhere)
    yield "Address unknown", UnknownPlace(UnknownReason.NO_ADDRESS, "there is no address")


def _shown(edition: Edition, place: Place, locale: Locale, at: datetime) -> Iterator[Shown]:
    reader = Reader(place, (locale.tag,), AcceptedLanguages(((locale.tag, 1.0),)))
    due = {outcome.notice for outcome in decide(edition, reader, at).shown}
    for notice in edition.notices:
        if notice.id in due:
            yield _describe(edition, notice, locale)


def _describe(edition: Edition, notice: Notice, locale: Locale) -> Shown:
    texts = find_notice_texts(notice, locale, edition.site.default_locale)
    first = texts[0]
    languages = tuple(text.locale for text in texts)
    return Shown(notice.id, languages, first.locale == locale.tag, first.built_in, first.approved, first.approved_on)


def to_markdown(coverage: Coverage, today: date) -> str:
    """Return the coverage as a Markdown table."""
    lines = [
        f"# Which legal notice readers see ({today})",
        "",
        "By place and language, for a page without an article in another language. “–” means: no notice, with a proof.",
        "",
        "| Language | " + " | ".join(coverage.places) + " |",
        "|---" * (len(coverage.places) + 1) + "|",
    ]
    for locale, cells in coverage.rows:
        texts = ["<br>".join(it.describe(today) for it in cell) or "–" for cell in cells]
        lines.append(f"| {locale.endonym} ({locale.tag}) | " + " | ".join(texts) + " |")
    return "\n".join(lines) + "\n"
