"""One batch of generated requests, decided by the site and judged by the oracle. Counts; never forgives."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from tests.reader_cases import Request, World, make_requests, make_worlds
from tests.request_oracle import may_leave_out_all
from tests.visits import edition_of
from webapp.core.decide import decide
from webapp.core.model import LocaleTag
from webapp.settings import Cdn
from webapp.site.reader import read_reader

BATCH = 10_000


@dataclass(slots=True)
class Outcome:
    """What became of a batch. `wrong` describes each notice that was left out although the oracle shows it."""

    tally: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def all_worlds() -> tuple[World, ...]:
    """Return the worlds of this process, made once."""
    return make_worlds(edition_of())


def left_out(request: Request) -> frozenset[str]:
    """Ask the site, by the code of the live request, which notices this reader goes without."""
    asked, edition = request.asked, request.world.edition
    page = tuple(LocaleTag(tag) for tag in asked.page)
    cdn = Cdn(asked.cdn) if asked.cdn else None
    try:
        reader, _ = read_reader(edition, asked.peer, asked.headers, request.trusted, page, cdn)
    except RuntimeError:  # of aliases that raise: an error page, which has no article
        return frozenset()
    decision = decide(edition, reader, request.world.at)
    proofs = (notice.id for notice in edition.notices if decision.find_proof(notice.id))
    return frozenset(proofs)


def run_batch(number: int, size: int = BATCH) -> Outcome:
    """Run the batch of that number."""
    outcome = Outcome()
    for request in make_requests(all_worlds(), number, size):
        world = request.world
        without = left_out(request)
        allowed = may_leave_out_all(world.edition, request.asked, world.raw_map, world.at)
        outcome.wrong += [f"batch {number}: {notice} is left out: {request}" for notice in without - allowed]
        for label in _labels(request):
            outcome.tally[f"{label} / readers"] += 1
            outcome.tally[f"{label} / left out"] += len(without)
            outcome.tally[f"{label} / shown"] += len(world.edition.notices) - len(without)
            outcome.tally[f"{label} / shown without need"] += len(allowed - without)
    return outcome


def _labels(request: Request) -> Iterator[str]:
    yield "all"
    yield f"address: {request.kind}"
    yield f"by: {request.topology}"
    yield f"world: {request.world.kind}"
    yield from (f"fault: {fault}" for fault in set(request.said))
