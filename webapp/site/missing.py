"""Paths under which there certainly is nothing: what a flood of junk asks for. One kept page answers them all.

It says "missing" only where Flask would answer with the plain page of 404 and nothing else: a test compares. Whatever
it is not sure about, it leaves to Flask. It remembers no path.
"""

from dataclasses import dataclass, field
from pathlib import Path

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, MapAdapter
from werkzeug.routing.exceptions import RoutingException

from webapp.core.locales import find_locale, negotiate
from webapp.core.model import AcceptedLanguages, Edition, LocaleTag, Picture, Slug
from webapp.site.acts import offered_acts


@dataclass(frozen=True, slots=True)
class Missing:
    """Holds a path against the routes of one application, and against the folder of its fixed files."""

    routes: Map
    fixed: Path
    _adapter: MapAdapter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_adapter", self.routes.bind("localhost"))

    def says(self, path: str, edition: Edition) -> bool:
        """Say whether nothing lies under `path`, as far as routes and edition tell. `path` is as WSGI writes it."""
        try:
            endpoint, values = self._adapter.match(path.encode("latin-1").decode("utf-8", "replace"), "GET")
        except NotFound:
            return True
        except (HTTPException, RoutingException):
            return False
        if endpoint == "site.static":
            return self._lacks_file(values["name"])
        if endpoint == "site.media":
            return find_picture(edition, values["slug"], values["name"]) is None
        return names_nothing(edition, **values)

    def _lacks_file(self, name: str) -> bool:
        try:
            return not (self.fixed / name).is_file()
        except OSError:  # a name that no file can have
            return False


def names_nothing(
    edition: Edition,
    locale_text: str | None = None,
    slug: str | None = None,
    act_text: str | None = None,
    notice_id: str | None = None,
    **_more: str,
) -> bool:
    """Say whether a part of a path names a locale, article, act or notice that there is not: no route bears that."""
    if locale_text is not None and find_locale(edition, locale_text) is None:
        return True
    if slug is not None and Slug(slug.lower()) not in edition.articles:
        return True
    if act_text is not None and act_text.lower() not in offered_acts(edition.site):
        return True
    return notice_id is not None and notice_id.lower() not in {notice.id for notice in edition.notices}


def find_picture(edition: Edition, slug: str, name: str) -> Picture | None:
    """Find the picture of an article or an author that lies under /media/: exactly those that the edition names."""
    if slug == "_authors":
        return next((it.portrait for it in edition.authors.values() if it.picture == name), None)
    article = edition.articles.get(Slug(slug))
    picture = article.picture if article else None
    return picture if picture and picture.file == name else None


def choose_error_locale(edition: Edition, path: str, accepted: AcceptedLanguages) -> LocaleTag:
    """Choose the language of an error: the one that the path begins with, or the best that the browser names."""
    first = path.split("/")[1] if "/" in path else ""
    locale = find_locale(edition, first)
    return locale.tag if locale else negotiate(edition, accepted)


def name_missing(locale: LocaleTag) -> str:
    """Return the name under which the one page of 404 in a language is kept: no path, which begins with a slash."""
    return f"404 {locale}"
