"""One heap for all threads: what a thread asks for does not open another."""

import subprocess
import sys

import pytest

from webapp.cli.heap import give_back, use_one_heap

HEAP = 64 * 1024
"""Kilobytes of addresses that glibc reserves for another heap (HEAP_MAX_SIZE on 64 bits)."""
PROGRAM = """
import re, sys, threading
from pathlib import Path
from webapp.cli.heap import use_one_heap
if sys.argv[1] == "one" and not use_one_heap():
    sys.exit("none")
gate = threading.Barrier(3)
def work():
    gate.wait()
    kept = [bytes(2000) for _ in range(200)]
    gate.wait()
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
gate.wait(); gate.wait()
maps = Path("/proc/self/maps").read_text()
ranges = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) ---p 00000000 00:00 0", maps, re.MULTILINE)
print(sum((int(end, 16) - int(start, 16)) // 1024 for start, end in ranges))
gate.wait()
"""


def reserved(how: str) -> int:
    """Kilobytes of addresses that a process with two threads reserves and does not use."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=False)
    if done.stderr.strip() == "none":
        pytest.skip("not glibc")
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
def test_threads_share_one_heap() -> None:
    """Without the setting two threads have more than one heap, with it none of its own."""
    assert reserved("one") < HEAP // 2 < reserved("many")


def test_no_such_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the C library is another, nothing is set and nothing fails."""
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    assert not use_one_heap()
    assert not give_back()
