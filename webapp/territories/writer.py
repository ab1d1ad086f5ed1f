"""Steps of answers to the bytes of an MMDB file. Owns the search tree; the record format is mmdb_writer's.

The tree is built straight from the steps, so that equal neighbours are one network and nothing is inserted twice.
Time and machine leave no trace: the same steps give the same bytes. Every node comes before its children, which is
how a server sees in one pass that the tree has no cycle. What was written is read back and compared, step by step.
"""

import errno
import json
from bisect import bisect_right
from collections.abc import Sequence
from ipaddress import IPv6Address
from pathlib import Path

import numpy as np
from mmdb_writer import SearchTreeLeaf, SearchTreeNode, TreeWriter

from webapp.territories.combine import Answer
from webapp.territories.fingerprint import NOTHING, mark_node, mark_record, write_mark
from webapp.territories.map import DATABASE_TYPE
from webapp.territories.mmdb_tree import parse_networks
from webapp.territories.sealed import open_sealed
from webapp.territories.spans import Steps, step_networks
from webapp.territories.structure import fixed_metadata

MOST_VISITS = 1 << 26
"""Nodes visited when a map is read back: subtrees are shared, so more than the file has."""

Child = SearchTreeNode | SearchTreeLeaf | None


class WriteError(OSError):
    """What was written is not what was compiled: a fault of ours, of the disk or of memory."""

    def __init__(self) -> None:
        super().__init__(errno.EIO, "the file does not give back what was compiled")


def write_map(path: Path, steps: Steps, answers: Sequence[Answer], epoch: int) -> str:
    """Write the file; `steps` hold indexes into `answers`, -1 where there is no record. Not atomic: see `build`.

    The fingerprint of all answers. Raises WriteError when the file does not give back every step, OSError.
    """
    builder = _Builder(steps, answers)
    tree = builder.build()
    metadata = {**fixed_metadata(DATABASE_TYPE), "build_epoch": epoch}
    _Writer(tree, metadata).write(str(path))
    _check_written(path, steps, answers)
    return write_mark(builder.mark(tree))


def _check_written(path: Path, steps: Steps, answers: Sequence[Answer]) -> None:
    """Every network of the file, decoded, against every step: the same starts, the same answers."""
    data = path.read_bytes()
    with open_sealed(data) as reader:
        networks = parse_networks(data, reader.metadata(), MOST_VISITS)
        _, first, which = np.unique(networks.pointer, return_index=True, return_inverse=True)
        heads = ((int(networks.high[place]) << 64) | int(networks.low[place]) for place in first.tolist())
        records = [reader.get(IPv6Address(head)) for head in heads]
    wanted = [answer.as_record() for answer in answers]
    numbers = {json.dumps(record, sort_keys=True): number for number, record in enumerate(wanted)}
    known = [numbers.get(json.dumps(record, sort_keys=True), -2) for record in records]
    found = step_networks(networks, np.array(known, np.int32)[which] if known else np.zeros(0, np.int32))
    lead = 1 if len(steps) and steps.value[0] < 0 else 0
    same = (
        np.array_equal(found.high, steps.high[lead:])
        and np.array_equal(found.low, steps.low[lead:])
        and np.array_equal(found.value, steps.value[lead:])
    )
    if not same:
        raise WriteError


class _Writer(TreeWriter):
    """mmdb_writer's, but parents come before children although subtrees are shared, and each is visited once."""

    def _enumerate_nodes(self, node: Child) -> None:
        after: list[SearchTreeNode] = []
        self._visit(node, after, set())
        for number, item in enumerate(reversed(after)):
            self._node_idx[id(item)] = number
            self._node_list.append(item)
        self._node_counter = len(self._node_list)

    def _visit(self, node: Child, after: list[SearchTreeNode], seen: set[int]) -> None:
        """Depth first, never deeper than an address is long; `after` gets every node after its children."""
        if isinstance(node, SearchTreeLeaf):
            if id(node) not in self._leaf_offset:
                self._leaf_offset[id(node)] = self.encoder.encode(node.value, return_offset=True) + 16
        elif node is not None and id(node) not in seen:
            seen.add(id(node))
            self._visit(node.left, after, seen)
            self._visit(node.right, after, seen)
            after.append(node)


class _Builder:
    def __init__(self, steps: Steps, answers: Sequence[Answer]) -> None:
        pairs = zip(steps.high.tolist(), steps.low.tolist(), strict=True)
        self.starts = [(high << 64) | low for high, low in pairs]
        leaves = [SearchTreeLeaf(answer.as_record()) for answer in answers]
        self.nodes: dict[tuple[int, int], SearchTreeNode] = {}
        self.marks = {id(leaf): mark_record(leaf.value) for leaf in leaves}
        self.children: list[Child] = [leaves[value] if value >= 0 else None for value in steps.value.tolist()]

    def build(self) -> SearchTreeNode:
        root = self._build(0, 128, 0)
        return root if isinstance(root, SearchTreeNode) else self._share(root, root)

    def mark(self, child: Child) -> int:
        """The fingerprint of a child; a node's is known once it is shared."""
        return NOTHING if child is None else self.marks[id(child)]

    def _build(self, start: int, bits: int, step: int) -> Child:
        """The subtree of the 2**bits addresses from `start`, where step number `step` holds."""
        starts = self.starts
        if step + 1 >= len(starts) or starts[step + 1] >= start + (1 << bits):
            return self.children[step]
        middle = start + (1 << (bits - 1))
        right = bisect_right(starts, middle, step) - 1
        return self._share(self._build(start, bits - 1, step), self._build(middle, bits - 1, right))

    def _share(self, left: Child, right: Child) -> SearchTreeNode:
        """One node for all equal subtrees, which saves a good part of the file."""
        key = (id(left), id(right))
        if key not in self.nodes:
            node = self.nodes[key] = SearchTreeNode(left, right)
            self.marks[id(node)] = mark_node(self.mark(left), self.mark(right))
        return self.nodes[key]
