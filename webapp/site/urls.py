"""The paths of the reader site, spelled once. `routes` answers exactly these."""

from webapp.core.model import LocaleTag, NoticeId


def front(locale: LocaleTag) -> str:
    """Return the path of the list of articles."""
    return f"/{locale}/"


def article(locale: LocaleTag, slug: str) -> str:
    """Return the path of an article."""
    return f"/{locale}/{slug}"


def about(locale: LocaleTag, notice: NoticeId) -> str:
    """Return the path of "find out more" about a notice."""
    return f"/{locale}/about-notice/{notice}"


def search(locale: LocaleTag) -> str:
    """Return the path of the search page."""
    return f"/{locale}/search"


def feed(locale: LocaleTag) -> str:
    """Return the path of the Atom feed."""
    return f"/{locale}/feed.xml"


def picture(slug: str, file: str) -> str:
    """Return the path of an article's picture."""
    return f"/media/{slug}/{file}"


def author_picture(file: str) -> str:
    """Return the path of an author's picture."""
    return f"/media/_authors/{file}"
