"""`webapp explain` gives the answer that the live site gives: the same readers are put to both."""

import json
import re
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from tests.functional.serving import run
from tests.samples import BERLIN, MOSCOW, NOW, REPOSITORY, HeldClock
from tests.unit.sources.damage import appended, chained, removed, replaced, together, written
from webapp.app import create_app
from webapp.cli.main import cli
from webapp.settings import Settings

AT = ("--at", NOW.strftime("%Y-%m-%dT%H:%M:%S"))
RUSSIA, BELARUS = "undesirable-organization", "extremist-formation"
BOTH, NONE = {RUSSIA, BELARUS}, set[str]()
MINSK = "178.124.0.1"
PROXIES = "203.0.113.0/24,198.51.100.7"
PROXY = "203.0.113.9"
PAGE = "/en/reading-safely"
MARKER = re.compile(r'<[a-z]+[^<>]* data-notice="([^"]*)"')


@dataclass(frozen=True)
class Case:
    """A reader, and the notices that she must see."""

    peer: str
    headers: tuple[tuple[str, str], ...]
    path: str
    shown: frozenset[str]
    proxies: str = ""


def case(
    name: str, peer: str, shown: set[str], *headers: tuple[str, str], path: str = PAGE, proxies: str = ""
) -> Any:  # pytest names the type of a parameter set only privately
    return pytest.param(Case(peer, headers, path, frozenset(shown), proxies), id=name)


def forwarded(value: str) -> tuple[str, str]:
    return "X-Forwarded-For", value


def accept(value: str) -> tuple[str, str]:
    return "Accept-Language", value


CASES = [
    case("Germany", BERLIN, NONE),
    case("Germany, reads English", BERLIN, NONE, accept("en-GB,en;q=0.9,de;q=0.8")),
    case("Germany, reads Russian", BERLIN, {RUSSIA}, accept("de,ru;q=0.1")),
    case("Germany, English of Russia", BERLIN, {RUSSIA}, accept("en-RU")),
    case("Germany, English of Belarus", BERLIN, {BELARUS}, accept("en-BY,de;q=0.5")),
    case("Germany, refuses Russian", BERLIN, {RUSSIA}, accept("de,ru;q=0")),
    case("Germany, reads Belarusian", BERLIN, {BELARUS}, accept("be")),
    case("Germany, reads Tatar by its long name", BERLIN, {RUSSIA}, accept("tat-RU")),
    case("Germany, languages that cannot be read", BERLIN, BOTH, accept("en;q=high")),
    case("Germany, languages without end", BERLIN, BOTH, accept(",".join(["en"] * 500))),
    case("Germany, a Russian page", BERLIN, {RUSSIA}, path="/ru/reading-safely"),
    case("Germany, a Ukrainian page", BERLIN, NONE, path="/uk/reading-safely"),
    case("Germany, a Persian page of an English article", BERLIN, NONE, path="/fa/what-undesirable-means"),
    case("Germany, the front page", BERLIN, NONE, path="/en/"),
    case("Germany, the Russian front page", BERLIN, {RUSSIA}, path="/ru/"),
    case("Germany, the search page", BERLIN, NONE, path="/en/search"),
    case("Germany, with a query", BERLIN, NONE, path="/en/search?q=border"),
    case("Germany, a percent-encoded path", BERLIN, NONE, path="/en/reading%2Dsafely"),
    case("Russia", MOSCOW, {RUSSIA}),
    case("Belarus", MINSK, {BELARUS}),
    case("loopback", "127.0.0.1", BOTH),
    case("IPv6 loopback", "::1", BOTH),
    case("documentation range", "192.0.2.1", BOTH),
    case("carrier-grade NAT", "100.64.0.1", BOTH),
    case("Teredo", "2001:0:5ef5:79fb::1", BOTH),
    case("an IPv4-mapped address", f"::ffff:{BERLIN}", NONE),
    case("a proxy's mark", BERLIN, BOTH, forwarded("192.0.2.1")),
    case("a proxy's mark with underscores", BERLIN, BOTH, ("X_Forwarded_For", "192.0.2.1")),
    case("a proxy's mark in Via", BERLIN, BOTH, ("Via", "1.1 proxy")),
    case("behind our proxy, Germany", PROXY, NONE, forwarded(BERLIN), proxies=PROXIES),
    case("behind our proxy, Russia", PROXY, {RUSSIA}, forwarded(MOSCOW), proxies=PROXIES),
    case("behind two of our proxies", PROXY, NONE, forwarded(f"{BERLIN}, 198.51.100.7"), proxies=PROXIES),
    case("behind somebody's proxy too", PROXY, BOTH, forwarded(f"192.0.2.1, {BERLIN}"), proxies=PROXIES),
    case("the header twice", PROXY, BOTH, forwarded(MOSCOW), forwarded(BERLIN), proxies=PROXIES),
    case("our proxy said nothing", PROXY, BOTH, proxies=PROXIES),
    case("not our proxy", BERLIN, BOTH, forwarded(BERLIN), proxies=PROXIES),
    case("a port glued on", PROXY, BOTH, forwarded(f"{BERLIN}:443"), proxies=PROXIES),
    case("unknown", PROXY, BOTH, forwarded("unknown"), proxies=PROXIES),
    case("a contradiction", PROXY, BOTH, forwarded(BERLIN), ("X-Real-IP", MOSCOW), proxies=PROXIES),
    case("agreement", PROXY, NONE, forwarded(BERLIN), ("X-Real-IP", BERLIN), proxies=PROXIES),
]


def arguments_for(asked: Case) -> list[str]:
    headers = [part for name, value in asked.headers for part in ("--header", f"{name}: {value}")]
    return ["explain", "--ip", asked.peer, "--path", asked.path, *headers, *AT, "--json"]


def explain(asked: Case, root: Path = REPOSITORY) -> dict[str, Any]:
    result = CliRunner().invoke(
        cli, arguments_for(asked), env={"WEBAPP_ROOT": str(root), "TRUSTED_PROXIES": asked.proxies}
    )
    assert result.exit_code == 0, result.output
    explained: dict[str, Any] = json.loads(result.stdout)
    return explained


def live(app: Flask, asked: Case) -> str:
    answer = app.test_client().get(asked.path, headers=asked.headers, environ_base={"REMOTE_ADDR": asked.peer})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def apps() -> dict[str, Flask]:
    """Return the site in direct mode and behind proxies, at a time that stands still."""
    return {
        proxies: create_app(
            Settings(root=REPOSITORY, trusted_proxies=tuple(map(ip_network, filter(None, proxies.split(","))))),
            HeldClock(),
            watch=False,
        )
        for proxies in ("", PROXIES)
    }


@pytest.mark.parametrize("asked", CASES)
def test_the_same_answer(asked: Case, apps: dict[str, Flask]) -> None:
    """The command names exactly the notices that stand on the page, in the language that they stand there."""
    said = explain(asked)
    page = live(apps[asked.proxies], asked)
    assert {it["notice"] for it in said["notices"] if it["shown"]} == asked.shown
    assert set(MARKER.findall(page)) == asked.shown
    notices = apps[asked.proxies].extensions["webapp"].store.current.notices
    for notice, it in zip(notices, said["notices"], strict=True):
        assert it["notice"] == notice.id
        assert it["because"]
        assert not it["shown"] or notice.texts[it["text_locale"]].heading in page


@pytest.mark.parametrize("asked", CASES)
def test_every_rule_is_explained(asked: Case) -> None:
    """Each rule has its verdict and its reason; what is left out has every rule excluded and a place that is known."""
    said = explain(asked)
    assert said["address"]["steps"]
    for it in said["notices"]:
        assert all(rule["asks"] and rule["because"] for rule in it["rules"])
        assert it["rules"]
        if not it["shown"]:
            assert said["place"]["known"]
            assert {rule["verdict"] for rule in it["rules"]} == {"excluded"}


@pytest.mark.parametrize(
    "asked", [it for it in CASES if it.id in {"Germany", "Russia", "the header twice", "agreement"}]
)
def test_the_command_as_a_process(asked: Case) -> None:
    """Run as an editor runs it, the command says the same."""
    result = run(*arguments_for(asked), folder=REPOSITORY, TRUSTED_PROXIES=asked.proxies)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == explain(asked)


def test_articles_in_a_language_at_risk_on_another_page(site_root: Path) -> None:
    """A page that shows an article in Russian asks for the notice, be it the article's own or a list of articles."""
    head = 'published = 2026-11-20T08:00:00Z\nauthor = "newsroom"\n'
    together(
        written("content/only-russian/article.toml", head),
        written("content/only-russian/ru.md", '+++\ntitle = "Только"\nstandfirst = "Так."\n+++\n\nТекст.\n'),
        chained("uk", article_fallback=["ru"]),
    )(site_root)
    app = create_app(Settings(root=site_root), HeldClock(), watch=False)
    for path, shown in (
        ("/uk/only-russian", {RUSSIA}),
        ("/uk/", {RUSSIA}),
        ("/uk/reading-safely", NONE),
        ("/en/", NONE),
    ):
        asked = Case(BERLIN, (accept("uk"),), path, frozenset(shown))
        said = explain(asked, site_root)
        assert {it["notice"] for it in said["notices"] if it["shown"]} == shown, path
        assert set(MARKER.findall(live(app, asked))) == shown, path


def test_without_a_map(site_root: Path) -> None:
    """Without a map the command says why everybody gets everything."""
    removed("config/territories.mmdb")(site_root)
    said = explain(Case(BERLIN, (), PAGE, frozenset(BOTH)), site_root)
    assert all(it["shown"] for it in said["notices"])
    assert said["place"] == {
        "known": False,
        "reason": "no-map",
        "detail": "there is no territory map that can be believed",
    }


def test_always_mode(site_root: Path) -> None:
    """When the operator shows every notice to everybody, the command says so."""
    replaced("config/site.toml", '"decided"', '"always"')(site_root)
    said = explain(Case(BERLIN, (), PAGE, frozenset(BOTH)), site_root)
    assert {it["shown"] for it in said["notices"]} == {True}
    assert "notice_mode" in said["notices"][0]["because"]


def test_peer_and_ip() -> None:
    """With --peer, --ip is the reader behind the proxy."""
    arguments = ("explain", "--peer", PROXY, "--ip", BERLIN, "--path", PAGE, *AT, "--json")
    said = json.loads(run(*arguments, folder=REPOSITORY, TRUSTED_PROXIES=PROXIES).stdout)
    assert said["address"]["value"] == BERLIN
    assert not any(it["shown"] for it in said["notices"])
    untrusted = json.loads(run(*arguments, folder=REPOSITORY).stdout)
    assert untrusted["address"]["value"] is None
    assert all(it["shown"] for it in untrusted["notices"])


def test_words_for_people() -> None:
    """For people: the address, the place, each rule with the condition that failed, the outcome and its reason."""
    omitted = run("explain", "--ip", BERLIN, "--path", PAGE, *AT, folder=REPOSITORY)
    assert omitted.returncode == 0
    assert omitted.stdout.count("LEFT OUT") == 2
    assert "country DE" in omitted.stdout
    assert "rule in-russia (the reader is in russia, or may be)" in omitted.stdout
    shown = run("explain", "--ip", MOSCOW, "--path", PAGE, *AT, folder=REPOSITORY)
    assert f"Notice {RUSSIA}: SHOWN" in shown.stdout
    assert "its text is in en: it is the language of the page" in shown.stdout


def test_an_old_date() -> None:
    """At a time when the map is too old, or not yet made, nothing is proven."""
    for at in ("2020-01-01", "2031-01-01"):
        result = run("explain", "--ip", BERLIN, "--path", PAGE, "--at", at, "--json", folder=REPOSITORY)
        assert all(it["shown"] for it in json.loads(result.stdout)["notices"])


def test_the_notice_in_a_fallback_language(site_root: Path) -> None:
    """When a language lacks the text, the command says which one the reader gets, and why."""
    removed("translations/ru/LC_MESSAGES/notices.po")(site_root)
    said = explain(Case(MOSCOW, (), "/ru/reading-safely", frozenset({RUSSIA})), site_root)
    assert said["notices"][0]["text_locale"] == "en"
    assert "legal_fallback" in said["notices"][0]["text_because"]


def test_an_article_that_is_not_there() -> None:
    """A wrong slug is said, and the decision made for a page in that language."""
    result = run("explain", "--ip", BERLIN, "--path", "/en/nothing", *AT, "--json", folder=REPOSITORY)
    assert result.returncode == 0
    assert "nothing" in result.stderr
    assert json.loads(result.stdout)["page_languages"] == ["en"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="no reader"),
        pytest.param(("--ip", BERLIN, "--header", "nonsense"), id="a header without a colon"),
        pytest.param(("--ip", BERLIN, "--path", "/xx/reading-safely"), id="a language that is not there"),
        pytest.param(("--ip", BERLIN, "--at", "now"), id="a time in words"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    """Wrong use ends with exit code 2 and a line that says what is wrong."""
    result = run("explain", *arguments, folder=REPOSITORY)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr


def test_junk_for_an_address() -> None:
    """What is no address proves nothing, and is no fault of the command."""
    for junk in ("", "nonsense", f"{BERLIN}:443", "091.065.010.001", f"[{BERLIN}]", "fe80::1%eth0", "9" * 5000):
        said = explain(Case(junk, (), PAGE, frozenset(BOTH)))
        assert all(it["shown"] for it in said["notices"]), junk


def test_broken_sources(site_root: Path) -> None:
    """With broken sources the command gives the Problems, not an answer."""
    appended("config/notices.toml", "\nx = = 1\n")(site_root)
    result = run("explain", "--ip", BERLIN, *AT, folder=site_root)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "config/notices.toml:" in result.stderr
    assert "Traceback" not in result.stderr
