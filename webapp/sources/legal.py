"""From notice sources and `notices` catalogs to legal texts that may be shown: the whole text or none of it.

A translation is fit when every segment is there, not fuzzy, with the placeholders and the numbers of its
source. One segment missing keeps the whole notice out of that language; the reader then gets all of it in
the next language of the chain. Parts of two languages are never mixed. What reviewers have approved, and whether
a text that they have not approved may be shown, is judged here too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from webapp.core.model import (
    Act,
    Catalog,
    ExpiredReview,
    LegalReview,
    Locale,
    LocaleTag,
    Notice,
    NoticeText,
    Section,
)
from webapp.errors import Problem, Severity
from webapp.sources.approvals import APPROVALS, Approvals, Standing, judge
from webapp.sources.catalogs import po_path
from webapp.sources.facts import numbers
from webapp.sources.formats import write_date
from webapp.sources.notices import NOTICES, SECTIONS, NoticeSource, act_segment
from webapp.sources.placeholders import fill

_RANGE = re.compile(r"–(?<=\d–)(?=\d)")
HELD_DASH = "–\u2060"
"""The dash of a range of numbers, after which a line could end, and a word joiner, after which none does (UAX 14)."""


@dataclass(frozen=True, slots=True)
class Review:
    """How strictly approvals are asked for, what has been approved, and the day on which that is judged."""

    today: date
    mode: LegalReview = LegalReview.ADVISE
    expired: ExpiredReview = ExpiredReview.WARN
    approvals: Approvals = field(default_factory=dict)

    def shows(self, standing: Standing) -> bool:
        """Whether a text of that standing may be shown."""
        if standing is Standing.EXPIRED:
            return self.expired is ExpiredReview.WARN
        return standing is Standing.APPROVED or self.mode is LegalReview.ADVISE


_FAULTS = {
    Standing.UNREVIEWED: ("legal.unreviewed", "nobody has approved the text of {id} in {tag}"),
    Standing.SOURCE_CHANGED: ("legal.void", "the approval of {id} in {tag} is void: its source has changed"),
    Standing.TEXT_CHANGED: ("legal.void", "the approval of {id} in {tag} is void: the text has changed"),
    Standing.EXPIRED: ("legal.overdue", "the approval of {id} in {tag} was good until {until}"),
}


def to_notice(
    source: NoticeSource,
    locales: Mapping[LocaleTag, Locale],
    catalogs: Mapping[LocaleTag, Catalog],
    home: LocaleTag,
    review: Review,
) -> tuple[Notice, tuple[Problem, ...]]:
    """Make a Notice with every text that may be shown. `home` is the language that the source words are in."""
    texts: dict[LocaleTag, NoticeText] = {}
    problems: list[Problem] = []
    for tag, locale in locales.items():
        segments = dict(source.segments) if tag == home else find_segments(source, catalogs[tag])
        faults = [] if tag == home else list(_check(source, segments, locale))
        problems += faults
        if not faults:
            approval = review.approvals.get((source.id, tag))
            standing = judge(approval, source, segments, review.today)
            if standing in _FAULTS:
                problems.append(_review_problem(source, locale, home, review, standing))
            if review.shows(standing):
                approved_on = approval.approved_on if approval and standing in _HELD else None
                text = _to_text(source, segments, locale)
                texts[tag] = replace(text, approved=standing is Standing.APPROVED, approved_on=approved_on)
    notice = Notice(
        id=source.id,
        version=source.version,
        jurisdiction=source.jurisdiction,
        rules=source.rules,
        acts=source.acts,
        texts=texts,
        register_url=source.register_url,
        reviewed_on=source.reviewed_on,
        review_by=source.review_by,
    )
    return notice, tuple(problems)


_HELD = {Standing.APPROVED, Standing.EXPIRED}


def _review_problem(
    source: NoticeSource, locale: Locale, home: LocaleTag, review: Review, standing: Standing
) -> Problem:
    code, words = _FAULTS[standing]
    approval = review.approvals.get((source.id, locale.tag))
    message = words.format(id=source.id, tag=locale.tag, until=approval.review_by if approval else "")
    shown = "It is shown all the same." if review.shows(standing) else "Until then it is not shown."
    command = f"webapp i18n approve {source.id} {locale.tag}"
    hint = f"{shown} Have a lawyer and a native speaker read it, then: {command}"
    path = APPROVALS if approval else NOTICES if locale.tag == home else po_path(locale, "notices")
    return Problem(code, path, message, hint, key=f"{source.id}.{locale.tag}", severity=Severity.WARNING)


def find_segments(source: NoticeSource, catalog: Catalog) -> dict[str, str]:
    """Return the segments of a notice that a catalog has, placeholders unfilled."""
    found = {name: catalog.find(source.context(name), text) for name, text in source.segments.items()}
    return {name: text for name, text in found.items() if text and any(map(str.isalnum, text))}


def is_whole(source: NoticeSource, segments: Mapping[str, str], locale: Locale) -> bool:
    """Whether these segments make a text that is fit to be approved and shown."""
    return not any(True for _ in _check(source, segments, locale))


def _check(source: NoticeSource, segments: Mapping[str, str], locale: Locale) -> Iterator[Problem]:
    path = po_path(locale, "notices")
    missing = [name for name in source.segments if name not in segments]
    if missing:
        shown = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
        message = f"the notice {source.id} lacks {len(missing)} of {len(source.segments)} segments: {shown}"
        hint = f"Translate them; until then readers of {locale.tag} get the whole notice in a fallback language."
        key = source.context(missing[0])
        yield Problem("legal.incomplete", path, message, hint, key=key, severity=Severity.WARNING)
    for name, text in segments.items():
        if numbers(text) != numbers(source.segments[name]):
            message = f"has the numbers {numbers(text)}, the source has {numbers(source.segments[name])}"
            hint = "Articles, amounts and years must be those of the source, in digits."
            yield Problem("legal.numbers", path, message, hint, key=source.context(name), severity=Severity.WARNING)


def _to_text(source: NoticeSource, segments: Mapping[str, str], locale: Locale) -> NoticeText:
    values = {"publisher": source.publisher, "designated": write_date(source.designated, locale)}
    filled = {name: _RANGE.sub(HELD_DASH, fill(text, values)) for name, text in segments.items()}
    return NoticeText(
        locale=locale.tag,
        direction=locale.direction,
        heading=filled["heading"],
        who=filled["who"],
        what=filled["what"],
        penalty=filled["penalty"],
        publisher=filled["publisher"],
        more=filled["more"],
        reminder=filled["reminder"],
        about_title=filled["about_title"],
        sections=tuple(Section(kind, tuple(_paragraphs(filled, kind))) for kind in SECTIONS),
        acts={act: filled[act_segment(act)] for act in Act if act_segment(act) in filled},
    )


def _paragraphs(filled: Mapping[str, str], kind: str) -> Iterator[str]:
    number = 1
    while (name := f"about.{kind}.{number}") in filled:
        yield filled[name]
        number += 1
