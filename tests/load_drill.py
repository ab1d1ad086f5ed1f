"""Readers, editors and faults at once, on a real server: what a load drill does and counts. Asserts nothing itself.

Editions are numbered. An editor writes number N into an article first and into the site's name after it, so that a
sound edition carries the same number twice, or the article's is one ahead. Anything else on a page is a mixed edition.
"""

import random
import re
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tests.functional.serving import Answer, Served
from tests.samples import BERLIN, MOSCOW, REPOSITORY
from tests.visits import BELARUSIAN_LAW, MINSK, RUSSIAN_LAW, SIMFEROPOL

PATH = "/en/drill"
HEAD = 'published = 2026-11-23T08:00:00Z\nauthor = "newsroom"\n'
TEXT = '+++\ntitle = "Edition {number}"\nstandfirst = "In short."\n+++\n\nA body with the words of the drill.\n'

READERS: tuple[tuple[str | None, str, frozenset[str]], ...] = (
    (MOSCOW, "ru-RU,ru;q=0.9", frozenset({RUSSIAN_LAW})),
    (MOSCOW, "en", frozenset({RUSSIAN_LAW})),
    (SIMFEROPOL, "en-US,en;q=0.5", frozenset({RUSSIAN_LAW})),
    (MINSK, "en", frozenset({BELARUSIAN_LAW})),
    (BERLIN, "ru", frozenset({RUSSIAN_LAW})),
    (BERLIN, "en", frozenset()),
    ("192.0.2.1", "en", frozenset({RUSSIAN_LAW, BELARUSIAN_LAW})),
    (None, "en", frozenset({RUSSIAN_LAW, BELARUSIAN_LAW})),
)
"""Address as the proxy tells it, languages, and the notices that this reader must see."""

_TITLE = re.compile(r">Edition (\d+)</h1>")
_NAME = re.compile(r"Daylight (\d+)")


@dataclass
class Figures:
    """What was seen. `wrong` describes each page that must not have been."""

    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    seconds: list[float] = field(default_factory=list)
    editions: set[int] = field(default_factory=set)
    without_notice: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Answers of 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    def percentile(self, part: float) -> float:
        """Return a percentile of the times to the last byte, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000 if ordered else 0.0


def copy_site(root: Path) -> None:
    """Copy the sample site, with an article to change, as edition 0."""
    root.mkdir()
    for name in ("config", "content", "translations", "static"):
        shutil.copytree(REPOSITORY / name, root / name)
    (root / "content/drill").mkdir()
    put(root / "content/drill/article.toml", HEAD)
    write_edition(root, 0)


def put(path: Path, text: str) -> None:
    """Write a file as an editor's program does: aside, then by a rename."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, "utf-8")
    aside.rename(path)


def write_edition(root: Path, number: int) -> None:
    """Write edition `number`: the article, and then the site's name."""
    put(root / "content/drill/en.md", TEXT.format(number=number))
    site = (REPOSITORY / "config/site.toml").read_text("utf-8")
    put(root / "config/site.toml", site.replace('name = "Daylight"', f'name = "Daylight {number}"'))


def spoil_site(root: Path) -> None:
    """Cut site.toml in the middle, as an interrupted upload does."""
    path = root / "config/site.toml"
    path.write_text(path.read_text("utf-8")[: path.stat().st_size // 2], "utf-8")


def spoil_notices(root: Path) -> None:
    """Lose the last notice, and the end of its file."""
    text = (REPOSITORY / "config/notices.toml").read_text("utf-8")
    (root / "config/notices.toml").write_text(text[: text.rindex("[[notice]]")], "utf-8")


def spoil_article(root: Path) -> None:
    """Write an article whose front matter has no end."""
    put(root / "content/drill/en.md", '+++\ntitle = "Half')


def spoil_territories(root: Path) -> None:
    """Make nonsense of the territories."""
    put(root / "config/territories.toml", "territory = [\n")


def mend(root: Path) -> None:
    """Put back the files that are spoiled and not written with each edition."""
    for name in ("config/notices.toml", "config/territories.toml"):
        put(root / name, (REPOSITORY / name).read_text("utf-8"))


SPOILERS: tuple[Callable[[Path], None], ...] = (spoil_site, spoil_notices, spoil_article, spoil_territories)


def edit(root: Path, stop: threading.Event, pause: float, seed: int) -> tuple[int, int]:
    """Write an edition every `pause` seconds, three of ten invalid, until told to stop. Returns how many of each."""
    chance, sound, invalid = random.Random(seed), 0, 0
    while not stop.wait(pause):
        if chance.random() < 0.3:
            chance.choice(SPOILERS)(root)
            invalid += 1
        else:
            mend(root)
            sound += 1
            write_edition(root, sound)
    mend(root)
    write_edition(root, sound + 1)
    return sound + 1, invalid


def judge(answer: Answer, languages: str, needed: frozenset[str], figures: Figures) -> None:
    """Count an answer, and describe it when it is wrong."""
    figures.statuses[answer.status] += 1
    title, names = _TITLE.search(answer.text), set(_NAME.findall(answer.text))
    missing = [notice for notice in needed if f'data-notice="{notice}"' not in answer.text]
    if title and missing:
        figures.wrong.append(f"{languages}: article without {missing}")
    if title and not needed:
        figures.without_notice += "data-notice=" not in answer.text
    if not title:
        return
    number = int(title[1])
    figures.editions.add(number)
    if len(names) != 1 or int(next(iter(names))) not in {number, number - 1}:
        figures.wrong.append(f"a mixed edition: {number} and {sorted(names)}")


def visit(served: Served, number: int, figures: Figures) -> None:
    """Ask once, as one of the readers."""
    address, languages, needed = READERS[number % len(READERS)]
    headers = [("Accept-Language", languages), *([("X-Forwarded-For", address)] if address else [])]
    begun = time.monotonic()
    try:
        answer = served.get(PATH, headers)
    except (OSError, HTTPException):
        figures.lost += 1
        return
    figures.seconds.append(time.monotonic() - begun)
    judge(answer, languages, needed, figures)


def ask_steadily(served: Served, rate: int, seconds: float, figures: Figures) -> None:
    """Ask `rate` times a second, whether or not answers come, over connections of their own."""
    begun = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
            pool.submit(visit, served, number, figures)


@contextmanager
def readers(served: Served, rate: int, figures: Figures) -> Iterator[None]:
    """Let readers ask at a steady rate as long as the block lasts."""
    done = threading.Event()

    def load() -> None:
        while not done.is_set():
            ask_steadily(served, rate, 1.0, figures)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def find_workers(served: Served) -> list[int]:
    """Return the ids of the server's workers, the oldest first."""
    path = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    return sorted(int(text) for text in path.read_text().split())


def find_answering(served: Served, workers: list[int]) -> int | None:
    """Ask once, and find out by the socket which of `workers` it was that answered. None: it was nobody."""
    try:
        with socket.create_connection(("127.0.0.1", served.port), timeout=5) as asking:
            asking.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if not asking.recv(15).startswith(b"HTTP/1.1 200"):
                return None
            return _find_owner(f":{served.port:04X} ", f":{asking.getsockname()[1]:04X} ", workers)
    except OSError:
        return None


def _find_owner(here: str, there: str, workers: list[int]) -> int | None:
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:] if here in row and there in row]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(here.strip())}
    for worker in workers:
        links = [path.readlink().name for path in Path(f"/proc/{worker}/fd").iterdir()]
        if sockets & set(links):
            return worker
    return None


def wait_for_workers(served: Served, count: int, gone: int, within: float = 30.0) -> float:
    """Wait until `count` workers have answered, none of them `gone`. Returns the seconds. Raises TimeoutError."""
    begun, answered = time.monotonic(), set[int]()
    while time.monotonic() - begun < within:
        workers = [worker for worker in find_workers(served) if worker != gone]
        answered = {worker for worker in answered if worker in workers}
        found = find_answering(served, workers)
        if found:
            answered.add(found)
        if len(answered) == count:
            return time.monotonic() - begun
        time.sleep(0.005)
    raise TimeoutError(f"{count} workers were not ready in {within} seconds")
