"""What a request asks for: the locale, the article, and the decision about who asks. Answers nothing itself."""

import logging

from flask import g, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.decide import Decision, decide
from webapp.core.locales import find_locale
from webapp.core.model import Article, Locale, LocaleTag, Slug
from webapp.site.answers import without_article
from webapp.site.reader import headers_of, read_reader
from webapp.site.state import current_edition, state

log = logging.getLogger("webapp.site")


def asked_locale(text: str) -> Locale:
    """Return the locale that a path names. Raises NotFound."""
    locale = find_locale(current_edition(), text)
    if locale is None:
        raise NotFound
    return locale


def asked_article(slug: str) -> Article:
    """Return the article that a path names. Raises NotFound."""
    article = current_edition().articles.get(Slug(slug.lower()))
    if article is None:
        raise NotFound
    return article


def decide_for(languages: tuple[LocaleTag, ...]) -> Decision:
    """Decide about the reader who asks; `languages` are those on the page. The gate will go by this decision."""
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


def redirect_to(path: str, code: int = 308) -> BaseResponse:
    """Send the reader on. 308: to the one right spelling of what she asked for."""
    return without_article(redirect(path, code))
