"""Fixtures that several kinds of tests share: a site one could show an editor, at a date that stands still."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from tests.samples import REPOSITORY, HeldClock
from webapp.app import create_app
from webapp.settings import Settings

# Every run tries the same examples, and a busy machine is no failure.
settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


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
def app(clock: HeldClock) -> Flask:
    """Return the application on the repository's own sources, read only."""
    return create_app(Settings(root=REPOSITORY), clock, watch=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that connects from loopback, an address that proves nothing."""
    return app.test_client()
