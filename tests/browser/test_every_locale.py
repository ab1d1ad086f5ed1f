"""The article with its notice in every language of the site, kept as a picture for people to look at."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.samples import REPOSITORY
from webapp.sources.locales import load_locales

pytestmark = pytest.mark.browser

NewPage = Callable[..., Page]
SCREENSHOTS = REPOSITORY / "artefacts" / "screenshots"


@pytest.mark.parametrize("tag", list(load_locales(REPOSITORY)))
def test_article_with_its_notice(new_page: NewPage, server: str, tag: str) -> None:
    """A phone shows heading, who and what without scrolling sideways, in the language's own direction."""
    page = new_page(address="10.0.0.1", languages=tag, width=390, height=844)
    response = page.goto(f"{server}/{tag}/reading-safely")
    assert response is not None
    assert response.status == 200
    notice = page.locator('[data-notice="undesirable-organization"]').first
    assert notice.is_visible()
    assert notice.locator("h2").is_visible()
    wide, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= inner
    page.screenshot(path=SCREENSHOTS / f"locale-{tag}.png")
