"""Readers at 200 requests a second while the sources change every second, three of ten changes invalid; then kills.

`python -m tests.drills.load [SECONDS] [KILLS]` on two workers. Default: 120 seconds and 200 kills, about ten minutes.
"""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from statistics import median

from tests.functional.serving import serving
from tests.load_drill import Figures, ask_steadily, copy_site, edit, find_workers, readers, wait_for_workers

RATE, WORKERS = 200, 2
READY = 2.0
"""Seconds within which a worker that was killed is to be replaced."""


def play_load(folder: Path, seconds: float, rate: int = RATE) -> tuple[Figures, tuple[int, int]]:
    """Let readers and an editor work at the same time. Returns what readers saw, and the editions sound and invalid."""
    root, figures, written = folder / "site", Figures(), [(0, 0)]
    copy_site(root)
    stop = threading.Event()

    def work() -> None:
        written[0] = edit(root, stop, 1.0, seed=7)

    with serving(root, folder / "log", WORKERS=str(WORKERS), TRUSTED_PROXIES="127.0.0.1/32") as served:
        editor = threading.Thread(target=work)
        editor.start()
        ask_steadily(served, rate, seconds, figures)
        stop.set()
        editor.join()
    return figures, written[0]


def play_kills(folder: Path, kills: int, rate: int = RATE) -> tuple[Figures, list[float]]:
    """Kill workers in turn under load, each when both are ready. Returns what readers saw, and seconds until ready."""
    root, figures, times = folder / "site", Figures(), []
    copy_site(root)
    with serving(root, folder / "log", WORKERS=str(WORKERS), TRUSTED_PROXIES="127.0.0.1/32") as served:
        wait_for_workers(served, WORKERS, gone=0)
        with readers(served, rate, figures):
            for number in range(kills):
                victim = find_workers(served)[number % WORKERS]
                os.kill(victim, signal.SIGKILL)  # a worker of the server that this drill started
                times.append(wait_for_workers(served, WORKERS, gone=victim))
    return figures, times


def tell(title: str, figures: Figures) -> None:
    """Print what readers saw."""
    total = sum(figures.statuses.values())
    print(
        f"{title}: {total:,} answers {dict(figures.statuses)}, {figures.failed} of 5xx, {figures.lost} lost; "
        f"{len(figures.editions)} editions seen, {figures.without_notice:,} pages without a notice, all to whoever "
        f"needs none, {len(figures.wrong)} wrong; median {figures.percentile(0.5):.1f} ms, "
        f"p99 {figures.percentile(0.99):.0f} ms",
        flush=True,
    )
    for line in figures.wrong[:10]:
        print(f"  {line}")


def main(seconds: float, kills: int) -> int:
    """Play both and print the figures. Returns 1 when a page was wrong or an answer of 5xx."""
    with tempfile.TemporaryDirectory() as name:
        loaded, (sound, invalid) = play_load(Path(name), seconds)
    tell(f"{seconds:.0f} s at {RATE}/s, {sound} sound editions and {invalid} invalid ones", loaded)
    with tempfile.TemporaryDirectory() as name:
        killed, times = play_kills(Path(name), kills)
    tell(f"{kills} workers killed", killed)
    print(f"  ready again after {median(times):.2f} s (median), {max(times):.2f} s (longest)")
    if median(times) >= READY:
        print(f"  the median is to be under {READY} s")
        return 1
    return 1 if loaded.wrong or loaded.failed or loaded.lost or killed.wrong or killed.failed else 0


if __name__ == "__main__":
    given = [float(text) for text in sys.argv[1:]]
    sys.exit(main(given[0] if given else 120.0, int(given[1]) if len(given) > 1 else 200))
