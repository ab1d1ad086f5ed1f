"""Pages that the front door keeps: as if made afresh, made once, bounded, and gone with their edition."""

import shutil
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.samples import BERLIN, REPOSITORY, HeldClock
from tests.visits import (
    EVERY_NOTICE,
    PLACES,
    SLUG,
    articles_in,
    door_of,
    edition_of,
    notices_in,
    open_site,
    state_of,
    visit,
)
from webapp.app import create_app
from webapp.settings import Settings
from webapp.site.encodings import decompress
from webapp.site.front import Door
from webapp.site.missing import Missing
from webapp.site.pages import Pages
from webapp.site.preview import kinds_of_page

KEEPING = open_site()
FRESH = create_app(
    Settings(root=REPOSITORY, trusted_proxies=KEEPING.extensions["webapp"].settings.trusted_proxies, page_cache_mb=0),
    HeldClock(),
    watch=False,
)
"""Two sites on the same sources: one keeps pages, the other makes every page anew."""

TAGS = ("en", "ru", "uk", "fa", "ka")
PATHS = sorted(
    {path for tag in TAGS for path in kinds_of_page(edition_of(KEEPING), tag).values()}  # type: ignore[arg-type]
    | {f"/{tag}/{slug}{form}" for tag in TAGS for slug in edition_of(KEEPING).articles for form in ("", "/text")}
    | {f"/{tag}/{form}" for tag in TAGS for form in ("blank", "leave", "contact/go")}
    | {"/", "/en", "/EN/", "/sitemap.xml", "/robots.txt", "/favicon.ico", "/static/exit.js", "/en/%D1%8F", "/en//"}
    | {f"/media/{slug}/{it.picture.file}" for slug, it in edition_of(KEEPING).articles.items() if it.picture}
    | {f"/media/_authors/{it.picture}" for it in edition_of(KEEPING).authors.values()}
)
ENCODINGS = (None, "br", "zstd", "gzip", "gzip, deflate, br, zstd", "br;q=0", "*", "identity")
LANGUAGES = (None, "en", "en-US,en;q=0.9", "de", "ru", "uk,be;q=0.1", "tt", "zanzibar-\xff", "", "en, , fr")


def ask(app: Flask, path: str, address: str | None, languages: str | None, encoding: str | None) -> TestResponse:
    """Ask for a page with an Accept-Encoding."""
    headers = {} if encoding is None else {"Accept-Encoding": encoding}
    return visit(path, address, languages, app=app, headers=headers)


def content_of(response: TestResponse) -> bytes:
    """Return what a browser would unpack."""
    encoding = response.headers.get("Content-Encoding")
    return decompress(response.get_data(), encoding) if encoding else response.get_data()


def table_of(response: TestResponse) -> dict[str, str]:
    """Return the headers, without the one that follows from how well a page is packed."""
    headers = dict(response.headers)
    assert headers.pop("Content-Length") == str(len(response.get_data()))
    return headers


def assert_same(kept: TestResponse, fresh: TestResponse) -> None:
    """Status, headers and unpacked bytes are the same."""
    assert kept.status == fresh.status
    assert table_of(kept) == table_of(fresh)
    assert content_of(kept) == content_of(fresh)


readers = st.tuples(
    st.sampled_from([None, *PLACES.values(), "192.0.2.1", "junk"]),
    st.sampled_from(LANGUAGES),
    st.sampled_from(ENCODINGS),
)


@given(st.sampled_from(PATHS), st.lists(readers, min_size=2, max_size=4))
def test_kept_is_what_would_be_made(path: str, group: list[tuple[str | None, str | None, str | None]]) -> None:
    """Whoever asked before, and in whatever encoding: each reader gets what would be made for her alone."""
    for reader in (*group, *group):
        assert_same(ask(KEEPING, path, *reader), ask(FRESH, path, *reader))


@pytest.mark.parametrize("path", PATHS)
def test_every_page_twice_and_packed_well(path: str) -> None:
    """Every page, for a reader with a Proof and for one without: made, kept, and kept as small as it goes."""
    for address, languages in ((BERLIN, "en"), (None, None)):
        fresh = ask(FRESH, path, address, languages, "br")
        for _ in range(2):
            assert_same(ask(KEEPING, path, address, languages, "br"), fresh)
        door_of(KEEPING).packer.wait(20)
        packed = ask(KEEPING, path, address, languages, "br")
        assert_same(packed, fresh)
        assert len(packed.get_data()) <= 1.05 * len(fresh.get_data()), "Brotli's greatest effort is not always the best"


@pytest.mark.parametrize("query", ["?", "?q=russia", "?utm_source=x&q=%3Cscript%3E", "?" + "x" * 5000])
def test_query_changes_nothing_on_a_kept_page(query: str) -> None:
    """What stands behind the question mark reaches no page that is kept."""
    for path in (f"/en/{SLUG}", "/en/", "/en/feed.xml", f"/en/{SLUG}/share"):
        assert_same(ask(KEEPING, path + query, BERLIN, "en", "br"), ask(FRESH, path, BERLIN, "en", "br"))
        assert_same(ask(FRESH, path + query, BERLIN, "en", "br"), ask(FRESH, path, BERLIN, "en", "br"))


def pages_of(app: Flask) -> Pages:
    """Return the kept pages of the edition that `app` serves."""
    return door_of(app).pages_of(edition_of(app))


def count_renders(app: Flask) -> list[str]:
    """Put a new door in front of `app`. Return a list that grows by a path with every request that passes it."""
    seen: list[str] = []
    inside = door_of(app).inside

    def counting(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        seen.append(str(environ["PATH_INFO"]))
        return inside(environ, start)

    app.wsgi_app = Door(counting, state_of(app), 64 * 1024 * 1024, Missing(app.url_map, REPOSITORY / "static"))  # type: ignore[method-assign]
    return seen


def test_a_hundred_at_once_and_one_is_made() -> None:
    """A hundred readers want one cold page: it is made once for those with a Proof, and once for the others."""
    app = open_site()
    made = count_renders(app)
    begin = threading.Barrier(100)
    answers: list[tuple[str | None, TestResponse]] = []

    def reader(address: str | None) -> None:
        begin.wait(timeout=30)
        answers.append((address, visit(f"/en/{SLUG}", address, "en", app=app)))

    threads = [threading.Thread(target=reader, args=(BERLIN if n % 2 else None,)) for n in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 100
    for address, response in answers:
        assert response.status_code == 200
        assert notices_in(response.get_data(as_text=True)) == (frozenset() if address else EVERY_NOTICE)
    assert len(made) == 2


def test_second_reader_meets_no_flask() -> None:
    """A kept page is answered at the door, HEAD and query and range and conditions included."""
    app = open_site()
    made = count_renders(app)
    visit(f"/en/{SLUG}", BERLIN, "en", app=app)
    whole = visit(f"/en/{SLUG}", BERLIN, "en", app=app)
    for headers in (
        {"Range": "bytes=0-9"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT"},
    ):
        response = visit(f"/en/{SLUG}?x=1", BERLIN, "en", app=app, headers=headers)
        assert_same(response, whole)
    head = visit(f"/en/{SLUG}", BERLIN, "en", app=app, method="HEAD")
    assert head.status_code == 200
    assert head.get_data() == b""
    assert dict(head.headers) == dict(whole.headers)
    assert len(made) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused_on_a_kept_page(method: str) -> None:
    """A kept page changes nothing for methods that no route takes."""
    assert visit(f"/en/{SLUG}", app=KEEPING).status_code == 200
    response = visit(f"/en/{SLUG}", app=KEEPING, method=method)
    assert response.status_code == 405
    assert articles_in(response.get_data(as_text=True)) == set()


@pytest.mark.parametrize(
    "path",
    [
        "/en/search?q=russia",
        "/en",
        "/en/leave",
    ],
)
def test_what_is_not_kept(path: str) -> None:
    """Searches and redirects leave nothing behind."""
    app = open_site()
    for _ in range(3):
        visit(path, app=app)
    assert len(pages_of(app)) == 0
    assert pages_of(app).size == 0


def test_ways_from_the_entry_are_kept_by_language() -> None:
    """One answer for each language that a browser may be led to, however it asks; and never another's."""
    app, fresh = open_site(), FRESH
    for _ in range(2):
        for languages in (*LANGUAGES, "ru;q=0.5, fa", "fa-AF", "xx, uk"):
            for address in (BERLIN, None):
                kept = visit("/", address, languages, app=app)
                assert kept.status_code == 302
                assert_same(kept, visit("/", address, languages, app=fresh))
    places = {variant.headers for variant in pages_of(app)._variants.values()}
    assert {name for name, _ in pages_of(app)._variants} == {
        f"302 {value.strip('/')}" for headers in places for name, value in headers if name == "Location"
    }


# --- where there is nothing ----------------------------------------------------------------------------------

NOTHING = (
    "/wp-login.php",
    "/.env",
    "/zz/",
    "/zz/yy",
    "/EN/no-such-page",
    "/ru/no-such-page",
    "/en/NO-such-page/",
    "/no/such/page/at/all",
    "/%00",
    "/en/%D1%8F",
    "//",
    "/en//x",
    "/en/%7Bslug%7D",
    "/en/..%2f..%2fetc%2fpasswd",
    f"/en/{SLUG}/no-such-act",
    f"/zz/{SLUG}",
    "/en/about-notice/none",
    "/media/none/x.svg",
    "/static/none.css",
    "/static/..",
    "/static/%00",
    f"/static/{'x' * 300}",
    f"/media/{SLUG}/article.toml",
    "/media/_authors/none.svg",
    f"/en/{SLUG}/no-such-act/go",
    "/en/no-such-page/share",
    "/zz/contact/go",
    "/zz/search",
    "/%FF/x",
    "/ru/%F0%9F%98%80/%0A",
    "/404 en",
    "/fa/x?y=z",
)
WORDS = ("en", "EN", "ru", "fa", "zz", "en-US", "prs", "search", "feed.xml", SLUG, SLUG.upper(), "text", "x", "", "..")
pieces = st.sampled_from(WORDS)


@pytest.mark.parametrize("path", NOTHING)
def test_nothing_there(path: str) -> None:
    """Where there is nothing, each reader gets the page of 404 that Flask would make for her, kept or not."""
    for languages in LANGUAGES:
        for encoding in ("br", "gzip", None):
            assert_same(ask(KEEPING, path, BERLIN, languages, encoding), ask(FRESH, path, BERLIN, languages, encoding))


@pytest.mark.parametrize("path", ["//ru/none", "///fa/none", "//zz/ru", "///fa", "//"])
def test_slashes_before_the_first_part(path: str) -> None:
    """However many slashes lead a path, its language is the one that it begins with, kept or not."""
    fresh, *kept = (visit("/", BERLIN, "en", app=app, environ={"PATH_INFO": path}) for app in (FRESH, KEEPING, KEEPING))
    for answer in kept:
        assert_same(answer, fresh)


@given(st.lists(pieces, max_size=5) | st.lists(st.text(max_size=9), max_size=4), readers)
def test_any_path_at_all(parts: list[str], reader: tuple[str | None, str | None, str | None]) -> None:
    """Whatever is asked for, there or not: the same answer with kept pages as without."""
    path = "/" + quote("/".join(parts))
    for _ in range(2):
        assert_same(ask(KEEPING, path, *reader), ask(FRESH, path, *reader))


def test_one_page_for_all_of_nothing() -> None:
    """The first reader has a page of 404 made for each language; no path is remembered for it."""
    app = open_site()
    made = count_renders(app)
    for number in range(50):
        for tag in ("en", "ru"):
            assert visit(f"/{tag}/junk-{number}", BERLIN, "en", app=app).status_code == 404
        for path in ("{}.php", "a/{}/b", "en/{}/share", "static/{}.css", f"media/{SLUG}/{{}}.jpg", "%D1%8F{}", "{}/go"):
            assert visit("/" + path.format(number), BERLIN, "en", app=app).status_code == 404
    assert made == ["/en/junk-0", "/ru/junk-0"]
    assert set(pages_of(app)._pages) == {"404 en", "404 ru"}


def test_a_page_that_appears(site_root: Path) -> None:
    """A path under which there was nothing has its page as soon as the sources do."""
    app = open_site(site_root)
    for _ in range(2):
        assert visit("/en/once-missing", app=app).status_code == 404
    shutil.copytree(site_root / "content" / SLUG, site_root / "content" / "once-missing")
    assert state_of(app).store.reload()
    assert visit("/en/once-missing", app=app).status_code == 200


def test_onion_header_names_the_path() -> None:
    """With an onion service each path stands in a header, and no page of 404 is shared."""
    settings = replace(state_of(KEEPING).settings, onion_location="http://onion.example")
    app = create_app(settings, HeldClock(), watch=False)
    for path in ("/en/one", "/en/two"):
        for _ in range(2):
            assert visit(path, app=app).headers["Onion-Location"] == f"http://onion.example{path}"


# --- bounds and editions ------------------------------------------------------------------------------------


def test_bounded_by_bytes() -> None:
    """With a megabyte the pages of a site do not fit; the ones longest unused go, and no answer is wrong."""
    app = create_app(Settings(root=REPOSITORY, page_cache_mb=1), HeldClock(), watch=False)
    for path in PATHS:
        for encoding in ("br", None):
            assert ask(app, path, None, None, encoding).status_code < 500
            assert pages_of(app).size <= 1024 * 1024
    last = [path for path in PATHS if pages_of(app).find_page(path)]
    assert 0 < len(last) < len(PATHS)
    door_of(app).packer.wait(60)
    pages = pages_of(app)
    assert pages.size == sum(variant.size for variant in pages._variants.values())
    assert pages.size <= 1024 * 1024


def test_a_change_forgets_everything(site_root: Path) -> None:
    """A new edition is seen by the next request, and what was kept of the old one is gone."""
    app = open_site(site_root)
    paths = ("/en/", f"/en/{SLUG}", f"/en/{SLUG}/text", "/en/feed.xml", "/sitemap.xml")
    for path in paths:
        visit(path, app=app)
    before = pages_of(app)
    text = site_root / "content" / SLUG / "en.md"
    text.write_text(
        text.read_text("utf-8").replace("title: ", "title: Canary ", 1).replace('title = "', 'title = "Canary ', 1),
        "utf-8",
    )
    assert state_of(app).store.reload()
    assert before.edition is not edition_of(app)
    for path in paths[:-1]:
        assert "Canary" in visit(path, app=app).get_data(as_text=True), path
    assert before.retired
    assert pages_of(app) is not before
    fresh = create_app(replace(state_of(app).settings, page_cache_mb=0), HeldClock(), watch=False)
    for path in PATHS:
        for address in (BERLIN, None):
            assert_same(ask(app, path, address, "en", "gzip"), ask(fresh, path, address, "en", "gzip"))
            assert_same(ask(app, path, address, "en", "gzip"), ask(fresh, path, address, "en", "gzip"))


def test_flood_of_junk_is_not_remembered() -> None:
    """Distinct paths and headers fill nothing: not the pages, not what is known of readers."""
    app = open_site()
    visit(f"/en/{SLUG}", BERLIN, "en", app=app)
    kept = len(pages_of(app))
    for number in range(1500):
        languages = f"en, x-junk{number};q=0.5" if number % 2 else f"{'a' * 300}, {number}"
        answer = visit(f"/en/junk-{number}" if number % 3 else f"/en/{SLUG}?{number}", BERLIN, languages, app=app)
        assert answer.status_code in {200, 404}
    memory = state_of(app).ask(None, {}).memory
    assert len(pages_of(app)) <= kept + 2, "the reader's other variant, and the one page of 404"
    assert len(memory.languages) <= 1024
    assert len(memory.decisions) <= 1024
    assert pages_of(app)._making == {}
