"""What a reader does and sees, in a real browser with script off."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request
from pypdf import PdfReader

from tests.samples import BERLIN, MOSCOW, REPOSITORY

pytestmark = pytest.mark.browser

NewPage = Callable[..., Page]
SCREENSHOTS = REPOSITORY / "artefacts" / "screenshots"
UNKNOWN = "10.0.0.1"
LANGUAGES = ("en", "ru", "uk", "fa")
SEARCHED = {"en": "border", "ru": "граница", "uk": "кордон", "fa": "مرز"}
WORDS = {"en": "prison", "ru": "нежелательной", "uk": "контрольованій", "fa": "Daylight"}
EXPECTED = re.compile(r"status of 404|Permissions-Policy header: Unrecognized feature")
"""What Chromium says that is no fault: our own 404 page, and features that other browsers know."""

PAGES = {
    "front": "/{}/",
    "article": "/{}/reading-safely",
    "breaking": "/{}/security-guarantees-january-2022",
    "about": "/{}/about-notice/undesirable-organization",
    "search": "/{}/search?q=Daylight",
    "missing": "/{}/no-such-page",
    "text": "/{}/reading-safely/text",
    "share": "/{}/reading-safely/share",
    "share-go": "/{}/reading-safely/share/go",
    "paper": "/{}/reading-safely/save/go",
    "contact": "/{}/contact",
    "contact-go": "/{}/contact/go",
    "leaving": "/{}/leaving",
    "blank": "/{}/blank",
}


def top_of(locator: Locator) -> float:
    """Return where an element begins, in CSS pixels from the top."""
    box = locator.bounding_box()
    assert box is not None
    return box["y"]


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a screenshot as an artefact of the test run."""
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_finds_an_article_and_is_warned(new_page: NewPage, server: str, language: str) -> None:
    """From the bare address to an article, its law, and back by search, without script."""
    page = new_page(address=MOSCOW, languages=language)
    page.goto(server + "/")
    assert page.url == f"{server}/{language}/"
    keep(page, f"front-{language}")
    page.locator(f"main a[href='/{language}/reading-safely']").first.click()
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
    notices = page.locator("[data-notice=undesirable-organization]")
    assert notices.count() == 2
    assert top_of(notices.first) < top_of(page.locator("h1"))
    keep(page, f"article-{language}", whole=True)
    notices.first.locator("a").click()
    assert page.url == f"{server}/{language}/about-notice/undesirable-organization"
    page.locator("input[name=q]").fill(SEARCHED[language])
    page.locator("input[name=q]").press("Enter")
    assert page.locator(f"main a[href='/{language}/reading-safely']").count() >= 1


@pytest.mark.parametrize("language", ["en", "uk", "fa"])
def test_a_reader_proven_elsewhere_is_left_in_peace(new_page: NewPage, server: str, language: str) -> None:
    """In Berlin, in a language that is not at risk, there is no notice, and the footer still leads to the law."""
    page = new_page(address=BERLIN, languages=language)
    page.goto(f"{server}/{language}/reading-safely")
    assert page.locator("[data-notice]").count() == 0
    assert page.locator(f"footer a[href='/{language}/about-notice/undesirable-organization']").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_phone_shows_heading_who_and_what_at_once(new_page: NewPage, server: str, language: str) -> None:
    """At 320 × 568 the first notice's heading, who and what need no scrolling, and nothing scrolls sideways."""
    page = new_page(address=UNKNOWN, languages=language, width=320, height=568, java_script_enabled=True)
    page.goto(f"{server}/{language}/reading-safely")
    keep(page, f"phone-{language}")
    first = page.locator("[data-notice]").first
    for part in (first.locator("h2"), first.locator("p").nth(0), first.locator("p").nth(1)):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 568
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_has_the_notice(new_page: NewPage, server: str, language: str) -> None:
    """The first page of the printed article carries the notice before the article."""
    page = new_page(address=MOSCOW, languages=language)
    page.goto(f"{server}/{language}/reading-safely")
    text = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages[0].extract_text()
    assert WORDS[language] in " ".join(text.split())


def test_the_keyboard_is_enough(new_page: NewPage, server: str) -> None:
    """The first Tab finds the skip link, Enter goes to the article, and every stop can be seen."""
    page = new_page(address=MOSCOW, java_script_enabled=True)
    page.goto(f"{server}/en/reading-safely")
    targets = []
    for _ in range(4):
        page.keyboard.press("Tab")
        targets.append(page.evaluate("document.activeElement.getAttribute('href')"))
        box = page.evaluate("(({x, y, width}) => [x, y, width])(document.activeElement.getBoundingClientRect())")
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] > 0
    assert targets[0] == "#content"
    assert targets[1] == "#leave"
    assert all(page.locator(target).count() == 1 for target in targets)
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("language", [*LANGUAGES, "hy", "ka"])
@pytest.mark.parametrize("kind", PAGES)
def test_pages_are_accessible_and_keep_to_themselves(new_page: NewPage, server: str, kind: str, language: str) -> None:
    """axe finds no violation; no request leaves the origin; no cookie is set; the policy stops nothing of ours."""
    page = new_page(address=UNKNOWN, languages=language, java_script_enabled=True)
    requests: list[Request] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(server + PAGES[kind].format(language), wait_until="networkidle")
    assert page.locator("html").get_attribute("lang") == language
    assert {request.url.split("/")[2] for request in requests} == {server.split("/")[2]}
    assert page.context.cookies() == []
    assert [text for text in complaints if not EXPECTED.search(text)] == []
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("dark", {"color_scheme": "dark"}, id="dark"),
        pytest.param("forced-colors", {"forced_colors": "active"}, id="forced colours"),
        pytest.param("wide", {"width": 1440}, id="wide"),
        pytest.param("zoom-400", {"width": 320, "height": 256}, id="400 % zoom of 1280 × 1024"),
    ],
)
def test_other_ways_of_looking(new_page: NewPage, server: str, name: str, options: dict[str, object]) -> None:
    """The notice is there and framed however the page is looked at; the picture is kept for a human eye."""
    page = new_page(address=MOSCOW, languages="ru", **options)
    page.goto(f"{server}/ru/security-guarantees-january-2022")
    keep(page, f"article-ru-{name}", whole=True)
    assert page.locator("[data-notice]").first.is_visible()


def test_screenshots_are_kept() -> None:
    """The folder of artefacts is inside the repository and ignored by git."""
    assert "artefacts/" in (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()
    assert Path(SCREENSHOTS).is_relative_to(REPOSITORY)
