"""A line that is cut: a proxy on loopback that lets so many bytes of each connection down to the reader, and then none.

In Russia many connections to servers abroad end after about 16 KB. Owns no expectation of what a page should be.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CUT = 16 * 1024


class BadLine:
    """Listens on a free port. `first_only`: every connection after the first is dropped unanswered."""

    def __init__(self, server: tuple[str, int], limit: int, first_only: bool) -> None:
        self._server = server
        self._limit = limit
        self._first_only = first_only
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.carried: list[int] = []
        """Bytes that each connection has carried down, headers included."""

    @property
    def address(self) -> str:
        """The address to ask instead of the server's own."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def run(self) -> None:
        """Serve until `stop`."""
        number = 0
        while True:
            try:
                reader, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            if self._first_only and number > 1:
                reader.close()
                continue
            self.carried.append(0)
            threading.Thread(target=self._carry, args=(reader, number - 1), daemon=True).start()

    def stop(self) -> None:
        """Listen no longer."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry(self, reader: socket.socket, number: int) -> None:
        with reader, socket.create_connection(self._server) as server, suppress(OSError):
            upward = threading.Thread(target=_pump, args=(reader, server), daemon=True)
            upward.start()
            while data := server.recv(self._limit - self.carried[number]):
                reader.sendall(data)
                self.carried[number] += len(data)
            for line in (reader, server):  # closing alone would not wake the thread that listens upward
                line.shutdown(socket.SHUT_RDWR)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


@contextmanager
def bad_line(port: int, limit: int = CUT, first_only: bool = False) -> Iterator[BadLine]:
    """Put a bad line before the server on a loopback port."""
    line = BadLine(("127.0.0.1", port), limit, first_only)
    thread = threading.Thread(target=line.run, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.stop()
        thread.join(timeout=5)
