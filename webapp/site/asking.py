"""What a request asks for: the locale, the article, and the decision about who asks. Answers nothing itself."""

from flask import g, redirect
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.decide import Decision
from webapp.core.locales import find_locale
from webapp.core.model import Article, Locale, LocaleTag, Slug
from webapp.site.answers import without_article
from webapp.site.state import current_edition, current_request


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
    decision = current_request().decide(languages)
    g.decision, g.languages = decision, languages
    return decision


def redirect_to(path: str, code: int = 308) -> BaseResponse:
    """Send the reader on. 308: to the one right spelling of what she asked for."""
    return without_article(redirect(path, code))
