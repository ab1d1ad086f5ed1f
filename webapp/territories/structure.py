"""Proves that the bytes of a map are whole before the C reader sees them. Owns structure; knows no territory's name.

maxminddb's C reader can end the process with a segmentation fault on a map that is damaged in the wrong place
(seen with version 3.2 on random bit flips). The digest catches damage after the build; this catches the rest. Every
record that the tree points to is decoded once, in Python, and compared with the schema that we write; every node
must come before its children, so the tree has no cycle; and the fingerprint of all answers is taken on the way.
"""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import le
from typing import Any

from maxminddb import InvalidDatabaseError
from maxminddb.decoder import Decoder

from webapp.territories.fingerprint import NOTHING, mark_record, mark_tree, write_mark

_MAGIC = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR = 16
_WORDS = ("answer", "inside", "uncertain", "votes", "reasons", "country")


class StructureError(Exception):
    """What is wrong with the bytes, in words."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What the bytes hold: the fingerprint of all answers, and when the sources were built (seconds since 1970)."""

    answers: str
    build_epoch: int


def check_structure(data: bytes, database_type: str) -> Structure:
    """Raises StructureError unless tree, records and metadata are wholly of the kind that we write."""
    try:
        end = data.rfind(_MAGIC)
        if end < 0:
            raise StructureError("it is not an MMDB file")
        metadata = _check_metadata(data, end, database_type)
        count, size = metadata["node_count"], metadata["record_size"]
        start = count * size // 4
        if start + _SEPARATOR > end or data[start : start + _SEPARATOR].strip(b"\0"):
            raise StructureError("its search tree does not end where its metadata says")
        lefts, rights = _read_tree(data, start, size)
        _check_order(lefts, rights, count)
        marks = _mark_values(data[:end], start, count, {*lefts, *rights})
        return Structure(write_mark(mark_tree(lefts, rights, marks)), metadata["build_epoch"])
    except (InvalidDatabaseError, RecursionError, LookupError, TypeError, ValueError, OverflowError) as fault:
        raise StructureError(f"it cannot be decoded: {fault!r:.200}") from None


def _check_metadata(data: bytes, end: int, database_type: str) -> dict[str, Any]:
    begin = end + len(_MAGIC)
    metadata, after = Decoder(data, begin).decode(begin)
    if not isinstance(metadata, dict) or after != len(data):
        raise StructureError("its metadata is not a map at the end of the file")
    if metadata.get("database_type") != database_type:
        raise StructureError(f"it is a {metadata.get('database_type')!r} database, not a territory map")
    counts = [metadata.get(key) for key in ("node_count", "build_epoch")]
    if any(type(count) is not int or count < 0 for count in counts) or not counts[0]:
        raise StructureError("its metadata is not of the kind that we write")
    fixed = {key: value for key, value in metadata.items() if key not in ("node_count", "build_epoch", "record_size")}
    if fixed != fixed_metadata(database_type) or metadata.get("record_size") not in (24, 28, 32):
        raise StructureError("its metadata is not of the kind that we write")
    return metadata


def fixed_metadata(database_type: str) -> dict[str, Any]:
    """The part of a map's metadata that is the same for all maps."""
    return {
        "ip_version": 6,
        "database_type": database_type,
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "description": {"en": "Which territory an address is in: outside, inside or uncertain"},
    }


def _read_tree(data: bytes, start: int, size: int) -> tuple[Sequence[int], Sequence[int]]:
    """The left and the right value of every node. There are half a million, so the usual sizes are read at once."""
    if size in (24, 32):
        step = size // 8
        wide = bytearray(start // step * 4)
        for byte in range(step):
            wide[4 - step + byte :: 4] = data[byte:start:step]
        whole = array("I", bytes(wide))
        if sys.byteorder == "little":
            whole.byteswap()
        return whole[::2], whole[1::2]
    nodes = [data[place : place + 7] for place in range(0, start, 7)]
    lefts = [(node[3] >> 4) << 24 | int.from_bytes(node[:3], "big") for node in nodes]
    return lefts, [(node[3] & 15) << 24 | int.from_bytes(node[4:], "big") for node in nodes]


def _check_order(lefts: Sequence[int], rights: Sequence[int], count: int) -> None:
    """Nodes must come before their children."""
    if len(lefts) != count or len(rights) != count:
        raise StructureError("its search tree is not as long as its metadata says")
    if any(map(le, lefts, range(count))) or any(map(le, rights, range(count))):
        raise StructureError("its search tree has a cycle, or is in no order that we write")


def _mark_values(data: bytes, start: int, count: int, values: set[int]) -> list[int]:
    """Marks by value in the tree: those of nodes still empty, of "nothing", and of every record that is pointed to."""
    last = len(data) - start
    if max(values) - count >= last:
        raise StructureError("its search tree points out of the file")
    marks = [NOTHING] * (max(values) + 1 if max(values) > count else count + 1)
    decoder = Decoder(data, start + _SEPARATOR)
    for value in values:
        if value <= count:
            continue
        if value - count < _SEPARATOR:
            raise StructureError("its search tree points between the tree and the data")
        record, after = decoder.decode(start + value - count)
        if after > len(data) or not _is_record(record):
            raise StructureError(f"it holds a record that we do not write: {record!r:.120}")
        marks[value] = mark_record(record)
    return marks


def _is_record(record: object) -> bool:
    if not isinstance(record, dict) or not record.keys() <= set(_WORDS):
        return False
    country = record.get("country", {"iso_code": "AA"})
    if not _is_text_map(country) or country.keys() != {"iso_code"} or not isinstance(record.get("answer"), str):
        return False
    lists = [record[key] for key in ("inside", "uncertain", "reasons") if key in record]
    return all(map(_is_text_list, lists)) and _is_text_map(record.get("votes", {}))


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for pair in value.items() for item in pair)
