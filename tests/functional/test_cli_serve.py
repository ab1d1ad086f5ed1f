"""`webapp serve`: a start that works, or a line that says why it does not."""

import os
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.functional.serving import Served, free_port, run, serving, stop
from tests.samples import BERLIN, MOSCOW, REPOSITORY
from tests.unit.sources.damage import TODAY, Damage, appended, removed, replaced, together
from tests.visits import notices_in
from webapp.cli.check import find_problems
from webapp.cli.starting import count_workers
from webapp.errors import Severity

NOTICES = ("undesirable-organization", "extremist-formation")
CANARY = "canary-7f3a91"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the site of the repository, served behind a proxy on loopback."""
    log = tmp_path_factory.mktemp("serve") / "log"
    with serving(REPOSITORY, log, TRUSTED_PROXIES="127.0.0.1/32") as running:
        yield running


def test_port_in_use(tmp_path: Path) -> None:
    """A port in use is one clear line and exit code 1, before anything is read."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = run("serve", folder=REPOSITORY, PORT=str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == f"127.0.0.1 port {port} is in use: choose another with PORT=8001.\n"


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_host_that_is_not_ours(host: str) -> None:
    """An address that this machine does not have is one clear line too."""
    result = run("serve", folder=REPOSITORY, HOST=host, PORT=str(free_port()))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "cannot be used" in result.stderr


def test_wrong_environment() -> None:
    """A wrong variable stops the start, and all of them are named."""
    result = run("serve", folder=REPOSITORY, PORT="http", TRUSTED_PROXIES="everybody", WORKERS="0")
    assert result.returncode == 2
    for name in ("PORT", "TRUSTED_PROXIES", "WORKERS"):
        assert name in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(appended("config/notices.toml", "\nx = = 1\n"), id="broken TOML"),
        pytest.param(
            together(
                replaced("config/site.toml", "tagline =", "tag_line ="),
                removed("content/reading-safely/picture.svg"),
                replaced("config/notices.toml", "{publisher} an", "{nobody} an"),
            ),
            id="several faults",
        ),
        pytest.param(lambda root: shutil.rmtree(root / "config"), id="no config"),
        pytest.param(lambda root: shutil.rmtree(root / "static"), id="no style sheet"),
    ],
)
def test_broken_sources(site_root: Path, damage: Damage) -> None:
    """Broken sources keep the site from starting; every Problem of the check is printed, and no port is opened."""
    damage(site_root)
    result = run("serve", folder=site_root, PORT=str(free_port()))
    assert result.returncode == 1
    assert result.stdout == ""
    problems = find_problems(site_root, TODAY, None)
    for problem in problems:
        if problem.severity is Severity.ERROR:
            assert f"{problem.where}  {problem.code}" in result.stderr
            assert problem.hint in result.stderr
    assert result.stderr.endswith("The site does not start until the errors are mended.\n")
    assert "Traceback" not in result.stderr


LOOKALIKE = [("X-Forwarded-For", BERLIN), ("X_Forwarded_For", BERLIN)]


@pytest.mark.parametrize("headers", [LOOKALIKE, LOOKALIKE[::-1]])
def test_header_that_looks_like_the_proxys(served: Served, headers: list[tuple[str, str]]) -> None:
    """On the real server too, a name with an underscore is another name, and its presence is a doubt."""
    for _ in range(3):
        assert notices_in(served.get("/en/reading-safely", LOOKALIKE[:1]).text) == frozenset()
        assert notices_in(served.get("/en/reading-safely", headers).text) == set(NOTICES)


def test_kept_page_on_the_real_server(served: Served) -> None:
    """A page made and the same page kept are one; HEAD, Range and a condition change nothing but the body."""
    first = served.get("/en/reading-safely?first")
    for headers in ([], [("Range", "bytes=0-9")], [("If-None-Match", "*")]):
        again = served.get("/en/reading-safely", headers)
        assert (again.status, again.text) == (200, first.text)
        assert {**again.headers, "date": ""} == {**first.headers, "date": ""}
    connection = HTTPConnection("127.0.0.1", served.port, timeout=10)
    for _ in range(3):  # over one connection
        connection.request("HEAD", "/en/reading-safely")
        head = connection.getresponse()
        assert head.read() == b""
        assert head.getheader("Content-Length") == str(len(first.text.encode()))
    connection.close()


@pytest.mark.parametrize(("memory", "workers"), [(0, 1), (64, 1), (65_536, 1)])
def test_workers_fit_the_machine(memory: int, workers: int) -> None:
    """At least one, at most one a core, and fewer when their memory would not fit."""
    assert workers <= count_workers(memory) <= (os.cpu_count() or 1)


def test_greeting(served: Served) -> None:
    """The start says what to open and what to try."""
    greeting = served.log.read_text("utf-8")
    assert f"http://127.0.0.1:{served.port}/" in greeting
    assert "curl -s" in greeting
    assert "127.0.0.1/32" in greeting


@pytest.mark.parametrize("path", ["/en/", "/en/reading-safely", "/ru/reading-safely", "/fa/", "/uk/search?q=a"])
def test_loopback_gets_every_notice(served: Served, path: str) -> None:
    """Loopback proves nothing, so the first page that an operator opens has the notices on it."""
    answer = served.get(path)
    assert answer.status == 200
    assert all(f'data-notice="{notice}"' in answer.text for notice in NOTICES)


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        pytest.param([("X-Forwarded-For", MOSCOW)], NOTICES[:1], id="Russia"),
        pytest.param([("X-Forwarded-For", MOSCOW), ("X-Forwarded-For", BERLIN)], NOTICES, id="the header twice"),
        pytest.param([("X-Forwarded-For", BERLIN), ("X-Forwarded-For", MOSCOW)], NOTICES, id="twice, turned round"),
        pytest.param([("X-Forwarded-For", f"{MOSCOW}, {BERLIN}")], NOTICES, id="two addresses"),
        pytest.param([("X-Forwarded-For", "unknown")], NOTICES, id="unknown"),
        pytest.param([("X-Forwarded-For", "9" * 5000)], NOTICES, id="junk"),
        pytest.param([("X-Forwarded-For", BERLIN), ("Forwarded", "for=x")], NOTICES, id="another's proxy"),
        pytest.param(
            [("X-Forwarded-For", BERLIN), ("Accept-Language", "ru"), ("Accept-Language", "en")],
            NOTICES[:1],
            id="languages twice",
        ),
        pytest.param(
            [("X-Forwarded-For", BERLIN), ("Accept-Language", "ru," * 500)], NOTICES, id="languages without end"
        ),
    ],
)
def test_readers_through_the_real_server(
    served: Served, headers: list[tuple[str, str]], shown: tuple[str, ...]
) -> None:
    """What the real server makes of headers, repeated ones included, never leaves out a notice that is due."""
    text = served.get("/en/reading-safely", headers).text
    assert all(f'data-notice="{notice}"' in text for notice in shown)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 302),
        ("/en", 308),
        ("/EN/reading-safely", 308),
        ("/en/nothing", 404),
        ("/xx/", 404),
        ("/../config/site.toml", 404),
        ("/media/%2e%2e/config/site.toml", 404),
        ("/media/reading-safely/article.toml", 404),
        ("/static/..%2fconfig%2fsite.toml", 404),
        ("/en/%00", 404),
        ("/%ff/%fe", 404),
    ],
)
def test_paths(served: Served, path: str, status: int) -> None:
    """Odd paths are answered by us, in words, and nothing outside the site comes out."""
    answer = served.get(path)
    assert answer.status == status
    assert "content-security-policy" in answer.headers
    assert not re.search(r"\d", answer.headers.get("server", ""))
    assert "set-cookie" not in answer.headers
    assert "default_locale" not in answer.text


def test_nothing_of_a_reader_is_written(served: Served) -> None:
    """The log holds no path, no address and no browser's name, not even of a request that fails."""
    headers = [("User-Agent", CANARY), ("X-Forwarded-For", "203.0.113.77"), ("Referer", f"https://{CANARY}.example")]
    for path in (f"/en/{CANARY}", f"/en/search?q={CANARY}", f"/{CANARY}/%00", "/en/"):
        served.get(path, headers)
    log = served.log.read_text("utf-8")
    assert CANARY not in log
    assert "203.0.113.77" not in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_stop(tmp_path: Path, number: signal.Signals) -> None:
    """The site stops when it is told to, with exit code 0, and gives its port back."""
    with serving(REPOSITORY, tmp_path / "log", WORKERS="2") as running:
        running.process.send_signal(number)
        assert running.process.wait(timeout=15) == 0
        with pytest.raises(ConnectionRefusedError):
            running.get("/en/")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", running.port))
    assert "Traceback" not in running.log.read_text("utf-8")


def test_two_sites_on_one_port(tmp_path: Path) -> None:
    """A second site on the same port does not take half of the readers of the first: it does not start."""
    with serving(REPOSITORY, tmp_path / "log") as running:
        result = run("serve", folder=REPOSITORY, PORT=str(running.port))
        assert result.returncode == 1
        assert "is in use" in result.stderr
        assert stop(running) == 0


def test_a_name_for_a_host(tmp_path: Path) -> None:
    """HOST may be a name of this machine."""
    with serving(REPOSITORY, tmp_path / "log", HOST="localhost") as running:
        assert running.get("/en/").status == 200


def test_a_refused_map_does_not_stop_the_start(site_root: Path, tmp_path: Path) -> None:
    """A site whose map is refused starts all the same, and shows every notice."""
    removed("config/territories.mmdb")(site_root)
    with serving(site_root, tmp_path / "log", TRUSTED_PROXIES="127.0.0.1/32") as running:
        text = running.get("/en/reading-safely", [("X-Forwarded-For", BERLIN)]).text
        assert all(f'data-notice="{notice}"' in text for notice in NOTICES)
