"""From an ASGI scope to what the door looks at: names exactly as they were sent, and nothing that only looks alike."""

import asyncio
import threading
from typing import Any

import pytest
from flask import Flask

from tests.samples import BERLIN, MOSCOW
from tests.visits import EVERY_NOTICE, SLUG, door_of, notices_in, open_site
from webapp.app import to_server
from webapp.site import asgi
from webapp.site.address import CLIENT_HEADERS, FOREIGN_HEADERS, PROXY_HEADERS
from webapp.site.asgi import AsgiSite, read_headers, read_path, to_environ
from webapp.site.cdn import COUNTRY_HEADERS, REGION_HEADERS
from webapp.site.front import Door
from webapp.site.outgoing import Answer

Raw = list[tuple[bytes, bytes]]


def scope_of(path: bytes = b"/en/", headers: Raw | None = None, method: str = "GET") -> dict[str, Any]:
    """Return a scope as granian makes it, from the trusted proxy."""
    return {
        "type": "http",
        "http_version": "1.1",
        "server": ("127.0.0.1", "8000"),
        "client": ("127.0.0.1", "50000"),
        "scheme": "http",
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": b"",
        "method": method,
        "headers": headers or [],
    }


@pytest.mark.parametrize(
    "name",
    sorted({*PROXY_HEADERS, *FOREIGN_HEADERS, *CLIENT_HEADERS, *COUNTRY_HEADERS.values(), *REGION_HEADERS.values()}),
)
def test_whatever_a_decision_reads_reaches_the_door(name: str) -> None:
    """A header that speaks of the reader's place, left out here, would be a doubt that nobody hears."""
    assert read_headers([(name.encode(), b"one"), (name.encode(), b"two")]) == {name: ("one", "two")}


async def ask(site: AsgiSite, scope: dict[str, Any]) -> tuple[int, dict[bytes, bytes], bytes]:
    """Ask over ASGI."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> None:
        raise AssertionError("no body is read")

    await site(scope, receive, send)
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"]


def get(app: Flask, path: str, headers: Raw) -> str:
    """Return a page, asked for twice: made, and then kept."""
    site = to_server(app)
    first, second = (asyncio.run(ask(site, scope_of(path.encode(), headers))) for _ in range(2))
    assert first == second
    assert first[0] == 200
    return first[2].decode()


LOOKALIKES = [b"x_forwarded_for", b"x_forwarded-for", b"cf_ipcountry", b"forwarded_for", b"x_real_ip", b"client_ip"]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("name", LOOKALIKES)
def test_lookalike_is_a_doubt(name: bytes, order: int) -> None:
    """A header that would fall onto a proxy's under CGI's rules neither replaces it nor goes unnoticed."""
    headers = [(b"x-forwarded-for", BERLIN.encode()), (name, b"198.51.100.7")][::order]
    assert read_headers(headers)["x-forwarded-for"] == (BERLIN,)
    app = open_site()
    assert notices_in(get(app, f"/en/{SLUG}", [(b"x-forwarded-for", BERLIN.encode())])) == frozenset()
    assert notices_in(get(app, f"/en/{SLUG}", headers)) == EVERY_NOTICE


def test_lookalike_makes_nobody_safe() -> None:
    """A reader in Moscow stays one, whatever her software adds."""
    headers = [(b"x-forwarded-for", MOSCOW.encode()), (b"x_forwarded_for", BERLIN.encode())]
    assert "undesirable-organization" in notices_in(get(open_site(), f"/en/{SLUG}", headers))


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param((b"accept_language", b"en"), id="look-alike"),
        pytest.param((b"accept-language", b"\xff\xfe"), id="bytes that are no text"),
        pytest.param((b"accept-language", b"tt"), id="a second one names a language at risk"),
    ],
)
def test_no_language_gets_lost(extra: tuple[bytes, bytes]) -> None:
    """Every value of Accept-Language counts, and one that cannot be read proves nothing."""
    headers = [(b"x-forwarded-for", BERLIN.encode()), (b"accept-language", b"en")]
    app = open_site()
    assert notices_in(get(app, f"/en/{SLUG}", headers)) == frozenset()
    assert "undesirable-organization" in notices_in(get(app, f"/en/{SLUG}", [*headers, extra]))


def test_flask_never_sees_an_underscore() -> None:
    """The environ holds no header whose name was not exactly that; repeated ones are joined, as lists are."""
    headers = [(b"x-a", b"1"), (b"x_a", b"2"), (b"x-a", b"\xe9"), (b"content-length", b"7"), (b"host", b"news.example")]
    environ = to_environ(scope_of(headers=headers), "/en/")
    assert environ["HTTP_X_A"] == "1,\xe9"
    assert environ["HTTP_HOST"] == "news.example"
    assert environ["CONTENT_LENGTH"] == "0"
    assert "HTTP_CONTENT_LENGTH" not in environ


@pytest.mark.parametrize(
    ("raw", "path"), [(b"/en/a%2Fb", "/en/a/b"), (b"/%d1%8f", "/\xd1\x8f"), (b"/%zz%", "/%zz%"), (b"/en/", "/en/")]
)
def test_path_is_decoded_as_wsgi_wants_it(raw: bytes, path: str) -> None:
    """Each byte one character; what is no escape stays as it is."""
    assert read_path(raw) == path


def hold_renders(door: Door, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Have every render wait for the event that is returned."""
    make, release = door.make, threading.Event()

    def slowly(environ: dict[str, Any], asked: Any) -> Answer:
        assert release.wait(20)
        return make(environ, asked)

    monkeypatch.setattr(door, "make", slowly)
    return release


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_flood_of_what_is_not_kept_keeps_no_page_waiting(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While searches without end, or any other requests that nothing is kept of, fill their queue, pages are made."""
    app = open_site()
    door = door_of(app)
    release = hold_renders(door, monkeypatch)
    monkeypatch.setattr(asgi, "MOST_ALONE", 2)
    site = AsgiSite(door, door.turn_away(), 1)

    def search(number: int) -> dict[str, Any]:
        return scope_of(b"/en/search", method=method) | {"query_string": b"q=law%d" % number}

    async def scenario() -> None:
        first = [asyncio.ensure_future(ask(site, search(number))) for number in range(2)]
        await asyncio.sleep(0.05)
        assert (await ask(site, search(3)))[0] == 503
        page = asyncio.ensure_future(ask(site, scope_of(f"/en/{SLUG}".encode())))
        await asyncio.sleep(0.05)
        release.set()
        assert (await page)[0] == 200
        assert {status for status, _, _ in await asyncio.gather(*first)} == {405 if method == "POST" else 200}
        assert (await ask(site, search(4)))[0] in {200, 405}, "places are given back"

    asyncio.run(scenario())


def test_flood_of_misses_is_turned_away_and_kept_pages_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """While all threads render and the queue is full, kept pages are answered and one more miss gets 503 at once."""
    app = open_site()
    door = door_of(app)
    monkeypatch.setattr(asgi, "MOST_WAITING", 3)
    site = AsgiSite(door, door.turn_away(), 1)

    async def scenario() -> None:
        kept = await ask(site, scope_of(f"/en/{SLUG}".encode()))
        release = hold_renders(door, monkeypatch)
        misses = [asyncio.ensure_future(ask(site, scope_of(b"/en/junk-%d" % n))) for n in range(3)]
        await asyncio.sleep(0.05)
        status, headers, body = await ask(site, scope_of(b"/en/junk-4"))
        assert status == 503
        assert headers[b"cache-control"] == b"private, no-store"
        assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
        assert b"<" not in body
        assert await ask(site, scope_of(f"/en/{SLUG}".encode())) == kept
        release.set()
        assert [status for status, _, _ in await asyncio.gather(*misses)] == [404, 404, 404]

    asyncio.run(scenario())


def test_other_kinds_of_scope_are_left_alone() -> None:
    """A websocket or a lifespan is none of ours."""
    site = to_server(open_site())
    with pytest.raises(ValueError, match="not enough values"):
        asyncio.run(ask(site, {"type": "lifespan"}))
