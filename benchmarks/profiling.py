"""Where a worker's time goes while it answers kept pages, seen from outside by py-spy: for benchmarks/front.py.

Only the time is looked at in which a thread holds Python's lock: all others wait, or are the server's own. py-spy looks
into another process, which Linux allows to root, or as `ptrace_scope` says (ptrace(2)).
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SECONDS = 12
RATE = 500
"""Looks a second."""
MOST = 16
PY_SPY = shutil.which("py-spy", path=f"{Path(sys.executable).parent}") or shutil.which("py-spy")


def profile(worker: int) -> str:
    """Watch a process for some seconds. Returns lines of a share of the time and what it went into, the most first."""
    if not PY_SPY:
        return "py-spy is not installed\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stacks"
        command = [PY_SPY, "record", "-p", str(worker), "-d", str(SECONDS), "-r", str(RATE), "--gil", "--function"]
        done = subprocess.run([*command, "-f", "raw", "-o", str(path)], capture_output=True, text=True, check=False)
        if not path.exists():
            return f"py-spy could not look into the worker: {done.stderr.strip()}\n"
        return to_lines(path.read_text("utf-8"))


def to_lines(stacks: str) -> str:
    """Count where each stack of py-spy's raw format ends. What the server itself does is counted to who called it."""
    ends: Counter[str] = Counter()
    for line in stacks.splitlines():
        frames, _, count = line.rpartition(" ")
        ends[_name(frames.split(";"))] += int(count)
    total = sum(ends.values())
    rows = [f"{count / total:6.1%}  {name}" for name, count in ends.most_common(MOST)]
    return "\n".join(rows) + "\n"


def _name(frames: list[str]) -> str:
    """Return the last frame's function and file, without folders."""
    found = re.match(r"(.+?) \((.*)\)$", frames[-1])
    if found is None:
        return frames[-1] or "the server, before and after"
    function, place = found[1], found[2].rpartition("/")[2]
    return f"{function[:60]} ({place})"
