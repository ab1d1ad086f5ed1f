"""Fixtures that several kinds of tests share: a site one could show an editor, at a date that stands still."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.app import create_app
from webapp.settings import Settings
from webapp.site.state import Clock

REPOSITORY = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""The time that tests hold: the embedded map is five months old, and every review is still to come."""

# Real networks, because documentation ranges are unknown by design and would always show the notice.
MOSCOW = "77.88.8.8"
BERLIN = "91.65.10.1"


class HeldClock(Clock):
    """A clock that a test sets."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def site_root(tmp_path: Path) -> Path:
    """Return a copy of the sample site that a test may damage."""
    root = tmp_path / "site"
    root.mkdir()
    for name in ("config", "content", "translations", "static"):
        shutil.copytree(REPOSITORY / name, root / name)
    return root


@pytest.fixture
def clock() -> HeldClock:
    """Return the clock of the application under test."""
    return HeldClock()


@pytest.fixture
def app(clock: HeldClock) -> Iterator[Flask]:
    """Return the application on the repository's own sources, read only."""
    yield create_app(Settings(root=REPOSITORY), clock, watch=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that connects from loopback, an address that proves nothing."""
    return app.test_client()
