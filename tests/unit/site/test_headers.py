"""The response headers: one table for every status, and nothing that must not leave."""

import base64
import hashlib

import pytest
from werkzeug.datastructures import Headers

from webapp.settings import Hsts
from webapp.site.headers import Kind, page_policy, set_headers

POLICY = page_policy("body{color:red}")
FIXED_VALUES = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Robots-Tag": "noarchive",
    "X-DNS-Prefetch-Control": "off",
}


def make_headers(
    kind: Kind, given: dict[str, str] | None = None, hsts: Hsts = Hsts.OFF, onion: str | None = None
) -> Headers:
    """The headers of a response to /en/ for which a view had set `given`."""
    headers = Headers(given)
    set_headers(headers, kind, POLICY, hsts, onion, "/en/")
    return headers


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("name", "value"), FIXED_VALUES.items(), ids=FIXED_VALUES)
def test_every_kind_has_the_table(kind: Kind, name: str, value: str) -> None:
    """Each header stands once, on every kind of response, over whatever a view had set."""
    assert make_headers(kind, {name: "something else"}).getlist(name) == [value]


@pytest.mark.parametrize("kind", Kind)
def test_every_browser_feature_is_off(kind: Kind) -> None:
    """The Permissions-Policy allows no feature to anybody."""
    features = make_headers(kind)["Permissions-Policy"].split(", ")
    assert len(features) == len(set(features)) > 20
    assert all(feature.endswith("=()") for feature in features)


@pytest.mark.parametrize("name", ["Set-Cookie", "Report-To", "NEL", "ETag", "Last-Modified"])
@pytest.mark.parametrize("kind", Kind)
def test_what_must_not_leave_is_taken_out(kind: Kind, name: str) -> None:
    """Cookies, reports and cache validators never leave."""
    assert name not in make_headers(kind, {name: "x"})


@pytest.mark.parametrize("kind", Kind)
def test_server_has_no_name(kind: Kind) -> None:
    """An empty name stays, so that the server below does not add its own."""
    assert make_headers(kind, {"Server": "granian/1"}).getlist("Server") == [""]


@pytest.mark.parametrize(
    ("kind", "cache", "cdn", "vary"),
    [
        pytest.param(Kind.PAGE, "private, no-store", "no-store", "Accept-Encoding, Accept-Language", id="page"),
        pytest.param(Kind.PICTURE, "private, no-store", "no-store", "Accept-Encoding", id="picture"),
        pytest.param(Kind.FIXED, "public, max-age=3600", None, "Accept-Encoding", id="fixed"),
    ],
)
def test_caches(kind: Kind, cache: str, cdn: str | None, vary: str) -> None:
    """Only what is the same for everybody may be kept, and then by encoding."""
    headers = make_headers(kind, {"Cache-Control": "public"})
    assert headers.getlist("Cache-Control") == [cache]
    assert headers.get("CDN-Cache-Control") == headers.get("Surrogate-Control") == cdn
    assert headers["Vary"] == vary


def test_policy_names_the_one_style() -> None:
    """The style sheet in the page is allowed by its digest, and by nothing else."""
    digest = base64.b64encode(hashlib.sha256(b"body{color:red}").digest()).decode()
    directives = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert directives == {
        "default-src": "'none'",
        "style-src": f"'self' 'sha256-{digest}'",
        "img-src": "'self'",
        "font-src": "'self'",
        "script-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


@pytest.mark.parametrize("kind", Kind)
def test_policy_of_a_kind(kind: Kind) -> None:
    """A picture is sandboxed, because an SVG opened by itself is a document; the rest has the page's policy."""
    policy = make_headers(kind)["Content-Security-Policy"]
    expected = "default-src 'none'; style-src 'unsafe-inline'; sandbox" if kind is Kind.PICTURE else POLICY
    assert policy == expected


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("hsts", "value"),
    [
        (Hsts.OFF, None),
        (Hsts.ON, "max-age=63072000; includeSubDomains"),
        (Hsts.PRELOAD, "max-age=63072000; includeSubDomains; preload"),
    ],
)
def test_strict_transport_only_when_told(kind: Kind, hsts: Hsts, value: str | None) -> None:
    """Over plain HTTP the header would mean nothing, so only the operator turns it on."""
    assert make_headers(kind, hsts=hsts).get("Strict-Transport-Security") == value


@pytest.mark.parametrize(
    ("kind", "onion", "value"),
    [
        pytest.param(Kind.PAGE, None, None, id="not configured"),
        pytest.param(Kind.PAGE, "http://x.onion", "http://x.onion/en/", id="page"),
        pytest.param(Kind.PICTURE, "http://x.onion", None, id="picture"),
        pytest.param(Kind.FIXED, "http://x.onion", None, id="fixed"),
    ],
)
def test_onion_location(kind: Kind, onion: str | None, value: str | None) -> None:
    """Pages name the same page on the onion service, when there is one."""
    assert make_headers(kind, onion=onion).get("Onion-Location") == value


# What a page of ours must never be able to use, by the specifications that name it.
POWERFUL = [
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb",
    "xr-spatial-tracking",
]  # fmt: skip


@pytest.mark.parametrize("feature", POWERFUL)
def test_every_feature_is_off(feature: str) -> None:
    """Nothing that senses, follows or pays is allowed to anybody."""
    assert f"{feature}=()" in make_headers(Kind.PAGE)["Permissions-Policy"].split(", ")


def test_no_feature_is_on() -> None:
    """The policy allows nothing to anybody."""
    assert all(it.endswith("=()") for it in make_headers(Kind.PAGE)["Permissions-Policy"].split(", "))
