"""What the front door is measured against, each on the same granian or on nginx: only for benchmarks/front.py.

`hello` is Flask's smallest page. `bare` is a WSGI function that returns exactly the bytes and headers of an article.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

hello = Flask("hello")


@hello.route("/")
def greet() -> str:
    """Say hello."""
    return "hello"


def make_bare() -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Return a WSGI function with the answer that BENCH_ANSWER names: a body, and beside it its headers as JSON."""
    path = Path(os.environ["BENCH_ANSWER"])
    body = path.read_bytes()
    headers = [(name, value) for name, value in json.loads(path.with_suffix(".json").read_text("utf-8"))]

    def bare(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    return bare


def main() -> None:
    """Serve BENCH_RIVAL on PORT, as `webapp serve` serves, until told to stop."""
    bare = os.environ["BENCH_RIVAL"] == "bare"
    Granian(
        "benchmarks.rivals:make_bare" if bare else "benchmarks.rivals:hello",
        factory=bare,
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        websockets=False,
        log_level="warning",  # type: ignore[arg-type]  # granian's enum takes its own value
        http1_settings=HTTP1Settings(header_read_timeout=10_000, keep_alive=True, max_buffer_size=65_536),
    ).serve()


if __name__ == "__main__":
    main()
