"""One request as far as it is decided about: who asks, through whom, in which edition. Only here `decide` is called for
pages, so that the front door and the routes can only ever have one and the same decision.

What is remembered between requests is nobody's: readers who differ in nothing that a rule looks at share a decision,
which names no network; headers are remembered only when short. A decision that failed is never remembered.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from webapp.core.decide import Decision, decide
from webapp.core.model import AcceptedLanguages, Edition, KnownPlace, LocaleTag, NoticeId, Place, Reader
from webapp.settings import Cdn
from webapp.site.networks import NetworkSet
from webapp.site.reader import Headers, read_languages, read_place_alike

log = logging.getLogger("webapp.site")

ASKED = "webapp.asked"
"""Where the WSGI environ holds the Asked of its request."""

LONGEST = 200
"""Longest Accept-Language that is remembered, in characters. Browsers send fewer."""
MOST = 1024
"""Most headers and most decisions that are remembered; a flood of others makes them forgotten, never more."""

Kind = tuple[object, ...]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class Memory:
    """What one edition's requests need not find out again. Threads may share it: each entry stands for itself.

    `trusted`, `cdn` and `on_fault` are the application's, the same for every request.
    """

    edition: Edition
    trusted: NetworkSet
    cdn: Cdn | None
    on_fault: Callable[[], None]
    languages: dict[str, AcceptedLanguages] = field(default_factory=dict)
    decisions: dict[Kind, Decision] = field(default_factory=dict)
    alike: dict[tuple[NoticeId, ...], Decision] = field(default_factory=dict)

    def read_languages(self, headers: Headers) -> AcceptedLanguages:
        """Read Accept-Language as `reader.read_languages` does."""
        values = headers.get("accept-language", ())
        if len(values) != 1 or len(values[0]) > LONGEST or "accept_language" in headers:
            return read_languages(self.edition, headers)
        known = self.languages.get(values[0])
        if known is None:
            known = read_languages(self.edition, headers)
            _remember(self.languages, values[0], known)
        return known

    def decide(self, place: Place, page: tuple[LocaleTag, ...], headers: Headers, at: datetime) -> Decision:
        """Decide as `core.decide` does, about a reader at `place` whose browser sends `headers`."""
        kind = _find_kind(place, page, headers, at)
        known = self.decisions.get(kind) if kind else None
        if known is None:
            known = decide(self.edition, Reader(place, page, self.read_languages(headers)), at)
            if kind and not known.faulty:
                known = self._share(known)
                _remember(self.decisions, kind, known)
        return known

    def _share(self, decision: Decision) -> Decision:
        """Return the first decision that shows exactly the same notices, and so proves all others needless as well.

        Its reasons are another reader's, which no page tells; decisions that nobody else has would pile up.
        """
        known = self.alike.get(decision.shown_ids)
        if known is None:
            _remember(self.alike, decision.shown_ids, decision)
            return decision
        return known


def _remember(known: dict[K, V], key: K, value: V) -> None:
    if len(known) >= MOST:
        known.clear()
    known[key] = value


def _find_kind(place: Place, page: tuple[LocaleTag, ...], headers: Headers, at: datetime) -> Kind | None:
    """Return everything about a reader and a moment that a decision depends on, or None when it is not worth it."""
    values = headers.get("accept-language")
    text = values[0] if values else None
    is_plain = values is None or (len(values) == 1 and len(values[0]) <= LONGEST)
    if not is_plain or "accept_language" in headers or at.tzinfo is not UTC:
        return None
    if isinstance(place, KnownPlace):
        return (place.inside, place.uncertain, place.outside, page, text, at.toordinal())
    return (place.reason, place.detail, page, text, at.toordinal())


@dataclass(slots=True)
class Asked:
    """Who asks, and the one decision about her for each set of languages on a page. Lives for one request.

    `peer` is the address that the connection comes from; `headers` has lower-case names, spelled as they came.
    """

    memory: Memory
    peer: str | None
    headers: Headers
    at: datetime
    _place: Place | None = None
    _decided: dict[tuple[LocaleTag, ...], Decision] | None = None

    @property
    def edition(self) -> Edition:
        """The edition that this request sees from its beginning to its end."""
        return self.memory.edition

    @property
    def accepted(self) -> AcceptedLanguages:
        """The languages that the browser names."""
        return self.memory.read_languages(self.headers)

    def decide(self, languages: tuple[LocaleTag, ...]) -> Decision:
        """Decide about the reader of a page in `languages`, once."""
        if self._decided is None:
            self._decided = {}
        known = self._decided.get(languages)
        if known is None:
            known = self._decided[languages] = self.memory.decide(self._find_place(), languages, self.headers, self.at)
            if known.faulty:
                log.error("A decision failed; its notices are shown.")
                self.memory.on_fault()
        return known

    def _find_place(self) -> Place:
        if self._place is None:
            memory = self.memory
            self._place = read_place_alike(memory.edition, self.peer, self.headers, memory.trusted, memory.cdn)
        return self._place
