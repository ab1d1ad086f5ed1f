"""The search page: reads what is asked, finds it, and pages through it. Keeps nothing of a question."""

from dataclasses import dataclass

from flask import Blueprint, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.model import Locale, LocaleTag
from webapp.site import urls
from webapp.site.answers import page_response
from webapp.site.asking import asked_locale, decide_for, redirect_to
from webapp.site.search import MAX_QUERY, Found, parse_query
from webapp.site.state import current_edition, current_renderer, state

searching = Blueprint("searching", __name__)

HITS = 24
"""Articles on a page of what was found: as many as on a page of the list."""
MOST_DIGITS = 4
"""Digits that the number of a page may have."""
AROUND = 2
"""Pages to either side of the present one that are linked, beside the first and the last."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of what was found. `rel` is "prev", "next" or nothing; `gap`: pages before it are left out."""

    number: int
    url: str
    rel: str
    current: bool
    gap: bool


@searching.route("/<locale_text>/search", endpoint="search")
def search(locale_text: str) -> BaseResponse:
    """Search the articles that exist in the page's language."""
    locale = asked_locale(locale_text)
    if request.path != urls.search(locale.tag):
        query = request.query_string.decode("ascii", "replace")
        return redirect_to(urls.search(locale.tag) + (f"?{query}" if query else ""))
    number = _read_number(request.args.get("page", "1"))
    query = " ".join(request.args.get("q", "").replace("\0", " ").split())[:MAX_QUERY]
    words = parse_query(query)
    found = Found(0, ())
    if words:
        found = state().search.find(current_edition(), locale.tag, words, (number - 1) * HITS, HITS)
    if number > 1 and not found.hits:
        raise NotFound
    return _search_page(locale, query, words, found, number)


def _search_page(locale: Locale, query: str, words: tuple[str, ...], found: Found, number: int) -> BaseResponse:
    renderer, articles = current_renderer(), current_edition().articles
    page = renderer.page(
        locale,
        decide_for((locale.tag,)),
        title=renderer.words(locale).t("Search").plain,
        path=urls.search,
        robots="noindex",
    )
    seen = ((articles[hit.slug], hit.snippet) for hit in found.hits)
    body = renderer.render(
        "search.html",
        page,
        query=query,
        searched=bool(query),
        usable=bool(words),
        total=found.total,
        teasers=tuple(renderer.teaser(it, it.texts[locale.tag], locale, snippet) for it, snippet in seen),
        pages=link_pages(locale.tag, query, number, max(1, -(-found.total // HITS))),
    )
    return page_response(body, locale.tag)


def _read_number(text: str) -> int:
    """Read the number of a page. Raises NotFound."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS and int(text)):
        raise NotFound
    return int(text)


def link_pages(locale: LocaleTag, query: str, present: int, last: int) -> tuple[PageLink, ...]:
    """Link the first page, the last, and those around the present one; nothing where there is but one."""
    if last == 1:
        return ()
    numbers = [it for it in range(1, last + 1) if it in {1, last} or abs(it - present) <= AROUND]
    return tuple(
        PageLink(
            number=it,
            url=urls.found(locale, query, it),
            rel={present - 1: "prev", present + 1: "next"}.get(it, ""),
            current=it == present,
            gap=it - before > 1,
        )
        for before, it in zip([0, *numbers], numbers, strict=False)
    )
