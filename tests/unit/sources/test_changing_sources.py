"""Sources that change while they are read: no edition mixes two states of the disk."""

import os
from pathlib import Path

import pytest

from tests.unit.sources.damage import TODAY, appended, faults
from webapp.errors import has_errors
from webapp.sources import articles
from webapp.sources.load import load_edition

ARTICLE = "content/reading-safely"


def test_sources_that_never_stand_still(site_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition that would mix two states is refused; the next look, when all is quiet, takes it."""
    real = articles.is_article

    def change_and_look(entry: os.DirEntry[str]) -> bool:
        appended(f"{ARTICLE}/en.md", "\nAnother line.\n")(site_root)
        return real(entry)

    with monkeypatch.context() as patched:
        patched.setattr(articles, real.__name__, change_and_look)
        (problem,) = faults(lambda: load_edition(site_root, TODAY))
    assert problem.code == "sources.changing"
    assert not has_errors(load_edition(site_root, TODAY).warnings)
