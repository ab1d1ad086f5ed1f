"""The page of last resort: whole, in all its languages, with the headers of every page, and nothing of a newsroom."""

import base64
import hashlib
import re

import pytest

from webapp.core.builtin_notice import BUILTIN_NOTICES
from webapp.core.model import LocaleTag
from webapp.settings import Hsts, Settings
from webapp.site.last_page import make_last_page, render_last_page
from webapp.site.outgoing import Answer

TABLE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "CDN-Cache-Control": "no-store",
    "Surrogate-Control": "no-store",
    "Retry-After": "60",
    "Content-Type": "text/html; charset=utf-8",
}
PATHS = ["/", "/en/", "/ru/any-article", "/en/any-article/leave", "/leave", "/en/feed.xml", "/static/exit.js", "/\x00"]
WAYS_OUT = ["/en/leave", "/ru/leave", "/sr-Latn/blank", "/fa/leave/"]


def ask(path: str, method: str = "GET", settings: Settings | None = None) -> Answer:
    return make_last_page(settings or Settings())(method, path)


@pytest.mark.parametrize("path", [*PATHS, *WAYS_OUT])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "BREW"])
def test_status_and_headers(path: str, method: str) -> None:
    """503, Retry-After and the table of headers, on every path and for every method; HEAD has no body."""
    answer = ask(path, method)
    headers = dict(answer.headers)
    assert answer.status.startswith("503 ")
    assert {name: headers.get(name) for name in TABLE} == TABLE
    assert "Set-Cookie" not in headers
    assert int(headers["Content-Length"]) == len(ask(path).body)
    assert (answer.body == b"") == (method == "HEAD")


@pytest.mark.parametrize("language", BUILTIN_NOTICES)
def test_every_language_is_whole(language: LocaleTag) -> None:
    """Each language stands in an element of its own, marked with it, and holds each sentence of each law."""
    notice = BUILTIN_NOTICES[language]
    part = render_last_page().partition(f'<section id="{language}" lang="{language}" dir="ltr">')[2]
    part = part.partition("</section>")[0]
    assert notice.unavailable in part
    assert notice.later in part
    for law in notice.laws:
        assert all(text in part for text in (law.heading, law.who, law.what, law.penalty))


@pytest.mark.parametrize("path", PATHS)
def test_notice_is_there(path: str) -> None:
    """Whatever is asked for, the notice comes, and it asks nobody else for anything."""
    text = ask(path).body.decode()
    assert text == render_last_page()
    assert not re.search(r"<(script|link|img|iframe)|https?:|//|@import|url\(", text)


@pytest.mark.parametrize("path", WAYS_OUT)
def test_way_out_says_nothing(path: str) -> None:
    """Whoever leaves an open article lands on an empty page that names no law, and the browser is asked to forget."""
    answer = ask(path)
    text = answer.body.decode()
    assert dict(answer.headers)["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    for notice in BUILTIN_NOTICES.values():
        assert all(law.heading not in text for law in notice.laws)
    assert "<a" not in text
    assert "Clear-Site-Data" not in dict(ask("/en/").headers)


def test_page_leads_out() -> None:
    """The first stop of the keyboard is the way out, and it leads to the empty page."""
    page = render_last_page()
    first = re.findall(r'<a [^>]*href="([^"]*)"', page)[0]
    assert b"<a" not in ask(first).body
    assert all(notice.leave in page for notice in BUILTIN_NOTICES.values())


def test_style_sheet_is_allowed_by_its_digest() -> None:
    """The policy allows the style sheet in the page, and no other."""
    answer = ask("/")
    css = re.findall(r"<style>(.*?)</style>", answer.body.decode(), re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in css]
    policy = dict(answer.headers)["Content-Security-Policy"]
    assert re.findall(r"'sha256-([^']*)'", policy) == digests
    assert len(digests) == 1


def test_page_fits_a_bad_line() -> None:
    """Headers and page, not compressed, stay under 10 KB: a line that is cut after 16 KB brings it whole."""
    answer = ask("/")
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers) + len(answer.body) < 10_240


def test_settings_reach_the_headers() -> None:
    """TLS and the onion service are announced here as everywhere."""
    answer = ask("/", settings=Settings(hsts=Hsts.ON, onion_location="http://example.onion"))
    headers = dict(answer.headers)
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert headers["Onion-Location"] == "http://example.onion/"
