"""One compiled world for all tests that only read it."""

from pathlib import Path

import pytest

from tests.unit.territories.worlds import make_world
from webapp.territories.definitions import Definitions


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Definitions]:
    root = tmp_path_factory.mktemp("world")
    return root, make_world(root)
