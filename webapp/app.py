"""create_app: assembly and nothing else."""

import logging
from types import TracebackType
from typing import cast

from flask import Flask

from webapp.settings import Settings, load_settings
from webapp.site.act_pages import acts
from webapp.site.answers import answers, describe_fault
from webapp.site.asgi import AsgiSite
from webapp.site.front import Door
from webapp.site.headers import page_policy
from webapp.site.last_page import make_last_page
from webapp.site.leave import leaving
from webapp.site.missing import Missing
from webapp.site.preview import PREVIEW_CSS, check_preview, preview
from webapp.site.routes import STATIC, site
from webapp.site.scheduling import end_start, share_worker
from webapp.site.search_page import searching
from webapp.site.sight import sights
from webapp.site.state import Clock, SiteState
from webapp.site.styles import load_styles
from webapp.site.waiting import WaitingSite
from webapp.sources.heritage import find_heritage
from webapp.sources.keeping import Keeper
from webapp.sources.load import Loaded, load_edition
from webapp.sources.store import EditionStore

MAX_BODY = 16 * 1024
"""Largest request body, in bytes: readers send none."""


THREADS = 2
"""Threads of a worker that render what is not kept: more would only take turns with one another and with kept pages."""


class ReaderSite(Flask):
    """Flask, but its log says nothing of the request that failed."""

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Log the kind and place of a fault only."""
        if exc_info[1] is not None:
            logging.getLogger("webapp.site").error("A request failed: %s", describe_fault(exc_info[1]))


def create_app(
    settings: Settings | None = None, clock: Clock | None = None, watch: bool = True, with_preview: bool = False
) -> Flask:
    """Assemble the application. Raises SourceError, with every Problem, when there is no edition to serve.

    `with_preview` adds the translators' preview; raises SettingsError where others than this machine could reach it.
    """
    settings = settings or load_settings()
    clock = clock or Clock()
    styles = load_styles(settings.root)

    if with_preview:
        check_preview(settings)
        styles = styles.extended(PREVIEW_CSS)

    heritage = None if with_preview else find_heritage(settings.root)
    keeper = heritage.keeper if heritage else Keeper()

    def load() -> Loaded:
        return load_edition(settings.root, clock.now().date(), settings.base_url, with_preview, keeper)

    store = EditionStore(settings.root, load, heritage.loaded if heritage else None)
    app = ReaderSite("webapp", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, PROPAGATE_EXCEPTIONS=False)
    app.url_map.strict_slashes = False
    app.url_map.redirect_defaults = False
    app.url_map.merge_slashes = False
    shared = SiteState(settings, store, styles, page_policy(*styles.all), clock)
    app.extensions["webapp"] = shared
    app.register_blueprint(answers)
    app.register_blueprint(site)
    app.register_blueprint(searching)
    app.register_blueprint(sights)
    app.register_blueprint(acts)
    app.register_blueprint(leaving)
    if with_preview:
        app.register_blueprint(preview)
    # The preview asks of every request where it comes from, which no kept page could.
    limit = 0 if with_preview else settings.page_cache_mb * 1024 * 1024
    app.wsgi_app = Door(app.wsgi_app, shared, limit, Missing(app.url_map, settings.root / STATIC))  # type: ignore[method-assign]  # Flask's documented place for it
    if watch:
        store.watch()
    return app


def create_server(with_preview: bool = False) -> AsgiSite:
    """Assemble what a worker of `webapp serve` runs, from the environment."""
    settings = load_settings()
    server = to_server(create_app(settings, with_preview=with_preview), THREADS)
    share_worker()
    end_start()
    return server


def create_preview_server() -> AsgiSite:
    """Assemble the same with the translators' preview."""
    return create_server(with_preview=True)


def create_patient_server() -> WaitingSite:
    """Assemble the same; while the sources are faulty it serves the built-in notice and no article."""
    settings = load_settings()
    return WaitingSite(settings.root, make_last_page(settings), create_server).start()


def to_server(app: Flask, threads: int = THREADS) -> AsgiSite:
    """Put an application of `create_app` behind ASGI."""
    door = cast(Door, app.wsgi_app)
    return AsgiSite(door, door.turn_away(), threads)
