"""Paths under which there certainly is nothing: what a flood of junk asks for. One kept page answers them all.

It says "missing" only where Flask would answer with the plain page of 404 and nothing else: a test compares. Whatever
it is not sure about, it leaves to Flask. It remembers no path.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map
from werkzeug.routing.exceptions import RoutingException

from webapp.core.locales import find_locale, negotiate
from webapp.core.model import AcceptedLanguages, Edition, LocaleTag, Picture, Slug
from webapp.core.tags import find_primary
from webapp.site.acts import offered_acts
from webapp.site.render import LIST_LENGTH
from webapp.site.shapes import Check, Shapes
from webapp.site.sitemap import count_sitemap_parts

AUTHORS = "_authors"
"""The folder under /media/ that holds portraits; no article can have that name."""


class Missing:
    """Holds a path against the routes of one application, and against the folder of its fixed files."""

    def __init__(self, routes: Map, fixed: Path) -> None:
        """Take the routes, all of which are there by now, and the files as they are at the start."""
        self._adapter = routes.bind("localhost")
        self._shapes = Shapes(routes)
        self._fixed = frozenset(file.name for file in fixed.iterdir() if file.is_file()) if fixed.is_dir() else ()
        self._names: _Names | None = None

    def find_name(self, path: str, edition: Edition, accepted: Callable[[], AcceptedLanguages]) -> str | None:
        """Return the name that the answer to a path is kept under where certainly nothing lies, or None.

        `path` is as WSGI writes it. `accepted` is asked only where the path names no language.
        """
        names = self._names_of(edition)
        if not (path.isascii() and self._shapes.exclude(path, names.checks)) and not self.says(path, edition):
            return None
        if path.isascii() and not names.checks["locale_text"](first_part(path)):
            return name_missing(negotiate(edition, accepted()))
        return name_missing(choose_error_locale(edition, path, accepted))

    def _names_of(self, edition: Edition) -> "_Names":
        names = self._names
        if names is None or names.edition is not edition:
            pages = max(1, -(-len(edition.articles) // LIST_LENGTH))
            names = self._names = _Names(edition, self._read_names(edition), pages, count_sitemap_parts(edition))
        return names

    def _read_names(self, edition: Edition) -> Mapping[str, Check]:
        languages = {find_primary(tag) for it in edition.locales.values() for tag in (it.tag, *it.also)}
        languages.update(edition.language_aliases)
        acts, notices = set(offered_acts(edition.site)), {notice.id for notice in edition.notices}
        articles = edition.articles
        return {
            "locale_text": lambda text: find_primary(text) in languages,
            "slug": lambda text: text.lower() in articles or text == AUTHORS,
            "act_text": lambda text: text.lower() in acts,
            "notice_id": lambda text: text.lower() in notices,
            "fixed_file": lambda text: text in self._fixed,
        }

    def says(self, path: str, edition: Edition) -> bool:
        """Say whether nothing lies under `path`, as far as routes and edition tell. `path` is as WSGI writes it."""
        try:
            endpoint, values = self._adapter.match(path.encode("latin-1").decode("utf-8", "replace"), "GET")
        except NotFound:
            return True
        except (HTTPException, RoutingException):
            return False
        if endpoint == "site.static":
            return values["fixed_file"] not in self._fixed
        if endpoint == "site.media":
            return find_picture(edition, values["slug"], values["name"]) is None
        if "number" in values and not self._names_of(edition).counts(endpoint, values["number"]):
            return True
        return names_nothing(edition, **values)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the parts of a path may be in one edition. `list_pages`: as many as the list may have in any language."""

    edition: Edition
    checks: Mapping[str, Check]
    list_pages: int
    sitemap_parts: int

    def counts(self, endpoint: str, number: int) -> bool:
        """Say whether there may be so many: pages of the list, or parts of the map of the site, if it has parts."""
        if endpoint == "site.older":
            return 1 <= number <= self.list_pages
        return endpoint != "site.sitemap_part" or 1 <= number <= self.sitemap_parts > 1


def first_part(path: str) -> str:
    """Return what a path begins with, however many slashes lead it: Flask makes them one, and so must the door."""
    return path.lstrip("/").partition("/")[0]


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
    if slug == AUTHORS:
        return next((it.portrait for it in edition.authors.values() if it.picture == name), None)
    article = edition.articles.get(Slug(slug))
    picture = article.picture if article else None
    return picture if picture and picture.file == name else None


def choose_error_locale(edition: Edition, path: str, accepted: Callable[[], AcceptedLanguages]) -> LocaleTag:
    """Choose the language of an error: the one that the path begins with, or the best that the browser names."""
    locale = find_locale(edition, first_part(path))
    return locale.tag if locale else negotiate(edition, accepted())


def name_missing(locale: LocaleTag) -> str:
    """Return the name under which the one page of 404 in a language is kept: no path, which begins with a slash."""
    return f"404 {locale}"
