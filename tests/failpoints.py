"""An exception at one chosen call of a request: into our own code, out of it into a library, or within a template.

Python's profiler sees every call, and what it raises comes out of that call. Injects and looks; expects nothing.
"""

import sys
from _thread import LockType, RLock
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import CO_GENERATOR
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

FAULTS: tuple[Callable[[], Exception], ...] = (
    lambda: RuntimeError("injected"),
    lambda: KeyError("injected"),
    lambda: ValueError("injected"),
    lambda: OSError(5, "injected"),
    lambda: MemoryError(),
    lambda: RecursionError("injected"),
    lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "injected"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came out of a request. `status` is 0 when the exception left the application: the server answers then."""

    status: int
    body: str
    calls: int
    place: str = ""


def ask(app: Flask, path: str, headers: Mapping[str, str], fail_at: int = 0) -> Seen:
    """Ask for a page; at call number `fail_at` (from 1) an exception is raised. 0 raises none and counts the calls."""
    environ = create_environ(path)
    environ["REMOTE_ADDR"] = "127.0.0.1"
    environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    probe = _Probe(fail_at)
    sys.setprofile(probe)
    try:
        body, status, _ = run_wsgi_app(app, environ, buffered=True)
    except Exception:  # noqa: BLE001 - the server's part: it ends the request without an article
        return Seen(0, "", probe.calls, probe.place)
    finally:
        sys.setprofile(None)
    return Seen(int(status.split()[0]), b"".join(body).decode(), probe.calls, probe.place)


class _Probe:
    """Counts calls that our code or a template makes or receives, and fails one of them."""

    def __init__(self, fail_at: int) -> None:
        self.calls, self.place, self._fail_at = 0, "", fail_at

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event not in {"call", "c_call"} or not _is_ours(frame.f_code.co_filename) or _cannot_fail(frame, argument):
            return
        self.calls += 1
        if self.calls == self._fail_at:
            self.place = f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno} {frame.f_code.co_name}"
            raise FAULTS[self._fail_at % len(FAULTS)]()


def _cannot_fail(frame: FrameType, argument: Any) -> bool:
    """A lock is let go without fail. A generator that goes on is no call, and would not even reach its `finally`."""
    holder = getattr(argument, "__self__", None)
    return isinstance(holder, LockType | RLock) or (argument is None and bool(frame.f_code.co_flags & CO_GENERATOR))


def _is_ours(file: str) -> bool:
    return "/webapp/" in file or file.endswith((".html", ".xml", "<template>"))
