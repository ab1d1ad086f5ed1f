"""Bytes in memory that all copies of this process share. Written once, then sealed; refuses every later change.

They lie in a file without a name (memfd_create(2)), and whoever wants some of them reads just these. So they are in the
machine's memory once, however many workers there are, and no worker's own memory grows by what it reads.
"""

import fcntl
import os

FLUSH = 1024 * 1024
"""Bytes that are written at once."""


class Shelf:
    """Takes bytes until it is sealed. One process writes, while it is the only one."""

    __slots__ = ("_descriptor", "_size", "_waiting", "_waiting_size")

    def __init__(self) -> None:
        """Raises OSError where there is no memory, or no file descriptor, for it."""
        self._descriptor = -1  # as long as there is none
        self._descriptor = os.memfd_create("articles", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._size = self._waiting_size = 0
        self._waiting: list[bytes] = []

    @staticmethod
    def is_possible() -> bool:
        """Whether this system has what it needs: Linux."""
        return hasattr(os, "memfd_create")

    def put(self, data: bytes) -> int:
        """Add bytes, and return where they begin. Raises OSError when the memory is full."""
        start = self._size
        self._size += len(data)
        self._waiting.append(data)
        self._waiting_size += len(data)
        if self._waiting_size > FLUSH:
            self.flush()
        return start

    def flush(self) -> None:
        """Write what waits. Raises OSError when the memory is full."""
        view = memoryview(b"".join(self._waiting))
        self._waiting, self._waiting_size = [], 0
        while view:
            view = view[os.write(self._descriptor, view) :]

    def seal(self) -> None:
        """Make it such that nobody, this process included, can change a byte. Raises OSError."""
        self.flush()
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
        fcntl.fcntl(self._descriptor, fcntl.F_ADD_SEALS, seals)

    def take(self, start: int, length: int) -> bytes:
        """Return bytes that were put there. Raises OSError, and ValueError when there are not so many."""
        data = os.pread(self._descriptor, length, start)
        if len(data) != length:
            raise ValueError("the shelf does not hold what was put there")
        return data

    def __del__(self) -> None:
        """Give the memory back with the last edition that needs it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
