"""Proves that the bytes of a map are whole before the C reader sees them. Owns structure; knows no territory's name.

maxminddb's C reader can end the process with a segmentation fault on a map that is damaged in the wrong place
(seen with version 3.2 on random bit flips). The digest catches damage after the build; this catches the rest. Every
record that the tree points to is decoded once, in Python, and compared with the schema that we write.
"""

import sys
from array import array
from typing import Any

from maxminddb import InvalidDatabaseError
from maxminddb.decoder import Decoder

_MAGIC = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR = 16
_WORDS = ("answer", "inside", "uncertain", "votes", "reasons", "country")


class StructureError(Exception):
    """What is wrong with the bytes, in words."""


def check_structure(data: bytes, database_type: str) -> None:
    """Raises StructureError unless tree, records and metadata are wholly of the kind that we write."""
    try:
        end = data.rfind(_MAGIC)
        if end < 0:
            raise StructureError("it is not an MMDB file")
        metadata = _check_metadata(data, end, database_type)
        start = metadata["node_count"] * metadata["record_size"] // 4
        if start + _SEPARATOR > end or data[start : start + _SEPARATOR].strip(b"\0"):
            raise StructureError("its search tree does not end where its metadata says")
        _check_records(data[:end], start, metadata["node_count"], metadata["record_size"])
    except (InvalidDatabaseError, RecursionError, LookupError, TypeError, ValueError, OverflowError) as fault:
        raise StructureError(f"it cannot be decoded: {fault!r:.200}") from None


def _check_metadata(data: bytes, end: int, database_type: str) -> dict[str, Any]:
    begin = end + len(_MAGIC)
    metadata, after = Decoder(data, begin).decode(begin)
    if not isinstance(metadata, dict) or after != len(data):
        raise StructureError("its metadata is not a map at the end of the file")
    if metadata.get("database_type") != database_type:
        raise StructureError(f"it is a {metadata.get('database_type')!r} database, not a territory map")
    wanted = {"ip_version": (6,), "record_size": (24, 28, 32), "binary_format_major_version": (2,)}
    odd = [key for key, values in wanted.items() if type(metadata.get(key)) is not int or metadata[key] not in values]
    counts = (metadata.get("node_count"), metadata.get("build_epoch"), metadata.get("binary_format_minor_version"))
    if odd or any(type(count) is not int or count < 0 for count in counts) or not metadata["node_count"]:
        raise StructureError("its metadata is not of the kind that we write")
    if metadata.get("languages") != ["en"] or not _is_text_map(metadata.get("description")) or len(metadata) != 9:
        raise StructureError("its metadata is not of the kind that we write")
    return metadata


def _check_records(data: bytes, start: int, count: int, size: int) -> None:
    """Every value in the tree is a node, nothing, or the place of a record that we could have written."""
    decoder = Decoder(data, start + _SEPARATOR)
    last = len(data) - start
    for value in _tree_values(data, start, size):
        if value <= count:
            continue
        if not _SEPARATOR <= value - count < last:
            raise StructureError("its search tree points out of the file")
        record, after = decoder.decode(start + value - count)
        if after > len(data) or not _is_record(record):
            raise StructureError(f"it holds a record that we do not write: {record!r:.120}")


def _tree_values(data: bytes, start: int, size: int) -> set[int]:
    """The distinct values in the tree. There are half a million, so the usual sizes are read at once."""
    if size in (24, 32):
        step = size // 8
        wide = bytearray(start // step * 4)
        for byte in range(step):
            wide[4 - step + byte :: 4] = data[byte:start:step]
        whole = array("I", bytes(wide))
        if sys.byteorder == "little":
            whole.byteswap()
        return set(whole)
    values = set()
    for place in range(0, start, 7):
        node = data[place : place + 7]
        values.add((node[3] >> 4) << 24 | int.from_bytes(node[:3], "big"))
        values.add((node[3] & 15) << 24 | int.from_bytes(node[4:], "big"))
    return values


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
