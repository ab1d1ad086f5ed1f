"""A site with more articles than a page of the list holds, and more links than a part of its map."""

import os
import re
import shutil
import signal
import time
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from tests.functional.serving import DEADLINE, serving
from tests.samples import BERLIN, MOSCOW
from tests.visits import RUSSIAN_LAW, assert_safe, edition_of, notices_in, open_site, state_of, visit
from webapp.core.model import LocaleTag
from webapp.site.missing import Missing
from webapp.site.render import LIST_LENGTH
from webapp.site.search import MOST_LANGUAGES
from webapp.site.search_page import HITS, link_pages
from webapp.site.sitemap import SITEMAP_LINKS, count_sitemap_parts, sitemap_parts
from webapp.sources.articles import LARGE

ARTICLES = 60


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A site with sixty articles more, twenty of them in every language."""
    root = tmp_path_factory.mktemp("large") / "site"
    make_site(root, ARTICLES, 20)
    return open_site(root)


def make_site(root: Path, articles: int, in_all: int) -> None:
    """Make the sample site with so many articles more, the first of them in every language."""
    repository = Path(__file__).resolve().parents[2]
    for name in ("config", "content", "translations", "static"):
        shutil.copytree(repository / name, root / name)
    tags = re.findall(r"^\[([\w-]+)\]$", (root / "config/locales.toml").read_text("utf-8"), re.MULTILINE)
    for number in range(articles):
        folder = root / f"content/story-{number:03}"
        folder.mkdir()
        head = f'published = 2020-01-01T{number // 60:02}:{number % 60:02}:00Z\nauthor = "newsroom"\n'
        (folder / "article.toml").write_text(head, "utf-8")
        for tag in tags if number < in_all else ["en"]:
            text = (
                f'+++\ntitle = "Story {number}"\nstandfirst = "In short."\n+++\n\nA body of *lamps* number{number}.\n'
            )
            (folder / f"{tag}.md").write_text(text, "utf-8")


def links_on(app: Flask, path: str) -> dict[str, str]:
    """The links to newer and older articles."""
    text = visit(path, BERLIN, "en", app=app).get_data(as_text=True)
    return dict(re.findall(r'<a rel="(prev|next)" href="([^"]+)"', text))


def slugs_on(app: Flask, path: str) -> list[str]:
    """The articles that a page of the list names, in its order."""
    text = visit(path, BERLIN, "en", app=app).get_data(as_text=True)
    return list(dict.fromkeys(re.findall(r'<h2[^>]*><a href="/en/([a-z0-9-]+)"', text)))


def test_every_article_is_on_one_page_of_the_list(large: Flask) -> None:
    """From the front page, by the links to older articles, to the last: each article once, the newest first."""
    path, seen, steps = "/en/", list[str](), 0
    while path:
        here = slugs_on(large, path)
        assert 0 < len(here) <= LIST_LENGTH
        seen += here
        path, steps = links_on(large, path).get("next", ""), steps + 1
    assert seen == [str(slug) for slug, it in edition_of(large).articles.items() if "en" in it.texts]
    assert steps == -(-len(seen) // LIST_LENGTH)


def test_pages_of_the_list_lead_back(large: Flask) -> None:
    """The second page leads to the front page, which is the first; a page that does not exist is none."""
    assert links_on(large, "/en/") == {"next": "/en/page/2"}
    assert links_on(large, "/en/page/2") == {"prev": "/en/", "next": "/en/page/3"}
    assert "next" not in links_on(large, "/en/page/3")
    for path, status in (("/en/page/4", 404), ("/en/page/0", 404), ("/en/page/x", 404), ("/en/page", 404)):
        assert visit(path, app=large).status_code == status, path
    for path, target in (("/en/page/1", "/en/"), ("/EN/page/02", "/en/page/2"), ("/en/page/2/", "/en/page/2")):
        response = visit(path, app=large)
        assert (response.status_code, response.headers["Location"]) == (308, target)


def test_numbers_that_are_too_great_are_told_at_the_door(large: Flask) -> None:
    """A flood of them costs what other junk does: none is rendered. Every number that there is goes on to its page."""
    edition = edition_of(large)
    parts = len(sitemap_parts(edition))
    assert count_sitemap_parts(edition) == parts
    missing = Missing(large.url_map, state_of(large).settings.root / "static")
    for number in (0, parts + 1, 10**9):
        for path in (f"/sitemap-{number}.xml", f"/en/page/{number}"):
            assert missing.says(path, edition), path
            assert visit(path, app=large).status_code == 404
    for path in (*(f"/sitemap-{number}.xml" for number in range(1, parts + 1)), "/en/page/1", "/en/page/3"):
        assert not missing.says(path, edition), path
        assert visit(path, app=large).status_code in {200, 308}


def test_a_small_site_has_no_parts() -> None:
    """The one map of a small site is not numbered."""
    edition = edition_of()
    assert count_sitemap_parts(edition) == len(sitemap_parts(edition))


@pytest.mark.parametrize("path", ["/en/page/2", "/ru/page/2", "/fa/page/2"])
def test_older_pages_are_guarded_too(large: Flask, path: str) -> None:
    """A reader in Moscow sees her notice there; search engines follow the links and keep the page out."""
    for _ in range(2):
        assert_safe(visit(path, app=large), edition_of(large))
        response = visit(path, MOSCOW, "en", app=large)
        assert RUSSIAN_LAW in notices_in(response.get_data(as_text=True))
        assert 'name="robots" content="noindex, follow"' in response.get_data(as_text=True)


def test_map_of_a_large_site_has_parts(large: Flask) -> None:
    """Each part has few enough links; together they name every page once, as the one map of a small site does."""
    index = visit("/sitemap.xml", app=large).get_data(as_text=True)
    parts = re.findall(r"<sitemap><loc>https?://[^/]+(/sitemap-\d+\.xml)</loc></sitemap>", index)
    assert len(parts) > 1
    locations: list[str] = []
    for part in parts:
        response = visit(part, app=large)
        assert response.status_code == 200
        text = response.get_data(as_text=True)
        assert text.count("<xhtml:link") + text.count("<loc>") <= SITEMAP_LINKS
        locations += re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", text)
    edition = edition_of(large)
    texts = sum(len(it.texts) for it in edition.articles.values())
    assert len(locations) == len(set(locations)) == texts + len(edition.locales) * (1 + len(edition.notices))
    for path in ("/sitemap-0.xml", f"/sitemap-{len(parts) + 1}.xml", "/sitemap-x.xml"):
        assert visit(path, app=large).status_code == 404
    assert visit("/sitemap-01.xml", app=large).headers["Location"] == "/sitemap-1.xml"


def test_search_of_many_languages(large: Flask) -> None:
    """More languages than are kept at a time: each search finds what it should, with the word marked."""
    tags: list[LocaleTag] = list(edition_of(large).locales)[: MOST_LANGUAGES + 3]
    for tag in [*tags, *tags]:
        text = visit(f"/{tag}/search?q=number7", BERLIN, "en", app=large).get_data(as_text=True)
        assert "<mark>number7</mark>" in text
        assert f"/{tag}/story-007" in text
    english = visit("/en/search?q=lamps+number55", BERLIN, "en", app=large).get_data(as_text=True)
    assert "/en/story-055" in english
    assert "*lamps*" not in english


def test_what_is_found_is_paged_through(large: Flask) -> None:
    """From the first page by the links to the next: every article once, counted on each page, with the way back."""
    address, before, seen = "/en/search?q=lamps+body", "", list[str]()
    while address:
        text = visit(address, BERLIN, "en", app=large).get_data(as_text=True)
        links = {rel: unescape(url) for url, rel in re.findall(r'<a href="([^"]+)" rel="(prev|next)"', text)}
        here = slugs_on(large, address)
        assert 0 < len(here) <= HITS
        assert f"{ARTICLES} articles found" in text
        assert links.get("prev", "") == before
        seen += here
        before, address = address, links.get("next", "")
    assert sorted(seen) == [f"story-{number:03}" for number in range(ARTICLES)]
    assert before == "/en/search?q=lamps+body&page=3"


@pytest.mark.parametrize(
    "page", ["4", "0", "-1", "x", "", "99999999999999999999", "²", "%D9%A2", "1.0", "2&q=z", "2&q="]
)
def test_pages_of_a_search_that_are_none(large: Flask, page: str) -> None:
    """Such an address is answered with 404, whether or not there is a question."""
    query = "q=lamps&" if "q=" not in page else ""
    assert visit(f"/en/search?{query}page={page}", app=large).status_code == 404


def test_further_pages_of_a_search_are_guarded_too(large: Flask) -> None:
    """A reader in Moscow sees her notice there, numbers are in the page's digits, and the first page can be named."""
    assert_safe(visit("/en/search?q=lamps&page=2", app=large), edition_of(large))
    text = visit("/en/search?q=lamps&page=2", MOSCOW, "en", app=large).get_data(as_text=True)
    assert RUSSIAN_LAW in notices_in(text)
    assert 'aria-current="page">2</a>' in text
    assert slugs_on(large, "/en/search?q=lamps&page=1") == slugs_on(large, "/en/search?q=lamps")
    persian = visit("/fa/search?q=lamps", app=large).get_data(as_text=True)
    assert "page=2" not in persian  # twenty articles stand on one page


@pytest.mark.parametrize(
    ("present", "last", "shown"),
    [
        pytest.param(1, 1, "", id="one page"),
        pytest.param(1, 2, "[1] 2>", id="two"),
        pytest.param(2, 2, "<1 [2]", id="the second of two"),
        pytest.param(1, 9, "[1] 2> 3 … 9", id="the first of many"),
        pytest.param(5, 9, "1 … 3 <4 [5] 6> 7 … 9", id="in the middle"),
        pytest.param(4, 9, "1 2 <3 [4] 5> 6 … 9", id="no gap where nothing is left out"),
        pytest.param(9, 9, "1 … 7 <8 [9]", id="the last"),
    ],
)
def test_pages_that_are_linked(present: int, last: int, shown: str) -> None:
    """The first, the last, and those around the present one."""
    parts = []
    for link in link_pages(LocaleTag("en"), "two words", present, last):
        parts += ["…"] if link.gap else []
        mark = {"prev": f"<{link.number}", "next": f"{link.number}>"}.get(link.rel, f"{link.number}")
        parts.append(f"[{mark}]" if link.current else mark)
        assert link.url == "/en/search?q=two+words" + (f"&page={link.number}" if link.number > 1 else "")
    assert " ".join(parts) == shown


def test_workers_of_a_site_that_several_processes_read(tmp_path: Path) -> None:
    """A site so large that it is read by all cores: both workers have every text, a worker that is made anew too, and
    a change; and nobody is left of those who read it."""
    root, stories = tmp_path / "site", 80
    make_site(root, stories, stories)
    tags = sorted(path.stem for path in (root / "content/story-000").glob("*.md"))
    assert len(tags) * stories > LARGE
    with serving(root, tmp_path / "log", WORKERS="2") as served:
        workers = children(served.process.pid)
        assert len(workers) == 2
        for number in range(stories):
            tag = tags[number % len(tags)]
            assert f"<em>lamps</em> number{number}." in served.get(f"/{tag}/story-{number:03}").text
        os.kill(workers[0], signal.SIGKILL)
        until = time.monotonic() + DEADLINE
        while len(set(children(served.process.pid)) - {workers[0]}) < 2:
            assert time.monotonic() < until
            time.sleep(0.02)
        path = root / "content/story-007/en.md"
        path.write_text(path.read_text("utf-8") + "\nOne more line.\n", "utf-8")
        assert served.all_workers("/en/story-007", lambda answer: "One more line." in answer.text)
        assert served.all_workers("/en/story-008", lambda answer: "number8." in answer.text)


def children(process: int) -> list[int]:
    """The processes that one has made."""
    return [int(it) for it in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]
