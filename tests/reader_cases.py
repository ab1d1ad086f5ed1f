"""Requests of readers everywhere, with every disguise, under whole and broken maps and rules. Expects nothing itself.

A batch is made from its number alone, so that any reader of any run can be made again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from random import Random
from typing import Any

import maxminddb

from tests.disguises import IP, MAP_FILE, draw_address, draw_arrival
from tests.request_oracle import Asked
from tests.samples import NOW
from tests.strategies import EXPLODING, FUZZ, HARMLESS, MALFORMED, WEIGHTS
from webapp.core.model import Edition, EverywhereRule, KnownPlace, Notice, NoticeMode, TerritoryId
from webapp.settings import Network

RISKY = ("ru", "ru-RU", "RU", "rus", "tt", "ce-RU", "mhr", "chm", "be", "be-tarask", "bel", "en-RU", "de-BY", "uk-RU")
EVERYDAY = (
    *("en", "en-US,en;q=0.9", "de-DE,de;q=0.9,en;q=0.8", "uk-UA,uk;q=0.9,en-US;q=0.8", "fa-IR,fa;q=0.9", "tr", "*"),
    *("pl-PL,pl;q=0.9", "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "zh-CN,zh;q=0.9", "ka-GE", "es-419"),
)
PAGES = (("en",),) * 8 + (("uk",), ("fa", "en"), ("de",), ("ka", "en"), ("ru",), ("ru", "en"), ("be", "en"), ())


class Lookups:
    """Stands where the map's reader does, and spoils each record in one way. Serves both the site and the oracle."""

    def __init__(self, real: maxminddb.Reader, spoil: Callable[[Any], Any]) -> None:
        self._real = real
        self._spoil = spoil

    def get(self, ip_address: Any) -> Any:
        return self._spoil(self._real.get(ip_address))

    def get_with_prefix_len(self, ip_address: Any) -> tuple[Any, int]:
        record, length = self._real.get_with_prefix_len(ip_address)
        return self._spoil(record), length


def _raise(record: Any) -> Any:
    raise RuntimeError("boom")


def _but(**changes: Any) -> Callable[[Any], Any]:
    return lambda record: {**(record or {}), **changes}


RECORD_FAULTS: Mapping[str, Callable[[Any], Any]] = {
    "no record": lambda record: None,
    "record empty": lambda record: {},
    "record a word": lambda record: "outside",
    "record a list": lambda record: ["outside"],
    "record raises": _raise,
    "answer lost": lambda record: {key: it for key, it in (record or {}).items() if key != "answer"},
    "answer unknown": _but(answer="elsewhere"),
    "answer none": _but(answer=None),
    "inside all the same": _but(inside=["russia"]),
    "uncertain all the same": _but(uncertain=["russia", "occupied-ukraine", "belarus"], votes={}),
    "inside of nowhere": _but(answer="inside", inside=["atlantis"], votes={}),
    "inside, but none": _but(answer="inside", inside=[], votes={}),
    "country only": lambda record: {"country": {"iso_code": "DE"}},
    "continent only": lambda record: {"continent": {"code": "EU"}},
    "country no country": _but(country={"iso_code": "de"}),
    "a key more": _but(answer="outside", surprise=1),
}


@dataclass(frozen=True, slots=True)
class World:
    """An edition with one thing wrong, or nothing; the map as the oracle reads it; and the time."""

    kind: str
    edition: Edition
    raw_map: Any
    at: datetime
    whole: bool = False
    """Whether it is the edition of the repository, unchanged, at the held time."""


def _with_rules(edition: Edition, change: Callable[[Notice], tuple[Any, ...]]) -> Edition:
    return replace(edition, notices=tuple(replace(it, rules=change(it)) for it in edition.notices))


def _without(edition: Edition, territory: str) -> Edition:
    assert edition.map is not None
    return replace(edition, map=replace(edition.map, covers=edition.map.covers - {TerritoryId(territory)}))


def make_worlds(edition: Edition) -> tuple[World, ...]:
    """Return the edition as it is, first, and with every fault of map, clock and rules."""
    assert edition.map is not None
    assert edition.finder is not None
    real = maxminddb.open_database(MAP_FILE)
    last = datetime.combine(edition.map.data_date + timedelta(days=edition.map.max_age_days), NOW.timetz())
    first = datetime.combine(edition.map.data_date - timedelta(days=2), NOW.timetz())
    day = timedelta(days=1)
    finder: Any = edition.finder
    editions: Mapping[str, Edition] = {
        "no map": replace(edition, map=None, finder=None),
        "no finder": replace(edition, finder=None),
        "map uncovered: russia": _without(edition, "russia"),
        "map uncovered: belarus": _without(edition, "belarus"),
        "always": replace(edition, site=replace(edition.site, notice_mode=NoticeMode.ALWAYS)),
        "no rules": _with_rules(edition, lambda notice: ()),
        "everywhere": _with_rules(edition, lambda notice: (*notice.rules, EverywhereRule("all"))),
        "unknown rule": _with_rules(edition, lambda notice: (*notice.rules, object())),
        "rule raises": _with_rules(edition, lambda notice: (EXPLODING, *notice.rules)),
        "aliases raise": replace(edition, language_aliases=EXPLODING),
    }
    times: Mapping[str, datetime] = {
        "last good day": last,
        "map too old": last + day,
        "first good day": first,
        "clock behind": first - day,
        "clock ten years on": NOW + 3650 * day,
        "clock ten years back": NOW - 3650 * day,
        "clock without zone": NOW.replace(tzinfo=None),
    }
    return (
        World("as it is", edition, real, NOW, whole=True),
        *(World(kind, it, None if it.finder is None else real, NOW) for kind, it in editions.items()),
        *(World(kind, edition, real, at) for kind, at in times.items()),
        *(_spoiled(kind, edition, Lookups(real, spoil), finder) for kind, spoil in RECORD_FAULTS.items()),
    )


def _spoiled(kind: str, edition: Edition, lookups: Lookups, finder: Any) -> World:
    return World(kind, replace(edition, finder=replace(finder, _reader=lookups)), lookups, NOW)


@dataclass(frozen=True, slots=True)
class Request:
    """One reader's request. `said` names what was done to it for the worse."""

    world: World
    asked: Asked
    trusted: tuple[Network, ...]
    kind: str
    topology: str
    said: tuple[str, ...]


def make_requests(worlds: tuple[World, ...], seed: int, number: int) -> Iterator[Request]:
    """Make `number` requests: two thirds in the world as it is, the rest in one that is broken."""
    chance = Random(seed)
    for _ in range(number):
        world = worlds[0] if chance.random() < 0.67 else chance.choice(worlds)
        kind, client = draw_address(chance)
        topology, arrival = draw_arrival(client, _country(worlds[0], client), chance)
        languages = _draw_languages(chance)
        if languages is not None:
            arrival.headers["accept-language"] = languages
        asked = Asked(arrival.peer, arrival.headers, arrival.trusted, chance.choice(PAGES), arrival.cdn)
        yield Request(world, asked, _parsed(arrival.trusted), kind, topology, tuple(arrival.said))


@lru_cache(maxsize=64)
def _parsed(blocks: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(block) for block in blocks)


def _country(world: World, client: IP) -> str:
    place = world.edition.finder.find(client) if world.edition.finder else None
    return (place.country or "XX") if isinstance(place, KnownPlace) else "XX"


def _draw_languages(chance: Random) -> list[str] | None:
    draw = chance.random()
    if draw < 0.1:
        return None
    if draw < 0.75:
        return [chance.choice(EVERYDAY)]
    if draw < 0.85:
        members = [chance.choice(HARMLESS) + chance.choice(WEIGHTS) for _ in range(chance.choice((1, 2, 3, 6)))]
        return chance.choice(([", ".join(members)], members))
    if draw < 0.95:
        return [f"en-GB, {chance.choice(RISKY)}{chance.choice(WEIGHTS)}, en"]
    if draw < 0.98:
        return [f"en, {chance.choice(MALFORMED)}"]
    return ["".join(chance.choices(FUZZ, k=chance.choice((1, 5, 40)))) * chance.choice((1, 1, 1, 200))]
