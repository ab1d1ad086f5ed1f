"""From notice sources and `notices` catalogs to legal texts fit to be shown: the whole text or none of it.

A translation is fit when every segment is there, not fuzzy, with the placeholders and the numbers of its
source. One segment missing keeps the whole notice out of that language; the reader then gets all of it in
the next language of the chain. Parts of two languages are never mixed.
"""

from collections.abc import Iterator, Mapping

from webapp.core.model import Act, Catalog, Locale, LocaleTag, Notice, NoticeText, Section
from webapp.errors import Problem, Severity
from webapp.sources.catalogs import po_path
from webapp.sources.facts import numbers
from webapp.sources.formats import write_date
from webapp.sources.notices import SECTIONS, NoticeSource, act_segment
from webapp.sources.placeholders import fill


def to_notice(
    source: NoticeSource, locales: Mapping[LocaleTag, Locale], catalogs: Mapping[LocaleTag, Catalog], home: LocaleTag
) -> tuple[Notice, tuple[Problem, ...]]:
    """Make a Notice with every text that is fit. `home` is the language that the source words are in."""
    texts: dict[LocaleTag, NoticeText] = {}
    problems: list[Problem] = []
    for tag, locale in locales.items():
        segments = dict(source.segments) if tag == home else _translate(source, catalogs[tag])
        faults = [] if tag == home else list(_check(source, segments, locale))
        problems += faults
        if not faults:
            texts[tag] = _to_text(source, segments, locale)
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


def _translate(source: NoticeSource, catalog: Catalog) -> dict[str, str]:
    found = {name: catalog.find(source.context(name), text) for name, text in source.segments.items()}
    return {name: text for name, text in found.items() if text and any(map(str.isalnum, text))}


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
    filled = {name: fill(text, values) for name, text in segments.items()}
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
