"""How the site saw a request is told to whoever brings the secret, and to nobody else."""

import hashlib

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.samples import BERLIN, MOSCOW, NOW, REPOSITORY, HeldClock
from tests.visits import EVERY_NOTICE, LOOPBACK, RUSSIAN_LAW, articles_in, notices_in, the_site, visit
from webapp.app import create_app
from webapp.settings import Hsts, Settings
from webapp.site.sight import DIGEST_HEADER, TOKEN_HEADER, Sight, find_sight

TOKEN = "0123456789abcdef0123456789abcdef"
PATH = "/en/doctor-" + "ab" * 16


@pytest.fixture(scope="module")
def asked() -> Flask:
    """Return a site whose operator has set a secret."""
    settings = Settings(root=REPOSITORY, trusted_proxies=(LOOPBACK,), doctor_token=TOKEN, hsts=Hsts.ON)
    return create_app(settings, HeldClock(NOW), watch=False)


def ask(app: Flask, token: str | None = TOKEN, path: str = PATH, **headers: str) -> TestResponse:
    """Ask as somebody in Berlin, with a secret."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        given[TOKEN_HEADER] = token
    return visit(path, BERLIN, "en", app=app, headers=given)


def see(app: Flask, **headers: str) -> Sight:
    """Return what the site told."""
    sight = find_sight(ask(app, **headers).get_data(as_text=True))
    assert sight is not None
    return sight


def test_what_is_told(asked: Flask) -> None:
    """Peer, hops, address, place, notices and the state of the site, as `webapp explain` would find them."""
    sight = see(asked)
    assert (sight.peer, sight.peer_trusted, sight.direct, sight.trusts_everybody) == ("127.0.0.1", True, False, False)
    assert [(hop.text, hop.trusted) for hop in sight.hops] == [(BERLIN, False)]
    assert (sight.address, sight.reason, sight.country) == (BERLIN, None, "DE")
    assert sight.shown == ()
    assert sight.map_doubt is None
    assert sight.map_days_left is not None
    assert sight.map_days_left > 0
    assert sight.hsts
    assert any(RUSSIAN_LAW in text for text in sight.unreviewed)


def test_what_is_told_of_a_doubt(asked: Flask) -> None:
    """A header that contradicts is named, and every notice is due."""
    sight = see(asked, X_Real_IP=MOSCOW)
    assert sight.address is None
    assert "x-real-ip contradicts" in sight.detail
    assert sight.marks == ("x-forwarded-for", "x-real-ip")
    assert set(sight.shown) == EVERY_NOTICE


def test_it_is_sent_as_a_page_is(asked: Flask) -> None:
    """Never kept, every header, no article, a nonce that never comes twice, and a digest of what was written."""
    responses = [ask(asked), ask(asked)]
    page = visit("/en/no-such-page", BERLIN, "en", app=asked)
    for response in responses:
        body = response.get_data(as_text=True)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"
        assert {*response.headers.keys()} - {*page.headers.keys()} == {DIGEST_HEADER}
        assert articles_in(body) == set()
        assert notices_in(body) == set()
        assert response.headers[DIGEST_HEADER] == hashlib.sha256(body.encode()).hexdigest()
    nonces = {sight.nonce for it in responses if (sight := find_sight(it.get_data(as_text=True)))}
    assert len(nonces) == 2


@pytest.mark.parametrize(
    ("token", "path"),
    [
        pytest.param(None, PATH, id="no secret"),
        pytest.param("", PATH, id="an empty one"),
        pytest.param(TOKEN[:-1] + "e", PATH, id="a wrong one"),
        pytest.param(TOKEN + "0", PATH, id="a longer one"),
        pytest.param("ключ", PATH, id="one that is not ASCII"),
        pytest.param(TOKEN, PATH[:-1], id="a path too short"),
        pytest.param(TOKEN, "/en/doctor-zhivago", id="a path of another kind"),
    ],
)
def test_everybody_else_finds_nothing(asked: Flask, token: str | None, path: str) -> None:
    """Byte for byte and header for header what a site without a secret answers, which is a page that is not there."""
    answers = []
    for app in (asked, the_site()):
        headers = {TOKEN_HEADER: token.encode().decode("latin-1")} if token is not None else {}
        response = visit(path, BERLIN, "en", app=app, headers=headers)
        fields = {name: value for name, value in response.headers if name != "Strict-Transport-Security"}
        answers.append((response.status, fields, response.get_data()))
    assert answers[0] == answers[1]
    assert answers[0][0].startswith("404")


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
def test_other_methods(asked: Flask, method: str) -> None:
    """Nobody learns by another method that there is something."""
    ours = visit(PATH, BERLIN, "en", app=asked, method=method)
    others = visit("/en/no-such-page", BERLIN, "en", app=asked, method=method)
    assert (ours.status, dict(ours.headers), ours.get_data()) == (
        others.status,
        dict(others.headers),
        others.get_data(),
    )


def test_secret_opens_no_other_page(asked: Flask) -> None:
    """With the secret an article is what it is without, and a cache that kept it would hand out nothing new."""
    plain, with_secret = (ask(asked, token, "/en/reading-safely") for token in (None, TOKEN))
    assert plain.get_data() == with_secret.get_data()
    assert DIGEST_HEADER not in with_secret.headers


def test_no_secret_no_answer() -> None:
    """Without a secret configured, no value of the header opens anything."""
    assert [ask(the_site(), token).status_code for token in (None, "", "None", TOKEN)] == [404] * 4


def test_other_pages_hold_no_sight() -> None:
    """What is no page of this kind is read as nothing."""
    assert find_sight("<p>hello</p>") is None
    assert find_sight("<pre>{}</pre>") is None
