"""Fetches one file over HTTP and trusts nobody on the way. Owns time, size, redirects and retries; opens no archive.

The server may be slow, cut off, lie about lengths, send a page in place of the file, or lead elsewhere. Each of these
ends in a FetchError whose words name the host and path, never the query: that may hold a signature.
"""

import hashlib
import http.client
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import SHUT_RDWR
from typing import BinaryIO
from urllib.parse import SplitResult, urljoin, urlsplit

from webapp.territories.progress import Step, Tell, say_nothing
from webapp.territories.schema import LOOPBACK

MEGABYTE = 1024 * 1024
MOST_REDIRECTS = 5
LONGEST_WAIT = 60.0
_BLOCK = 64 * 1024
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait and how much to take. Seconds and bytes."""

    silence: float = 30.0
    whole: float = 900.0
    attempts: int = 4
    backoff: float = 2.0
    packed: int = 512 * MEGABYTE
    unpacked: int = 1024 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Request:
    """What to fetch. `authorization` goes to its own host only; it may lead to `redirects_to`.

    `task` names the download for the progress.
    """

    url: str
    task: str
    authorization: str | None = field(default=None, repr=False)
    redirects_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file on disk. `is_measured`: the server said how long it is, and it was."""

    sha256: str
    size: int
    is_measured: bool


class FetchError(Exception):
    """Why a file could not be fetched, in words. `wait`: seconds after which to try again; None when that is no use."""

    def __init__(self, words: str, wait: float | None = None) -> None:
        super().__init__(words)
        self.wait = wait


def show(url: str) -> str:
    """An address for people, without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"


def fetch(request: Request, to: Path, limits: Limits, tell: Tell = say_nothing) -> Fetched:
    """Write the file to `to`, trying again after faults that may pass. Raises FetchError, OSError of the disk."""
    for attempt in range(1, limits.attempts + 1):
        try:
            return _try(request, to, limits, tell)
        except FetchError as fault:
            if fault.wait is None or attempt == limits.attempts:
                tries = f" ({attempt} attempts)" if attempt > 1 else ""
                raise FetchError(f"{fault}{tries}") from None
            time.sleep(min(LONGEST_WAIT, max(fault.wait, limits.backoff * 2 ** (attempt - 1))))
    raise FetchError("no attempt was allowed")


def _try(request: Request, to: Path, limits: Limits, tell: Tell) -> Fetched:
    deadline = time.monotonic() + limits.whole
    with to.open("wb") as file:  # before the network, so that a fault of the disk is told from one of the network
        try:
            return _follow(request, file, limits, deadline, tell)
        except ssl.SSLCertVerificationError as fault:
            raise FetchError(f"{show(request.url)}: its certificate is not valid: {fault.verify_message}") from None
        except _DiskError as fault:
            raise fault.fault from None
        except (OSError, http.client.HTTPException) as fault:
            if time.monotonic() >= deadline:
                raise _too_slow(request.url, limits) from None
            words = f"{show(request.url)}: {_word_fault(fault, limits)}"
            raise FetchError(words, wait=0.0) from None


def _word_fault(fault: Exception, limits: Limits) -> str:
    if isinstance(fault, TimeoutError):
        return f"no answer for {limits.silence:g} seconds"
    if isinstance(fault, http.client.IncompleteRead):
        return "the connection was cut off before the end"
    return f"the connection failed: {getattr(fault, 'strerror', None) or fault or type(fault).__name__}"


def _too_slow(url: str, limits: Limits) -> FetchError:
    return FetchError(f"{show(url)}: it took longer than {limits.whole:g} seconds", wait=0.0)


class _DiskError(Exception):
    def __init__(self, fault: OSError) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _follow(request: Request, file: BinaryIO, limits: Limits, deadline: float, tell: Tell) -> Fetched:
    own = urlsplit(request.url)
    here = request.url
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(here)
        same = (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port)
        with _open(parts, request.authorization if same else None, limits, deadline) as response:
            if response.status not in _REDIRECTS:
                _check_head(here, response, limits)
                return _receive(here, request.task, response, file, limits, deadline, tell)
            here = _next(request, here, response.headers.get("Location", ""))
    raise FetchError(f"{show(request.url)}: it leads on more than {MOST_REDIRECTS} times")


def _next(request: Request, here: str, location: str) -> str:
    """Where a redirect may lead: to its own host or one that the editors named, and never out of TLS."""
    try:
        there = urljoin(here, location)
        parts = urlsplit(there)
        own, host = urlsplit(request.url), parts.hostname or ""
        address, own_address = (host, parts.port), (own.hostname, own.port)
    except ValueError:
        raise FetchError(f"{show(here)}: it leads to an address that cannot be understood") from None
    if not location or parts.scheme not in ("https", "http"):
        raise FetchError(f"{show(here)}: it leads nowhere")
    if address != own_address and host not in request.redirects_to:
        raise FetchError(f"{show(here)}: it leads to another host, {host}, which `redirects_to` does not name")
    if parts.scheme == "http" and (host not in LOOPBACK or urlsplit(here).scheme == "https"):
        raise FetchError(f"{show(here)}: it leads out of the protected connection, to {show(there)}")
    return there


@contextmanager
def _open(
    parts: SplitResult, authorization: str | None, limits: Limits, deadline: float
) -> Iterator[http.client.HTTPResponse]:
    """One request. A watchdog cuts the connection at the deadline, since a server may drip for ever."""
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=limits.silence, context=_trust())
    else:
        connection = http.client.HTTPConnection(host, port, timeout=limits.silence)
    headers = {"User-Agent": "webapp-territories", "Accept": "*/*", "Accept-Encoding": "identity"}
    if authorization:
        headers["Authorization"] = authorization
    watchdog = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (connection,))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers=headers)
        yield connection.getresponse()
    finally:
        watchdog.cancel()
        connection.close()


def _trust() -> ssl.SSLContext:
    """The machine's own authorities, with the host's name checked."""
    return ssl.create_default_context()


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # it may just have closed by itself
        connection.sock.shutdown(SHUT_RDWR)


def _check_head(url: str, response: http.client.HTTPResponse, limits: Limits) -> None:
    if response.status in _LATER:
        after = response.headers.get("Retry-After", "")
        wait = float(after) if after.isascii() and after.isdigit() and len(after) < 5 else 0.0
        raise FetchError(f"{show(url)}: the server answers {response.status} {response.reason}", wait)
    if response.status in (401, 403):
        raise FetchError(f"{show(url)}: the server answers {response.status}; check account, key and subscription")
    if response.status != 200:
        raise FetchError(f"{show(url)}: the server answers {response.status} {response.reason}")
    if response.headers.get_content_type() == "text/html":
        raise FetchError(f"{show(url)}: the server sends a web page in place of the file")
    if (response.length or 0) > limits.packed:
        raise FetchError(f"{show(url)}: {response.length} bytes, more than the {limits.packed} that are allowed")


def _receive(
    url: str,
    task: str,
    response: http.client.HTTPResponse,
    file: BinaryIO,
    limits: Limits,
    deadline: float,
    tell: Tell,
) -> Fetched:
    digest, size, promised = hashlib.sha256(), 0, response.length
    while block := response.read1(_BLOCK):
        size += len(block)
        if size > limits.packed:
            raise FetchError(f"{show(url)}: more than the {limits.packed} bytes that are allowed")
        if time.monotonic() >= deadline:
            raise _too_slow(url, limits)
        digest.update(block)
        try:
            file.write(block)
        except OSError as fault:
            raise _DiskError(fault) from None
        tell(Step(task, size, max(promised or 0, size + 1)))
    if time.monotonic() >= deadline:
        raise _too_slow(url, limits)
    if promised is not None and size < promised:
        raise FetchError(f"{show(url)}: the connection was cut off after {size} of {promised} bytes", wait=0.0)
    try:
        file.flush()
    except OSError as fault:
        raise _DiskError(fault) from None
    tell(Step(task, size or 1, size or 1))
    return Fetched(digest.hexdigest(), size, promised is not None or bool(response.chunked))
