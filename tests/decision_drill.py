"""One batch of generated requests, decided by the site and judged by the oracle. Counts; never forgives."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from ipaddress import ip_network
from random import Random

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from tests.reader_cases import Request, World, make_requests, make_worlds
from tests.request_oracle import Asked, may_leave_out_all
from tests.samples import NOW, REPOSITORY, HeldClock
from tests.visits import edition_of, notices_in
from webapp.app import create_app
from webapp.core.decide import decide
from webapp.core.locales import first_available
from webapp.core.model import LocaleTag
from webapp.settings import Cdn, Settings
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


# --- whole pages ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _site(trusted: tuple[str, ...], cdn: str) -> Flask:
    networks = tuple(ip_network(block) for block in trusted)
    settings = Settings(root=REPOSITORY, trusted_proxies=networks, cdn=Cdn(cdn) if cdn else None)
    return create_app(settings, HeldClock(NOW), watch=False)


@lru_cache(maxsize=1)
def _articles() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return addresses of articles, each with the languages on its page."""
    edition, found = edition_of(), []
    for tag in ("en", "en", "uk", "fa", "ru"):
        locale = edition.locales[LocaleTag(tag)]
        for slug, article in edition.articles.items():
            text = first_available((locale.tag, *locale.article_fallback), article.texts)
            if text:
                found += [(f"/{tag}/{slug}{end}", (tag, text.locale)) for end in ("", "/text")]
    return tuple(found)


def run_pages(number: int, size: int) -> Outcome:
    """Ask whole applications for whole pages, through their outermost callable."""
    outcome, chance = Outcome(), Random(number)
    for request in make_requests(all_worlds()[:1], number, size):
        path, languages = chance.choice(_articles())
        asked = replace(request.asked, page=languages)
        body = _fetch(path, asked)
        if body is None:
            continue
        world = request.world
        without = {notice.id for notice in world.edition.notices} - notices_in(body)
        allowed = may_leave_out_all(world.edition, asked, world.raw_map, world.at)
        outcome.wrong += [f"pages {number}: {notice} is not on {path}: {asked}" for notice in without - allowed]
        outcome.tally["pages / readers"] += 1
        outcome.tally["pages / left out"] += len(without)
        outcome.tally["pages / shown"] += len(world.edition.notices) - len(without)
        outcome.tally["pages / shown without need"] += len(allowed - without)
    return outcome


def _fetch(path: str, asked: Asked) -> str | None:
    """Return a page, or None when the request cannot be put on the wire or is answered without an article."""
    environ = create_environ(path)
    environ["REMOTE_ADDR"] = asked.peer or ""
    for name, values in asked.headers.items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value = ",".join(values)
        if any(ord(letter) > 255 or letter in "\0\r\n" for letter in value):
            return None
    body, status, _ = run_wsgi_app(_site(asked.trusted, asked.cdn), environ)
    return b"".join(body).decode() if status.startswith("200") else None
