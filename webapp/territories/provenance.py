"""What a territory map was compiled from, and how to recognise it. Owns the JSON beside the map; judges nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from webapp.errors import MapError

REBUILD = "Build the map again with `webapp territories build`."


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SourceRecord(_Strict):
    """One file that was compiled. `networks` counts its networks, `located` as in config/territories.toml."""

    source: str
    file: str
    type: str
    located: bool
    build_epoch: int
    sha256: str
    networks: int
    name: str
    url: str
    licence: str


class Sentinel(_Strict):
    """An address and what the map must answer for it; "unknown" where it must have no record."""

    address: str
    answer: str
    inside: list[str] = []
    uncertain: list[str] = []


class Provenance(_Strict):
    """The file territories.provenance.json. `map_sha256` names the one map that it belongs to.

    `answers` is the fingerprint of every answer, taken from the compiler's memory before the map was written.
    `territories` holds the digest of each definition; `addresses` counts IPv4 addresses and IPv6 /64 networks per
    territory and answer; `kinds` counts them per reason of doubt.
    """

    format: int
    tool: str
    map_sha256: str
    answers: str
    territories: dict[str, str] = Field(min_length=1)
    areas: dict[str, str]
    sources: list[SourceRecord] = Field(min_length=1)
    sentinels: list[Sentinel] = Field(min_length=1)
    addresses: dict[str, dict[str, int]]
    kinds: dict[str, dict[str, int]]

    @property
    def data_date(self) -> date:
        """Date of the oldest located source; of the oldest source when none is located."""
        epochs = [source.build_epoch for source in self.sources if source.located]
        return datetime.fromtimestamp(min(epochs or [source.build_epoch for source in self.sources]), UTC).date()


def provenance_path(map_path: Path) -> Path:
    """`territories.mmdb` has its provenance in `territories.provenance.json`."""
    return map_path.with_suffix(".provenance.json")


def load_provenance(map_path: Path) -> Provenance:
    """The provenance beside a map. Raises MapError."""
    path = provenance_path(map_path)
    try:
        value = Provenance.model_validate_json(path.read_bytes())
    except OSError as fault:
        raise MapError(str(path), f"provenance cannot be read: {fault.strerror}", REBUILD) from None
    except ValidationError as fault:
        raise MapError(str(path), f"provenance is not understood ({fault.error_count()} faults)", REBUILD) from None
    if value.format != 1:
        raise MapError(str(path), f"provenance has format {value.format}, this version reads 1", REBUILD)
    return value
