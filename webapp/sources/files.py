"""The files of a site: which belong to it, and how one is opened. Refuses whatever is no ordinary file, and what is
too large, before a byte of it is read.

A pipe would block the reader for ever, a film in content/ would fill its memory: both are Problems here. What
programs leave behind (`.DS_Store`, `en.md~`, `.#en.md`) is not part of a site and is passed over.
"""

import hashlib
import os
import stat
import struct
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from webapp.errors import Problem, SourceError
from webapp.sources.pausing import without_collecting

FOLDERS = ("config", "content", "translations")

KIB, MIB = 1024, 1024 * 1024
LARGEST = {
    ".md": MIB,
    ".toml": MIB,
    ".po": 4 * MIB,
    ".pot": 4 * MIB,
    ".geojson": 32 * MIB,
    ".json": 4 * MIB,
    ".mmdb": 512 * MIB,
}
"""How large a file may be, in bytes, by how its name ends."""
LARGEST_OTHER = 2 * MIB
"""The same for every other file, a picture for instance."""

_DROPPINGS = ("~", ".swp", ".swo", ".swx", ".tmp", ".bak", ".orig", ".rej", ".part", ".mo")
_DROPPED = frozenset({"Thumbs.db", "desktop.ini", "__MACOSX", "__pycache__"})

Signature = bytes
"""Device, inode, size, and the times of the last change of content and of status, in nanoseconds: five numbers of 64
bits, a third of the memory that Python's own would take."""

_name_of = attrgetter("name")
_SIGNATURE = struct.Struct("=5Q")
_BITS = 2**64 - 1


class Found(NamedTuple):
    """An ordinary file. `shown` is its path relative to the site's root, in the spelling of POSIX."""

    shown: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Survey:
    """Every file of a site in the order of its path, and what is no file that a site may have."""

    files: tuple[Found, ...]
    problems: tuple[Problem, ...]

    def mark(self, unsigned: Container[str] = ()) -> bytes:
        """Return one digest of all paths and signatures, leaving out the signatures of files in `unsigned`."""
        parts = [to_bytes(shown) + (b"" if shown in unsigned else signature) for shown, signature in self.files]
        return hashlib.sha256(b"".join(parts)).digest()


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name is hidden, a backup or a program's leftover, and so no part of a site."""
    return name.startswith((".", "#")) or name.endswith(_DROPPINGS) or name in _DROPPED


def largest(shown: str) -> int:
    """Return how many bytes a file may have."""
    return LARGEST.get(os.path.splitext(shown)[1].lower(), LARGEST_OTHER)  # noqa: PTH122 - ten times as fast, for each file


def survey(root: Path) -> Survey:
    """Look at every file of a site without opening any. Raises nothing."""
    files: list[Found] = []
    problems: list[Problem] = []
    with without_collecting():
        for folder in FOLDERS:
            _survey_folder(f"{root}/{folder}", folder, files, problems)
    return Survey(tuple(files), tuple(problems))


def _survey_folder(folder: str, shown: str, files: list[Found], problems: list[Problem]) -> None:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=_name_of)
    except (FileNotFoundError, NotADirectoryError):  # whoever needs that folder says so
        return
    except OSError as fault:
        problems.append(_unreadable(shown, fault))
        return
    for entry in found:
        if is_passed_over(entry.name):
            continue
        path = f"{shown}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            _survey_folder(entry.path, path, files, problems)
            continue
        try:
            status = entry.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > MIB:  # nearly none
                check_status(status, path, entry.is_symlink())
        except OSError as fault:
            problems.append(_broken_link(path) if entry.is_symlink() else _unreadable(path, fault))
        except SourceError as fault:
            problems += fault.problems
        else:
            files.append(Found(path, signature_of(status)))


def signature_of(status: os.stat_result) -> Signature:
    """Return what tells a file from a later state of it, as far as a file system can tell."""
    modified, changed = status.st_mtime_ns & _BITS, status.st_ctime_ns & _BITS  # before 1970: far in the future
    return _SIGNATURE.pack(status.st_dev & _BITS, status.st_ino & _BITS, status.st_size, modified, changed)


def last_change(signature: Signature) -> int:
    """Return the later of its times, in nanoseconds since 1970; one before that counts as far in the future."""
    _, _, _, modified, changed = _SIGNATURE.unpack(signature)
    return max(int(modified), int(changed))


def check_status(status: os.stat_result, shown: str, is_link: bool = False) -> None:
    """Raise SourceError for what is no ordinary file, or is too large."""
    if stat.S_ISDIR(status.st_mode):
        if is_link:
            hint = "Put the folder itself there: what lies behind a link can change unnoticed."
            raise SourceError([Problem("file.link", shown, "this is a link to a folder", hint)])
        raise SourceError([Problem("file.kind", shown, "this is a folder and no file", "Put a file there.")])
    if not stat.S_ISREG(status.st_mode):
        hint = "Remove it, and put an ordinary file there."
        raise SourceError([Problem("file.kind", shown, f"this is {_kind(status.st_mode)} and no file", hint)])
    if status.st_size > MIB and status.st_size > largest(shown):  # which is a MiB at least
        message = f"the file has {status.st_size:,} bytes, {largest(shown):,} are allowed"
        raise SourceError([Problem("file.size", shown, message, "Make it smaller, or keep it somewhere else.")])


def _kind(mode: int) -> str:
    names = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"))
    return next((name for is_kind, name in names if is_kind(mode)), "a device")


def read_file(path: Path, shown: str) -> bytes:
    """Return a file's content. Raises SourceError that names `shown` when it cannot, or must not, be read."""
    return read_signed(str(path), shown)[0]


def read_signed(path: str, shown: str) -> tuple[bytes, Signature]:
    """Return a file's content and its signature from before the reading. Raises SourceError, as `read_file`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe without writer does not block
    except FileNotFoundError:
        raise SourceError([_broken_link(shown) if Path(path).is_symlink() else _missing(shown)]) from None
    except OSError as fault:
        raise SourceError([_unreadable(shown, fault)]) from None
    try:
        status = os.fstat(descriptor)
        check_status(status, shown)
        content = os.read(descriptor, status.st_size + 1)
        if len(content) != status.st_size:  # it has grown, or came in pieces
            content += b"".join(_pieces(descriptor, shown, largest(shown) - len(content)))
        return content, signature_of(status)
    except OSError as fault:
        raise SourceError([_unreadable(shown, fault)]) from None
    finally:
        os.close(descriptor)


def _pieces(descriptor: int, shown: str, left: int) -> Iterator[bytes]:
    """Read to the end; a file that grows meanwhile is read no further than `left` bytes."""
    while left >= 0 and (piece := os.read(descriptor, MIB)):
        left -= len(piece)
        yield piece
    if left < 0:
        message = f"the file has grown beyond {largest(shown):,} bytes"
        raise SourceError([Problem("file.size", shown, message, "Make it smaller.")])


def _missing(shown: str) -> Problem:
    return Problem("file.missing", shown, "the file does not exist", "Create it.")


def _broken_link(shown: str) -> Problem:
    return Problem("file.link", shown, "this is a link to a file that does not exist", "Remove it, or mend the link.")


def _unreadable(shown: str, fault: OSError) -> Problem:
    reason = fault.strerror or type(fault).__name__
    return Problem("file.unreadable", shown, f"cannot be read: {reason}", "Check the file and its permissions.")


def digest_files(root: Path, paths: Iterable[str]) -> str:
    """Return the SHA-256 of paths and contents, in hexadecimal.

    A file that cannot be read counts as an empty one; reading it for its content says what is wrong with it.
    """
    total = hashlib.sha256()
    for shown in paths:
        content = b""
        with suppress(SourceError):
            content = read_file(root / shown, shown)
        total.update(to_bytes(shown) + hashlib.sha256(content).digest())
    return total.hexdigest()


def to_bytes(shown: str) -> bytes:
    """Return a path and a zero byte, as `os.fsencode` does, and faster: a name need not be UTF-8."""
    return shown.encode("utf-8", "surrogateescape") + b"\0"
