"""Hostile clients against the real server, while readers go on reading: slow connections, huge headers, strange paths.

`python -m tests.drills.hostile [PATHS] [CONNECTIONS] [SECONDS]`. Default: 100,000 paths, 1,000 slow connections of each
kind for 30 seconds; about six minutes. Needs slowhttptest for the slow ones: apt install slowhttptest.
"""

import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

from tests.functional.serving import Served, serving
from tests.load_drill import Figures, ask_steadily, copy_site, find_workers, readers
from tests.samples import MOSCOW
from tests.visits import RUSSIAN_LAW, the_site

PATHS, CONNECTIONS, SECONDS, RATE = 100_000, 1_000, 30, 20
MOST_GROWN = 100
"""Megabytes by which both workers may grow: they keep pages."""
SLOW = {"slow headers": ["-H"], "slow bodies": ["-B"], "slow reading": ["-X", "-k", "3", "-w", "10", "-y", "20"]}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "G\u00cbT")
BODIES = (b"", b"x" * 100_000, b"\0\xff" * 50, b'{"a":' * 5_000)
PIECES = (
    "en", "ru", "EN", "en-US", "..", ".", "", "%00", "%2e%2e", "%252e", "%c0%ae", "%ff", "%ED%A0%80", "~", ";x=1",
    "search", "feed.xml", "reading-safely", "READING-SAFELY", "text", "share", "share/go", "static", "exit.js", "media",
    "etc/passwd", "config", "site.toml", "about-notice", "undesirable-organization", "leave", "_preview", "%0d%0aX:y",
    "a" * 300, "?", "?q=", "?q=%00", "&&&", "{slug}", "<script>", "%F0%9F%98%80", "\\", ":", "@", "//", "index.php",
)  # fmt: skip
_ARTICLE = re.compile(r"<article|<entry")


def spell(chance: random.Random) -> str:
    """Make up a path: pieces of real ones and of attacks, or any bytes at all."""
    if chance.random() < 0.2:
        return "/" + quote(chance.randbytes(chance.randrange(1, 60)))
    parts = [chance.choice(PIECES) for _ in range(chance.randrange(1, 7))]
    return "/" + "/".join(parts).replace(" ", "%20")


def fuzz(served: Served, count: int, seed: int) -> tuple[Counter[int], list[str]]:
    """Ask for `count` made-up paths as a reader in Moscow. Returns the statuses, and what was wrong."""
    chance, statuses, wrong = random.Random(seed), Counter[int](), list[str]()
    connection = HTTPConnection("127.0.0.1", served.port, timeout=30)
    for _ in range(count):
        path = spell(chance)
        try:
            connection.request("GET", path.encode("utf-8").decode("latin-1"), headers={"X-Forwarded-For": MOSCOW})
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (HTTPException, OSError, ValueError):  # what the client itself refuses to send, or the server to read
            connection.close()
            statuses[0] += 1
            continue
        statuses[response.status] += 1
        if response.status >= 500 or "root:" in text or "end of file" in text:
            wrong.append(f"{response.status} for {path!r}")
        is_article = _ARTICLE.search(text) and "/about-notice/" not in path  # those pages are for everybody
        if is_article and response.status == 200 and f'data-notice="{RUSSIAN_LAW}"' not in text:
            wrong.append(f"an article without its notice at {path!r}")
    connection.close()
    return statuses, wrong


def sweep(served: Served) -> tuple[Counter[int], list[str]]:
    """Ask every route by every method, with bodies that no route takes."""
    statuses, wrong = Counter[int](), list[str]()
    for rule in the_site().url_map.iter_rules():
        path = re.sub(r"<[^>]*locale[^>]*>", "en", rule.rule)
        path = re.sub(r"<[^>]*slug>", "reading-safely", path).replace("<act_text>", "share")
        path = re.sub(r"<[^>]*>", "x", path)
        for method in METHODS:
            for body in BODIES:
                status = send(served, method, path, body)
                statuses[status] += 1
                if status >= 500 or (method.upper() not in {"GET", "HEAD"} and status in {200, 201, 204}):
                    wrong.append(f"{status} for {method} {path} with {len(body)} bytes")
    return statuses, wrong


def send(served: Served, method: str, path: str, body: bytes, extra: bytes = b"") -> int:
    """Send raw bytes over a connection of their own. Returns the status, 0 when there came none."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    with suppress(OSError), socket.create_connection(("127.0.0.1", served.port), timeout=20) as line:
        with suppress(OSError):  # the server may hang up before it has read all
            line.sendall(head.encode() + extra + b"\r\n" + body)
        found = re.match(rb"HTTP/1\.[01] (\d{3})", line.recv(64))
        return int(found[1]) if found else 0
    return 0


def shout(served: Served, times: int) -> tuple[Counter[int], list[str]]:
    """Send headers of a megabyte: one great one, or many small ones. Each is to be refused."""
    kinds = (
        b"X-Great: " + b"x" * 1_000_000 + b"\r\n",
        b"".join(b"X-Many-%d: y\r\n" % number for number in range(60_000)),
        b"Accept-Language: " + b"en," * 300_000 + b"\r\n",
        b"X-Forwarded-For: " + b"192.0.2.1," * 100_000 + b"\r\n",
    )
    statuses = Counter(send(served, "GET", "/en/drill", b"", kinds[number % len(kinds)]) for number in range(times))
    return statuses, [f"{status} for great headers" for status in statuses if status == 200 or status >= 500]


def crawl(served: Served, kind: list[str], connections: int, seconds: int) -> tuple[str, list[str]]:
    """Hold slow connections open with slowhttptest, which begins a new one for each that the server ends."""
    command = ["slowhttptest", *kind, "-c", str(connections), "-r", "500", "-i", "3", "-l", str(seconds), "-v", "0"]
    url = f"http://127.0.0.1:{served.port}/en/drill"
    subprocess.run([*command, "-u", url, "-p", "3"], stdout=subprocess.DEVNULL, timeout=seconds + 120, check=False)
    return f"{connections} connections for {seconds} s", []


def measure_memory(served: Served) -> float:
    """Return the megabytes that all workers hold."""
    texts = [Path(f"/proc/{worker}/status").read_text() for worker in find_workers(served)]
    return sum(int(found[1]) / 1024 for text in texts if (found := re.search(r"VmRSS:\s+(\d+)", text)))


def play(served: Served, title: str, work: Callable[[], tuple[str, list[str]]]) -> list[str]:
    """Play one kind of hostility while readers read; print what came of it. Returns what was wrong."""
    figures = Figures()
    with readers(served, RATE, figures):
        told, wrong = work()
    print(
        f"{title}: {told}; readers meanwhile: {sum(figures.statuses.values())} answers, {figures.failed} of 5xx, "
        f"{figures.lost} lost, {len(figures.wrong)} wrong, p99 {figures.percentile(0.99):.0f} ms",
        flush=True,
    )
    return [*wrong, *judge(figures)]


def count(found: tuple[Counter[int], list[str]]) -> tuple[str, list[str]]:
    """Put statuses into words."""
    statuses, wrong = found
    return f"{sum(statuses.values()):,} requests {dict(sorted(statuses.items()))}, {len(wrong)} wrong", wrong


def play_all(served: Served, paths: int, connections: int, seconds: int) -> list[str]:
    """Play every kind. Returns what was wrong."""
    faults = play(served, "fuzzed paths", lambda: count(fuzz(served, paths, 11)))
    faults += play(served, "routes x methods x bodies", lambda: count(sweep(served)))
    faults += play(served, "headers of a megabyte", lambda: count(shout(served, 200)))
    for title, kind in SLOW.items():
        if shutil.which("slowhttptest") is None:
            faults.append(f"{title}: not played, slowhttptest is not installed")
            continue
        faults += play(served, title, partial(crawl, served, kind, connections, seconds))
    return faults


def main(paths: int, connections: int, seconds: int) -> int:
    """Play all kinds and print the figures. Returns 1 when anything was wrong."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "site"
        copy_site(root)
        with serving(root, Path(name) / "log", WORKERS="2", TRUSTED_PROXIES="127.0.0.1/32") as served:
            ask_steadily(served, RATE, 3, Figures())
            before = measure_memory(served)
            faults = play_all(served, paths, connections, seconds)
            after = measure_memory(served)
    print(f"memory of both workers: {before:.0f} MB before, {after:.0f} MB after")
    for line in faults[:20]:
        print(f"  {line}")
    return 1 if faults or after > before + MOST_GROWN else 0


def judge(figures: Figures) -> list[str]:
    """Say what readers should not have met."""
    slow = figures.percentile(0.99)
    found = [*figures.wrong, *([f"{figures.failed} answers of 5xx"] if figures.failed else [])]
    found += [f"{figures.lost} requests lost"] if figures.lost else []
    return [*found, *([f"p99 of {slow:.0f} ms"] if slow >= 1000 else [])]


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(given + [PATHS, CONNECTIONS, SECONDS][len(given) :])))
