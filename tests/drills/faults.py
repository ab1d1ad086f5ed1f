"""Faults of the machine: a full disk, a disk that turns read-only, no file descriptors left, a clock ten years off.

`python -m tests.drills.faults`. Disks need root (a small tmpfs is mounted for each); the clock needs libfaketime
(apt install libfaketime). What cannot be played is said. Throughout: notices stay, and the last good edition serves.
"""

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.functional.serving import Served, serving
from tests.load_drill import PATH, READERS, Figures, copy_site, find_workers, visit, wait_for_workers, write_edition

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
PROXIED = {"WORKERS": "2", "TRUSTED_PROXIES": "127.0.0.1/32"}
MOUNT, UMOUNT = shutil.which("mount") or "mount", shutil.which("umount") or "umount"
TMPFS_MB = 48
FEW = 40
"""File descriptors that a worker may have: it starts with about thirty."""


def ask_all(served: Served, figures: Figures) -> None:
    """Ask as every kind of reader, some times each, so that both workers answer."""
    for number in range(4 * len(READERS)):
        visit(served, number, figures)


def live(served: Served, number: int, within: float = 15.0) -> bool:
    """Tell whether edition `number` comes to be served."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with suppress(OSError):
            if f">Edition {number}</h1>" in served.get(PATH).text:
                return True
        time.sleep(0.05)
    return False


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small disk of its own for a site."""
    folder.mkdir()
    subprocess.run([MOUNT, "-t", "tmpfs", "-o", f"size={TMPFS_MB}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run([UMOUNT, "-l", str(folder)], check=True)


def full_disk(folder: Path) -> list[str]:
    """Fill the disk, and let an editor save an article: half a file, or none. Then make room again."""
    figures, wrong = Figures(), []
    with small_disk(folder / "disk") as disk:
        copy_site(disk / "site")
        with serving(disk / "site", folder / "log", **PROXIED) as served:
            ask_all(served, figures)
            with suppress(OSError), (disk / "filler").open("wb") as filler:
                while True:
                    filler.write(b"x" * 65_536)
                    filler.flush()
            with suppress(OSError):
                (disk / "site/content/drill/en.md").write_text("+++\ntitle = " + "x" * 200_000, "utf-8")
            time.sleep(2)
            ask_all(served, figures)
            (disk / "filler").unlink()
            write_edition(disk / "site", 1)
            wrong += [] if live(served, 1) else ["the edition after the full disk is not served"]
            ask_all(served, figures)
    return [*wrong, *judge(figures, {0, 1})]


def read_only_disk(folder: Path) -> list[str]:
    """Turn the disk read-only under a running site; start another site on it."""
    figures = Figures()
    with small_disk(folder / "disk") as disk:
        copy_site(disk / "site")
        with serving(disk / "site", folder / "log", **PROXIED) as served:
            subprocess.run([MOUNT, "-o", "remount,ro", str(disk)], check=True)
            ask_all(served, figures)
            with serving(disk / "site", folder / "log2", **PROXIED) as other:
                ask_all(other, figures)
    return judge(figures, {0})


def no_descriptors(folder: Path) -> list[str]:
    """Leave the workers few file descriptors, and hold connections open until there are none. Then let go."""
    figures, starved, wrong = Figures(), Figures(), []
    copy_site(folder / "site")
    with serving(folder / "site", folder / "log", **PROXIED) as served, ExitStack() as stack:
        wait_for_workers(served, 2, gone=0)
        for worker in find_workers(served):
            _, most = resource.prlimit(worker, resource.RLIMIT_NOFILE)
            resource.prlimit(worker, resource.RLIMIT_NOFILE, (FEW, most))
        for _ in range(6 * FEW):
            with suppress(OSError):
                held = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=1))
                held.sendall(b"GET /")
        write_edition(folder / "site", 1)  # to be read while nothing can be opened
        for number in range(8):
            visit(served, number, starved)
        stack.close()
        time.sleep(1)
        ask_all(served, figures)
        for worker in find_workers(served):
            _, most = resource.prlimit(worker, resource.RLIMIT_NOFILE)
            resource.prlimit(worker, resource.RLIMIT_NOFILE, (most, most))
        write_edition(folder / "site", 2)
        wrong += [] if live(served, 2) else ["the edition after the shortage is not served"]
        ask_all(served, figures)
    print(f"  while there were none left: {dict(starved.statuses)}, {starved.lost} of 8 without an answer")
    return [*wrong, *starved.wrong, *judge(figures, {0, 1, 2})]


def wrong_clock(folder: Path, shift: str) -> list[str]:
    """Start a site whose clock is wrong: no proof is valid then, so everybody sees every notice."""
    figures = Figures()
    copy_site(folder / "site")
    variables = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    with serving(folder / "site", folder / "log", **PROXIED, **variables) as served:
        ask_all(served, figures)
    without = [f"{figures.without_notice} pages without any notice"] if figures.without_notice else []
    return [*without, *judge(figures, {0})]


def judge(figures: Figures, editions: set[int]) -> list[str]:
    """Say what readers should not have met."""
    found = [*figures.wrong, *([f"{figures.failed} answers of 5xx"] if figures.failed else [])]
    found += [f"{figures.lost} requests lost"] if figures.lost else []
    return [*found, *([] if figures.editions <= editions else [f"editions {sorted(figures.editions)}"])]


def main() -> int:
    """Play what this machine lets us play. Returns 1 when anything was wrong, 2 when something was not played."""
    root, faked = os.geteuid() == 0, FAKETIME.exists()
    plays: list[tuple[str, bool, Callable[[Path], list[str]]]] = [
        ("a full disk", root, full_disk),
        ("a read-only disk", root, read_only_disk),
        ("no file descriptors", True, no_descriptors),
        ("ten years ahead", faked, lambda folder: wrong_clock(folder, "+3650d")),
        ("ten years back", faked, lambda folder: wrong_clock(folder, "-3650d")),
    ]
    faults = missing = 0
    for title, possible, play in plays:
        if not possible:
            print(f"{title}: NOT PLAYED, see above what it needs")
            missing += 1
            continue
        with tempfile.TemporaryDirectory() as name:
            wrong = play(Path(name))
        faults += len(wrong)
        print(f"{title}: {len(wrong)} wrong", *(f"\n  {line}" for line in wrong), flush=True)
    return 1 if faults else 2 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
