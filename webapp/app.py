"""create_app: assembly and nothing else."""

import logging
from types import TracebackType

from flask import Flask

from webapp.settings import Settings, load_settings
from webapp.site.act_pages import acts
from webapp.site.answers import answers, describe_fault
from webapp.site.headers import page_policy
from webapp.site.leave import leaving
from webapp.site.routes import site
from webapp.site.state import Clock, SiteState
from webapp.site.styles import load_styles
from webapp.sources.load import Loaded, load_edition
from webapp.sources.store import EditionStore

MAX_BODY = 16 * 1024
"""Largest request body, in bytes: readers send none."""


class ReaderSite(Flask):
    """Flask, but its log says nothing of the request that failed."""

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Log the kind and place of a fault only."""
        if exc_info[1] is not None:
            logging.getLogger("webapp.site").error("A request failed: %s", describe_fault(exc_info[1]))


def create_app(settings: Settings | None = None, clock: Clock | None = None, watch: bool = True) -> Flask:
    """Assemble the application. Raises SourceError, with every Problem, when there is no edition to serve."""
    settings = settings or load_settings()
    clock = clock or Clock()
    styles = load_styles(settings.root)

    def load() -> Loaded:
        return load_edition(settings.root, clock.now().date(), settings.base_url)

    store = EditionStore(settings.root, load)
    app = ReaderSite("webapp", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, PROPAGATE_EXCEPTIONS=False)
    app.url_map.strict_slashes = False
    app.url_map.redirect_defaults = False
    app.url_map.merge_slashes = False
    app.extensions["webapp"] = SiteState(settings, store, styles, page_policy(*styles.all), clock)
    app.register_blueprint(answers)
    app.register_blueprint(site)
    app.register_blueprint(acts)
    app.register_blueprint(leaving)
    if watch:
        store.watch()
    return app
