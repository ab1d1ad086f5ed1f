"""Steps of answers to the bytes of an MMDB file. Owns the search tree; the record format is mmdb_writer's.

The tree is built straight from the steps, so that equal neighbours are one network and nothing is inserted twice.
Time and machine leave no trace: the same steps give the same bytes.
"""

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmdb_writer import SearchTreeLeaf, SearchTreeNode, TreeWriter

from webapp.territories.combine import Answer
from webapp.territories.map import DATABASE_TYPE
from webapp.territories.spans import Steps

Child = SearchTreeNode | SearchTreeLeaf | None


def write_map(path: Path, steps: Steps, answers: Sequence[Answer], epoch: int) -> None:
    """Write the file; `steps` hold indexes into `answers`, -1 where there is no record. Not atomic: see `build`."""
    tree = _Builder(steps, answers).build()
    metadata: dict[str, Any] = {
        "ip_version": 6,
        "database_type": DATABASE_TYPE,
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "description": {"en": "Which territory an address is in: outside, inside or uncertain"},
        "build_epoch": epoch,
    }
    TreeWriter(tree, metadata).write(str(path))


class _Builder:
    def __init__(self, steps: Steps, answers: Sequence[Answer]) -> None:
        pairs = zip(steps.high.tolist(), steps.low.tolist(), strict=True)
        self.starts = [(high << 64) | low for high, low in pairs]
        leaves: list[Child] = [SearchTreeLeaf(answer.as_record()) for answer in answers]
        self.nodes: dict[tuple[int, int], SearchTreeNode] = {}
        self.children = [leaves[value] if value >= 0 else None for value in steps.value.tolist()]

    def build(self) -> SearchTreeNode:
        root = self._build(0, 128, 0)
        return root if isinstance(root, SearchTreeNode) else SearchTreeNode(root, root)

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
            self.nodes[key] = SearchTreeNode(left, right)
        return self.nodes[key]
