"""Start, reload and memory of a large site, made up in a temporary folder.

Run: `python -m benchmarks.startup [--articles 1000] [--locales 27]`. Each text has about 900 words of the sample
articles' own sentences. Times are wall clock of this machine, medians where there is more than one; the sample site,
measured in the same run, stands beside them.
"""

import argparse
import os
import re
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.functional import serving as servers
from tests.functional.serving import Served, serving
from webapp.cli.serve import count_cores
from webapp.sources.articles import reading_ahead
from webapp.sources.keeping import Keeper
from webapp.sources.load import load_edition
from webapp.sources.locales import load_locales

ROOT = Path(__file__).resolve().parent.parent
WORDS = 900
CHANGES = 5
LONGEST = 180.0
"""Seconds that a start, or a change, may take before this gives up."""


def main() -> None:
    """Make the site, measure, print a table."""
    options = argparse.ArgumentParser()
    options.add_argument("--articles", type=int, default=1000)
    options.add_argument("--locales", type=int, default=27)
    given = options.parse_args()
    servers.START = LONGEST
    with tempfile.TemporaryDirectory() as name:
        large, small = Path(name) / "large", Path(name) / "small"
        make_site(small, 0, 0)
        make_site(large, given.articles, given.locales)
        print(f"{given.articles} articles x {given.locales} locales of about {WORDS} words")
        print("| what | this site | sample site |")
        print("|---|---|---|")
        rows = {root: measure(root) for root in (small, large)}
        for what, value in rows[large].items():
            print(f"| {what} | {value} | {rows[small][what]} |")


def make_site(root: Path, articles: int, locales: int) -> None:
    """Copy the sample site, and add articles in the first so many locales."""
    root.mkdir()
    for name in ("config", "content", "translations", "static"):
        shutil.copytree(ROOT / name, root / name)
    texts = {path.stem: path.read_text("utf-8") for path in (ROOT / "content/reading-safely").glob("*.md")}
    tags = list(load_locales(root))[:locales]
    for number in range(articles):
        folder = root / f"content/story-{number:06}"
        folder.mkdir()
        moment = datetime.fromtimestamp(1_600_000_000 + number * 3600, UTC).isoformat()
        head = f'published = {moment}\nauthor = "newsroom"\n'
        (folder / "article.toml").write_text(head, "utf-8")
        for tag in tags:
            source = texts.get(tag, texts["ru" if number % 2 else "en"])
            (folder / f"{tag}.md").write_text(vary(source, number), "utf-8")


def vary(source: str, number: int) -> str:
    """Make a text of about WORDS words out of another, with a number in its title and body."""
    front, _, body = source.partition("\n+++\n")
    front = re.sub(r"picture_\w+ = .*\n?", "", front)
    front = re.sub(r'title = "', f'title = "{number}: ', front)
    words = len(body.split())
    return f"{front}\n+++\n{body * max(1, round(WORDS / words))}\n\nNumber {number}.\n"


def measure(root: Path) -> dict[str, str]:
    """Measure one site."""
    keeper = Keeper()
    today, cores = datetime.now(UTC).date(), count_cores()
    start = timed(lambda: load_first(root, keeper, cores))
    folder = root / "content/reading-safely"
    changes = []
    for number in range(CHANGES):
        path = folder / "en.md"
        path.write_text(path.read_text("utf-8") + f"\nChange {number}.\n", "utf-8")
        changes.append(timed(lambda: load_edition(root, today, keeper=keeper)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        f"read for the first time, by {cores} processes": f"{start:.2f} s",
        "read again after one article changed": f"{statistics.median(changes):.2f} s",
        "memory of the process that reads it again (peak)": f"{peak:.0f} MB",
        **serve(root),
    }


def load_first(root: Path, keeper: Keeper, processes: int) -> None:
    """Load a site as `webapp serve` does."""
    with reading_ahead(root, processes) as crew:
        load_edition(root, datetime.now(UTC).date(), keeper=keeper, crew=crew)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def serve(root: Path) -> dict[str, str]:
    """Start `webapp serve` with two workers, change an article, and look at the memory of a worker."""
    begun = time.perf_counter()
    with serving(root, root.parent / f"{root.name}.log", WORKERS="2") as served:
        up = time.perf_counter() - begun
        path = root / "content/reading-safely/en.md"
        lives = [live(served, path, f"Live {number} {time.time()}.") for number in range(CHANGES)]
        return {
            "`webapp serve` until the first answer": f"{up:.2f} s",
            "an article's change until both workers have it": f"{statistics.median(lives):.2f} s",
            "memory of a worker: resident, and its share of what is shared": memory(served),
            "bodies of articles, once for all workers": shelves(served),
        }


def live(served: Served, path: Path, words: str) -> float:
    """Change an article, and return the seconds until ten answers in a row have it."""
    text = path.read_text("utf-8") + f"\n{words}\n"
    begun, good = time.perf_counter(), 0
    path.write_text(text, "utf-8")
    while good < 10:
        good = good + 1 if words in served.get("/en/reading-safely").text else 0
        if time.perf_counter() - begun > LONGEST:
            raise TimeoutError(words)
        time.sleep(0.01)
    return time.perf_counter() - begun


def memory(served: Served) -> str:
    """Return RSS and PSS of the largest worker."""
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    sizes = []
    for child in children:
        text = Path(f"/proc/{child}/smaps_rollup").read_text()
        sizes.append([int(found) / 1024 for found in re.findall(r"^(?:Rss|Pss):\s+(\d+)", text, re.MULTILINE)])
    return "{:.0f} MB, {:.0f} MB".format(*max(sizes))


def shelves(served: Served) -> str:
    """Return the size of the memory without a name in which bodies lie."""
    places = Path(f"/proc/{served.process.pid}/fd").iterdir()
    sizes = [place.stat().st_size for place in places if place.readlink().name.startswith("memfd:articles")]
    return f"{sum(sizes) / 2**20:.0f} MB"


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    main()
