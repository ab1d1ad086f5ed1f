"""Fifty thousand damaged translations in every language of the site. Run: python -m tests.drills.catalogs [COUNT]"""

import random
import sys
import time

from tests.catalog_drill import Tally, run_round
from tests.visits import edition_of


def main(wanted: int) -> None:
    """Damage rounds of catalogs until there are enough mutants, and print what became of them."""
    tally, rng, start = Tally(), random.Random(1), time.monotonic()
    while sum(tally.made.values()) < wanted:
        run_round(rng, tally, edition_of().locales)
        print(f"{sum(tally.made.values())} mutants, {tally.pages} pages, {time.monotonic() - start:.0f} s", flush=True)
    for kind, count in sorted(tally.made.items()):
        print(f"{kind:24} {count:6} made {tally.withdrawn[kind]:6} withdrawn")
    made, withdrawn = sum(tally.made.values()), sum(tally.withdrawn.values())
    print(f"{made} damaged words: {withdrawn} withdrawn, {made - withdrawn} harmless; {tally.pages} pages, none failed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
