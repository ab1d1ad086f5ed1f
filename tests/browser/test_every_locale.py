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


HEADLINES = (
    "about-notice/undesirable-organization",
    "about-notice/extremist-formation",
    "how-this-site-decides",
    "how-this-site-decides/text",
    "security-guarantees-january-2022/save/go",
    "leaving",
    "no-such-page",
)
BROKEN_WORDS = """() => [...document.querySelectorAll("h1, h2")].flatMap((heading) => {
  const node = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT), broken = []
  while (node.nextNode()) {
    for (const word of node.currentNode.data.matchAll(/[\\p{L}\\p{M}\\p{N}]+/gu)) {
      const range = document.createRange()
      range.setStart(node.currentNode, word.index)
      range.setEnd(node.currentNode, word.index + word[0].length)
      if (new Set([...range.getClientRects()].map((it) => Math.round(it.top))).size > 1) broken.push(word[0])
    }
  }
  return broken
})"""


@pytest.mark.parametrize("tag", list(load_locales(REPOSITORY)))
def test_no_headline_breaks_a_word(new_page: NewPage, server: str, tag: str) -> None:
    """The smallest phone shows the longest word of each headline whole."""
    page = new_page(address="10.0.0.1", languages=tag, width=320, height=568)
    for path in HEADLINES:
        page.goto(f"{server}/{tag}/{path}")
        assert page.evaluate(BROKEN_WORDS) == [], path
