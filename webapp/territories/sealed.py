"""Opens MMDB bytes so that nothing that happens to a file can reach them. Owns memory and seals; knows no schema.

maxminddb's fast reader maps a file. When somebody truncates a mapped file, the process dies of SIGBUS; when it is
overwritten, lookups answer nonsense. On Linux the bytes therefore go into a memfd that is sealed against every
change; elsewhere into the pure-Python reader's memory.
"""

import fcntl
import io
import os
import sys

import maxminddb


def open_sealed(data: bytes) -> maxminddb.Reader:
    """A reader over a private copy of `data`. Raises maxminddb.InvalidDatabaseError, ValueError or OSError."""
    if not sys.platform.startswith("linux"):
        return maxminddb.open_database(io.BytesIO(data), maxminddb.MODE_FD)
    descriptor = os.memfd_create("territories", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        _write_all(descriptor, data)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        return maxminddb.open_database(f"/proc/self/fd/{descriptor}", maxminddb.MODE_MMAP_EXT)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
