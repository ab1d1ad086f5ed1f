"""Leaving quickly: the exit, where it leads, what is on the page there, and what we say of it."""

import re
from pathlib import Path

import pytest

from tests.samples import REPOSITORY
from tests.unit.sources.damage import replaced
from tests.visits import PERSIAN, SLUG, edition_of, open_site, page_of, visit, words_in
from webapp.core.model import LocaleTag

PAGES = ["/{}/", f"/{{}}/{PERSIAN}", f"/{{}}/{SLUG}/text", f"/{{}}/{SLUG}/share", "/{}/search", "/{}/no-such-page"]
SCRIPT = REPOSITORY / "static" / "exit.js"


@pytest.mark.parametrize("tag", ["en", "ru", "uk", "fa"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_way_out(path: str, tag: str) -> None:
    """A control on the screen leads out, in the page's language, and the second stop of the keyboard leads to it."""
    body = visit(path.format(tag)).get_data(as_text=True)
    links = re.findall(r'<a\s[^<>]*href="([^"]*)"', body)
    assert links[1] == "#leave"
    assert re.findall(r'<a\s[^<>]*id="leave" href="([^"]*)"', body) == [f"/{tag}/leave"]


@pytest.mark.parametrize("tag", ["en", "ru", "fa"])
def test_exit(tag: str) -> None:
    """The exit asks the browser to forget this site, and sends it to a plain page of that language."""
    response = visit(f"/{tag}/leave")
    assert response.status_code == 303
    assert response.headers["Location"] == f"/{tag}/blank"
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.headers["Cache-Control"] == "private, no-store"


def test_only_the_exit_forgets() -> None:
    """No other answer touches what the browser keeps."""
    for path in ("/en/", f"/en/{SLUG}", "/en/blank", "/en/leaving", "/static/site.css"):
        assert "Clear-Site-Data" not in visit(path).headers


@pytest.mark.parametrize("tag", edition_of().locales)
def test_blank_page(tag: str) -> None:
    """The plain page has no name, no link, no script and no style of this site, and fits in a packet."""
    response = visit(f"/{tag}/blank")
    body = response.get_data(as_text=True)
    page = page_of(response)
    assert page.find_all("a") == page.find_all("script") == page.find_all("style") == []
    assert edition_of().site.name not in body
    assert page.find("html").attributes["lang"] == tag
    assert page.find("h1").text
    assert len(body.encode()) < 1000


def test_editors_name_another_page(site_root: Path) -> None:
    """A language whose editors name a page leads there; the others keep ours."""
    replaced("config/site.toml", "[leave]\n", '[leave]\nru = "https://weather.example/today"\n')(site_root)
    app = open_site(site_root)
    assert visit("/ru/leave", app=app).headers["Location"] == "https://weather.example/today"
    assert visit("/uk/leave", app=app).headers["Location"] == "/uk/blank"


@pytest.mark.parametrize("tag", ["en", "ru", "uk", "fa"])
def test_honest_page(tag: str) -> None:
    """Every page leads to what leaving can and cannot do."""
    footer = page_of(visit(f"/{tag}/{SLUG}")).find("footer")
    assert footer.find_all("a", "href", f"/{tag}/leaving")
    body = visit(f"/{tag}/leaving").get_data(as_text=True)
    if tag == "en":
        assert "does not erase your browser’s history" in words_in(body)
        assert "safe" not in words_in(body).lower()


def test_script_is_small_and_alone() -> None:
    """At most 1,500 bytes, nothing from elsewhere, nothing that trusted types forbid, and not on Escape."""
    text = SCRIPT.read_text("utf-8")
    assert len(text.encode()) <= 1500
    assert not re.search(r"innerHTML|outerHTML|document\.write|eval|import|fetch|https?:|Escape['\"]", text)


def test_text_only_has_neither_picture_nor_script() -> None:
    """Text only is the whole text with its notices, and nothing that is loaded."""
    page = page_of(visit(f"/ru/{SLUG}/text"))
    assert page.find_all("img") == page.find_all("script") == []
    article = page_of(visit(f"/ru/{SLUG}"))
    for paragraph in article.find("div", "class", "body").find_all("p"):
        assert paragraph.text in page.find("article").text
    marked = [it.attributes["data-notice"] for it in page.find_all(attribute="data-notice")]
    assert marked == [notice.id for notice in edition_of().notices] * 2


def test_paper_has_the_notice_first() -> None:
    """The form for paper has notice, article, picture with its words, reminder, in this order of bytes."""
    page = page_of(visit(f"/ru/{SLUG}/save/go"))
    first, *_, last = page.find_all(attribute="data-notice")
    assert first.order < page.find("h1").order < page.find("img").order < last.order
    assert page.find("img").attributes["alt"]
    assert page.find_all("script") == []


@pytest.mark.parametrize("tag", edition_of().locales)
def test_announcements_name_their_language(tag: LocaleTag) -> None:
    """What the script will say has its language beside it where that is not the page's; a screen reader needs it."""
    locale = edition_of().locales[tag]
    chain = [locale.tag, *locale.ui_fallback]
    script = page_of(visit(f"/{tag}/")).find("script", "src", "/static/exit.js").attributes
    for left in ("2", "1", "0"):
        spoken = LocaleTag(script.get(f"data-lang-{left}", tag))
        assert spoken in chain
        leaving = (
            edition_of().catalogs[spoken].find(None, "Leaving this page.") if spoken != "en" else "Leaving this page."
        )
        assert left != "0" or script["data-0"] == leaving
    assert (script["data-0"] == "Leaving this page.") == (script.get("data-lang-0", tag) == "en")
