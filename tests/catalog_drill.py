"""Runs damaged catalogs through the code that serves pages: each word is withdrawn, or it does no harm.

Owned by the short test and the long drill alike. A round damages every translated entry of every catalog at once.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html.parser import HTMLParser

import polib
from flask import Flask

from tests.mutants import CANARY, Mutant, mutate
from tests.samples import NOW, REPOSITORY
from tests.visits import EVERY_NOTICE, edition_of, notices_in, open_site, state_of, visit
from webapp.core.model import Catalog, Edition, Locale, LocaleTag
from webapp.site.preview import kinds_of_page
from webapp.sources.catalogs import PoCatalog, judge_catalog, po_path, source_catalog
from webapp.sources.legal import Review, to_notice
from webapp.sources.locales import SOURCE_LOCALE, language_aliases
from webapp.sources.notices import load_notices


@dataclass
class Tally:
    """What became of the mutants: how many there were, how many were withdrawn, by kind."""

    made: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    pages: int = 0


class _Tags(HTMLParser):
    """Collects the elements of a page, each with the names of its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _ in attrs} | {(tag, "")}


def tags_of(body: str) -> set[tuple[str, str]]:
    """Return every element of a page, and every attribute of each."""
    reader = _Tags()
    reader.feed(body)
    return reader.found


@lru_cache(maxsize=1)
def site() -> Flask:
    """The site of the repository, whose edition a round replaces."""
    return open_site()


@lru_cache(maxsize=4096)
def sound_tags(path: str) -> frozenset[tuple[str, str]]:
    """The elements that a page has with sound catalogs. A word of a fallback language adds a span."""
    more = {("span", ""), ("span", "lang"), ("span", "dir"), ("p", "class"), ("bdi", "")}
    return frozenset(tags_of(visit(path).get_data(as_text=True)) | more)


def run_round(rng: random.Random, tally: Tally, tags: Iterable[LocaleTag]) -> None:
    """Damage the catalogs of `tags`, then ask for every kind of page in each of these languages."""
    edition = edition_of()
    chosen = [edition.locales[tag] for tag in tags if tag != SOURCE_LOCALE]
    judged = {locale.tag: tuple(_damage(locale, domain, rng, tally) for domain in DOMAINS) for locale in chosen}
    damaged = _with_catalogs(edition, judged)
    for notice in damaged.notices:
        assert SOURCE_LOCALE in notice.texts
    app = site()
    state_of(app).store.current = damaged
    for locale in chosen:
        for path in kinds_of_page(damaged, locale.tag).values():
            _look_at(app, path)
            tally.pages += 1


DOMAINS = ("messages", "notices")


@lru_cache(maxsize=128)
def _read(path: str) -> polib.POFile:
    return polib.pofile(str(REPOSITORY / path))


def _damage(locale: Locale, domain: str, rng: random.Random, tally: Tally) -> PoCatalog:
    shown = po_path(locale, domain)
    if not (REPOSITORY / shown).exists():
        return source_catalog()
    damaged, mutants = mutate(_read(shown), rng)
    catalog, problems = judge_catalog.__wrapped__(str(damaged), locale, shown)
    assert all(problem.hint and problem.message for problem in problems)
    for mutant in mutants:
        tally.made[mutant.kind] += 1
        if not _is_used(catalog, mutant):
            tally.withdrawn[mutant.kind] += 1
    return catalog


def _is_used(catalog: PoCatalog, mutant: Mutant) -> bool:
    key = (mutant.context, mutant.message)
    return key in catalog.words or key in catalog.plurals


def _with_catalogs(edition: Edition, judged: dict[LocaleTag, tuple[PoCatalog, ...]]) -> Edition:
    empty: Catalog = source_catalog()
    messages: dict[LocaleTag, Catalog] = {**edition.catalogs, **{tag: pair[0] for tag, pair in judged.items()}}
    legal: dict[LocaleTag, Catalog] = {tag: judged[tag][1] if tag in judged else empty for tag in edition.locales}
    sources = load_notices(REPOSITORY, language_aliases())
    review = Review(NOW.date())
    notices = tuple(to_notice(it, edition.locales, legal, SOURCE_LOCALE, review)[0] for it in sources)
    return replace(edition, catalogs=messages, notices=notices)


def _look_at(app: Flask, path: str) -> None:
    response = visit(path, app=app)
    body = response.get_data(as_text=True)
    assert response.status_code == visit(path).status_code, f"{path}: {response.status}"
    if response.mimetype == "text/html":
        strange = {it for it in tags_of(body) - sound_tags(path) if CANARY in body or it[1].startswith("on")}
        assert not strange, f"{path}: {strange}"
        assert notices_in(visit(path).get_data(as_text=True)) <= notices_in(body)
    assert f"<script>{CANARY}" not in body
    if "/reading-safely" in path or "/security-guarantees" in path:
        assert notices_in(body) >= EVERY_NOTICE or response.status_code >= 300
