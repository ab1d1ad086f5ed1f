"""The page of last resort in a real browser: read on a phone, by keyboard, by axe, in dark and forced colours."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.wrappers import Request, Response

from tests.browser.conftest import SCREENSHOTS, NewPage, at_an_address
from webapp.core.builtin_notice import BUILTIN_NOTICES
from webapp.settings import Settings
from webapp.site.last_page import make_last_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def waiting() -> Iterator[str]:
    """Serve the page of last resort on a free loopback port; return its address."""
    answer = make_last_page(Settings())

    @Request.application
    def application(request: Request) -> Response:
        given = answer(request.method, request.path)
        return Response(given.body, given.status, list(given.headers))

    with at_an_address(application) as address:
        yield address


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("phone", {"width": 360, "height": 640}, id="phone"),
        pytest.param("dark", {"width": 360, "height": 640, "color_scheme": "dark"}, id="dark"),
        pytest.param("forced-colors", {"forced_colors": "active"}, id="forced colours"),
        pytest.param("zoom-400", {"width": 320, "height": 256}, id="400 % zoom of 1280 × 1024"),
    ],
)
def test_page_is_read(new_page: NewPage, waiting: str, name: str, options: dict[str, object]) -> None:
    """axe finds nothing, nothing scrolls sideways, every law is there, and the policy stops nothing of ours."""
    page = new_page(address="192.0.2.1", java_script_enabled=True, **options)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    answer = page.goto(f"{waiting}/ru/any-article")
    assert answer is not None
    assert answer.status == 503
    page.screenshot(path=SCREENSHOTS / f"last-page-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".notice").count() == sum(len(notice.laws) for notice in BUILTIN_NOTICES.values())
    assert [text for text in complaints if "Content Security Policy" in text] == []
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_keyboard_finds_language_and_way_out(new_page: NewPage, waiting: str) -> None:
    """The first stop leads out to an empty page; the third to the Russian text."""
    page = new_page(address="192.0.2.1")
    page.goto(f"{waiting}/en/any-article")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#ru")
    page.goto(f"{waiting}/en/any-article")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/leave")
    assert page.locator("a").count() == 0
