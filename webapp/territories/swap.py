"""Puts a new map and its provenance where the map in use lies: both, or neither. Owns two file names; judges nothing.

The provenance goes last. Between the two renames a server sees a map without its provenance, refuses it and keeps the
one it has. When the second rename fails, the first is taken back. Only one build or update works in a folder at a
time, so that none can be compared with a map that is just being replaced.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from webapp.errors import Problem, SourceError
from webapp.territories.provenance import provenance_path

PREFIX = ".territories-"


@contextmanager
def stage(target: Path) -> Iterator[Path]:
    """Where to write the new map: a path of the same name, in a folder of its own beside the target.

    Raises SourceError when somebody else is at it, OSError.
    """
    descriptor = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _lock(descriptor, target):
            _sweep(target.parent)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=target.parent) as folder:
            yield Path(folder) / target.name
    finally:
        os.close(descriptor)


def _lock(descriptor: int, target: Path) -> bool:
    """False where the file system knows no locks: then we do without."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = "another build or update is writing here"
        raise SourceError([Problem("territories.busy", str(target), message, "Wait until it has ended.")]) from None
    except OSError:
        return False
    return True


def _sweep(folder: Path) -> None:
    """Remove what a build left that was killed. We hold the lock, so nobody works there."""
    for left in folder.glob(f"{PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


def swap_in(aside: Path, target: Path) -> None:
    """Move the pair at `aside` to `target`, in the same file system. Raises OSError, and has then changed nothing."""
    for path in (aside, provenance_path(aside)):
        _flush(path)
    kept = aside.with_name(f"kept-{target.name}")
    was_there = target.exists()
    if was_there:
        _keep(target, kept)
    aside.replace(target)
    try:
        provenance_path(aside).replace(provenance_path(target))
    except OSError:
        if was_there:
            kept.replace(target)
        else:
            target.unlink()
        raise
    with suppress(OSError):  # the pair is in place; some file systems cannot flush a folder
        _flush(target.parent)


def _keep(path: Path, kept: Path) -> None:
    """A second name for the file; a copy where the file system knows no second names."""
    try:
        kept.hardlink_to(path)
    except OSError:
        shutil.copy2(path, kept)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
