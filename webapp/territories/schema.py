"""The shape of config/territories.toml as pydantic models. Owns shapes only; files and meaning are `definitions`'s."""

import datetime
import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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
    """One territory. `touches`: countries of which it is a part, so that knowing the country alone proves nothing."""

    name: Words
    touches: list[Country] = []
    countries: list[CountryEntry] = []
    regions: list[RegionEntry] = []
    vendor_regions: list[VendorRegionEntry] = []
    asns: list[AsnEntry] = []
    networks: list[NetworkEntry] = []
    areas: list[AreaEntry] = []
    exceptions: list[ExceptionEntry] = []


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
    sources: dict[Identifier, SourceTable] = {}
    territories: dict[Identifier, TerritoryTable] = Field(min_length=1)
    sentinels: list[SentinelTable] = []


ParsedNetwork = IPv4Network | IPv6Network
