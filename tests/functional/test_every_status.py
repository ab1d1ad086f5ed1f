"""The table of headers on the statuses that only a fault brings, and what leaves beside the application."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from flask import Flask

from tests.functional.serving import Served, serving
from tests.samples import REPOSITORY
from tests.visits import SLUG, articles_in, door_of, open_site, state_of, visit
from webapp.core.builtin_notice import BUILTIN_NOTICES
from webapp.site import answers
from webapp.site.last_page import make_last_page
from webapp.site.render import Renderer

Headers = dict[str, str]
OF_THE_CONTENT = {"Content-Type", "Content-Length", "Content-Language", "Content-Encoding", "Vary", "Allow"}
ARTICLE = f"/en/{SLUG}"


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("canary-of-a-reader")


def table(headers: Headers) -> Headers:
    """Return what every answer has, whatever it is about."""
    return {name: value for name, value in headers.items() if name not in OF_THE_CONTENT}


def fault(monkeypatch: pytest.MonkeyPatch) -> tuple[int, Headers, str]:
    monkeypatch.setattr(Renderer, "article", fail)
    return ask()


def fault_of_the_page_of_faults(monkeypatch: pytest.MonkeyPatch) -> tuple[int, Headers, str]:
    monkeypatch.setattr(Renderer, "page", fail)
    return ask()


def fault_on_the_way_out(monkeypatch: pytest.MonkeyPatch) -> tuple[int, Headers, str]:
    monkeypatch.setattr(answers, "_compress", fail)
    return ask()


def refused_by_the_gate(monkeypatch: pytest.MonkeyPatch) -> tuple[int, Headers, str]:
    whole = Renderer.render

    def lose(self: Renderer, name: str, *given: object, **more: object) -> bytes:
        page: bytes = whole(self, name, *given, **more)  # type: ignore[arg-type]  # handed through
        return page.replace(b"data-notice", b"data-nothing") if name == "article.html" else page

    monkeypatch.setattr(Renderer, "render", lose)
    return ask()


def too_many_at_once(_: pytest.MonkeyPatch) -> tuple[int, Headers, str]:
    answer = door_of(open_site()).turn_away()
    return int(answer.status[:3]), dict(answer.headers), answer.body.decode()


def no_sources(_: pytest.MonkeyPatch) -> tuple[int, Headers, str]:
    answer = make_last_page(state_of(open_site()).settings)("GET", ARTICLE)
    return int(answer.status[:3]), dict(answer.headers), answer.body.decode()


def ask(app: Flask | None = None) -> tuple[int, Headers, str]:
    """Ask a fresh site for an article."""
    response = visit(ARTICLE, app=app or open_site())
    return response.status_code, dict(response.headers), response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("happen", "status"),
    [
        (fault, 500),
        (fault_of_the_page_of_faults, 500),
        (fault_on_the_way_out, 500),
        (refused_by_the_gate, 503),
        (too_many_at_once, 503),
        (no_sources, 503),
    ],
)
def test_table_of_headers_when_something_fails(
    happen: Callable[[pytest.MonkeyPatch], tuple[int, Headers, str]],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever fails, the headers are those of every page, there is no article, and no word of who asked."""
    premise = ask()
    assert premise[0] == 200
    assert SLUG in articles_in(premise[2])
    found, headers, body = happen(monkeypatch)
    headers.pop("Retry-After", None)
    expected = table(premise[1])
    if happen in {too_many_at_once, no_sources}:  # their one style sheet, or none, is another
        expected["Content-Security-Policy"] = headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self' 'sha256-")
    assert found == status
    assert table(headers) == expected
    assert articles_in(body) == set()
    assert "canary" not in body + caplog.text


def test_built_in_notice_names_no_article() -> None:
    """A premise of the table above: the words of the last page are no words of an article."""
    words = " ".join(f"{law.who} {law.what} {law.penalty}" for it in BUILTIN_NOTICES.values() for law in it.laws)
    assert articles_in(words) == set()


# --- what the server answers by itself -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the site of the repository, served by one worker."""
    with serving(REPOSITORY, tmp_path_factory.mktemp("status") / "log", WORKERS="1") as running:
        yield running


START = b"GET /en/canary-path HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(START + b"X: a\r\n" * 200 + b"\r\n", b"431", id="200 headers"),
        pytest.param(START.replace(b"GET", b"G T") + b"\r\n", b"400", id="no such line"),
        pytest.param(b"GET /en/canary-path\r\n\r\n", b"400", id="HTTP/0.9"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400", id="TLS"),
    ],
)
def test_answers_of_the_server_itself(served: Served, sent: bytes, status: bytes) -> None:
    """What is no request never reaches the application: an empty answer, outside the table of headers, with no name
    of a server, no echo and no line in the log."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as line:
        line.sendall(sent)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    assert first.split()[1] == status
    assert {field.partition(b":")[0].lower() for field in fields} <= {b"connection", b"content-length", b"date"}
    assert body == b""
    assert b"canary" not in answer
    assert "canary" not in served.log.read_text("utf-8")


def test_no_page_can_be_asked_for_on_condition(served: Served) -> None:
    """No page can be revalidated: it has no mark by which a browser or cache could ask whether it is still good."""
    page = served.get(ARTICLE)
    assert not {"etag", "last-modified"} & set(page.headers)
    for condition in ([("If-None-Match", 'W/"x"')], [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")]):
        assert served.get(ARTICLE, condition).status == 200


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /en/ HT", id="part of a line"),
        pytest.param(START, id="part of the headers"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="the beginning of HTTP/2"),
    ],
)
def test_a_connection_that_asks_nothing_ends(served: Served, sent: bytes) -> None:
    """Whoever connects and says nothing, or half of something, is not listened to for more than ten seconds or so."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as line:
        line.sendall(sent)
        with suppress(ConnectionError):
            while line.recv(65536):
                pass
