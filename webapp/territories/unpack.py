"""Unpacks a downloaded database (.mmdb, .gz, .tar.gz) by its content, not its name. Owns limits; writes one file.

Nothing in an archive says where anything is written: the one member that is wanted is copied to the path that the
caller chose, so that no name in it can lead out of a folder. Sizes are bounded while unpacking, not after.
"""

import gzip
import tarfile
import zlib
from pathlib import Path
from typing import IO, Protocol

GREATEST_RATIO = 100
"""Databases shrink to a third; what grows a hundredfold is a bomb."""
MOST_MEMBERS = 200
LARGEST_HEADER = 1024 * 1024
_BLOCK = 256 * 1024
_MAGIC = b"\xab\xcd\xefMaxMind.com"


class UnpackError(Exception):
    """Why a file is not the database that it should be, in words."""


def unpack(path: Path, name: str, to: Path, most: int) -> None:
    """Write the file `name` (or the only .mmdb) in `path` to `to`, of `most` bytes. Raises UnpackError, OSError."""
    with path.open("rb") as file:
        head = file.read(2)
    if head == b"PK":
        raise UnpackError("it is a ZIP archive; only .mmdb, .gz and .tar.gz are understood")
    if head != b"\x1f\x8b":
        path.replace(to)
    else:
        plain = path.with_name(f"{path.name}.plain")
        _inflate(path, plain, min(most, GREATEST_RATIO * max(path.stat().st_size, 4096)))
        if _is_tar(plain):
            _pick(plain, name, to)
            plain.unlink()
        else:
            plain.replace(to)
    _check_kind(to, name)


def _inflate(path: Path, to: Path, most: int) -> None:
    try:
        with gzip.open(path) as packed, to.open("wb") as plain:
            _copy(packed, plain, most)
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise UnpackError(f"it is packed, and cannot be unpacked: {fault}") from None


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _copy(source: _Source, to: IO[bytes], most: int) -> None:
    size = 0
    while block := source.read(_BLOCK):
        size += len(block)
        if size > most:
            raise UnpackError(f"it unpacks to more than the {most} bytes that are allowed")
        to.write(block)


def _is_tar(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(257)
        return file.read(5) == b"ustar"


class _Careful(tarfile.TarInfo):
    """A member whose extended header is small: tarfile reads those whole into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Careful":
        found = super().frombuf(buf, encoding, errors)
        if found.type not in tarfile.REGULAR_TYPES and found.size > LARGEST_HEADER:
            raise UnpackError(f"its archive has a header of {found.size} bytes")
        return found


def _pick(path: Path, name: str, to: Path) -> None:
    """Copy the one regular member that is wanted."""
    try:
        with tarfile.open(path, "r:", tarinfo=_Careful) as archive:
            members = []
            for number, member in enumerate(archive):
                if number >= MOST_MEMBERS:
                    raise UnpackError(f"its archive has more than {MOST_MEMBERS} members")
                members.append(member)
            source = archive.extractfile(_choose([it for it in members if it.isreg()], name))
            if source is None:
                raise UnpackError("its archive holds nothing that can be read")
            with source, to.open("wb") as file:
                _copy(source, file, path.stat().st_size)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as fault:
        raise UnpackError(f"its archive cannot be read: {fault}") from None


def _choose(files: list[tarfile.TarInfo], name: str) -> tarfile.TarInfo:
    named = [it for it in files if it.name.rpartition("/")[2] == name]
    databases = [it for it in files if it.name.endswith(".mmdb")]
    found = named or databases
    if len(found) != 1:
        seen = ", ".join(it.name[-60:] for it in files[:5]) or "no file"
        raise UnpackError(f"its archive should hold {name} or one .mmdb, and holds {seen}")
    return found[0]


def _check_kind(path: Path, name: str) -> None:
    """A page in place of a file is the commonest fault of all."""
    with path.open("rb") as file:
        head = file.read(512)
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 128 * 1024))
        is_mmdb = _MAGIC in file.read()
    if not head:
        raise UnpackError("it is empty")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise UnpackError("it is a web page, not a database")
    if name.endswith(".mmdb") and not is_mmdb:
        raise UnpackError("it is no whole MMDB file: its end is missing, or it is something else")
