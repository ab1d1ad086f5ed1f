"""What programs read: the feed with the notice in every entry, the sitemap, robots.txt, the icon and the pictures."""

from xml.etree import ElementTree  # the documents are our own

import pytest

from tests.visits import EVERY_NOTICE, PLACES, SLUG, TONGUES, articles_in, edition_of, notices_in, visit, words_in
from webapp.core.model import LocaleTag

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BASE = edition_of().site.base_url


def read_xml(path: str, address: str | None = None) -> ElementTree.Element:
    """The document at `path`, which must be well-formed from its first byte."""
    response = visit(path, address)
    assert response.status_code == 200
    body = response.get_data()
    assert body.startswith(b"<?xml"), body[:40]
    return ElementTree.fromstring(body)  # noqa: S314 - written by the application under test


@pytest.mark.parametrize("tag", TONGUES)
def test_feed_has_the_articles_of_its_language(tag: str) -> None:
    """A well-formed Atom feed: absolute ids that are the articles' addresses, newest first, in its own language."""
    own = [it for it in edition_of().articles.values() if tag in it.texts]
    feed = read_xml(f"/{tag}/feed.xml")
    assert feed.tag == f"{ATOM}feed"
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == tag
    assert feed.findtext(f"{ATOM}id") == f"{BASE}/{tag}/feed.xml"
    entries = feed.findall(f"{ATOM}entry")
    assert [it.findtext(f"{ATOM}id") for it in entries] == [f"{BASE}/{tag}/{it.slug}" for it in own]
    assert [it.findtext(f"{ATOM}title") for it in entries] == [it.texts[LocaleTag(tag)].title for it in own]
    assert feed.findtext(f"{ATOM}updated") == max(it.updated for it in own).isoformat()
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    for entry in entries:
        assert entry.findtext(f"{ATOM}published")
        assert entry.findtext(f"{ATOM}updated")


@pytest.mark.parametrize("tag", TONGUES)
@pytest.mark.parametrize("place", [None, "Berlin"])
def test_every_entry_carries_every_notice(tag: str, place: str | None) -> None:
    """Who will read an entry cannot be known, so every reader's feed has every notice, before and after each text."""
    notices = edition_of().notices
    for entry in read_xml(f"/{tag}/feed.xml", PLACES[place] if place else None).findall(f"{ATOM}entry"):
        content = entry.find(f"{ATOM}content/{XHTML}div")
        assert content is not None
        marks = [it.attrib.get("data-notice") for it in content]
        ids = [notice.id for notice in notices]
        assert marks[: len(ids)] == marks[-len(ids) :] == ids
        assert set(marks[len(ids) : -len(ids)]) == {None}
        words = " ".join("".join(content.itertext()).split())
        for notice in notices:
            text = notice.texts[LocaleTag(tag)]
            assert all(" ".join(it.split()) in words for it in (text.heading, text.who, text.penalty, text.reminder))
        for link in content.iter(f"{XHTML}a"):
            assert link.attrib["href"].startswith(("https://", "#", "/"))


def test_feed_is_the_same_for_everybody() -> None:
    """Nothing in a feed tells where it was read."""
    bodies = {visit("/en/feed.xml", address, "en").get_data() for address in (*PLACES.values(), None)}
    assert len(bodies) == 1


def test_sitemap_names_every_page_once() -> None:
    """Every front page, article and law, in each language it exists in, with alternates that answer each other."""
    edition = edition_of()
    urls = read_xml("/sitemap.xml").findall(f"{MAP}url")
    found = {
        it.findtext(f"{MAP}loc", ""): {link.attrib["hreflang"]: link.attrib["href"] for link in it.iter(f"{XHTML}link")}
        for it in urls
    }
    expected = {f"{BASE}/{tag}/" for tag in edition.locales}
    expected |= {f"{BASE}/{tag}/{it.slug}" for it in edition.articles.values() for tag in it.texts}
    expected |= {f"{BASE}/{tag}/about-notice/{it.id}" for it in edition.notices for tag in edition.locales}
    assert len(urls) == len(found)
    assert set(found) == expected
    for place, alternates in found.items():
        assert place in alternates.values()
        assert all(found[other] == alternates for other in alternates.values())


def test_sitemap_leads_to_pages() -> None:
    """Every address in the sitemap answers, and is the canonical address of what it answers with."""
    for url in read_xml("/sitemap.xml").iter(f"{MAP}loc"):
        assert url.text is not None
        response = visit(url.text.removeprefix(BASE))
        assert response.status_code == 200
        assert f'<link rel="canonical" href="{url.text}">' in response.get_data(as_text=True)


def test_sitemap_and_robots_quote_no_article() -> None:
    """They carry addresses only."""
    for path in ("/sitemap.xml", "/robots.txt"):
        assert articles_in(visit(path).get_data(as_text=True)) == set()


def test_robots() -> None:
    """Search engines may come in, are shown the sitemap, and keep out of searches."""
    response = visit("/robots.txt")
    lines = response.get_data(as_text=True).splitlines()
    assert response.mimetype == "text/plain"
    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert "Disallow: /*/search" in lines
    assert "Disallow: /" not in lines


@pytest.mark.parametrize("path", ["/favicon.ico", "/favicon.svg", "/static/favicon.svg"])
def test_icon(path: str) -> None:
    """The icon is one of our own drawings."""
    response = visit(path)
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert b"<svg" in response.get_data()


@pytest.mark.parametrize(
    "path", [f"/media/{slug}/picture.svg" for slug in edition_of().articles] + ["/media/_authors/newsroom.svg"]
)
def test_pictures(path: str) -> None:
    """A picture that an article or an author names is there, never kept, and cannot run anything."""
    response = visit(path)
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        f"/media/{SLUG}/en.md",
        f"/media/{SLUG}/article.toml",
        f"/media/{SLUG}/no-such.svg",
        "/media/_authors/no-such.svg",
        "/media/no-such/picture.svg",
        f"/media/{SLUG}/..%2Farticle.toml",
        f"/media/{SLUG}/%2e%2e%2freading-safely%2fpicture.svg",
        "/media/../config/site.toml",
        "/media/%2e%2e/site.toml",
        "/static/..%2fREADME.md",
        "/static/%2e%2e%2fconfig%2fsite.toml",
        "/static/no-such.css",
        "/static/",
        "/static/favicon.svg%00",
        "/media/.%00/picture.svg",
    ],
)
def test_sources_are_never_given(path: str) -> None:
    """Only the pictures that the edition names and the fixed files leave, whatever is asked."""
    response = visit(path)
    assert response.status_code == 404
    assert "published =" not in words_in(response.get_data(as_text=True))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
def test_feed_is_gated_before_it_is_compressed(encoding: str) -> None:
    """Compression comes last: a compressed feed holds the same as a plain one."""
    plain = visit("/ru/feed.xml")
    packed = visit("/ru/feed.xml", headers={"Accept-Encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert len(packed.get_data()) < len(plain.get_data()) / 2
    assert notices_in(plain.get_data(as_text=True)) == EVERY_NOTICE
