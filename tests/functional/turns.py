"""Two readers who take turns at the same addresses through a proxy: one must see the notice, the other need not.

Every page that comes back is compared, byte for byte, with the one that the site itself makes for that reader.
"""

import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle

from tests.samples import BERLIN, MOSCOW
from webapp.doctor.wire import decode

READERS = (MOSCOW, BERLIN)
"""She who needs the notice, and she who does not."""
NEEDED = b'data-notice="undesirable-organization"'
CONDITIONS: tuple[dict[str, str], ...] = (
    {},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br, zstd, gzip", "If-None-Match": "*"},
    {"Accept-Encoding": "identity", "If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
    {"Cache-Control": "only-if-cached, max-stale=86400"},
    {"Cookie": "a=b", "Range": "bytes=0-"},
)
"""What browsers and proxies add, in turn: none of it may bring an answer made for somebody else."""


class Visitor(HTTPConnection):
    """A connection that a proxy takes for one of the reader at `address`."""

    def __init__(self, port: int, address: str) -> None:
        super().__init__("127.0.0.1", port, timeout=30)
        self.address = address

    def connect(self) -> None:
        super().connect()
        self.sock.sendall(f"PROXY TCP4 {self.address} 127.0.0.1 40000 {self.port}\r\n".encode())
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def visit(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        """Ask for a page; give status and text."""
        self.request("GET", path, headers={"Accept-Language": "en", **headers})
        response = self.getresponse()
        body = response.read()
        return response.status, decode(body, response.getheader("Content-Encoding") or "")


@dataclass(frozen=True)
class Figures:
    """How it went. `wrong`: pages that were made for somebody else, each with where and for whom."""

    requests: int
    addresses: int
    without_notice: int
    wrong: tuple[str, ...]


def own_pages(site: int, paths: Sequence[str]) -> dict[tuple[str, str], bytes]:
    """Ask the site itself, at port `site`, for the page of each reader at each path."""
    pages = {}
    connection = HTTPConnection("127.0.0.1", site, timeout=30)
    for path in paths:
        for reader in READERS:
            connection.request("GET", path, headers={"Accept-Language": "en", "X-Forwarded-For": reader})
            response = connection.getresponse()
            pages[reader, path] = decode(response.read(), response.getheader("Content-Encoding") or "")
            assert response.status == 200, path
        assert NEEDED in pages[MOSCOW, path], path
        assert NEEDED not in pages[BERLIN, path], path
    connection.close()
    return pages


def find_paths(site: int, count: int) -> list[str]:
    """Return `count` addresses of articles and lists at which the two readers get different pages."""
    connection = HTTPConnection("127.0.0.1", site, timeout=30)
    connection.request("GET", "/sitemap.xml")
    found = re.findall(
        r"<loc>https?://[^/<]+(/(?:en|uk|fa|ka|hy|ro|bg)/[^</]*)</loc>", connection.getresponse().read().decode()
    )
    connection.close()
    plain = [path for path in dict.fromkeys(found) if path.count("/") == 2]
    assert plain
    queries = (f"{path}?turn={number}" for number in range(1, count) for path in plain)
    return [*plain, *queries][:count]


def turns(rounds: int) -> Iterator[str]:
    """Yield who comes: both orders, so many times."""
    for _ in range(rounds):
        yield from (*READERS, *reversed(READERS))


def play(proxy: int, site: int, paths: Sequence[str], rounds: int) -> Figures:
    """Let both readers take turns at every path, through the proxy at port `proxy` in front of the site."""
    expected = own_pages(site, paths)
    visitors = {reader: Visitor(proxy, reader) for reader in READERS}
    conditions = cycle(CONDITIONS)
    requests = without = 0
    wrong = []
    for path in paths:
        for reader in turns(rounds):
            status, body = visitors[reader].visit(path, next(conditions))
            requests += 1
            without += NEEDED not in body
            if status not in {200, 206} or body != expected[reader, path]:
                wrong.append(f"{path} for {reader}: {status}, {'another page' if status == 200 else 'no page'}")
    for visitor in visitors.values():
        visitor.close()
    return Figures(requests, len(paths), without, tuple(wrong))
