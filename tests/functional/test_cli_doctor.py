"""`webapp doctor` on the command line: words for people, JSON and exit codes for monitoring."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.functional.proxies import TOKEN, Sites
from tests.functional.serving import run
from tests.samples import REPOSITORY


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Return sites of this module."""
    with ExitStack() as stack:
        yield Sites(tmp_path_factory.mktemp("sites"), stack)


def test_words(sites: Sites, tmp_path: Path) -> None:
    """Each finding stands with its code and its remedy; the last line counts; the secret is never printed."""
    port = sites.port(TRUSTED_PROXIES="")
    result = run("doctor", "--url", f"http://127.0.0.1:{port}", folder=tmp_path, DOCTOR_TOKEN=TOKEN)
    assert result.returncode == 1
    assert "Readers connect directly" in result.stdout
    assert "unreviewed" in result.stdout
    assert "→ Let a lawyer" in result.stdout
    assert result.stdout.splitlines()[-1].startswith(f"http://127.0.0.1:{port}: 0 faults, 2 warnings, ")
    assert TOKEN not in result.stdout + result.stderr


def test_json(sites: Sites, tmp_path: Path) -> None:
    """Programs get every finding with code, weight, words and remedy."""
    port = sites.port()
    result = run("doctor", "--url", f"http://127.0.0.1:{port}", "--json", folder=tmp_path, DOCTOR_TOKEN=TOKEN)
    report = json.loads(result.stdout)
    assert result.returncode == report["exit_code"] == 2
    found = {finding["code"]: finding for finding in report["findings"]}
    assert found["no-forwarded-for"]["weight"] == "fault"
    assert "X-Forwarded-For" in found["no-forwarded-for"]["mend"]
    assert report["unseen"] == []
    assert 10 < report["requests"] <= 80


def test_wrong_secret(sites: Sites, tmp_path: Path) -> None:
    """A secret that the site does not know is told of, and the rest is examined from outside."""
    port = sites.port()
    result = run("doctor", "--url", f"http://127.0.0.1:{port}", "--json", folder=tmp_path, DOCTOR_TOKEN="f" * 32)
    assert "token-refused" in {finding["code"] for finding in json.loads(result.stdout)["findings"]}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no address"),
        pytest.param(["--url", "news.example"], id="half an address"),
        pytest.param(["--url", "ftp://news.example"], id="another scheme"),
        pytest.param(["--url", "https://news.example/en/"], id="a page"),
        pytest.param(["--url", "https://name:word@news.example"], id="a name and a password"),
        pytest.param(["--url", "https://news.example:99999"], id="no port"),
        pytest.param(["--url", "https://news.example", "--my-address", "here"], id="no IP address"),
        pytest.param(["--url", "https://news.example", "--ca", str(REPOSITORY / "README.md")], id="no certificate"),
        pytest.param(["--url", "https://news.example", "--timeout", "0"], id="no time"),
    ],
)
def test_wrong_arguments(arguments: list[str]) -> None:
    """What makes no sense is refused with a line that says so, before anything is sent."""
    result = run("doctor", *arguments, folder=REPOSITORY)
    assert result.returncode == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr
