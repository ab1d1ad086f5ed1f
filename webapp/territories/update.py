"""Fetches the databases that config/territories.toml names, ready to compile. Owns which, with whose key, and digests.

Refuses every file that is not what its publisher says it is. Nothing here touches the map in use.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from webapp.errors import Problem, SourceError
from webapp.territories.definitions import FILE, Definitions
from webapp.territories.fetch import FetchError, Limits, Request, fetch, show
from webapp.territories.progress import Tell, say_nothing
from webapp.territories.schema import DownloadTable
from webapp.territories.unpack import UnpackError, unpack

LARGEST_DIGEST = 64 * 1024
_SHA256 = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
MAXMIND_HOSTS = ("mm-prod-geoip-databases.a2649acb697e2c09b632799562c076f2.r2.cloudflarestorage.com",)
"""Where MaxMind's addresses lead (https://dev.maxmind.com/geoip/updating-databases/, as of January 2024)."""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's number and licence key at MaxMind. The key is never shown."""

    number: str
    key: str = field(repr=False)

    @property
    def authorization(self) -> str:
        """HTTP's basic authentication (RFC 7617)."""
        return "Basic " + b64encode(f"{self.number}:{self.key}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Order:
    """One file to fetch."""

    source: str
    table: DownloadTable

    @property
    def key(self) -> str:
        return f"sources.{self.source}.downloads.{self.table.file}"

    @property
    def task(self) -> str:
        return f"fetch {self.table.file}"


def list_orders(definitions: Definitions, given: set[str]) -> tuple[Order, ...]:
    """Every download but those whose file, by its name, is `given`. Raises SourceError when nothing is left to do."""
    orders = tuple(
        Order(source, download)
        for source, table in definitions.sources.items()
        for download in table.downloads
        if download.file not in given
    )
    if not orders and not given:
        hint = "Write a [[sources.<id>.downloads]] table; docs/territories.md shows one for MaxMind and one for DB-IP."
        raise SourceError([Problem("territories.download", FILE, "no source says where to download it", hint)])
    return orders


def fetch_orders(
    orders: tuple[Order, ...],
    folder: Path,
    account: Account | None,
    today: date,
    limits: Limits,
    tell: Tell = say_nothing,
) -> list[Path]:
    """Every file, fetched, verified and unpacked into `folder`. Raises SourceError with every Problem."""
    problems = [problem for order in orders for problem in _check_account(order, account)]
    paths = []
    for order in orders if not problems else ():
        try:
            paths.append(_fetch_one(order, folder, account, today, limits, tell))
        except (FetchError, UnpackError) as fault:
            hint = "The map in use stays. Look at the address in config/territories.toml, or try again later."
            problems.append(Problem("territories.download", FILE, str(fault), hint, key=order.key))
        except OSError as fault:
            hint = "The map in use stays. Make room in the folder for temporary files, or set TMPDIR to another."
            message = f"the download cannot be written: {fault.strerror or fault}"
            problems.append(Problem("territories.download", FILE, message, hint, key=order.key))
    if problems:
        raise SourceError(problems)
    return paths


def _check_account(order: Order, account: Account | None) -> Iterator[Problem]:
    if order.table.account and account is None:
        hint = "Set MAXMIND_ACCOUNT_ID and MAXMIND_LICENSE_KEY in the environment of this command."
        message = "this download needs an account, and the environment names none"
        yield Problem("territories.account", FILE, message, hint, key=order.key)


def _fetch_one(order: Order, folder: Path, account: Account | None, today: date, limits: Limits, tell: Tell) -> Path:
    table = order.table
    packed, path = folder / f"{table.file}.packed", folder / table.file
    wanted = _find_digest(order, folder, account, today, limits)
    fetched = fetch(_request(order, table.url, account, today), packed, limits, tell)
    shown = show(_fill(table.url, today))
    if wanted is not None and fetched.sha256 != wanted:
        raise FetchError(f"{shown}: its SHA-256 is {fetched.sha256}, not {wanted}")
    if wanted is None and not fetched.is_measured:
        raise FetchError(f"{shown}: it has neither a digest nor a length, so that nobody can tell whether it is whole")
    try:
        unpack(packed, table.file, path, limits.unpacked)
    except UnpackError as fault:
        raise UnpackError(f"{shown}: {fault}") from None
    packed.unlink(missing_ok=True)
    return path


def _find_digest(order: Order, folder: Path, account: Account | None, today: date, limits: Limits) -> str | None:
    """What the digest must be; None when the editors wrote that nobody publishes one."""
    table = order.table
    if table.sha256_url is None:
        return table.sha256
    to = folder / f"{table.file}.sha256"
    small = Limits(limits.silence, limits.whole, limits.attempts, limits.backoff, LARGEST_DIGEST, LARGEST_DIGEST)
    fetch(_request(order, table.sha256_url, account, today), to, small)
    found = _SHA256.search(to.read_text("utf-8", errors="replace"))
    if found is None:
        raise FetchError(f"{show(_fill(table.sha256_url, today))}: it holds no SHA-256 digest")
    return found[0].lower()


def _request(order: Order, url: str, account: Account | None, today: date) -> Request:
    needs = order.table.account is not None and account is not None
    return Request(
        url=_fill(url, today),
        task=order.task,
        authorization=account.authorization if needs and account else None,
        redirects_to=(*order.table.redirects_to, *(MAXMIND_HOSTS if needs else ())),
    )


def _fill(url: str, today: date) -> str:
    return url.replace("{year}", f"{today:%Y}").replace("{month}", f"{today:%m}")
