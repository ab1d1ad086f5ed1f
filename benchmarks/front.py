"""Measures the front door against its rivals in one run, and prints the table of docs/performance.md.

Run from the site's folder: `python -m benchmarks.front [--write docs/performance.md]`. Takes about six minutes. The
server is bound to one core and wrk to another, on the same machine: ratios count, not figures. Needs wrk; nginx with
its geoip2 module if there is one. Rounds alternate between the rivals, and the median of each counts.
"""

import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.inside import NOTED, PATH, inside, save_answer, sizes
from benchmarks.load import SECONDS, Memory, Rate, find_worker, free_port, measure, measure_memory, python, running
from benchmarks.nginx import NGINX, write_nginx
from benchmarks.picture import draw
from benchmarks.profiling import SECONDS as LOOKING
from benchmarks.profiling import profile
from benchmarks.rows import Row, at_least, at_most, to_table
from benchmarks.startup import make_site
from webapp.sources.locales import load_locales

ROUNDS = 3
MARK = "<!-- figures -->"
PICTURE = "pictures/performance.svg"
HERE = Path(__file__).parent
STORIES, LANGUAGES, MEMORY = 1000, 27, 150
"""The large site whose worker's memory is measured, and the goal in megabytes."""
FLOOD, READERS = 36, 4
"""Connections of junk and of readers: nine to one."""


def main() -> None:
    """Measure everything, print the table; write it into a document, and the picture beside it, when asked to."""
    where = watch()
    rows = [*compare(), *flood(), *inside(), *sizes(), *memory()]
    text = f"""{describe_run()}

![For each goal, how much of it was reached]({PICTURE})

{to_table(rows)}

## Where the time goes

```
{where}```
"""
    print(text)
    if "--write" in sys.argv:
        path = Path(sys.argv[sys.argv.index("--write") + 1])
        before, _, _ = path.read_text("utf-8").partition(MARK)
        path.write_text(f"{before}{MARK}\n\n{text}", "utf-8")
        title = f"Each goal of docs/performance.md, and the part of it reached; {datetime.now(UTC).date()}"
        (path.parent / PICTURE).write_text(draw(rows, title), "utf-8")


def serving(stack: ExitStack, **more: str) -> tuple[str, int]:
    """Start the site with one worker on one core, until the stack is left. Returns its base and process id."""
    port = free_port()
    variables = {"TRUSTED_PROXIES": "127.0.0.1/32", "WORKERS": "1", "PYTHONPATH": str(Path.cwd()), **more}
    return f"http://127.0.0.1:{port}", stack.enter_context(running(python("webapp serve"), port, **variables))


def compare() -> Iterator[Row]:
    """Requests a second of each rival on one core, their p99, and two workers."""
    with ExitStack() as stack:
        urls = start_rivals(stack)
        for url in urls.values():
            measure(url, NOTED)  # warm
        rounds: dict[str, list[Rate]] = {name: [] for name in urls}
        for _ in range(ROUNDS):
            for name, url in urls.items():
                rounds[name].append(measure(url, NOTED))
        assert not any(it.bad for found in rounds.values() for it in found), "an answer was an error"
        rates = {name: statistics.median(it.requests for it in found) for name, found in rounds.items()}
        what = "article with notice, Brotli, 1 core, against"
        yield at_least(f"{what} Flask", rates["door"], rates["hello"], "“hello” on granian", 5)
        yield at_least(f"{what} WSGI", rates["door"], rates["bare"], "bare function, same bytes", 0.7)
        if NGINX:
            yield at_least(f"{what} nginx", rates["door"], rates["nginx"], "with geoip2, static files", 0.5)
        yield half_rate(urls, rates)
        p99 = {name: statistics.median(it.p99 for it in rounds[name]) for name in ("door", "hello")}
        yield at_most("p99, 32 connections at full rate", p99["door"], p99["hello"], "Flask “hello”", 1)
    yield two_workers(rates["door"])


def start_rivals(stack: ExitStack) -> dict[str, str]:
    """Start the site and what it is measured against. Returns what to ask of each."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    answer = save_answer(folder)
    urls = {"door": serving(stack)[0] + PATH}
    for name, path in (("hello", "/"), ("bare", PATH)):
        port = free_port()
        more = {"BENCH_RIVAL": name, "BENCH_ANSWER": str(answer), "PYTHONPATH": str(Path.cwd())}
        stack.enter_context(running(python("benchmarks.rivals"), port, **more))
        urls[name] = f"http://127.0.0.1:{port}{path}"
    if NGINX:
        port = free_port()
        stack.enter_context(running(write_nginx(folder, port, answer, PATH), port))
        urls["nginx"] = f"http://127.0.0.1:{port}{PATH}"
    return urls


def half_rate(urls: dict[str, str], rates: dict[str, float]) -> Row:
    """p99 where each of two is asked half as often as it can answer."""
    found: dict[str, list[float]] = {"door": [], "hello": []}
    for _ in range(ROUNDS):
        for name, times in found.items():
            times.append(measure(urls[name], NOTED, rate=rates[name] / 2).p99)
    door, hello = (statistics.median(times) for times in found.values())
    return at_most("p99 at half of the maximum rate", door, hello, "Flask “hello” at half of its own", 1)


def two_workers(one: float) -> Row:
    """Requests a second of two workers on two cores."""
    port = free_port()
    variables = {"TRUSTED_PROXIES": "127.0.0.1/32", "WORKERS": "2", "PYTHONPATH": str(Path.cwd())}
    with running(python("webapp serve"), port, "0,1", **variables):
        url = f"http://127.0.0.1:{port}{PATH}"
        measure(url, NOTED, "0,1")
        two = measure(url, NOTED, "0,1").requests
    what = "article, 2 workers on 2 cores that the load shares"
    return Row(what, f"{two:,.0f}/s", f"1 worker: {one:,.0f}/s", f"{two / one:.2f} ×")


def flood() -> Iterator[Row]:
    """p99 of readers alone, and while nine of ten requests are junk: distinct paths and distinct headers."""
    with ExitStack() as stack:
        base, pid = serving(stack)
        url, junk = base + PATH, HERE / "junk.lua"
        full = measure(url, NOTED).requests
        measure(url, NOTED, script=junk)
        before = measure_memory(pid)
        calm, busy = [], []
        for _ in range(ROUNDS):
            calm.append(measure(url, NOTED, connections=READERS, rate=full / 20).p99)
            with background(lambda: measure(url, {}, script=junk, connections=FLOOD, rate=full * 9 / 20, nice=10)):
                busy.append(measure(url, NOTED, connections=READERS, rate=full / 20).p99)
        what = "p99 of readers, 9 of 10 requests are junk, half rate in all"
        yield at_most(what, statistics.median(busy), statistics.median(calm), "without the junk", 2)
        alone = measure(url, NOTED, connections=READERS).p99
        for kind, script in (("junk", junk), ("searches", HERE / "searches.lua")):
            with background(partial(measure, url, {}, script=script, connections=FLOOD, nice=10)):
                among = measure(url, NOTED, connections=READERS).p99
            what = f"p99 of {READERS} readers against {FLOOD} connections of {kind}, all as fast as they can"
            yield Row(what, f"{among:.1f} ms", f"without them: {alone:.1f} ms", f"{among / alone:.1f} ×")
        grown = measure_memory(pid).resident - before.resident
    yield Row("memory that the flood added", f"{grown:.1f} MB", "—", "goal < 10 MB", 10 / max(grown, 1))


def background(work: Callable[[], Any]) -> AbstractContextManager[None]:
    """Run `work` in a thread during a block, which ends after it."""

    @contextmanager
    def scope() -> Iterator[None]:
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.5)
        yield
        thread.join()

    return scope()


def memory() -> Iterator[Row]:
    """Memory of a worker of a large site after a hundred thousand mixed requests, and after a million."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "site"
        make_site(root, STORIES, LANGUAGES)
        tags = ",".join(list(load_locales(root))[:LANGUAGES])
        base, pid = serving(stack, WEBAPP_ROOT=str(root))
        asking = {"BENCH_STORIES": str(STORIES), "BENCH_TAGS": tags}
        first = ask_often(base, 100_000, pid, asking)
        last = ask_often(base, 900_000, pid, asking)
    site = f"memory of a worker, {STORIES:,} articles in {LANGUAGES} languages"
    drift = (last.resident - first.resident) / first.resident * 100
    own = f"{first.resident:.0f} MB resident, its share {first.share:.0f} MB"
    yield Row(f"{site}, after 100,000 mixed requests", own, "—", f"share, goal ≤ {MEMORY} MB", MEMORY / first.share)
    own = f"{last.resident:.0f} MB resident, its share {last.share:.0f} MB"
    ratio = f"drift {drift:+.1f} % (goal < 5 %)"
    yield Row(f"{site}, after 1,000,000", own, f"after 100,000: {first.resident:.0f} MB", ratio, 5 / max(drift, 1))


def ask_often(base: str, count: int, pid: int, asking: Mapping[str, str]) -> Memory:
    """Ask about `count` times, and return the memory of the worker then."""
    asked = 0.0
    while asked < count:
        variables = {**asking, "BENCH_SEED": str(int(count + asked))}
        asked += measure(f"{base}/", {}, script=HERE / "mixed.lua", variables=variables).requests * SECONDS
    return measure_memory(pid)


def watch() -> str:
    """Where the time of a worker goes that answers as often as it can."""
    with ExitStack() as stack:
        base, pid = serving(stack)
        measure(base + PATH, NOTED)
        with background(lambda: [measure(base + PATH, NOTED) for _ in range(LOOKING // SECONDS + 1)]):
            return profile(find_worker(pid))


def describe_run() -> str:
    """Say when, where and with what."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("flask", "granian", "maxminddb", "brotli"))
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    python_version = f"Python {platform.python_version()}"
    machine = f"{cores} cores, load average {load:.1f}; load from the same machine."
    return f"{datetime.now(UTC).date()}, {python_version}, {versions}; {machine}"


if __name__ == "__main__":
    main()
