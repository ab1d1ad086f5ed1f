"""Pages asked for while one call after another fails: what comes out never lacks the notice beside the article."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask import Flask

from tests.failpoints import Seen, ask
from tests.samples import BERLIN, MOSCOW
from tests.visits import SLUG, articles_in, edition_of, notices_in

UNKNOWN: Mapping[str, str] = {"Accept-Language": "en"}
PATHS = (f"/en/{SLUG}", f"/ru/{SLUG}", f"/en/{SLUG}/text", "/en/", "/uk/feed.xml", "/en/search?q=law")
READERS: Mapping[str, Mapping[str, str]] = {
    "Moscow": {"X-Forwarded-For": MOSCOW, "Accept-Language": "en"},
    "Berlin": {"X-Forwarded-For": BERLIN, "Accept-Language": "en"},
    "a reader of Russian": {"X-Forwarded-For": BERLIN, "Accept-Language": "ru"},
    "unknown": UNKNOWN,
}


@dataclass(slots=True)
class Tally:
    """What became of the failed requests. `wrong` describes each page with an article and without its notice."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def run(app: Flask, path: str, reader: str, stride: int, tally: Tally, first: int = 1) -> None:
    """Fail every `stride`-th call of one reader's request, from call `first` on."""
    whole = _settled(app, path, READERS[reader])
    needed = notices_in(whole.body)
    for number in range(first, whole.calls + 1, stride):
        seen = ask(app, path, READERS[reader], number)
        tally.seen["requests"] += 1
        tally.seen[_outcome(seen)] += 1
        if articles_in(seen.body, edition_of(app)) and not notices_in(seen.body) >= needed:
            tally.wrong.append(f"{reader} at {path}, call {number} ({seen.place}): {needed - notices_in(seen.body)}")
    again = ask(app, path, READERS[reader])
    if notices_in(again.body) != needed or again.status != whole.status:
        tally.wrong.append(f"{reader} at {path}: afterwards the site answers otherwise")


def _settled(app: Flask, path: str, headers: Mapping[str, str]) -> Seen:
    """Return a whole page once all that is made only once is made."""
    ask(app, path, headers)
    return ask(app, path, headers)


def _outcome(seen: Seen) -> str:
    if seen.status == 0:
        return "left to the server"
    return f"status {seen.status}, {'with' if articles_in(seen.body) else 'without'} article"


def every_pair() -> Iterator[tuple[str, str]]:
    """Yield every page with every reader."""
    yield from ((path, reader) for path in PATHS for reader in READERS)
