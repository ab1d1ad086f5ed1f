"""What a server read before it made its workers, which are copies of it: they need not read it again.

A worker looks at the files all the same before it serves. When they are faulty just then, because an editor's mistake
meets a worker that crashed, it begins with the edition that the server began with, and shows every notice to everybody:
that edition may be older than the last good one, and its rules too narrow.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from webapp.core.model import Edition, NoticeMode
from webapp.sources.keeping import Keeper
from webapp.sources.load import Loaded


@dataclass(frozen=True, slots=True)
class Heritage:
    """The sources in `root` as they were read."""

    root: Path
    keeper: Keeper
    loaded: Loaded


_left: list[Heritage] = []
"""One at most, of this process or of the one that it is a copy of."""


def leave_heritage(heritage: Heritage) -> None:
    """Leave it to all copies of this process that are made from now on."""
    _left[:] = [heritage]


def find_heritage(root: Path) -> Heritage | None:
    """Return what was left for the site in `root`."""
    return next((it for it in _left if it.root == root), None)


def show_everything(edition: Edition) -> Edition:
    """Return an edition that shows every notice to everybody, under a name of its own."""
    digest = hashlib.sha256(f"{edition.digest} to everybody".encode()).hexdigest()
    return replace(edition, digest=digest, site=replace(edition.site, notice_mode=NoticeMode.ALWAYS))
