"""No traces: readers with canaries ask a real server, workers crash; then disk, logs and dumps are searched.

`python -m tests.drills.traces [REQUESTS] [CRASHES]`. The server has a home, a temporary folder and a working folder of
its own, and may write core dumps there. Addresses are of documentation ranges.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_CORE, setrlimit
from shutil import copytree

from tests.functional.serving import Served, serving
from tests.samples import REPOSITORY

REQUESTS, CRASHES, WORKERS = 10_000, 500, 2
WORD = "canary7f3e9d"
ADDRESSES = ("203.0.113.77", "2001:db8::7f3e:9d")
CANARIES = tuple(text.encode() for text in (WORD, WORD.upper(), *ADDRESSES))
PATHS = (
    "/en/reading-safely",
    f"/en/{WORD}",
    f"/en/search?q={WORD}",
    f"/{WORD}/%00%ff",
    f"/en/reading-safely?{WORD}={WORD}",
    f"/static/{WORD}",
    f"/en/{WORD * 400}",
)


def headers(number: int) -> Sequence[tuple[str, str]]:
    """Return headers that name the canary wherever a reader could be named."""
    address = ADDRESSES[number % len(ADDRESSES)]
    return [
        ("User-Agent", WORD),
        ("Referer", f"https://{WORD}.example/"),
        ("X-Forwarded-For", address),
        ("Cookie", f"session={WORD}"),
        ("Accept-Language", f"en, {WORD[:6]}"),
        ("If-None-Match", f'"{WORD}"'),
    ]


def find_workers(served: Served) -> list[int]:
    """Return the ids of the server's workers."""
    path = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    return [int(text) for text in path.read_text().split()]


def crash(served: Served, number: int, turn: int) -> None:
    """End the older worker, as a fault does that leaves a core dump where the machine writes any."""
    with suppress(ProcessLookupError):
        os.kill(sorted(find_workers(served))[0], (signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL)[(number + turn) % 3])


def find_canaries(folder: Path) -> Iterator[str]:
    """Yield every file below that names or holds a canary."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found = [it for it in CANARIES if it in content or it in os.fsencode(path)]
            if found:
                yield f"{path.relative_to(folder)}: {found}"


def ask(served: Served, number: int) -> bool:
    """Ask once; a request that a dying worker loses is lost."""
    try:
        return served.get(PATHS[number % len(PATHS)], headers(number)).status < 500
    except (OSError, HTTPException):
        return False


def play(folder: Path, requests: int, crashes: int) -> tuple[int, int, list[str]]:
    """Ask and crash. Returns how many were answered, how many workers were ended, and where a canary was found.

    Each server loses each of its two workers once: the one that watches them gives up when the same one ends twice
    within seconds, so after that another server is started.
    """
    root = folder / "site"
    for name in ("config", "content", "translations", "static"):
        copytree(REPOSITORY / name, root / name)
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    places = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "WORKERS": "2"}
    lives = max(1, -(-crashes // WORKERS))
    answered = ended = 0
    for life in range(lives):
        with serving(root, folder / f"log-{life}", TRUSTED_PROXIES="127.0.0.1/32", **places) as served:
            for turn in range(min(WORKERS, crashes - ended)):
                answered += sum(ask(served, number) for number in range(requests // lives // WORKERS))
                crash(served, ended, turn)
                ended += 1
                _wait_for_worker(served)
            answered += sum(ask(served, number) for number in range(0 if crashes else requests))
    return answered, ended, list(find_canaries(folder))


def _wait_for_worker(served: Served) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError, HTTPException):
            if served.get("/robots.txt").status == 200:
                return
        time.sleep(0.05)


def main(requests: int, crashes: int) -> int:
    """Print the figures. Returns 1 when a canary was found."""
    setrlimit(RLIMIT_CORE, (RLIM_INFINITY, RLIM_INFINITY))
    with tempfile.TemporaryDirectory() as name:
        answered, ended, found = play(Path(name), requests, crashes)
    for line in found[:20]:
        print(line)
    print(f"{requests:,} requests, {answered:,} answered, {ended} workers ended: {len(found)} files with a canary")
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    print(f"core dumps of this machine go to {pattern!r}; those beside the site were searched")
    return 1 if found else 0


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(given + [REQUESTS, CRASHES][len(given) :])))
