"""What the routes of one application share, and the edition that a request works on. Holds nothing of a reader."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from flask import current_app, g, request

from webapp.core.model import Edition
from webapp.settings import Settings
from webapp.site.asked import ASKED, Asked, Memory
from webapp.site.networks import NetworkSet
from webapp.site.reader import Headers, headers_of
from webapp.site.render import Renderer
from webapp.site.search import SearchIndex
from webapp.site.styles import Styles
from webapp.sources.store import EditionStore


class Clock:
    """Tells the time. Handed in, so that a test can hold it."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class SiteState:
    """What the routes of one application share."""

    settings: Settings
    store: EditionStore
    css: Styles
    policy: str
    clock: Clock
    refusals: int = 0
    faults: int = 0
    search: SearchIndex = field(default_factory=SearchIndex)
    _renderer: tuple[Edition, Renderer] | None = field(default=None)
    _memory: Memory | None = field(default=None)
    _trusted: NetworkSet = field(init=False)

    def __post_init__(self) -> None:
        self._trusted = NetworkSet(self.settings.trusted_proxies)

    def ask(self, peer: str | None, headers: Headers) -> Asked:
        """Begin a request: fix its edition, its moment and what is known of who asks."""
        edition, memory = self.store.current, self._memory
        if memory is None or memory.edition is not edition:
            memory = self._memory = Memory(edition, self._trusted, self.settings.cdn, self.count_fault)
        return Asked(memory, peer, headers, self.clock.now())

    def count_fault(self) -> None:
        """Count a decision that failed, and no more of it than that."""
        self.faults += 1

    def renderer(self, edition: Edition) -> Renderer:
        """Return the renderer of an edition, made once for each."""
        kept = self._renderer
        if kept is None or kept[0] is not edition:
            kept = (edition, Renderer(edition, self.css))
            self._renderer = kept
        return kept[1]


def state() -> SiteState:
    """Return the state of the running application."""
    return cast(SiteState, current_app.extensions["webapp"])


def current_request() -> Asked:
    """Return what the front door knows of the present request; where there is no door, find it out."""
    asked = request.environ.get(ASKED)
    if asked is None:
        peer = request.environ.get("REMOTE_ADDR")
        asked = request.environ[ASKED] = state().ask(peer, headers_of(request.environ))
    return cast(Asked, asked)


def current_edition() -> Edition:
    return cast(Edition, g.edition)


def current_renderer() -> Renderer:
    return state().renderer(current_edition())
