"""Whatever is sent: an answer below 500, no article without its notice, and no trace of who asked for what."""

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markup import read_page
from tests.visits import EVERY_NOTICE, PLACES, SLUG, articles_in, assert_safe, door_of, notices_in, the_site, visit
from webapp.site.render import Renderer

PATHS = [
    "/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/en/../ru/",
    "/en/..",
    "/en/.",
    "/en/...",
    "/en/%2e%2e%2fconfig",
    "/en/..%5c..%5cconfig",
    "/en/%252e%252e%252f",
    "/%00",
    "/en/%00",
    f"/en/{SLUG}%00",
    f"/en/{SLUG}%00.html",
    f"/en%00/{SLUG}",
    f"/en/{SLUG}%20",
    f"/en/{SLUG}%0a",
    f"/en/{SLUG}/",
    f"/en/{SLUG}//",
    f"//en/{SLUG}",
    f"/en//{SLUG}",
    f"/en/{SLUG}.html",
    f"/en/{SLUG};x=1",
    f"/EN/{SLUG}",
    f"/eN/{SLUG.upper()}",
    f"/en/{SLUG.title()}",
    f"/en-US/{SLUG}",
    f"/en_GB/{SLUG}",
    f"/%65%6e/{SLUG}",
    f"/en/%77{SLUG[1:]}",
    f"/ｅｎ/{SLUG}",
    f"/en/{SLUG.replace('i', 'ı')}",
    f"/en/{SLUG.replace('a', 'а')}",
    "/en/%ff%fe",
    "/%ff/%ff",
    "/en/%ED%A0%80",
    "/en/%F4%90%80%80",
    "/en/%",
    "/en/%zz",
    "/en/%u0041",
    "/" + "a" * 100_000,
    "/en/" + "a" * 100_000,
    "/en/" + "a/" * 5_000,
    "/" * 5_000,
    "/en/about-notice/../../x",
    "/en/about-notice/%00",
    "/en/about-notice/" + "x" * 10_000,
    "/en/search/../feed.xml",
    "/en/feed.xml/",
    "/media/%00/%00",
    "/media/..%2f/site.toml",
    "/media/_authors/..%2f..%2fconfig%2fsite.toml",
    "/static/%00",
    "/static/" + "a" * 5_000,
    "/static/CON",
    "/static/.",
    "/static/..",
    "/en/{{7*7}}",
    "/en/<script>alert(1)</script>",
    "/en/%3Cscript%3E",
    "http://other.example/en/",
]
LANGUAGES = [
    pytest.param("x" * 65_536, id="64 KB of one letter"),
    pytest.param("en," * 21_000, id="64 KB of tags"),
    pytest.param(",".join(f"x{n}" for n in range(500)), id="500 tags"),
    pytest.param(",".join(f"en-x{n};q=0.{n:03}" for n in range(500)), id="500 tags with qualities"),
    pytest.param("en;q=" + "9" * 10_000, id="a long quality"),
    pytest.param("en;q=nan", id="not a number"),
    pytest.param("en;q=-1", id="negative"),
    pytest.param("en;q=1e400", id="too large a number"),
    pytest.param(";;;;,,,;q=", id="punctuation"),
    pytest.param("*;q=0", id="nothing"),
    pytest.param("-" * 1_000, id="hyphens"),
    pytest.param("en\x00ru", id="NUL"),
    pytest.param("русский", id="Cyrillic"),
    pytest.param("../../en", id="a path"),
    pytest.param("'; DROP TABLE article; --", id="SQL"),
]
FORWARDED = [
    pytest.param("a" * 65_536, id="64 KB"),
    pytest.param("91.65.10.1," * 5_000, id="5,000 addresses"),
    pytest.param("," * 2_000, id="commas"),
    pytest.param("91.65.10.1\x00", id="NUL"),
    pytest.param("٩١.65.10.1", id="Arabic digits"),
    pytest.param("[::1]:80, for=91.65.10.1", id="RFC 7239 inside"),
    pytest.param("999999999999999999999999999999.1", id="a huge number"),
    pytest.param("::" * 500, id="colons"),
    pytest.param("fe80::1%25eth0", id="zone"),
    pytest.param("' OR 1=1", id="SQL"),
    pytest.param("${jndi:ldap://x}", id="a lookup"),
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40].encode("ascii", "backslashreplace").decode())
def test_strange_path(path: str) -> None:
    """A path that is no page is a 404, another spelling of one leads there, and an article comes with its notices."""
    response = visit(path)
    assert_safe(response)
    assert response.status_code in {200, 302, 308, 404}
    if response.status_code == 200:
        assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE
    if "Location" in response.headers:
        assert response.headers["Location"].startswith("/")
        assert not response.headers["Location"].startswith("//")
        assert visit(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "raw", ["\xff\xfe", "/en/\xff", "/\xd0\xd0/x", "", "en/", "//", "//evil.example/", "/en/\x00\x80", "*"]
)
def test_path_that_is_not_utf8(raw: str) -> None:
    """Bytes that no decoder likes, given as a WSGI server gives them."""
    response = visit("/", environ={"PATH_INFO": raw})
    assert_safe(response)
    assert response.status_code in {200, 302, 308, 404}


@pytest.mark.parametrize("header", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/en/", f"/en/{SLUG}", "/no-such-page"])
def test_strange_languages(header: str, path: str) -> None:
    """Languages that cannot be read break nothing, and prove nothing: even a German address does not help."""
    response = visit(path, PLACES["Berlin"], environ={"HTTP_ACCEPT_LANGUAGE": header.encode().decode("latin-1")})
    assert response.status_code < 500
    body = response.get_data(as_text=True)
    if articles_in(body) and header != "*;q=0":
        assert notices_in(body) == EVERY_NOTICE


@pytest.mark.parametrize("header", FORWARDED)
def test_strange_forwarded_for(header: str) -> None:
    """An address that cannot be read is unknown."""
    response = visit(f"/en/{SLUG}", languages="en", environ={"HTTP_X_FORWARDED_FOR": header.encode().decode("latin-1")})
    assert response.status_code == 200
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Accept-Encoding": "br" * 30_000}, id="64 KB of encodings"),
        pytest.param({"Accept-Encoding": "*;q=0, identity;q=0"}, id="no encoding at all"),
        pytest.param({"Range": "bytes=0-10"}, id="range"),
        pytest.param({"If-None-Match": "*"}, id="if none match"),
        pytest.param({"If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT"}, id="if modified"),
        pytest.param({"Host": "evil.example"}, id="another host"),
        pytest.param({"Host": "ev il:99999999"}, id="a broken host"),
        pytest.param({"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}, id="a forwarded host"),
        pytest.param({"X-HTTP-Method-Override": "DELETE"}, id="another method"),
        pytest.param({"X-Original-URL": "/admin", "X-Rewrite-URL": "/admin"}, id="another path"),
        pytest.param({"Cookie": "a" * 60_000}, id="a long cookie"),
        pytest.param({"Content-Length": "-1"}, id="a negative length"),
        pytest.param({"Content-Length": "99999999999"}, id="a length beyond what is read"),
        pytest.param({"User-Agent": "\x7f" * 5_000}, id="a strange browser"),
    ],
)
@pytest.mark.parametrize("path", [f"/en/{SLUG}", "/en/search?q=russia", "/static/favicon.svg"])
def test_strange_headers(headers: dict[str, str], path: str) -> None:
    """No header turns a page into a fault, into half a page, or leads to another host."""
    response = visit(path, headers=headers)
    assert_safe(response)
    assert response.status_code in {200, 400, 404, 413}
    assert "evil.example" not in response.get_data(as_text=True)
    if response.status_code == 200 and path.startswith("/en/"):
        assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE


_piece = st.sampled_from(
    ["/", "//", "en", "ru", "RU", "fa", "xx", SLUG, "search", "feed.xml", "about-notice", "media", "static", "..", ".",
     "undesirable-organization", "\x00", "%", "\xff", "?", "q=", " ", "\n", "_authors", "picture.svg", "favicon.ico"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(
    path=st.lists(_piece | st.text(max_size=5), max_size=7).map(lambda it: "/" + "/".join(it)),
    languages=st.none() | st.text(max_size=20),
    forwarded=st.none() | st.text(max_size=20),
    query=st.text(max_size=20),
)
def test_anything_at_all(path: str, languages: str | None, forwarded: str | None, query: str) -> None:
    """Random paths, languages, addresses and queries: never a fault, never an article without its notices."""
    environ = {"PATH_INFO": path, "QUERY_STRING": query}
    if languages is not None:
        environ["HTTP_ACCEPT_LANGUAGE"] = languages
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    environ = {name: value.encode("utf-8", "replace").decode("latin-1") for name, value in environ.items()}
    assert_safe(visit("/", environ=environ))


# --- a fault of ours ----------------------------------------------------------------------------------------

CANARIES = ("zanzibar", "2a02:8108::c0ffee", SLUG, "canary-query", "Canary/7")


@pytest.fixture
def broken_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in our own code, whose message holds everything that must not be logged."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(" ".join(CANARIES))

    monkeypatch.setattr(Renderer, "article", fail)
    door_of(the_site()).forget()  # what was made before the fault


@pytest.mark.usefixtures("broken_renderer")
@pytest.mark.parametrize(("tag", "direction"), [("en", "ltr"), ("ru", "ltr"), ("uk", "ltr"), ("fa", "rtl")])
def test_fault_is_a_page_and_leaves_no_trace(
    tag: str, direction: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A 500 is localized, has its headers and no article; the log says what failed and where, and nothing else."""
    caplog.set_level(logging.DEBUG)
    response = visit(
        f"/{tag}/{SLUG}?q=canary-query", "2a02:8108::c0ffee", f"{tag}, zanzibar", headers={"User-Agent": "Canary/7"}
    )
    body = response.get_data(as_text=True)
    page = read_page(body)
    assert response.status_code == 500
    assert (page.find("html").attributes["lang"], page.find("html").attributes["dir"]) == (tag, direction)
    assert page.find("h1").text
    assert articles_in(body) == set()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Content-Language"] == tag
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "RuntimeError at" in record.getMessage()
    assert record.exc_info is None
    printed = capfd.readouterr()
    for canary in CANARIES:
        assert canary not in caplog.text
        assert canary not in printed.out + printed.err
        assert canary not in str(response.headers)
    for canary in (canary for canary in CANARIES if canary != SLUG):
        assert canary not in body


def test_nothing_is_logged_of_a_visit(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Pages, searches and missing pages leave no line in any log."""
    caplog.set_level(logging.DEBUG)
    for path in ("/", f"/en/{SLUG}", "/en/search?q=canary-query", "/en/zanzibar", f"/media/{SLUG}/picture.svg"):
        visit(path, PLACES["Moscow"], "en", headers={"User-Agent": "Canary/7"})
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
