"""The same headers on every answer of every status, and nothing in them that tells who asked or what was decided."""

import base64
import hashlib
import re
from functools import lru_cache

import pytest
from flask import Flask

from tests.samples import REPOSITORY, HeldClock
from tests.visits import BREAKING, PLACES, RUSSIAN_LAW, SLUG, visit
from webapp.app import create_app
from webapp.settings import Hsts, Settings

ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Robots-Tag": "noarchive",
    "X-DNS-Prefetch-Control": "off",
}
ANSWERS = [
    pytest.param("/", "GET", 302, id="redirect to a language"),
    pytest.param("/RU/", "GET", 308, id="redirect to the right spelling"),
    pytest.param("/en/", "GET", 200, id="list"),
    pytest.param(f"/en/{SLUG}", "GET", 200, id="article"),
    pytest.param(f"/fa/{SLUG}", "GET", 200, id="article in another language"),
    pytest.param(f"/en/about-notice/{RUSSIAN_LAW}", "GET", 200, id="about"),
    pytest.param("/en/search", "GET", 200, id="search"),
    pytest.param("/en/search?q=russia", "GET", 200, id="results"),
    pytest.param("/en/feed.xml", "GET", 200, id="feed"),
    pytest.param("/sitemap.xml", "GET", 200, id="sitemap"),
    pytest.param("/robots.txt", "GET", 200, id="robots"),
    pytest.param(f"/en/{SLUG}/text", "GET", 200, id="text only"),
    pytest.param(f"/en/{SLUG}/share", "GET", 200, id="before an act"),
    pytest.param(f"/en/{SLUG}/save/go", "GET", 200, id="for paper"),
    pytest.param("/en/contact", "GET", 200, id="contact"),
    pytest.param("/en/leave", "GET", 303, id="exit"),
    pytest.param("/en/blank", "GET", 200, id="blank"),
    pytest.param("/en/leaving", "GET", 200, id="about leaving"),
    pytest.param("/favicon.ico", "GET", 200, id="icon"),
    pytest.param("/static/site.css", "GET", 200, id="fixed file"),
    pytest.param(f"/media/{SLUG}/picture.svg", "GET", 200, id="picture"),
    pytest.param("/en/no-such-page", "GET", 404, id="missing page"),
    pytest.param("/static/no-such", "GET", 404, id="missing file"),
    pytest.param(f"/media/{SLUG}/no-such", "GET", 404, id="missing picture"),
    pytest.param(f"/en/{SLUG}", "POST", 405, id="method refused"),
    pytest.param(f"/en/{SLUG}", "OPTIONS", 405, id="options refused"),
    pytest.param(f"/en/{SLUG}", "HEAD", 200, id="head"),
]
KEPT = {"/sitemap.xml", "/robots.txt", "/favicon.ico", "/static/site.css"}


@pytest.mark.parametrize(("path", "method", "status"), ANSWERS)
def test_table_of_headers(path: str, method: str, status: int) -> None:
    """Each header of the table stands exactly once, whatever the status."""
    response = visit(path, method=method)
    assert response.status_code == status
    for name, value in ALWAYS.items():
        assert response.headers.getlist(name) == [value]
    assert len(response.headers.getlist("Content-Security-Policy")) == 1
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    for name in ("Set-Cookie", "ETag", "Last-Modified", "Report-To", "NEL", "Strict-Transport-Security", "Via"):
        assert name not in response.headers
    assert response.headers.get("Server", "") == ""
    assert not re.search(r"werkzeug|python|flask|granian", str(response.headers), re.IGNORECASE)


@pytest.mark.parametrize(("path", "method", "status"), ANSWERS)
def test_who_may_keep_it(path: str, method: str, status: int) -> None:
    """Only what is the same for everybody and quotes no article may be kept."""
    response = visit(path, method=method)
    kept = path in KEPT and status == 200
    assert response.headers["Cache-Control"] == ("public, max-age=3600" if kept else "private, no-store")
    assert response.headers.get("CDN-Cache-Control") == (None if kept else "no-store")
    assert response.headers.get("Surrogate-Control") == (None if kept else "no-store")
    assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["/en/", f"/ru/{SLUG}", f"/ru/{SLUG}/text", f"/fa/{SLUG}/save/go", "/fa/search", "/en/no-such-page"]
)
def test_style_sheet_is_allowed_by_its_digest(path: str) -> None:
    """The policy allows the one style sheet in the page, by the digest of its bytes."""
    response = visit(path)
    (css,) = re.findall(r"<style>(.*?)</style>", response.get_data(as_text=True), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"]
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.parametrize(
    "path", [f"/en/{SLUG}", "/en/", "/en/search?q=russia", f"/en/{BREAKING}", f"/en/{SLUG}/share", "/en/contact/go"]
)
def test_headers_tell_no_decision(path: str) -> None:
    """Only the length differs between readers who get a notice and one who does not."""
    tables = []
    for address in PLACES.values():
        headers = dict(visit(path, address, "en").headers)
        headers.pop("Content-Length")
        tables.append(headers)
    assert all(table == tables[0] for table in tables)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", [f"/en/{SLUG}", "/en/", "/en/no-such-page"])
def test_nothing_of_the_reader_comes_back(path: str, place: str) -> None:
    """Neither address nor browser nor country is echoed."""
    agent = "Canary/7.3 (Zanzibar)"
    response = visit(path, PLACES[place], "en, zu;q=0.1", headers={"User-Agent": agent})
    whole = f"{response.headers}{response.get_data(as_text=True)}"
    assert PLACES[place] not in whole
    assert "Canary" not in whole
    assert "Zanzibar" not in whole
    assert not re.search(r"data-(country|place|territory|decision|proof)", whole)
    assert "127.0.0.1" not in whole


def test_no_cookie_is_ever_set_or_read() -> None:
    """A reader who brings cookies gets the same answer, and none back."""
    plain = visit(f"/en/{SLUG}")
    with_cookie = visit(f"/en/{SLUG}", headers={"Cookie": "session=x; locale=ru"})
    assert with_cookie.get_data() == plain.get_data()
    assert "Set-Cookie" not in with_cookie.headers


@lru_cache(maxsize=1)
def operated_site() -> Flask:
    """A site behind TLS that has an onion service."""
    settings = Settings(root=REPOSITORY, hsts=Hsts.ON, onion_location="http://example.onion")
    return create_app(settings, HeldClock(), watch=False)


@pytest.mark.parametrize(
    ("path", "onion"),
    [
        pytest.param(f"/en/{SLUG}", f"http://example.onion/en/{SLUG}", id="article"),
        pytest.param("/en/no-such-page", "http://example.onion/en/no-such-page", id="missing page"),
        pytest.param("/en/%0d%0aSet-Cookie:%20a=b", "http://example.onion/", id="line feeds in the path"),
        pytest.param("/en/%D1%8F", "http://example.onion/", id="not ASCII"),
        pytest.param("/robots.txt", None, id="no page"),
    ],
)
def test_what_the_operator_turns_on(path: str, onion: str | None) -> None:
    """Strict-Transport-Security and Onion-Location come with every answer they belong to, and inject nothing."""
    response = visit(path, app=operated_site())
    assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert response.headers.get("Onion-Location") == onion
    assert "Set-Cookie" not in response.headers
