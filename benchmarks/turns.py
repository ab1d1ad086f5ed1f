"""Measures when the threads of a worker should cut one another short: always, never, or as `site/scheduling.py` says.

Run from the site's folder: `python -m benchmarks.turns`. One worker on one core, wrk on another; ratios within one run
count. Needs wrk, and Linux for there to be a difference.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.front import FLOOD, HERE, READERS, background
from benchmarks.inside import NOTED, PATH
from benchmarks.load import free_port, measure, python, running
from webapp.cli.main import main as webapp
from webapp.site import scheduling

KIND = "BENCH_TURNS"
KINDS: dict[str, Callable[..., bool]] = {
    "always": lambda *_used, **_was: False,
    "never": lambda *_used, **_was: True,
    "as needed": scheduling.is_better_batch,
}
READING = 1300
"""Requests a second of the readers beside a flood."""


def main() -> None:
    """Serve in a child, or print the table."""
    if KIND in os.environ:
        scheduling.is_better_batch = KINDS[os.environ[KIND]]
        sys.argv[1:] = ["serve"]
        webapp()
        return
    print("| threads cut one another short | requests/s, full of kept pages | p99 of readers alone | among searches |")
    print("|---|---|---|---|")
    for kind in KINDS:
        full, alone, among = compare(kind)
        print(f"| {kind} | {full:,.0f} | {alone:.1f} ms | {among:.1f} ms |")


def compare(kind: str) -> tuple[float, float, float]:
    """Measure one kind: kept pages a second, and the 99th percentiles of readers in milliseconds."""
    port = free_port()
    variables = {KIND: kind, "TRUSTED_PROXIES": "127.0.0.1/32", "WORKERS": "1", "PYTHONPATH": str(Path.cwd())}
    with running(python("benchmarks.turns"), port, **variables):
        url = f"http://127.0.0.1:{port}{PATH}"
        measure(url, NOTED)
        full = measure(url, NOTED).requests
        alone = measure(url, NOTED, connections=READERS, rate=READING).p99
        with background(lambda: measure(url, {}, script=HERE / "searches.lua", connections=FLOOD, nice=10)):
            among = measure(url, NOTED, connections=READERS, rate=READING).p99
    return full, alone, among


if __name__ == "__main__":
    main()
