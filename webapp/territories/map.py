"""The territory map in use: opens it safely, believes it only when all checks hold, and answers one address.

It refuses to judge age: `decide` does, from the facts. `find` never raises for an address, and never answers
"outside" from a record that it does not understand whole.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from socket import AF_INET6, inet_ntoa, inet_ntop
from string import ascii_uppercase
from struct import Struct
from typing import Any, cast

import maxminddb

from webapp.core.addresses import PLAIN_IPV4, PLAIN_IPV6, find_obstacle, unmap
from webapp.core.model import (
    Address,
    Attribution,
    CountryCode,
    KnownPlace,
    MapFacts,
    Place,
    TerritoryId,
    UnknownPlace,
    UnknownReason,
    Vote,
)
from webapp.errors import MapError
from webapp.territories.definitions import Definitions
from webapp.territories.provenance import REBUILD, Provenance, Sentinel, load_provenance
from webapp.territories.sealed import open_sealed
from webapp.territories.structure import Structure, StructureError, check_structure

DATABASE_TYPE = "Webapp-Territories"
LARGEST_FILE = 256 * 1024 * 1024

_NO_RECORD = UnknownPlace(UnknownReason.NO_RECORD, "the territory map has no record of this network")
_BROKEN = UnknownPlace(UnknownReason.MAP_ERROR, "the territory map's record cannot be understood")
_NOTHING: frozenset[TerritoryId] = frozenset()
_COUNTRIES = frozenset(CountryCode(one + two) for one in ascii_uppercase for two in ascii_uppercase)
_PLAIN_KEYS = {"answer", "country"}
_LISTED_KEYS = {"answer", "country", "inside", "uncertain", "votes", "reasons"}

_MASKS = tuple((1 << 32) - (1 << (32 - length)) for length in range(33))
_SUFFIXES = tuple(f"/{length}" for length in range(129))
_pack = Struct("!I").pack
"""socket and struct write a block's text four times faster than ipaddress does."""
_new = object.__new__
_set_network, _set_country, _set_inside, _set_uncertain, _set_outside, _set_votes, _set_reasons = (
    getattr(KnownPlace, one.name).__set__ for one in fields(KnownPlace)
)
"""A frozen dataclass fills itself through object.__setattr__. Its slots' own setters do the same in a third of the
time, which is worth the trouble for what every request needs."""

ANY_NETWORK = "the address"
"""What stands for the network where it is not wanted."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a record says: `record` itself, the place without anything that only this record has, and the rest."""

    record: Mapping[str, Any]
    alike: KnownPlace
    votes: tuple[Vote, ...]
    reasons: tuple[str, ...]


MOST_MEANINGS = 4096
"""Most records whose meaning is remembered: a map has some hundreds of different ones, in many places each."""


class _RecordError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class TerritoryMap:
    """A map that passed every check. Safe to share between threads; the memory goes when the last user lets go."""

    facts: MapFacts
    provenance: Provenance
    _reader: maxminddb.Reader
    _all: frozenset[TerritoryId]
    _meanings: dict[object, _Meaning] = field(default_factory=dict, repr=False, compare=False)
    _latest: dict[object, _Meaning] = field(default_factory=dict, repr=False, compare=False)

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
            if type(address) is IPv4Address:
                network = inet_ntoa(_pack(number & _MASKS[length])) + _SUFFIXES[length]
            else:
                network = _ipv6_network(number, length)
            return _name(self._understand(record), network)  # type: ignore[arg-type]  # a record of any shape: found out
        except Exception:  # noqa: BLE001 - whatever a broken map does, the reader gets the notice
            return _BROKEN

    def find_alike(self, address: Address) -> Place:
        """Where the map puts this address, without what only its own record says. Equal answers are one object."""
        number = int(address)
        if not (PLAIN_IPV4[number >> 16] if type(address) is IPv4Address else _is_plain_ipv6(address, number)):
            obstacle = find_obstacle(address)
            if obstacle is not None:
                return obstacle
            address = unmap(address)
        try:
            record = self._reader.get(address)
            return _NO_RECORD if record is None else self._understand(record).alike  # type: ignore[arg-type]  # as above
        except Exception:  # noqa: BLE001 - as above
            return _BROKEN

    def _understand(self, record: dict[str, Any]) -> _Meaning:
        """Say what a record means. Raises all kinds of errors for one that is not as the compiler writes it.

        Remembered: records with one key have one meaning. Most are the latest of their country and answer again, and
        comparing is quicker than making a key.
        """
        answer = record["answer"]
        country = record["country"]["iso_code"] if "country" in record else None
        if answer == "outside" and len(record) == 2 and country:
            return self._meanings.get(country) or self._read(record, country)
        latest = self._latest.get((answer, country))
        if latest is None or latest.record != record:
            key = _key(record)
            latest = self._latest[answer, country] = self._meanings.get(key) or self._read(record, key)
        return latest

    def _read(self, record: dict[str, Any], key: object) -> _Meaning:
        """Check a record, and remember what it means."""
        country = _country(record) if "country" in record else None
        if record["answer"] == "outside" and record.keys() <= _PLAIN_KEYS:
            alike = KnownPlace(ANY_NETWORK, country, _NOTHING, _NOTHING, self._all)
            meaning = _Meaning(record, alike, (), ())
        else:
            meaning = self._read_listed(record, country)
        if len(self._meanings) >= MOST_MEANINGS:
            self._meanings.clear()
        self._meanings[key] = meaning
        return meaning

    def _read_listed(self, record: dict[str, Any], country: CountryCode | None) -> _Meaning:
        """Any record but "outside" with or without a country."""
        inside, uncertain = self._listed(record, "inside"), self._listed(record, "uncertain")
        expected = "inside" if inside else "uncertain" if uncertain else ""
        if record["answer"] != expected or inside & uncertain or not record.keys() <= _LISTED_KEYS:
            raise _RecordError
        votes = tuple(Vote(source, said) for source, said in record["votes"].items())
        alike = KnownPlace(ANY_NETWORK, country, inside, uncertain, self._all - inside - uncertain)
        return _Meaning(record, alike, votes, tuple(record.get("reasons", ())))

    def _listed(self, record: dict[str, Any], key: str) -> frozenset[TerritoryId]:
        listed = frozenset(record.get(key, ()))
        if not listed <= self._all:
            raise _RecordError
        return listed


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
    territory_map = TerritoryMap(_facts(provenance, definitions), provenance, reader, known)
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


def _name(meaning: _Meaning, network: str) -> KnownPlace:
    """Return the place that a record means, of one network."""
    alike, place = meaning.alike, _new(KnownPlace)
    _set_network(place, network)
    _set_country(place, alike.country)
    _set_inside(place, alike.inside)
    _set_uncertain(place, alike.uncertain)
    _set_outside(place, alike.outside)
    _set_votes(place, meaning.votes)
    _set_reasons(place, meaning.reasons)
    return place


def _key(record: dict[str, Any]) -> object:
    """All of a record that `_read` reads, as something that can be looked up; more than that is never asked."""
    return (
        tuple(record),
        record["answer"],
        record["country"]["iso_code"] if "country" in record else None,
        tuple(record.get("inside", ())),
        tuple(record.get("uncertain", ())),
        tuple(record["votes"].items()) if "votes" in record else None,
        tuple(record.get("reasons", ())),
    )


def _country(record: dict[str, Any]) -> CountryCode:
    code: CountryCode = record["country"]["iso_code"]
    if code not in _COUNTRIES:
        raise _RecordError
    return code


def _ipv6_network(number: int, length: int) -> str:
    """The block as CIDR text."""
    shift = 128 - length
    return inet_ntop(AF_INET6, (number >> shift << shift).to_bytes(16, "big")) + _SUFFIXES[length]
