"""The translators' preview: on this machine only, through the gate, with every kind of page in every language."""

import base64
import hashlib
import re
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask

from tests.functional.serving import run
from tests.markup import read_page
from tests.samples import REPOSITORY, HeldClock
from tests.unit.sources.damage import replaced
from tests.visits import EVERY_NOTICE, articles_in, notices_in, state_of, the_site
from webapp.app import create_app
from webapp.errors import SettingsError
from webapp.settings import Settings
from webapp.site.preview import PREVIEW, kinds_of_page


def open_preview(root: Path = REPOSITORY) -> Flask:
    return create_app(Settings(root=root), HeldClock(), watch=False, with_preview=True)


@pytest.fixture(scope="module")
def preview() -> Flask:
    """The site with its preview."""
    return open_preview()


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"host": "0.0.0.0"}, id="every address"),
        pytest.param({"host": "::"}, id="every address, IPv6"),
        pytest.param({"host": "192.0.2.7"}, id="an address of a network"),
        pytest.param({"host": "news.example"}, id="a name"),
        pytest.param({"trusted_proxies": (ip_network("127.0.0.1/32"),)}, id="behind a proxy"),
    ],
)
def test_it_is_for_this_machine_alone(settings: dict[str, object]) -> None:
    """Where anybody else could reach it, it does not start."""
    with pytest.raises(SettingsError):
        create_app(replace(Settings(root=REPOSITORY), **settings), with_preview=True)  # type: ignore[arg-type]


def test_the_command_refuses_too(site_root: Path) -> None:
    """`webapp serve --preview` on another address ends with words, not with a server."""
    result = run("serve", "--preview", folder=site_root, HOST="0.0.0.0", PORT="8123")
    assert result.returncode == 2
    assert "HOST" in result.stderr


@pytest.mark.parametrize(
    ("headers", "environ"),
    [
        pytest.param({"X-Forwarded-For": "127.0.0.1"}, {}, id="through a proxy"),
        pytest.param({"Forwarded": "for=127.0.0.1"}, {}, id="through another"),
        pytest.param({"Via": "1.1 x"}, {}, id="through a third"),
        pytest.param({"Host": "evil.example"}, {}, id="under another name"),
        pytest.param({"Host": "evil.example:8000"}, {}, id="under another name, with a port"),
        pytest.param({}, {"REMOTE_ADDR": "192.0.2.7"}, id="from elsewhere"),
    ],
)
@pytest.mark.parametrize("path", [PREVIEW, "/en/", "/en-XA/"])
def test_strangers_find_nothing(preview: Flask, headers: dict[str, str], environ: dict[str, str], path: str) -> None:
    """Whoever does not come straight from this machine gets a page that does not exist, and no article."""
    response = preview.test_client().get(path, headers=headers, environ_overrides=environ)
    assert response.status_code == 404
    assert articles_in(response.get_data(as_text=True)) == set()


def test_index(preview: Flask) -> None:
    """Every kind of page in every language is linked, the legal coverage stands below, and no article is quoted."""
    response = preview.test_client().get(PREVIEW)
    body = response.get_data(as_text=True)
    page = read_page(body)
    edition = state_of(preview).store.current
    assert {"en-XA", "ar-XB"} <= set(edition.locales)
    links = {it.attributes["href"] for it in page.find_all("a")}
    assert links == {url for tag in edition.locales for url in kinds_of_page(edition, tag).values()}
    assert "built-in" not in page.text
    assert "unreviewed" in page.text
    assert articles_in(body) == set()
    (style,) = re.findall(r"<style>(.*?)</style>", body, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in response.headers["Content-Security-Policy"]
    assert ".preview" in style


def test_preview_adds_one_route(preview: Flask) -> None:
    """The preview is one page more, which quotes no article; another route there would have to be named here."""
    ordinary = {rule.endpoint for rule in the_site().url_map.iter_rules()}
    assert {rule.endpoint for rule in preview.url_map.iter_rules()} - ordinary == {"preview.index"}


@pytest.mark.parametrize(("tag", "direction"), [("en-XA", "ltr"), ("ar-XB", "rtl")])
def test_pseudo_languages(preview: Flask, tag: str, direction: str) -> None:
    """Every kind of page works in them, with every notice; their words are changed, numbers and names are not."""
    edition = state_of(preview).store.current
    locale = next(it for it in edition.locales.values() if it.tag == tag)
    for kind, path in kinds_of_page(edition, locale.tag).items():
        response = preview.test_client().get(path)
        assert response.status_code == (404 if kind == "not found" else 200), path
        if response.mimetype == "text/html":
            html = read_page(response.get_data(as_text=True)).find("html")
            assert (html.attributes["lang"], html.attributes["dir"]) == (tag, direction)
    article = preview.test_client().get(kinds_of_page(edition, locale.tag)["article"]).get_data(as_text=True)
    assert notices_in(article) == EVERY_NOTICE
    assert "Skip to content" not in article
    assert "15,000" in article


def test_no_way_round_the_gate(site_root: Path) -> None:
    """Where approval is required, the pseudo-languages get the built-in notice like everybody."""
    replaced("config/site.toml", 'legal_review = "advise"', 'legal_review = "require"')(site_root)
    app = open_preview(site_root)
    for tag in ("en", "en-XA", "ar-XB"):
        body = app.test_client().get(f"/{tag}/reading-safely").get_data(as_text=True)
        assert notices_in(body) == EVERY_NOTICE
        assert "If the law of Russia can reach you" in body
        assert "Если вас может коснуться российский закон" in body
    assert "built-in" in app.test_client().get(PREVIEW).get_data(as_text=True)


def test_an_ordinary_site_has_no_preview() -> None:
    """Without the switch there is neither the page nor the languages."""
    app = create_app(Settings(root=REPOSITORY), HeldClock(), watch=False)
    assert app.test_client().get(PREVIEW).status_code == 404
    assert app.test_client().get("/en-XA/").status_code == 404
