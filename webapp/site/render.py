"""From an Edition and a Decision to the views of `site.views` and the text of a page. Decides nothing."""

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from webapp.core.decide import Decision
from webapp.core.last_resort import BUILT_IN_ENDONYMS, last_resort_texts
from webapp.core.locales import first_available
from webapp.core.model import Act, Article, ArticleText, Edition, Locale, LocaleState, LocaleTag, Notice, NoticeText
from webapp.site import urls
from webapp.site.styles import Styles
from webapp.site.views import (
    AboutLink,
    AboutView,
    Alternate,
    ArticleView,
    AuthorView,
    LanguageLink,
    NoticeView,
    PageView,
    PictureView,
    TeaserView,
)
from webapp.site.words import Words
from webapp.sources.locales import SOURCE_LOCALE

LIST_LENGTH = 24
"""Articles on a page of the list: about as much as one article with its notice takes on a bad line."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the Jinja environment: every value escaped, every unknown name an error."""
    return Environment(
        loader=PackageLoader("webapp"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def find_article_text(article: Article, locale: Locale) -> ArticleText | None:
    """Return the article in the locale, or in the next language of its chain that it exists in."""
    return first_available((locale.tag, *locale.article_fallback), article.texts)


def find_notice_text(notice: Notice, locale: Locale, default: LocaleTag) -> NoticeText | None:
    """Return the notice's whole text in the locale, the next of its chain, or the site's default language."""
    return first_available((locale.tag, *locale.legal_fallback, default), notice.texts)


def find_notice_texts(notice: Notice, locale: Locale, default: LocaleTag) -> tuple[NoticeText, ...]:
    """Return the text for readers of the locale; where none may be shown, the built-in one in each of its languages."""
    text = find_notice_text(notice, locale, default)
    if text is not None:
        return (text,)
    return last_resort_texts(notice.jurisdiction, (locale.tag, *locale.legal_fallback, default))


class Renderer:
    """Renders the pages of one edition. `css` are the style sheets that pages inline."""

    def __init__(self, edition: Edition, css: Styles) -> None:
        self._edition = edition
        self._css = css
        self._words = {tag: Words(edition, locale) for tag, locale in edition.locales.items()}
        self._articles = tuple(edition.articles.values())
        self._listed: dict[LocaleTag, tuple[Article, ...]] = {}

    def listed(self, locale: Locale) -> tuple[Article, ...]:
        """Return the articles that readers of a locale can read, in the language that `find_article_text` finds."""
        known = self._listed.get(locale.tag)
        if known is None:
            chain = (locale.tag, *locale.article_fallback)
            known = tuple(it for it in self._articles if any(tag in it.texts for tag in chain))
            if len(known) == len(self._articles):
                known = self._articles  # one object for all languages
            self._listed[locale.tag] = known
        return known

    def render(self, template: str, page: PageView, **more: Any) -> bytes:
        """Render a template to UTF-8."""
        words = self._words[page.locale.tag]
        text = environment().get_template(template).render(
            page=page,
            t=words.t,
            tp=words.tp,
            tn=words.tn,
            write_date=words.write_date,
            write_number=words.write_number,
            article_json=self._article_json,
            **more,
        )  # fmt: skip
        return text.encode()

    def words(self, locale: Locale) -> Words:
        """Return the words functions of a locale."""
        return self._words[locale.tag]

    def page(
        self,
        locale: Locale,
        decision: Decision | None,
        *,
        title: str,
        description: str = "",
        path: Callable[[LocaleTag], str] = urls.front,
        exists: Iterable[LocaleTag] | None = None,
        canonical: LocaleTag | None = None,
        robots: str = "",
        act: Act | None = None,
    ) -> PageView:
        """Make what every page has. `path` gives this page's path in a language; `exists` the languages that have it.

        `canonical` is the language whose address is the page's own; None on pages that have no address of their own.
        On the page of an `act` each notice says what that act may be treated as.
        """
        site, locales = self._edition.site, self._edition.locales
        having = frozenset(locales if exists is None else exists)
        there = tuple(tag for tag in locales if tag in having)
        return PageView(
            locale=locale,
            title=title,
            description=description,
            site_name=site.name,
            tagline=site.tagline,
            home_url=urls.front(locale.tag),
            search_url=urls.search(locale.tag),
            feed_url=urls.feed(locale.tag),
            canonical=site.base_url + path(canonical) if canonical else "",
            alternates=self._alternates(there, path) if canonical else (),
            languages=tuple(self._language(other, locale, path, other.tag in having) for other in locales.values()),
            notices=self._notices(locale, decision, act),
            abouts=tuple(self._about_link(notice, locale) for notice in self._edition.notices),
            attributions=self._edition.map.attributions if self._edition.map else (),
            css=self._css,
            leave_url=urls.leave(locale.tag),
            leaving_url=urls.leaving(locale.tag),
            contact_url=urls.contact(locale.tag) if site.contact else "",
            robots=robots,
        )

    def _alternates(self, tags: tuple[LocaleTag, ...], path: Callable[[LocaleTag], str]) -> tuple[Alternate, ...]:
        site = self._edition.site
        default = site.default_locale if site.default_locale in tags else tags[0]
        links = [Alternate(tag, site.base_url + path(tag)) for tag in tags]
        return (*links, Alternate("x-default", site.base_url + path(default)))

    def _language(self, other: Locale, here: Locale, path: Callable[[LocaleTag], str], exists: bool) -> LanguageLink:
        return LanguageLink(
            tag=other.tag,
            endonym=other.endonym,
            direction=other.direction,
            url=path(other.tag),
            current=other.tag == here.tag,
            exists=exists,
            draft=other.state is LocaleState.DRAFT,
        )

    def _texts(self, notice: Notice, locale: Locale) -> tuple[NoticeText, ...]:
        return find_notice_texts(notice, locale, self._edition.site.default_locale)

    def _notices(self, locale: Locale, decision: Decision | None, act: Act | None) -> tuple[NoticeView, ...]:
        shown = {outcome.notice for outcome in decision.shown} if decision else set()
        due = (notice for notice in self._edition.notices if notice.id in shown)
        return tuple(self._notice(it, text, locale, act) for it in due for text in self._texts(it, locale))

    def all_notices(self, locale: Locale) -> tuple[NoticeView, ...]:
        """Return every notice, as for a reader about whom nothing is known."""
        notices = self._edition.notices
        return tuple(self._notice(it, text, locale) for it in notices for text in self._texts(it, locale))

    def _notice(self, notice: Notice, text: NoticeText, locale: Locale, act: Act | None = None) -> NoticeView:
        what = text.acts.get(act, text.what) if act in notice.acts else text.what
        return NoticeView(
            id=notice.id,
            anchor=f"{notice.id}-{text.locale}" if text.built_in else notice.id,
            text=text,
            what=what,
            about_url=urls.about(locale.tag, notice.id),
            foreign=text.locale != locale.tag,
            language=self._endonym(text.locale),
        )

    def _endonym(self, tag: LocaleTag) -> str:
        locale = self._edition.locales.get(tag)
        return locale.endonym if locale else BUILT_IN_ENDONYMS[tag]

    def _about_link(self, notice: Notice, locale: Locale) -> AboutLink:
        text = self._texts(notice, locale)[0]
        return AboutLink(text.about_title, text.locale, text.direction, urls.about(locale.tag, notice.id))

    def about(self, notice: Notice, text: NoticeText, locale: Locale) -> AboutView:
        """Make the "find out more" page of a notice."""
        return AboutView(
            text=text,
            foreign=text.locale != locale.tag,
            language=self._endonym(text.locale),
            register_url=notice.register_url,
            reviewed_on=text.approved_on or (notice.reviewed_on if text.locale == SOURCE_LOCALE else None),
            review_by=notice.review_by,
        )

    def article(self, article: Article, text: ArticleText, locale: Locale) -> ArticleView:
        """Make the whole article for a page in `locale`; its own text may be in another language."""
        own = self._edition.locales[text.locale]
        return ArticleView(
            slug=article.slug,
            url=urls.article(locale.tag, article.slug),
            text_url=urls.text_only(locale.tag, article.slug),
            title=text.title,
            standfirst=text.standfirst,
            html=Markup(text.html),  # noqa: S704 - sanitised by sources.articles
            lang=own.tag,
            direction=own.direction,
            foreign=own.tag != locale.tag,
            language=own.endonym,
            published=article.published,
            updated=article.updated,
            breaking=article.breaking,
            agencies=article.agencies,
            author=AuthorView(
                article.author.name, article.author.description, urls.author_picture(article.author.picture)
            ),
            picture=_picture(article, text),
        )

    def teaser(self, article: Article, text: ArticleText, locale: Locale, snippet: Markup | None = None) -> TeaserView:
        """Make an entry of a list."""
        own = self._edition.locales[text.locale]
        return TeaserView(
            url=urls.article(locale.tag, article.slug),
            title=text.title,
            standfirst=text.standfirst,
            lang=own.tag,
            direction=own.direction,
            foreign=own.tag != locale.tag,
            language=own.endonym,
            published=article.published,
            breaking=article.breaking,
            picture=_picture(article, text),
            snippet=snippet,
        )

    def _article_json(self, view: ArticleView) -> Markup:
        base = self._edition.site.base_url
        newsroom = {"@type": "NewsMediaOrganization", "name": self._edition.site.name, "url": base}
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": view.title,
            "inLanguage": view.lang,
            "datePublished": view.published.isoformat(),
            "dateModified": view.updated.isoformat(),
            "mainEntityOfPage": base + urls.article(view.lang, view.slug),
            "author": newsroom,
            "publisher": newsroom,
        }
        if view.picture:
            data["image"] = [base + view.picture.url]
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        for character, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
            text = text.replace(character, code)
        return Markup(text)  # noqa: S704 - JSON with every character that could end its element escaped


def _picture(article: Article, text: ArticleText) -> PictureView | None:
    if article.picture is None:
        return None
    url = urls.picture(article.slug, article.picture.file)
    return PictureView(url, article.picture.width, article.picture.height, text.picture_alt, text.picture_caption)
