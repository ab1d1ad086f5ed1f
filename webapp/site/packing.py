"""Kept pages packed as small as they go, off every request's path: one thread, of low priority, that ends when idle."""

import logging
import os
import threading
from collections import deque
from contextlib import suppress

from webapp.errors import GateRefusedError
from webapp.site.encodings import Effort, compress, decompress
from webapp.site.gate import Checked, packed, unpacked
from webapp.site.pages import Pages, Shown, Variant

log = logging.getLogger("webapp.site")

LONGEST_QUEUE = 2000
"""Most variants that wait; what falls out of the queue stays as it was packed first, which is only larger."""
NICENESS = 15

Job = tuple[Pages, str, Shown, str]


def pack(plain: Checked, encoding: str, effort: Effort = Effort.QUICK) -> Checked:
    """Compress checked bytes. What does not unpack to the same bytes never counts as checked: raises ValueError."""
    return confirm_packed(plain, compress(plain.body, encoding, effort), encoding)


def confirm_packed(plain: Checked, body: bytes, encoding: str) -> Checked:
    """Return `body` as checked, having unpacked it. Raises ValueError when that is something else than `plain`."""
    if decompress(body, encoding) != plain.body:
        raise ValueError(f"{encoding} does not give back what was packed")
    return packed(plain, body)


def unpack(variant: Variant) -> Checked:
    """Return the bytes of a variant without compression. Raises GateRefusedError when they are not what they were."""
    bodies = dict(variant.bodies)  # another thread may be adding one
    if "" in bodies:
        return bodies[""].checked
    encoding, kept = next(iter(bodies.items()))
    try:
        body = decompress(kept.checked.body, encoding)
    except Exception as fault:  # noqa: BLE001 - each library has its own for what it cannot read
        raise GateRefusedError(f"kept bytes cannot be unpacked: {type(fault).__name__}") from None
    return unpacked(kept.checked, body)


class Packer:
    """Takes variants that were packed quickly, and packs them well."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: deque[Job] = deque(maxlen=LONGEST_QUEUE)
        self._running: threading.Thread | None = None

    def put(self, job: Job) -> None:
        """Pack one encoding of a variant well, some time."""
        with self._lock:
            self._jobs.append(job)
            if self._running is None:
                self._running = threading.Thread(target=self._work, name="pack-pages", daemon=True)
                self._running.start()

    def wait(self, timeout: float) -> None:
        """Wait until nothing is left to pack."""
        thread = self._running
        if thread is not None:
            thread.join(timeout)

    def _work(self) -> None:
        with suppress(OSError):  # Linux gives each thread a priority of its own; elsewhere this is the process's
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        while True:
            with self._lock:
                if not self._jobs:
                    self._running = None
                    return
                job = self._jobs.popleft()
            try:
                _pack_well(*job)
            except Exception as fault:  # noqa: BLE001 - the page stays as it was packed first
                log.error("A kept page could not be packed well: %s", type(fault).__name__)


def _pack_well(pages: Pages, path: str, shown: Shown, encoding: str) -> None:
    variant = None if pages.retired else pages.find(path, shown)
    if variant is None or encoding in variant.packed_well:
        return
    small, before = pack(unpack(variant), encoding, Effort.BEST), variant.bodies.get(encoding)
    body = variant.make_ready(encoding, small)
    if before is not None and len(before.checked.body) <= len(small.body):  # the greatest effort is not always the best
        body = before
    pages.add_body(path, shown, encoding, body, final=True)
