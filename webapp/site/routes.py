"""The routes of the reader site. Thin: read the request, ask `decide`, render, answer.

Every answer goes through `finish`, and so through the gate, unless it was made by `without_article`.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from flask import Blueprint, Response, g, request, send_from_directory
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.locales import negotiate, parse_accept_language
from webapp.core.model import Locale, Notice
from webapp.errors import SourceError
from webapp.site import urls
from webapp.site.acts import act_links
from webapp.site.answers import error_page, may_be_kept, page_response, without_article
from webapp.site.asking import asked_article, asked_locale, decide_for, redirect_to
from webapp.site.gate import let_out
from webapp.site.headers import Kind
from webapp.site.missing import find_picture
from webapp.site.offers import name_entry
from webapp.site.render import LIST_LENGTH, Renderer, find_article_text, find_notice_texts
from webapp.site.sitemap import sitemap_parts
from webapp.site.state import current_edition, current_renderer, current_request, state
from webapp.sources.files import read_file

site = Blueprint("site", __name__)

FEED_ENTRIES = 20
STATIC = "static"
"""The folder of fixed files."""


@site.before_app_request
def begin() -> None:
    """Fix the edition, so that one request never sees two."""
    g.edition = current_request().edition
    g.decision = g.languages = None
    # Flask's own answer to OPTIONS would come to the gate without a decision; and it takes "get", which is no method
    # of HTTP (RFC 9110, 9.1: they are case-sensitive), for GET.
    if request.method == "OPTIONS" or request.method != request.environ["REQUEST_METHOD"]:
        raise MethodNotAllowed(["GET", "HEAD"])


@site.route("/")
def root() -> BaseResponse:
    """Choose a language and go there."""
    edition = current_edition()
    accepted = parse_accept_language(request.headers.get("Accept-Language"), edition.language_aliases)
    locale = negotiate(edition, accepted)
    return may_be_kept(redirect_to(urls.front(locale), 302), name_entry(locale))


@site.route("/<locale_text>")
def locale_without_slash(locale_text: str) -> BaseResponse:
    """Send `/ru` to `/ru/`."""
    return redirect_to(urls.front(asked_locale(locale_text).tag))


@site.route("/<locale_text>/", endpoint="front")
def front(locale_text: str) -> BaseResponse:
    """List the articles, newest first."""
    locale = asked_locale(locale_text)
    if request.path != urls.front(locale.tag):
        return redirect_to(urls.front(locale.tag))
    state().search.prepare(current_edition(), locale.tag)
    return _list_page(locale, 1)


@site.route("/<locale_text>/page/<int:number>")
def older(locale_text: str, number: int) -> BaseResponse:
    """List older articles."""
    locale = asked_locale(locale_text)
    if number < 1 or number > count_list_pages(current_renderer(), locale):
        raise NotFound
    if request.path != urls.older(locale.tag, number):
        return redirect_to(urls.older(locale.tag, number))
    return _list_page(locale, number)


def _list_page(locale: Locale, number: int) -> BaseResponse:
    renderer, site_name = current_renderer(), current_edition().site.name
    here = renderer.listed(locale)[(number - 1) * LIST_LENGTH : number * LIST_LENGTH]
    present = [(article, text) for article in here if (text := find_article_text(article, locale))]
    decision = decide_for((locale.tag, *dict.fromkeys(text.locale for _, text in present)))
    tagline = renderer.words(locale).tp("config", current_edition().site.tagline).plain
    page = renderer.page(
        locale,
        decision,
        title=site_name,
        description=tagline,
        path=urls.front,
        canonical=locale.tag if number == 1 else None,
        robots="" if number == 1 else "noindex, follow",  # articles are found by the map of the site
    )
    body = renderer.render(
        "list.html",
        page,
        teasers=tuple(renderer.teaser(article, text, locale) for article, text in present),
        newer_url=urls.older(locale.tag, number - 1) if number > 1 else "",
        older_url=urls.older(locale.tag, number + 1) if number < count_list_pages(renderer, locale) else "",
    )
    return may_be_kept(page_response(body, locale.tag))


def count_list_pages(renderer: Renderer, locale: Locale) -> int:
    """Return how many pages the list of articles has: one at least."""
    return max(1, -(-len(renderer.listed(locale)) // LIST_LENGTH))


@site.route("/<locale_text>/<slug>", endpoint="article")
def article_page(locale_text: str, slug: str) -> BaseResponse:
    """Show an article, in the locale or the next language of its chain."""
    locale = asked_locale(locale_text)
    article = asked_article(slug)
    if request.path != urls.article(locale.tag, article.slug):
        return redirect_to(urls.article(locale.tag, article.slug))
    text = find_article_text(article, locale)
    if text is None:
        return error_page(404, locale, article)
    state().search.prepare(current_edition(), locale.tag)
    decision = decide_for((locale.tag, text.locale))
    renderer = current_renderer()
    page = renderer.page(
        locale,
        decision,
        title=text.title,
        description=text.standfirst,
        path=lambda tag: urls.article(tag, article.slug),
        exists=article.texts,
        canonical=text.locale,
    )
    view = renderer.article(article, text, locale)
    links = act_links(current_edition(), decision, locale.tag, article.slug, page.canonical)
    return may_be_kept(page_response(renderer.render("article.html", page, article=view, acts=links), locale.tag))


@site.route("/<locale_text>/about-notice/<notice_id>", endpoint="about")
def about(locale_text: str, notice_id: str) -> BaseResponse:
    """Explain the law behind a notice, to everybody."""
    locale = asked_locale(locale_text)
    notice = next((it for it in current_edition().notices if it.id == notice_id.lower()), None)
    if notice is None:
        raise NotFound
    if request.path != urls.about(locale.tag, notice.id):
        return redirect_to(urls.about(locale.tag, notice.id))
    return may_be_kept(without_article(_about_page(notice, locale)))


def _about_page(notice: Notice, locale: Locale) -> Response:
    text = find_notice_texts(notice, locale, current_edition().site.default_locale)[0]
    renderer = current_renderer()
    page = renderer.page(
        locale,
        None,
        title=text.about_title,
        description=text.who,
        path=lambda tag: urls.about(tag, notice.id),
        canonical=locale.tag,
    )
    return page_response(renderer.render("about.html", page, about=renderer.about(notice, text, locale)), locale.tag)


@site.route("/<locale_text>/feed.xml", endpoint="feed")
def feed(locale_text: str) -> BaseResponse:
    """Give the newest articles as an Atom feed. Each entry carries every notice: who will read it cannot be known."""
    locale = asked_locale(locale_text)
    if request.path != urls.feed(locale.tag):
        return redirect_to(urls.feed(locale.tag))
    edition, renderer = current_edition(), current_renderer()
    base = edition.site.base_url
    own = islice((it for it in edition.articles.values() if locale.tag in it.texts), FEED_ENTRIES)
    page = replace(
        renderer.page(locale, None, title=edition.site.name, canonical=locale.tag),
        notices=renderer.all_notices(locale),
    )
    views = [renderer.article(it, it.texts[locale.tag], locale) for it in own]
    entries = [renderer.render("feed_entry.xml", page, article=view, base_url=base) for view in views]
    entries = [let_out(entry, edition, None) for entry in entries]
    updated = max((view.updated for view in views), default=datetime(2000, 1, 1, tzinfo=UTC))
    body = renderer.render(
        "feed.xml", page, entries=[entry.decode() for entry in entries], updated=updated, base_url=base
    )
    response = page_response(body, locale.tag, mimetype="application/atom+xml")
    return may_be_kept(response if entries else without_article(response))


@site.route("/sitemap.xml")
def sitemap() -> BaseResponse:
    """List every page in every language it exists in; on a large site, list the parts of that list."""
    parts = sitemap_parts(current_edition())
    if len(parts) == 1:
        return _sitemap_page("sitemap.xml", pages=parts[0])
    return _sitemap_page("sitemap_index.xml", paths=[urls.sitemap(number + 1) for number in range(len(parts))])


@site.route("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> BaseResponse:
    """List a part of the pages."""
    parts = sitemap_parts(current_edition())
    if len(parts) == 1 or not 1 <= number <= len(parts):
        raise NotFound
    if request.path != urls.sitemap(number):
        return redirect_to(urls.sitemap(number))
    return _sitemap_page("sitemap.xml", pages=parts[number - 1])


def _sitemap_page(template: str, **values: object) -> BaseResponse:
    edition, renderer = current_edition(), current_renderer()
    page = renderer.page(edition.locales[edition.site.default_locale], None, title="")
    body = renderer.render(template, page, base_url=edition.site.base_url, **values)
    response = Response(body, content_type="application/xml; charset=utf-8")
    return may_be_kept(without_article(response, Kind.FIXED))


@site.route("/robots.txt")
def robots() -> BaseResponse:
    """Let search engines in, and show them the map of the site."""
    body = f"User-agent: *\nDisallow: /*/search\n\nSitemap: {current_edition().site.base_url}/sitemap.xml\n"
    response = Response(body, content_type="text/plain; charset=utf-8")
    return may_be_kept(without_article(response, Kind.FIXED))


@site.route("/favicon.ico")
@site.route("/favicon.svg")
def favicon() -> BaseResponse:
    """Give the icon."""
    return static("favicon.svg")


@site.route("/static/<fixed_file>")
def static(fixed_file: str) -> BaseResponse:
    """Give a fixed file of static/. Those change with the program only, so they are kept as long as an edition."""
    response = send_from_directory(state().settings.root / STATIC, fixed_file, etag=False, conditional=False)
    response.direct_passthrough = False
    return may_be_kept(without_article(response, Kind.FIXED))


@site.route("/media/<slug>/<name>")
def media(slug: str, name: str) -> BaseResponse:
    """Give a picture of an article or an author: exactly those that the edition names, nothing else in content/.

    It may be kept: what goes out are the bytes that the edition was checked with, whatever is on the disk meanwhile.
    """
    picture = find_picture(current_edition(), slug, name)
    if picture is None:
        raise NotFound
    shown = f"content/{slug}/{name}"
    try:
        data = read_file(state().settings.root / shown, shown)
    except SourceError:
        raise NotFound from None
    if hashlib.sha256(data).hexdigest() != picture.sha256:  # changed since it was checked, and not accepted yet
        raise NotFound
    return may_be_kept(without_article(Response(data, content_type=picture.media_type), Kind.PICTURE))
