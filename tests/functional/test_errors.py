"""Pages of errors: in the reader's language, with the way on, and without article text."""

from pathlib import Path

import pytest

from tests.markup import read_page
from tests.unit.sources.damage import chained
from tests.visits import PLACES, SLUG, TONGUES, articles_in, edition_of, open_site, visit
from webapp.core.model import LocaleTag, Slug


@pytest.mark.parametrize(
    ("path", "languages", "tag"),
    [
        pytest.param("/ru/no-such-page", None, "ru", id="the language of the path"),
        pytest.param("/fa/no-such-page", "ru", "fa", id="the path before the browser"),
        pytest.param("/FA/no-such-page", None, "fa", id="the path in upper case"),
        pytest.param("/xx/no-such-page", "uk,en;q=0.5", "uk", id="the browser, when the path has none"),
        pytest.param("/no-such-page", None, "en", id="the default"),
        pytest.param("/no/such/page/at/all", "ru", "ru", id="a deep path"),
        pytest.param("/static/no-such", "uk", "uk", id="a file"),
    ],
)
def test_missing_page_is_in_the_readers_language(path: str, languages: str | None, tag: str) -> None:
    """A 404 speaks the language of its path, else of the browser, and leads to the front page."""
    response = visit(path, languages=languages)
    assert response.status_code == 404
    page = read_page(response.get_data(as_text=True))
    locale = edition_of().locales[LocaleTag(tag)]
    assert (page.find("html").attributes["lang"], page.find("html").attributes["dir"]) == (tag, locale.direction)
    assert response.headers["Content-Language"] == tag
    assert page.find("h1").text
    assert page.find("main").find_all("a", "href", f"/{tag}/")
    assert page.find("meta", "name", "robots").attributes["content"] == "noindex"
    assert not page.find_all("link", "rel", "canonical")
    assert articles_in(response.get_data(as_text=True)) == set()


def test_each_language_has_its_own_words() -> None:
    """The headline of a 404 differs from language to language."""
    headlines = {read_page(visit(f"/{tag}/no-such-page").get_data(as_text=True)).find("h1").text for tag in TONGUES}
    assert len(headlines) == len(TONGUES)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/en/", f"/en/{SLUG}", "/en/search", "/en/feed.xml", "/static/favicon.svg"])
def test_only_reading_is_possible(method: str, path: str) -> None:
    """Any method but GET and HEAD is refused, says which are allowed, and gives no article."""
    response = visit(path, method=method)
    assert response.status_code == 405
    allowed = {it.strip() for it in response.headers["Allow"].split(",")}
    assert {"GET", "HEAD"} <= allowed <= {"GET", "HEAD", "OPTIONS"}
    assert articles_in(response.get_data(as_text=True)) == set()


@pytest.mark.parametrize("method", ["get", "Get", "head", "options", "post"])
@pytest.mark.parametrize("path", ["/", f"/en/{SLUG}", "/en/no-such-page", "/static/favicon.svg"])
def test_methods_are_case_sensitive(method: str, path: str) -> None:
    """`get` is not GET (RFC 9110, 9.1), kept page or not: it is refused like any unknown method."""
    visit(path)
    response = visit(path, environ={"REQUEST_METHOD": method})
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert articles_in(response.get_data(as_text=True)) == set()


@pytest.mark.parametrize(
    "path", ["/", "/en/", f"/ru/{SLUG}", "/en/feed.xml", "/en/no-such-page", "/static/favicon.svg"]
)
def test_head_is_get_without_a_body(path: str) -> None:
    """HEAD has the same status and headers."""
    get, head = visit(path), visit(path, method="HEAD")
    assert head.get_data() == b""
    assert head.status_code == get.status_code
    assert dict(head.headers) == dict(get.headers)


def test_article_that_exists_in_other_languages_only(site_root: Path) -> None:
    """Without a fallback the page does not exist, but says in which languages the article does."""
    chained("fa", article_fallback=[])(site_root)
    app = open_site(site_root)
    response = visit(f"/fa/{SLUG}", PLACES["Berlin"], "fa", app=app)
    assert response.status_code == 404
    page = read_page(response.get_data(as_text=True))
    article = edition_of(app).articles[Slug(SLUG)]
    links = [it.attributes for it in page.find("main").find_all("a", "hreflang")]
    assert [(it["href"], it["lang"]) for it in links] == [(f"/{tag}/{SLUG}", tag) for tag in ("en", "ru", "uk")]
    assert set(article.texts) == {"en", "ru", "uk"}
    assert articles_in(response.get_data(as_text=True)) == set()
