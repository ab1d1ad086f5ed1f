"""What the map of the site lists, in parts that are short enough. Knows paths and the edition, and no request."""

from webapp.core.model import Edition, LocaleTag
from webapp.site import urls

SITEMAP_LINKS = 10_000
"""Links in a part, alternates counted: about 1.5 MB, of 50 that search engines take (sitemaps.org)."""

Versions = list[tuple[LocaleTag, str]]
"""One page, in each language that it exists in."""


def sitemap_parts(edition: Edition) -> list[list[Versions]]:
    """Return every page of the site. Each version of a page will name all the others, which makes the links many."""
    parts: list[list[Versions]] = [[]]
    links = 0
    for versions in _list_pages(edition):
        links += len(versions) * (len(versions) + 1)
        if links > SITEMAP_LINKS and parts[-1]:
            parts.append([])
            links = len(versions) * (len(versions) + 1)
        parts[-1].append(versions)
    return parts


def count_sitemap_parts(edition: Edition) -> int:
    """Return how many parts there are, without a path being written: a large site has hundreds of thousands."""
    everywhere = len(edition.locales)
    counts = [everywhere, *(len(it.texts) for it in edition.articles.values()), *(everywhere for _ in edition.notices)]
    parts, links = 1, 0
    for place, versions in enumerate(counts):
        links += versions * (versions + 1)
        if links > SITEMAP_LINKS and place:
            parts += 1
            links = versions * (versions + 1)
    return parts


def _list_pages(edition: Edition) -> list[Versions]:
    tags = tuple(edition.locales)
    pages = [[(tag, urls.front(tag)) for tag in tags]]
    pages += [
        [(tag, urls.article(tag, it.slug)) for tag in tags if tag in it.texts] for it in edition.articles.values()
    ]
    return pages + [[(tag, urls.about(tag, notice.id)) for tag in tags] for notice in edition.notices]
