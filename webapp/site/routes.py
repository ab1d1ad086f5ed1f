"""The routes of the reader site. Thin: read the request, ask `decide`, render, answer.

Every answer goes through `finish`, and so through the gate, unless it was made by `without_article`.
"""

import hashlib
import logging
from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, Response, g, redirect, request, send_from_directory
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.decide import Decision, decide
from webapp.core.locales import find_locale, negotiate, parse_accept_language
from webapp.core.model import Locale, LocaleTag, Notice, Slug
from webapp.site import urls
from webapp.site.answers import error_page, page_response, without_article
from webapp.site.gate import let_out
from webapp.site.headers import Kind
from webapp.site.reader import headers_of, read_reader
from webapp.site.render import find_article_text, find_notice_text
from webapp.site.search import parse_query
from webapp.site.state import current_edition, current_renderer, state

log = logging.getLogger("webapp.site")
site = Blueprint("site", __name__)

FEED_ENTRIES = 20


@site.before_app_request
def begin() -> None:
    """Fix the edition, so that one request never sees two."""
    g.edition = state().store.current
    g.decision = None
    if request.method == "OPTIONS":  # Flask's own answer would come to the gate without a decision
        raise MethodNotAllowed(["GET", "HEAD"])


def _locale(text: str) -> Locale:
    locale = find_locale(current_edition(), text)
    if locale is None:
        raise NotFound
    return locale


def _decide(languages: tuple[LocaleTag, ...]) -> Decision:
    peer = request.environ.get("REMOTE_ADDR")
    settings = state().settings
    headers = headers_of(request.environ)
    reader, _ = read_reader(current_edition(), peer, headers, settings.trusted_proxies, languages, settings.cdn)
    decision = decide(current_edition(), reader, state().clock.now())
    if any(outcome.faulty for outcome in decision.shown):
        state().faults += 1
        log.error("A decision failed; its notices are shown.")
    g.decision = decision
    return decision


def _redirect(path: str, code: int) -> BaseResponse:
    return without_article(redirect(path, code))


@site.route("/")
def root() -> BaseResponse:
    """Choose a language and go there."""
    edition = current_edition()
    accepted = parse_accept_language(request.headers.get("Accept-Language"), edition.language_aliases)
    return _redirect(urls.front(negotiate(edition, accepted)), 302)


@site.route("/<locale_text>")
def locale_without_slash(locale_text: str) -> BaseResponse:
    """Send `/ru` to `/ru/`."""
    return _redirect(urls.front(_locale(locale_text).tag), 308)


@site.route("/<locale_text>/", endpoint="front")
def front(locale_text: str) -> BaseResponse:
    """List the articles, newest first."""
    locale = _locale(locale_text)
    if request.path != urls.front(locale.tag):
        return _redirect(urls.front(locale.tag), 308)
    found = [(it, find_article_text(it, locale)) for it in current_edition().articles.values()]
    present = [(article, text) for article, text in found if text]
    decision = _decide((locale.tag, *dict.fromkeys(text.locale for _, text in present)))
    renderer = current_renderer()
    tagline = renderer.words(locale).tp("config", current_edition().site.tagline).plain
    page = renderer.page(
        locale, decision, title=current_edition().site.name, description=tagline, path=urls.front, canonical=locale.tag
    )
    teasers = tuple(renderer.teaser(article, text, locale) for article, text in present)
    return page_response(renderer.render("list.html", page, teasers=teasers), locale.tag)


@site.route("/<locale_text>/<slug>", endpoint="article")
def article_page(locale_text: str, slug: str) -> BaseResponse:
    """Show an article, in the locale or the next language of its chain."""
    locale = _locale(locale_text)
    article = current_edition().articles.get(Slug(slug.lower()))
    if article is None:
        raise NotFound
    if request.path != urls.article(locale.tag, article.slug):
        return _redirect(urls.article(locale.tag, article.slug), 308)
    text = find_article_text(article, locale)
    if text is None:
        return error_page(404, locale, article)
    decision = _decide((locale.tag, text.locale))
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
    return page_response(renderer.render("article.html", page, article=view), locale.tag)


@site.route("/<locale_text>/about-notice/<notice_id>", endpoint="about")
def about(locale_text: str, notice_id: str) -> BaseResponse:
    """Explain the law behind a notice, to everybody."""
    locale = _locale(locale_text)
    notice = next((it for it in current_edition().notices if it.id == notice_id.lower()), None)
    if notice is None:
        raise NotFound
    if request.path != urls.about(locale.tag, notice.id):
        return _redirect(urls.about(locale.tag, notice.id), 308)
    return without_article(_about_page(notice, locale))


def _about_page(notice: Notice, locale: Locale) -> Response:
    text = find_notice_text(notice, locale, current_edition().site.default_locale)
    if text is None:
        raise NotFound
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


@site.route("/<locale_text>/search", endpoint="search")
def search(locale_text: str) -> BaseResponse:
    """Search the articles that exist in the page's language."""
    locale = _locale(locale_text)
    if request.path != urls.search(locale.tag):
        query = request.query_string.decode("ascii", "replace")
        return _redirect(urls.search(locale.tag) + (f"?{query}" if query else ""), 308)
    query = " ".join(request.args.get("q", "").replace("\0", " ").split())[:200]
    words = parse_query(query)
    renderer, index = state().tools(current_edition())
    hits = index.find(locale.tag, words) if words else ()
    articles = current_edition().articles
    found = ((articles[hit.slug], hit) for hit in hits)
    teasers = tuple(renderer.teaser(it, it.texts[locale.tag], locale, hit.snippet) for it, hit in found)
    page = renderer.page(
        locale,
        _decide((locale.tag,)),
        title=renderer.words(locale).t("Search").plain,
        path=urls.search,
        robots="noindex",
    )
    body = renderer.render("search.html", page, teasers=teasers, query=query, searched=bool(query), usable=bool(words))
    return page_response(body, locale.tag)


@site.route("/<locale_text>/feed.xml", endpoint="feed")
def feed(locale_text: str) -> BaseResponse:
    """Give the newest articles as an Atom feed. Each entry carries every notice: who will read it cannot be known."""
    locale = _locale(locale_text)
    if request.path != urls.feed(locale.tag):
        return _redirect(urls.feed(locale.tag), 308)
    edition, renderer = current_edition(), current_renderer()
    base = edition.site.base_url
    own = [(it, it.texts[locale.tag]) for it in edition.articles.values() if locale.tag in it.texts][:FEED_ENTRIES]
    page = replace(
        renderer.page(locale, None, title=edition.site.name, canonical=locale.tag),
        notices=renderer.all_notices(locale),
    )
    views = [renderer.article(article, text, locale) for article, text in own]
    entries = [renderer.render("feed_entry.xml", page, article=view, base_url=base) for view in views]
    entries = [let_out(entry, edition, None) for entry in entries]
    updated = max((view.updated for view in views), default=datetime(2000, 1, 1, tzinfo=UTC))
    body = renderer.render(
        "feed.xml", page, entries=[entry.decode() for entry in entries], updated=updated, base_url=base
    )
    response = page_response(body, locale.tag, mimetype="application/atom+xml")
    return response if entries else without_article(response)


@site.route("/sitemap.xml")
def sitemap() -> BaseResponse:
    """List every page in every language it exists in."""
    edition = current_edition()
    tags = tuple(edition.locales)
    pages = [[(tag, urls.front(tag)) for tag in tags]]
    pages += [
        [(tag, urls.article(tag, it.slug)) for tag in tags if tag in it.texts] for it in edition.articles.values()
    ]
    pages += [[(tag, urls.about(tag, notice.id)) for tag in tags] for notice in edition.notices]
    page = current_renderer().page(edition.locales[edition.site.default_locale], None, title="")
    body = current_renderer().render("sitemap.xml", page, pages=pages, base_url=edition.site.base_url)
    return without_article(Response(body, content_type="application/xml; charset=utf-8"), Kind.FIXED)


@site.route("/robots.txt")
def robots() -> BaseResponse:
    """Let search engines in, and show them the map of the site."""
    body = f"User-agent: *\nDisallow: /*/search\n\nSitemap: {current_edition().site.base_url}/sitemap.xml\n"
    return without_article(Response(body, content_type="text/plain; charset=utf-8"), Kind.FIXED)


@site.route("/favicon.ico")
@site.route("/favicon.svg")
def favicon() -> BaseResponse:
    """Give the icon."""
    return static("favicon.svg")


@site.route("/static/<name>")
def static(name: str) -> BaseResponse:
    """Give a fixed file of static/."""
    folder = state().settings.root / "static"
    return without_article(send_from_directory(folder, name, etag=False, conditional=False), Kind.FIXED)


@site.route("/media/<slug>/<name>")
def media(slug: str, name: str) -> BaseResponse:
    """Give a picture of an article or an author: exactly those that the edition names, nothing else in content/."""
    folder = state().settings.root / "content" / slug
    if slug == "_authors":
        if name not in {it.author.picture for it in current_edition().articles.values()}:
            raise NotFound
        return without_article(send_from_directory(folder, name, etag=False, conditional=False), Kind.PICTURE)
    article = current_edition().articles.get(Slug(slug))
    picture = article.picture if article else None
    if picture is None or picture.file != name:
        raise NotFound
    try:
        data = (folder / name).read_bytes()
    except OSError:
        raise NotFound from None
    if hashlib.sha256(data).hexdigest() != picture.sha256:  # changed since it was checked, and not accepted yet
        raise NotFound
    return without_article(Response(data, content_type=picture.media_type), Kind.PICTURE)
