"""An article comes whole, with its notice, through a line that is cut after 16 KB and carries nothing afterwards."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page

from tests.bad_line import CUT, bad_line
from tests.browser.conftest import NewPage
from tests.browser.test_reader_journey import keep, top_of

pytestmark = pytest.mark.browser

UNKNOWN = "10.0.0.1"
LONGEST = "security-guarantees-january-2022"
LAST = "footer p:last-of-type a"
"""What stands last in the bytes of a page, before the script."""


def open_page(page: Page, address: str, path: str) -> Page:
    """Open a page and wait for its text only: what comes after may never come."""
    page.goto(address + path, wait_until="domcontentloaded")
    return page


@pytest.mark.parametrize("language", ["en", "ru", "uk", "fa"])
@pytest.mark.parametrize("tail", ["", "/text", "/share"])
def test_article_is_whole_through_a_line_that_is_cut(new_page: NewPage, server: str, language: str, tail: str) -> None:
    """One connection, cut at 16 KB, and none besides: notice, whole text, look and footer are there all the same."""
    with bad_line(int(server.rpartition(":")[2]), first_only=True) as line:
        page = new_page(address=UNKNOWN, languages=language, width=375, height=667, java_script_enabled=True)
        open_page(page, line.address, f"/{language}/{LONGEST}{tail}")
        whole = new_page(address=UNKNOWN, languages=language)
        whole.goto(f"{server}/{language}/{LONGEST}{tail}")
        assert page.locator("body").inner_text().split() == whole.locator("body").inner_text().split()
        assert page.locator("[data-notice]").first.is_visible()
        assert top_of(page.locator("[data-notice]").first) < top_of(page.locator("h1"))
        assert page.locator(LAST).last.is_visible()
        border = "getComputedStyle(document.querySelector('[data-notice]')).borderInlineStartWidth"
        assert float(page.evaluate(border).removesuffix("px")) >= 6
        assert 0 < line.carried[0] < CUT
        keep(page, f"bad-line-{language}{tail.replace('/', '-')}")


def test_premise_the_line_is_really_cut(new_page: NewPage, server: str) -> None:
    """With the line cut at 4 KB the same page does not come whole, so that the test above tests something."""
    with bad_line(int(server.rpartition(":")[2]), limit=4096) as line:
        page = new_page(address=UNKNOWN, languages="ru")
        with suppress(Error):  # Chromium may count an answer that was cut as none
            open_page(page, line.address, f"/ru/{LONGEST}")
        assert page.locator(LAST).count() == 0
        assert line.carried[0] == 4096


def test_picture_that_never_comes_leaves_its_words(new_page: NewPage, server: str) -> None:
    """Where the picture should be there is its room and its description."""
    with bad_line(int(server.rpartition(":")[2]), first_only=True) as line:
        page = new_page(address=UNKNOWN, languages="ru", width=375, height=667)
        open_page(page, line.address, f"/ru/{LONGEST}")
        picture = page.locator("figure img")
        box = picture.bounding_box()
        assert box is not None
        assert box["height"] == pytest.approx(box["width"] * 9 / 16, abs=2)
        assert picture.get_attribute("alt")
