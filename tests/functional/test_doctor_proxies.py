"""`webapp doctor` against real proxies: set up as docs/proxies says, and set up badly."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.functional.proxies import (
    HAS_NGINX,
    HAS_VARNISH,
    TOKEN,
    WITH_CACHE,
    Certificate,
    Change,
    Sites,
    make_certificate,
    nginx,
    replaced,
    varnish,
    world,
)
from tests.samples import BERLIN, MOSCOW, NOW
from webapp.doctor.examine import Plan, examine
from webapp.doctor.findings import Report, Weight
from webapp.doctor.wire import Line

pytestmark = pytest.mark.proxies
needs_nginx = pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")
needs_varnish = pytest.mark.skipif(not HAS_VARNISH, reason="varnishd is not installed")

Doctor = Callable[..., Report]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this module's servers."""
    return tmp_path_factory.mktemp("doctor")


@pytest.fixture(scope="module")
def sites(folder: Path) -> Iterator[Sites]:
    """Return the sites behind the proxies, all ended afterwards."""
    with ExitStack() as stack:
        yield Sites(folder, stack)


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Certificate:
    """Return a certificate for loopback."""
    return make_certificate(folder)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """End what a test has started."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def ask_nginx(folder: Path, sites: Sites, certificate: Certificate, stack: ExitStack) -> Doctor:
    """Return a doctor who asks over TLS, through nginx changed as told, as somebody at `address`."""

    def doctor(*changes: Change, token: str | None = TOKEN, address: str = BERLIN, **variables: str) -> Report:
        proxy = stack.enter_context(nginx(folder, sites.port(**variables), certificate, *changes))
        port = stack.enter_context(world(proxy.port, address))
        line = Line(urlsplit(f"https://127.0.0.1:{port}"), context=certificate.context)
        plain = urlsplit(f"http://127.0.0.1:{proxy.plain_port}")
        return examine(Plan(line, token, plain, address), NOW)

    return doctor


@pytest.fixture
def ask_varnish(folder: Path, sites: Sites, stack: ExitStack) -> Doctor:
    """Return a doctor who asks through Varnish changed as told."""

    def doctor(*changes: Change, token: str | None = TOKEN) -> Report:
        proxy = stack.enter_context(varnish(folder, sites.port(), *changes))
        port = stack.enter_context(world(proxy.port))
        return examine(Plan(Line(urlsplit(f"http://127.0.0.1:{port}")), token, None, BERLIN), NOW)

    return doctor


def codes(report: Report, weight: Weight = Weight.WARNING) -> set[str]:
    """Return the codes of findings that weigh at least so much, but for those of the sample's own texts and name."""
    return {it.code for it in report.findings if it.weight >= weight} - {"unreviewed", "base-url"}


# --- set up well --------------------------------------------------------------------------------------------


@needs_nginx
@pytest.mark.parametrize("address", [BERLIN, MOSCOW])
@pytest.mark.parametrize("token", [TOKEN, None], ids=["with the secret", "without"])
@pytest.mark.parametrize("changes", [(), (WITH_CACHE,)], ids=["no cache", "cache"])
def test_nginx_set_up_well(ask_nginx: Doctor, changes: tuple[Change, ...], token: str | None, address: str) -> None:
    """The reference configuration has no fault and no warning of its own, wherever one asks from."""
    report = ask_nginx(*changes, token=token, address=address)
    assert codes(report) == set()
    assert bool(report.unseen) == (token is None)
    assert report.exit_code == (1 if token else 0)


@needs_varnish
@pytest.mark.parametrize("token", [TOKEN, None], ids=["with the secret", "without"])
def test_varnish_set_up_well(ask_varnish: Doctor, token: str | None) -> None:
    """The reference VCL has no fault and no warning of its own."""
    assert codes(ask_varnish(token=token)) == set()


@needs_nginx
@needs_varnish
def test_varnish_behind_nginx(folder: Path, sites: Sites, certificate: Certificate, stack: ExitStack) -> None:
    """Both references one behind the other, each appending: two hops, no fault."""
    inner = stack.enter_context(varnish(folder, sites.port(), first=False))
    outer = stack.enter_context(nginx(folder, inner.port, certificate))
    port = stack.enter_context(world(outer.port))
    line = Line(urlsplit(f"https://127.0.0.1:{port}"), context=certificate.context)
    assert codes(examine(Plan(line, TOKEN, None, BERLIN, "DE"), NOW)) == set()


@needs_nginx
def test_cdn_that_speaks(ask_nginx: Doctor) -> None:
    """A configured CDN whose country comes with every request leaves no doubt."""
    speaks = add("proxy_set_header CF-IPCountry DE;")
    assert codes(ask_nginx(speaks, CDN="cloudflare")) == set()


# --- set up badly -------------------------------------------------------------------------------------------


def add(lines: str) -> Change:
    """Return a change that puts lines into nginx's location."""
    return replaced("        proxy_pass_header Server;\n", f"        proxy_pass_header Server;\n{lines}\n")


APPENDS = "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
IGNORING = "proxy_ignore_headers Cache-Control Expires Set-Cookie Vary; proxy_cache_valid any 1m;"
KEYS = "proxy_cache_key $scheme$host$request_uri;"
LISTENS_PLAIN = replaced(" proxy_protocol;", ";")

BAD_NGINX = [
    pytest.param([replaced(APPENDS, "")], {}, {"no-forwarded-for", "forged-believed"}, id="passes it through"),
    pytest.param(
        [replaced(APPENDS, 'proxy_set_header X-Forwarded-For "";')], {}, {"no-forwarded-for"}, id="no X-Forwarded-For"
    ),
    pytest.param(
        [replaced("$proxy_add_x_forwarded_for", "$remote_addr")], {}, {"overwritten"}, id="overwrites X-Forwarded-For"
    ),
    pytest.param(
        [replaced("$proxy_add_x_forwarded_for", '"$proxy_add_x_forwarded_for, 198.51.100.7"')],
        {},
        {"second-proxy"},
        id="a second proxy is not trusted",
    ),
    pytest.param([], {"TRUSTED_PROXIES": "127.0.0.9/32"}, {"proxy-not-trusted"}, id="proxy not trusted"),
    pytest.param([], {"TRUSTED_PROXIES": ""}, {"proxy-not-configured"}, id="no proxy configured"),
    pytest.param(
        [], {"TRUSTED_PROXIES": "0.0.0.0/0"}, {"trusts-everybody", "forged-believed"}, id="everybody is trusted"
    ),
    pytest.param(
        [replaced("    gzip off;", "    set_real_ip_from 0.0.0.0/0; real_ip_header X-Real-IP;")],
        {},
        {"real-ip-spoofable"},
        id="real_ip from a header anybody sends",
    ),
    pytest.param(
        [replaced("    gzip off;", "    set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;")],
        {},
        {"real-ip-spoofable"},
        id="real_ip from X-Forwarded-For",
    ),
    pytest.param(
        [add('proxy_set_header Forwarded "for=$remote_addr";')],
        {},
        {"chain-doubt"},
        id="Forwarded as well",
    ),
    pytest.param([], {"CDN": "cloudflare"}, {"cdn-doubt"}, id="the CDN says no country"),
    pytest.param(
        [replaced("underscores_in_headers off", "underscores_in_headers on")],
        {},
        {"underscores"},
        id="names with underscores",
    ),
    pytest.param(
        [WITH_CACHE, replaced(KEYS, f"proxy_cache_key $uri; {IGNORING}")],
        {},
        {"wrong-variant", "cache-ignores-headers"},
        id="cache that ignores headers, keyed on the URL",
    ),
    pytest.param(
        [WITH_CACHE, replaced(KEYS, f"proxy_cache_key $uri$http_accept_language; {IGNORING}")],
        {},
        {"cache-ignores-headers"},
        id="cache keyed on URL and language",
    ),
    pytest.param(
        [WITH_CACHE, replaced(KEYS, "proxy_cache_key $uri; proxy_ignore_headers Vary;")],
        {},
        {"vary-ignored"},
        id="cache that ignores Vary",
    ),
    pytest.param([add("proxy_hide_header Content-Security-Policy;")], {}, {"header-missing"}, id="header stripped"),
    pytest.param(
        [add('proxy_hide_header Cache-Control; add_header Cache-Control "public, max-age=600" always;')],
        {},
        {"header-altered"},
        id="Cache-Control made public",
    ),
    pytest.param([add("add_header X-Frame-Options SAMEORIGIN always;")], {}, {"header-repeated"}, id="header twice"),
    pytest.param([add("add_header X-Powered-By PHP/8 always;")], {}, {"header-added"}, id="header added"),
    pytest.param(
        [replaced("proxy_pass_header Server;", ""), replaced("server_tokens off", "server_tokens on")],
        {},
        {"header-added"},
        id="the server's version",
    ),
    pytest.param([add('add_header Set-Cookie "seen=1" always;')], {}, {"header-traces"}, id="cookie"),
    pytest.param([add("add_header NEL '{}' always;")], {}, {"header-traces"}, id="network error logging"),
    pytest.param(
        [add("""proxy_set_header Accept-Encoding ""; sub_filter '</body>' '<script src="/x.js"></script></body>';""")],
        {},
        {"rewritten", "not-compressed"},
        id="pages rewritten",
    ),
    pytest.param(
        [add("""proxy_set_header Accept-Encoding ""; sub_filter 'data-notice=' 'data-x='; sub_filter_once off;""")],
        {},
        {"notice-missing", "not-compressed"},
        id="notice taken out",
    ),
    pytest.param([add('proxy_set_header Accept-Encoding "";')], {}, {"not-compressed"}, id="compression lost"),
    pytest.param(
        [add("proxy_set_header Accept-Encoding gzip;")], {}, {"encoding-unasked"}, id="always compressed, asked or not"
    ),
    pytest.param(
        [add("add_header Content-Encoding gzip always;")], {}, {"encoding-broken"}, id="said to be compressed"
    ),
    pytest.param([], {"HSTS": "0"}, {"hsts-missing"}, id="no Strict-Transport-Security"),
    pytest.param([add("proxy_hide_header Strict-Transport-Security;")], {}, {"hsts-missing"}, id="HSTS stripped"),
    pytest.param(
        [add("proxy_hide_header Strict-Transport-Security; add_header Strict-Transport-Security max-age=60 always;")],
        {},
        {"hsts-short"},
        id="HSTS for a minute",
    ),
    pytest.param(
        [replaced("return 308 https://$host$request_uri;", "return 200 hello;")],
        {},
        {"http-not-redirected"},
        id="http answers by itself",
    ),
    pytest.param(
        [replaced("return 308 https://$host$request_uri;", "return 308 https://www.news.example/;")],
        {},
        {"http-leads-elsewhere"},
        id="http leads to another host",
    ),
    pytest.param([add("return 502;")], {}, {"no-answer"}, id="the site is down"),
]


@needs_nginx
@pytest.mark.parametrize(("changes", "variables", "expected"), BAD_NGINX)
def test_nginx_set_up_badly(
    ask_nginx: Doctor, changes: list[Change], variables: dict[str, str], expected: set[str]
) -> None:
    """Each fault is found and named, and the exit code tells of it."""
    report = ask_nginx(*changes, **variables)
    assert expected <= codes(report), report.findings
    assert report.exit_code == max(it.weight for it in report.findings if it.code in expected | {"unreviewed"})
    assert all(it.mend for it in report.findings if it.code in expected)


BAD_VARNISH = [
    pytest.param(
        [replaced("set beresp.grace = 0s;", "unset beresp.http.Cache-Control; set beresp.ttl = 1m; return (deliver);")],
        {"cache-ignores-headers", "header-missing"},
        id="cache that ignores headers",
    ),
    pytest.param(
        [replaced("set beresp.grace = 0s;", "unset beresp.http.Vary; set beresp.ttl = 1m; return (deliver);")],
        {"wrong-variant", "cache-ignores-headers"},
        id="cache keyed on the URL",
    ),
    pytest.param(
        [replaced("set beresp.grace = 0s;", "unset beresp.http.Vary;")], {"header-altered"}, id="Vary stripped"
    ),
    pytest.param(
        [replaced("unset resp.http.Via;", "unset resp.http.Referrer-Policy;")], {"header-missing"}, id="header stripped"
    ),
    pytest.param(
        [replaced("unset resp.http.Via;", 'set resp.http.Set-Cookie = "a=b";')], {"header-traces"}, id="cookie"
    ),
    pytest.param(
        [replaced("unset req.http.Cookie;", "unset req.http.X-Forwarded-For;")],
        {"no-forwarded-for"},
        id="no X-Forwarded-For",
    ),
    pytest.param(
        [replaced("unset req.http.Cookie;", "set req.http.X-Forwarded-For = client.ip;")],
        {"overwritten"},
        id="overwrites X-Forwarded-For",
    ),
]


@needs_varnish
@pytest.mark.parametrize(("changes", "expected"), BAD_VARNISH)
def test_varnish_set_up_badly(ask_varnish: Doctor, changes: list[Change], expected: set[str]) -> None:
    """Each fault is found and named."""
    report = ask_varnish(*changes)
    assert expected <= codes(report), report.findings


@needs_nginx
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([replaced("$proxy_add_x_forwarded_for", "$remote_addr")], "forged-unseen", id="overwritten"),
        pytest.param(
            [WITH_CACHE, replaced(KEYS, f"proxy_cache_key $request_uri; {IGNORING}")],
            "wrong-variant",
            id="silent cache",
        ),
        pytest.param(
            [
                WITH_CACHE,
                replaced(KEYS, f"proxy_cache_key $uri; {IGNORING} add_header X-Cache $upstream_cache_status always;"),
            ],
            "cache-ignores-headers",
            id="cache that says so",
        ),
        pytest.param([add("proxy_hide_header Content-Security-Policy;")], "header-missing", id="header stripped"),
        pytest.param([add('add_header Set-Cookie "seen=1" always;')], "header-traces", id="cookie"),
    ],
)
def test_what_is_found_without_the_secret(ask_nginx: Doctor, changes: list[Change], expected: str) -> None:
    """From outside alone much is found too, and the report says what could not be seen."""
    report = ask_nginx(*changes, token=None)
    assert expected in codes(report), report.findings
    assert report.exit_code == 2
    assert "DOCTOR_TOKEN" in report.unseen[0]


@needs_nginx
def test_a_cache_that_was_caught_is_asked_for_no_page_without_the_notice(ask_nginx: Doctor) -> None:
    """Without the secret, a reader of English is not played through a cache that would keep her page."""
    spoilt = replaced(KEYS, f"proxy_cache_key $uri; {IGNORING} add_header X-Cache $upstream_cache_status always;")
    report = ask_nginx(WITH_CACHE, spoilt, token=None)
    assert any("Wrong variants" in words for words in report.unseen)


@needs_nginx
def test_own_address_and_country(folder: Path, sites: Sites, stack: ExitStack) -> None:
    """Told where one is, the doctor says when the site takes one for somebody else."""
    proxy = stack.enter_context(nginx(folder, sites.port(), None))
    port = stack.enter_context(world(proxy.port, BERLIN))
    report = examine(Plan(Line(urlsplit(f"http://127.0.0.1:{port}")), TOKEN, None, MOSCOW, "RU"), NOW)
    assert {"wrong-address", "wrong-place"} <= codes(report)


@needs_nginx
def test_hop_count_with_two_real_proxies(folder: Path, sites: Sites, stack: ExitStack) -> None:
    """A second nginx at an address of its own is named until TRUSTED_PROXIES names it."""
    found = []
    for trusted in ("127.0.0.1/32", "127.0.0.1/32,127.0.0.5/32"):
        inner = stack.enter_context(nginx(folder, sites.port(TRUSTED_PROXIES=trusted), None, LISTENS_PLAIN))
        outer = stack.enter_context(nginx(folder, inner.port, None, add("proxy_bind 127.0.0.5;")))
        port = stack.enter_context(world(outer.port))
        report = examine(Plan(Line(urlsplit(f"http://127.0.0.1:{port}")), TOKEN), NOW)
        found.append({it.what for it in report.findings if it.code == "second-proxy"})
    assert len(found[0]) == 1
    assert "127.0.0.5" in found[0].pop()
    assert found[1] == set()


@needs_nginx
def test_certificates(folder: Path, sites: Sites, certificate: Certificate, stack: ExitStack) -> None:
    """A certificate that nobody vouches for ends the examination; one that soon ends is told of."""
    proxy = stack.enter_context(nginx(folder, sites.port(), certificate))
    port = stack.enter_context(world(proxy.port))
    stranger = examine(Plan(Line(urlsplit(f"https://127.0.0.1:{port}")), TOKEN), NOW)
    assert [it.code for it in stranger.findings] == ["certificate"]
    (folder / "short").mkdir()
    short = make_certificate(folder / "short", days=1)
    proxy = stack.enter_context(nginx(folder, sites.port(), short))
    port = stack.enter_context(world(proxy.port))
    line = Line(urlsplit(f"https://127.0.0.1:{port}"), context=short.context)
    ending = next(it for it in examine(Plan(line, TOKEN), NOW).findings if it.code == "certificate-ends")
    assert ending.weight is Weight.WARNING


def test_nobody_answers() -> None:
    """A site that cannot be reached is a fault, and not a traceback."""
    report = examine(Plan(Line(urlsplit("http://127.0.0.1:9"))), NOW)
    assert [it.code for it in report.findings] == ["no-answer"]
    assert report.exit_code == 2
