"""The current Edition of this process. Swaps it whole, keeps the last good one, and never serves half of a change."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from watchfiles import watch

from webapp.core.model import Edition
from webapp.errors import Problem, Severity, SourceError
from webapp.sources.files import FOLDERS
from webapp.sources.heritage import show_everything
from webapp.sources.load import Loaded

log = logging.getLogger("webapp.store")

DEBOUNCE_MS = 150
"""How long the disk must be quiet before a change is read: an editor saves several files at once."""


TICK_MS = 200
"""How often the watch looks whether its folders are still the ones it watches."""


RETRY = 0.5
"""Seconds after which watching is tried again when it failed."""
LOOK = 1.0
"""Seconds between two looks at all files where the system does not watch so many folders."""
REST = 9.0
"""And how many times the processor time of such a look, if that is more: a tenth of a core is enough for it."""
LIMIT_HINT = "A tenth of a core looks at the files instead, so that changes take longer to be live."
"""What is told besides when there are more folders than the system watches."""


ALARM = "map.refused"
"""The code of the warning that weighs most: it changes nothing for readers, so that nobody would notice."""
MOST_TOLD = 20
"""How many new warnings of one reading are logged; a broken catalog can have hundreds."""


class EditionStore:
    """Holds one Edition; `current` is a single attribute read, so a request works on one edition throughout."""

    def __init__(self, root: Path, load: Callable[[], Loaded], inherited: Loaded | None = None) -> None:
        """Load the first edition. Raises SourceError when there is none to serve.

        `inherited` is served, with every notice for everybody, as long as the sources are faulty: see `heritage`.
        """
        self._root = root
        self._load = load
        self._reported: tuple[Problem, ...] = ()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        loaded = self._begin(inherited)
        self._warned = frozenset(it for it in loaded.warnings if it.code != ALARM)
        self.current: Edition = loaded.edition

    def _begin(self, inherited: Loaded | None) -> Loaded:
        try:
            return self._load()
        except SourceError as fault:
            if inherited is None:
                raise
            self._report(fault.problems)
            log.error("A worker begins with the edition of the server's start, and every notice for everybody.")
            return Loaded(show_everything(inherited.edition), inherited.warnings)

    def reload(self) -> bool:
        """Read the sources again and swap. When they are faulty, log each Problem once and keep what is served."""
        try:
            loaded = self._load()
        except SourceError as fault:
            self._report(fault.problems)
            return False
        except Exception:
            log.exception("The sources could not be read; the last good edition stays.")
            return False
        self._reported = ()
        self._warn(loaded.warnings)
        edition = loaded.edition
        if edition.digest != self.current.digest:
            self.current = edition
            log.info("Edition %s is live.", edition.digest[:12])
        return True

    def _report(self, problems: tuple[Problem, ...]) -> None:
        if problems != self._reported:
            log.error("The change is refused; the last good edition stays.")
            for problem in problems:
                log.error("%s", problem)
        self._reported = problems

    def _warn(self, warnings: tuple[Problem, ...]) -> None:
        """Tell what is wrong since the last reading, each once: nobody would notice a lost catalog or map otherwise.

        What `webapp check` told before the start is not told again, but for a map that was refused.
        """
        new = [problem for problem in dict.fromkeys(warnings) if problem not in self._warned]
        for problem in sorted(new, key=lambda it: (it.code != ALARM, it.severity is Severity.WARNING))[:MOST_TOLD]:
            grave = problem.code == ALARM or problem.severity is not Severity.WARNING
            log.log(logging.ERROR if grave else logging.WARNING, "%s", problem)
        if len(new) > MOST_TOLD:
            log.warning("%d more are new: webapp check", len(new) - MOST_TOLD)
        self._warned = frozenset(warnings)

    def watch(self) -> None:
        """Start to follow the source folders in the background; a second call does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="edition-watch", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop following the folders."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def _follow(self) -> None:
        day, is_limited, told = datetime.now(UTC).date(), False, ""
        while not self._stop.is_set():
            folders, look_at = self._folders(), 0.0  # at once: what changed before the watch was on
            try:
                for changes in watch(
                    *(self._few_folders() if is_limited else folders),
                    recursive=not is_limited,
                    debounce=DEBOUNCE_MS,
                    step=50,
                    rust_timeout=TICK_MS,
                    yield_on_timeout=True,
                    stop_event=self._stop,
                    raise_interrupt=False,
                ):
                    today = datetime.now(UTC).date()  # a new day can end the review of a legal text
                    if changes or today != day or time.monotonic() >= look_at:
                        look_at = self._look(is_limited)
                    day = today
                    if self._folders() != folders:
                        break
            except Exception as fault:
                reason = str(fault).partition(" about ")[0]  # and then some folder
                if reason != told:
                    log.exception("Watching the sources failed; trying again. %s", LIMIT_HINT)
                told = reason
                self._stop.wait(max(RETRY, self._look(True) - time.monotonic()) if is_limited else RETRY)
                is_limited = is_limited or "limit" in reason

    def _look(self, is_limited: bool) -> float:
        """Read the sources again, and return the time to do so once more even if no change is seen."""
        begun = time.thread_time()
        self.reload()
        return time.monotonic() + max(LOOK, REST * (time.thread_time() - begun)) if is_limited else math.inf

    def _few_folders(self) -> Iterator[Path]:
        """Yield all folders but those of articles, of which there are too many."""
        for folder in self._folders():
            yield folder
            if folder.name != "content":
                yield from (path for path in sorted(folder.rglob("*")) if path.is_dir())

    def _folders(self) -> dict[Path, tuple[int, int]]:
        """The folders that are there, each with its identity: one that was swapped by renaming must be watched anew."""
        found = {}
        for folder in (self._root / name for name in FOLDERS):
            with suppress(OSError):
                status = folder.stat()
                found[folder] = (status.st_dev, status.st_ino)
        return found
