"""Visits to the site, as readers of many places make them: over WSGI, on the repository's own sources, at a held date.

Addresses here are real networks, because documentation ranges are unknown by design and would always be warned.
"""

import re
from functools import lru_cache
from html import unescape
from ipaddress import ip_network
from pathlib import Path
from typing import cast

from flask import Flask
from werkzeug.test import TestResponse

from tests.markup import Element, read_page
from tests.samples import BERLIN, MOSCOW, NOW, REPOSITORY, HeldClock
from webapp.app import create_app
from webapp.core.model import Edition
from webapp.settings import Settings
from webapp.site.front import Door
from webapp.site.state import SiteState

SIMFEROPOL = "5.3.41.7"
"""DB-IP files it under RU/Crimea."""
MARIUPOL = "5.105.214.7"
"""DB-IP files it under UA/Donetsk/Mariupol."""
MINSK = "46.216.215.9"
PLACES = {"Moscow": MOSCOW, "Simferopol": SIMFEROPOL, "Mariupol": MARIUPOL, "Minsk": MINSK, "Berlin": BERLIN}

RUSSIAN_LAW = "undesirable-organization"
BELARUSIAN_LAW = "extremist-formation"
EVERY_NOTICE = frozenset({RUSSIAN_LAW, BELARUSIAN_LAW})

SLUG = "what-undesirable-means"
"""An article in English, Russian and Ukrainian, and not in Persian."""
PERSIAN = "reading-safely"
"""An article in all four languages."""
BREAKING = "security-guarantees-january-2022"
TONGUES = ("en", "ru", "uk", "fa")
"""The languages in which the pages of this site are tested: their words, notices and some articles are whole."""
LOOPBACK = ip_network("127.0.0.1/32")


def open_site(
    root: Path = REPOSITORY, clock: HeldClock | None = None, proxied: bool = True, kept_mb: int = 64
) -> Flask:
    """Open a site; `proxied` trusts loopback as a proxy, `kept_mb` is the memory for kept pages."""
    settings = Settings(root=root, trusted_proxies=(LOOPBACK,) if proxied else (), page_cache_mb=kept_mb)
    return create_app(settings, clock or HeldClock(NOW), watch=False)


@lru_cache(maxsize=2)
def the_site(proxied: bool = True) -> Flask:
    """Return the site on the repository's own sources. Shared, because no request changes it."""
    return open_site(proxied=proxied)


def state_of(app: Flask) -> SiteState:
    """Return what the routes of `app` share."""
    return cast(SiteState, app.extensions["webapp"])


def door_of(app: Flask) -> Door:
    """Return the front door through which every visit to `app` comes."""
    return cast(Door, app.wsgi_app)


def edition_of(app: Flask | None = None) -> Edition:
    """Return the edition that `app` serves."""
    return state_of(app or the_site()).store.current


def visit(
    path: str,
    address: str | None = None,
    languages: str | None = None,
    app: Flask | None = None,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    environ: dict[str, str] | None = None,
) -> TestResponse:
    """Ask for `path` through the trusted proxy, as a reader at `address`; without one, nothing is known of her."""
    given = dict(headers or {})
    if address is not None:
        given["X-Forwarded-For"] = address
    if languages is not None:
        given["Accept-Language"] = languages
    client = (app or the_site()).test_client(use_cookies=False)
    return client.open(path, method=method, headers=given, environ_overrides=environ or {}, buffered=True)


def page_of(response: TestResponse) -> Element:
    """Read the page of a response that must have succeeded."""
    assert response.status_code == 200, response.status
    return read_page(response.get_data(as_text=True))


def notices_in(body: str) -> frozenset[str]:
    """Return the ids of the notices whose marker is in `body`."""
    return frozenset(re.findall(r'<[a-z]+[^<>]*\sdata-notice="([^"]*)"', body))


def words_in(body: str) -> str:
    """Return the words of a page or feed: no tags, entities resolved, white space collapsed."""
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", bare)).split())


def articles_in(body: str, edition: Edition | None = None) -> set[str]:
    """Return the slugs of the articles of which `body` has a title, a standfirst or a sentence."""
    words = words_in(body)
    found: set[str] = set()
    for article in (edition or edition_of()).articles.values():
        for text in article.texts.values():
            sentences = [it for it in re.split(r"(?<=[.!?؟])\s", text.plain) if len(it) > 30]
            if any(it in words for it in (text.title, text.standfirst, *sentences)):
                found.add(article.slug)
    return found


def assert_safe(response: TestResponse, edition: Edition | None = None) -> None:
    """Whatever was asked by a reader of whom nothing is known: no fault, and no article without every notice."""
    assert response.status_code < 500, response.status
    body = response.get_data(as_text=True)
    if response.mimetype in {"text/html", "application/atom+xml", "application/xml"}:
        expected = EVERY_NOTICE if articles_in(body, edition) else frozenset()
        assert notices_in(body) >= expected
