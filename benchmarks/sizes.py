"""Sites of other sizes, for benchmarks/front.py: this folder's edition, multiplied in memory.

What is read from disk and how fast is benchmarks/startup.py's matter. Here only the front door's time counts: it must
not grow with the number of notices, articles or languages. Rounds alternate between two sizes, in one process, and the
processor's time is taken, so that other work on the machine does not count.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from webapp.core.model import Edition, LocaleTag, NoticeId, Slug, TerritoryId, TerritoryRule

Request = Callable[[], None]

ROUNDS, REQUESTS = 21, 500


def with_notices(edition: Edition, count: int) -> Edition:
    """Return an edition with `count` notices: its own, and copies for readers in occupied Ukraine alone."""
    there = TerritoryId("occupied-ukraine")
    model = edition.notices[0]
    copies = (
        replace(
            model,
            id=NoticeId(f"copy-{number}"),
            rules=(TerritoryRule("there", there),),
        )
        for number in range(count)
    )
    return replace(edition, digest=f"{count} notices", notices=tuple(islice((*edition.notices, *copies), count)))


def with_articles(edition: Edition, count: int) -> Edition:
    """Return an edition with its own articles and copies of one under other names, `count` in all."""
    articles = dict(edition.articles)
    model = next(iter(articles.values()))
    for number in range(count - len(articles)):
        slug = Slug(f"copy-{number}")
        articles[slug] = replace(model, slug=slug)
    return replace(edition, digest=f"{count} articles", articles=articles)


def with_locales(edition: Edition, count: int, kept: LocaleTag) -> Edition:
    """Return an edition with at most `count` of its locales, `kept` and the default one among them."""
    tags = islice(dict.fromkeys((kept, edition.site.default_locale, *edition.locales)), count)
    locales = {tag: edition.locales[tag] for tag in tags}
    return replace(edition, digest=f"{count} locales", locales=locales)


def compare_pace(small: Request, large: Request) -> tuple[float, float]:
    """Return requests a second of processor time of each, the median of rounds that alternate."""
    taken: tuple[list[float], list[float]] = [], []
    for _ in range(ROUNDS):
        for request, times in zip((small, large), taken, strict=True):
            begin = time.process_time()
            for _ in range(REQUESTS):
                request()
            times.append((time.process_time() - begin) / REQUESTS)
    return 1 / statistics.median(taken[0]), 1 / statistics.median(taken[1])
