"""The shape of config/territories.toml as pydantic models. Owns shapes only; files and meaning are `definitions`'s."""

import datetime
import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

EntryAnswer = Literal["inside", "uncertain", "outside"]


def _matching(pattern: str, words: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"{text!r} is not {words}")
        return text

    return AfterValidator(check)


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError as fault:
        raise ValueError(f"{fault}; write the network without host bits, such as 198.51.100.0/24") from None


def _address(text: str) -> str:
    return str(ip_address(text))


def _web_address(text: str) -> str:
    """A download comes over TLS; plain HTTP only from this machine itself, where nobody can listen or lie."""
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"{text!r} is not the whole address of a file, such as https://maps.example/city.mmdb.gz")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{text!r} would come unprotected; write https://")
    if parts.username or parts.password or "license_key" in parts.query:
        raise ValueError("a secret does not belong into the address; set it in the environment")
    if re.search(r"[{}]", text.replace("{year}", "").replace("{month}", "")):
        raise ValueError(f"{text!r}: only {{year}} and {{month}} can be filled in")
    return text


LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Percent = Annotated[float, Field(ge=0, le=100)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Sha256 = Annotated[str, _matching(r"[0-9a-f]{64}", "a SHA-256 digest of 64 digits 0-9 and a-f")]
HostName = Annotated[str, _matching(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "a host's name such as files.maps.example")]
Country = Annotated[str, _matching(r"[A-Z]{2}", "an ISO 3166-1 alpha-2 code such as UA")]
Region = Annotated[str, _matching(r"[A-Z]{2}-[A-Z0-9]{1,3}", "an ISO 3166-2 code such as UA-43")]
Identifier = Annotated[str, _matching(r"[a-z0-9]+(-[a-z0-9]+)*", "an identifier of a-z, 0-9 and single hyphens")]
FileName = Annotated[str, _matching(r"[A-Za-z0-9][A-Za-z0-9._-]*", "a plain file name")]
Network = Annotated[str, AfterValidator(_network)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=True)


class _Entry(_Strict):
    """Every entry says who says so and when."""

    source: Words
    date: datetime.date
    review_by: datetime.date | None = None


class CountryEntry(_Entry):
    """Whoever is located in one of these countries is inside."""

    codes: list[Country] = Field(min_length=1)


class RegionEntry(_Entry):
    """ISO 3166-2 codes, and codes of that form that vendors made up."""

    codes: list[Region] = Field(min_length=1)
    answer: EntryAnswer


class VendorRegionEntry(_Entry):
    """Region names as vendors spell them, within the given countries; compared after `fold_name`."""

    countries: list[Country] = Field(min_length=1)
    names: list[Words] = Field(min_length=1)
    answer: EntryAnswer


class AsnEntry(_Entry):
    """Autonomous systems; needs a source that carries their numbers."""

    numbers: list[Annotated[int, Field(ge=1, le=4294967295)]] = Field(min_length=1)
    answer: Literal["inside", "uncertain"]


class NetworkEntry(_Entry):
    """Networks that an editor knows."""

    networks: list[Network] = Field(min_length=1)
    answer: Literal["inside", "uncertain"]


class ExceptionEntry(_Entry):
    """Networks and systems to which the territory's own ASN and network entries do not apply.

    It only takes away what those entries claim. What vendors say still counts, so it never proves anything outside.
    """

    asns: list[Annotated[int, Field(ge=1, le=4294967295)]] = []
    networks: list[Network] = []


class HeldPlace(_Strict):
    """A place that must lie in the area: guards against swapped coordinates and slips of the mouse."""

    name: Words
    latitude: Latitude
    longitude: Longitude


class AreaEntry(_Entry):
    """A GeoJSON file in config/areas/."""

    file: FileName
    holds: list[HeldPlace] = Field(min_length=1)


class TerritoryTable(_Strict):
    """One territory. `touches`: countries of which it is a part, so that knowing the country alone proves nothing.

    `max_moved_percent` overrides the file's own for this territory. It decides nobody's answer.
    """

    name: Words
    max_moved_percent: Percent | None = None
    touches: list[Country] = []
    countries: list[CountryEntry] = []
    regions: list[RegionEntry] = []
    vendor_regions: list[VendorRegionEntry] = []
    asns: list[AsnEntry] = []
    networks: list[NetworkEntry] = []
    areas: list[AreaEntry] = []
    exceptions: list[ExceptionEntry] = []


class DownloadTable(_Strict):
    """Where `webapp territories update` finds one of a source's files, and how it is known to be whole.

    `url` and `sha256_url` may hold {year} and {month}. Exactly one of `sha256` (what it must be), `sha256_url` (where
    the publisher says so) and `unverified` (the publisher says nothing) is given. `redirects_to` names the hosts, other
    than its own, to which the address may lead. `account` is whose account pays: its key comes from the environment.
    """

    file: FileName
    url: WebAddress
    sha256: Sha256 | None = None
    sha256_url: WebAddress | None = None
    unverified: bool = False
    account: Literal["maxmind"] | None = None
    redirects_to: list[HostName] = []

    @model_validator(mode="after")
    def _is_verified_once(self) -> Self:
        if sum((self.sha256 is not None, self.sha256_url is not None, self.unverified)) != 1:
            raise ValueError("give one of sha256, sha256_url, or unverified = true")
        return self

    @model_validator(mode="after")
    def _shows_no_key_to_others(self) -> Self:
        """A key goes to whom it belongs, and to this machine itself (a mirror, a test)."""
        for url in (self.url, self.sha256_url) if self.account else ():
            host = urlsplit(url or self.url).hostname or ""
            if host not in LOOPBACK and not host.endswith(".maxmind.com"):
                raise ValueError(f"{host} is not MaxMind's; the account's key must not be sent there")
        return self


class SourceTable(_Strict):
    """A database to compile from. `located`: it says where networks are used, not where they are registered.

    `doubt` is for lists of addresses whose user may be anywhere: "anonymiser", "hosting", "satellite".
    `country` is for lists of the networks delegated to one country.
    """

    files: list[FileName] = Field(min_length=1)
    located: bool
    name: Words
    url: Words
    licence: Words
    doubt: Literal["anonymiser", "hosting", "satellite"] | None = None
    country: Country | None = None
    downloads: list[DownloadTable] = []

    @model_validator(mode="after")
    def _downloads_what_it_reads(self) -> Self:
        named = [download.file for download in self.downloads]
        if len(set(named)) != len(named) or not set(named) <= set(self.files):
            raise ValueError("`downloads` fetches each of `files` once at most, and nothing else")
        return self


class SentinelTable(_Strict):
    """An address whose answer is known."""

    address: Annotated[str, AfterValidator(_address)]
    territory: Identifier
    answer: EntryAnswer
    note: Words


class TerritoriesFile(_Strict):
    """The whole of config/territories.toml."""

    max_age_days: Annotated[int, Field(ge=1, le=3650)] = 400
    warn_age_days: Annotated[int, Field(ge=1, le=3650)] = 60
    near_km: Annotated[float, Field(ge=0, le=500)] = 15.0
    max_moved_percent: Percent = 10.0
    sources: dict[Identifier, SourceTable] = {}
    territories: dict[Identifier, TerritoryTable] = Field(min_length=1)
    sentinels: list[SentinelTable] = []


ParsedNetwork = IPv4Network | IPv6Network
