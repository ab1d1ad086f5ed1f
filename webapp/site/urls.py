"""The paths of the reader site, spelled once. `routes` answers exactly these."""

from urllib.parse import urlencode

from webapp.core.model import Act, LocaleTag, NoticeId


def front(locale: LocaleTag) -> str:
    """Return the path of the list of articles."""
    return f"/{locale}/"


def older(locale: LocaleTag, number: int) -> str:
    """Return the path of a further page of that list; the first one is the front page itself."""
    return f"/{locale}/page/{number}" if number > 1 else front(locale)


def article(locale: LocaleTag, slug: str) -> str:
    """Return the path of an article."""
    return f"/{locale}/{slug}"


def about(locale: LocaleTag, notice: NoticeId) -> str:
    """Return the path of "find out more" about a notice."""
    return f"/{locale}/about-notice/{notice}"


def search(locale: LocaleTag) -> str:
    """Return the path of the search page."""
    return f"/{locale}/search"


def found(locale: LocaleTag, query: str, number: int = 1) -> str:
    """Return the address of a page of what a search found."""
    asked = {"q": query, "page": str(number)} if number > 1 else {"q": query}
    return f"{search(locale)}?{urlencode(asked)}"


def feed(locale: LocaleTag) -> str:
    """Return the path of the Atom feed."""
    return f"/{locale}/feed.xml"


def picture(slug: str, file: str) -> str:
    """Return the path of an article's picture."""
    return f"/media/{slug}/{file}"


def author_picture(file: str) -> str:
    """Return the path of an author's picture."""
    return f"/media/_authors/{file}"


def text_only(locale: LocaleTag, slug: str) -> str:
    """Return the path of an article without pictures and script."""
    return f"/{locale}/{slug}/text"


def act(locale: LocaleTag, slug: str, act: Act) -> str:
    """Return the path of the page before an act on an article."""
    return f"/{locale}/{slug}/{act.value}"


def act_go(locale: LocaleTag, slug: str, act: Act) -> str:
    """Return the path of the page that performs an act; for saving, the article made for paper."""
    return f"/{locale}/{slug}/{act.value}/go"


def contact(locale: LocaleTag) -> str:
    """Return the path of the page before writing to the newsroom."""
    return f"/{locale}/contact"


def contact_go(locale: LocaleTag) -> str:
    """Return the path of the ways to write to the newsroom."""
    return f"/{locale}/contact/go"


def leave(locale: LocaleTag) -> str:
    """Return the path of the exit."""
    return f"/{locale}/leave"


def blank(locale: LocaleTag) -> str:
    """Return the path of the plain page that the exit leads to."""
    return f"/{locale}/blank"


def leaving(locale: LocaleTag) -> str:
    """Return the path of what leaving quickly can and cannot do."""
    return f"/{locale}/leaving"


def sitemap(number: int | None = None) -> str:
    """Return the path of the map of the site, or of one of its parts."""
    return "/sitemap.xml" if number is None else f"/sitemap-{number}.xml"
