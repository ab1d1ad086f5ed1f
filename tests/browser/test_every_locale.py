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
    """A phone and a desk show heading, who and what without scrolling sideways; both pictures hold the headline too."""
    page = new_page(address="10.0.0.1", languages=tag, width=360, height=1500)
    response = page.goto(f"{server}/{tag}/security-guarantees-january-2022")
    assert response is not None
    assert response.status == 200
    for width, height, name in ((360, 1500, f"locale-{tag}.png"), (1200, 900, f"locale-{tag}-wide.png")):
        page.set_viewport_size({"width": width, "height": height})
        notice = page.locator('[data-notice="undesirable-organization"]').first
        assert notice.is_visible()
        assert notice.locator("h2").is_visible()
        wide, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= inner
        page.screenshot(path=SCREENSHOTS / name)
