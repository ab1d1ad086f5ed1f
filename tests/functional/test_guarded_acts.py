"""Acts that a law may punish: direct for a reader with a Proof, and behind the notice for every other."""

from pathlib import Path

import pytest

from tests.markup import Element
from tests.unit.sources.damage import replaced
from tests.visits import (
    BELARUSIAN_LAW,
    EVERY_NOTICE,
    PERSIAN,
    PLACES,
    RUSSIAN_LAW,
    SLUG,
    edition_of,
    notices_in,
    open_site,
    page_of,
    visit,
)
from webapp.core.model import Act, LocaleTag, NoticeId, Slug

TONGUES = ("en", "ru", "uk", "fa")
FOREIGN = ("t.me", "wa.me", "x.com", "facebook.com", "mailto:")
"""What is in an address that shares, or writes, at once."""
CONTACT = """[contact]
securedrop = "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.onion"
signal = "https://signal.me/#eu/example"
pgp_fingerprint = "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567"
pgp_url = "https://news.example/newsroom.asc"
"""


def links(element: Element) -> list[str]:
    """The address of every link inside."""
    return [it.attributes["href"] for it in element.find_all("a", "href")]


def acts(page: Element) -> Element:
    """The place of an article's page where its acts are."""
    return next(it for it in page.find("main").find_all("nav") if "acts" in it.attributes.get("class", ""))


def test_premise_every_notice_guards_every_act() -> None:
    """The sample's notices guard all four acts."""
    assert all(set(notice.acts) == set(Act) for notice in edition_of().notices)


@pytest.mark.parametrize("tag", TONGUES)
@pytest.mark.parametrize("place", [None, "Moscow", "Simferopol", "Mariupol", "Minsk"])
def test_guarded_article(tag: str, place: str | None) -> None:
    """Without a Proof no link of the article's page performs an act: each leads to its page on this site."""
    page = page_of(visit(f"/{tag}/{PERSIAN}", PLACES.get(place or ""), "en"))
    found = links(acts(page))
    assert found == [*(f"/{tag}/{PERSIAN}/{act}" for act in ("share", "save", "contact")), f"/{tag}/{PERSIAN}/text"]
    assert not any(mark in link for link in links(page) for mark in FOREIGN)


@pytest.mark.parametrize("tag", ["en", "uk", "fa"])
def test_free_article(tag: str) -> None:
    """With a Proof for every notice the links stand on the article's page, and carry its address and nothing else."""
    page = page_of(visit(f"/{tag}/{PERSIAN}", PLACES["Berlin"], "en"))
    address = f"https%3A%2F%2Fnews.example%2F{tag}%2F{PERSIAN}"
    assert links(acts(page)) == [
        f"https://t.me/share/url?url={address}",
        f"https://wa.me/?text={address}",
        f"https://x.com/intent/post?url={address}",
        f"https://www.facebook.com/sharer/sharer.php?u={address}",
        f"mailto:?body={address}",
        f"/{tag}/{PERSIAN}/save/go",
        f"/{tag}/{PERSIAN}/contact/go",
        f"/{tag}/{PERSIAN}/text",
    ]
    assert page.find("input", "id", "address").attributes["value"] == f"https://news.example/{tag}/{PERSIAN}"
    for link in acts(page).find_all("a"):
        if link.attributes["href"].startswith("https:"):
            assert set(link.attributes["rel"].split()) >= {"noopener", "noreferrer"}


@pytest.mark.parametrize("tag", TONGUES)
@pytest.mark.parametrize("act", ["share", "save", "contact"])
def test_page_before_an_act(tag: str, act: str) -> None:
    """The notice says what this act may be treated as; the way back comes first; the second step leads on."""
    path = f"/{tag}/{PERSIAN}/{act}"
    page = page_of(visit(path))
    regions = [it for it in page.find_all("section", "role", "region") if "data-notice" in it.attributes]
    assert [it.attributes["data-notice"] for it in regions] == [notice.id for notice in edition_of().notices]
    for region, notice in zip(regions, edition_of().notices, strict=True):
        text = notice.texts[LocaleTag(tag)]
        assert " ".join(text.acts[Act(act)].split()) in region.text
        assert " ".join(text.what.split()) not in region.text
        assert " ".join(text.penalty.split()) in region.text
    choice = next(it for it in page.find_all("div") if "choice" in it.attributes.get("class", ""))
    assert links(choice) == [f"/{tag}/{PERSIAN}", f"{path}/go"]
    primary = [it for it in choice.find_all("a") if it.attributes.get("class") == "primary"]
    assert [it.attributes["href"] for it in primary] == [f"/{tag}/{PERSIAN}"]
    assert not any(mark in link for link in links(page) for mark in FOREIGN)


@pytest.mark.parametrize("act", ["share", "save", "contact"])
def test_second_step_still_has_the_notice(act: str) -> None:
    """What performs the act carries every notice too, and a way back to the article."""
    response = visit(f"/ru/{PERSIAN}/{act}/go")
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE
    assert f"/ru/{PERSIAN}" in links(page_of(response))


def test_one_notice_guards(site_root: Path) -> None:
    """An act is guarded as long as one notice that names it is not proven needless, and only then."""
    replaced("config/notices.toml", 'acts = ["share", "save", "comment", "contact"]', 'acts = ["share"]')(site_root)
    app = open_site(site_root)
    russian = next(notice for notice in edition_of(app).notices if notice.id == NoticeId(RUSSIAN_LAW))
    assert russian.acts == (Act.SHARE,)
    moscow = links(acts(page_of(visit(f"/en/{PERSIAN}", PLACES["Moscow"], "en", app=app))))
    assert f"/en/{PERSIAN}/share" in moscow
    assert f"/en/{PERSIAN}/save/go" in moscow
    minsk = links(acts(page_of(visit(f"/en/{PERSIAN}", PLACES["Minsk"], "en", app=app))))
    assert f"/en/{PERSIAN}/save" in minsk
    page = page_of(visit(f"/en/{PERSIAN}/save", PLACES["Moscow"], "en", app=app))
    assert page.find("article")
    assert notices_in(visit(f"/en/{PERSIAN}/save", PLACES["Minsk"], "en").get_data(as_text=True)) == {BELARUSIAN_LAW}


def test_proven_reader_meets_no_page_before(site_root: Path) -> None:
    """Whoever has a Proof and follows a link to the page before an act gets what performs it."""
    del site_root
    page = page_of(visit(f"/en/{PERSIAN}/share", PLACES["Berlin"], "en"))
    assert any("t.me" in link for link in links(page.find("main")))
    assert notices_in(visit(f"/en/{PERSIAN}/share", PLACES["Berlin"], "en").get_data(as_text=True)) == frozenset()


def test_comments(site_root: Path) -> None:
    """Where the newsroom names a place for comments, commenting is an act like the others."""
    replaced("config/site.toml", "[authors", 'comments = "https://talk.example/on/{slug}?new"\n[authors')(site_root)
    app = open_site(site_root)
    guarded = page_of(visit(f"/en/{PERSIAN}", app=app))
    assert f"/en/{PERSIAN}/comment" in links(acts(guarded))
    assert not any("talk.example" in link for link in links(guarded))
    going = page_of(visit(f"/en/{PERSIAN}/comment/go", app=app))
    assert f"https://talk.example/on/{PERSIAN}?new" in links(going)
    assert "talk.example" in going.find("main").text
    free = page_of(visit(f"/en/{PERSIAN}", PLACES["Berlin"], "en", app=app))
    assert f"https://talk.example/on/{PERSIAN}?new" in links(acts(free))


def test_every_way_to_write(site_root: Path) -> None:
    """SecureDrop, Signal, e-mail and the key to it, each as the newsroom gave it, after the second step only."""
    replaced("config/site.toml", "[contact]\n", CONTACT)(site_root)
    app = open_site(site_root)
    before = visit("/en/contact", app=app).get_data(as_text=True)
    assert notices_in(before) == EVERY_NOTICE
    assert "newsroom@" not in before
    assert "signal.me" not in before
    page = page_of(visit("/en/contact/go", app=app))
    contact = edition_of(app).site.contact
    found = links(page.find("main"))
    for link in (contact.securedrop, contact.signal, f"mailto:{contact.email}", contact.pgp_url):
        assert link in found
    assert contact.pgp_fingerprint in page.find("main").text


@pytest.mark.parametrize("path", [f"/en/{SLUG}/contact", "/en/contact", "/en/contact/go", f"/en/{SLUG}/comment"])
def test_nothing_is_offered_that_there_is_not(site_root: Path, path: str) -> None:
    """Without a way to write there is neither a link nor a page."""
    replaced("config/site.toml", 'email = "newsroom@news.example"\n', "")(site_root)
    app = open_site(site_root)
    assert visit(path, app=app).status_code == 404
    assert path not in links(page_of(visit(f"/en/{SLUG}", app=app)))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param(f"/en/{SLUG}/like", 404, id="no such act"),
        pytest.param(f"/en/{SLUG}/share/now", 404, id="no such step"),
        pytest.param("/en/no-such-article/share", 404, id="no such article"),
        pytest.param(f"/EN/{SLUG}/share", 308, id="locale in capitals"),
        pytest.param(f"/en/{SLUG}/SHARE/go", 308, id="act in capitals"),
        pytest.param(f"/en/{SLUG.upper()}/text", 308, id="slug in capitals"),
    ],
)
def test_other_spellings(path: str, status: int) -> None:
    """One spelling of each page; what is no act is no page."""
    assert visit(path).status_code == status


def test_article_in_another_language_is_shared_as_it_is() -> None:
    """What is handed on is the address of the text that was read."""
    assert LocaleTag("fa") not in edition_of().articles[Slug(SLUG)].texts
    page = page_of(visit(f"/fa/{SLUG}/share/go"))
    assert page.find("input", "id", "address").attributes["value"] == f"https://news.example/en/{SLUG}"
