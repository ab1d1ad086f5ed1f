"""A worker that has no edition yet: the page of last resort for everybody until the sources are whole, then the site.

The change goes one way. Once there is an edition, its store keeps the last good one, and this page never comes back.
"""

import logging
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from webapp.errors import Problem, SourceError
from webapp.site.answers import describe_fault
from webapp.site.asgi import AsgiSite, Scope, read_path
from webapp.site.outgoing import Answer
from webapp.sources.files import Survey, survey
from webapp.sources.load import STYLES

log = logging.getLogger("webapp.store")

TICK = 0.25
"""Seconds between two looks at the files."""
PATIENCE = 60.0
"""Seconds after which the sources are read again although no file has changed: the day, or the disk, may have."""

Sight = tuple[Survey, tuple[tuple[int, int] | None, ...]]


class WaitingSite:
    """An ASGI application that stands in for one which cannot be made yet."""

    def __init__(self, root: Path, answer: Callable[[str, str], Answer], make: Callable[[], AsgiSite]) -> None:
        """`answer` makes the answer to a method and a path; `make` the site, or raises what keeps it from being."""
        self._root = root
        self._answer = answer
        self._make = make
        self._site: AsgiSite | None = None
        self._told: tuple[Problem, ...] | str | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="edition-wait", daemon=True)

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        """Answer one request: by the site if there is one, else with the page of last resort."""
        site = self._site
        if site is not None:
            await site(scope, receive, send)
        elif scope["type"] == "http":
            answer = self._answer(scope["method"], read_path(scope["raw_path"]))
            for message in answer.messages:
                await send(message)

    def start(self) -> "WaitingSite":
        """Make the site, now or, in the background, as soon as the files allow it."""
        if not self.attempt():
            self._thread.start()
        return self

    def close(self) -> None:
        """Stop looking at the files."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def attempt(self) -> bool:
        """Try to make the site. What keeps it from being is told once, until it is something else."""
        try:
            self._site = self._make()
        except SourceError as fault:
            self._tell(fault.problems)
        except Exception as fault:  # noqa: BLE001 - whatever it is, there is no edition, and the next attempt may have one
            self._tell(describe_fault(fault))
        else:
            if self._told is not None:
                log.warning("The sources are whole: the site is served.")
            return True
        return False

    def _tell(self, why: tuple[Problem, ...] | str) -> None:
        if why == self._told:
            return
        self._told = why
        log.error("There is no edition to serve; every reader gets the built-in notice with status 503.")
        for line in (why,) if isinstance(why, str) else why:
            log.error("%s", line)

    def _wait(self) -> None:
        seen, waited = None, 0.0
        while not self._stop.wait(TICK):
            sight, waited = look(self._root), waited + TICK
            if sight != seen or waited >= PATIENCE:
                seen, waited = sight, 0.0
                if self.attempt():
                    return


def look(root: Path) -> Sight:
    """Return what tells one state of the source files from another, without opening any. Raises nothing."""
    return survey(root), tuple(_changed(root / style) for style in STYLES)


def _changed(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
