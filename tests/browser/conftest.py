"""A real Chromium on a real server, with the clock held. Screenshots are kept in artefacts/screenshots."""

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.samples import REPOSITORY, HeldClock
from webapp.app import create_app
from webapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SCREENSHOTS = REPOSITORY / "artefacts" / "screenshots"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

NewPage = Callable[..., Page]


def find_chromium() -> str:
    """Return the path of an installed Chromium, named by CHROMIUM or on the PATH."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found or Path(mac).exists():
        return found or mac
    raise RuntimeError(
        "The browser tests need Chromium. Debian: apt-get install chromium; or set CHROMIUM to its path."
    )


@contextmanager
def at_an_address(application: "WSGIApplication") -> Iterator[str]:
    """Serve an application on a free loopback port as long as the block lasts; yields its address."""
    running = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join(timeout=5)
    running.server_close()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Serve the sample site on a free loopback port that is also its own trusted proxy; return its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = Settings(root=REPOSITORY, trusted_proxies=(ip_network("127.0.0.1/32"),))
    with at_an_address(create_app(settings, HeldClock(), watch=False)) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=list(SWITCHES))
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Return a function that opens a page as a given reader. Script is off unless asked for."""
    contexts: list[BrowserContext] = []

    def open_page(*, address: str, languages: str = "en", width: int = 1024, height: int = 800, **more: object) -> Page:
        headers = {"X-Forwarded-For": address, "Accept-Language": languages}
        options: dict[str, object] = {"java_script_enabled": False, **more}
        context = browser.new_context(
            viewport={"width": width, "height": height},
            extra_http_headers=headers,
            **options,  # type: ignore[arg-type]  # the options are Playwright's own, handed through
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
