"""No way around the gate: every route is gated or known to carry no article, and every doubt shows the notice."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemLoader

from tests.samples import NOW, REPOSITORY, HeldClock
from tests.visits import (
    EVERY_NOTICE,
    PERSIAN,
    PLACES,
    RUSSIAN_LAW,
    SLUG,
    articles_in,
    door_of,
    edition_of,
    notices_in,
    open_site,
    state_of,
    the_site,
    visit,
)
from webapp.site import render

CARRIES_ARTICLES = {
    "site.front": "/en/",
    "site.article": f"/en/{SLUG}",
    "searching.search": "/en/search?q=undesirable",
    "site.feed": "/en/feed.xml",
    "acts.text": f"/en/{SLUG}/text",
    "acts.act": f"/en/{SLUG}/share",
    "acts.go": f"/en/{SLUG}/save/go",
}
"""Endpoints whose answers quote articles, each with a request that does."""

ARTICLE_FREE = {
    "site.root": "/",
    "site.locale_without_slash": "/en",
    "site.about": f"/en/about-notice/{RUSSIAN_LAW}",
    "site.sitemap": "/sitemap.xml",
    "site.robots": "/robots.txt",
    "site.favicon": "/favicon.ico",
    "site.static": "/static/favicon.svg",
    "site.media": f"/media/{SLUG}/picture.svg",
    "acts.contact": "/en/contact",
    "acts.contact_go": "/en/contact/go",
    "leaving.leave": "/en/leave",
    "leaving.blank": "/en/blank",
    "leaving.leaving": "/en/leaving",
}
"""Endpoints whose answers never hold a word of an article. Adding one here is a decision about readers' safety."""

LARGE_SITES = {"site.older", "site.sitemap_part"}
"""Endpoints that a site of few articles has no page for: tests/functional/test_large_site.py asks them."""

GATED = pytest.mark.parametrize("path", CARRIES_ARTICLES.values(), ids=CARRIES_ARTICLES)


def test_every_route_is_known() -> None:
    """A new route must be named in one of the tables above."""
    endpoints = {rule.endpoint for rule in the_site().url_map.iter_rules()}
    assert endpoints == set(CARRIES_ARTICLES) | set(ARTICLE_FREE) | LARGE_SITES
    assert not set(CARRIES_ARTICLES) & set(ARTICLE_FREE)


@GATED
def test_article_leaves_with_every_notice(path: str) -> None:
    """A reader of whom nothing is known gets article text only with every notice."""
    body = visit(path).get_data(as_text=True)
    assert SLUG in articles_in(body)
    assert notices_in(body) == EVERY_NOTICE


@pytest.mark.parametrize("path", ARTICLE_FREE.values(), ids=ARTICLE_FREE)
def test_article_free_answer_has_no_article(path: str) -> None:
    """What passes beside the gate holds no word of an article."""
    response = visit(path)
    assert response.status_code in {200, 302, 303, 308}
    assert articles_in(response.get_data(as_text=True)) == set()


# --- a template that lost its notice ------------------------------------------------------------------------


def empty_macros(text: str) -> str:
    """Take out what stands in every macro that marks a notice, and every other element that does."""
    text = re.sub(
        r"(\{% macro [^%]*%\})((?:(?!endmacro).)*data-notice.*?)(\{% endmacro %\})", r"\1\3", text, flags=re.DOTALL
    )
    return text.replace("data-notice=", "title=")


def lose_marker(text: str) -> str:
    """Keep the words of a notice, and lose only its marker."""
    return text.replace("data-notice=", "data-lost=")


def escape_marker(text: str) -> str:
    """Turn a notice's element into text that looks like it."""
    return re.sub(r"<(\w+)([^<>]*data-notice=)", r"&lt;\1\2", text)


@pytest.fixture(params=[empty_macros, lose_marker, escape_marker])
def broken_templates(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Render from a copy of the templates in which the notice is broken. The one place where a test patches."""
    folder = tmp_path / "templates"
    shutil.copytree(REPOSITORY / "webapp" / "templates", folder)
    changed = 0
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        broken = request.param(text)
        changed += broken != text
        path.write_text(broken, "utf-8")
        assert "data-notice=" not in broken or request.param is escape_marker
    assert changed >= 2
    environment = render.environment().overlay(loader=FileSystemLoader(folder))
    monkeypatch.setattr(render, "environment", lambda: environment)
    door_of(the_site()).forget()
    yield
    door_of(the_site()).forget()


QUERIES = {"en": "undesirable", "ru": "нежелательн"}


@pytest.mark.usefixtures("broken_templates")
@GATED
@pytest.mark.parametrize("tag", QUERIES)
def test_page_that_lost_its_notice_is_refused(path: str, tag: str) -> None:
    """Without the marker the answer is 503, localized, with its headers, and without the article."""
    path = path.replace("/en/", f"/{tag}/").replace("q=undesirable", f"q={QUERIES[tag]}")
    before = state_of(the_site()).refusals
    response = visit(path)
    body = response.get_data(as_text=True)
    assert response.status_code == 503
    assert articles_in(body) == set()
    assert f'<html lang="{tag}"' in body
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.mimetype == "text/html"
    assert state_of(the_site()).refusals == before + 1


@pytest.mark.usefixtures("broken_templates")
def test_proven_reader_is_not_refused() -> None:
    """A reader with a Proof loses nothing by the broken template, except the feed, which everybody shares."""
    for endpoint, path in CARRIES_ARTICLES.items():
        response = visit(path, PLACES["Berlin"], "en")
        assert response.status_code == (503 if endpoint == "site.feed" else 200)


def test_one_entry_without_its_notice_stops_the_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notices of one entry do not speak for another: readers' programs show entries one by one."""
    folder = tmp_path / "templates"
    shutil.copytree(REPOSITORY / "webapp" / "templates", folder)
    path = folder / "feed_entry.xml"
    loop = "{% for view in page.notices %}"
    text = path.read_text("utf-8")
    assert loop in text
    path.write_text(text.replace(loop, f'{{% for view in page.notices if article.slug != "{SLUG}" %}}'), "utf-8")
    environment = render.environment().overlay(loader=FileSystemLoader(folder))
    monkeypatch.setattr(render, "environment", lambda: environment)
    door_of(the_site()).forget()
    response = visit("/en/feed.xml")
    assert response.status_code == 503
    assert articles_in(response.get_data(as_text=True)) == set()


# --- doubts about the whole site ----------------------------------------------------------------------------


def assert_warns_berlin(app: Flask) -> None:
    """A reader whom nothing but the present doubt concerns gets every notice, on every page with article text."""
    for path in (*CARRIES_ARTICLES.values(), f"/fa/{PERSIAN}"):
        body = visit(path, PLACES["Berlin"], "en", app=app).get_data(as_text=True)
        assert notices_in(body) == EVERY_NOTICE


def test_premise_berlin_is_proven() -> None:
    """Without a doubt that reader gets no notice."""
    assert notices_in(visit(f"/en/{SLUG}", PLACES["Berlin"], "en").get_data(as_text=True)) == frozenset()


@pytest.mark.parametrize(
    "shift",
    [
        pytest.param(timedelta(days=730), id="two years later: the map is stale"),
        pytest.param(timedelta(days=36_500), id="a century later"),
        pytest.param(timedelta(days=-730), id="two years back: the clock is wrong"),
        pytest.param(timedelta(days=-20_000), id="a clock that was never set"),
    ],
)
def test_clock_that_makes_the_map_doubtful(clock: HeldClock, shift: timedelta) -> None:
    """A map too old, or a clock before the map's own date, proves nothing about anybody."""
    app = open_site(clock=clock)
    assert notices_in(visit(f"/en/{SLUG}", PLACES["Berlin"], "en", app=app).get_data(as_text=True)) == frozenset()
    clock.moment = NOW + shift
    assert_warns_berlin(app)
    clock.moment = NOW
    assert notices_in(visit(f"/en/{SLUG}", PLACES["Berlin"], "en", app=app).get_data(as_text=True)) == frozenset()


def test_edge_of_the_maps_age(clock: HeldClock) -> None:
    """The last day that the map may be believed, and the day after."""
    app = open_site(clock=clock)
    facts = edition_of(app).map
    assert facts is not None
    last = NOW.replace(year=facts.data_date.year, month=facts.data_date.month, day=facts.data_date.day)
    clock.moment = last + timedelta(days=facts.max_age_days)
    assert notices_in(visit(f"/en/{SLUG}", PLACES["Berlin"], "en", app=app).get_data(as_text=True)) == frozenset()
    clock.moment += timedelta(days=1)
    assert_warns_berlin(app)


MAP = "config/territories.mmdb"
PROVENANCE = "config/territories.provenance.json"


def _missing(root: Path) -> None:
    (root / MAP).unlink()


def _empty(root: Path) -> None:
    (root / MAP).write_bytes(b"")


def _cut(root: Path) -> None:
    whole = (root / MAP).read_bytes()
    (root / MAP).write_bytes(whole[: len(whole) // 2])


def _one_bit(root: Path) -> None:
    whole = bytearray((root / MAP).read_bytes())
    whole[len(whole) // 3] ^= 1
    (root / MAP).write_bytes(whole)


def _other_type(root: Path) -> None:
    (root / MAP).write_text("not a map", "utf-8")


def _no_provenance(root: Path) -> None:
    (root / PROVENANCE).unlink()


def _other_definition(root: Path) -> None:
    path = root / "config" / "territories.toml"
    text = path.read_text("utf-8")
    for name, code in (("russia", "RU"), ("belarus", "BY")):
        text = text.replace(f'codes = ["{code}"]', f'codes = ["{code}", "SJ"]')
        assert f"[territories.{name}]" in text
    path.write_text(text, "utf-8")


def _always(root: Path) -> None:
    path = root / "config" / "site.toml"
    path.write_text(path.read_text("utf-8").replace('notice_mode = "decided"', 'notice_mode = "always"'), "utf-8")


@pytest.mark.parametrize(
    "damage", [_missing, _empty, _cut, _one_bit, _other_type, _no_provenance, _other_definition, _always]
)
def test_map_that_cannot_be_believed(site_root: Path, damage: Callable[[Path], None]) -> None:
    """The site starts, and warns everybody, when there is no map that it may believe, or when told to."""
    damage(site_root)
    assert_warns_berlin(open_site(site_root))
