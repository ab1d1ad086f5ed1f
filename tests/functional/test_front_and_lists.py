"""The way in: which language `/` leads to, the list of articles, and search."""

import pytest

from tests.visits import (
    BELARUSIAN_LAW,
    BREAKING,
    EVERY_NOTICE,
    PLACES,
    RUSSIAN_LAW,
    SLUG,
    TONGUES,
    articles_in,
    edition_of,
    notices_in,
    page_of,
    visit,
)
from webapp.core.model import LocaleTag


@pytest.mark.parametrize(
    ("languages", "target"),
    [
        pytest.param(None, "/en/", id="no header"),
        pytest.param("", "/en/", id="empty header"),
        pytest.param("ru", "/ru/", id="Russian"),
        pytest.param("ru-RU", "/ru/", id="a region falls away"),
        pytest.param("RU", "/ru/", id="upper case"),
        pytest.param("uk,ru;q=0.9", "/uk/", id="the first of two"),
        pytest.param("ru;q=0.1,uk;q=0.9", "/uk/", id="by quality"),
        pytest.param("de,fr;q=0.9,fa;q=0.8", "/fa/", id="the first that exists"),
        pytest.param("de", "/en/", id="none that exists"),
        pytest.param("*", "/en/", id="any"),
        pytest.param("ru;q=0", "/en/", id="refused"),
        pytest.param("fas", "/fa/", id="three letters"),
        pytest.param("junk;;;", "/en/", id="junk"),
        pytest.param("x" * 65_536, "/en/", id="64 KB"),
    ],
)
@pytest.mark.parametrize("place", ["Moscow", "Berlin"])
def test_root_leads_to_a_language(languages: str | None, target: str, place: str) -> None:
    """The browser's languages choose, and the address never does."""
    response = visit("/", PLACES[place], languages)
    assert (response.status_code, response.headers["Location"]) == (302, target)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param("/ru", "/ru/", id="no slash"),
        pytest.param("/RU", "/ru/", id="upper case, no slash"),
        pytest.param("/RU/", "/ru/", id="upper case"),
        pytest.param("/ru//", "/ru/", id="two slashes"),
        pytest.param(f"/RU/{SLUG}", f"/ru/{SLUG}", id="article, locale in upper case"),
        pytest.param(f"/ru/{SLUG.upper()}", f"/ru/{SLUG}", id="article, slug in upper case"),
        pytest.param(f"/ru/{SLUG}/", f"/ru/{SLUG}", id="a slash after an article"),
        pytest.param("/ru/feed.xml/", "/ru/feed.xml", id="a slash after the feed"),
        pytest.param("/ru/search/", "/ru/search", id="a slash after search"),
        pytest.param("/RU/search", "/ru/search", id="search"),
        pytest.param("/RU/feed.xml", "/ru/feed.xml", id="feed"),
        pytest.param(f"/RU/about-notice/{RUSSIAN_LAW}", f"/ru/about-notice/{RUSSIAN_LAW}", id="about, locale"),
        pytest.param(f"/ru/about-notice/{RUSSIAN_LAW.upper()}", f"/ru/about-notice/{RUSSIAN_LAW}", id="about, notice"),
    ],
)
def test_another_spelling_leads_to_the_page(path: str, target: str) -> None:
    """A page has one address; other spellings lead there for good."""
    response = visit(path)
    assert (response.status_code, response.headers["Location"]) == (308, target)


@pytest.mark.parametrize("tag", TONGUES)
def test_list_has_every_article(tag: str) -> None:
    """Newest first, each in the page's language or the next of its chain, with language and direction."""
    edition = edition_of()
    locale = edition.locales[LocaleTag(tag)]
    page = page_of(visit(f"/{tag}/"))
    teasers = page.find("main").find_all("article")
    assert len(teasers) == len(edition.articles) >= 4
    for teaser, article in zip(teasers, edition.articles.values(), strict=True):
        own = next(it for it in (locale.tag, *locale.article_fallback) if it in article.texts)
        (link,) = teaser.find_all("a")
        assert link.attributes["href"] == f"/{tag}/{article.slug}"
        assert link.text == article.texts[own].title
        assert (link.inherited("lang"), link.inherited("dir")) == (own, edition.locales[own].direction)
        label = [it for it in teaser.find_all("span") if "label" in it.attributes.get("class", "").split()]
        assert bool(label) == article.breaking


@pytest.mark.parametrize(
    ("tag", "place", "languages", "shown"),
    [
        pytest.param("en", "Berlin", "en", frozenset(), id="Berlin"),
        pytest.param("en", "Moscow", "en", {RUSSIAN_LAW}, id="Moscow"),
        pytest.param("en", "Minsk", "en", {BELARUSIAN_LAW}, id="Minsk"),
        pytest.param("ru", "Berlin", "en", {RUSSIAN_LAW}, id="Berlin, Russian page"),
        pytest.param("fa", "Berlin", "fa", frozenset(), id="Berlin, Persian page"),
    ],
)
@pytest.mark.parametrize("path", ["", "search?q=a+the+не+در"])
def test_lists_carry_the_notice(tag: str, place: str, languages: str, shown: set[str], path: str) -> None:
    """A list quotes articles, so it follows the same decision, before the first of them."""
    response = visit(f"/{tag}/{path}", PLACES[place], languages)
    page = page_of(response)
    assert notices_in(response.get_data(as_text=True)) == shown
    notices = page.find_all(attribute="data-notice")
    assert all(it.order < page.find("main").order for it in notices)


@pytest.mark.parametrize(
    ("tag", "query", "found"),
    [
        pytest.param("en", "undesirable", SLUG, id="English"),
        pytest.param("ru", "нежелательн", SLUG, id="Russian, the beginning of a word"),
        pytest.param("uk", "небажан", SLUG, id="Ukrainian"),
        pytest.param("en", "LAVROV press", BREAKING, id="two words, capitals"),
    ],
)
def test_search_finds(tag: str, query: str, found: str) -> None:
    """The article that the words are about is among the results, marked, and the words stand in the box again."""
    response = visit(f"/{tag}/search?q={query}")
    page = page_of(response)
    links = [it.find("a").attributes["href"] for it in page.find("main").find_all("article")]
    assert f"/{tag}/{found}" in links
    assert page.find("input").attributes["value"] == query
    assert page.find("main").find_all("mark")
    assert page.find("meta", "name", "robots").attributes["content"] == "noindex"
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="nothing asked"),
        pytest.param("q=", id="an empty word"),
        pytest.param("q=a", id="one letter"),
        pytest.param("q=zzzzzzzz", id="a word that is nowhere"),
        pytest.param("q=%22%27)(*%3A%5E", id="operators"),
        pytest.param("q=%00%01%02%03", id="control characters"),
        pytest.param("q=%ff%fe", id="not UTF-8"),
        pytest.param("q=%ED%A0%80", id="half a surrogate"),
        pytest.param("q=" + "a+" * 5000, id="many words"),
        pytest.param("q=x&q=y", id="asked twice"),
        pytest.param("%ff=%ff&&&=&;", id="a broken query"),
    ],
)
@pytest.mark.parametrize("tag", ["en", "fa"])
def test_search_finds_nothing(tag: str, query: str) -> None:
    """A question without an answer is a page, and quotes no article."""
    response = visit(f"/{tag}/search?{query}")
    page_of(response)
    assert articles_in(response.get_data(as_text=True)) == set()


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><b data-notice="x">', "{{ 7*7 }}", "a&b=c<i>"])
def test_query_is_shown_as_text(query: str) -> None:
    """What was asked is never markup."""
    response = visit("/en/search", PLACES["Berlin"], "en", environ={"QUERY_STRING": f"q={_percent(query)}"})
    page = page_of(response)
    assert page.find("input").attributes["value"] == query
    assert notices_in(response.get_data(as_text=True)) == frozenset()
    assert not page.find("main").find_all("i") + page.find("main").find_all("script") + page.find("main").find_all("b")


def _percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())
