"""What a request costs inside a worker, without a server: for benchmarks/front.py.

Processor time is taken, so that other work on the machine counts for little: it only crowds the processor's caches.
"""

import asyncio
import io
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, cast

from benchmarks.rows import Row
from benchmarks.sizes import compare_pace, with_articles, with_locales, with_notices
from webapp.app import create_app, to_server
from webapp.core.decide import decide
from webapp.core.model import Edition, LocaleTag
from webapp.settings import Settings
from webapp.site.front import Door
from webapp.site.offers import BUSY
from webapp.site.reader import read_reader
from webapp.site.state import Clock, SiteState
from webapp.sources import bodies
from webapp.sources.rendered import Rendered

PATH = "/ru/reading-safely"
NOTED = {
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Upgrade-Insecure-Requests": "1",
    "X-Forwarded-For": "77.88.8.8",
}
"""A reader in Russia, as her browser and the proxy send it. The address is a real network: no other can be located."""


def inside() -> Iterator[Row]:
    """Parts of a request without a server, in microseconds of processor time."""
    shared, _, app = open_door()
    edition, settings = shared.store.current, shared.settings
    headers = {name.lower(): (value,) for name, value in NOTED.items()}
    reader, _ = read_reader(edition, "127.0.0.1", headers, settings.trusted_proxies, (LocaleTag("ru"),))
    now, address = shared.clock.now(), ip_address("77.88.8.8")
    finder = edition.finder
    assert finder is not None
    yield timed("`decide` alone", lambda: decide(edition, reader, now), 5)
    yield timed("territory map `find` alone", lambda: finder.find(address), 3)
    yield timed("whole front door without the server", asgi_request(app), 25)
    _, fresh, _ = open_door(0)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "REMOTE_ADDR": "127.0.0.1", **to_cgi(NOTED)}

    def start(*_: Any) -> Any: ...

    def miss(more: dict[str, Any]) -> None:
        b"".join(fresh({**environ_of(environ), **more}, start))

    what = "cache miss: Flask renders, gates and packs an article"
    yield timed(f"{what}, while others wait", lambda: miss({BUSY: True}), 5000, 200)
    alone = timed("", lambda: miss({}), 5000, 200)
    yield Row(f"{what}, while nobody waits, 0.6 KB smaller", alone.here, "—", "reported")
    bodies.RENDERED = Rendered(0)
    yield timed(f"{what} whose Markdown was never parsed, while others wait", lambda: miss({BUSY: True}), 5000, 200)


def timed(what: str, call: Callable[[], object], goal: float, count: int = 5000) -> Row:
    """A row of the median of several rounds."""
    call()
    rounds = []
    for _ in range(7):
        begin = time.process_time()
        for _ in range(count):
            call()
        rounds.append((time.process_time() - begin) / count * 1e6)
    found = statistics.median(rounds)

    return Row(what, in_words(found), "—", f"goal ≤ {in_words(goal)}", goal / found)


def in_words(microseconds: float) -> str:
    """Write a time with its unit."""
    return f"{microseconds / 1000:.1f} ms" if microseconds >= 1000 else f"{microseconds:.1f} µs"


def asgi_request(app: Any) -> Callable[[], None]:
    """Return a function that asks the door over ASGI for a kept page."""
    site = to_server(app)
    scope = {
        "type": "http", "http_version": "1.1", "server": ("127.0.0.1", "80"), "client": ("127.0.0.1", "50000"),
        "scheme": "http", "raw_path": PATH.encode(), "query_string": b"", "method": "GET",
        "headers": [(name.lower().encode(), value.encode()) for name, value in NOTED.items()],
    }  # fmt: skip

    async def send(_message: object) -> None: ...

    async def receive() -> None: ...

    asyncio.run(cast(Any, site(scope, receive, send)))  # made and kept

    def request() -> None:
        try:
            site(scope, receive, send).send(None)
        except StopIteration:
            return
        raise AssertionError("a kept page had to wait")

    return request


def sizes() -> Iterator[Row]:
    """Requests a second of processor time on small and on large sites, each multiplied in memory."""
    tag = LocaleTag("ru")
    many: tuple[tuple[str, int, int, Callable[[Edition, int], Edition]], ...] = (
        ("notices", 10, 1000, with_notices),
        ("articles", 100, 100_000, with_articles),
        ("languages", 3, 33, lambda edition, count: with_locales(edition, count, tag)),
    )
    for what, few, most, change in many:
        small, large = compare_pace(*(request_at(change, count) for count in (few, most)))
        ratio = large / small
        name = f"door alone, article, {most:,} {what}"
        text = f"{ratio:.2f} × (goal ≥ 0.9 ×)"
        yield Row(name, f"{large:,.0f}/s", f"{few} {what}: {small:,.0f}/s", text, ratio / 0.9)


def request_at(change: Callable[[Edition, int], Edition], count: int) -> Callable[[], None]:
    """Open the site with a changed edition; return what asks it for a kept page."""
    shared, _, app = open_door()
    shared.store.current = change(shared.store.current, count)
    return asgi_request(app)


def save_answer(folder: Path) -> Path:
    """Write the answer that a reader in Russia gets into files: body, headers as JSON."""
    _, door, _ = open_door()
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "REMOTE_ADDR": "127.0.0.1", **to_cgi(NOTED)}
    started: list[Any] = []

    def start(*given: Any) -> Any:
        started.append(given)

    for _ in range(2):
        body = b"".join(door(environ_of(environ), start))
        door.packer.wait(20)
    path = folder / "answer.br"
    path.write_bytes(body)
    path.with_suffix(".json").write_text(json.dumps(started[-1][1]), "utf-8")
    return path


def environ_of(given: dict[str, str]) -> dict[str, Any]:
    """Fill what WSGI wants beside."""
    return {
        "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        **given,
    }  # fmt: skip


def to_cgi(headers: dict[str, str]) -> dict[str, str]:
    """Name headers as CGI does."""
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}


def open_door(cache_mb: int = 64) -> tuple[SiteState, Door, Any]:
    """Open the site of this folder behind a trusted loopback, in this process."""
    settings = Settings(root=Path.cwd(), trusted_proxies=(ip_network("127.0.0.1/32"),), page_cache_mb=cache_mb)
    app = create_app(settings, Clock(), watch=False)
    return app.extensions["webapp"], cast(Door, app.wsgi_app), app
