"""One request as far as it is decided about: who asks, through whom, in which edition. Only here `decide` is called for
pages, so that the front door and the routes can only ever have one and the same decision.

What is remembered between requests is nobody's: readers who differ in nothing that a rule looks at share a decision,
which names no network; headers are remembered only when short. A decision that failed is never remembered.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar

from webapp.core.decide import Decision, decide
from webapp.core.model import AcceptedLanguages, Edition, KnownPlace, LocaleTag, Place, Reader
from webapp.settings import Cdn
from webapp.site.networks import NetworkSet
from webapp.site.reader import Headers, read_languages, read_place

log = logging.getLogger("webapp.site")

ASKED = "webapp.asked"
"""Where the WSGI environ holds the Asked of its request."""

LONGEST = 200
"""Longest Accept-Language that is remembered, in characters. Browsers send fewer."""
MOST_RANGES = 12
"""Most languages in one that is. Browsers name fewer."""
MOST = 1024
"""Most headers and most decisions that are remembered; a flood of others makes them forgotten, never more."""

Kind = tuple[object, ...]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class Memory:
    """What one edition's requests need not find out again. Threads may share it: each entry stands for itself."""

    edition: Edition
    languages: dict[str, AcceptedLanguages] = field(default_factory=dict)
    decisions: dict[Kind, Decision] = field(default_factory=dict)

    def read_languages(self, edition: Edition, headers: Headers) -> AcceptedLanguages:
        """Read Accept-Language as `reader.read_languages` does."""
        values = headers.get("accept-language", ())
        if len(values) != 1 or len(values[0]) > LONGEST or "accept_language" in headers:
            return read_languages(edition, headers)
        known = self.languages.get(values[0])
        if known is None:
            known = read_languages(edition, headers)
            _remember(self.languages, values[0], known)
        return known

    def decide(self, place: Place, page: tuple[LocaleTag, ...], accepted: AcceptedLanguages, at: datetime) -> Decision:
        """Decide as `core.decide` does, about the reader without what no rule looks at."""
        kind = _find_kind(place, page, accepted, at)
        known = self.decisions.get(kind) if kind else None
        if known is None:
            known = decide(self.edition, Reader(_without_network(place), page, accepted), at)
            if kind and not known.faulty:
                _remember(self.decisions, kind, known)
        return known


def _remember(known: dict[K, V], key: K, value: V) -> None:
    if len(known) >= MOST:
        known.clear()
    known[key] = value


def _find_kind(place: Place, page: tuple[LocaleTag, ...], accepted: AcceptedLanguages, at: datetime) -> Kind | None:
    """Return everything about a reader and a moment that a decision depends on, or None when it is not worth it."""
    if at.tzinfo is not UTC or len(accepted.ranges) > MOST_RANGES:
        return None
    day: date = at.date()
    if isinstance(place, KnownPlace):
        return (place.inside, place.uncertain, place.outside, page, accepted.ranges, accepted.readable, day)
    return (place.reason, place.detail, page, accepted.ranges, accepted.readable, day)


def _without_network(place: Place) -> Place:
    if not isinstance(place, KnownPlace):
        return place
    return replace(place, network="the address", country=None, votes=(), reasons=())


@dataclass(slots=True)
class Asked:
    """Who asks, and the one decision about her for each set of languages on a page. Lives for one request.

    `peer` is the address that the connection comes from; `headers` has lower-case names, spelled as they came.
    """

    memory: Memory
    trusted: NetworkSet
    cdn: Cdn | None
    peer: str | None
    headers: Headers
    at: datetime
    on_fault: Callable[[], None]
    _read: tuple[Place, AcceptedLanguages] | None = None
    _decided: dict[tuple[LocaleTag, ...], Decision] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        """The edition that this request sees from its beginning to its end."""
        return self.memory.edition

    @property
    def accepted(self) -> AcceptedLanguages:
        """The languages that the browser names."""
        return self.memory.read_languages(self.edition, self.headers)

    def decide(self, languages: tuple[LocaleTag, ...]) -> Decision:
        """Decide about the reader of a page in `languages`, once."""
        known = self._decided.get(languages)
        if known is None:
            place, accepted = self._read or self._read_headers()
            known = self._decided[languages] = self.memory.decide(place, languages, accepted, self.at)
            if known.faulty:
                log.error("A decision failed; its notices are shown.")
                self.on_fault()
        return known

    def _read_headers(self) -> tuple[Place, AcceptedLanguages]:
        place, _ = read_place(self.edition, self.peer, self.headers, self.trusted, self.cdn)
        self._read = place, self.accepted
        return self._read
