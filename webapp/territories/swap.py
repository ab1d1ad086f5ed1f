"""Puts a new map and its provenance where the map in use lies: both, or neither. Owns two file names; judges nothing.

The provenance goes last. Between the two renames a server sees a map without its provenance, refuses it and keeps the
one it has. When the second rename fails, the first is taken back.
"""

import os
import shutil
from pathlib import Path

from webapp.territories.provenance import provenance_path


def swap_in(aside: Path, target: Path) -> None:
    """Move the pair at `aside` to `target`, in the same file system. Raises OSError, and has then changed nothing."""
    pairs = [(aside, target), (provenance_path(aside), provenance_path(target))]
    for source, _ in pairs:
        _flush(source)
    kept = aside.with_name(f"kept-{target.name}")
    was_there = target.exists()
    if was_there:
        _keep(target, kept)
    aside.replace(target)
    try:
        pairs[1][0].replace(pairs[1][1])
    except OSError:
        if was_there:
            kept.replace(target)
        else:
            target.unlink()
        raise
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
