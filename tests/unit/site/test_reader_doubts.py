"""What a request says beside the address can only add doubt about its reader."""

from ipaddress import ip_network

import pytest
from flask import Flask

from tests.samples import BERLIN, REPOSITORY, HeldClock
from webapp.app import create_app
from webapp.settings import Settings

NOTICE = b'data-notice="undesirable-organization"'


@pytest.fixture(scope="module")
def proxied() -> Flask:
    """Return the site behind a proxy on loopback."""
    return create_app(
        Settings(root=REPOSITORY, trusted_proxies=(ip_network("127.0.0.1/32"),)), HeldClock(), watch=False
    )


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        pytest.param({"Accept-Language": "en"}, False, id="nothing in doubt"),
        pytest.param({}, False, id="no languages named"),
        pytest.param({"Accept-Language": ""}, True, id="languages that were no text"),
        pytest.param({"Accept-Language": "en,"}, True, id="a second line that was no text"),
        pytest.param({"CF-IPCountry": "DE"}, False, id="the CDN agrees"),
        pytest.param({"CF-IPCountry": "T1"}, True, id="the CDN says Tor"),
        pytest.param({"CF-IPCountry": "XX"}, True, id="the CDN does not know"),
        pytest.param({"CloudFront-Viewer-Country": "RU"}, True, id="the CDN says Russia"),
        pytest.param({"CF-IPCountry": "DE", "CF-Region-Code": "BE"}, False, id="the CDN's region is of no interest"),
        pytest.param({"CF-IPCountry": "DE", "CF-Region-Code": "?"}, True, id="the CDN does not know the region"),
        pytest.param({"X-Azure-ClientIP": "77.88.8.8"}, True, id="the CDN names another address"),
    ],
)
def test_doubt_shows_the_notice(proxied: Flask, headers: dict[str, str], shown: bool) -> None:
    """A German address is proof only while nothing in the request speaks against it."""
    page = proxied.test_client().get("/en/reading-safely", headers={"X-Forwarded-For": BERLIN, **headers})
    assert page.status_code == 200
    assert (NOTICE in page.data) is shown
