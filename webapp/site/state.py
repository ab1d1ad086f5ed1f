"""What the routes of one application share, and the edition that a request works on. Holds nothing of a reader."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from flask import current_app, g

from webapp.core.model import Edition
from webapp.settings import Settings
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
    _renderer: tuple[Edition, Renderer, SearchIndex] | None = field(default=None)

    def tools(self, edition: Edition) -> tuple[Renderer, SearchIndex]:
        """Return the renderer and the search index of an edition, made once for each."""
        kept = self._renderer
        if kept is None or kept[0] is not edition:
            kept = (edition, Renderer(edition, self.css), SearchIndex(edition))
            self._renderer = kept
        return kept[1], kept[2]


def state() -> SiteState:
    """Return the state of the running application."""
    return cast(SiteState, current_app.extensions["webapp"])


def current_edition() -> Edition:
    return cast(Edition, g.edition)


def current_renderer() -> Renderer:
    return state().tools(current_edition())[0]
