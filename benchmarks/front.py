"""Measures the front door against its rivals in one run, and prints the table of docs/performance.md.

Run from the site's folder: `python -m benchmarks.front [--write docs/performance.md]`. Takes a few minutes. The server
is bound to one core and wrk to another, on the same machine: ratios count, not figures. Needs wrk; nginx with its
geoip2 module if there is one. Rounds alternate between the rivals, and the median of each counts.
"""

import asyncio
import cProfile
import io
import json
import os
import platform
import pstats
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, cast

from benchmarks.load import Rate, free_port, measure, python, resident, running
from benchmarks.nginx import NGINX, write_nginx
from webapp.app import create_app, to_server
from webapp.core.decide import decide
from webapp.core.model import LocaleTag
from webapp.settings import Settings
from webapp.site.front import Door
from webapp.site.reader import read_reader
from webapp.site.state import Clock, SiteState

PATH = "/ru/reading-safely"
NOTED = {
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Upgrade-Insecure-Requests": "1",
    "X-Forwarded-For": "77.88.8.8",
}
"""A reader in Russia, as her browser and the proxy send it. The address is a real network: no other can be located."""
ROUNDS = 3
MARK = "<!-- figures -->"


def main() -> None:
    """Measure everything, print the table, and write it into a document when asked to."""
    rows = [*compare(), *flood(), *inside(), *memory()]
    table = to_table(rows)
    text = f"{describe_run()}\n\n{table}\n\n## Where the time goes\n\n```\n{profile()}```\n"
    print(text)
    if "--write" in sys.argv:
        path = Path(sys.argv[sys.argv.index("--write") + 1])
        before, _, _ = path.read_text("utf-8").partition(MARK)
        path.write_text(f"{before}{MARK}\n\n{text}", "utf-8")


Row = tuple[str, str, str, str, str]
"""What, its figure, the reference's, the ratio with its goal, and whether it was met."""


def judged(what: str, ours: float, theirs: float, reference: str, goal: float) -> Row:
    """A row of requests a second against a reference."""
    ratio = ours / theirs
    met = "yes" if ratio >= goal else "**no**"
    return what, f"{ours:,.0f}/s", f"{reference}: {theirs:,.0f}/s", f"{ratio:.2f} × (goal ≥ {goal} ×)", met


def compare() -> Iterator[Row]:
    """Requests a second of each rival on one core, and of two workers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        answer = save_answer(folder)
        variables = {"TRUSTED_PROXIES": "127.0.0.1/32", "PYTHONPATH": str(Path.cwd())}
        ports = {name: free_port() for name in ("door", "hello", "bare", "nginx")}
        stack.enter_context(running(python("webapp serve"), ports["door"], WORKERS="1", **variables))
        for name in ("hello", "bare"):
            more = {"BENCH_RIVAL": name, "BENCH_ANSWER": str(answer), **variables}
            stack.enter_context(running(python("benchmarks.rivals"), ports[name], **more))
        if NGINX:
            stack.enter_context(running(write_nginx(folder, ports["nginx"], answer, PATH), ports["nginx"]))
        urls = {name: f"http://127.0.0.1:{port}{'/' if name == 'hello' else PATH}" for name, port in ports.items()}
        wanted = [name for name in urls if name != "nginx" or NGINX]
        for name in wanted:
            measure(urls[name], NOTED)  # warm
        rounds: dict[str, list[Rate]] = {name: [] for name in wanted}
        for _ in range(ROUNDS):
            for name in wanted:
                rounds[name].append(measure(urls[name], NOTED))
        rates = {name: statistics.median(it.requests for it in found) for name, found in rounds.items()}
        assert not any(it.bad for found in rounds.values() for it in found), "an answer was an error"
        what = "article with notice, Brotli, 1 worker on 1 core"
        yield judged(what, rates["door"], rates["hello"], "Flask “hello” on granian", 5)
        yield judged("same", rates["door"], rates["bare"], "bare WSGI function, same bytes", 0.7)
        if NGINX:
            yield judged("same", rates["door"], rates["nginx"], "nginx + geoip2, static files", 0.5)
        p99 = {name: statistics.median(it.p99 for it in rounds[name]) for name in ("door", "hello")}
        met = "yes" if p99["door"] < p99["hello"] else "**no**"
        yield (
            "p99, 32 connections at full rate",
            f"{p99['door']:.1f} ms",
            f"Flask “hello”: {p99['hello']:.1f} ms",
            "lower",
            met,
        )
        port = free_port()
        with running(python("webapp serve"), port, "0,1", WORKERS="2", **variables):
            url = f"http://127.0.0.1:{port}{PATH}"
            measure(url, NOTED, "0,1")
            two = measure(url, NOTED, "0,1").requests
        yield (
            "same, 2 workers on 2 cores that the load shares",
            f"{two:,.0f}/s",
            f"1 worker: {rates['door']:,.0f}/s",
            f"{two / rates['door']:.2f} ×",
            "reported",
        )


def save_answer(folder: Path) -> Path:
    """Write the answer that a reader in Russia gets into files: body, headers as JSON."""
    _, door, _ = open_door()
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "REMOTE_ADDR": "127.0.0.1", **to_cgi(NOTED)}
    started: list[Any] = []

    def start(*given: Any) -> Any:
        started.append(given)

    for _ in range(2):
        body = b"".join(door(environ_of(environ), start))
        door.packer.wait(20)
    path = folder / "answer.br"
    path.write_bytes(body)
    path.with_suffix(".json").write_text(json.dumps(started[-1][1]), "utf-8")
    return path


def environ_of(given: dict[str, str]) -> dict[str, Any]:
    """Fill what WSGI wants beside."""
    return {
        "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        **given,
    }  # fmt: skip


def to_cgi(headers: dict[str, str]) -> dict[str, str]:
    """Name headers as CGI does."""
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}


def open_door(cache_mb: int = 64) -> tuple[SiteState, Door, Any]:
    """Open the site of this folder behind a trusted loopback, in this process."""
    settings = Settings(root=Path.cwd(), trusted_proxies=(ip_network("127.0.0.1/32"),), page_cache_mb=cache_mb)
    app = create_app(settings, Clock(), watch=False)
    return app.extensions["webapp"], cast(Door, app.wsgi_app), app


def flood() -> Iterator[Row]:
    """p99 of readers alone, and while nine of ten requests are junk: distinct paths and distinct headers."""
    script = Path(__file__).with_name("junk.lua")
    variables = {"TRUSTED_PROXIES": "127.0.0.1/32", "WORKERS": "1", "PYTHONPATH": str(Path.cwd())}
    port = free_port()
    with running(python("webapp serve"), port, **variables) as pid, ExitStack() as stack:
        url = f"http://127.0.0.1:{port}{PATH}"
        measure(url, NOTED)
        alone = measure(url, NOTED, connections=4)
        before = resident(pid)
        junk = stack.enter_context(background(lambda: measure(url, {}, script=script, connections=36)))
        among = measure(url, NOTED, connections=4)
        junk()
        grown = resident(pid) - before
    ratio = among.p99 / alone.p99
    yield (
        "p99 of 4 readers during a flood of 36 connections, all junk",
        f"{among.p99:.1f} ms",
        f"without: {alone.p99:.1f} ms",
        f"{ratio:.1f} × (goal ≤ 2 ×)",
        "yes" if ratio <= 2 else "**no**",
    )
    yield ("memory that the flood added", f"{grown:.1f} MB", "—", "flat", "yes" if grown < 10 else "**no**")


def background(work: Callable[[], Any]) -> Any:
    """Run `work` in a thread; the value waits for it."""

    @contextmanager
    def scope() -> Iterator[Callable[[], None]]:
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.5)
        yield thread.join
        thread.join()

    return scope()


def inside() -> Iterator[Row]:
    """Parts of a request without a server, in microseconds of processor time."""
    shared, _, app = open_door()
    edition, settings = shared.store.current, shared.settings
    headers = {name.lower(): (value,) for name, value in NOTED.items()}
    reader, _ = read_reader(edition, "127.0.0.1", headers, settings.trusted_proxies, (LocaleTag("ru"),))
    now, address = shared.clock.now(), ip_address("77.88.8.8")
    finder = edition.finder
    assert finder is not None
    yield timed("`decide` alone", lambda: decide(edition, reader, now), 5)
    yield timed("territory map `find` alone", lambda: finder.find(address), 3)
    yield timed("whole front door without the server", asgi_request(app), 25)
    _, fresh, _ = open_door(0)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "REMOTE_ADDR": "127.0.0.1", **to_cgi(NOTED)}

    def start(*_: Any) -> Any: ...

    def miss() -> None:
        b"".join(fresh(environ_of(environ), start))

    yield timed("cache miss: Flask renders, gates and packs an article", miss, 5000, 200)


def timed(what: str, call: Callable[[], object], goal: float, count: int = 5000) -> Row:
    """A row of the median of several rounds."""
    call()
    rounds = []
    for _ in range(7):
        begin = time.process_time()
        for _ in range(count):
            call()
        rounds.append((time.process_time() - begin) / count * 1e6)
    found = statistics.median(rounds)

    return what, in_words(found), "—", f"goal ≤ {in_words(goal)}", "yes" if found <= goal else "**no**"


def in_words(microseconds: float) -> str:
    """Write a time with its unit."""
    return f"{microseconds / 1000:.1f} ms" if microseconds >= 1000 else f"{microseconds:.1f} µs"


def asgi_request(app: Any) -> Callable[[], None]:
    """Return a function that asks the door over ASGI for a kept page."""
    site = to_server(app)
    scope = {
        "type": "http", "http_version": "1.1", "server": ("127.0.0.1", "80"), "client": ("127.0.0.1", "50000"),
        "scheme": "http", "raw_path": PATH.encode(), "query_string": b"", "method": "GET",
        "headers": [(name.lower().encode(), value.encode()) for name, value in NOTED.items()],
    }  # fmt: skip

    async def send(_message: object) -> None: ...

    async def receive() -> None: ...

    asyncio.run(cast(Any, site(scope, receive, send)))  # made and kept

    def request() -> None:
        try:
            site(scope, receive, send).send(None)
        except StopIteration:
            return
        raise AssertionError("a kept page had to wait")

    return request


def memory() -> Iterator[Row]:
    """Memory of a worker after mixed requests, and its drift over more of them."""
    variables = {"TRUSTED_PROXIES": "127.0.0.1/32", "WORKERS": "1", "PYTHONPATH": str(Path.cwd())}
    port = free_port()
    script = Path(__file__).with_name("mixed.lua")
    with running(python("webapp serve"), port, **variables) as pid:
        url = f"http://127.0.0.1:{port}/"
        for _ in range(3):
            measure(url, {}, script=script)
        before = resident(pid)
        for _ in range(5):
            measure(url, {}, script=script)
        after = resident(pid)
    drift = (after - before) / before * 100
    yield (
        "memory of a worker with this site, mixed requests",
        f"{after:.0f} MB",
        f"{before:.0f} MB earlier",
        f"drift {drift:+.1f} % (goal < 5 %)",
        "yes" if drift < 5 else "**no**",
    )


def profile() -> str:
    """Where the time of a kept page goes, by cProfile: shares count, since it slows small functions most."""
    _, _, app = open_door()
    request = asgi_request(app)
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(10_000):
        request()
    profiler.disable()
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(18)
    lines = [re.sub(r"\S*/(?=\w+\.py)", "", line) for line in out.getvalue().splitlines() if "000" in line]
    return "\n".join(line.rstrip() for line in lines[1:]) + "\n"


def to_table(rows: list[Row]) -> str:
    """Return rows as a Markdown table."""
    lines = ["| what | here | reference, same run | ratio or goal | met |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def describe_run() -> str:
    """Say when, where and with what."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("flask", "granian", "maxminddb", "brotli"))
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    python_version = f"Python {platform.python_version()}"
    machine = f"{cores} cores, load average {load:.1f}; load from the same machine."
    return f"{datetime.now(UTC).date()}, {python_version}, {versions}; {machine}"


if __name__ == "__main__":
    main()
