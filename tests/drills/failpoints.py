"""An exception at every call of a request, long. Run: python -m tests.drills.failpoints [FAILURES]

Goes round all pages and readers, with pages made anew and with kept ones, each call in turn, until so many requests
have failed (1,000 for each pair).
"""

import logging
import sys
import time
import warnings

from tests.failpoint_drill import Tally, every_pair, run
from tests.visits import open_site

FAILURES, STRIDE = 48_000, 97


def main(failures: int) -> int:
    """Print what became of them. Returns 1 when a page went out without its notice."""
    logging.disable(logging.CRITICAL)  # each failure is logged, as it should be
    warnings.simplefilter("ignore")
    apps, tally, begun = (open_site(kept_mb=0), open_site()), Tally(), time.monotonic()
    first = 1
    while tally.seen["requests"] < failures and first <= STRIDE:
        for path, reader in every_pair():
            for app in apps:
                run(app, path, reader, STRIDE, tally, first)
        first += 1
    for outcome, count in sorted(tally.seen.items()):
        print(f"{outcome:40} {count:10,}")
    for line in tally.wrong[:20]:
        print(line)
    print(f"{len(tally.wrong)} pages without a notice that was needed ({time.monotonic() - begun:.0f} s)")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FAILURES))
