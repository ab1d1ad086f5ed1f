"""The environment, read once into frozen Settings. Nothing else in the package looks at the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from webapp.errors import SettingsError

Network = IPv4Network | IPv6Network

SHORTEST_TOKEN = 32
"""Fewest characters of DOCTOR_TOKEN: nobody guesses so many."""


class Cdn(StrEnum):
    """A CDN whose hints about the reader's country we understand."""

    CLOUDFLARE = "cloudflare"
    CLOUDFRONT = "cloudfront"
    FASTLY = "fastly"


class Hsts(IntEnum):
    """Whether to send Strict-Transport-Security, and to ask browsers for a place in their list (hstspreload.org)."""

    OFF = 0
    ON = 1
    PRELOAD = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process runs.

    root             folder with config/, content/, translations/, static/       WEBAPP_ROOT, default "."
    host, port       where to listen                                            HOST, PORT: 127.0.0.1, 8000
    workers          processes; None: as many as the machine has cores for      WORKERS
    page_cache_mb    memory for kept pages, in each worker; 0 keeps none         PAGE_CACHE_MB, default 64
    trusted_proxies  CIDR blocks of our own proxies; empty: readers connect     TRUSTED_PROXIES, comma separated
                     directly, and any sign of a proxy makes the place unknown
    base_url         overrides base_url of config/site.toml                     BASE_URL
    hsts             send Strict-Transport-Security (only behind TLS)           HSTS=1, or HSTS=preload
    onion_location   base address of the onion service, if there is one         ONION_LOCATION
    maxmind_account_id, maxmind_license_key: for `webapp territories update`    MAXMIND_ACCOUNT_ID, MAXMIND_LICENSE_KEY
                     alone; the key is never printed
    cdn              the CDN in front, which must name the reader's country     CDN: cloudflare, cloudfront, fastly
    doctor_token     secret with which `webapp doctor` asks how the site sees   DOCTOR_TOKEN, 32 characters or more
                     a request; without it nobody can
    """

    root: Path = Path()
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int | None = None
    page_cache_mb: int = 64
    trusted_proxies: tuple[Network, ...] = ()
    base_url: str | None = None
    hsts: Hsts = Hsts.OFF
    onion_location: str | None = None
    maxmind_account_id: str | None = None
    maxmind_license_key: str | None = field(default=None, repr=False)
    cdn: Cdn | None = None
    doctor_token: str | None = field(default=None, repr=False)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read Settings from the environment. Raises SettingsError naming every variable at fault."""
    given = os.environ if environ is None else environ
    faults: list[str] = []
    settings = Settings(
        root=Path(given.get("WEBAPP_ROOT") or ".").resolve(),
        host=given.get("HOST") or "127.0.0.1",
        port=_whole_number(given, "PORT", 8000, 1, 65535, faults),
        workers=_whole_number(given, "WORKERS", 0, 1, 256, faults) or None,
        page_cache_mb=_whole_number(given, "PAGE_CACHE_MB", 64, 0, 65_536, faults),
        trusted_proxies=_networks(given, "TRUSTED_PROXIES", faults),
        base_url=_web_address(given, "BASE_URL", faults),
        hsts=_hsts(given, faults),
        onion_location=_web_address(given, "ONION_LOCATION", faults),
        maxmind_account_id=given.get("MAXMIND_ACCOUNT_ID", "").strip() or None,
        maxmind_license_key=given.get("MAXMIND_LICENSE_KEY", "").strip() or None,
        cdn=_cdn(given, faults),
        doctor_token=_token(given, faults),
    )
    if settings.cdn and not settings.trusted_proxies:
        faults.append("CDN: a CDN's word counts only behind a trusted proxy; set TRUSTED_PROXIES to its blocks too.")
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def _whole_number(given: Mapping[str, str], name: str, default: int, low: int, high: int, faults: list[str]) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if len(text) > 9 or not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        faults.append(f"{name}={text!r}: write a whole number from {low} to {high}.")
        return default
    return int(text)


def _networks(given: Mapping[str, str], name: str, faults: list[str]) -> tuple[Network, ...]:
    networks = []
    for text in filter(None, (part.strip() for part in given.get(name, "").split(","))):
        try:
            networks.append(ip_network(text))
        except ValueError as fault:
            faults.append(f"{name}: {text!r} is not a CIDR block ({fault}); write 192.0.2.0/24 or 2001:db8::/32.")
    return tuple(networks)


def _web_address(given: Mapping[str, str], name: str, faults: list[str]) -> str | None:
    text = given.get(name, "").strip().rstrip("/")
    if text and not text.startswith(("https://", "http://")):
        faults.append(f"{name}={text!r}: write the whole address, such as https://news.example.")
    return text or None


def _hsts(given: Mapping[str, str], faults: list[str]) -> Hsts:
    text = given.get("HSTS", "").strip().lower()
    if text in {"1", "true", "yes"}:
        return Hsts.ON
    if text not in {"", "0", "false", "no", "preload"}:
        faults.append(f"HSTS={text!r}: write 1, 0 or preload.")
    return Hsts.PRELOAD if text == "preload" else Hsts.OFF


def _cdn(given: Mapping[str, str], faults: list[str]) -> Cdn | None:
    text = given.get("CDN", "").strip().lower()
    if text and text not in set(Cdn):
        faults.append(f"CDN={text!r}: write one of {', '.join(Cdn)}, or leave it out.")
        return None
    return Cdn(text) if text else None


def _token(given: Mapping[str, str], faults: list[str]) -> str | None:
    text = given.get("DOCTOR_TOKEN", "").strip()
    if text and (len(text) < SHORTEST_TOKEN or not text.isascii() or not text.isprintable() or " " in text):
        faults.append(f"DOCTOR_TOKEN: write {SHORTEST_TOKEN} or more letters and digits: openssl rand -hex 32.")
        return None
    return text or None
