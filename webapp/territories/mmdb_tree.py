"""Walks the search tree of an MMDB file as arrays; refuses a tree that is cut off, cyclic or points outside the file.

A vendor's city file has millions of networks but far fewer distinct records. Reading the tree level by level with
numpy takes seconds where iterating network by network takes minutes, and tells which networks share a record.
Format: MaxMind DB 2.0, https://maxmind.github.io/MaxMind-DB/.
"""

from dataclasses import dataclass
from pathlib import Path

import maxminddb
import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
U32 = npt.NDArray[np.uint32]
U8 = npt.NDArray[np.uint8]

SEPARATOR = 16
"""Zero bytes between the tree and the data section."""


class TreeError(Exception):
    """The tree cannot be walked; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks in address order: 128-bit `high`/`low` first address, prefix `length` (of 128), `pointer` to the record.

    IPv4 networks live in ::/96, as the format has it. No two overlap.
    """

    high: U64
    low: U64
    length: U8
    pointer: U32

    def __len__(self) -> int:
        return len(self.pointer)


def load_networks(path: Path, metadata: maxminddb.reader.Metadata) -> Networks:
    """Every network of the file that has a record. Raises TreeError."""
    length = _tree_length(metadata)
    size = path.stat().st_size
    raw = np.fromfile(path, dtype=np.uint8, count=length) if size >= length + SEPARATOR else None
    return _networks(raw, metadata, int(metadata.node_count), size)


def parse_networks(data: bytes, metadata: maxminddb.reader.Metadata, most_visits: int) -> Networks:
    """Every network of a file whose tree may share subtrees, as ours do, up to so many visits. Raises TreeError."""
    length = _tree_length(metadata)
    raw = np.frombuffer(data, np.uint8, length) if len(data) >= length + SEPARATOR else None
    return _networks(raw, metadata, most_visits, len(data))


def _tree_length(metadata: maxminddb.reader.Metadata) -> int:
    count, size = int(metadata.node_count), int(metadata.record_size)
    if size not in (24, 28, 32) or count < 1:
        raise TreeError(f"a tree of {count} nodes with records of {size} bits")
    return count * size // 4


def _networks(raw: U8 | None, metadata: maxminddb.reader.Metadata, most_visits: int, there: int) -> Networks:
    if raw is None:
        raise TreeError(f"the file ends inside its search tree ({there} of {_tree_length(metadata)} bytes)")
    count, size = int(metadata.node_count), int(metadata.record_size)
    children = _split_nodes(raw.reshape(count, size // 4), size)
    return _walk(children, count, 32 if metadata.ip_version == 4 else 128, most_visits)


def _split_nodes(raw: U8, size: int) -> U32:
    """The tree as an array of shape (2, nodes)."""
    children = np.zeros((2, len(raw)), dtype=np.uint32)
    half = size // 8
    for side, columns in enumerate((range(half), range(raw.shape[1] - half, raw.shape[1]))):
        if size == 28:
            children[side] = raw[:, 3] >> 4 if side == 0 else raw[:, 3] & 15
        for column in columns:
            children[side] = (children[side] << np.uint32(8)) | raw[:, column]
    return children


def _find_ipv4_root(children: U32, count: int) -> int:
    """The node of ::/96, which other prefixes may alias (2002::/16 and the like); -1 when there is none."""
    node = 0
    for _ in range(96):
        node = int(children[0, node])
        if node >= count:
            return -1
    return node


def _walk(children: U32, count: int, bits: int, most_visits: int) -> Networks:
    """Level by level; a plain tree visits no node twice, so that more visits than nodes mean a cycle."""
    ipv4_root = _find_ipv4_root(children, count) if bits == 128 else -1
    nodes = np.zeros(1, dtype=np.uint32)
    high = np.zeros(1, dtype=np.uint64)
    low = np.zeros(1, dtype=np.uint64)
    found: list[tuple[U64, U64, U8, U32]] = []
    visits = 0
    for depth in range(129 - bits, 129):
        visits += len(nodes)
        if visits > most_visits:
            raise TreeError("the search tree has a cycle or shares nodes")
        nodes, high, low = _step(children, nodes, high, low, depth)
        leaf = nodes > count
        if leaf.any():
            lengths = np.full(int(leaf.sum()), depth, dtype=np.uint8)
            found.append((high[leaf], low[leaf], lengths, nodes[leaf] - np.uint32(count + SEPARATOR)))
        inner = nodes < count
        if ipv4_root >= 0:
            inner &= (nodes != ipv4_root) | ((high == 0) & (low == 0))
        nodes, high, low = nodes[inner], high[inner], low[inner]
    if len(nodes):
        raise TreeError("the search tree is deeper than an address is long")
    return _in_order(found)


def _step(children: U32, nodes: U32, high: U64, low: U64, depth: int) -> tuple[U32, U64, U64]:
    """The two children of every node, with their first addresses; `depth` counts bits of 128 from the left."""
    below = np.concatenate((children[0, nodes], children[1, nodes]))
    bit = np.uint64(1) << np.uint64((128 - depth) % 64)
    high_bit, low_bit = (bit, np.uint64(0)) if depth <= 64 else (np.uint64(0), bit)
    return below, np.concatenate((high, high | high_bit)), np.concatenate((low, low | low_bit))


def _in_order(found: list[tuple[U64, U64, U8, U32]]) -> Networks:
    if not found:
        empty = np.zeros(0, dtype=np.uint64)
        return Networks(empty, empty, empty.astype(np.uint8), empty.astype(np.uint32))
    high, low, length, pointer = (np.concatenate(part) for part in zip(*found, strict=True))
    found.clear()
    order = np.lexsort((low, high))
    return Networks(high[order], low[order], length[order], pointer[order])
