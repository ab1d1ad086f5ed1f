"""Turns one source file into a layer of claims. Owns recognising, decoding and judging; weighs nothing.

The tree is walked as arrays, each distinct record is decoded once through maxminddb's C reader and judged once, and
neighbouring networks with the same claim become one step. That is what makes five million networks a matter of
seconds. Runs in a process of its own, so it takes and returns plain values.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from itertools import islice
from pathlib import Path
from typing import Any

import maxminddb
import numpy as np
import numpy.typing as npt

from webapp.errors import Problem, SourceError
from webapp.territories.definitions import Definitions
from webapp.territories.judge import Claim, Judge
from webapp.territories.lists import ListError, load_ranges
from webapp.territories.mmdb_tree import Networks, TreeError, load_networks
from webapp.territories.progress import Tell, count_off, say_nothing
from webapp.territories.provenance import SourceRecord
from webapp.territories.records import Record
from webapp.territories.schema import SourceTable
from webapp.territories.spans import Steps, step_networks, step_ranges
from webapp.territories.vendors import SchemaError, find_parser

SAMPLE = 500
"""Records that are looked at to recognise a schema."""
_MAGIC = b"\xab\xcd\xefMaxMind.com"


@dataclass(frozen=True, slots=True)
class Input:
    """A file to compile, and what the editors say of it."""

    source: str
    path: Path
    table: SourceTable


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file claims: `steps` hold indexes into `claims`."""

    record: SourceRecord
    steps: Steps
    claims: tuple[Claim, ...]


def read_layer(given: Input, definitions: Definitions, tell: Tell = say_nothing) -> Layer:
    """The claims of one file. Raises SourceError that names the file."""
    with refusing(given):
        if not is_mmdb(given.path):
            return _read_list(given, Judge(definitions))
        return _read_mmdb(given, Judge(definitions), tell)


@contextmanager
def refusing(given: Input) -> Iterator[None]:
    """Whatever a file's content leads to becomes a SourceError that names the file."""
    try:
        yield
    except (TreeError, SchemaError, ListError, maxminddb.InvalidDatabaseError) as fault:
        raise _refuse(given, str(fault)) from None
    except OSError as fault:
        raise _refuse(given, fault.strerror or str(fault)) from None
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as fault:
        raise _refuse(given, f"its records are not of the schema they seem to have: {fault!r}") from None


def _refuse(given: Input, message: str) -> SourceError:
    hint = "Fetch the file again, or take it out of the build."
    return SourceError([Problem("territories.source", str(given.path), message, hint, key=f"sources.{given.source}")])


def is_mmdb(path: Path) -> bool:
    """False for what must be a list of networks."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 128 * 1024))
        return _MAGIC in file.read() or path.suffix == ".mmdb"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A vendor's database: `records()` yields each distinct record, `which` is the record's number for each network."""

    type: str
    epoch: int
    networks: Networks
    which: npt.NDArray[np.int64]
    count: int
    records: Callable[[], Iterator[Any]]


@contextmanager
def open_decoded(path: Path) -> Iterator[Decoded]:
    """Open a database and walk its tree. Raises SchemaError, TreeError, InvalidDatabaseError, OSError."""
    with maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT) as reader:
        metadata = reader.metadata()
        networks = load_networks(path, metadata)
        if not len(networks):
            raise SchemaError(f"a {metadata.database_type!r} database without a single network")
        _, first, which = np.unique(networks.pointer, return_index=True, return_inverse=True)
        records = _decode(reader, networks, first, metadata.ip_version == 4)
        epoch = int(metadata.build_epoch)
        yield Decoded(metadata.database_type, epoch, networks, which, len(first), records)


def _read_mmdb(given: Input, judge: Judge, tell: Tell) -> Layer:
    with open_decoded(given.path) as found:
        schema, parse = find_parser(found.type, islice(found.records(), SAMPLE))
        located = given.table.located and schema not in ("asn", "anonymous")
        counted = count_off(found.records(), found.count, tell)
        claims, index = _judge_all(counted, parse, judge, located, given.table.doubt)
        steps = step_networks(found.networks, index[found.which])
        return Layer(_describe(given, schema, located, found.epoch, len(found.networks)), steps, claims)


def _decode(reader: maxminddb.Reader, networks: Networks, first: Any, is_ipv4: bool) -> Callable[[], Iterator[Any]]:
    """Each distinct record, by looking up one address that has it."""
    pairs = zip(networks.high[first].tolist(), networks.low[first].tolist(), strict=True)
    numbers = [(high << 64) | low for high, low in pairs]
    address = IPv4Address if is_ipv4 else IPv6Address
    return lambda: (reader.get(address(number)) for number in numbers)


def _judge_all(
    raw: Iterator[Any], parse: Callable[[Any], Record], judge: Judge, located: bool, doubt: str | None
) -> tuple[tuple[Claim, ...], Any]:
    """The distinct claims, and for each record the number of its claim."""
    numbers: dict[Claim, int] = {}
    index = []
    for item in raw:
        record = parse(item)
        if doubt:
            record = Record(doubt=doubt)
        index.append(numbers.setdefault(judge.judge(record, located), len(numbers)))
    return tuple(numbers), np.array(index, np.int32)


def _read_list(given: Input, judge: Judge) -> Layer:
    table = given.table
    if not table.doubt and not table.country:
        raise ListError("a list of networks needs `doubt` or `country` in config/territories.toml")
    ranges = load_ranges(given.path)
    record = Record(doubt=table.doubt) if table.doubt else Record(country=table.country)
    claim = judge.judge(record, table.located)
    kind = f"list of {table.doubt or table.country}"
    return Layer(_describe(given, kind, table.located, 0, len(ranges)), step_ranges(ranges), (claim,))


def _describe(given: Input, kind: str, located: bool, epoch: int, count: int) -> SourceRecord:
    with given.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    table = given.table
    return SourceRecord(
        source=given.source, file=given.path.name, type=kind, located=located, build_epoch=epoch, sha256=digest,
        networks=count, name=table.name, url=table.url, licence=table.licence,
    )  # fmt: skip
