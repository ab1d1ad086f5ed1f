"""Ten million readers, long: what the site leaves out, judged by an independent oracle.

`python -m tests.drills.decisions [READERS] [PAGES]` works in two processes. Each finished batch is written down in
artefacts/decisions.jsonl, and a run that was ended goes on from there; remove the file to begin anew.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.decision_drill import BATCH, run_batch, run_pages
from tests.samples import REPOSITORY

READERS, PAGES, PROCESSES = 10_000_000, 50_000, 2
PAGE_BATCH = 2_500
KEPT = REPOSITORY / "artefacts" / "decisions.jsonl"
COLUMNS = ("readers", "left out", "shown", "shown without need")


def run(kind: str, number: int) -> tuple[str, int, Counter[str], list[str]]:
    """Run one batch in a process of its own."""
    outcome = run_batch(number) if kind == "readers" else run_pages(number, PAGE_BATCH)
    return kind, number, outcome.tally, outcome.wrong


def read_kept() -> tuple[set[tuple[str, int]], Counter[str], list[str]]:
    """Return the batches of earlier runs, and their sums."""
    done: set[tuple[str, int]] = set()
    tally: Counter[str] = Counter()
    wrong: list[str] = []
    for line in KEPT.read_text("utf-8").splitlines() if KEPT.exists() else ():
        kind, number, counts, faults = json.loads(line)
        done.add((kind, number))
        tally.update(counts)
        wrong += faults
    return done, tally, wrong


def main(readers: int, pages: int) -> int:
    """Run every batch that is not done yet and print the sums. Returns 1 when a notice was left out wrongly."""
    KEPT.parent.mkdir(exist_ok=True)
    done, tally, wrong = read_kept()
    jobs = [("readers", number) for number in range(-(-readers // BATCH))]
    jobs += [("pages", number) for number in range(-(-pages // PAGE_BATCH))]
    begun, before = time.monotonic(), tally["all / readers"]
    with ProcessPoolExecutor(PROCESSES) as pool, KEPT.open("a", encoding="utf-8") as kept:
        for job in as_completed([pool.submit(run, *job) for job in jobs if job not in done]):
            kind, number, counts, faults = job.result()
            kept.write(json.dumps([kind, number, counts, faults]) + "\n")
            kept.flush()
            tally.update(counts)
            wrong += faults
            if kind == "readers" and number % 20 == 19:
                rate = (tally["all / readers"] - before) / (time.monotonic() - begun)
                print(f"{tally['all / readers']:,} readers, {rate:,.0f} a second, {len(wrong)} wrong", flush=True)
    print_table(tally)
    for line in wrong[:20]:
        print(line)
    total, without = tally["all / readers"] + tally["pages / readers"], tally["all / left out"]
    print(f"{total:,} readers, {without:,} notices left out with a proof, {len(wrong)} unproven omissions")
    return 1 if wrong else 0


def print_table(tally: Counter[str]) -> None:
    """Print a line for each class of readers."""
    print(f"{'':45} {COLUMNS[0]:>14} {COLUMNS[1]:>14} {COLUMNS[2]:>14}   {COLUMNS[3]}")
    for label in sorted({key.rpartition(" / ")[0] for key in tally}):
        counts: Iterable[int] = (tally[f"{label} / {column}"] for column in COLUMNS)
        print(f"{label:45} " + " ".join(f"{count:14,}" for count in counts))


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(given + [READERS, PAGES][len(given) :])))
