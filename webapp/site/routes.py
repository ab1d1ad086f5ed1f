"""The routes of the reader site. Thin: read the request, ask `decide`, render, answer.

Every answer goes through `finish`, and so through the gate, unless it was made by `without_article`.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Response, current_app, g, redirect, request, send_from_directory
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.decide import Decision, decide
from webapp.core.locales import find_locale, lookup, parse_accept_language
from webapp.core.model import Article, Edition, Locale, LocaleTag, Notice, Slug
from webapp.errors import GateRefusedError
from webapp.settings import Settings
from webapp.site import urls
from webapp.site.encodings import SMALLEST, choose_encoding, compress
from webapp.site.gate import let_out
from webapp.site.headers import Kind, set_headers
from webapp.site.reader import headers_of, read_reader
from webapp.site.render import Renderer, find_article_text, find_notice_text
from webapp.site.search import SearchIndex, parse_query
from webapp.sources.store import EditionStore

log = logging.getLogger("webapp.site")
site = Blueprint("site", __name__)

_TEXTUAL = ("text/html", "application/atom+xml", "application/xml", "text/plain", "image/svg+xml")
FEED_ENTRIES = 20


@dataclass(slots=True)
class SiteState:
    """What the routes of one application share."""

    settings: Settings
    store: EditionStore
    css: str
    policy: str
    clock: "Clock"
    refusals: int = 0
    faults: int = 0
    _renderer: tuple[Edition, Renderer, SearchIndex] | None = field(default=None)

    def tools(self, edition: Edition) -> tuple[Renderer, SearchIndex]:
        """Return the renderer and the search index of an edition, made once for each."""
        kept = self._renderer
        if kept is None or kept[0] is not edition:
            kept = (edition, Renderer(edition, self.css), SearchIndex(edition))
            self._renderer = kept
        return kept[1], kept[2]


class Clock:
    """Tells the time. Handed in, so that a test can hold it."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)


def state() -> SiteState:
    """Return the state of the running application."""
    return cast(SiteState, current_app.extensions["webapp"])


@site.before_app_request
def begin() -> None:
    """Fix the edition, so that one request never sees two."""
    g.edition = state().store.current
    g.decision = None


def _edition() -> Edition:
    return cast(Edition, g.edition)


def _renderer() -> Renderer:
    return state().tools(_edition())[0]


def _locale(text: str) -> Locale:
    locale = find_locale(_edition(), text)
    if locale is None:
        raise NotFound
    return locale


def _decide(languages: tuple[LocaleTag, ...]) -> Decision:
    peer = request.environ.get("REMOTE_ADDR")
    trusted = state().settings.trusted_proxies
    reader, _ = read_reader(_edition(), peer, headers_of(request.environ), trusted, languages)
    decision = decide(_edition(), reader, state().clock.now())
    if any(outcome.faulty for outcome in decision.shown):
        state().faults += 1
        log.error("A decision failed; its notices are shown.")
    g.decision = decision
    return decision


def _page(body: bytes, locale: LocaleTag, status: int = 200, mimetype: str = "text/html") -> Response:
    response = Response(body, status, content_type=f"{mimetype}; charset=utf-8")
    response.headers["Content-Language"] = locale
    return response


def without_article(response: BaseResponse, kind: Kind = Kind.PAGE) -> BaseResponse:
    """Mark a response that carries no article text, and may therefore pass beside the gate."""
    g.article_free = True
    g.kind = kind
    return response


def _redirect(path: str, code: int) -> BaseResponse:
    return without_article(redirect(path, code))


@site.route("/")
def root() -> BaseResponse:
    """Choose a language and go there."""
    edition = _edition()
    accepted = parse_accept_language(request.headers.get("Accept-Language"), edition.language_aliases)
    return _redirect(urls.front(lookup(accepted, tuple(edition.locales), edition.site.default_locale)), 302)


@site.route("/<locale_text>")
def locale_without_slash(locale_text: str) -> BaseResponse:
    """Send `/ru` to `/ru/`."""
    return _redirect(urls.front(_locale(locale_text).tag), 308)


@site.route("/<locale_text>/", endpoint="front")
def front(locale_text: str) -> BaseResponse:
    """List the articles, newest first."""
    locale = _locale(locale_text)
    if locale.tag != locale_text:
        return _redirect(urls.front(locale.tag), 308)
    found = [(it, find_article_text(it, locale)) for it in _edition().articles.values()]
    present = [(article, text) for article, text in found if text]
    decision = _decide((locale.tag, *dict.fromkeys(text.locale for _, text in present)))
    renderer = _renderer()
    tagline = renderer.words(locale).tp("config", _edition().site.tagline).plain
    page = renderer.page(
        locale, decision, title=_edition().site.name, description=tagline, path=urls.front, canonical=locale.tag
    )
    teasers = tuple(renderer.teaser(article, text, locale) for article, text in present)
    return _page(renderer.render("list.html", page, teasers=teasers), locale.tag)


@site.route("/<locale_text>/<slug>", endpoint="article")
def article_page(locale_text: str, slug: str) -> BaseResponse:
    """Show an article, in the locale or the next language of its chain."""
    locale = _locale(locale_text)
    article = _edition().articles.get(Slug(slug.lower()))
    if article is None:
        raise NotFound
    if (locale.tag, article.slug) != (locale_text, slug):
        return _redirect(urls.article(locale.tag, article.slug), 308)
    text = find_article_text(article, locale)
    if text is None:
        return _article_elsewhere(article, locale)
    decision = _decide((locale.tag, text.locale))
    renderer = _renderer()
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
    return _page(renderer.render("article.html", page, article=view), locale.tag)


def _article_elsewhere(article: Article, locale: Locale) -> BaseResponse:
    return error_page(404, locale, article)


@site.route("/<locale_text>/about-notice/<notice_id>", endpoint="about")
def about(locale_text: str, notice_id: str) -> BaseResponse:
    """Explain the law behind a notice, to everybody."""
    locale = _locale(locale_text)
    notice = next((it for it in _edition().notices if it.id == notice_id.lower()), None)
    if notice is None:
        raise NotFound
    if (locale.tag, notice.id) != (locale_text, notice_id):
        return _redirect(urls.about(locale.tag, notice.id), 308)
    return without_article(_about_page(notice, locale))


def _about_page(notice: Notice, locale: Locale) -> Response:
    text = find_notice_text(notice, locale, _edition().site.default_locale)
    if text is None:
        raise NotFound
    renderer = _renderer()
    page = renderer.page(
        locale,
        None,
        title=text.about_title,
        description=text.who,
        path=lambda tag: urls.about(tag, notice.id),
        canonical=locale.tag,
    )
    return _page(renderer.render("about.html", page, about=renderer.about(notice, text, locale)), locale.tag)


@site.route("/<locale_text>/search", endpoint="search")
def search(locale_text: str) -> BaseResponse:
    """Search the articles that exist in the page's language."""
    locale = _locale(locale_text)
    if locale.tag != locale_text:
        return _redirect(urls.search(locale.tag), 308)
    query = " ".join(request.args.get("q", "").replace("\0", " ").split())[:200]
    words = parse_query(query)
    renderer, index = state().tools(_edition())
    hits = index.find(locale.tag, words) if words else ()
    articles = _edition().articles
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
    return _page(body, locale.tag)


@site.route("/<locale_text>/feed.xml", endpoint="feed")
def feed(locale_text: str) -> BaseResponse:
    """Give the newest articles as an Atom feed. Each entry carries every notice: who will read it cannot be known."""
    locale = _locale(locale_text)
    edition, renderer = _edition(), _renderer()
    own = [(it, it.texts[locale.tag]) for it in edition.articles.values() if locale.tag in it.texts][:FEED_ENTRIES]
    page = replace(
        renderer.page(locale, None, title=edition.site.name, canonical=locale.tag),
        notices=renderer.all_notices(locale),
    )
    views = [renderer.article(article, text, locale) for article, text in own]
    entries = [let_out(renderer.render("feed_entry.xml", page, article=view), edition, None).decode() for view in views]
    updated = max((view.updated for view in views), default=datetime(2000, 1, 1, tzinfo=UTC))
    body = renderer.render("feed.xml", page, entries=entries, updated=updated, base_url=edition.site.base_url)
    response = _page(body, locale.tag, mimetype="application/atom+xml")
    return response if entries else without_article(response)


@site.route("/sitemap.xml")
def sitemap() -> BaseResponse:
    """List every page in every language it exists in."""
    edition = _edition()
    tags = tuple(edition.locales)
    pages = [[(tag, urls.front(tag)) for tag in tags]]
    pages += [
        [(tag, urls.article(tag, it.slug)) for tag in tags if tag in it.texts] for it in edition.articles.values()
    ]
    pages += [[(tag, urls.about(tag, notice.id)) for tag in tags] for notice in edition.notices]
    page = _renderer().page(edition.locales[edition.site.default_locale], None, title="")
    body = _renderer().render("sitemap.xml", page, pages=pages, base_url=edition.site.base_url)
    return without_article(Response(body, content_type="application/xml; charset=utf-8"), Kind.FIXED)


@site.route("/robots.txt")
def robots() -> BaseResponse:
    """Let search engines in, and show them the map of the site."""
    body = f"User-agent: *\nDisallow: /*/search\n\nSitemap: {_edition().site.base_url}/sitemap.xml\n"
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
    article = _edition().articles.get(Slug(slug))
    pictures = {article.picture.file} if article and article.picture else set()
    if slug == "_authors":
        pictures = {it.author.picture for it in _edition().articles.values()}
    if name not in pictures:
        raise NotFound
    folder = state().settings.root / "content" / slug
    return without_article(send_from_directory(folder, name, etag=False, conditional=False), Kind.PICTURE)


# --- what every answer goes through ------------------------------------------------------------------------


@site.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> BaseResponse:
    """Answer a refused request in the reader's language."""
    return error_page(error.code or 500, _error_locale())


@site.app_errorhandler(Exception)
def fault(error: Exception) -> BaseResponse:
    """Answer a fault of ours, and log where it happened without a trace of who asked for what."""
    log.error("A request failed: %s", describe_fault(error))
    return error_page(500, _error_locale())


def describe_fault(error: BaseException) -> str:
    """Say what failed and where: types and places in the code, never a value, which could be a reader's."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(places[-8:])}"


def _error_locale() -> Locale:
    edition = _edition()
    first = request.path.split("/")[1] if "/" in request.path else ""
    locale = find_locale(edition, first)
    if locale:
        return locale
    accepted = parse_accept_language(request.headers.get("Accept-Language"), edition.language_aliases)
    return edition.locales[lookup(accepted, tuple(edition.locales), edition.site.default_locale)]


def error_page(status: int, locale: Locale, article: Article | None = None) -> BaseResponse:
    """Make the page of an error: no article text, the same headers. `article` exists, but in other languages."""
    renderer = _renderer()
    title = str(status)
    page = renderer.page(locale, None, title=title, robots="noindex")
    others = tuple(
        replace(link, url=urls.article(link.tag, article.slug))
        for link in page.languages
        if article and link.tag in article.texts
    )
    body = renderer.render("error.html", page, status=status, others=others)
    return without_article(_page(body, locale.tag, status))


@site.after_app_request
def finish(response: BaseResponse) -> BaseResponse:
    """Gate, headers, compression: the way out of every response."""
    if not g.get("article_free"):
        response = _through_gate(response)
    shared = state()
    onion = shared.settings.onion_location
    set_headers(
        response.headers, g.get("kind", Kind.PAGE), shared.policy, shared.settings.hsts, onion, urls_path(request.path)
    )
    _compress(response)
    return response


def urls_path(path: str) -> str:
    """Return the request's path as it may stand in a header."""
    return path if path.isascii() and path.isprintable() else "/"


def _through_gate(response: BaseResponse) -> BaseResponse:
    try:
        response.set_data(let_out(response.get_data(), _edition(), g.decision))
        return response
    except GateRefusedError as refusal:
        state().refusals += 1
        log.error("The gate refused a page: %s", refusal)
        return error_page(503, _error_locale())


def _compress(response: BaseResponse) -> None:
    if (
        response.mimetype not in _TEXTUAL
        or response.status_code in {204, 304}
        or "Content-Encoding" in response.headers
    ):
        return
    response.direct_passthrough = False
    body = response.get_data()
    encoding = choose_encoding(request.headers.get("Accept-Encoding"))
    if encoding and len(body) >= SMALLEST:
        response.set_data(compress(body, encoding))
        response.headers["Content-Encoding"] = encoding
