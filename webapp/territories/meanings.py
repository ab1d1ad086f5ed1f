"""What a record of the territory map means, and whether it means anything. Finds no record, and judges no map.

A record that is not as the compiler writes it is refused whole: nobody is ever "outside" by half of one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from string import ascii_uppercase
from typing import Any

from webapp.core.model import Block, CountryCode, KnownPlace, TerritoryId, Vote

ANY_NETWORK = "the address"
"""What stands for the block where it is not wanted."""

MOST_MEANINGS = 4096
"""Most records whose meaning is remembered: a map has some hundreds of different ones, in many places each."""

Territories = frozenset[TerritoryId]

_NOTHING: Territories = frozenset()
_COUNTRIES = frozenset(CountryCode(one + two) for one in ascii_uppercase for two in ascii_uppercase)
_PLAIN_KEYS = {"answer", "country"}
_LISTED_KEYS = {"answer", "country", "inside", "uncertain", "votes", "reasons"}


class RecordError(Exception):
    """A record is not as the compiler writes it."""


Said = tuple[CountryCode | None, Territories, Territories, Territories, tuple[Vote, ...], tuple[str, ...]]
"""All of a KnownPlace but its block."""

_place: Callable[[tuple[Block | str, *Said]], KnownPlace] = partial(tuple.__new__, KnownPlace)
"""Makes a KnownPlace of its parts in half the time: what a named tuple's own constructor ends in."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a record says: `record` itself, the place without anything that only this record has, and the whole."""

    record: Mapping[str, Any]
    alike: KnownPlace
    said: Said

    def name(self, block: Block) -> KnownPlace:
        """Return the whole place, of one block."""
        return _place((block,) + self.said)  # noqa: RUF005 - every lookup does it, and this takes half as long


class Meanings:
    """The meanings of one map's records. Safe to share between threads: each entry stands for itself."""

    __slots__ = ("_all", "_known", "_latest")

    def __init__(self, territories: frozenset[TerritoryId]) -> None:
        """`territories` are all that the map was compiled with."""
        self._all = territories
        self._known: dict[object, Meaning] = {}
        self._latest: dict[object, Meaning] = {}

    def understand(self, record: dict[str, Any]) -> Meaning:
        """Say what a record means. Raises all kinds of errors for one that is not as the compiler writes it.

        Remembered: records with one key have one meaning. Most are the latest of their country and answer again, and
        comparing is quicker than making a key.
        """
        country = record["country"]["iso_code"] if "country" in record else None
        if len(record) == 2 and country and record["answer"] == "outside":
            return self._known.get(country) or self._read(record, country)
        latest = self._latest.get(country)
        if latest is None or latest.record != record:
            key = _key(record)
            latest = self._latest[country] = self._known.get(key) or self._read(record, key)
        return latest

    def _read(self, record: dict[str, Any], key: object) -> Meaning:
        """Check a record, and remember what it means."""
        country = _country(record) if "country" in record else None
        if record["answer"] == "outside" and record.keys() <= _PLAIN_KEYS:
            alike = KnownPlace(ANY_NETWORK, country, _NOTHING, _NOTHING, self._all)
            meaning = Meaning(record, alike, alike[1:])
        else:
            meaning = self._read_listed(record, country)
        if len(self._known) >= MOST_MEANINGS:
            self._known.clear()
        self._known[key] = meaning
        return meaning

    def _read_listed(self, record: dict[str, Any], country: CountryCode | None) -> Meaning:
        """Any record but "outside" with or without a country."""
        inside, uncertain = self._listed(record, "inside"), self._listed(record, "uncertain")
        expected = "inside" if inside else "uncertain" if uncertain else ""
        if record["answer"] != expected or inside & uncertain or not record.keys() <= _LISTED_KEYS:
            raise RecordError
        votes = tuple(Vote(source, said) for source, said in record["votes"].items())
        alike = KnownPlace(ANY_NETWORK, country, inside, uncertain, self._all - inside - uncertain)
        reasons = tuple(record.get("reasons", ()))
        return Meaning(record, alike, alike._replace(votes=votes, reasons=reasons)[1:])

    def _listed(self, record: dict[str, Any], key: str) -> frozenset[TerritoryId]:
        listed = frozenset(record.get(key, ()))
        if not listed <= self._all:
            raise RecordError
        return listed


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
        raise RecordError
    return code
