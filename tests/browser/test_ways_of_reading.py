"""However a page is looked at or listened to: enlarged, in dark or forced colours, without motion, by screen reader."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import SCREENSHOTS, NewPage
from tests.browser.test_reader_journey import PAGES
from tests.samples import MOSCOW
from tests.visits import EVERY_NOTICE

pytestmark = pytest.mark.browser

UNKNOWN = "10.0.0.1"
ARTICLE = "/{}/security-guarantees-january-2022"
WITHOUT_NOTICE = {"about", "leaving", "blank", "missing"}
WITHOUT_LOOK = {"blank"}


def open_page(new_page: NewPage, server: str, kind: str, language: str, **options: Any) -> Page:
    page = new_page(address=UNKNOWN, languages=language, java_script_enabled=True, **options)
    page.goto(server + PAGES[kind].format(language))
    return page


@pytest.mark.parametrize("language", ["en", "ru", "fa", "ka"])
@pytest.mark.parametrize("kind", PAGES)
def test_enlarged_to_400_percent(new_page: NewPage, server: str, kind: str, language: str) -> None:
    """1280 × 1024 at 400 %: nothing scrolls sideways, no text is cut off, the way out leaves most of the page free."""
    page = open_page(new_page, server, kind, language, width=320, height=256)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    cut = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(it => it.checkVisibility() && it.innerText?.trim()
        && !it.matches('.skip, .hidden, .skip *, input') && it.getBoundingClientRect().width > 1
        && ['hidden', 'clip'].includes(getComputedStyle(it).overflowX) && it.scrollWidth > it.clientWidth + 1)
        .map(it => it.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    for box in (it.bounding_box() for it in page.locator(".leave").all()):
        assert box is not None
        assert box["width"] * box["height"] < 0.25 * 320 * 256


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}], ids=["dark", "forced"])
def test_other_colours(new_page: NewPage, server: str, kind: str, language: str, look: dict[str, str]) -> None:
    """axe finds nothing in dark and in forced colours either, and a notice keeps a frame that can be seen."""
    page = open_page(new_page, server, kind, language, **look)
    page.screenshot(path=SCREENSHOTS / f"{kind}-{language}-{'-'.join(look.values())}.png")
    # axe reads the colours of the style sheet, and not those that the system forces in their place.
    rules = {"color-contrast": {"enabled": "forced_colors" not in look}}
    results = Axe().run(page, options={"rules": rules})
    assert results.violations_count == 0, results.generate_report()
    frames = page.locator("[data-notice]").evaluate_all(
        """all => all.map(it => { const style = getComputedStyle(it);
        return [style.borderInlineStartStyle, parseFloat(style.borderInlineStartWidth),
                style.borderInlineStartColor !== getComputedStyle(document.body).backgroundColor] })"""
    )
    assert bool(frames) != (kind in WITHOUT_NOTICE)
    assert all(style == "solid" and width >= 6 and seen for style, width, seen in frames)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize("kind", PAGES)
def test_nothing_moves(new_page: NewPage, server: str, kind: str, motion: str) -> None:
    """No page has an animation, a transition or a scrolling of its own, so that none needs to be switched off."""
    page = open_page(new_page, server, kind, "en", reduced_motion=motion)
    assert page.evaluate("document.getAnimations().length") == 0
    moving = page.evaluate(
        """[document.documentElement, ...document.querySelectorAll('*')].filter(it => { const s = getComputedStyle(it);
        return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0 || s.scrollBehavior !== 'auto' })
        .map(it => it.tagName)"""
    )
    assert moving == []
    assert page.locator("marquee, blink, video, audio, img[src$=gif]").count() == 0


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
@pytest.mark.parametrize("tail", ["", "/text", "/share", "/save/go"])
def test_notice_is_announced_once(new_page: NewPage, server: str, language: str, tail: str) -> None:
    """In the order of a screen reader each notice is one region with one heading, before the article; the reminder
    at the end is plain text, and nothing interrupts by itself."""
    page = new_page(address=UNKNOWN, languages=language, java_script_enabled=True)
    page.goto(server + ARTICLE.format(language) + tail)
    heard = page.locator("body").aria_snapshot()
    headings = page.locator("[data-notice] h2").all_inner_texts()
    assert len(headings) == len(EVERY_NOTICE)
    for heading in headings:
        assert heard.count(f'region "{heading}"') == 1
        assert heard.count(f'heading "{heading}"') == 1
        assert heard.index(f'region "{heading}"') < heard.index("- main")
    assert page.locator("[role=alert], [role=alertdialog], [aria-live], [role=status]:not(.hidden)").count() == 0
    assert page.locator(".reminder h1, .reminder h2, .reminder h3, .reminder[role]").count() == 0
    assert page.locator("[data-notice] [aria-hidden=true]:not(svg)").count() == 0


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
@pytest.mark.parametrize("tail", ["", "/text"], ids=["article", "text only"])
@pytest.mark.parametrize("width", [320, 360, 768, 1000, 1200])
def test_way_out_covers_no_part_of_a_line(new_page: NewPage, server: str, width: int, tail: str, language: str) -> None:
    """It stands in the margin beside the text, or it is a bar as wide as the window: no line is half covered."""
    page = new_page(address=MOSCOW, languages=language, width=width, height=800)
    page.goto(server + ARTICLE.format(language) + tail)
    way, text = page.locator("#leave").bounding_box(), page.locator("main p").last.bounding_box()
    assert way is not None
    assert text is not None
    beside = way["x"] >= text["x"] + text["width"] or way["x"] + way["width"] <= text["x"]
    assert beside or (way["x"], way["width"]) == (0, width)


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
@pytest.mark.parametrize("width", [320, 768, 1000, 1280, 1599, 1601, 1920, 2560])
def test_way_out_covers_no_part_of_a_list(new_page: NewPage, server: str, width: int, language: str) -> None:
    """The same on the front page, whose list is wider than a text."""
    page = new_page(address=MOSCOW, languages=language, width=width, height=800)
    page.goto(f"{server}/{language}/")
    way, grid = page.locator("#leave").bounding_box(), page.locator(".grid").bounding_box()
    assert way is not None
    assert grid is not None
    beside = way["x"] >= grid["x"] + grid["width"] or way["x"] + way["width"] <= grid["x"]
    assert beside or (way["x"], way["width"]) == (0, width)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("size", [(320, 568), (1280, 800)], ids=["phone", "desk"])
def test_way_out_stays_in_sight(new_page: NewPage, server: str, language: str, size: tuple[int, int]) -> None:
    """Wherever the reader is in a long article, the way out is on the screen; it hides nothing that has the focus."""
    width, height = size
    page = new_page(address=MOSCOW, languages=language, width=width, height=height, java_script_enabled=True)
    page.goto(server + ARTICLE.format(language))
    whole = page.evaluate("document.documentElement.scrollHeight")
    for part in (0, 0.3, 0.6, 1):
        page.evaluate(f"scrollTo(0, {int(whole * part)})")
        box = page.locator("#leave").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= width - box["width"]
        assert 0 <= box["y"] <= height - box["height"]
    page.evaluate("scrollTo(0, 0)")
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """(() => { const it = document.activeElement, leave = document.getElementById('leave');
            if (it === document.body || it === leave) return false;
            const a = it.getBoundingClientRect(), b = leave.getBoundingClientRect();
            return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom })()"""
        )
        assert not hidden
