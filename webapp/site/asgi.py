"""The front door on an ASGI server: from the bytes of a request to the door's values, and from its answer to bytes.

ASGI, because it alone hands header names and values over as they were sent. WSGI makes one name of `X_Forwarded_For`
and `X-Forwarded-For`, so that a reader's own software could overwrite what the proxy says; granian's RSGI leaves out
values that are not ASCII, so that a language could get lost. Here a name with an underscore stays another name: Flask
never sees it, and one that resembles a proxy's is a doubt.
"""

import asyncio
import types
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from webapp.site.address import PROXY_HEADERS
from webapp.site.asked import Asked
from webapp.site.front import Door
from webapp.site.lanes import Lane
from webapp.site.offers import BUSY
from webapp.site.outgoing import Answer
from webapp.site.reader import Headers

Scope = Mapping[str, Any]
RawHeaders = Iterable[tuple[bytes, bytes]]

_TOLD_BY = {
    name.encode(): name for name in (*PROXY_HEADERS, "accept-language", "accept-encoding", "doctor-token")
}  # fmt: skip
"""The headers that the door looks at; any other reaches Flask alone."""
_COMMON = frozenset((b"host", b"user-agent", b"accept", b"connection", b"referer", b"upgrade-insecure-requests"))
"""Some of those others, which every browser sends."""

MOST_WAITING = 256
"""Most requests that wait for a page which others can be given afterwards. One more is turned away, which is safe, and
costs the others nothing."""
MOST_ALONE = 32
"""The same for answers that nobody else can be given, such as searches: a flood of them never keeps a page waiting."""


class AsgiSite:
    """An ASGI application around the door. Kept pages are answered at once, all else by a few threads.

    What one reader alone is given has threads and a queue of its own.
    """

    def __init__(self, door: Door, busy: Answer, threads: int) -> None:
        """`busy` is the answer to whoever cannot be served now; `threads` render pages, and as many what is for one."""
        self._door = door
        self._busy = busy
        self._pages = Lane("pages", threads, MOST_WAITING)
        self._alone = Lane("alone", threads, MOST_ALONE)

    async def __call__(
        self, scope: Scope, _receive: Callable[[], Awaitable[Any]], send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        """Answer one request. What a reader sends as a body is not looked at: no route takes one."""
        if scope["type"] != "http":
            return
        path, peer = read_path(scope["raw_path"]), scope["client"][0]
        asked, answer = self._door.open(scope["method"], path, peer, read_headers(scope["headers"]))
        if answer is None:
            answer = await self._make(scope, path, asked)
        start, body = answer.messages
        await send(start)
        await send(body)

    async def _make(self, scope: Scope, path: str, asked: Asked | None) -> Answer:
        is_alone = self._door.is_for_one(scope["method"], scope["query_string"], asked)
        lane = self._alone if is_alone else self._pages
        if not lane.enter():
            return self._busy
        try:
            await on_the_loop()
            environ = to_environ(scope, path)
            if lane.is_busy:
                environ[BUSY] = True
            work = partial(lane.work, self._door.make, environ, asked)
            return await asyncio.get_running_loop().run_in_executor(lane.pool, work)
        finally:
            lane.leave()


@types.coroutine
def on_the_loop() -> Generator[None, None, None]:
    """Give way once. A server may take a request's first step anywhere; what waits must be on the loop's thread."""
    yield


def read_path(raw: bytes) -> str:
    """Decode a path as WSGI wants it: each byte one character."""
    return (unquote_to_bytes(raw) if b"%" in raw else raw).decode("latin-1")


def read_headers(raw: RawHeaders) -> Headers:
    """Collect the headers that the door looks at, and those that only look like them, each value apart."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in raw:
        text = _TOLD_BY.get(name)
        if text is None:
            if name in _COMMON or b"_" not in name or name.replace(b"_", b"-") not in _TOLD_BY:
                continue
            text = name.decode("latin-1")
        if text in found:
            found[text] = (*found[text], value.decode("latin-1"))
        else:
            found[text] = (value.decode("latin-1"),)
    return found


def to_environ(scope: Scope, path: str) -> dict[str, Any]:
    """Make the WSGI environ of a request (PEP 3333), without any header that has an underscore in its name."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "CONTENT_LENGTH": "0",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.errors": _Nowhere(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name and name not in {b"content-length", b"content-type", b"transfer-encoding"}:
            key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


class _Nowhere:
    """An error stream that keeps nothing: what is to be logged has its own way, which names no reader."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None: ...

    def flush(self) -> None: ...
