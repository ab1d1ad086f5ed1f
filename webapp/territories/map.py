"""The territory map in use: opens it safely, believes it only when all checks hold, and answers one address.

It refuses to judge age: `decide` does, from the facts. `find` never raises for an address, and never answers
"outside" from a record that it does not understand whole.
"""

import hashlib
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import cast

import maxminddb

from webapp.core.addresses import PLAIN_IPV4, PLAIN_IPV6, find_obstacle, unmap
from webapp.core.model import (
    Address,
    Attribution,
    KnownPlace,
    MapFacts,
    Place,
    TerritoryId,
    UnknownPlace,
    UnknownReason,
)
from webapp.errors import MapError
from webapp.territories.definitions import Definitions
from webapp.territories.meanings import Meanings
from webapp.territories.provenance import REBUILD, Provenance, Sentinel, load_provenance
from webapp.territories.sealed import open_sealed
from webapp.territories.structure import Structure, StructureError, check_structure

DATABASE_TYPE = "Webapp-Territories"
LARGEST_FILE = 256 * 1024 * 1024

_NO_RECORD = UnknownPlace(UnknownReason.NO_RECORD, "the territory map has no record of this network")
_BROKEN = UnknownPlace(UnknownReason.MAP_ERROR, "the territory map's record cannot be understood")


@dataclass(frozen=True, slots=True)
class TerritoryMap:
    """A map that passed every check. Safe to share between threads; the memory goes when the last user lets go."""

    facts: MapFacts
    provenance: Provenance
    _reader: maxminddb.Reader
    _meanings: Meanings = field(repr=False, compare=False)

    def find(self, address: Address) -> Place:
        """Where the map puts this address. Never raises for an IPv4Address or IPv6Address."""
        number = int(address)
        if not (PLAIN_IPV4[number >> 16] if type(address) is IPv4Address else _is_plain_ipv6(address, number)):
            obstacle = find_obstacle(address)
            if obstacle is not None:
                return obstacle
            address = unmap(address)
            number = int(address)
        try:
            record, length = self._reader.get_with_prefix_len(address)
            if record is None:
                return _NO_RECORD
            version, bits = (4, 32) if type(address) is IPv4Address else (6, 128)
            first = number >> (bits - length) << (bits - length)
            return self._meanings.understand(record).name((version, first, length))  # type: ignore[arg-type]  # a record of any shape: found out
        except Exception:  # noqa: BLE001 - whatever a broken map does, the reader gets the notice
            return _BROKEN

    def find_alike(self, address: Address) -> Place:
        """Where the map puts this address, without what only its own record says. Equal answers are one object.

        Written out as `find` is, for every page asks it: a call more would take a tenth of its time.
        """
        number = int(address)
        if not (PLAIN_IPV4[number >> 16] if type(address) is IPv4Address else _is_plain_ipv6(address, number)):
            obstacle = find_obstacle(address)
            if obstacle is not None:
                return obstacle
            address = unmap(address)
        try:
            record = self._reader.get(address)
            return _NO_RECORD if record is None else self._meanings.understand(record).alike  # type: ignore[arg-type]  # as above
        except Exception:  # noqa: BLE001 - as above
            return _BROKEN


def load_map(path: Path, definitions: Definitions) -> TerritoryMap:
    """The map at `path`, checked against its provenance and the editors' known answers. Raises MapError."""
    provenance = load_provenance(path)
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != provenance.map_sha256:
        raise MapError(str(path), "the map is not the one that its provenance describes", REBUILD)
    try:
        structure = check_structure(data, DATABASE_TYPE)
        if structure != Structure(provenance.answers, max(source.build_epoch for source in provenance.sources)):
            raise StructureError("its answers are not those that were compiled")
        reader = open_sealed(data)
    except (StructureError, maxminddb.InvalidDatabaseError, ValueError, OSError) as fault:
        raise MapError(str(path), f"the map cannot be opened: {fault}", REBUILD) from None
    known = frozenset(TerritoryId(name) for name in provenance.territories)
    territory_map = TerritoryMap(_facts(provenance, definitions), provenance, reader, Meanings(known))
    _check_sentinels(path, territory_map, definitions)
    return territory_map


def judge_again(territory_map: TerritoryMap, path: Path, definitions: Definitions) -> TerritoryMap:
    """The same map under other definitions: what it covers, and the editors' known answers anew. Raises MapError."""
    again = replace(territory_map, facts=_facts(territory_map.provenance, definitions))
    _check_sentinels(path, again, definitions)
    return again


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as fault:
        raise MapError(str(path), f"the map cannot be read: {fault.strerror}", REBUILD) from None
    if len(data) > LARGEST_FILE:
        raise MapError(str(path), f"the map is larger than {LARGEST_FILE} bytes", REBUILD)
    return data


def _facts(provenance: Provenance, definitions: Definitions) -> MapFacts:
    covers = frozenset(
        territory
        for territory in definitions.territories
        if provenance.territories.get(territory) == definitions.digest(territory)
    )
    named = {(source.name, source.url, source.licence): None for source in provenance.sources if source.name}
    return MapFacts(
        provenance.map_sha256,
        provenance.data_date,
        definitions.max_age_days,
        covers,
        tuple(Attribution(*credit) for credit in named),
    )


def _check_sentinels(path: Path, territory_map: TerritoryMap, definitions: Definitions) -> None:
    for sentinel in territory_map.provenance.sentinels:
        found = describe(sentinel.address, territory_map.find(_parse(path, sentinel.address)))
        if found != sentinel:
            raise MapError(str(path), f"{sentinel.address} is {found.answer}, must be {sentinel.answer}", REBUILD)
    for known in definitions.sentinels:
        territory = TerritoryId(known.territory)
        if territory not in territory_map.facts.covers:
            continue
        if not agrees(territory_map.find(ip_address(known.address)), territory, known.answer):
            reason = f"{known.address} ({known.note}) is not {known.answer} of {territory}"
            raise MapError(
                str(path), reason, "The sources are wrong there, or the sentinel in config/territories.toml."
            )


def agrees(place: Place, territory: TerritoryId, answer: str) -> bool:
    """True when a place gives `answer` for the territory."""
    return isinstance(place, KnownPlace) and territory in getattr(place, answer)


def describe(address: str, place: Place) -> Sentinel:
    """A place as the provenance writes it down."""
    if isinstance(place, UnknownPlace):
        return Sentinel(address=address, answer="unknown")
    answer = "inside" if place.inside else "uncertain" if place.uncertain else "outside"
    return Sentinel(address=address, answer=answer, inside=sorted(place.inside), uncertain=sorted(place.uncertain))


def _parse(path: Path, text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise MapError(str(path), f"sentinel {text!r} is not an address", REBUILD) from None


def _is_plain_ipv6(address: Address, number: int) -> bool:
    """Say whether nothing special lies near an IPv6 address: a quick answer for nearly all; False is no answer."""
    return PLAIN_IPV6[number >> 112] == 1 and cast(IPv6Address, address).scope_id is None
