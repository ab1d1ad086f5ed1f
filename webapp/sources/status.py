"""How far each language has come: words of the interface, legal texts with their approvals, articles. Counts only."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from webapp.core.model import Locale, LocaleTag, NoticeId
from webapp.sources.approvals import Approvals, Standing, judge, load_approvals
from webapp.sources.catalogs import PoCatalog, load_catalog
from webapp.sources.extraction import Word, extract_messages
from webapp.sources.legal import find_segments, is_whole
from webapp.sources.locales import SOURCE_LOCALE, language_aliases, load_locales
from webapp.sources.notices import NoticeSource, load_notices


@dataclass(frozen=True, slots=True)
class NoticeStatus:
    """One notice in one language. `whole`: it is fit to be shown; `standing`: what reviewers have said of it."""

    notice: NoticeId
    segments: int
    of: int
    whole: bool
    standing: Standing
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class LocaleStatus:
    """One language: usable words of `words` in all, its notices, and how many of `articles` exist in it."""

    locale: Locale
    words: int
    of: int
    notices: tuple[NoticeStatus, ...]
    articles: int
    of_articles: int

    @property
    def percent(self) -> int:
        """The share of the interface, rounded down, so that 100 means all of it."""
        return 100 if self.of == 0 else 100 * self.words // self.of


def find_status(root: Path, today: date) -> tuple[LocaleStatus, ...]:
    """Count every language. Raises SourceError when registry, notices or the sources of words cannot be read."""
    words = extract_messages(root)
    sources = load_notices(root, language_aliases())
    approvals = load_approvals(root)
    folders = [path for path in (root / "content").glob("*") if (path / "article.toml").exists()]
    found = []
    for tag, locale in load_locales(root).items():
        messages, notices = (load_catalog(root, locale, domain)[0] for domain in ("messages", "notices"))
        found.append(
            LocaleStatus(
                locale=locale,
                words=len(words) if tag == SOURCE_LOCALE else sum(_has(messages, word) for word in words),
                of=len(words),
                notices=tuple(_notice(source, locale, notices, approvals, today) for source in sources),
                articles=sum((folder / f"{tag}.md").exists() for folder in folders),
                of_articles=len(folders),
            )
        )
    return tuple(found)


def _has(catalog: PoCatalog, word: Word) -> bool:
    return (word.context, word.message) in (catalog.plurals if word.plural else catalog.words)


def _notice(
    source: NoticeSource, locale: Locale, catalog: PoCatalog, approvals: Approvals, today: date
) -> NoticeStatus:
    segments = segments_in(source, locale.tag, catalog)
    approval = approvals.get((source.id, locale.tag))
    return NoticeStatus(
        notice=source.id,
        segments=len(segments),
        of=len(source.segments),
        whole=locale.tag == SOURCE_LOCALE or is_whole(source, segments, locale),
        standing=judge(approval, source, segments, today),
        approved_on=approval.approved_on if approval else None,
    )


def segments_in(source: NoticeSource, tag: LocaleTag, catalog: PoCatalog) -> dict[str, str]:
    """Return the segments of a notice in a language: the source's own, or those of its catalog."""
    return dict(source.segments) if tag == SOURCE_LOCALE else find_segments(source, catalog)
