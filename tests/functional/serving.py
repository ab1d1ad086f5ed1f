"""A real `webapp serve` for tests: started on a free port, asked over fresh connections, ended by its own id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

START = 30.0
DEADLINE = 5.0
"""How long a change may take before a test fails, in seconds. It is meant to be live within one."""
IN_A_ROW = 40
"""So many answers over fresh connections, one after another, count as the answer of every worker."""


def environment(**variables: str) -> dict[str, str]:
    """Return an environment for our command, without settings of the one who runs the tests."""
    ours = {"WEBAPP_ROOT", "HOST", "PORT", "WORKERS", "TRUSTED_PROXIES", "BASE_URL", "HSTS", "ONION_LOCATION", "CDN"}
    ours |= {"DOCTOR_TOKEN", "PAGE_CACHE_MB"}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("COV_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **variables}


def run(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run our command in `folder` to its end."""
    command = [sys.executable, "-m", "webapp", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in lower case, text."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Served:
    """A running site. `log` holds everything that the command wrote."""

    root: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def get(self, path: str, headers: Sequence[tuple[str, str]] = (), method: str = "GET") -> Answer:
        """Ask over a connection of its own. A header may be given several times."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read().decode())
        finally:
            connection.close()

    def all_workers(self, path: str, holds: Callable[[Answer], bool]) -> bool:
        """Tell whether, within the deadline, every worker comes to give an answer of which `holds` is true."""
        until = time.monotonic() + DEADLINE
        good = 0
        while good < IN_A_ROW:
            good = good + 1 if holds(self.get(path)) else 0
            if not good:
                if time.monotonic() > until:
                    return False
                time.sleep(0.02)
        return True

    def log_holds(self, text: str, times: int = 1, within: float = DEADLINE) -> bool:
        """Tell whether the log comes to hold `text` so many times within the deadline, in seconds."""
        until = time.monotonic() + within
        while self.log.read_text("utf-8").count(text) < times:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(root: Path, log: Path, options: Sequence[str] = (), **variables: str) -> Iterator[Served]:
    """Serve the site in `root`, with `options`, until the block ends."""
    port = free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp", "serve", *options],
            cwd=root,
            env=environment(PORT=str(port), **variables),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    served = Served(root, port, log, process)
    try:
        _wait_until_up(served)
        yield served
    finally:
        stop(served)


def stop(served: Served) -> int:
    """End the site as an operator would, with SIGTERM; return its exit code."""
    served.process.terminate()
    try:
        return served.process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(served.process.pid, signal.SIGKILL)  # its own session: the command and its workers
        raise


def _wait_until_up(served: Served) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        assert served.process.poll() is None, served.log.read_text("utf-8")
        with suppress(OSError, HTTPException):
            if served.get("/robots.txt").status in {200, 503}:  # 503: with --notice-only, while the sources are faulty
                return
        time.sleep(0.05)
    raise AssertionError(served.log.read_text("utf-8"))
