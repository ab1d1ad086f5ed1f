"""Settings: the environment read once, and every wrong variable named."""

from dataclasses import FrozenInstanceError
from ipaddress import ip_network
from pathlib import Path

import pytest

from webapp.errors import SettingsError
from webapp.settings import Cdn, Hsts, Settings, load_settings


def test_defaults_are_the_safe_ones() -> None:
    """With nothing set, the site listens on loopback and trusts no proxy."""
    assert load_settings({}) == Settings(root=Path().resolve())
    settings = load_settings({})
    assert (settings.host, settings.port, settings.workers, settings.trusted_proxies) == ("127.0.0.1", 8000, None, ())


def test_empty_is_unset() -> None:
    """An empty variable is one that is not set: compose files leave them so."""
    names = ["WEBAPP_ROOT", "HOST", "PORT", "WORKERS", "TRUSTED_PROXIES", "BASE_URL", "HSTS", "ONION_LOCATION"]
    names += ["CDN", "DOCTOR_TOKEN"]
    assert load_settings(dict.fromkeys(names, "")) == load_settings({})


def test_everything_set(tmp_path: Path) -> None:
    """Each variable has its place."""
    settings = load_settings(
        {
            "WEBAPP_ROOT": str(tmp_path),
            "HOST": "::1",
            "PORT": " 8080 ",
            "WORKERS": "4",
            "TRUSTED_PROXIES": "192.0.2.0/24, 2001:db8::/32,203.0.113.7",
            "BASE_URL": "https://news.example/",
            "HSTS": "Yes",
            "ONION_LOCATION": "http://news.onion",
            "CDN": "Cloudflare",
            "DOCTOR_TOKEN": "0123456789abcdef" * 2,
        }
    )
    assert settings == Settings(
        root=tmp_path,
        host="::1",
        port=8080,
        workers=4,
        trusted_proxies=tuple(map(ip_network, ("192.0.2.0/24", "2001:db8::/32", "203.0.113.7/32"))),
        base_url="https://news.example",
        hsts=Hsts.ON,
        onion_location="http://news.onion",
        cdn=Cdn.CLOUDFLARE,
        doctor_token="0123456789abcdef" * 2,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("PORT", "0", id="port 0"),
        pytest.param("PORT", "65536", id="a port too high"),
        pytest.param("PORT", "-1", id="a negative port"),
        pytest.param("PORT", "http", id="a port in words"),
        pytest.param("PORT", "8000.0", id="a broken port"),
        pytest.param("PORT", "٨٠٠٠", id="other digits"),
        pytest.param("WORKERS", "0", id="no worker"),
        pytest.param("WORKERS", "257", id="too many workers"),
        pytest.param("PAGE_CACHE_MB", "-1", id="less than no memory"),
        pytest.param("PAGE_CACHE_MB", "65537", id="too much memory"),
        pytest.param("TRUSTED_PROXIES", "proxy.example", id="a name for a proxy"),
        pytest.param("TRUSTED_PROXIES", "192.0.2.1/24", id="a block with host bits"),
        pytest.param("TRUSTED_PROXIES", "192.0.2.0/33", id="a prefix too long"),
        pytest.param("TRUSTED_PROXIES", "192.0.2.0/24;198.51.100.0/24", id="the wrong separator"),
        pytest.param("TRUSTED_PROXIES", "*", id="everybody"),
        pytest.param("BASE_URL", "news.example", id="half an address"),
        pytest.param("BASE_URL", "javascript:alert(1)", id="a script"),
        pytest.param("ONION_LOCATION", "news.onion", id="half an onion address"),
        pytest.param("HSTS", "on!", id="neither yes nor no"),
        pytest.param("CDN", "akamai", id="a CDN whose hints we do not know"),
        pytest.param("CDN", "fastly", id="a CDN without a trusted proxy"),
        pytest.param("DOCTOR_TOKEN", "0123456789abcdef" * 2 + " x", id="a token with a space"),
        pytest.param("DOCTOR_TOKEN", "a" * 31, id="a token too short"),
        pytest.param("DOCTOR_TOKEN", "ü" * 32, id="a token that no header can carry"),
    ],
)
def test_wrong_values(name: str, value: str) -> None:
    """A wrong value stops the start with a line that names the variable."""
    with pytest.raises(SettingsError, match=f"^{name}"):
        load_settings({name: value})


def test_all_wrong_values_at_once() -> None:
    """Every wrong variable is told together."""
    wrong = {"PORT": "x", "WORKERS": "x", "TRUSTED_PROXIES": "x,y", "BASE_URL": "x", "HSTS": "x", "ONION_LOCATION": "x"}
    with pytest.raises(SettingsError) as caught:
        load_settings(wrong)
    assert [line.partition("=")[0].partition(":")[0] for line in str(caught.value).splitlines()] == [
        "PORT",
        "WORKERS",
        "TRUSTED_PROXIES",
        "TRUSTED_PROXIES",
        "BASE_URL",
        "HSTS",
        "ONION_LOCATION",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", Hsts.ON),
        ("TRUE", Hsts.ON),
        ("yes", Hsts.ON),
        ("0", Hsts.OFF),
        ("no", Hsts.OFF),
        ("Preload", Hsts.PRELOAD),
    ],
)
def test_hsts(value: str, expected: Hsts) -> None:
    """The switch understands the usual words; a place in the browsers' list is asked for by its own word alone."""
    assert load_settings({"HSTS": value}).hsts is expected


def test_settings_stand_still() -> None:
    """Nobody changes settings while the site runs."""
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]  # that it cannot be done is the point


def test_token_is_not_printed() -> None:
    """The secret stands in no text that somebody might log: neither in the settings' own nor in a refusal."""
    assert "secret" not in repr(Settings(doctor_token="secret" * 6))
    with pytest.raises(SettingsError) as caught:
        load_settings({"DOCTOR_TOKEN": "secret"})
    assert "secret" not in str(caught.value)
