"""Mozilla's HTTP Observatory, by its own rules: over TLS through the reference nginx."""

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.functional.proxies import HAS_NGINX, Sites, make_certificate, nginx, world
from tests.observatory import CORS_ORIGIN, MODIFIERS, PASSED, TESTS, Fetched, judge, score
from webapp.doctor.wire import Line

pytestmark = [pytest.mark.proxies, pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")]

WANTED = 145


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Line, str]]:
    """Return the way to the site through nginx with TLS, and its address without."""
    folder = tmp_path_factory.mktemp("observatory")
    with ExitStack() as stack:
        certificate = make_certificate(folder)
        proxy = stack.enter_context(nginx(folder, Sites(folder, stack).port(), certificate))
        port = stack.enter_context(world(proxy.port))
        line = Line(urlsplit(f"https://127.0.0.1:{port}"), context=certificate.context)
        yield line, f"http://127.0.0.1:{proxy.plain_port}"


def fetch(line: Line, plain: str, path: str) -> Fetched:
    """Fetch a page as the scanner does: over TLS, and where http leads."""
    answer = line.get(path, (("Origin", CORS_ORIGIN),))
    while answer.first("Location"):
        answer = line.get(urlsplit(answer.first("Location") or "").path, (("Origin", CORS_ORIGIN),))
    first = line.get(path, base=urlsplit(plain))
    route = [f"{plain}{path}", *filter(None, [first.first("Location")])]
    return Fetched(line.base.geturl(), answer.fields, answer.text, route)


@pytest.mark.parametrize("path", ["/", "/en/reading-safely", "/ru/reading-safely", "/en/search", "/en/feed.xml"])
def test_every_test_is_passed(scanned: tuple[Line, str], path: str) -> None:
    """All twelve, and the score that the bonuses give."""
    results = judge(fetch(*scanned, path))
    assert [name for name, result in results.items() if result not in PASSED] == []
    assert score(results) >= WANTED, results


# --- the rules themselves -----------------------------------------------------------------------------------

BASE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'sha256-x' 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ROUTE = ("http://news.example/", "https://news.example/")


def a_site(html: str = "", route: tuple[str, ...] = ROUTE, **headers: str) -> Fetched:
    """A site with these headers beside, or in place of, good ones. An empty value takes one out."""
    given = {**BASE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Fetched("https://news.example/", [(name, value) for name, value in given.items() if value], html, route)


@pytest.mark.parametrize(
    ("site", "test", "expected", "points"),
    [
        pytest.param(a_site(), "cookies", "cookies-not-found", 150, id="nothing wrong"),
        pytest.param(
            a_site(Content_Security_Policy=""),
            "content-security-policy",
            "csp-not-implemented",
            55,
            id="no CSP",
        ),
        pytest.param(
            a_site(Content_Security_Policy="default-src 'self'; frame-ancestors 'none'"),
            "content-security-policy",
            "csp-implemented-with-no-unsafe",
            145,
            id="CSP that begins with something",
        ),
        pytest.param(
            a_site(Content_Security_Policy="default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
            "content-security-policy",
            "csp-implemented-with-unsafe-inline-in-style-src-only",
            140,
            id="inline styles",
        ),
        pytest.param(
            a_site(Content_Security_Policy="default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'"),
            "content-security-policy",
            "csp-implemented-with-unsafe-inline",
            80,
            id="inline scripts",
        ),
        pytest.param(
            a_site(Content_Security_Policy="img-src *; img-src 'none'"),
            "content-security-policy",
            "csp-header-invalid",
            55,
            id="a directive twice",
        ),
        pytest.param(
            a_site(Strict_Transport_Security=""), "strict-transport-security", "hsts-not-implemented", 80, id="no HSTS"
        ),
        pytest.param(
            a_site(Strict_Transport_Security="max-age=100"),
            "strict-transport-security",
            "hsts-implemented-max-age-less-than-six-months",
            140,
            id="HSTS for a moment",
        ),
        pytest.param(a_site(route=ROUTE[:1]), "redirection", "redirection-missing", 80, id="http stays"),
        pytest.param(
            a_site(route=("http://news.example/", "https://www.news.example/")),
            "redirection",
            "redirection-off-host-from-http",
            145,
            id="http leads to another host",
        ),
        pytest.param(
            a_site(Referrer_Policy="unsafe-url"), "referrer-policy", "referrer-policy-unsafe", 140, id="referrer leaks"
        ),
        pytest.param(
            a_site("<script src='https://x.example/a.js'></script>"),
            "subresource-integrity",
            "sri-not-implemented-but-external-scripts-loaded-securely",
            145,
            id="a stranger's script",
        ),
        pytest.param(
            a_site("<script src='//x.example/a.js'></script>"),
            "subresource-integrity",
            "sri-not-implemented-and-external-scripts-not-loaded-securely",
            50,
            id="a stranger's script, perhaps without TLS",
        ),
        pytest.param(
            a_site(Cross_Origin_Resource_Policy="everybody"),
            "cross-origin-resource-policy",
            "corp-header-invalid",
            135,
            id="a policy nobody knows",
        ),
        pytest.param(
            a_site(Set_Cookie="a=b"), "cookies", "cookies-without-secure-flag", 80, id="a cookie without flags"
        ),
    ],
)
def test_rules(site: Fetched, test: str, expected: str, points: int) -> None:
    """The rules give the results and scores that the original's table gives; some of them fail."""
    results = judge(site)
    assert results[test] == expected
    assert score(results) == points


def test_table_is_whole() -> None:
    """Every result that passes has a value, and there are twelve tests as in the original."""
    assert set(MODIFIERS) >= PASSED
    assert len(TESTS) == 12
