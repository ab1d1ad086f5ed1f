"""Leaving quickly in a real browser, with script and without, by pointer and by keyboard alone."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.samples import BERLIN

pytestmark = pytest.mark.browser

ARTICLE = "/en/reading-safely"
LIVE = "[role=status]"


def open_article(new_page: NewPage, server: str, script: bool) -> Page:
    """Open an article after another page, so that there is something to go back to."""
    page = new_page(address="10.0.0.1", java_script_enabled=script)
    page.goto(f"{server}/en/")
    page.goto(server + ARTICLE)
    return page


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_control_leads_out(new_page: NewPage, server: str, script: bool) -> None:
    """One tap on the control opens the plain page, with script or without."""
    page = open_article(new_page, server, script)
    page.locator("#leave").click()
    page.wait_for_url(f"{server}/en/blank")
    assert page.locator("a").count() == 0


@pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
def test_keyboard_leads_out(new_page: NewPage, server: str, script: bool) -> None:
    """Second stop, Enter, and where no script runs Enter once more."""
    page = open_article(new_page, server, script)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    if not script:
        page.wait_for_url(f"{server}{ARTICLE}#leave")
        page.keyboard.press("Enter")
    page.wait_for_url(f"{server}/en/blank")


def test_three_presses_of_shift(new_page: NewPage, server: str) -> None:
    """Each press is told to screen readers; the third leaves, and the article's place in this tab is taken."""
    page = open_article(new_page, server, True)
    page.keyboard.press("Shift")
    assert page.locator(LIVE).inner_text() == "Press Shift 2 more times to leave."
    page.keyboard.press("Shift")
    assert page.locator(LIVE).inner_text() == "Press Shift 1 more time to leave."
    page.keyboard.press("Shift")
    page.wait_for_url(f"{server}/en/blank")
    page.go_back()
    assert page.url == f"{server}/en/"


def test_announcements_have_their_language(new_page: NewPage, server: str) -> None:
    """A text from a fallback language is marked as such, so that a screen reader says it in the right voice."""
    page = new_page(address="10.0.0.1", languages="sah", java_script_enabled=True)
    spoken = []
    for tag in ("sah", "ru", "fa"):
        page.goto(f"{server}/{tag}/reading-safely")
        page.keyboard.press("Shift")
        spoken.append((page.locator(LIVE).get_attribute("lang"), page.locator(LIVE).inner_text()))
    assert [lang for lang, _ in spoken] == ["ru", "ru", "fa"]
    assert spoken[0] == spoken[1] != spoken[2]


def test_page_is_covered_before_the_exit_answers(new_page: NewPage, server: str) -> None:
    """Where the exit does not answer the article is gone all the same, from the page and from the tab's title."""
    page = open_article(new_page, server, True)
    page.route("**/leave", lambda route: route.abort("aborted"))
    for _ in range(3):
        page.keyboard.press("Shift")
    assert page.locator("article").count() == 0
    assert page.locator("body").inner_text().strip() == "Leaving this page."
    assert page.title() == "Leaving this page."


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["Shift", "Shift"], id="twice"),
        pytest.param(["Shift", "Shift", "a", "Shift"], id="another key between"),
        pytest.param(["Shift+A", "Shift+B", "Shift+C"], id="capitals"),
        pytest.param(["Alt+Shift", "Alt+Shift", "Alt+Shift"], id="changing the keyboard's layout"),
        pytest.param(["Shift+Tab", "Shift+Tab", "Shift+Tab"], id="going back through the page"),
        pytest.param(["Escape", "Escape", "Escape"], id="Escape"),
    ],
)
def test_what_is_no_wish_to_leave(new_page: NewPage, server: str, keys: list[str]) -> None:
    """Typing, moving about and changing the layout leave the reader where she is."""
    page = open_article(new_page, server, True)
    for key in keys:
        page.keyboard.press(key)
    assert page.url == server + ARTICLE
    assert page.locator("article").count() == 1


def test_three_presses_spread_over_minutes(new_page: NewPage, server: str) -> None:
    """Presses more than five seconds apart do not add up."""
    page = new_page(address="10.0.0.1", java_script_enabled=True)
    page.add_init_script(
        "let now = 0; Object.defineProperty(Event.prototype, 'timeStamp', { get: () => now });"
        "addEventListener('keydown', () => { now += 3000 }, true)"
    )
    page.goto(server + ARTICLE)
    for _ in range(4):
        page.keyboard.press("Shift")
    assert page.url == server + ARTICLE


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
def test_guarded_act_takes_two_steps_and_no_script(new_page: NewPage, server: str, language: str) -> None:
    """From the article to the page before sharing, on to the links, and back by the first button."""
    page = new_page(address="77.88.8.8", languages=language, width=320, height=568)
    page.goto(f"{server}/{language}/reading-safely")
    page.locator(".acts a").first.click()
    assert page.url == f"{server}/{language}/reading-safely/share"
    assert page.locator("[data-notice]").first.is_visible()
    page.locator(".choice a").nth(1).click()
    assert page.url == f"{server}/{language}/reading-safely/share/go"
    assert page.locator("a[href^='https://t.me/']").count() == 1
    page.locator(".choice .primary").click()
    assert page.url == f"{server}/{language}/reading-safely"


@pytest.mark.parametrize("language", ["en", "uk", "fa"])
def test_free_act_takes_one_step_and_no_script(new_page: NewPage, server: str, language: str) -> None:
    """With a Proof the links to share stand on the article's own page, and open without script."""
    page = new_page(address=BERLIN, languages=language, width=320, height=568)
    page.goto(f"{server}/{language}/reading-safely")
    assert page.locator("[data-notice]").count() == 0
    telegram = page.locator(".acts a[href^='https://t.me/']")
    assert not telegram.is_visible()
    page.locator(".acts summary").click()
    assert telegram.is_visible()
    assert page.url == f"{server}/{language}/reading-safely"
