"""The way out of every response: what it carries, the gate, the headers, compression, and the pages of errors."""

import logging
from dataclasses import replace

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.locales import parse_accept_language
from webapp.core.model import Article, Locale, LocaleTag
from webapp.errors import GateRefusedError
from webapp.site import urls
from webapp.site.encodings import SMALLEST, TEXTUAL, Effort, choose_encoding, compress
from webapp.site.gate import check, let_out
from webapp.site.headers import Kind, set_headers
from webapp.site.missing import choose_error_locale, name_missing
from webapp.site.offers import BUSY, OFFER, Offer
from webapp.site.state import current_edition, current_renderer, state

NAMED = frozenset({302, 404})
"""Status of what is kept under a name."""

log = logging.getLogger("webapp.site")
answers = Blueprint("answers", __name__)


def page_response(body: bytes, locale: LocaleTag, status: int = 200, mimetype: str = "text/html") -> Response:
    response = Response(body, status, content_type=f"{mimetype}; charset=utf-8")
    response.headers["Content-Language"] = locale
    return response


def may_be_kept(response: BaseResponse, name: str | None = None) -> BaseResponse:
    """Mark a page that depends on nothing but its path, the edition and the notices shown: the front door may keep it.

    With a `name` it depends on that instead of its path. That is a promise about the route and every template it uses,
    held by tests/functional/test_kept_pages.py.
    """
    g.kept, g.kept_name = response, name
    return response


def without_article(response: BaseResponse, kind: Kind = Kind.PAGE) -> BaseResponse:
    """Mark a response that carries no article text, and may therefore pass beside the gate."""
    g.article_free = response
    g.kind = kind
    return response


@answers.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> BaseResponse:
    """Answer a refused request in the reader's language."""
    locale = _error_locale()
    response = error_page(error.code or 500, locale)
    if isinstance(error, NotFound):
        may_be_kept(response, name_missing(locale.tag))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


@answers.app_errorhandler(GateRefusedError)
def refused(refusal: GateRefusedError) -> BaseResponse:
    """Answer without the article when the gate lets nothing out."""
    state().refusals += 1
    log.error("The gate refused a page: %s", refusal)
    return error_page(503, _error_locale())


@answers.app_errorhandler(Exception)
def fault(error: Exception) -> BaseResponse:
    """Answer a fault of ours, and log where it happened without a trace of who asked for what."""
    log.error("A request failed: %s", describe_fault(error))
    try:
        return error_page(500, _error_locale())
    except Exception as second:  # noqa: BLE001 - when even the page of errors fails, these words still leave with all headers
        log.error("The page of errors failed too: %s", describe_fault(second))
        return without_article(
            Response("Something went wrong. Please try again in a moment.\n", 500, mimetype="text/plain")
        )


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
    edition = current_edition()
    sent = request.headers.get("Accept-Language")
    tag = choose_error_locale(edition, request.path, lambda: parse_accept_language(sent, edition.language_aliases))
    return edition.locales[tag]


def error_page(status: int, locale: Locale, article: Article | None = None) -> BaseResponse:
    """Make the page of an error: no article text, the same headers. `article` exists, but in other languages."""
    renderer = current_renderer()
    title = str(status)
    page = renderer.page(locale, None, title=title, robots="noindex")
    others = tuple(
        replace(link, url=urls.article(link.tag, article.slug))
        for link in page.languages
        if article and link.tag in article.texts
    )
    body = renderer.render("error.html", page, status=status, others=others)
    return without_article(page_response(body, locale.tag, status))


@answers.after_app_request
def finish(response: BaseResponse) -> BaseResponse:
    """Gate, headers, compression: the way out of every response. A fault in it leaves with headers and no article."""
    try:
        return _finish(response)
    except Exception as error:  # noqa: BLE001 - what failed to be gated or compressed must not leave as it is
        log.error("An answer could not be finished: %s", describe_fault(error))
        plain = Response("Something went wrong. Please try again in a moment.\n", 500, mimetype="text/plain")
        _set_headers(plain)
        return plain


def _finish(response: BaseResponse) -> BaseResponse:
    if g.get("article_free") is not response:
        response = _through_gate(response)
    _set_headers(response)
    _offer(response)
    _compress(response)
    return response


def _offer(response: BaseResponse) -> None:
    """Hand a page to the front door, which may keep it: what has just passed the gate, before it is compressed."""
    offers = request.environ.get(OFFER)
    name = g.get("kept_name")
    if offers is None or g.get("kept") is not response or response.status_code not in (NAMED if name else {200}):
        return
    free = g.get("article_free") is response
    checked = check(response.get_data(), current_edition(), free=free)
    languages = g.get("languages")
    offers.append(Offer(checked, languages, g.get("decision") if languages else None, name))


def _set_headers(response: BaseResponse) -> None:
    shared = state()
    onion = shared.settings.onion_location
    set_headers(
        response.headers,
        g.get("kind", Kind.PAGE),
        shared.policy,
        shared.settings.hsts,
        onion,
        _path_for_header(request.path),
    )


def _path_for_header(path: str) -> str:
    """Return the request's path as it may stand in a header."""
    return path if path.isascii() and path.isprintable() else "/"


def _through_gate(response: BaseResponse) -> BaseResponse:
    try:
        response.set_data(let_out(response.get_data(), current_edition(), g.decision))
        return response
    except GateRefusedError as refusal:
        return refused(refusal)


def _compress(response: BaseResponse) -> None:
    if response.mimetype not in TEXTUAL or response.status_code in {204, 304} or "Content-Encoding" in response.headers:
        return
    response.direct_passthrough = False
    body = response.get_data()
    encoding = choose_encoding(request.headers.get("Accept-Encoding"))
    if encoding and len(body) >= SMALLEST:
        at_leisure = g.get("kept") is response and BUSY not in request.environ
        response.set_data(compress(body, encoding, Effort.GOOD if at_leisure else Effort.QUICK))
        response.headers["Content-Encoding"] = encoding
