"""Paths under which there certainly is nothing: what a flood of junk asks for. One kept page answers them all.

It says "missing" only where Flask would answer with the plain page of 404 and nothing else: a test compares. Whatever
it is not sure about, it leaves to Flask. It remembers no path.
"""

from dataclasses import dataclass

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map
from werkzeug.routing.exceptions import RoutingException

from webapp.core.locales import find_locale, negotiate
from webapp.core.model import AcceptedLanguages, Edition, LocaleTag, Slug

_BY_LOCALE = frozenset({"site.locale_without_slash", "site.front", "site.article"})
"""Routes that end in NotFound when their locale is none; the last one also when it knows no such article."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Holds a path against the routes of one application."""

    routes: Map

    def says(self, path: str, edition: Edition) -> bool:
        """Say whether nothing lies under `path`, as far as routes and edition tell."""
        if not path.isascii() or not path.isprintable():
            return False
        try:
            endpoint, values = self.routes.bind("localhost").match(path, "GET")
        except NotFound:
            return True
        except (HTTPException, RoutingException):
            return False
        if endpoint not in _BY_LOCALE:
            return False
        if find_locale(edition, values["locale_text"]) is None:
            return True
        return endpoint == "site.article" and Slug(values["slug"].lower()) not in edition.articles


def choose_error_locale(edition: Edition, path: str, accepted: AcceptedLanguages) -> LocaleTag:
    """Choose the language of an error: the one that the path begins with, or the best that the browser names."""
    first = path.split("/")[1] if "/" in path else ""
    locale = find_locale(edition, first)
    return locale.tag if locale else negotiate(edition, accepted)


def name_missing(locale: LocaleTag) -> str:
    """Return the name under which the one page of 404 in a language is kept: no path, which begins with a slash."""
    return f"404 {locale}"
