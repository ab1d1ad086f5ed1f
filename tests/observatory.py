"""The rules and the table of Mozilla's HTTP Observatory (github.com/mdn/mdn-http-observatory, algorithm version 6).

Written from its published rules, for one page that was fetched over TLS and one over http. Results and modifiers bear
the names and values of the original, so that the two can be compared. What needs the browsers' preload list is left
out: a site that is not on it. A score beyond 100 counts only when nothing costs more than 10 points.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

MODIFIERS: Mapping[str, int] = {
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline-in-style-src-only": 0,
    "csp-implemented-with-insecure-scheme-in-passive-content-only": -10,
    "csp-implemented-with-unsafe-eval": -10,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-implemented-with-insecure-scheme": -20,
    "csp-header-invalid": -25,
    "csp-not-implemented": -25,
    "csp-implemented-but-duplicate-directives": 0,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-not-found": 0,
    "cookies-without-secure-flag": -20,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-public-access": 0,
    "cross-origin-resource-sharing-implemented-with-restricted-access": 0,
    "cross-origin-resource-sharing-implemented-with-universal-access": -50,
    "redirection-to-https": 0,
    "redirection-not-needed-no-http": 0,
    "redirection-off-host-from-http": -5,
    "redirection-not-to-https-on-initial-redirection": -10,
    "redirection-not-to-https": -20,
    "redirection-missing": -20,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "referrer-policy-unsafe": -5,
    "referrer-policy-header-invalid": -5,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "hsts-header-invalid": -20,
    "sri-implemented-and-all-scripts-loaded-securely": 5,
    "sri-not-implemented-but-no-scripts-loaded": 0,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-but-external-scripts-loaded-securely": -5,
    "sri-implemented-but-external-scripts-not-loaded-securely": -20,
    "sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
    "x-content-type-options-nosniff": 0,
    "x-content-type-options-not-implemented": -5,
    "x-content-type-options-header-invalid": -5,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 5,
    "x-frame-options-allow-from-origin": 0,
    "x-frame-options-not-implemented": -20,
    "x-frame-options-header-invalid": -20,
    "corp-implemented-with-same-origin": 10,
    "corp-implemented-with-same-site": 10,
    "corp-implemented-with-cross-origin": 0,
    "corp-not-implemented": 0,
    "corp-header-invalid": -5,
    "coep-implemented-with-require-corp": 10,
    "coep-implemented-with-credentialless": 10,
    "coep-implemented-with-unsafe-none": 0,
    "coep-not-implemented": 0,
    "coep-header-invalid": -5,
    "coop-implemented-with-same-origin": 10,
    "coop-implemented-with-same-origin-allow-popups": 10,
    "coop-implemented-with-noopener-allow-popups": 10,
    "coop-implemented-with-unsafe-none": 0,
    "coop-not-implemented": 0,
    "coop-header-invalid": -5,
}
"""What each result adds to 100."""

PASSED = {
    "csp-implemented-with-no-unsafe-default-src-none", "csp-implemented-with-no-unsafe",
    "csp-implemented-with-unsafe-inline-in-style-src-only", "csp-implemented-but-duplicate-directives",
    "csp-implemented-with-insecure-scheme-in-passive-content-only",
    "cookies-secure-with-httponly-sessions-and-samesite", "cookies-not-found",
    "cross-origin-resource-sharing-not-implemented", "cross-origin-resource-sharing-implemented-with-public-access",
    "cross-origin-resource-sharing-implemented-with-restricted-access",
    "redirection-to-https", "redirection-not-needed-no-http",
    "referrer-policy-private", "referrer-policy-not-implemented",
    "hsts-implemented-max-age-at-least-six-months",
    "sri-implemented-and-all-scripts-loaded-securely", "sri-not-implemented-but-no-scripts-loaded",
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
    "x-content-type-options-nosniff",
    "x-frame-options-implemented-via-csp", "x-frame-options-sameorigin-or-deny", "x-frame-options-allow-from-origin",
    "corp-implemented-with-same-origin", "corp-implemented-with-same-site", "corp-implemented-with-cross-origin",
    "corp-not-implemented",
    "coep-implemented-with-require-corp", "coep-implemented-with-credentialless", "coep-implemented-with-unsafe-none",
    "coep-not-implemented",
    "coop-implemented-with-same-origin", "coop-implemented-with-same-origin-allow-popups",
    "coop-implemented-with-noopener-allow-popups", "coop-implemented-with-unsafe-none", "coop-not-implemented",
}  # fmt: skip
"""The results with which a test counts as passed."""

EXTRA_CREDIT_FROM = 90
SIX_MONTHS = 15_552_000
BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PASSIVE = ("img-src", "media-src")
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
UNSAFE = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}


@dataclass(frozen=True)
class Fetched:
    """What was fetched over TLS from `url`: headers in order, the page; and the addresses http led through."""

    url: str
    headers: Sequence[tuple[str, str]]
    html: str
    http_route: Sequence[str]

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


class _Scripts(HTMLParser):
    """Collects the attributes of script elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append({name: value or "" for name, value in attrs})


def parse_csp(values: Sequence[str]) -> dict[str, set[str]] | None:
    """Parse one policy; {} without one, None when it is invalid. Several policies are more than our site sends."""
    policies = [part.strip() for value in values for part in value.split(",")]
    assert len(policies) <= 1, "the intersection of several policies is not modelled"
    if not policies:
        return {}
    parsed: dict[str, set[str]] = {}
    for entry in policies[0].split(";"):
        name, *sources = entry.lower().split() or [""]
        if name in parsed and name not in {"report-uri", "report-to"}:
            return None
        if name:
            parsed[name] = set(sources) or ({"'none'"} if name.endswith("-src") else set())
    return parsed


def judge_csp(site: Fetched) -> str:
    csp = parse_csp(site.all("Content-Security-Policy"))
    if csp is None:
        return "csp-header-invalid"
    if not csp:
        return "csp-not-implemented"
    default = csp.get("default-src", {"*"})
    objects = csp.get("object-src", default)
    script, style = (_hashed(csp.get(name, default)) for name in ("script-src", "style-src"))
    active = [it for name, given in csp.items() if name not in {*PASSIVE, "script-src"} for it in given] + [*script]
    passive = [it for name in PASSIVE for it in csp.get(name, csp.get("default-src", set()))]
    if script & (BROAD | INLINE) or objects & BROAD:
        return "csp-implemented-with-unsafe-inline"
    if any(it.startswith(("http:", "ftp:")) for it in active):
        return "csp-implemented-with-insecure-scheme"
    if "'unsafe-eval'" in script | style:
        return "csp-implemented-with-unsafe-eval"
    if any(it.startswith(("http:", "ftp:")) for it in passive):
        return "csp-implemented-with-insecure-scheme-in-passive-content-only"
    if style & (BROAD | INLINE):
        return "csp-implemented-with-unsafe-inline-in-style-src-only"
    nothing = csp.get("default-src") == {"'none'"}
    return "csp-implemented-with-no-unsafe" + ("-default-src-none" if nothing else "")


def _hashed(sources: set[str]) -> set[str]:
    """'unsafe-inline' beside a nonce or hash is ignored by browsers."""
    hashed = any(it.startswith(("'sha256-", "'sha384-", "'sha512-", "'nonce-")) for it in sources)
    return sources - {"'unsafe-inline'"} if hashed else sources


def judge_cookies(site: Fetched) -> str:
    """Judge cookies in two classes only: our site sets none, and any that comes without its flags fails."""
    cookies = [value.lower() for value in site.all("Set-Cookie")]
    if not cookies:
        return "cookies-not-found"
    whole = all(all(flag in it for flag in ("; secure", "; httponly", "; samesite=")) for it in cookies)
    return "cookies-secure-with-httponly-sessions-and-samesite" if whole else "cookies-without-secure-flag"


def judge_cors(site: Fetched) -> str:
    origins = site.all("Access-Control-Allow-Origin")
    lead = "cross-origin-resource-sharing-"
    if not origins:
        return f"{lead}not-implemented"
    if origins[0].strip() == "*":
        return f"{lead}implemented-with-public-access"
    credentials = site.all("Access-Control-Allow-Credentials")
    universal = origins[0] == CORS_ORIGIN and credentials and credentials[0].strip().lower() == "true"
    return f"{lead}implemented-with-{'universal' if universal else 'restricted'}-access"


CORS_ORIGIN = "https://http-observatory.security.mozilla.org"
"""The Origin that the request brings."""


def judge_redirection(site: Fetched) -> str:
    route = [urlsplit(it) for it in site.http_route]
    if not route:
        return "redirection-not-needed-no-http"
    if len(route) == 1:
        return "redirection-missing"
    if route[-1].scheme != "https":
        return "redirection-not-to-https"
    if route[1].scheme == "http":
        return "redirection-not-to-https-on-initial-redirection"
    return "redirection-to-https" if route[0].hostname == route[1].hostname else "redirection-off-host-from-http"


def judge_referrer_policy(site: Fetched) -> str:
    values = site.all("Referrer-Policy")
    if not values:
        return "referrer-policy-not-implemented"
    known = [it for it in (part.strip().lower() for part in ",".join(values).split(",")) if it in PRIVATE | UNSAFE]
    if not known:
        return "referrer-policy-header-invalid"
    return "referrer-policy-private" if known[-1] in PRIVATE else "referrer-policy-unsafe"


def judge_hsts(site: Fetched) -> str:
    values = site.all("Strict-Transport-Security")
    if not values:
        return "hsts-not-implemented"
    age = re.search(r"(?:^|;)\s*max-age=(\d+)", values[0].lower())
    if "," in values[0] or age is None:
        return "hsts-header-invalid"
    return f"hsts-implemented-max-age-{'at-least' if int(age[1]) >= SIX_MONTHS else 'less-than'}-six-months"


def judge_sri(site: Fetched) -> str:
    parser = _Scripts()
    parser.feed(site.html)
    foreign = [it for it in parser.found if re.match(r"(?:https?:)?//", it.get("src", ""))]
    own = (urlsplit(site.url).hostname,)
    foreign = [it for it in foreign if it["src"].startswith("//") or urlsplit(it["src"]).hostname not in own]
    if not parser.found:
        return "sri-not-implemented-but-no-scripts-loaded"
    if not foreign:
        return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"
    secure = all(it["src"].startswith("https:") for it in foreign)
    signed = all(it.get("integrity") for it in foreign)
    if secure:
        return "sri-implemented-and-all-scripts-loaded-securely" if signed else (
            "sri-not-implemented-but-external-scripts-loaded-securely"
        )  # fmt: skip
    return f"sri-{'implemented-but' if signed else 'not-implemented-and'}-external-scripts-not-loaded-securely"


def judge_content_type_options(site: Fetched) -> str:
    values = site.all("X-Content-Type-Options")
    if not values:
        return "x-content-type-options-not-implemented"
    return f"x-content-type-options-{'nosniff' if values[0].strip().lower() == 'nosniff' else 'header-invalid'}"


def judge_frame_options(site: Fetched) -> str:
    if "frame-ancestors" in (parse_csp(site.all("Content-Security-Policy")) or {}):
        return "x-frame-options-implemented-via-csp"
    value = (site.all("X-Frame-Options") or [""])[0].strip().lower()
    if not value:
        return "x-frame-options-not-implemented"
    if value in {"deny", "sameorigin"}:
        return "x-frame-options-sameorigin-or-deny"
    return f"x-frame-options-{'allow-from-origin' if value.startswith('allow-from') else 'header-invalid'}"


def _policy(lead: str, name: str, known: set[str]) -> Callable[[Fetched], str]:
    def test(site: Fetched) -> str:
        values = site.all(name)
        if not values:
            return f"{lead}-not-implemented"
        value = ", ".join(values).split(";")[0].strip().lower()
        return f"{lead}-implemented-with-{value}" if value in known else f"{lead}-header-invalid"

    return test


TESTS: Mapping[str, Callable[[Fetched], str]] = {
    "content-security-policy": judge_csp,
    "cookies": judge_cookies,
    "cross-origin-embedder-policy": _policy(
        "coep", "Cross-Origin-Embedder-Policy", {"require-corp", "credentialless", "unsafe-none"}
    ),
    "cross-origin-opener-policy": _policy(
        "coop",
        "Cross-Origin-Opener-Policy",
        {"same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"},
    ),
    "cross-origin-resource-sharing": judge_cors,
    "redirection": judge_redirection,
    "referrer-policy": judge_referrer_policy,
    "strict-transport-security": judge_hsts,
    "subresource-integrity": judge_sri,
    "x-content-type-options": judge_content_type_options,
    "x-frame-options": judge_frame_options,
    "cross-origin-resource-policy": _policy(
        "corp", "Cross-Origin-Resource-Policy", {"same-origin", "same-site", "cross-origin"}
    ),
}
"""The twelve tests, by the names of the original."""


def judge(site: Fetched) -> dict[str, str]:
    """Return the result of each test."""
    return {name: test(site) for name, test in TESTS.items()}


def score(results: Mapping[str, str]) -> int:
    """Return the score: bonuses count only when the penalties alone leave an A."""
    modifiers = [MODIFIERS[result] for result in results.values()]
    bare = 100 + sum(it for it in modifiers if it < 0)
    return max(0, 100 + sum(modifiers) if bare >= EXTRA_CREDIT_FROM else bare)
