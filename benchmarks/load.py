"""Servers and wrk for benchmarks/front.py: started on a free port, pinned to cores, ended by their own id."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, LOAD_CORE = "0", "1"
WRK = shutil.which("wrk")
TASKSET = shutil.which("taskset")
SECONDS = 4
CONNECTIONS = 32
DELAY = Path(__file__).with_name("delay.lua")


@dataclass(frozen=True)
class Memory:
    """Megabytes in memory, and the same with each page divided by the number of processes that share it (proc(5))."""

    resident: float
    share: float


@dataclass(frozen=True)
class Rate:
    """Requests a second, the 99th percentile in milliseconds, and answers that were no 2xx or 3xx."""

    requests: float
    p99: float
    bad: int


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pinned(command: Sequence[str], cores: str) -> list[str]:
    """Return a command bound to cores, where that can be done."""
    return [TASKSET, "-c", cores, *command] if TASKSET else list(command)


@contextmanager
def running(command: Sequence[str], port: int, cores: str = SERVER_CORE, **variables: str) -> Iterator[int]:
    """Run a server until the block ends. Yields its process id."""
    environ = {**os.environ, "PORT": str(port), **variables}
    process = subprocess.Popen(
        pinned(command, cores),
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(port, process)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its own session, started above


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "a server of the benchmark did not start"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("a server of the benchmark did not start in a minute")


def python(module: str) -> list[str]:
    """Return the command of a module of ours."""
    return [sys.executable, "-m", *module.split()]


def measure(
    url: str,
    headers: Mapping[str, str],
    cores: str = LOAD_CORE,
    script: Path | None = None,
    connections: int = CONNECTIONS,
    rate: float | None = None,
    variables: Mapping[str, str] | None = None,
    nice: int = 0,
) -> Rate:
    """Load `url` with wrk for some seconds: as fast as it goes, or about `rate` times a second.

    For the latter each connection waits a random time before each request (wrk's Lua `delay`). One that got its answer
    late also asks later, so this is milder than readers who know nothing of one another. `nice`: how much it gives way
    to another load on its core (nice(1)), whose times would else be longer by its own turns.
    """
    assert WRK, "wrk is not installed: apt-get install wrk"
    command = ["nice", "-n", str(nice), WRK, "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency"]
    command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command += ["-s", str(script or DELAY)] if script or rate else []
    environ = {**os.environ, **(variables or {}), **({"BENCH_DELAY": f"{connections / rate * 1000}"} if rate else {})}
    text = subprocess.run(
        pinned([*command, url], cores), capture_output=True, text=True, check=True, timeout=60, env=environ
    ).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", text)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    assert found, text
    assert slow, text
    return Rate(float(found[1]), float(slow[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[slow[2]], int(bad[1]) if bad else 0)


def find_worker(pid: int) -> int:
    """Return the process that a server with one worker has made and that works."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return max((int(child) for child in children), key=lambda child: measure_process(child).resident)


def measure_memory(pid: int) -> Memory:
    """Return the memory of the worker of a server that has one."""
    return measure_process(find_worker(pid))


def measure_process(pid: int) -> Memory:
    """Return the memory of a process."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    sizes = {name: int(size) / 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    return Memory(sizes["Rss"], sizes["Pss"])
