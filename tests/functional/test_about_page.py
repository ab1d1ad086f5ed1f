"""Find out more: the law behind a notice, for everybody, from every page."""

import pytest

from tests.visits import PLACES, SLUG, TONGUES, articles_in, edition_of, page_of, visit
from webapp.core.model import LocaleTag

PAGES = [pytest.param(tag, notice.id, id=f"{tag} {notice.id}") for tag in TONGUES for notice in edition_of().notices]


@pytest.mark.parametrize(("tag", "name"), PAGES)
def test_whole_text_is_there(tag: str, name: str) -> None:
    """Every section under a heading of its own, in the notice's language, with the register and the state of review."""
    edition = edition_of()
    (notice,) = (it for it in edition.notices if it.id == name)
    text = notice.texts[LocaleTag(tag)]
    page = page_of(visit(f"/{tag}/about-notice/{name}"))
    assert page.find("h1").text == " ".join(text.about_title.split())
    assert (page.find("h1").inherited("lang"), page.find("h1").inherited("dir")) == (text.locale, text.direction)
    sections = page.find("main").find_all("section")
    assert len(sections) == len(text.sections) + 1
    for shown, section in zip(sections, text.sections, strict=False):
        assert shown.find("h2").text
        assert [it.text for it in shown.find_all("p")] == [" ".join(it.split()) for it in section.paragraphs]
    assert len({it.find("h2").text for it in sections}) == len(sections)
    assert page.find("main").find_all("a", "href", notice.register_url)
    assert [it.attributes["datetime"] for it in sections[-1].find_all("time")] == [notice.review_by.isoformat()]


@pytest.mark.parametrize("name", [notice.id for notice in edition_of().notices])
def test_numbers_of_the_law_are_in_every_language(name: str) -> None:
    """Articles of law are named in digits in each language, so that a lawyer can find them."""
    needles = {"undesirable-organization": ["20.33", "284.1"], "extremist-formation": ["19.11", "361-1"]}[name]
    for tag in ("en", "ru", "uk"):
        words = page_of(visit(f"/{tag}/about-notice/{name}")).find("main").text
        assert all(needle in words for needle in needles)


@pytest.mark.parametrize("place", PLACES)
def test_everybody_reads_the_same(place: str) -> None:
    """The page is for everybody: no address changes it, it quotes no article, and it carries no marker."""
    response = visit("/en/about-notice/undesirable-organization", PLACES[place], "en")
    body = response.get_data(as_text=True)
    assert body == visit("/en/about-notice/undesirable-organization").get_data(as_text=True)
    assert "data-notice" not in body
    assert articles_in(body) == set()


@pytest.mark.parametrize("path", ["/", f"/{SLUG}", "/search", "/about-notice/extremist-formation", "/no-such-page"])
@pytest.mark.parametrize("tag", TONGUES)
def test_every_page_leads_there(tag: str, path: str) -> None:
    """The foot of every page, even for a reader who sees no notice, links to every law in the page's language."""
    response = visit(f"/{tag}{path}", PLACES["Berlin"], "en")
    body = response.get_data(as_text=True)
    for notice in edition_of().notices:
        assert f'href="/{tag}/about-notice/{notice.id}"' in body


@pytest.mark.parametrize("path", ["/en/about-notice/no-such", "/en/about-notice/", "/en/about-notice"])
def test_law_that_is_not_there(path: str) -> None:
    """An unknown notice is a page that does not exist."""
    assert visit(path).status_code == 404


def test_addresses_of_the_page() -> None:
    """Canonical is the page itself, and every language is an alternate."""
    base = edition_of().site.base_url
    page = page_of(visit("/uk/about-notice/extremist-formation"))
    assert page.find("link", "rel", "canonical").attributes["href"] == f"{base}/uk/about-notice/extremist-formation"
    links = [it.attributes["hreflang"] for it in page.find("head").find_all("link", "hreflang")]
    assert links == [*edition_of().locales, "x-default"]
