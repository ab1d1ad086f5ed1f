"""A small newsroom made of values: four languages, two articles, one notice with its texts. For tests of webapp.site.

The words are plain and short, so that a test can tell where each of them came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.strategies import make_edition, make_notice
from webapp.core.model import (
    Article,
    ArticleText,
    Author,
    Catalog,
    Direction,
    Edition,
    Locale,
    LocaleState,
    LocaleTag,
    Notice,
    NoticeText,
    Picture,
    Section,
    Slug,
    WrittenBody,
)

EN, RU, UK, FA = (LocaleTag(tag) for tag in ("en", "ru", "uk", "fa"))
PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"


@dataclass(frozen=True)
class Phrases:
    """A catalog that a test writes down. Its plural rule is that of English."""

    words: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def find(self, context: str | None, message: str) -> str | None:
        """Return the translation."""
        return self.words.get((context, message))

    def find_plural(self, context: str | None, one: str, many: str, number: int) -> str | None:
        """Return the form for `number`."""
        forms = self.plurals.get(one)
        return forms[number != 1] if forms else None


def make_locale(tag: LocaleTag, endonym: str, *fallback: LocaleTag) -> Locale:
    """A locale whose three chains are `fallback`. Persian runs from right to left, in its own digits."""
    persian = tag == FA
    return Locale(
        tag=tag,
        endonym=endonym,
        script="Arab" if persian else "Latn",
        direction=Direction.RTL if persian else Direction.LTR,
        catalog=tag,
        formatting="en_GB" if tag == EN else tag,
        plural_forms="nplurals=2; plural=(n != 1);",
        state=LocaleState.FULL if tag == EN else LocaleState.DRAFT,
        digits=PERSIAN_DIGITS if persian else "0123456789",
        ui_fallback=fallback,
        legal_fallback=fallback,
        article_fallback=fallback,
    )


LOCALES = {
    EN: make_locale(EN, "English"),
    RU: make_locale(RU, "Русский", EN),
    UK: make_locale(UK, "Українська", EN),
    FA: make_locale(FA, "فارسی", RU, EN),
}


def make_text(tag: LocaleTag, title: str = "", body: str = "Body.") -> ArticleText:
    """An article's text; each of its words names its language."""
    return ArticleText(
        locale=tag,
        title=title or f"Title {tag}",
        standfirst=f"Standfirst {tag}",
        body=WrittenBody(f"<p>{body}</p>", body),
        picture_alt=f"Alt {tag}",
        picture_caption=f"Caption {tag}",
    )


def make_article(slug: str, *texts: ArticleText, picture: bool = True, breaking: bool = False) -> Article:
    """An article with these texts."""
    return Article(
        slug=Slug(slug),
        published=datetime(2026, 11, 20, 8, tzinfo=UTC),
        updated=datetime(2026, 11, 23, 10, 30, tzinfo=UTC),
        breaking=breaking,
        author=Author("desk", "The desk", "They write.", "desk.svg"),
        agencies=("AFP", "AP"),
        picture=Picture("picture.svg", 1600, 900, "image/svg+xml") if picture else None,
        texts={text.locale: text for text in texts},
    )


def make_notice_text(tag: LocaleTag) -> NoticeText:
    """A legal text; each of its words names its language."""
    return NoticeText(
        locale=tag,
        direction=Direction.RTL if tag == FA else Direction.LTR,
        heading=f"Heading {tag}",
        who=f"Who {tag}",
        what=f"What {tag}",
        penalty=f"Penalty {tag}",
        publisher=f"Publisher {tag}",
        more=f"More {tag}",
        reminder=f"Reminder {tag}",
        about_title=f"About {tag}",
        sections=(Section("law", (f"Law {tag}",)),),
    )


def make_worded_notice(*tags: LocaleTag, id: str = "undesirable") -> Notice:
    """The usual notice, with a text in each of `tags`."""
    return replace(make_notice(id=id), texts={tag: make_notice_text(tag) for tag in tags})


def make_newsroom(
    *articles: Article, notices: tuple[Notice, ...] | None = None, catalogs: Mapping[LocaleTag, Catalog] | None = None
) -> Edition:
    """An edition with the four languages and these articles, notices and interface words."""
    empty: dict[LocaleTag, Catalog] = {tag: Phrases() for tag in LOCALES}
    return replace(
        make_edition(*(notices or (make_worded_notice(EN, RU),))),
        locales=LOCALES,
        articles={article.slug: article for article in articles},
        catalogs={**empty, **(catalogs or {})},
    )
