"""The article with the right notice: who sees it, where on the page, in which language, and what else the page has."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pytest

from tests.markup import Element, read_page
from tests.unit.sources.damage import chained
from tests.visits import (
    BELARUSIAN_LAW,
    BREAKING,
    EVERY_NOTICE,
    PERSIAN,
    PLACES,
    RUSSIAN_LAW,
    SLUG,
    TONGUES,
    edition_of,
    notices_in,
    open_site,
    page_of,
    the_site,
    visit,
)
from webapp.core.model import LocaleTag, Slug
from webapp.site.preview import kinds_of_page

NONE: frozenset[str] = frozenset()
RUSSIA = frozenset({RUSSIAN_LAW})
BELARUS = frozenset({BELARUSIAN_LAW})
BASE = edition_of().site.base_url
PAGES = [
    pytest.param(tag, article.slug, id=f"{tag} {article.slug}")
    for article in edition_of().articles.values()
    for tag in TONGUES
]


@lru_cache
def warned(path: str) -> Element:
    """The page of a reader of whom nothing is known, who therefore gets every notice."""
    return page_of(visit(path))


def test_loopback_is_unknown_and_warned() -> None:
    """With no proxy and no special header, a reader on loopback sees every notice."""
    response = visit(f"/en/{SLUG}", app=the_site(proxied=False))
    assert response.status_code == 200
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE


@pytest.mark.parametrize(
    ("place", "page", "languages", "shown"),
    [
        pytest.param("Moscow", "en", "en", RUSSIA, id="Moscow, English page, English browser"),
        pytest.param("Moscow", "en", "ru", RUSSIA, id="Moscow, English page, Russian browser"),
        pytest.param("Moscow", "ru", "en", RUSSIA, id="Moscow, Russian page, English browser"),
        pytest.param("Moscow", "uk", "uk", RUSSIA, id="Moscow, Ukrainian page and browser"),
        pytest.param("Moscow", "en", None, RUSSIA, id="Moscow, a browser that names no language"),
        pytest.param("Simferopol", "en", "en", RUSSIA, id="Simferopol, English page, English browser"),
        pytest.param("Simferopol", "uk", "uk", RUSSIA, id="Simferopol, Ukrainian page and browser"),
        pytest.param("Simferopol", "ru", "ru", RUSSIA, id="Simferopol, Russian page and browser"),
        pytest.param("Mariupol", "en", "en", RUSSIA, id="Mariupol, English page, English browser"),
        pytest.param("Mariupol", "uk", "uk", RUSSIA, id="Mariupol, Ukrainian page and browser"),
        pytest.param("Mariupol", "ru", "en", RUSSIA, id="Mariupol, Russian page, English browser"),
        pytest.param("Minsk", "en", "en", BELARUS, id="Minsk, English page, English browser"),
        pytest.param("Minsk", "ru", "be", EVERY_NOTICE, id="Minsk, Russian page, Belarusian browser"),
        pytest.param("Berlin", "en", "en", NONE, id="Berlin, English page, English browser"),
        pytest.param("Berlin", "en", "de-DE,de;q=0.9,en;q=0.8", NONE, id="Berlin, German browser"),
        pytest.param("Berlin", "en", None, NONE, id="Berlin, a browser that names no language"),
        pytest.param("Berlin", "uk", "uk", NONE, id="Berlin, Ukrainian page and browser"),
        pytest.param("Berlin", "fa", "fa", NONE, id="Berlin, Persian page, English article"),
        pytest.param("Berlin", "en", "ru", RUSSIA, id="Berlin, English page, Russian browser"),
        pytest.param("Berlin", "en", "de, ru-DE;q=0.1", RUSSIA, id="Berlin, Russian among the last languages"),
        pytest.param("Berlin", "en", "ru;q=0", RUSSIA, id="Berlin, Russian refused, and so known"),
        pytest.param("Berlin", "en", "rus", RUSSIA, id="Berlin, Russian by three letters"),
        pytest.param("Berlin", "en", "tt", RUSSIA, id="Berlin, Tatar browser"),
        pytest.param("Berlin", "en", "be", BELARUS, id="Berlin, Belarusian browser"),
        pytest.param("Berlin", "ru", "en", RUSSIA, id="Berlin, Russian page, English browser"),
        pytest.param("Berlin", "ru", "ru", RUSSIA, id="Berlin, Russian page and browser"),
        pytest.param("Berlin", "en", "en;;", EVERY_NOTICE, id="Berlin, languages that cannot be read"),
    ],
)
def test_who_sees_which_notice(place: str, page: str, languages: str | None, shown: frozenset[str]) -> None:
    """A notice is left out only where the address is known to be elsewhere and no language is at risk."""
    response = visit(f"/{page}/{SLUG}", PLACES[place], languages)
    assert response.status_code == 200
    body = response.get_data(as_text=True)
    assert notices_in(body) == shown
    assert body.count("data-notice") == 2 * len(shown)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param(f"/ru/{SLUG}", RUSSIA, id="Russian page, English article"),
        pytest.param(f"/fa/{BREAKING}", RUSSIA, id="Persian page, Russian article"),
        pytest.param(f"/fa/{SLUG}", NONE, id="Persian page, English article"),
        pytest.param("/fa/", RUSSIA, id="Persian list with Russian articles"),
        pytest.param(f"/fa/{BREAKING}/text", RUSSIA, id="text only"),
        pytest.param(f"/fa/{BREAKING}/share", RUSSIA, id="before an act"),
        pytest.param(f"/fa/{BREAKING}/share/go", RUSSIA, id="an act"),
        pytest.param(f"/fa/{BREAKING}/save/go", RUSSIA, id="for paper"),
    ],
)
def test_every_language_on_the_page_counts(site_root: Path, path: str, shown: frozenset[str]) -> None:
    """The language of the interface and that of the article both tell who reads it."""
    (site_root / "content" / SLUG / "ru.md").unlink()
    (site_root / "content" / BREAKING / "fa.md").unlink()
    chained("fa", article_fallback=["ru", "en"])(site_root)
    response = visit(path, PLACES["Berlin"], "en", app=open_site(site_root))
    assert response.status_code == 200
    assert notices_in(response.get_data(as_text=True)) == shown


@pytest.mark.parametrize(
    "forwarded",
    [
        pytest.param("77.88.8.8, 91.65.10.1", id="a stranger's proxy in Germany"),
        pytest.param("91.65.10.1:443", id="port glued on"),
        pytest.param("unknown", id="unknown"),
        pytest.param("127.0.0.1", id="only our proxy"),
        pytest.param("10.0.0.7", id="private"),
        pytest.param("100.64.3.3", id="carrier-grade NAT"),
        pytest.param("2002:5b41:a01::1", id="6to4"),
        pytest.param("203.0.113.9", id="documentation"),
    ],
)
def test_address_that_proves_nothing_is_warned(forwarded: str) -> None:
    """Every doubt about the address ends with every notice."""
    assert notices_in(visit(f"/en/{SLUG}", forwarded, "en").get_data(as_text=True)) == EVERY_NOTICE


@pytest.mark.parametrize("header", ["Forwarded", "Client-IP", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"])
def test_header_that_contradicts_is_warned(header: str) -> None:
    """A German address does not help when another header names somebody else."""
    response = visit(f"/en/{SLUG}", PLACES["Berlin"], "en", headers={header: PLACES["Moscow"]})
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE


def test_forged_header_without_a_proxy_is_warned() -> None:
    """In direct mode nobody may name an address."""
    response = visit(f"/en/{SLUG}", PLACES["Berlin"], "en", app=the_site(proxied=False))
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE


def test_connection_around_the_proxy_is_warned() -> None:
    """Whoever does not come through the trusted proxy is not believed."""
    response = visit(f"/en/{SLUG}", PLACES["Berlin"], "en", environ={"REMOTE_ADDR": "198.51.100.9"})
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE


@pytest.mark.parametrize(("tag", "slug"), PAGES)
def test_notice_stands_twice_and_first(tag: str, slug: str) -> None:
    """In full before anything that can be acted upon or shared, and once more after the body."""
    page = warned(f"/{tag}/{slug}")
    body = page.find("body")
    marked = body.find_all(attribute="data-notice")
    ids = [it.attributes["data-notice"] for it in marked]
    notices = {notice.id: notice for notice in edition_of().notices}
    assert ids == [*notices, *notices]
    first_act = min(
        it.order
        for it in body.walk()
        if it.tag in {"h1", "img", "form", "button", "input", "article"}
        or (
            it.tag == "a" and "skip" not in it.attributes.get("class", "") and not any(it.within(one) for one in marked)
        )
    )
    assert all(it.order < first_act for it in marked[: len(notices)])
    end_of_text = max(it.order for it in page.find("div", "class", "body").walk())
    author = page.find("img", "src", "/media/_authors/newsroom.svg")
    assert all(end_of_text < it.order < author.order for it in marked[len(notices) :])


@pytest.mark.parametrize(("tag", "slug"), PAGES)
def test_notice_says_everything(tag: str, slug: str) -> None:
    """The first carries heading, who, what, penalty and publisher; both link to more; each is in one language."""
    page = warned(f"/{tag}/{slug}")
    for notice in edition_of().notices:
        text = notice.texts[LocaleTag(tag)]
        top, reminder = page.find_all(attribute="data-notice", value=notice.id)
        for words in (text.heading, text.who, text.what, text.penalty, text.publisher, text.more):
            assert " ".join(words.split()) in top.text
        assert " ".join(text.reminder.split()) in reminder.text
        for part in (top, reminder):
            assert part.inherited("lang") == text.locale
            assert part.inherited("dir") == text.direction
            assert [it.attributes["href"] for it in part.find_all("a")] == [f"/{tag}/about-notice/{notice.id}"]
        assert top.attributes["role"] == "region"
        assert page.find(attribute="id", value=top.attributes["aria-labelledby"]).text == text.heading


def test_only_notices_carry_the_marker() -> None:
    """A page without a notice has neither the marker nor the words."""
    body = visit(f"/en/{SLUG}", PLACES["Berlin"], "en").get_data(as_text=True)
    assert "data-notice" not in body
    for notice in edition_of().notices:
        assert notice.texts[LocaleTag("en")].heading not in body
        assert notice.texts[LocaleTag("en")].reminder not in body


@pytest.mark.parametrize(("tag", "slug"), PAGES)
def test_article_and_page_know_their_languages(tag: str, slug: str) -> None:
    """Every part of an article in another language than the page says which, and a line tells the reader."""
    edition, page = edition_of(), warned(f"/{tag}/{slug}")
    locale, article = edition.locales[LocaleTag(tag)], edition.articles[Slug(slug)]
    own = next(it for it in (locale.tag, *locale.article_fallback) if it in article.texts)
    text, language = article.texts[own], edition.locales[own]
    html = page.find("html")
    assert (html.attributes["lang"], html.attributes["dir"]) == (tag, locale.direction)
    assert page.find("h1").text == text.title
    parts = [page.find("h1"), page.find("figcaption"), page.find("img", "src", f"/media/{slug}/picture.svg")]
    parts += [it for it in page.find("article").find_all("p") if it.text == text.standfirst]
    parts += page.find("article").find_all("div", "class", "body")
    assert len(parts) == 5
    for part in parts:
        assert (part.inherited("lang"), part.inherited("dir")) == (own, language.direction)
    told = [it for it in page.find("article").find_all("bdi") if it.text == language.endonym]
    assert bool(told) == (own != tag)
    for it in told:
        assert it.inherited("lang") == tag


@pytest.mark.parametrize(("tag", "slug"), PAGES)
def test_addresses_of_the_page(tag: str, slug: str) -> None:
    """Canonical is the article's own language; hreflang lists each language that has it, and x-default."""
    article = edition_of().articles[Slug(slug)]
    own = tag if tag in article.texts else "en"
    page = warned(f"/{tag}/{slug}")
    assert page.find("link", "rel", "canonical").attributes["href"] == f"{BASE}/{own}/{slug}"
    alternates = {
        it.attributes["hreflang"]: it.attributes["href"] for it in page.find("head").find_all("link", "hreflang")
    }
    expected = {str(it): f"{BASE}/{it}/{slug}" for it in article.texts} | {"x-default": f"{BASE}/en/{slug}"}
    assert alternates == expected


@pytest.mark.parametrize("slug", edition_of().articles)
def test_alternates_are_reciprocal(slug: str) -> None:
    """Every page that is named as an alternate exists, has its own text, and names the same alternates back."""
    tables = []
    for tag in edition_of().articles[Slug(slug)].texts:
        head = warned(f"/{tag}/{slug}").find("head")
        tables.append({it.attributes["hreflang"]: it.attributes["href"] for it in head.find_all("link", "hreflang")})
        assert tables[-1][tag] == head.find("link", "rel", "canonical").attributes["href"] == f"{BASE}/{tag}/{slug}"
    assert all(table == tables[0] for table in tables)


@pytest.mark.parametrize(("tag", "slug"), PAGES)
def test_what_other_programs_read(tag: str, slug: str) -> None:
    """Open Graph and JSON-LD tell the same as the page."""
    edition, page = edition_of(), warned(f"/{tag}/{slug}")
    article = edition.articles[Slug(slug)]
    own = LocaleTag(tag) if tag in article.texts else LocaleTag("en")
    text = article.texts[own]
    graph = {it.attributes["property"]: it.attributes["content"] for it in page.find_all("meta", "property")}
    assert graph["og:title"] == text.title
    assert graph["og:description"] == text.standfirst
    assert graph["og:type"] == "article"
    assert graph["og:url"] == f"{BASE}/{own}/{slug}"
    assert graph["og:site_name"] == edition.site.name
    assert datetime.fromisoformat(graph["article:published_time"]) == article.published
    (script,) = page.find("head").find_all("script")
    assert script.attributes == {"type": "application/ld+json"}
    data = json.loads("".join(it for it in script.children if isinstance(it, str)))
    assert (data["@type"], data["headline"], data["inLanguage"]) == ("NewsArticle", text.title, own)
    assert datetime.fromisoformat(data["dateModified"]) == article.updated
    assert data["image"] == [f"{BASE}/media/{slug}/picture.svg"]


@pytest.mark.parametrize(("tag", "slug"), PAGES)
def test_parts_of_the_page(tag: str, slug: str) -> None:
    """Skip links that lead somewhere, picture with its words, dates, credit, author, and the way to every language."""
    edition, page = edition_of(), warned(f"/{tag}/{slug}")
    article = edition.articles[Slug(slug)]
    skips = page.find("body").find_all("a")[:4]
    assert len({it.attributes["href"] for it in skips}) == 4
    for skip in skips:
        assert skip.text
        assert page.find(attribute="id", value=skip.attributes["href"].removeprefix("#"))
    assert page.find("a", "id", skips[1].attributes["href"].removeprefix("#")).attributes["href"] == f"/{tag}/leave"
    for name in {it.attributes["id"] for it in page.find_all(attribute="id")}:
        assert page.find(attribute="id", value=name)
    picture = page.find("img", "src", f"/media/{slug}/picture.svg")
    assert picture.attributes["alt"]
    assert int(picture.attributes["width"]) * 9 == int(picture.attributes["height"]) * 16
    assert page.find("figcaption").text
    times = {it.attributes["datetime"] for it in page.find("article").find_all("time")}
    assert times == {article.published.isoformat(), article.updated.isoformat()}
    for agency in article.agencies:
        assert agency in page.find("article").text
    assert page.find_all("img", "src", f"/media/_authors/{article.author.picture}")
    menu = page.find("nav", "id", "languages").find_all("a")
    present = [it for it in edition.locales if it in article.texts]
    order = present + [it for it in edition.locales if it not in article.texts]
    assert [it.attributes["href"] for it in menu] == [f"/{it}/{slug}" for it in order]
    assert [it.text for it in menu] == [edition.locales[it].endonym for it in order]
    assert [it.attributes["lang"] for it in menu] == order
    assert len(page.find_all("a", "href", f"/{order[-1]}/{slug}")) == 1
    assert [it.attributes["lang"] for it in menu if "aria-current" in it.attributes] == [tag]
    footer = {it.attributes["href"] for it in page.find("footer").find_all("a")}
    assert footer >= {f"/{tag}/about-notice/{notice}" for notice in EVERY_NOTICE}


@pytest.mark.parametrize("tag", TONGUES)
def test_breaking_label(tag: str) -> None:
    """Only an article that is marked as breaking has the label."""
    labels = {
        slug: any("label" in it.attributes.get("class", "").split() for it in warned(f"/{tag}/{slug}").find_all("p"))
        for slug in edition_of().articles
    }
    assert labels == {slug: slug == BREAKING for slug in edition_of().articles}


@pytest.mark.parametrize(
    ("path", "place"),
    [(f"/ru/{BREAKING}", "Berlin"), (f"/en/{SLUG}", "Berlin"), (f"/fa/{PERSIAN}", "Moscow")],
)
def test_page_asks_nobody_else(path: str, place: str) -> None:
    """Nothing is loaded from another origin, no script runs, nothing is inlined but the one style sheet."""
    page = read_page(visit(path, PLACES[place], "en").get_data(as_text=True))
    for it in page.walk():
        assert it.attributes.get("src", "/").startswith("/")
        assert not {"style", "srcset", "ping", "onclick", "onload"} & set(it.attributes)
        if it.tag == "link" and it.attributes["rel"] not in {"canonical", "alternate"}:
            assert it.attributes["href"].startswith("/")
        assert it.tag not in {"iframe", "object", "embed", "base", "video", "audio"}
    assert page.find("form").attributes["action"].startswith("/")
    assert len(page.find_all("style")) == 1


@pytest.mark.parametrize("tag", TONGUES)
@pytest.mark.parametrize("path", ["/{}/", f"/{{}}/{BREAKING}"])
def test_pictures_come_after_the_text(path: str, tag: str) -> None:
    """A picture is loaded when it is near, has its room before it comes, and says in words what it shows."""
    pictures = page_of(visit(path.format(tag))).find_all("img")
    assert pictures
    for picture in pictures:
        assert picture.attributes["loading"] == "lazy"
        assert int(picture.attributes["width"]) > 0
        assert int(picture.attributes["height"]) > 0
        assert "alt" in picture.attributes
    assert any(picture.attributes["alt"] for picture in pictures) or path == "/{}/"


@pytest.mark.parametrize("address", [None, PLACES["Berlin"]], ids=["warned", "proven elsewhere"])
def test_links_to_others_tell_them_nothing(address: str | None) -> None:
    """Whatever page it stands on, a link to another site does not say where the reader comes from."""
    found = set()
    for path in kinds_of_page(edition_of(), LocaleTag("en")).values():
        response = visit(path, address, "en")
        if response.mimetype != "text/html":
            continue
        for link in read_page(response.get_data(as_text=True)).find_all("a", "href"):
            if link.attributes["href"].startswith(("https:", "http:")):
                found.add(link.attributes["href"])
                assert set(link.attributes.get("rel", "").split()) >= {"noopener", "noreferrer"}, (path, link)
    assert len(found) > 3
