"""One request over a connection of its own, bounded in time, size and number. Judges nothing."""

import gzip
import socket
import ssl
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult

import brotli
import zstandard

from webapp.errors import WebappError

MOST_REQUESTS = 80
"""Requests that one examination may send."""
LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of a body that are read, compressed or not."""
AGENT = "webapp-doctor"

Fields = Sequence[tuple[str, str]]


class NoAnswerError(WebappError):
    """Nothing usable came back; the message says why."""


class CertificateError(NoAnswerError):
    """The other side could not prove who it is."""


class UndecodableError(WebappError):
    """A body is not what its Content-Encoding says."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the fields in order and as spelled, the body as it was sent, still encoded."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    certificate_ends: datetime | None = None

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a header, in order."""
        return tuple(value for key, value in self.fields if key.lower() == name.lower())

    def first(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        return next(iter(self.all(name)), None)

    @property
    def size(self) -> int:
        """Bytes on the wire: status line, headers, body."""
        return len(self.body) + 20 + sum(len(name) + len(value) + 4 for name, value in self.fields)

    @property
    def text(self) -> str:
        """The body, decoded. Raises UndecodableError."""
        encoding = (self.first("Content-Encoding") or "").strip().lower()
        try:
            return decode(self.body, encoding).decode()
        except UnicodeDecodeError:
            raise UndecodableError(f"what came as {encoding or 'plain text'} is no text") from None


def decode(body: bytes, encoding: str) -> bytes:
    """Undo a Content-Encoding. Raises UndecodableError when the body is something else, or the encoding unknown."""
    try:
        match encoding:
            case "" | "identity":
                return body
            case "gzip":
                return gzip.decompress(body)
            case "br":
                return bytes(brotli.decompress(body))
            case "zstd":
                return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    except (OSError, EOFError, zlib.error, brotli.error, zstandard.ZstdError) as fault:
        raise UndecodableError(f"the body is not {encoding}: {fault}") from None
    raise UndecodableError(f"the encoding {encoding!r} is none that browsers know")


@dataclass(slots=True)
class Line:
    """The way to one site. Every `get` opens a connection, so that nothing is remembered from the last one."""

    base: SplitResult
    timeout: float = 10.0
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    requests: int = 0

    def get(self, path: str, fields: Fields = (), base: SplitResult | None = None) -> Answer:
        """Ask for `path`. Raises NoAnswerError. Asks no compression and follows no redirect by itself."""
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise NoAnswerError(f"the examination needed more than {MOST_REQUESTS} requests")
        connection = self._connect(base or self.base)
        try:
            return self._ask(connection, path, fields)
        except ssl.SSLCertVerificationError as fault:
            raise CertificateError(fault.verify_message) from None
        except TimeoutError:
            raise NoAnswerError(f"no answer within {self.timeout:g} seconds") from None
        except (OSError, HTTPException, ValueError) as fault:
            raise NoAnswerError(str(fault) or type(fault).__name__) from None
        finally:
            connection.close()

    def _connect(self, base: SplitResult) -> HTTPConnection:
        host = base.hostname or ""
        if base.scheme == "https":
            return HTTPSConnection(host, base.port, timeout=self.timeout, context=self.context)
        return HTTPConnection(host, base.port, timeout=self.timeout)

    def _ask(self, connection: HTTPConnection, path: str, fields: Fields) -> Answer:
        until = time.monotonic() + self.timeout
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in (("User-Agent", AGENT), ("Connection", "close"), *fields):
            connection.putheader(name, value)
        connection.endheaders()
        ends = _certificate_end(connection.sock)
        response = connection.getresponse()
        body = bytearray()
        while chunk := response.read1(65_536):
            body += chunk
            if len(body) > LARGEST_BODY or time.monotonic() > until:
                raise NoAnswerError("the answer is too long, or too slow")
        return Answer(response.status, tuple(response.getheaders()), bytes(body), ends)


def _certificate_end(connection: socket.socket) -> datetime | None:
    certificate = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    ends = (certificate or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
