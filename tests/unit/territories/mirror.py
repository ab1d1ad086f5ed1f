"""A web server on loopback that hands out databases, honestly and in every bad way that the tests name."""

import gzip
import hashlib
import io
import tarfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCOUNT, KEY = "12345", "not-a-real-key"
AUTHORIZATION = "Basic " + b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()
PAGE = b"<!DOCTYPE html><html><title>Please log in</title></html>"


def make_tar(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """A .tar.gz with these files, and symbolic links."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@cache
def make_bomb() -> bytes:
    """A little file that unpacks to 64 MiB."""
    return gzip.compress(bytes(64 * 1024 * 1024))


class Mirror:
    """What is served, by path; `asked` holds (path, Authorization) of every request."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.port = 0
        self.asked: list[tuple[str, str | None]] = []
        self.files: dict[str, bytes] = {
            "/plain.mmdb": data,
            "/packed.mmdb.gz": gzip.compress(data),
            "/archive.tar.gz": make_tar({"Cities_20260101/LICENSE.txt": b"yours", "Cities_20260101/cities.mmdb": data}),
            "/slip.tar.gz": make_tar({"../../../cities.mmdb": data}, {"cities": "/etc"}),
            "/two.tar.gz": make_tar({"a.mmdb": data, "b.mmdb": data}),
            "/bomb.mmdb.gz": make_bomb(),
            "/torn.mmdb.gz": gzip.compress(data)[:-20],
            "/torn.mmdb": data[: len(data) // 2],
            "/zip.mmdb": b"PK\x03\x04" + data,
            "/empty.mmdb": b"",
            "/page.mmdb": PAGE,
        }
        self.acts: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {
            "/drips": self._drip, "/silent": self._be_silent, "/cut": self._cut, "/short": self._say_less,
            "/html": self._send_page, "/away": self._lead_away, "/loop": self._lead_round, "/busy": self._be_busy,
            "/huge": self._promise_much, "/endless": self._send_without_length, "/down": self._lead_to_nothing,
        }  # fmt: skip
        self._busy = 1

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def sha256(self, path: str) -> str:
        """The digest of what a path serves."""
        return hashlib.sha256(self.files[path]).hexdigest()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Serve one request."""
        path = handler.path.partition("?")[0]
        self.asked.append((path, handler.headers.get("Authorization")))
        if path in self.acts:
            self.acts[path](handler)
        elif path.startswith("/paid/") and handler.headers.get("Authorization") != AUTHORIZATION:
            handler.send_error(401)
        elif (file := path.removeprefix("/paid")) in self.files:
            send(handler, self.files[file])
        elif file.endswith(".sha256") and file.removesuffix(".sha256") in self.files:
            send(handler, f"{self.sha256(file.removesuffix('.sha256'))}  cities.tar.gz\n".encode())
        else:
            handler.send_error(404)

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(self.data)))
        handler.end_headers()
        for byte in self.data[:100]:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.1)

    def _be_silent(self, _: BaseHTTPRequestHandler) -> None:
        time.sleep(3)

    def _cut(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(self.data)))
        handler.end_headers()
        handler.wfile.write(self.data[: len(self.data) // 2])

    def _say_less(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(self.data) // 2))
        handler.end_headers()
        handler.wfile.write(self.data)

    def _send_page(self, handler: BaseHTTPRequestHandler) -> None:
        send(handler, PAGE, "text/html; charset=utf-8")

    def _lead_away(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"http://localhost:{self.port}/plain.mmdb?signature=secret")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _lead_round(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/loop")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _lead_to_nothing(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "http://[")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _be_busy(self, handler: BaseHTTPRequestHandler) -> None:
        """Once; then all is well."""
        if self._busy:
            self._busy -= 1
            handler.send_error(503)
        else:
            send(handler, self.data)

    def _promise_much(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()

    def _send_without_length(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(self.data)


def send(handler: BaseHTTPRequestHandler, data: bytes, kind: str = "application/octet-stream") -> None:
    """An honest answer."""
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def run_mirror(data: bytes) -> Iterator[Mirror]:
    """A running Mirror of one database."""
    mirror = Mirror(data)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # the client may have had enough
                mirror.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    mirror.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
