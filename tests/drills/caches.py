"""Two readers take turns behind real nginx and Varnish, long: 200 addresses, both orders, 100 times, three set-ups.

Run it with `python -m tests.drills.caches [ROUNDS]`. Needs nginx and varnishd; about ten minutes on two cores.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.functional.proxies import HAS_NGINX, HAS_VARNISH, WITH_CACHE, Sites, nginx, varnish
from tests.functional.turns import find_paths, play

ADDRESSES = 200


def main(rounds: int) -> int:
    """Play all set-ups and print the figures. Returns 1 when a page went to the wrong reader."""
    if not (HAS_NGINX and HAS_VARNISH):
        print("nginx and varnishd are needed: apt install nginx-light varnish")
        return 1
    wrong = 0
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        site = Sites(folder, stack).port(HSTS="0")
        proxies = {
            "nginx": stack.enter_context(nginx(folder, site, None)),
            "nginx with its cache": stack.enter_context(nginx(folder, site, None, WITH_CACHE)),
            "Varnish": stack.enter_context(varnish(folder, site)),
        }
        for title, proxy in proxies.items():
            begun = time.monotonic()
            figures = play(proxy.port, site, find_paths(site, ADDRESSES), rounds)
            seconds = time.monotonic() - begun
            print(
                f"{title}: {figures.addresses} addresses, both orders x {rounds}: {figures.requests:,} pages, "
                f"{figures.without_notice:,} without the notice, {len(figures.wrong)} wrong ({seconds:.0f} s)",
                flush=True,
            )
            for line in figures.wrong[:10]:
                print(f"  {line}")
            wrong += len(figures.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
